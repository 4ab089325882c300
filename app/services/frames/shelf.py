"""Where the files of frames lie: as read, as checked, and frozen."""

import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.config import Settings
from app.services.sampling.frames import FOLDER

_CHECKED: Final = "checked-"


@dataclass(frozen=True, slots=True)
class Shelf:
    """The folder of frames.

    Parameters
    ----------
    folder : Path
        Frozen frames lie in it under their hashes, what a frame is gathered from in folders.
    """

    folder: Path

    @classmethod
    def of(cls, settings: Settings) -> "Shelf":
        """Take the folder of the settings."""
        return cls(settings.var_dir / FOLDER)

    def part(self, frame_id: int, file_id: int) -> Path:
        """Say where the rows of a file lie as they were read."""
        folder = self.folder / str(frame_id) / "read"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return folder / f"{file_id}.parquet"

    def checked(self, frame_id: int, revision: int) -> "CheckedFiles":
        """Say where lies what the rules made of all files, at a revision of the frame."""
        return CheckedFiles(self.folder / str(frame_id) / f"{_CHECKED}{revision}")

    def origin(self, frame_id: int) -> Path:
        """Say where it is kept which row of which file a row of a frozen frame comes from."""
        return self.folder / str(frame_id) / "origin.parquet"

    def frozen(self, file_name: str) -> Path:
        """Say where a frozen frame lies."""
        return self.folder / file_name

    def keep_only(self, frame_id: int, revision: int) -> None:
        """Remove what the rules made of earlier revisions."""
        for path in (self.folder / str(frame_id)).glob(f"{_CHECKED}*"):
            if path != self.checked(frame_id, revision).folder:
                shutil.rmtree(path, ignore_errors=True)

    def forget_part(self, frame_id: int, file_id: int) -> None:
        """Remove the rows of a file."""
        self.part(frame_id, file_id).unlink(missing_ok=True)

    def forget_parts(self, frame_id: int) -> None:
        """Remove the rows of all files, once the frame is frozen."""
        with suppress(FileNotFoundError):
            shutil.rmtree(self.folder / str(frame_id) / "read")

    def forget(self, frame_id: int) -> None:
        """Remove everything a frame was gathered from."""
        with suppress(FileNotFoundError):
            shutil.rmtree(self.folder / str(frame_id))


@dataclass(frozen=True, slots=True)
class CheckedFiles:
    """What the rules made of the files of a frame."""

    folder: Path

    def make(self) -> None:
        """Begin anew: what an earlier attempt left is removed."""
        with suppress(FileNotFoundError):
            shutil.rmtree(self.folder)
        self.folder.mkdir(parents=True, mode=0o700)

    def rows(self, file_id: int) -> Path:
        """Say where the rows of a file lie with their outcomes."""
        return self.folder / f"rows-{file_id}.parquet"

    @property
    def problems(self) -> Path:
        """Everything that is wrong, by file and row."""
        return self.folder / "problems.parquet"

    @property
    def duplicates(self) -> Path:
        """Rows whose key an earlier row has."""
        return self.folder / "duplicates.parquet"

    @property
    def names(self) -> Path:
        """What each written name was taken for."""
        return self.folder / "names.parquet"
