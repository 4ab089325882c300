"""Columns in the types everything else counts on: text, whole numbers, numbers."""

from __future__ import annotations

import polars as pl

from analysis.plan.source.opened import FileFault

_WHOLE = r"^[+-]?[0-9]+$"
_LEADING_ZERO = r"^[+-]?0[0-9]"
_NUMBER = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$"
_GROUPED = {
    sign: rf"^[+-]?[0-9]{{1,3}}(({group}[0-9]{{3}})+{decimal}[0-9]+|({group}[0-9]{{3}}){{2,}})$"
    for sign, group, decimal in ((",", r"\.", ","), (".", ",", r"\."))
}
"""Numbers with thousands set apart that can be nothing else, by decimal sign."""

_NO_VALUE = r"(?i)^([+-]?(inf|infinity|∞)|#(div/0!|n/a|value!|ref!|num!|name\?|null!))$"
"""What divisions by zero and failed formulas of spreadsheets leave behind."""

NAMED_ROWS = 5
"""How many rows a sentence names."""


def settled(column: pl.Series, kind: str | None, *, is_text: bool, decimal: str) -> pl.Series:
    """Return a column as text (a category) or as numbers, nothing as null.

    Parameters
    ----------
    column : polars.Series
        As read.
    kind : str or None
        ``"number"`` or ``"category"`` if the plan says so.
    is_text : bool
        Whether the file holds only text, so that numbers must be found.
    decimal : str
        Decimal sign of such text.

    Raises
    ------
    FileFault
        The column cannot be what the plan says, or holds nothing a plan can use.
    """
    known = _plain(column)
    if known.dtype == pl.String:
        known = _normal_text(known)
        if kind == "number":
            return _forced(known, decimal)
        if kind is None and is_text:
            return _found(known, decimal)
        return known
    return as_text(known) if kind == "category" else known


def _plain(column: pl.Series) -> pl.Series:
    """Bring the many types of the files to text, whole numbers and numbers."""
    kind = column.dtype
    if kind.is_integer() or kind == pl.Boolean:
        return column.cast(pl.Int64, strict=False) if kind != pl.UInt64 else column
    if kind.is_float() or kind.is_decimal():
        return column.cast(pl.Float64).fill_nan(None)
    if kind == pl.Null:
        return column.cast(pl.Float64)
    if kind == pl.List(pl.String):
        return column.list.join(" ")
    if is_named(kind) or kind.is_temporal():
        return column.cast(pl.String)
    raise FileFault("column-type", column=column.name, type=kind)


def is_named(kind: pl.DataType) -> bool:
    """Say whether a type is one of texts or of named categories."""
    # Equal, not contained: types with parameters have other hashes than their class.
    return any(kind == one for one in (pl.String, pl.Categorical, pl.Enum))


def _normal_text(column: pl.Series) -> pl.Series:
    """Bring text to Unicode NFC; the empty text is nothing."""
    if (column.str.len_bytes() != column.str.len_chars()).any():
        column = column.str.normalize("NFC")
    return column.set(column == "", None)


def as_numbers(column: pl.Series, decimal: str = ".") -> pl.Series:
    """Read text as numbers; null where it is none.

    Thousands may be set apart where this cannot be mistaken: ``1.234,5`` and
    ``1.234.567`` with a decimal comma, but not ``1.234``.
    """
    text = column.str.strip_chars()
    group = "." if decimal == "," else ","
    if text.str.contains(group, literal=True).any():
        is_grouped = text.str.contains(_GROUPED[decimal])
        text = text.set(is_grouped, None).fill_null(text.str.replace_all(group, "", literal=True))
    if decimal == ",":
        text = text.set(text.str.contains(".", literal=True), "not a number")
        text = text.str.replace(",", ".", literal=True)
    is_nan = text.str.to_lowercase() == "nan"
    text = text.set(~text.str.contains(_NUMBER), None)
    if not text.str.contains(_WHOLE).all():
        return text.cast(pl.Float64, strict=False)
    whole = text.cast(pl.Int64, strict=False)
    fits = whole.null_count() == text.null_count()
    return whole if fits and not is_nan.any() else text.cast(pl.Float64, strict=False)


def _found(column: pl.Series, decimal: str) -> pl.Series:
    """Find out whether text is numbers; codes with leading zeros stay text."""
    text = column.set(column.str.strip_chars().str.to_lowercase() == "nan", None)
    if text.str.strip_chars().str.contains(_LEADING_ZERO).any():
        return column
    numbers = as_numbers(text, decimal)
    if numbers.null_count() > text.null_count():
        is_odd = numbers.is_null() & text.is_not_null()
        _refuse_no_values(text.set(~is_odd, None), len(numbers) - numbers.null_count())
        return column
    too_long = numbers.dtype == pl.Float64 and text.str.strip_chars().str.contains(_WHOLE).all()
    return column if too_long and len(text.drop_nulls()) else numbers


def _refuse_no_values(odd: pl.Series, n_numbers: int) -> None:
    """Refuse numbers among which all other cells are infinite or errors of formulas."""
    cells = odd.drop_nulls()
    if n_numbers == 0 or not cells.str.strip_chars().str.contains(_NO_VALUE).all():
        return
    rows = (odd.is_not_null().arg_true() + 1).to_list()
    more = ", …" if len(rows) > NAMED_ROWS else ""
    raise FileFault(
        "cells-without-value",
        column=odd.name,
        cell=", ".join(f"«{cell}»" for cell in sorted(cells.unique().to_list())),
        n=len(rows),
        row=rows[0],
        rows=", ".join(str(row) for row in rows[:NAMED_ROWS]) + more,
    )


def _forced(column: pl.Series, decimal: str) -> pl.Series:
    numbers = as_numbers(column, decimal)
    text = column.set(column.str.strip_chars().str.to_lowercase() == "nan", None)
    row = first_not_number(text, decimal)
    if row is not None:
        raise FileFault("cell-not-number", column=column.name, row=row + 1, cell=text[row])
    return numbers


def first_not_number(column: pl.Series, decimal: str = ".") -> int | None:
    """Return the first row whose text is not a number."""
    is_bad = as_numbers(column, decimal).is_null() & column.is_not_null()
    return is_bad.arg_max() if is_bad.any() else None


def as_text(column: pl.Series) -> pl.Series:
    """Write numbers as codes: whole ones without a decimal point."""
    if column.dtype != pl.Float64:
        return column.cast(pl.String)
    known = column.drop_nulls()
    if (known == known.round(0)).all() and (known.abs() < 2**53).all():
        return column.cast(pl.Int64).cast(pl.String)
    levels = known.unique()
    written = [str(int(one)) if float(one).is_integer() else repr(one) for one in levels]
    return column.replace_strict(levels, written, default=None, return_dtype=pl.String)
