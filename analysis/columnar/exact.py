"""Sums without rounding, whatever the order and the number of parts.

Floating point addition rounds, so a sum depends on its order, and totals of
parts would not be the totals of the whole. Here addends are whole multiples
of a small power of two, cut into two or more pieces of few bits: integers
whose sums cannot overflow [DemmelNguyen2015]. At the end each sum becomes two
floats, the sum rounded once and what was rounded away; such pairs are added
without error as well [Shewchuk1997].
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.columnar.room import Room

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

BITS_OF_FLOAT = 53
BITS_OF_PIECE = 62
"""Bits a sum of pieces may have: one less than an integer of 64 bits holds."""
BITS_OF_PAIR = 104
"""Bits of sums that two floats hold with room for adding."""
UNKNOWN_RANGE = 17
"""Bits kept for the least numbers when it is not known how small they are."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Multiples of ``2 ** lowest``, cut into pieces.

    Of numbers that need finer steps the rest is cut off, one by one: their
    sums still do not depend on the order.

    Attributes
    ----------
    lowest : int
        Exponent of the step.
    bits : int
        Bits of each piece.
    n_pieces : int
        Pieces of each number.
    """

    lowest: int
    bits: int
    n_pieces: int

    @classmethod
    def of(cls, largest: float, smallest: float, terms: float, significant: int) -> Grid:
        """Choose the finest grid for sums of many numbers.

        Parameters
        ----------
        largest, smallest : float
            Greatest and least size of the numbers; 0 where the least is not
            known.
        terms : float
            Bound of the sums, in units of ``largest``.
        significant : int
            Bits of each number, 53 for float64.
        """
        top = int(np.frexp(largest)[1])
        spread = top - int(np.frexp(smallest)[1]) if smallest > 0 else UNKNOWN_RANGE
        headroom = max(int(np.ceil(np.log2(max(terms, 1.0)))), 0) + 1
        bits = BITS_OF_PIECE - headroom
        needed = min(significant + spread, BITS_OF_PAIR - headroom)
        n_pieces = max(-(-needed // bits), 1)
        kept = min(n_pieces * bits, BITS_OF_PAIR - headroom)
        bits = -(-kept // n_pieces)
        return cls(top - n_pieces * bits, bits, n_pieces)

    @property
    def limit(self) -> float:
        """Numbers must be smaller than this."""
        return float(np.ldexp(1.0, self.lowest + self.bits * self.n_pieces))

    def cut(self, numbers: Floats) -> Integers:
        """Cut numbers into pieces, the highest first.

        Parameters
        ----------
        numbers : ndarray of float64, shape (n,)
            Finite, their size below ``limit``.

        Returns
        -------
        ndarray of int64, shape (n_pieces, n)
        """
        pieces = np.empty((self.n_pieces, len(numbers)), dtype=np.int64)
        self.split(numbers, pieces, Room())
        return pieces

    def split(self, numbers: Floats, pieces: Integers, room: Room) -> None:
        """Cut numbers into pieces that are written to a given place.

        Parameters
        ----------
        numbers : ndarray of float64, shape (n,)
        pieces : ndarray of int64, shape (n_pieces, n)
        room : Room
            Where to work.
        """
        rest = room.array("rest", numbers.shape, np.float64)
        whole = room.array("whole", numbers.shape, np.float64)
        scale = np.ldexp(1.0, -self.lowest - self.bits * (self.n_pieces - 1))
        np.multiply(numbers, scale, out=rest)
        for piece in pieces[:-1]:
            np.trunc(rest, out=whole)
            np.copyto(piece, whole, casting="unsafe")
            rest -= whole
            rest *= np.ldexp(1.0, self.bits)
        np.copyto(pieces[-1], rest, casting="unsafe")

    def total(self, pieces: Sequence[Integers]) -> tuple[Floats, Floats]:
        """Turn sums of pieces into pairs of floats.

        Parameters
        ----------
        pieces : sequence of ndarray of int64, any shape
            Sums of the pieces, the highest first; each below ``2 ** 62``.

        Returns
        -------
        high, low : ndarray of float64
            The sum rounded, and what was rounded away.
        """
        high, low = _pair(pieces[0], self.lowest + self.bits * (self.n_pieces - 1))
        for number, piece in enumerate(pieces[1:], start=2):
            lower = _pair(piece, self.lowest + self.bits * (self.n_pieces - number))
            high, low = add(high, low, *lower)
        return high, low


def _pair(whole: Integers, exponent: int) -> tuple[Floats, Floats]:
    high = whole.astype(np.float64)
    low = (whole - high.astype(np.int64)).astype(np.float64)
    scale = np.ldexp(1.0, exponent)
    return high * scale, low * scale


def add(high: Floats, low: Floats, other_high: Floats, other_low: Floats) -> tuple[Floats, Floats]:
    """Add pairs of floats without error.

    Parameters
    ----------
    high, low, other_high, other_low : ndarray of float64, any shape
        ``high + low`` is a sum, ``high`` being that sum rounded; sums and
        addends are multiples of one power of two, smaller than
        ``2 ** BITS_OF_PAIR`` times it.

    Returns
    -------
    high, low : ndarray of float64
        The same pair in whatever order addends come.
    """
    total, error = _two_sum(high, other_high)
    error += low + other_low
    return _two_sum(total, error)


def _two_sum(a: Floats, b: Floats) -> tuple[Floats, Floats]:
    """Return the sum rounded, and what was rounded away [Shewchuk1997]."""
    total = a + b
    b_part = total - a
    error = (a - (total - b_part)) + (b - b_part)
    return total, error
