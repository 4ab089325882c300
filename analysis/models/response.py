"""What is regressed: numbers, or categories in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from analysis.answers import Column
from analysis.coding import Coded
from analysis.models.errors import BadResponseError
from analysis.models.families import BINOMIAL, GAUSSIAN, POISSON, Family
from analysis.variables import Mask, Values, Variable, read_variable


class ModelKind(StrEnum):
    """What is regressed how."""

    LINEAR = "linear"
    LOGISTIC = "logistic"
    POISSON = "poisson"
    ORDINAL = "ordinal"


FAMILIES: Mapping[ModelKind, Family] = {
    ModelKind.LINEAR: GAUSSIAN,
    ModelKind.LOGISTIC: BINOMIAL,
    ModelKind.POISSON: POISSON,
}
"""The distribution of each kind but the ordinal."""


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """The response of a model.

    Attributes
    ----------
    name : str
        Its column.
    kind : ModelKind
    values : ndarray of float64, shape (n,)
        Numbers, or ranks of categories from 0; NaN where missing.
    levels : tuple of str
        The categories in order; empty for numbers.
    """

    name: str
    kind: ModelKind
    values: Values
    levels: tuple[str, ...] = ()

    @property
    def is_known(self) -> Mask:
        """Where there is a response, shape (n,)."""
        return ~np.isnan(self.values)

    def among(self, rows: NDArray[np.int64]) -> Outcome:
        """Return the response of the rows used, with the categories found there.

        Raises
        ------
        BadResponseError
            Too few or too many categories for the kind.
        """
        values = self.values[rows]
        if not self.levels:
            return replace(self, values=values)
        found, ranks = np.unique(values, return_inverse=True)
        levels = tuple(self.levels[int(rank)] for rank in found)
        is_ordinal = self.kind is ModelKind.ORDINAL
        if (is_ordinal and len(levels) < 3) or (not is_ordinal and len(levels) != 2):
            raise BadResponseError(column=self.name, kind=self.kind.value, levels=", ".join(levels))
        return replace(self, values=ranks.astype(np.float64), levels=levels)


def read_response(
    kind: ModelKind,
    name: str,
    column: Column | Coded,
    domain: Mask,
    levels: Sequence[str] | None = None,
) -> Outcome:
    """Read the response of a model.

    Parameters
    ----------
    kind : ModelKind
    name : str
    column : ndarray or Coded, shape (n,)
    domain : ndarray of bool, shape (n,)
        Whom the model is about.
    levels : sequence of str, optional
        Categories in order; without it sorted.

    Raises
    ------
    BadResponseError
        Not the kind of response the model is for.
    UnequalLengthsError, BadColumnError
    """
    variable = read_variable(name, column, len(domain))
    if kind is ModelKind.ORDINAL or (variable.coded is not None and kind is ModelKind.LOGISTIC):
        return _categories(kind, variable, domain, levels)
    if variable.numbers is None:
        raise BadResponseError(column=name, kind=kind.value, reason="not a number")
    inside = variable.numbers[domain & variable.is_known]
    is_possible = FAMILIES[kind].is_possible(inside)
    if not is_possible.all():
        value = inside[int(np.argmin(is_possible))]
        raise BadResponseError(column=name, kind=kind.value, value=value)
    return Outcome(name, kind, variable.numbers)


def _categories(
    kind: ModelKind, variable: Variable, domain: Mask, levels: Sequence[str] | None
) -> Outcome:
    coded = variable.as_coded()
    order = list(coded.levels if levels is None else levels)
    for code in np.unique(coded.codes[domain & (coded.codes >= 0)]):
        if coded.levels[code] not in order:
            raise BadResponseError(
                column=variable.name, value=coded.levels[code], reason="not among the levels"
            )
    # The last place stands for the code -1 of a missing response.
    rank = np.full(len(coded.levels) + 1, np.nan)
    for code, level in enumerate(coded.levels):
        if level in order:
            rank[code] = order.index(level)
    return Outcome(variable.name, kind, rank[coded.codes], tuple(order))
