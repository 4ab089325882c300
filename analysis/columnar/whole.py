"""Weights as whole numbers in SQL, and their sums as floats again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.columnar.exact import Floats, Grid

BITS_OF_INTEGER: Final = 63
BITS_OF_LOWER: Final = 48
"""Sums of 128 bits come in two parts, the lower one with this many bits."""
MOST_EXPONENT: Final = 400
"""Powers of two beyond this are not tried."""

Digits = tuple[NDArray[np.int64], ...]


@dataclass(frozen=True, slots=True)
class Whole:
    """How numbers are cut in SQL, and what their sums stand for.

    Attributes
    ----------
    grid : Grid
        What the digits of a sum stand for.
    scales : tuple of float
        Numbers, and then what is left of them, times these are cut to whole
        numbers.
    is_wide : bool
        Whether sums have more bits than an integer.
    """

    grid: Grid
    scales: tuple[float, ...]
    is_wide: bool

    @classmethod
    def of_weights(
        cls, grid: Grid, low: float, high: float, significant: int, size: float
    ) -> Whole | None:
        """Cut to one integer if it holds all bits, and those of its product with a feature.

        Parameters
        ----------
        grid : Grid
            How to cut otherwise.
        low, high : float
            Least and greatest weight.
        significant : int
            Bits of each weight.
        size : float
            Greatest feature.
        """
        lowest = int(np.frexp(low)[1]) - significant
        bits = int(np.frexp(high)[1]) - lowest
        if bits + int(np.frexp(size)[1]) > BITS_OF_INTEGER:
            return cls.of_grid(grid, low, high, significant)
        if max(abs(lowest), abs(lowest + bits)) > MOST_EXPONENT:
            return None
        scales = (float(np.ldexp(1.0, -lowest)),)
        return cls(Grid(lowest, BITS_OF_LOWER, 2), scales, is_wide=True)

    @classmethod
    def of_grid(cls, grid: Grid, low: float, high: float, significant: int) -> Whole | None:
        """Cut as for a pass over the rows; None where that cuts something off."""
        lowest = int(np.frexp(low)[1]) - significant
        top = grid.lowest + grid.bits * grid.n_pieces
        is_exact = grid.lowest <= lowest and int(np.frexp(high)[1]) <= top
        if not is_exact or max(abs(grid.lowest), abs(top)) > MOST_EXPONENT:
            return None
        first = float(np.ldexp(1.0, -grid.lowest - grid.bits * (grid.n_pieces - 1)))
        others = [float(np.ldexp(1.0, grid.bits))] * (grid.n_pieces - 1)
        return cls(grid, (first, *others), is_wide=False)

    def pieces(self, number: str) -> list[str]:
        """Write the pieces of a number, the highest first.

        Casts round, where a pass over the rows cuts: the lower pieces make up
        for it, as nothing is lost at the end.
        """
        found, rest = [], number
        for scale in self.scales:
            rest = f"({rest} * {scale!r}::DOUBLE)"
            found.append(f"{rest}::BIGINT")
            rest = f"({rest} - {found[-1]})"
        return found

    def digits(self, sums: Sequence[str]) -> list[str]:
        """Write the digits of sums of pieces, the highest first."""
        if not self.is_wide:
            return [f"{one}::BIGINT" for one in sums]
        (total,) = sums
        mask = 2**BITS_OF_LOWER - 1
        return [f"({total} >> {BITS_OF_LOWER})::BIGINT", f"({total} & {mask})::BIGINT"]

    def total(self, digits: Sequence[NDArray[np.int64]]) -> tuple[Floats, Floats]:
        """Turn digits of sums into pairs of floats, see ``Grid.total``."""
        return self.grid.total(digits)
