"""Arrays that are written again and again.

Memory fresh from the operating system costs more than the sums themselves:
every page is cleared and mapped at its first use.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray


class Room:
    """Keeps one array per name and hands out its beginning."""

    def __init__(self) -> None:
        self._kept: dict[str, NDArray[Any]] = {}

    def array(self, name: str, shape: tuple[int, ...], dtype: DTypeLike) -> NDArray[Any]:
        """Return an array with anything in it, the same memory each time.

        Parameters
        ----------
        name : str
            What is handed out under a name may be overwritten when that name
            is asked for again.
        shape : tuple of int
        dtype : dtype
        """
        size = prod(shape)
        kept = self._kept.get(name)
        if kept is None or len(kept) < size or kept.dtype != np.dtype(dtype):
            kept = self._kept[name] = np.empty(size, dtype=dtype)
        return kept[:size].reshape(shape)
