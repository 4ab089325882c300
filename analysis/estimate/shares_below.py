"""Shares of domains with several traits, with standard errors and df."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.design import Design
from analysis.estimate.domains import Domains
from analysis.finish import Estimand, Options, variances
from analysis.intervals import kish_n
from analysis.linear import Linear
from analysis.reduce import Units, reduce
from analysis.variance.freedom import degrees_of_freedom

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class SharesBelow:
    """Shares of every domain that are not above some values.

    Attributes
    ----------
    value, standard_error : ndarray of float64, shape (n_domains, k)
        Shares between 0 and 1; NaN in empty domains.
    n, kish_n, df : ndarray of float64, shape (n_domains,)
        Contributing respondents, Kish's size, degrees of freedom.
    sees_lonely : ndarray of bool, shape (n_domains,)
        Whether somebody contributes in a stratum with one unit.
    is_short : ndarray of bool, shape (n_domains, k)
        Whether some replicate has no such share.
    """

    value: Values
    standard_error: Values
    n: Values
    kish_n: Values
    df: Values
    sees_lonely: NDArray[np.bool_]
    is_short: NDArray[np.bool_]

    @property
    def srs_variance(self) -> Values:
        """Variance in a simple random sample with replacement, (n_domains, k)."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(self.value * (1.0 - self.value) / (self.n[:, None] - 1.0))


def shares_below(
    has_trait: NDArray[np.bool_], domains: Domains, design: Design, options: Options
) -> SharesBelow:
    """Estimate the shares with several traits in all domains at once.

    Parameters
    ----------
    has_trait : ndarray of bool, shape (n, k)
    domains : Domains
    design : Design
    options : Options
        Policy and degrees of freedom.

    Raises
    ------
    LonelyPsuError
    """
    inside = domains.code >= 0
    k = has_trait.shape[1]
    units = Units(np.column_stack([has_trait, inside]), inside[:, None])
    sample = reduce(units, design, domains.code, domains.n_domains)

    def algebra(totals: Sequence[Linear]) -> list[Estimand]:
        return [Estimand(totals[j] / totals[k], 0) for j in range(k)]

    totals = sample.totals
    estimands = algebra(totals.linears())
    spread, is_short = variances(estimands, algebra, sample, options)
    cells, _ = totals.cells(0)
    n, weight, squared = totals.of_domains(
        np.column_stack([totals.n, totals.weight, totals.squared_weight])
    ).T
    if options.df is None:
        df = degrees_of_freedom(cells, design.clusters, design.replicates)
    else:
        df = np.where(n > 0, float(options.df), 0.0)
    value = np.stack([estimand.linear.value for estimand in estimands], axis=1)
    return SharesBelow(
        value=np.where(n[:, None] > 0, value, np.nan),
        standard_error=np.sqrt(np.maximum(spread, 0.0)),
        n=n,
        kish_n=kish_n(weight, squared),
        df=df,
        sees_lonely=cells.sees_lonely(design.clusters) & (design.replicates is None),
        is_short=is_short,
    )
