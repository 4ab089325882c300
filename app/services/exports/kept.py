"""Files that are made once and then only read."""

import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path


def kept(folder: Path, identity: str, extension: str, make: Callable[[], bytes]) -> bytes:
    """Read a file by everything that it was made of; make it when it is not there.

    Parameters
    ----------
    identity : str
        Names all that the content depends on; its hash is the file's name.
    make : callable
        Makes the content.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{hashlib.sha256(identity.encode()).hexdigest()}.{extension}"
    try:
        return path.read_bytes()
    except FileNotFoundError:
        content = make()
    handle, part = tempfile.mkstemp(dir=folder, suffix=".part")
    # Moved into place when whole: two requests at once make the same file twice, never half a one.
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    Path(part).replace(path)
    return content
