"""Arrow arrays as numpy arrays."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Missing: TypeAlias = NDArray[np.bool_] | None

_NAMES = {"halffloat": "float16", "float": "float32", "double": "float64"}
"""Types that numpy calls otherwise."""


def numbers_of(array: Any) -> tuple[NDArray[Any], Missing]:
    """Return the numbers of an array, as they lie in memory, and which are missing.

    The way of pyarrow itself imports pandas, at a third of a second.

    Parameters
    ----------
    array : pyarrow.Array
        Integers, floats or truth values.

    Returns
    -------
    numbers : ndarray, shape (n,)
        Anything where missing.
    missing : ndarray of bool, shape (n,), or None
        None if nothing is missing.
    """
    validity, content = array.buffers()
    begin, end = array.offset, array.offset + len(array)
    if pa.types.is_boolean(array.type):
        found = _bits(content, begin, end)
    else:
        found = np.frombuffer(content, dtype=_NAMES.get(str(array.type), str(array.type)))
        found = found[begin:end]
    return found, _bits(validity, begin, end) == 0 if array.null_count else None


def _bits(buffer: Any, begin: int, end: int) -> NDArray[np.uint8]:
    """Return the bits of a buffer from one place to another."""
    octets = np.frombuffer(buffer, dtype=np.uint8)[begin // 8 : (end + 7) // 8]
    return np.unpackbits(octets, bitorder="little")[begin % 8 : begin % 8 + end - begin]
