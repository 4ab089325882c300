"""Columns of a snapshot as positions in short lists of answers, in the smallest numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analysis.coding import Coded
from analysis.counted.runs import Runs
from analysis.index.item_answers import ItemAnswers, named, read_item
from analysis.index.tree import ItemScale, Method

MOST_CODES: Final = 100
"""Codes further apart than this do not go into one byte."""


def read_answers(rows: pl.DataFrame, method: Method) -> dict[str, ItemAnswers]:
    """Read the answers of all items of a method.

    Parameters
    ----------
    rows : polars.DataFrame
        Columns as a snapshot keeps them.
    method : Method

    Returns
    -------
    dict of item to ItemAnswers
        As ``read_item`` reads them, but for the order of distinct answers.

    Raises
    ------
    BadColumnError
        An answer is not on its scale.
    """
    low = {item: _lowest(method.scales[item], rows.schema[item]) for item in method.items}
    numbered = {item: least for item, least in low.items() if least is not None}
    short = pl.DataFrame()
    try:
        short = rows.select(
            pl.col(item).cast(pl.Int8).fill_null(least - 1) for item, least in numbered.items()
        )
    except pl.exceptions.PolarsError:
        # Some answer is far from its scale: whoever reads one column at a time says which.
        numbered = {}
    return {
        item: _numbered(item, rows[item], short[item].to_numpy(), method.scales[item])
        if item in numbered
        else _other(item, rows[item], method.scales[item])
        for item in method.items
    }


def runs_of(rows: pl.DataFrame, keys: Sequence[str]) -> tuple[Runs, pl.DataFrame]:
    """Find runs of rows that are alike in some columns, and the first row of each.

    Returns
    -------
    Runs
    polars.DataFrame, shape (n_runs, n_keys)
    """
    changes = [pl.col(name).ne_missing(pl.col(name).shift()) for name in keys]
    found = rows.select(pl.any_horizontal(changes).arg_true()).to_series().to_numpy()
    # Nothing changes at the first row where it misses every key.
    begins = np.union1d([0], found.astype(np.int64)) if len(rows) else found.astype(np.int64)
    return Runs.of(begins, len(rows)), rows.select(keys)[begins]


def encoded(names: pl.Series) -> Coded:
    """Code a column of texts or whole numbers as ``analysis.coding.encode`` does."""
    if names.dtype == pl.String:
        levels = names.drop_nulls().unique().sort()
        levels = levels.filter(levels != "")
        enum = pl.Enum(levels)
        codes = names.cast(enum, strict=False).to_physical().cast(pl.Int32).fill_null(-1)
        return Coded(tuple(levels.to_list()), codes.to_numpy())
    present = names.drop_nulls().unique().sort()
    place = pl.Series(range(len(present)), dtype=pl.Int32)
    codes = names.replace_strict(present, place, default=None).fill_null(-1)
    return Coded(tuple(str(one) for one in present.to_list()), codes.to_numpy())


def _lowest(scale: ItemScale, dtype: pl.DataType) -> int | None:
    """Return the least code of a scale of whole numbers that go into one byte."""
    codes = [code for code in (*scale.codes, *scale.not_rated) if isinstance(code, int)]
    if not dtype.is_integer() or len(codes) < len(scale.codes) + len(scale.not_rated):
        return None
    is_short = min(codes) > -MOST_CODES and max(codes) < MOST_CODES
    return min(codes) if is_short else None


def _numbered(
    item: str, column: pl.Series, values: NDArray[np.int8], scale: ItemScale
) -> ItemAnswers:
    """Place whole numbers by how far above the least code they are."""
    offered = {int(code) for code in (*scale.codes, *scale.not_rated)}
    least, most = min(offered), max(offered)
    position = (values if least == 1 else values - np.int8(least - 1)).view(np.uint8)
    n_places = most - least + 2
    gaps = [code - least + 1 for code in range(least, most + 1) if code not in offered]
    n_missing = len(position) - int(np.count_nonzero(position))
    is_bad = (
        (len(position) > 0 and int(position.max()) >= n_places)
        or n_missing != column.null_count()
        or any((position == gap).any() for gap in gaps)
    )
    if is_bad:
        return _other(item, column, scale)
    distinct: list[tuple[int | str, ...]] = [()] * n_places
    for code in offered:
        distinct[code - least + 1] = (code,)
    return ItemAnswers(scale, tuple(distinct), position)


def _other(item: str, column: pl.Series, scale: ItemScale) -> ItemAnswers:
    """Read a column of words, of lists or of any numbers."""
    if column.dtype == pl.List(pl.String):
        column = column.list.join(" ")
    offered = (*scale.codes, *scale.not_rated)
    if column.dtype != pl.String or all(isinstance(code, int) for code in offered):
        return read_item(item, _for_rows(column), scale)
    coded = encoded(column)
    distinct = named(item, coded.levels, scale)
    kind = np.uint8 if len(distinct) < 2**8 else np.uint32
    return ItemAnswers(scale, distinct, (coded.codes + 1).astype(kind))


def _for_rows(column: pl.Series) -> NDArray[Any]:
    from analysis.snapshot import column_of

    return column_of(column)
