"""Passwords of staff: which are taken, and how they are kept."""

import secrets
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

MINIMUM_LENGTH = 12
# Far above any password a person has; a bound so that hashing a body of megabytes is no weapon.
MAXIMUM_LENGTH = 1024

# Of zxcvbn's scores 0 to 4: more than 10^10 guesses.
HARD_TO_GUESS = 4

# Words an attacker of a Vietnamese administration tries first, beside the 30,000 common passwords
# and the names that come with zxcvbn. Without marks: marks are stripped before comparing.
CONTEXT_WORDS = (
    "longdan", "sipas", "ubnd", "tinh", "hcc", "hanhchinh", "hanhchinhcong", "motcua", "dichvucong",
    "sonoivu", "noivu", "cchc", "parindex", "papi", "canbo", "congchuc", "vienchuc", "nguoidan",
    "hailong", "khaosat", "matkhau", "quantri", "vanphong", "trungtam", "phuong", "xa", "huyen",
    "vietnam", "hanoi", "haiphong", "danang", "hue", "cantho", "saigon", "hochiminh", "quangninh",
    "quangtri", "quangngai", "laocai", "laichau", "dienbien", "sonla", "langson", "caobang",
    "tuyenquang", "thainguyen", "phutho", "bacninh", "hungyen", "ninhbinh", "thanhhoa", "nghean",
    "hatinh", "gialai", "daklak", "khanhhoa", "lamdong", "dongnai", "tayninh", "vinhlong",
    "dongthap", "camau", "angiang", "anhyeuem", "emyeuanh", "yeuem", "conyeume", "giadinh",
)  # fmt: skip

# Letters and digits that are not taken for one another when read from paper.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"

_hasher = PasswordHasher()
# What the password of an account that does not exist is compared with: costs the same time.
_NOBODY = _hasher.hash(secrets.token_urlsafe())


def normalise(password: str) -> str:
    """Write a password in one way, however the keyboard composed its Vietnamese letters."""
    return unicodedata.normalize("NFKC", password)


def problem_of(password: str, *, about: tuple[str, ...] = ()) -> str | None:
    """Say why a password is not taken; None if it is.

    There is no rule about kinds of characters and none about changing it every so often: both make
    passwords worse. A phrase of several words is welcome.

    Parameters
    ----------
    about : tuple of str
        What is known of the person, e.g. name and e-mail address; it must not carry the password.

    Returns
    -------
    str or None
        ``password.too-short``, ``password.too-long`` or ``password.too-common``.
    """
    password = normalise(password)
    if len(password) < MINIMUM_LENGTH:
        return "password.too-short"
    if len(password) > MAXIMUM_LENGTH:
        return "password.too-long"
    known = [word for text in about for word in _words(text)]
    plain = _plain(password)
    # Spaces and signs between known words make a password longer, not harder to guess.
    bare = "".join(letter for letter in plain if letter.isalnum())
    scores = [_score(text, known) for text in (plain, bare) if text]
    return "password.too-common" if min(scores) < HARD_TO_GUESS else None


def generate() -> str:
    """Make a password: six groups of four characters, about 118 bits."""
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(6))
    return "-".join(groups)


def hash_of(password: str) -> str:
    """Hash a password with Argon2id; the parameters stand in the result."""
    return _hasher.hash(_bytes(password))


def matches(stored: str | None, password: str) -> bool:
    """Whether a password is the one that was hashed; takes as long when there is none."""
    try:
        _hasher.verify(stored or _NOBODY, _bytes(password[:MAXIMUM_LENGTH]))
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def is_outdated(stored: str) -> bool:
    """Whether a hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(stored)


def _bytes(password: str) -> bytes:
    # Whatever reaches us is hashed; what is no Unicode text just never matches.
    return normalise(password).encode("utf-8", "surrogatepass")


def _score(text: str, known: list[str]) -> int:
    # The beginning decides: what is hard to guess does not become easier by going on.
    return int(zxcvbn(text[:72], user_inputs=[*known, *CONTEXT_WORDS])["score"])


def _plain(text: str) -> str:
    """Strip the marks of Vietnamese letters; keep everything else."""
    decomposed = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def _words(text: str) -> list[str]:
    parts = "".join(letter if letter.isalnum() else " " for letter in _plain(text)).lower().split()
    return [*parts, "".join(parts)]
