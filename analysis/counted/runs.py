"""Runs of respondents who lie next to each other, and how many of each have a trait."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]

WORD: Final = 64
"""Bits of a word: traits are counted as bits, so many respondents at a time."""


@dataclass(frozen=True, slots=True, eq=False)
class Runs:
    """Respondents side by side, in runs.

    Attributes
    ----------
    edges : ndarray of int64, shape (n_runs + 1,)
        Row at which each run begins, and the number of rows.
    word, mask : ndarray, shape (n_runs + 1,)
        The word of bits each edge lies in, and the bits of that word before it.
    """

    edges: Integers
    word: Integers
    mask: NDArray[np.uint64]

    @classmethod
    def of(cls, begins: Integers, n_rows: int) -> Runs:
        """Part rows into runs, by the rows at which they begin; the first is row 0."""
        edges = np.append(begins.astype(np.int64), n_rows)
        bits = (edges % WORD).astype(np.uint64)
        return cls(edges, edges // WORD, (np.uint64(1) << bits) - np.uint64(1))

    @property
    def n_rows(self) -> int:
        """Number of respondents."""
        return int(self.edges[-1])

    @property
    def lengths(self) -> Integers:
        """Respondents of each run, shape (n_runs,)."""
        return np.diff(self.edges)

    def count(self, has: NDArray[np.bool_]) -> Integers:
        """Count who has a trait.

        Parameters
        ----------
        has : ndarray of bool, shape (n_rows,)

        Returns
        -------
        ndarray of int64, shape (n_runs,)
        """
        packed = np.packbits(has, bitorder="little")
        padded = np.zeros((self.n_rows // WORD + 1) * 8, dtype=np.uint8)
        padded[: len(packed)] = packed
        words = padded.view("<u8")
        before = np.zeros(len(words), dtype=np.int64)
        np.cumsum(np.bitwise_count(words[:-1]), out=before[1:])
        below = before[self.word] + np.bitwise_count(words[self.word] & self.mask)
        return np.asarray(np.diff(below), dtype=np.int64)

    def spread(self, of_runs: NDArray[Any]) -> NDArray[Any]:
        """Give every respondent what belongs to the run, shape (n_rows, ...)."""
        return np.repeat(of_runs, self.lengths, axis=0)
