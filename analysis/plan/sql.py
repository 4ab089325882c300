"""Conditions and formulas in SQL over the columns of the file."""

from __future__ import annotations

import re

import polars as pl

from analysis.plan.faults import Place
from analysis.plan.reader import Reader

_REASON = re.compile(r"\s+")
_QUOTED_OR_DECIMAL = re.compile(
    r"""'(?:[^']|'')*' | "(?:[^"]|"")*" | (?<![\w.]) (?:\d+\.\d*|\.\d+) (?![\w.])""",
    re.VERBOSE,
)


def parse_sql(text: str, place: Place, reader: Reader) -> pl.Expr | None:
    """Read an expression; None after noting a fault.

    Parameters
    ----------
    text : str
        A formula or a condition, e.g. ``"age >= 18 AND sex = 'f'"``.
    """
    try:
        expression = pl.sql_expr(floating(text))
        expression.meta.root_names()
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, ValueError) as error:
        reader.fault(place, "bad-sql", expression=text, reason=short_reason(error))
        return None
    return expression


def floating(text: str) -> str:
    """Write decimal numbers so that they are read as floating point.

    Without an exponent they are decimals of fixed scale, and so is what is
    worked out from them and whole numbers: quotients would lose digits.
    """
    return _QUOTED_OR_DECIMAL.sub(
        lambda found: found[0] if found[0][0] in "'\"" else f"{found[0]}e0", text
    )


def roots(expression: pl.Expr) -> tuple[str, ...]:
    """Return the columns an expression reads, each once."""
    return tuple(dict.fromkeys(expression.meta.root_names()))


def short_reason(error: BaseException) -> str:
    """Return the first sentence of what a library says."""
    first = str(error).strip().split("\n\n")[0]
    return _REASON.sub(" ", first)[:200]
