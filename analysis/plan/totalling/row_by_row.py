"""Whether an expression of a plan looks at one row at a time.

Only then is it the same for some rows of a file as for all of them. What is
not known to be so is taken for the contrary.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

import polars as pl


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_FUNCTIONS: Final = _names(
    "Abs Ceil Coalesce Exp FillNull Floor Log Log1p MaxHorizontal MinHorizontal Sign"
)
_KINDS: Final[Mapping[str, frozenset[str]]] = {
    "Bitwise": _names("CountOnes CountZeros"),
    "Boolean": _names("IsBetween IsFinite IsIn IsInfinite IsNan IsNotNan IsNotNull IsNull Not"),
    "ListExpr": frozenset(["Get"]),
    "Pow": _names("Cbrt Generic Sqrt"),
    "Sql": _names("Binary IsIn Round ToFloat"),
    "StringExpr": _names(
        "ConcatHorizontal Contains EndsWith Find Head LenBytes LenChars Lowercase PadEnd PadStart "
        "Replace Reverse Slice Split StartsWith StripChars StripCharsEnd StripCharsStart "
        "StripPrefix StripSuffix Tail Titlecase Uppercase"
    ),
    "Trigonometry": _names(
        "ArcCos ArcCosh ArcSin ArcSinh ArcTan ArcTanh Cos Cosh Cot Degrees Radians Sin Sinh Tan "
        "Tanh"
    ),
}
"""Functions of polars that know one row only, by kind."""

_PARTS: Final[Mapping[str, tuple[str, ...]]] = {
    "Alias": (),
    "BinaryExpr": ("left", "right"),
    "Cast": ("expr",),
    "Function": ("input",),
    "Ternary": ("predicate", "truthy", "falsy"),
}
"""Nodes of an expression and where their own expressions are."""


def is_row_by_row(expression: pl.Expr) -> bool:
    """Say whether the values of a row follow from this row alone."""
    try:
        tree = json.loads(expression.meta.serialize(format="json"))
    except (pl.exceptions.PolarsError, ValueError):
        return False
    return _is_known(tree)


def _is_known(node: Any) -> bool:
    match node:
        case {"Column": _} | {"Literal": _}:
            return len(node) == 1
        case {"Alias": [inner, str()]}:
            return len(node) == 1 and _is_known(inner)
        case {"Function": {"input": list() as inputs, "function": function}}:
            return _is_known_function(function) and all(_is_known(one) for one in inputs)
        case dict() if len(node) == 1:
            (kind, parts), *_ = node.items()
            wanted = _PARTS.get(kind, ())
            return bool(wanted) and all(_is_known(parts.get(name)) for name in wanted)
        case _:
            return False


def _is_known_function(function: Any) -> bool:
    match function:
        case str():
            return function in _FUNCTIONS
        case dict() if len(function) == 1:
            (kind, inner), *_ = function.items()
            name = next(iter(inner)) if isinstance(inner, dict) else inner
            return isinstance(name, str) and name in _KINDS.get(kind, ())
        case _:
            return False
