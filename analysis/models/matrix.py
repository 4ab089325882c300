"""From terms and columns to the model matrix."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import product

import numpy as np
from numpy.typing import NDArray

from analysis.errors import EmptyDomainError
from analysis.models.errors import (
    BadTermError,
    OneLevelError,
    UnknownColumnError,
    UnknownLevelError,
)
from analysis.models.terms import INTERCEPT, Term, parse_terms
from analysis.variables import Columns, Mask, Values, Variable, read_variable

Inputs = Mapping[str, Values]


@dataclass(frozen=True, slots=True)
class Part:
    """What one column adds to a term: itself, or indicators of levels.

    Attributes
    ----------
    column : str
    levels : tuple of str
        Levels with an indicator; empty for numbers.
    codes : tuple of int
        Their codes.
    """

    column: str
    levels: tuple[str, ...] = ()
    codes: tuple[int, ...] = ()

    def names(self) -> list[str]:
        """Return the names of its columns, e.g. ``"stype[H]"``."""
        return [f"{self.column}[{level}]" for level in self.levels] or [self.column]

    def fill(self, inputs: Inputs) -> list[Values]:
        """Return its columns, shape (n_rows,) each."""
        column = inputs[self.column]
        if not self.levels:
            return [column]
        return [(column == code).astype(np.float64) for code in self.codes]


@dataclass(frozen=True, slots=True)
class Block:
    """The columns of one term: products of its parts, the first part running fastest."""

    term: Term
    parts: tuple[Part, ...]

    def names(self) -> list[str]:
        """Return the names of its columns."""
        if not self.parts:
            return [INTERCEPT]
        slowest_first = [part.names() for part in reversed(self.parts)]
        return [":".join(reversed(names)) for names in product(*slowest_first)]

    def fill(self, inputs: Inputs, n_rows: int) -> list[Values]:
        """Return its columns, shape (n_rows,) each."""
        if not self.parts:
            return [np.ones(n_rows)]
        slowest_first = [part.fill(inputs) for part in reversed(self.parts)]
        return [reduce(np.multiply, reversed(columns)) for columns in product(*slowest_first)]


@dataclass(frozen=True, slots=True, eq=False)
class ModelMatrix:
    """Explanatory variables of the respondents a model is about.

    Attributes
    ----------
    rows : ndarray of int64, shape (n_rows,)
        Respondents inside the domain, without any missing value.
    values : ndarray of float64, shape (n_rows, p)
    blocks : tuple of Block
        Terms in order, with what each adds.
    inputs : mapping of str to ndarray of float64, shape (n_rows,)
        Numbers, or codes of categories, by column.
    levels : mapping of str to tuple of (str, int)
        Levels found in each category column with their codes, the reference
        first.
    """

    rows: NDArray[np.int64]
    values: Values
    blocks: tuple[Block, ...]
    inputs: Inputs
    levels: Mapping[str, tuple[tuple[str, int], ...]]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns, shape (p,)."""
        return tuple(name for block in self.blocks for name in block.names())

    @property
    def terms(self) -> tuple[Term, ...]:
        """Terms, in the order of their columns."""
        return tuple(block.term for block in self.blocks)

    def positions(self, term: Term) -> list[int]:
        """Return the columns of a term.

        Raises
        ------
        BadTermError
            The model has no such term.
        """
        start = 0
        for block in self.blocks:
            width = len(block.names())
            if block.term.key == term.key:
                return list(range(start, start + width))
            start += width
        raise BadTermError(term=term.label, reason="not a term of the model")

    def with_values(self, setting: Mapping[str, str | float]) -> Values:
        """Return the matrix if everybody had the same value of some columns.

        Parameters
        ----------
        setting : mapping of str to str or float
            A level of a category column, a number of a column of numbers.

        Raises
        ------
        UnknownColumnError, UnknownLevelError

        Returns
        -------
        ndarray of float64, shape (n_rows, p)
        """
        inputs = dict(self.inputs)
        for column, value in setting.items():
            if column not in inputs:
                raise UnknownColumnError(column=column)
            inputs[column] = np.full(len(self.rows), self._number(column, value))
        return _fill(self.blocks, inputs, len(self.rows))

    def _number(self, column: str, value: str | float) -> float:
        if column not in self.levels:
            return float(value)
        codes = dict(self.levels[column])
        if str(value) not in codes:
            raise UnknownLevelError(column=column, level=value)
        return float(codes[str(value)])


def model_matrix(
    columns: Columns,
    terms: Sequence[str],
    among: Mask,
    *,
    reference: Mapping[str, str] | None = None,
) -> ModelMatrix:
    """Make the model matrix of some terms.

    Categories become indicators of their levels against a reference level.
    Where a product does not come with the term it would need beside it (e.g.
    ``ell:stype`` without ``ell``), or a model with categories has no
    intercept, the reference level gets its indicator too
    [WilkinsonRogers1973], as in R.

    Parameters
    ----------
    columns : mapping of str to column
        Numbers, names, or ``Coded``; shape (n,) each.
    terms : sequence of str
        See ``parse_terms``.
    among : ndarray of bool, shape (n,)
        Respondents to be considered; those without any missing value are used
        and only levels found among them count.
    reference : mapping of str to str, optional
        Reference level by column; without it the first of the sorted levels.

    Returns
    -------
    ModelMatrix

    Raises
    ------
    BadTermError, UnknownColumnError, UnknownLevelError, OneLevelError,
    UnequalLengthsError, BadColumnError
    EmptyDomainError
        No respondent is left.
    """
    parsed = parse_terms(terms, columns)
    names = list(dict.fromkeys(name for term in parsed for name in term.columns))
    variables = {name: read_variable(name, columns[name], len(among)) for name in names}
    known = reduce(np.logical_and, (v.is_known for v in variables.values()), among)
    rows = np.flatnonzero(known)
    if len(rows) == 0:
        raise EmptyDomainError
    inputs = {name: _taken(variable, rows) for name, variable in variables.items()}
    levels = _levels(variables, inputs, reference or {})
    blocks = _blocks(parsed, levels)
    return ModelMatrix(rows, _fill(blocks, inputs, len(rows)), blocks, inputs, levels)


def _taken(variable: Variable, rows: NDArray[np.int64]) -> Values:
    if variable.numbers is not None:
        return variable.numbers[rows]
    return variable.as_coded().codes[rows].astype(np.float64)


def _levels(
    variables: Mapping[str, Variable], inputs: Inputs, reference: Mapping[str, str]
) -> dict[str, tuple[tuple[str, int], ...]]:
    """Return the levels in use with their codes, the reference first."""
    for name in reference:
        if name not in variables:
            raise UnknownColumnError(column=name, reason="not in the model")
        if variables[name].coded is None:
            raise UnknownLevelError(column=name, level=reference[name], reason="not a category")
    levels = {}
    for name, variable in variables.items():
        if variable.coded is None:
            continue
        codes = np.unique(inputs[name]).astype(int).tolist()
        found = [(variable.coded.levels[code], code) for code in codes]
        if len(found) < 2:
            raise OneLevelError(column=name, level=found[0][0])
        if name in reference:
            if reference[name] not in dict(found):
                known = ", ".join(level for level, _ in found)
                raise UnknownLevelError(column=name, level=reference[name], known=known)
            found.sort(key=lambda pair: pair[0] != reference[name])
        levels[name] = tuple(found)
    return levels


def _blocks(
    terms: Sequence[Term], levels: Mapping[str, tuple[tuple[str, int], ...]]
) -> tuple[Block, ...]:
    """Decide which categories leave out their reference level."""
    keys: set[frozenset[str]] = {term.key for term in terms} | {frozenset()}
    first_full = None
    if all(term.columns for term in terms):
        in_order = (name for term in terms for name in term.columns if name in levels)
        first_full = next(in_order, None)
    blocks = []
    for term in terms:
        parts = []
        for name in term.columns:
            if name not in levels:
                parts.append(Part(name))
                continue
            is_full = term.key - {name} not in keys
            if name == first_full:
                is_full, first_full = True, None
            chosen = levels[name] if is_full else levels[name][1:]
            parts.append(Part(name, *map(tuple, zip(*chosen, strict=True))))
        blocks.append(Block(term, tuple(parts)))
    return tuple(blocks)


def _fill(blocks: Sequence[Block], inputs: Inputs, n_rows: int) -> Values:
    return np.column_stack([column for block in blocks for column in block.fill(inputs, n_rows)])
