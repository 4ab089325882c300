"""Numbering rows by the values of several columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.columnar.codes import Coder, Missing, coder
from analysis.columnar.files import Column
from analysis.columnar.numbering import Numbering, Numbers, PairNumbering

Values = tuple[NDArray[Any], ...]


class KeyColumns:
    """Codes of the key columns of a batch, each worked out once."""

    def __init__(self, names: Sequence[str], columns: Mapping[str, Column]) -> None:
        self.coders: dict[str, Coder] = {name: coder(columns[name]) for name in names}

    def read(self, batch: Any) -> dict[str, tuple[NDArray[Any], Missing]]:
        """Code the columns of a batch."""
        return {name: each.code(batch.column(name)) for name, each in self.coders.items()}


class Keys:
    """Gives each new combination of values the next number."""

    def __init__(self, names: Sequence[str], columns: KeyColumns) -> None:
        self._coders = [columns.coders[name] for name in names]
        self._names = tuple(names)
        self._first = Numbering()
        self._pairs = [PairNumbering() for _ in self._coders[1:]]

    def __len__(self) -> int:
        if not self._coders:
            return 1
        return len(self._pairs[-1] if self._pairs else self._first)

    def number(self, coded: Mapping[str, tuple[NDArray[Any], Missing]], n: int) -> Numbers:
        """Return the number of each row's combination; -1 where a value is missing."""
        missing: Missing = None
        for name in self._names:
            more = coded[name][1]
            if more is not None:
                missing = more if missing is None else missing | more
        chosen: Any = slice(None) if missing is None else np.flatnonzero(~missing)
        codes = [coded[name][0][chosen] for name in self._names]
        found = self._number(codes) if codes else np.zeros(n, dtype=np.int32)
        if missing is None:
            return found
        numbers = np.full(n, -1, dtype=np.int32)
        numbers[chosen] = found
        return numbers

    def _number(self, codes: Sequence[NDArray[Any]]) -> Numbers:
        numbers = self._first.number(codes[0], self._coders[0].bound)
        known = len(self._first)
        for pairs, code, coder_ in zip(self._pairs, codes[1:], self._coders[1:], strict=True):
            numbers = pairs.number(numbers, known, code, coder_.bound)
            known = len(pairs)
        return numbers

    def values(self) -> Values:
        """Return the values of each combination, one array per column."""
        codes = []
        outer = np.arange(len(self))
        for pairs in reversed(self._pairs):
            before, inner = pairs.pairs
            codes.append(inner[outer])
            outer = before[outer]
        if self._coders:
            codes.append(self._first.keys[outer])
        return tuple(
            coder_.values(code) for coder_, code in zip(self._coders, reversed(codes), strict=True)
        )


def sort_keys(values: Values, n: int) -> NDArray[np.int64]:
    """Return the order of combinations by their first column, then the next."""
    if not values:
        return np.arange(n)
    ranks = [np.unique(column, return_inverse=True)[1] for column in reversed(values)]
    return np.lexsort(ranks)
