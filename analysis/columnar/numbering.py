"""Consecutive numbers for keys, in the order in which they appear."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.columnar.room import Room

MOST_IN_TABLE = 2**24
"""Keys up to here are looked up in a table; beyond, in a sorted list."""

UNBOUNDED = 2**62

SEATS = 2**18
SHIFT = np.uint64(64 - 18)
SCATTER = np.uint64(0x9E3779B97F4A7C15)
"""2 to the 64 over the golden ratio: keys in a row are scattered evenly."""

Keys = NDArray[Any]
Numbers = NDArray[np.int32]


class Numbering:
    """Gives each new key the next number, and known keys theirs.

    Attributes
    ----------
    keys : ndarray of int64, shape (n_keys,)
        Key of each number.
    """

    def __init__(self, keys: NDArray[np.int64] | None = None) -> None:
        self._keys = np.empty(16, dtype=np.int64) if keys is None else keys.copy()
        self._n = 0 if keys is None else len(keys)
        self._table: Numbers | None = np.empty(0, dtype=np.int32)
        self._sorted = np.empty(0, dtype=np.int64)
        self._number_of_sorted = np.empty(0, dtype=np.int32)
        self._seat_keys: NDArray[np.int64] | None = None
        self._seat_numbers: Numbers = np.empty(0, dtype=np.int32)
        self._room = Room()

    def __len__(self) -> int:
        return self._n

    @property
    def keys(self) -> NDArray[np.int64]:
        """Key of each number, shape (n_keys,)."""
        return self._keys[: self._n]

    def number(self, keys: Keys, bound: int = UNBOUNDED) -> Numbers:
        """Return the numbers of keys, new ones included.

        Parameters
        ----------
        keys : ndarray of int, shape (n,)
            Not negative, where ``bound`` is up to ``MOST_IN_TABLE``.
        bound : int
            Keys are smaller than this; it may grow from call to call.

        Returns
        -------
        ndarray of int32, shape (n,)
            May be overwritten by the next call.
        """
        if bound > MOST_IN_TABLE or self._table is None:
            return self._number_seated(keys)
        if bound > len(self._table):
            grown = np.full(min(bound + bound // 2, MOST_IN_TABLE), -1, dtype=np.int32)
            grown[self.keys] = np.arange(self._n)
            self._table = grown
        numbers = self._look_up(keys)
        if len(numbers) and numbers.min() < 0:
            new = keys[numbers < 0]
            # Of the rows with the same key one leaves its place in the table.
            places = np.arange(len(new), dtype=np.int32)
            self._table[new] = places
            new = new[self._table[new] == places]
            self._table[new] = self._append(new)
            numbers = self._look_up(keys)
        return numbers

    def _look_up(self, keys: Keys) -> Numbers:
        assert self._table is not None  # noqa: S101  or keys would be sorted
        numbers = self._room.array("numbers", (len(keys),), np.int32)
        # Keys are in range: clipping only spares numpy a copy.
        self._table.take(keys, out=numbers, mode="clip")
        return numbers

    def _append(self, new: Keys) -> Numbers:
        """Give numbers to keys that were never seen."""
        begin, self._n = self._n, self._n + len(new)
        if self._n > len(self._keys):
            kept = self._keys[:begin]
            self._keys = np.empty(4 * self._n, dtype=np.int64)
            self._keys[:begin] = kept
        self._keys[begin : self._n] = new
        return np.arange(begin, self._n, dtype=np.int32)

    def _number_seated(self, keys: Keys) -> Numbers:
        """Look keys up in the seats they are scattered to, the others in the sorted list."""
        if self._seat_keys is None:
            self._seat_keys = np.zeros(SEATS, dtype=np.int64)
            self._seat_numbers = np.full(SEATS, -1, dtype=np.int32)
        seat = ((keys.astype(np.uint64) * SCATTER) >> SHIFT).astype(np.int64)
        numbers = self._seat_numbers.take(seat)
        lost = np.flatnonzero((self._seat_keys.take(seat) != keys) | (numbers < 0))
        if len(lost):
            found = self._number_sorted(keys[lost])
            numbers[lost] = found
            is_free = self._seat_numbers[seat[lost]] < 0
            self._seat_keys[seat[lost[is_free]]] = keys[lost[is_free]]
            self._seat_numbers[seat[lost[is_free]]] = found[is_free]
        return numbers

    def _number_sorted(self, keys: Keys) -> Numbers:
        if self._table is not None:
            order = np.argsort(self.keys)
            self._sorted = self.keys[order]
            self._number_of_sorted = order.astype(np.int32)
            self._table = None
        distinct, inverse = np.unique(keys, return_inverse=True)
        place = np.searchsorted(self._sorted, distinct)
        within = np.minimum(place, max(len(self._sorted) - 1, 0))
        is_new = np.ones(len(distinct), dtype=np.bool_)
        if len(self._sorted):
            is_new = self._sorted[within] != distinct
        if is_new.any():
            added = self._append(distinct[is_new])
            self._sorted = np.insert(self._sorted, place[is_new], distinct[is_new])
            self._number_of_sorted = np.insert(self._number_of_sorted, place[is_new], added)
            place = np.searchsorted(self._sorted, distinct)
        return self._number_of_sorted[place[inverse]]


class PairNumbering:
    """Gives each new pair of an outer and an inner number the next number."""

    def __init__(self) -> None:
        self._width = 1
        self._numbering = Numbering()
        self._room = Room()

    def __len__(self) -> int:
        return len(self._numbering)

    @property
    def pairs(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Outer and inner number of each pair, shape (n_pairs,) each."""
        outer, inner = np.divmod(self._numbering.keys, self._width)
        return outer, inner

    def number(self, outer: Keys, n_outer: int, inner: Keys, n_inner: int) -> Numbers:
        """Return the numbers of pairs, new ones included.

        Parameters
        ----------
        outer, inner : ndarray of int, shape (n,)
        n_outer, n_inner : int
            They are smaller than these, which may grow from call to call.

        Returns
        -------
        ndarray of int32, shape (n,)
            May be overwritten by the next call.
        """
        if n_inner > self._width:
            known_outer, known_inner = self.pairs
            # Room to grow, but none for codes whose number is known beforehand.
            self._width = n_inner if len(self) == 0 else 2 * n_inner
            self._numbering = Numbering(known_outer * self._width + known_inner)
        bound = n_outer * self._width
        key = self._room.array("key", (len(outer),), np.int64)
        np.multiply(outer, self._width, out=key, dtype=np.int64)
        key += inner
        return self._numbering.number(key, bound)
