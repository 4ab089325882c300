"""The private halves of the spool's keys: small files that no database and no backup holds.

Whoever may read this folder and the database can read what waits. That is why a key lives for an
hour, goes as soon as its answers were mixed, and why docs/privacy.md asks for the folder to belong
to the worker alone.
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

_SUFFIX: Final = ".key"
_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class KeyShelf:
    """A folder of private keys, each named by the digest of its public half.

    Parameters
    ----------
    folder : Path
        Made when missing, for the owner alone.
    """

    folder: Path

    def make(self) -> bytes:
        """Make a key, keep its private half safely on the disk, return the public half."""
        private = X25519PrivateKey.generate()
        public = private.public_key().public_bytes_raw()
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self.folder / name_of(public)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.write(handle, private.private_bytes_raw())
            os.fsync(handle)
        finally:
            os.close(handle)
        with self._synced():
            return public

    def find(self, public: bytes) -> X25519PrivateKey | None:
        """Return the private half of a key; None when it is not here or not whole."""
        try:
            kept = (self.folder / name_of(public)).read_bytes()
        except OSError:
            return None
        if len(kept) != _BYTES:
            return None
        private = X25519PrivateKey.from_private_bytes(kept)
        return private if private.public_key().public_bytes_raw() == public else None

    def destroy(self, name: str) -> None:
        """Overwrite and remove a private half; one that is gone already is well."""
        path = self.folder / name
        with suppress(FileNotFoundError), self._synced():
            with path.open("r+b") as file:
                file.write(os.urandom(_BYTES))
                file.flush()
                os.fsync(file.fileno())
            path.unlink()

    def names(self) -> frozenset[str]:
        """Names of the keys that lie here."""
        if not self.folder.is_dir():
            return frozenset()
        return frozenset(each.name for each in self.folder.iterdir() if each.suffix == _SUFFIX)

    def is_writable(self) -> bool:
        """Whether a key could be kept here."""
        existing = self.folder if self.folder.exists() else self.folder.parent
        return os.access(existing, os.W_OK)

    @contextmanager
    def _synced(self) -> Iterator[None]:
        """Have what is done to the folder itself reach the disk too."""
        yield
        handle = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def name_of(public: bytes) -> str:
    """Name of the file that holds the private half of a public key."""
    return hashlib.sha256(b"longdan spool key 1" + public).hexdigest()[:32] + _SUFFIX
