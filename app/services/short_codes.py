"""The short form of a one-time code, for people who type: ten signs and a check sign.

Fifty bits are enough against guessing at a page that counts guesses, and too few against somebody
who holds a table of digests and tries them all. So the short form is turned, by a key that is not
in the database, into a token of its own, and of that token only the digest is kept.
"""

import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Self

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.config import Settings
from app.services.invitations import ALPHABET, LENGTH

BODY: Final = 10
_GROUPS: Final = (4, 4, 3)
_PURPOSE: Final = b"longdan short codes 1"
# What is read or typed for another sign; the alphabet has none of these.
_TAKEN_FOR: Final = str.maketrans({"o": "0", "i": "1", "l": "1"})
_BETWEEN: Final = " -–—.·\t\r\n\u00a0"
# Of the field with 32 elements, x^5 + x^2 + 1.
_POLYNOMIAL: Final = 0b100101


@dataclass(frozen=True, slots=True)
class Mistyped:
    """Why what was typed cannot be a code: ``short.length``, ``short.sign`` or ``short.check``."""

    reason: str


@dataclass(frozen=True, slots=True)
class ShortKeys:
    """Keys that lead from short forms to tokens. The first makes; all find."""

    keys: tuple[bytes, ...] = field(repr=False)

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Derive them from ``SECRET_KEY`` and its fallbacks."""
        return cls.from_secrets((settings.secret_key, *settings.secret_key_fallbacks))

    @classmethod
    def from_secrets(cls, given: Iterable[str]) -> Self:
        """Derive a key from each secret that is not empty [KrawczykEronen2010]."""
        return cls(tuple(_derive(secret) for secret in dict.fromkeys(given) if secret))

    def token(self, code: str) -> str:
        """Make the token of a short form."""
        return _token(self.keys[0], code)

    def tokens(self, code: str) -> tuple[str, ...]:
        """All tokens a short form may have been given, by the present key and earlier ones."""
        return tuple(_token(key, code) for key in self.keys)


def make() -> str:
    """Make a short form: ten random signs and their check sign."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(BODY))
    return body + check_sign(body)


def check_sign(body: str) -> str:
    """Work out the sign that makes any one wrong sign and any two exchanged ones show.

    The signs are elements of the field with 32 elements; each place has a weight of its own, none
    is 0 or 1. One wrong sign changes the sum by weight × difference, two exchanged ones by the
    product of two differences: neither can be 0 [Verhoeff1969].
    """
    total, weight = 0, 1
    for sign in body:
        weight = _times(weight, 2)
        total ^= _times(weight, ALPHABET.index(sign))
    return ALPHABET[total]


def read(typed: str) -> str | Mistyped:
    """Read what somebody typed; case, spaces and hyphens do not matter.

    Nothing is looked up: what is returned may be a code that was never made.
    """
    written = "".join(sign for sign in typed.lower() if sign not in _BETWEEN)
    written = written.translate(_TAKEN_FOR)
    if len(written) != BODY + 1:
        return Mistyped("short.length")
    if not set(written) <= set(ALPHABET):
        return Mistyped("short.sign")
    if check_sign(written[:BODY]) != written[BODY]:
        return Mistyped("short.check")
    return written


def shown(code: str) -> str:
    """Write a short form in groups, as it is printed.

    Examples
    --------
    >>> shown("k7m29x4pc3d")
    'k7m2-9x4p-c3d'
    """
    groups, at = [], 0
    for size in _GROUPS:
        groups.append(code[at : at + size])
        at += size
    return "-".join(groups)


def _times(one: int, other: int) -> int:
    """Multiply in the field with 32 elements."""
    product = 0
    while other:
        if other & 1:
            product ^= one
        one <<= 1
        if one & 0b100000:
            one ^= _POLYNOMIAL
        other >>= 1
    return product


def _token(key: bytes, code: str) -> str:
    number = int.from_bytes(hmac.digest(key, code.encode("ascii"), "sha256"))
    signs = []
    for _ in range(LENGTH):
        number, rest = divmod(number, len(ALPHABET))
        signs.append(ALPHABET[rest])
    return "".join(signs)


def _derive(secret: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(secret.encode())
