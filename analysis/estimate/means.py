"""Means, totals, ratios and shares of categories that know how they vary together."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from analysis.answers import Column
from analysis.errors import UnequalLengthsError
from analysis.estimate.domains import Domains, as_numbers

Values: TypeAlias = NDArray[np.float64]


class Missing(StrEnum):
    """Whom a missing value leaves out.

    ``LISTWISE``: the respondent, of everything (``na.rm = TRUE`` of R).
    ``PAIRWISE``: the respondent, of what needs this value.
    """

    LISTWISE = "listwise"
    PAIRWISE = "pairwise"


def where_known(values: Values, missing: Missing) -> NDArray[np.bool_]:
    """Say which values count, shape (n, k)."""
    known: NDArray[np.bool_] = np.array(~np.isnan(values))
    if missing is Missing.LISTWISE:
        known[~known.all(axis=1)] = False
    return known


class Means:
    """Ratios of totals in every domain, as an ``Estimator``.

    Parameters
    ----------
    numerator : ndarray of float, shape (n, k)
        NaN in numerator or denominator leaves a respondent out of the ratio.
    denominator : ndarray of float, shape (n, k), optional
        Without it the estimates are the totals of the numerators.
    domains : Domains, optional
        Without it everybody is in domain 0.
    missing : Missing
        Whether one missing value leaves a respondent out of all ratios.

    Attributes
    ----------
    contributes : ndarray of bool, shape (n,)
        Who is in a domain and counts for at least one ratio.

    Raises
    ------
    UnequalLengthsError

    Notes
    -----
    ``Y / X`` with influence ``(y - Y / X * x) / X`` [Lohr2021, ch. 4, 9].
    """

    def __init__(
        self,
        numerator: Column,
        denominator: Column | None = None,
        *,
        domains: Domains | None = None,
        missing: Missing = Missing.PAIRWISE,
    ) -> None:
        top = _columns(numerator)
        bottom = np.zeros_like(top) if denominator is None else _columns(denominator)
        if top.shape != bottom.shape:
            raise UnequalLengthsError(numerator=top.shape, denominator=bottom.shape)
        known = where_known(top + bottom, missing)
        everybody = Domains.whole(len(top)) if domains is None else domains
        self.domains = everybody.of(np.asarray(known.any(axis=1)))
        self.contributes: NDArray[np.bool_] = self.domains.code >= 0
        self._top = np.where(known, top, 0.0)
        self._bottom = None if denominator is None else np.where(known, bottom, 0.0)

    @classmethod
    def of(
        cls,
        values: Column,
        *,
        domains: Domains | None = None,
        missing: Missing = Missing.PAIRWISE,
    ) -> Means:
        """Return the means of columns, shape (n, k); NaN where not known."""
        columns = _columns(values)
        one = np.where(np.isnan(columns), np.nan, 1.0)
        return cls(columns, one, domains=domains, missing=missing)

    @classmethod
    def of_categories(
        cls, code: NDArray[np.int32], n_categories: int, *, domains: Domains | None = None
    ) -> Means:
        """Return the shares of all categories of a column.

        Parameters
        ----------
        code : ndarray of int, shape (n,)
            Category of each respondent, 0 to ``n_categories - 1``; -1 where
            not known.
        n_categories : int
        domains : Domains, optional
        """
        has = (code[:, None] == np.arange(n_categories)).astype(np.float64)
        return cls.of(np.where(code[:, None] < 0, np.nan, has), domains=domains)

    def value(self, weight: Values) -> Values:
        """Return the estimates, domain after domain, shape (n_domains * k,)."""
        top = self.domains.sums(self._top * weight[:, None])
        if self._bottom is None:
            return top.ravel()
        return _divide(top, self.domains.sums(self._bottom * weight[:, None])).ravel()

    def influence(self, weight: Values, value: Values) -> Values:
        """Return how each respondent moves the estimates, shape (n, n_domains * k)."""
        if self._bottom is None:
            return self.domains.spread(self._top)
        total = self.domains.sums(self._bottom * weight[:, None])
        ratio = value.reshape(total.shape)
        code = self.domains.code
        return self.domains.spread(_divide(self._top - ratio[code] * self._bottom, total[code]))


def _columns(values: Column) -> Values:
    """Return columns side by side, shape (n, k)."""
    numbers = as_numbers(values)
    return numbers[:, None] if numbers.ndim == 1 else numbers


def _divide(top: Values, bottom: Values) -> Values:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(top / np.where(bottom == 0, np.nan, bottom))
