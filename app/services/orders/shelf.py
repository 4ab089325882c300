"""Where codes lie in clear: nowhere. What holds them is sealed, fetched once, and destroyed."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from app.config import Settings
from app.services.sealing import Sealer

_FOLDER: Final = "code-orders"


@dataclass(frozen=True, slots=True)
class Shelf:
    """Sealed files of orders, readable for this program's user only.

    The key is of the settings, so neither a copy of the database nor one of the disk is enough.
    """

    folder: Path
    sealer: Sealer

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Take the folder and the keys of the settings."""
        return cls(settings.var_dir / _FOLDER, Sealer.of(settings))

    def keep(self, order_id: int, name: str, content: bytes) -> None:
        """Seal and write a file; it is on the disk when this returns."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self._path(order_id, name)
        unfinished = path.with_suffix(".part")
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(self.sealer.seal(content, self._about(order_id, name)))
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
        self._sync()

    def read(self, order_id: int, name: str) -> bytes | None:
        """Open a file; None if it is not there.

        Raises
        ------
        SealError
        """
        try:
            sealed = self._path(order_id, name).read_bytes()
        except FileNotFoundError:
            return None
        return self.sealer.open(sealed, self._about(order_id, name))

    def names(self, order_id: int, prefix: str) -> tuple[str, ...]:
        """Name the files of an order that begin so, in order."""
        found = self.folder.glob(f"{order_id}-{prefix}*.sealed") if self.folder.is_dir() else ()
        before = len(f"{order_id}-")
        return tuple(sorted(path.stem[before:] for path in found))

    def destroy(self, order_id: int, prefix: str = "") -> None:
        """Remove the files of an order, after writing over them."""
        for name in self.names(order_id, prefix):
            path = self._path(order_id, name)
            try:
                size = path.stat().st_size
                with path.open("r+b") as file:
                    file.write(os.urandom(size))
                    file.flush()
                    os.fsync(file.fileno())
                path.unlink()
            except FileNotFoundError:
                continue

    def _path(self, order_id: int, name: str) -> Path:
        return self.folder / f"{order_id}-{name}.sealed"

    @staticmethod
    def _about(order_id: int, name: str) -> str:
        return f"code order {order_id} {name}"

    def _sync(self) -> None:
        descriptor = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
