"""What waits in the spool: packed, padded to one size, sealed to a public key.

Sealing takes the public half only: X25519 with a key pair of the moment [LangleyHamburgTurner2016],
HKDF with SHA-256 and a salt of its own for every message [KrawczykEronen2010], AES-256-GCM
[Dworkin2007]. A pair seals for a second, then its private half and what was agreed with it are
forgotten: after that whoever sealed cannot open again what they sealed.
"""

import json
import os
import threading
import time
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.errors import LongdanError

# Every sealed message is as long as this, or, when someone wrote a very great deal, a multiple.
SIZE: Final = 4096
# Of the first version, which had a pair for every message and no salt, some may still wait.
_FIRST: Final = b"\x01"
_VERSION: Final = b"\x02"
_POINT, _SALT, _TAG, _LENGTH = 32, 16, 16, 4
_OVERHEAD: Final = len(_VERSION) + _POINT + _SALT + _TAG
# How long a pair seals; to make one costs more than all the rest of sealing.
_SECONDS: Final = 1.0
_KEY, _NONCE = 32, 12
_PURPOSE: Final = b"longdan spool 1"


class SpoolSealError(LongdanError):
    """``spool.broken``: a sealed message was altered, moved, or is for another key."""


@dataclass(frozen=True, slots=True)
class Design:
    """What the invitation said of its place in the sample; empty for answers at a counter."""

    centre_id: int | None = None
    counter_id: int | None = None
    stratum: str | None = None
    psu: str | None = None
    base_weight: float | None = None
    domains: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """What somebody wrote themselves, as the answer to an item."""

    item: str
    text: str


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one person handed in: coded answers, own words, and what the response says beside."""

    language: str
    answers: Mapping[str, Any] | None = None
    texts: tuple[Text, ...] = ()
    mode: str = "web"
    consent_hash: str | None = None
    design: Design = Design()


def seal(contribution: Contribution, public_key: bytes, about: str) -> bytes:
    """Seal what one person handed in.

    Parameters
    ----------
    public_key : bytes
        32 bytes.
    about : str
        Where it waits; it opens only with the same words, so that it cannot be moved.
    """
    content = _pack(contribution)
    whole = len(content) + _LENGTH + _OVERHEAD
    room = -(-whole // SIZE) * SIZE - _OVERHEAD - _LENGTH
    padded = len(content).to_bytes(_LENGTH) + content.ljust(room, b"\0")
    agreed, salt = _agreement.with_(public_key), os.urandom(_SALT)
    key, nonce = _derive(agreed.shared, agreed.point + public_key, salt)
    head = _VERSION + agreed.point + salt
    return head + AESGCM(key).encrypt(nonce, padded, head + about.encode())


def unseal(sealed: bytes, private: X25519PrivateKey, about: str) -> Contribution:
    """Open what was sealed.

    Raises
    ------
    SpoolSealError
    """
    version = sealed[:1]
    if len(sealed) < _OVERHEAD or version not in (_FIRST, _VERSION):
        raise SpoolSealError("spool.broken")
    ends = 1 + _POINT + (_SALT if version == _VERSION else 0)
    head, rest = sealed[:ends], sealed[ends:]
    point, salt = head[1 : 1 + _POINT], head[1 + _POINT :] or None
    try:
        shared = private.exchange(X25519PublicKey.from_public_bytes(point))
        key, nonce = _derive(shared, point + private.public_key().public_bytes_raw(), salt)
        padded = AESGCM(key).decrypt(nonce, rest, head + about.encode())
    except (InvalidTag, ValueError) as error:
        raise SpoolSealError("spool.broken") from error
    length = int.from_bytes(padded[:_LENGTH])
    return _unpack(padded[_LENGTH : _LENGTH + length])


def about(kind: str, round_id: int, centre_id: int | None, field_code: str | None) -> str:
    """Say where something waits."""
    return f"{kind}/{round_id}/{centre_id or ''}/{field_code or ''}"


@dataclass(frozen=True, slots=True)
class _Agreed:
    """What a pair of the moment has agreed on with a public key, and when it is forgotten."""

    public: bytes
    point: bytes
    shared: bytes
    until: float


class _Agreement:
    """The pair of the moment. Threads that come at once may make one each; both are good."""

    def __init__(self) -> None:
        self._agreed: _Agreed | None = None

    def with_(self, public: bytes) -> _Agreed:
        found, now = self._agreed, time.monotonic()
        if found is None or found.public != public or now >= found.until:
            own = X25519PrivateKey.generate()
            shared = own.exchange(X25519PublicKey.from_public_bytes(public))
            point = own.public_key().public_bytes_raw()
            self._agreed = found = _Agreed(public, point, shared, now + _SECONDS)
            # Also where nothing is sealed for a long time after.
            forget = threading.Timer(_SECONDS, self.forget)
            forget.daemon = True
            forget.start()
        return found

    def forget(self) -> None:
        """Let go of the pair; the next message makes another."""
        self._agreed = None


_agreement = _Agreement()


def _derive(shared: bytes, parties: bytes, salt: bytes | None) -> tuple[bytes, bytes]:
    # The key is used once, so its nonce may come from the same secret.
    made = HKDF(
        algorithm=SHA256(), length=_KEY + _NONCE, salt=salt, info=_PURPOSE + parties
    ).derive(shared)
    return made[:_KEY], made[_KEY:]


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _pack(given: Contribution) -> bytes:
    design = given.design
    written = {
        "language": given.language,
        "answers": given.answers,
        "texts": [[each.item, each.text] for each in given.texts],
        "mode": given.mode,
        "consent": given.consent_hash,
        "design": [
            design.centre_id, design.counter_id, design.stratum, design.psu,
            design.base_weight, None if design.domains is None else dict(design.domains),
        ],
    }  # fmt: skip
    return zlib.compress(_encode(written).encode(), 1)


def _unpack(content: bytes) -> Contribution:
    read = json.loads(zlib.decompress(content))
    return Contribution(
        language=read["language"],
        answers=read["answers"],
        texts=tuple(Text(*each) for each in read["texts"]),
        mode=read["mode"],
        consent_hash=read["consent"],
        design=Design(*read["design"]),
    )
