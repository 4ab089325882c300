"""Smooth functions of figures, written as formulas: value and derivatives.

Formulas are those of Python's grammar, but nothing is ever executed: the tree
is walked over a short list of operations, each of which knows its derivative
(forward mode).
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.errors import AnalysisError

Values = NDArray[np.float64]

LONGEST = 1_000
"""Characters of a formula; a longer one is a mistake."""


class BadFormulaError(AnalysisError):
    """A formula cannot be read, or names something it may not."""

    code = "bad-formula"


@dataclass(frozen=True, slots=True, eq=False)
class Dual:
    """A value with its derivatives by every input."""

    value: float
    slope: Values


FUNCTIONS: Mapping[str, tuple[Callable[[float], float], Callable[[float], float]]] = {
    "exp": (np.exp, np.exp),
    "log": (np.log, lambda x: 1.0 / x),
    "sqrt": (np.sqrt, lambda x: 0.5 / np.sqrt(x)),
    "logit": (
        lambda x: np.log(x) - np.log1p(-x),
        lambda x: 1.0 / (x * (1.0 - x)),
    ),
    "expit": (
        lambda x: 1.0 / (1.0 + np.exp(-x)),
        lambda x: np.exp(-x) / (1.0 + np.exp(-x)) ** 2,
    ),
}
"""What may be called, with its derivative."""


@dataclass(frozen=True, slots=True, eq=False)
class Formula:
    """A formula that was read.

    Attributes
    ----------
    tree : ast.expr
    names : tuple of str
        Inputs it uses, in order of appearance.
    """

    tree: ast.expr
    names: tuple[str, ...]

    def evaluate(self, names: Sequence[str], values: Values) -> Dual:
        """Return the value and its derivatives.

        Parameters
        ----------
        names : sequence of str
            Inputs, m in number.
        values : ndarray of float64, shape (m,)

        Returns
        -------
        Dual
            ``slope`` has shape (m,). NaN where the formula has no value.
        """
        unit = np.eye(len(names))
        inputs = {
            name: Dual(np.float64(value), unit[k])
            for k, (name, value) in enumerate(zip(names, values, strict=True))
        }
        with np.errstate(all="ignore"):
            found = _dual(self.tree, inputs, len(names))
        if not math.isfinite(found.value):
            return Dual(math.nan, np.full(len(names), math.nan))
        return found


def parse_formula(text: str) -> Formula:
    """Read a formula of ``+ - * / **``, numbers, names and ``FUNCTIONS``.

    Raises
    ------
    BadFormulaError
    """
    if len(text) > LONGEST:
        raise BadFormulaError(formula=text[:60], part="…")
    try:
        tree = ast.parse(text.strip(), mode="eval").body
        names: dict[str, None] = {}
        _check(tree, text, names)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise BadFormulaError(formula=text, part=getattr(error, "text", None) or text) from error
    return Formula(tree, tuple(names))


def _check(tree: ast.expr, text: str, names: dict[str, None]) -> None:
    """Refuse whatever is not arithmetic; collect names."""
    match tree:
        case ast.BinOp(left=left, right=right, op=op) if type(op) in _ARITHMETIC:
            _check(left, text, names)
            _check(right, text, names)
        case ast.UnaryOp(operand=operand, op=ast.USub() | ast.UAdd()):
            _check(operand, text, names)
        case ast.Call(func=ast.Name(id=name), args=[argument], keywords=[]) if name in FUNCTIONS:
            _check(argument, text, names)
        case ast.Name(id=name):
            names[name] = None
        case ast.Constant(value=bool()):
            raise BadFormulaError(formula=text, part=ast.unparse(tree))
        case ast.Constant(value=int() | float() as number) if abs(number) < 1e300:
            return
        case _:
            raise BadFormulaError(formula=text, part=ast.unparse(tree))


def _dual(tree: ast.expr, inputs: Mapping[str, Dual], m: int) -> Dual:
    """Walk a tree that was checked."""
    match tree:
        case ast.BinOp(left=left, right=right, op=op):
            return _ARITHMETIC[type(op)](_dual(left, inputs, m), _dual(right, inputs, m))
        case ast.UnaryOp(operand=operand, op=op):
            inner = _dual(operand, inputs, m)
            sign = -1.0 if isinstance(op, ast.USub) else 1.0
            return Dual(sign * inner.value, sign * inner.slope)
        case ast.Call(func=ast.Name(id=name), args=[argument]):
            inner = _dual(argument, inputs, m)
            function, derivative = FUNCTIONS[name]
            return Dual(function(inner.value), derivative(inner.value) * inner.slope)
        case ast.Name(id=name):
            return inputs[name]
        case ast.Constant(value=int() | float() as number):
            return Dual(np.float64(number), np.zeros(m))
        case _:
            raise BadFormulaError(formula=ast.unparse(tree))


def _power(base: Dual, exponent: Dual) -> Dual:
    value = base.value**exponent.value
    slope = exponent.value * base.value ** (exponent.value - 1.0) * base.slope
    if exponent.slope.any():
        slope = slope + value * np.log(base.value) * exponent.slope
    return Dual(value, slope)


def _quotient(top: Dual, bottom: Dual) -> Dual:
    value = top.value / bottom.value
    return Dual(value, (top.slope - value * bottom.slope) / bottom.value)


_ARITHMETIC: Mapping[type[ast.operator], Callable[[Dual, Dual], Dual]] = {
    ast.Add: lambda a, b: Dual(a.value + b.value, a.slope + b.slope),
    ast.Sub: lambda a, b: Dual(a.value - b.value, a.slope - b.slope),
    ast.Mult: lambda a, b: Dual(a.value * b.value, a.slope * b.value + b.slope * a.value),
    ast.Div: _quotient,
    ast.Pow: _power,
}
