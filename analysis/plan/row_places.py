"""Where the rows of the data stand in the files they were read from."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from analysis.plan.source import Opened


@dataclass(frozen=True, slots=True, eq=False)
class RowPlaces:
    """Files below each other.

    Attributes
    ----------
    files : tuple of Opened
    ends : tuple of int
        Number of the last row of each, rows of all files counted from 1.
    """

    files: tuple[Opened, ...]
    ends: tuple[int, ...]

    @classmethod
    def of(cls, files: Sequence[Opened], heights: Sequence[int]) -> RowPlaces:
        """Put files with so many rows each below each other."""
        return cls(tuple(files), tuple(accumulate(heights)))

    def __call__(self, row: int) -> dict[str, str]:
        """Return what a sentence needs to say where a row stands; see ``Opened.where``."""
        number = min(bisect_left(self.ends, row), len(self.ends) - 1)
        before = self.ends[number - 1] if number else 0
        return self.files[number].where(row - before)
