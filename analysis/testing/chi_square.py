"""Are two classifications related? Pearson's test corrected for the design, and Wald's."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy.stats import chi2, f

from analysis.answers import Column
from analysis.coding import Coded
from analysis.design import Design
from analysis.errors import AnalysisError
from analysis.results import Note
from analysis.testing.mixture import mixture_above
from analysis.testing.table import Table, make_table
from analysis.testing.wald import quadratic_form
from analysis.variables import Mask, Values
from analysis.variance.lonely import LonelyPolicy


class Statistic(StrEnum):
    """How independence is tested.

    ``F``: Pearson's chi-square with Rao and Scott's second-order correction,
    against F. ``CHI_SQUARE``: with the first-order correction, against
    chi-square. ``MIXTURE``: Pearson's chi-square against its own distribution,
    a weighted sum of chi-squares (``"lincom"`` of R). ``WALD``: distances of
    cells from independence. ``ADJUSTED_WALD``: the same, cautious where
    degrees of freedom are few.
    """

    F = "F"
    CHI_SQUARE = "chi-square"
    MIXTURE = "mixture"
    WALD = "wald"
    ADJUSTED_WALD = "adjusted-wald"


class OneCategoryError(AnalysisError):
    """A classification has a single category in the domain: nothing to test."""

    code = "test.one-category"


@dataclass(frozen=True, slots=True, eq=False)
class TableTest:
    """A test of independence.

    Attributes
    ----------
    kind : Statistic
    statistic : float
        An F ratio, but for ``CHI_SQUARE`` and ``MIXTURE`` Pearson's chi-square
        itself, as R prints it; the former is compared with chi-square after
        division by the mean of ``design_effects``.
    df_numerator, df_denominator : float
        Of the F distribution; infinite denominator for a chi-square.
    p_value : float
        NaN without degrees of freedom, or where the sample cannot tell.
    pearson : float
        Pearson's chi-square of the estimated shares, times the number of
        respondents.
    design_effects : ndarray of float64, shape (q,)
        Generalised design effects, the largest first.
    table : Table
    """

    kind: Statistic
    statistic: float
    df_numerator: float
    df_denominator: float
    p_value: float
    pearson: float
    design_effects: Values
    table: Table

    @property
    def notes(self) -> tuple[Note, ...]:
        """Reservations that go with the test."""
        return self.table.notes


def chi_square(
    rows: Column | Coded,
    columns: Column | Coded,
    design: Design,
    *,
    statistic: Statistic = Statistic.F,
    where: Mask | None = None,
    lonely: LonelyPolicy = LonelyPolicy.FAIL,
) -> TableTest:
    """Test whether two classifications are independent in the population.

    Parameters
    ----------
    rows, columns : ndarray or Coded, shape (n,)
        Categories; respondents without one of them are outside the table.
    design : Design
    statistic : Statistic
    where : ndarray of bool, shape (n,), optional
        The domain.
    lonely : LonelyPolicy
        What strata with one unit contribute to the variance.

    Returns
    -------
    TableTest

    Raises
    ------
    EmptyDomainError, UnequalLengthsError
    OneCategoryError
        Fewer than two rows or two columns.

    Notes
    -----
    [RaoScott1981; RaoScott1984; ThomasRao1987; KochFreeman1975], all as
    ``svychisq`` of R ``survey``; degrees of freedom are those of the design
    among the respondents in the table.
    """
    table = make_table(rows, columns, design, where=where, lonely=lonely)
    return independence(table, statistic)


def independence(table: Table, statistic: Statistic = Statistic.F) -> TableTest:
    """Test independence in a table already made; see ``chi_square``."""
    if min(table.shape) < 2:
        side = "rows" if table.shape[0] < 2 else "columns"
        raise OneCategoryError(side=side)
    pearson, effects = _pearson(table), _design_effects(table)
    if statistic in {Statistic.WALD, Statistic.ADJUSTED_WALD}:
        figures = _wald(table, is_adjusted=statistic is Statistic.ADJUSTED_WALD)
    else:
        figures = _rao_scott(pearson, effects, table.joint.df, statistic)
    return TableTest(statistic, *figures, pearson, effects, table)


def _pearson(table: Table) -> float:
    """Return n times the sum of squared distances from independence over expectation."""
    shares = table.shares
    expected = np.outer(shares.sum(axis=1), shares.sum(axis=0))
    return float(table.n * np.sum((shares - expected) ** 2 / expected))


def _design_effects(table: Table) -> Values:
    """Return the eigenvalues of ``(C' D^-1 C)^-1 (C' D^-1 V D^-1 C) n``, the largest first.

    ``C`` spans the interactions, ``D`` holds the shares, ``V`` is their
    covariance; an empty cell adds nothing [RaoScott1984].
    """
    shares = table.joint.value
    inverse = np.zeros_like(shares)
    np.divide(1.0, shares, out=inverse, where=shares > 0)
    n_rows, n_columns = table.shape
    interactions = np.kron(_contrasts(n_rows), _contrasts(n_columns))
    scaled = inverse[:, None] * interactions
    naive = interactions.T @ scaled / table.n
    actual = scaled.T @ table.joint.covariance() @ scaled
    effects = np.linalg.eigvals(np.linalg.lstsq(naive, actual)[0]).real
    return np.sort(effects)[::-1]


def _contrasts(n: int) -> Values:
    """Return n - 1 orthonormal columns that add up to zero, shape (n, n - 1)."""
    centred = np.eye(n) - 1.0 / n
    return np.asarray(np.linalg.svd(centred)[0][:, : n - 1])


def _rao_scott(
    pearson: float, effects: Values, df: float, statistic: Statistic
) -> tuple[float, float, float, float]:
    """Return statistic, numerator and denominator df, p value."""
    total = float(effects.sum())
    if not total > 0:
        # A census: the table is as it is, there is nothing to be tested.
        return np.nan, float(len(effects)), np.nan, np.nan
    satterthwaite = total**2 / float(np.sum(effects**2))
    if statistic is Statistic.CHI_SQUARE:
        corrected = pearson / (total / len(effects))
        return pearson, float(len(effects)), np.inf, float(chi2.sf(corrected, len(effects)))
    freedom = satterthwaite * df
    if statistic is Statistic.MIXTURE:
        p_value = mixture_above(pearson, effects, freedom) if df > 0 else np.nan
        return pearson, float(len(effects)), freedom, p_value
    ratio = pearson / total
    p_value = float(f.sf(ratio, satterthwaite, freedom)) if df > 0 else np.nan
    return ratio, satterthwaite, freedom, p_value


def _wald(table: Table, *, is_adjusted: bool) -> tuple[float, float, float, float]:
    """Test ``cell - row total * column total / total`` of all but one row and column.

    The covariance is that of the totals times the slopes at the estimate, also
    with replicates, as R ``survey`` has it.
    """
    n_rows, n_columns = table.shape
    cells = table.totals.value.reshape(table.shape)
    whole, of_row, of_column = cells.sum(), cells.sum(axis=1), cells.sum(axis=0)
    expected = np.outer(of_row, of_column) / whole
    same_row = np.kron(np.eye(n_rows), np.ones((n_columns, n_columns)))
    same_column = np.kron(np.ones((n_rows, n_rows)), np.eye(n_columns))
    slope = (
        np.eye(cells.size)
        - same_row * np.tile(of_column, n_rows)[:, None] / whole
        - same_column * np.repeat(of_row, n_columns)[:, None] / whole
        + expected.ravel()[:, None] / whole
    )
    kept = np.arange(cells.size).reshape(table.shape)[1:, 1:].ravel()
    distance = (cells - expected).ravel()[kept]
    covariance = slope[kept] @ table.totals.covariance() @ slope[kept].T
    q, df = float(len(kept)), table.totals.df
    ratio, freedom = quadratic_form(distance, covariance) / q, df
    if is_adjusted:
        freedom = df - q + 1.0
        ratio = ratio * freedom / df if df > 0 else np.nan
    p_value = float(f.sf(ratio, q, freedom)) if freedom > 0 else np.nan
    return ratio, q, freedom, p_value
