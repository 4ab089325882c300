"""Small results of long work, kept as files under a name made of all that they rest on.

A file can be deleted at any time: the same work makes the same bytes again. One that is damaged
counts as missing.
"""

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def digest_of(key: Any) -> str:
    """Name a result by what it rests on."""
    return hashlib.sha256(_canonical(key)).hexdigest()


def read(folder: Path, name: str) -> Mapping[str, Any] | None:
    """Read a result; None if there is none, or if it is not as it was written."""
    try:
        found = json.loads((folder / f"{name}.json").read_bytes())
        content = found["content"]
        is_whole = found["sha256"] == hashlib.sha256(_canonical(content)).hexdigest()
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return content if is_whole and isinstance(content, dict) else None


def write(folder: Path, name: str, content: Mapping[str, Any]) -> None:
    """Write a result beside its place and move it there, so nobody reads half of it."""
    folder.mkdir(parents=True, exist_ok=True)
    sha256 = hashlib.sha256(_canonical(content)).hexdigest()
    handle, part = tempfile.mkstemp(dir=folder, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(_canonical({"sha256": sha256, "content": content}))
        Path(part).replace(folder / f"{name}.json")
    finally:
        Path(part).unlink(missing_ok=True)


def _canonical(content: Any) -> bytes:
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()
