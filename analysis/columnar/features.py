"""What each respondent adds to the totals, as whole numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.columnar.arrays import Missing
from analysis.columnar.codes import NameCoder, numbers
from analysis.columnar.columns import Column
from analysis.columnar.errors import WrongStatisticsError
from analysis.columnar.layout import Layout, largest
from analysis.columnar.request import Code, Feature, Trait
from analysis.columnar.room import Room


@dataclass(frozen=True, slots=True, eq=False)
class ItemColumn:
    """One column of a batch.

    Attributes
    ----------
    values : ndarray, shape (n,)
        Numbers, or codes of names; anything where missing.
    missing : ndarray of bool, shape (n,), or None
    names : NameCoder, optional
        What the codes mean.
    """

    values: NDArray[Any]
    missing: Missing
    names: NameCoder | None


class Items:
    """Turns columns of batches into features."""

    def __init__(self, layout: Layout, columns: Mapping[str, Column]) -> None:
        self._layout = layout
        self._columns = columns
        size = max((largest(feature, columns) for feature in layout.small), default=1.0)
        self._short = np.int8 if size < 2**7 else np.int16
        self._coders = {name: NameCoder() for name, column in columns.items() if column.is_text}
        self._room = Room()
        self._flags: dict[tuple[str, tuple[Code, ...] | None], NDArray[np.bool_] | bool] = {}

    def read(self, batch: Any, names: Sequence[str]) -> dict[str, ItemColumn]:
        """Read some columns of a batch.

        Raises
        ------
        BadColumnTypeError, WrongStatisticsError
        """
        self._flags.clear()
        return {name: self._read(name, batch.column(name)) for name in names}

    def _feature(self, feature: Feature, items: Mapping[str, ItemColumn]) -> NDArray[Any] | bool:
        if isinstance(feature, Trait):
            return self._trait(feature, items)
        values = items[feature.column].values
        if not feature.is_squared:
            return values
        wider = np.float64 if values.dtype.kind == "f" or values.dtype.itemsize > 4 else np.int64
        return np.asarray(np.square(values, dtype=wider))

    def _trait(self, trait: Trait, items: Mapping[str, ItemColumn]) -> NDArray[np.bool_] | bool:
        """Say who has a trait; several traits may ask for the same answers."""
        if not trait.columns:
            return True
        has: NDArray[np.bool_] | bool = False
        for name in trait.columns:
            if (name, trait.codes) not in self._flags:
                self._flags[name, trait.codes] = self._flag(name, items[name], trait.codes)
            flags = self._flags[name, trait.codes]
            has = flags if has is False else flags | has
        return has

    def _flag(
        self, name: str, item: ItemColumn, codes: tuple[Code, ...] | None
    ) -> NDArray[np.bool_] | bool:
        """Say who answered a column, or who gave one of the codes."""
        if codes is None and item.missing is None:
            return True
        values = item.values
        has = self._room.array(f"{name} {codes}", (len(values),), np.bool_)
        if item.missing is not None:
            np.logical_not(item.missing, out=has)
        else:
            has.fill(True)
        if codes is not None:
            has &= self._has_code(item, codes)
        return has

    def _has_code(self, item: ItemColumn, codes: Sequence[Any]) -> NDArray[np.bool_]:
        values = item.values
        if item.names is not None:
            wanted = frozenset(codes)
            table = np.array([name in wanted for name in item.names.names] or [False])
            return np.asarray(table[values], dtype=np.bool_)
        shape = (len(values),)
        found = self._room.array("codes", shape, np.bool_)
        below, above = (self._room.array(name, shape, np.bool_) for name in ("below", "above"))
        found.fill(False)
        for low, high in _runs(codes, values.dtype):
            np.greater_equal(values, low, out=below)
            np.less_equal(values, high, out=above)
            below &= above
            found |= below
        return found

    def _read(self, name: str, array: Any) -> ItemColumn:
        if name in self._coders:
            return ItemColumn(*self._coders[name].code(array), self._coders[name])
        column = self._columns[name]
        values, missing = numbers(array, column)
        if values.dtype.kind in "iu" and column.low is not None:
            least, greatest = values.min(), values.max()
            # Missing values are zeros here, which the footer does not know.
            if least < min(column.low, 0) or greatest > max(column.high, 0):
                raise WrongStatisticsError(column=name)
        return ItemColumn(values, missing, None)

    def dense(
        self, items: Mapping[str, ItemColumn], places: Sequence[int], n: int, room: Room
    ) -> NDArray[np.signedinteger]:
        """Return some of the small features as short integers, shape (n, n_places)."""
        found = room.array("dense", (n, len(places)), self._short)
        for column, place in enumerate(places):
            found[:, column] = self._feature(self._layout.small[place], items)
        return found

    def rows(
        self, items: Mapping[str, ItemColumn], place: int, n: int, *, has: bool
    ) -> NDArray[np.int64]:
        """Return the rows that have, or lack, a trait among the small features."""
        flags = np.broadcast_to(np.asarray(self._feature(self._layout.small[place], items)), n)
        return np.flatnonzero(flags if has else ~flags)

    def shares(self, items: Mapping[str, ItemColumn]) -> list[float]:
        """Return the share of rows with each of the small features, if it is a trait."""
        return [
            float(np.mean(self._feature(feature, items))) if isinstance(feature, Trait) else 0.5
            for feature in self._layout.small
        ]

    def wide(self, items: Mapping[str, ItemColumn]) -> list[NDArray[np.float64]]:
        """Return the other features, shape (n,) each."""
        return [np.asarray(self._feature(f, items), dtype=np.float64) for f in self._layout.wide]


def _runs(codes: Sequence[Any], kind: np.dtype[Any]) -> list[tuple[Any, Any]]:
    """Put neighbouring codes together, leaving out those that a column cannot hold."""
    if kind.kind not in "iu":
        return [(code, code) for code in codes]
    limits = np.iinfo(kind)
    runs: list[tuple[int, int]] = []
    for code in sorted(int(code) for code in codes if limits.min <= code <= limits.max):
        if runs and code == runs[-1][1] + 1:
            runs[-1] = runs[-1][0], code
        else:
            runs.append((code, code))
    return runs
