"""Estimates side by side, before each becomes an object."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from analysis.results import Estimate, Interval, IntervalMethod, Note

Values = NDArray[np.float64]
DomainNotes: TypeAlias = tuple[tuple[NDArray[np.bool_], Note], ...]

METHODS: Final = tuple(IntervalMethod)


@dataclass(frozen=True, slots=True, eq=False)
class Finished:
    """Estimates side by side: shape (n_domains, n_estimands) each, see ``Estimate``.

    Attributes
    ----------
    value, error, low, high, n, effective_n, df, design_effect, kish_n : ndarray of float64
    method : ndarray of int
        How intervals were made: places in ``METHODS``.
    notes : tuple of tuple of (ndarray of bool, Note)
        For each estimand, reservations and the domains, shape (n_domains,), they hold for.
    level : float
        Of the intervals.
    """

    value: Values
    error: Values
    low: Values
    high: Values
    n: Values
    effective_n: Values
    df: Values
    design_effect: Values
    kish_n: Values
    method: NDArray[np.int8]
    notes: tuple[tuple[tuple[NDArray[np.bool_], Note], ...], ...]
    level: float

    def estimates(self) -> tuple[tuple[Estimate, ...], ...]:
        """Return one row per estimand, one column per domain."""
        return tuple(self._of(k) for k in range(self.value.shape[1]))

    def _of(self, k: int) -> tuple[Estimate, ...]:
        columns = (
            self.value, self.error, self.low, self.high, self.method, self.n, self.effective_n,
            self.df, self.design_effect, self.kish_n,
        )  # fmt: skip
        rows = zip(*(column[:, k].tolist() for column in columns), strict=True)
        return tuple(
            Estimate(
                value=row[0],
                standard_error=row[1],
                interval=Interval(row[2], row[3], self.level, METHODS[row[4]]),
                n=int(row[5]),
                effective_n=row[6],
                df=int(row[7]) if row[7].is_integer() else row[7],
                design_effect=row[8],
                notes=tuple(note for holds, note in self.notes[k] if holds[d]),
                kish_n=row[9],
            )
            for d, row in enumerate(rows)
        )
