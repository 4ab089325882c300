"""Signatures under statements that leave the program, e.g. the protocol of a draw.

One Ed25519 key per installation, derived from its secret key. The public half is printed in what is
signed and kept with it, so that a signature can be checked when the key has long changed.
"""

import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_PURPOSE = b"longdan-signing-1"


def sign(statement: bytes, secret_key: str) -> tuple[bytes, bytes]:
    """Sign a statement.

    Returns
    -------
    tuple of bytes
        The signature (64 bytes) and the public key that checks it (32 bytes).
    """
    key = _private_key(secret_key)
    return key.sign(statement), key.public_key().public_bytes_raw()


def is_signed(statement: bytes, signature: bytes, public_key: bytes) -> bool:
    """Whether the signature is of this statement and of this key."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, statement)
    except (InvalidSignature, ValueError):
        return False
    return True


def public_key_of(secret_key: str) -> bytes:
    """Public key of this installation, 32 bytes."""
    return _private_key(secret_key).public_key().public_bytes_raw()


def fingerprint(public_key: bytes) -> str:
    """Short form of a public key that people can compare: 16 hexadecimal digits in fours."""
    digest = hashlib.sha256(public_key).hexdigest()[:16]
    return " ".join(digest[at : at + 4] for at in range(0, 16, 4))


def _private_key(secret_key: str) -> Ed25519PrivateKey:
    kdf = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=_PURPOSE)
    return Ed25519PrivateKey.from_private_bytes(kdf.derive(secret_key.encode()))
