"""Conditions and formulas in SQL over the columns of the file."""

from __future__ import annotations

import re

import polars as pl

from analysis.plan.faults import Place
from analysis.plan.reader import Reader

_REASON = re.compile(r"\s+")


def parse_sql(text: str, place: Place, reader: Reader) -> pl.Expr | None:
    """Read an expression; None after noting a fault.

    Parameters
    ----------
    text : str
        A formula or a condition, e.g. ``"age >= 18 AND sex = 'f'"``.
    """
    try:
        expression = pl.sql_expr(text)
        expression.meta.root_names()
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, ValueError) as error:
        reader.fault(place, "bad-sql", expression=text, reason=short_reason(error))
        return None
    return expression


def roots(expression: pl.Expr) -> tuple[str, ...]:
    """Return the columns an expression reads, each once."""
    return tuple(dict.fromkeys(expression.meta.root_names()))


def short_reason(error: BaseException) -> str:
    """Return the first sentence of what a library says."""
    first = str(error).strip().split("\n\n")[0]
    return _REASON.sub(" ", first)[:200]
