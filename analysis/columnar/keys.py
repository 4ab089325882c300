"""Numbering rows by the values of several columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from analysis.columnar.arrays import Missing
from analysis.columnar.codes import Coder, coder
from analysis.columnar.columns import Column
from analysis.columnar.numbering import Numbering, PairNumbering
from analysis.columnar.order import Values

Coded: TypeAlias = Mapping[str, tuple[NDArray[Any], Missing]]

MOST_CODES = 2**12
"""Codes of one column up to here need no other numbers."""


class KeyColumns:
    """Codes of the key columns of a batch, each worked out once."""

    def __init__(self, names: Sequence[str], columns: Mapping[str, Column]) -> None:
        self.coders: dict[str, Coder] = {name: coder(columns[name]) for name in names}

    def read(self, batch: Any) -> dict[str, tuple[NDArray[Any], Missing]]:
        """Code the columns of a batch."""
        return {name: each.code(batch.column(name)) for name, each in self.coders.items()}


class Keys:
    """Numbers for combinations of values.

    Codes of one column are its numbers, unless there are too many to have a
    place for each; combinations of several are numbered as they appear.

    Attributes
    ----------
    names : tuple of str
        The columns.
    """

    def __init__(self, names: Sequence[str], columns: KeyColumns) -> None:
        self.names = tuple(names)
        self._coders = [columns.coders[name] for name in names]
        is_wide = bool(names) and self._coders[0].bound > MOST_CODES
        self._first = Numbering() if is_wide else None
        self._pairs = [PairNumbering() for _ in self._coders[1:]]

    @property
    def are_all_present(self) -> bool:
        """Whether there is a row for every number."""
        return bool(self._pairs) or self._first is not None or not self.names

    @property
    def bound(self) -> int:
        """Numbers are smaller than this; it may grow with the rows."""
        if self._pairs:
            return len(self._pairs[-1])
        return self._bound_of_first() if self._coders else 1

    def number(self, coded: Coded, n: int) -> tuple[NDArray[Any], Missing]:
        """Return the number of each row's combination, any where a value is missing.

        Parameters
        ----------
        coded : mapping of str to codes and missing
            The columns, n rows each.
        n : int

        Returns
        -------
        numbers : ndarray of int, shape (n,)
        missing : ndarray of bool, shape (n,), or None
        """
        missing: Missing = None
        for name in self.names:
            more = coded[name][1]
            if more is not None:
                missing = more if missing is None else missing | more
        if missing is None:
            return self._number([coded[name][0] for name in self.names], n), None
        chosen = np.flatnonzero(~missing)
        numbers = np.zeros(n, dtype=np.int64)
        numbers[chosen] = self._number([coded[name][0][chosen] for name in self.names], n)
        return numbers, missing

    def _number(self, codes: Sequence[NDArray[Any]], n: int) -> NDArray[Any]:
        if not codes:
            return np.zeros(n, dtype=np.int64)
        numbers = codes[0]
        if self._first is not None:
            numbers = self._first.number(numbers, self._coders[0].bound)
        known = self._bound_of_first()
        for pairs, code, coder_ in zip(self._pairs, codes[1:], self._coders[1:], strict=True):
            numbers = pairs.number(numbers, known, code, coder_.bound)
            known = len(pairs)
        return numbers

    def _bound_of_first(self) -> int:
        return self._coders[0].bound if self._first is None else len(self._first)

    def values(self, numbers: NDArray[np.int64]) -> Values:
        """Return the values of some combinations, one array per column."""
        codes = []
        outer = numbers
        for pairs in reversed(self._pairs):
            before, inner = pairs.pairs
            codes.append(inner[outer])
            outer = before[outer]
        if self._coders:
            codes.append(outer if self._first is None else self._first.keys[outer])
        return tuple(
            coder_.values(code) for coder_, code in zip(self._coders, reversed(codes), strict=True)
        )
