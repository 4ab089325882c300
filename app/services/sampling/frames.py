"""Frozen frames in memory, for the pages that are worked on."""

from functools import lru_cache
from pathlib import Path

from app.errors import ConflictError
from surveys.sampling.frame import Frame, read_frame

FOLDER = "frames"


def frozen_frame(var_dir: Path, file_name: str, content_hash: str) -> Frame:
    """Read a frozen frame; the last ones read stay in memory.

    Raises
    ------
    ConflictError
        ``frame.file-missing``, or ``frame.file-changed``: it is no longer what was frozen.
    """
    path = var_dir / FOLDER / file_name
    if not path.is_file():
        raise ConflictError("frame.file-missing", file=file_name)
    frame = _read(path, path.stat().st_mtime_ns)
    if frame.content_hash != content_hash:
        raise ConflictError("frame.file-changed", file=file_name)
    return frame


@lru_cache(maxsize=2)
def _read(path: Path, _changed: int) -> Frame:
    return read_frame(path)
