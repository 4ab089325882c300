"""Sealing what only the application may read: authenticated encryption by keys of the settings.

AES-256-GCM with a random nonce for every message [Dworkin2007]; the key comes from a secret of the
settings by HKDF with SHA-256 [KrawczykEronen2010]. A sealed message says which key it is sealed
with, so that keys can be changed: the first one seals, all of them open.
"""

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.config import Settings
from app.errors import LongdanError

_VERSION: Final = b"\x01"
_KEY_ID, _NONCE = 8, 12
_PURPOSE: Final = b"longdan contacts 1"


class SealError(LongdanError):
    """``seal.unknown-key``: none of our keys; ``seal.broken``: altered, or about something else."""


@dataclass(frozen=True, slots=True)
class Sealer:
    """Seals and opens short messages.

    Parameters
    ----------
    keys : tuple of bytes
        32 bytes each. The first seals; all open.
    """

    keys: tuple[bytes, ...] = field(repr=False)

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Take the keys of the settings: ``CONTACT_KEY``, or else one made from ``SECRET_KEY``."""
        return cls.from_secrets(
            (
                settings.contact_key,
                *settings.contact_key_fallbacks,
                settings.secret_key,
                *settings.secret_key_fallbacks,
            )
        )

    @classmethod
    def from_secrets(cls, secrets: Iterable[str]) -> Self:
        """Derive a key from each secret that is not empty."""
        return cls(tuple(_derive(secret) for secret in dict.fromkeys(secrets) if secret))

    def seal(self, content: bytes, about: str) -> bytes:
        """Seal a message; it opens only with the same `about`, which is not part of it."""
        key = self.keys[0]
        nonce = os.urandom(_NONCE)
        head = _VERSION + _id(key)
        return head + nonce + AESGCM(key).encrypt(nonce, content, head + about.encode())

    def open(self, sealed: bytes, about: str) -> bytes:
        """Open a sealed message.

        Raises
        ------
        SealError
        """
        head, rest = sealed[: 1 + _KEY_ID], sealed[1 + _KEY_ID :]
        key = next((key for key in self.keys if head == _VERSION + _id(key)), None)
        if key is None:
            raise SealError("seal.unknown-key")
        try:
            return AESGCM(key).decrypt(rest[:_NONCE], rest[_NONCE:], head + about.encode())
        except (InvalidTag, ValueError) as error:
            raise SealError("seal.broken") from error


def _derive(secret: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(secret.encode())


def _id(key: bytes) -> bytes:
    return hashlib.sha256(b"longdan key id 1" + key).digest()[:_KEY_ID]
