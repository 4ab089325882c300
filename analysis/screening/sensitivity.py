"""What the published rate would be without the answers that stand out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.answers import Column
from analysis.index.algebra import node_values
from analysis.index.layout import Layout, lay_out, main_measure, units
from analysis.index.tree import Method
from analysis.linear import identity_linears
from analysis.sums import sum_rows

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Rated:
    """Answers as totals of the method's index, made once and summed many times.

    Attributes
    ----------
    method : Method
    layout : Layout
    variables : ndarray of float, shape (n, k)
        What each answer adds to the totals, times its weight.
    """

    method: Method
    layout: Layout
    variables: Values

    @classmethod
    def of(cls, method: Method, columns: Mapping[str, Column], weight: Values) -> Rated:
        """Read the answers by a method.

        Parameters
        ----------
        method : Method
        columns : mapping of item code to column, shape (n,) each
        weight : ndarray of float, shape (n,)
            Base weights; ones for self-selected answers.
        """
        layout = lay_out(method)
        variables = units(method, layout, columns).values.astype(np.float64)
        return cls(method, layout, variables * weight[:, None])

    def rates(self, unit: NDArray[np.int64], n_units: int, kept: Values) -> Values:
        """Work the index out in every unit with some answers kept in part or not at all.

        Parameters
        ----------
        unit : ndarray of int, shape (n,)
            Negative for answers that belong to none.
        n_units : int
        kept : ndarray of float, shape (n,)
            1 for answers that count, 0 for those left out, between for answers
            of which a part is left out, nobody knows which.

        Returns
        -------
        ndarray of float, shape (n_units,)
            By the method's own rule; NaN where nothing is left.
        """
        inside = unit >= 0
        rows = self.variables[inside] * kept[inside, None]
        totals = sum_rows(rows, unit[inside], n_units)
        values = node_values(self.method, self.layout, identity_linears(totals))
        index = self.method.node(self.method.index)
        measure = main_measure(index, self.method)
        return np.asarray(values[index.code, measure].linear.value, dtype=np.float64)


def without_surplus_of_satisfied(rate: Values, n: Values, surplus: Values) -> Values:
    """Take a surplus of answers away as if all of them were satisfied.

    For a surplus of which nobody knows the answers, e.g. of more answers than
    dossiers explain: the lowest the rate could be.

    Parameters
    ----------
    rate, n, surplus : ndarray of float, shape (n_units,)
        Shares, numbers of answers, numbers to be taken away.
    """
    left = n - surplus
    with np.errstate(invalid="ignore", divide="ignore"):
        lowest = np.clip((rate * n - surplus) / left, 0.0, 1.0)
    return np.where(left > 0.0, lowest, np.nan)
