"""t tests of means: one sample, pairs, and differences between domains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.answers import Column
from analysis.coding import Coded
from analysis.design import Design
from analysis.errors import AnalysisError, EmptyDomainError
from analysis.testing.tested import HypothesisTest, ValueTest, t_tests
from analysis.testing.wald import wald_test
from analysis.variables import Mask, Values, read_domain, read_numbers, read_variable
from analysis.variance.joint import Joint, infer
from analysis.variance.lonely import LonelyPolicy


class GroupsError(AnalysisError):
    """A test of two groups needs two that are there."""

    code = "test.groups"


@dataclass(frozen=True, slots=True, eq=False)
class MeanEstimator:
    """Means of groups that do not overlap.

    Attributes
    ----------
    values : ndarray of float64, shape (n,)
        NaN only outside all groups.
    group : ndarray of int64, shape (n,)
        Group of each respondent, 0 to ``n_groups - 1``; -1 outside.
    n_groups : int
    """

    values: Values
    group: NDArray[np.int64]
    n_groups: int

    @property
    def contributes(self) -> Mask:
        """Respondents in any group, shape (n,)."""
        return self.group >= 0

    def value(self, weight: Values) -> Values:
        """Return the means, shape (n_groups,); NaN for a group without weight."""
        rows = np.flatnonzero(self.contributes)
        group, w = self.group[rows], weight[rows]
        totals = np.bincount(group, w * self.values[rows], self.n_groups)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(totals / np.bincount(group, w, self.n_groups))

    def influence(self, weight: Values, value: Values) -> Values:
        """Return ``(y - mean) / sum(w)`` inside each group, shape (n, n_groups)."""
        rows = np.flatnonzero(self.contributes)
        group = self.group[rows]
        weights = np.bincount(group, weight[rows], self.n_groups)
        found = np.zeros((len(self.group), self.n_groups))
        found[rows, group] = (self.values[rows] - value[group]) / weights[group]
        return found


@dataclass(frozen=True, slots=True, eq=False)
class GroupMeans:
    """Means of domains that do not overlap, and how they vary together.

    Attributes
    ----------
    levels : tuple of str
        Names of the domains.
    joint : Joint
        Their means; degrees of freedom among all of them.
    n : tuple of int
        Respondents in each.
    """

    levels: tuple[str, ...]
    joint: Joint
    n: tuple[int, ...]

    def contrast(
        self, matrix: Values, names: Sequence[str], *, level: float = 0.95
    ) -> tuple[ValueTest, ...]:
        """Test linear combinations of the means, each on its own.

        Parameters
        ----------
        matrix : ndarray of float64, shape (q, n_groups)
        names : sequence of str
            Names of the q combinations.
        level : float
            Confidence level.
        """
        return t_tests(self.joint.contrast(matrix), names, level=level)

    def together(self, matrix: Values) -> HypothesisTest:
        """Test by Wald's F whether linear combinations, shape (q, n_groups), are all zero."""
        return wald_test(self.joint.contrast(matrix))

    def equality(self) -> HypothesisTest:
        """Test whether all means are the same.

        Denominator degrees of freedom are those of the design plus 1 minus
        the number of groups: it is the regression on the groups.
        """
        q = len(self.levels) - 1
        matrix = np.column_stack([-np.ones(q), np.eye(q)])
        return wald_test(self.joint.contrast(matrix), df=self.joint.df - q)


def group_means(
    of: Column,
    by: Column | Coded,
    design: Design,
    *,
    where: Mask | None = None,
    lonely: LonelyPolicy = LonelyPolicy.FAIL,
) -> GroupMeans:
    """Estimate the means of all groups at once.

    Parameters
    ----------
    of : ndarray, shape (n,)
        Numbers.
    by : ndarray or Coded, shape (n,)
        Groups; respondents without a number or a group are outside.
    design : Design
    where : ndarray of bool, shape (n,), optional
        The domain.
    lonely : LonelyPolicy
        What strata with one unit contribute to the variance.

    Raises
    ------
    EmptyDomainError, UnequalLengthsError, BadColumnError
    """
    values = read_numbers("of", of, design.n)
    coded = read_variable("by", by, design.n).as_coded()
    inside = read_domain(where, design.weight) & ~np.isnan(values) & (coded.codes >= 0)
    if not inside.any():
        raise EmptyDomainError
    found, position = np.unique(coded.codes[inside], return_inverse=True)
    group = np.full(design.n, -1, dtype=np.int64)
    group[inside] = position
    joint = infer(MeanEstimator(values, group, len(found)), design, lonely=lonely)
    levels = tuple(coded.levels[code] for code in found)
    return GroupMeans(levels, joint, tuple(np.bincount(position).tolist()))


def t_test_groups(
    of: Column,
    by: Column | Coded,
    design: Design,
    *,
    groups: Sequence[str] | None = None,
    where: Mask | None = None,
    level: float = 0.95,
    df: float | None = None,
    lonely: LonelyPolicy = LonelyPolicy.FAIL,
) -> ValueTest:
    """Test whether two groups have the same mean.

    Parameters
    ----------
    of : ndarray, shape (n,)
        Numbers.
    by : ndarray or Coded, shape (n,)
        Groups.
    design : Design
    groups : sequence of two str, optional
        Which two; without it there must be two. The value is the mean of the
        second minus that of the first.
    where : ndarray of bool, shape (n,), optional
        The domain.
    level : float
        Confidence level.
    df : float, optional
        Degrees of freedom; without it those of the design among the two
        groups minus 1, as ``svyttest`` of R ``survey``: it is the regression
        on the group.
    lonely : LonelyPolicy
        What strata with one unit contribute to the variance.

    Returns
    -------
    ValueTest
        Named e.g. ``"b - a"``.

    Raises
    ------
    GroupsError, EmptyDomainError, UnequalLengthsError, BadColumnError
    """
    coded = read_variable("by", by, design.n).as_coded()
    inside = read_domain(where, design.weight)
    if groups is not None:
        inside = inside & np.isin(np.append(coded.levels, "")[coded.codes], list(groups))
        if not inside.any():
            raise GroupsError(groups=", ".join(groups))
    means = group_means(of, coded, design, where=inside, lonely=lonely)
    wanted = means.levels if groups is None else tuple(groups)
    if len(wanted) != 2 or set(wanted) != set(means.levels):
        raise GroupsError(groups=", ".join(wanted), found=", ".join(means.levels))
    sign = 1.0 if wanted == means.levels else -1.0
    freedom = means.joint.df - 1 if df is None else df
    difference = means.joint.contrast(np.array([[-sign, sign]]))
    return t_tests(difference, [f"{wanted[1]} - {wanted[0]}"], df=freedom, level=level)[0]


def t_test_mean(
    of: Column,
    design: Design,
    *,
    value: float = 0.0,
    where: Mask | None = None,
    level: float = 0.95,
    df: float | None = None,
    lonely: LonelyPolicy = LonelyPolicy.FAIL,
) -> ValueTest:
    """Test whether a mean is a given value.

    Parameters
    ----------
    of : ndarray, shape (n,)
        Numbers.
    design : Design
    value : float
        What the mean is compared with.
    where : ndarray of bool, shape (n,), optional
        The domain.
    level : float
        Confidence level.
    df : float, optional
        Degrees of freedom; without it those of the design minus 1, as
        ``svyttest`` of R ``survey`` takes them. The interval of the same mean
        elsewhere takes all of them: the test is the more cautious one.
    lonely : LonelyPolicy
        What strata with one unit contribute to the variance.

    Returns
    -------
    ValueTest
        ``value`` and interval are those of the mean itself.

    Raises
    ------
    EmptyDomainError, UnequalLengthsError, BadColumnError
    """
    everybody = np.zeros(design.n, dtype=np.int64)
    means = group_means(of, everybody, design, where=where, lonely=lonely)
    freedom = means.joint.df - 1 if df is None else df
    return t_tests(means.joint, ["mean"], df=freedom, null=value, level=level)[0]


def t_test_pairs(
    first: Column,
    second: Column,
    design: Design,
    *,
    where: Mask | None = None,
    level: float = 0.95,
    df: float | None = None,
    lonely: LonelyPolicy = LonelyPolicy.FAIL,
) -> ValueTest:
    """Test whether two answers of the same people have the same mean.

    The value is the mean of ``first - second``; see ``t_test_mean``.
    """
    difference = read_numbers("first", first, design.n) - read_numbers("second", second, design.n)
    return t_test_mean(difference, design, where=where, level=level, df=df, lonely=lonely)
