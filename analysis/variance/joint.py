"""Estimates that know how they vary together.

Everything that is not simply a function of totals per domain (quantiles,
regressions, tests) goes through here: an ``Estimator`` says its value under
any weights and how each respondent moves it, ``infer`` adds the design. What
comes back can be contrasted and transformed without looking at the sample
again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from analysis.design import Clusters, Design, Replicates
from analysis.errors import UnequalDesignsError
from analysis.results import Note
from analysis.sums import sum_rows
from analysis.variance.between_psu import spread_of
from analysis.variance.cells import Cells
from analysis.variance.freedom import freedom_of
from analysis.variance.lonely import LonelyPolicy
from analysis.variance.residuals import Residuals
from analysis.variance.root import standard_errors

Values: TypeAlias = NDArray[np.float64]


class Estimator(Protocol):
    """Something that can be estimated from weighted rows.

    An estimator may also have ``contributes``, a mask of shape (n,) of the
    respondents it is about; degrees of freedom are counted among them.
    """

    def value(self, weight: Values) -> Values:
        """Return the estimates under some weights of shape (n,), shape (m,)."""
        ...

    def influence(self, weight: Values, value: Values) -> Values:
        """Return how each respondent moves the estimates, before weighting.

        Returns
        -------
        ndarray of float64, shape (n, m)
            The change of the estimates per unit of the respondent's weight;
            zero outside the domain.
        """
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Joint:
    """Estimates with what their covariances are made of.

    Attributes
    ----------
    value : ndarray of float64, shape (m,)
    df : float
        Degrees of freedom of the design among those who contribute.
    clusters : Clusters
        How the clusters were drawn.
    filled : ndarray of bool, shape (n_clusters,)
        Clusters in which somebody contributes.
    lonely : LonelyPolicy
        What strata with one unit contribute.
    influence : ndarray of float64, shape (n_clusters, m)
        Influence of clusters; empty for replicates.
    replicates : Replicates, optional
        How replicates become variances.
    replicated : ndarray of float64, shape (n_replicates, m), optional
        Estimates under every replicate; NaN where one does not exist.
    """

    value: Values
    df: float
    clusters: Clusters
    filled: NDArray[np.bool_]
    lonely: LonelyPolicy
    influence: Values
    replicates: Replicates | None = None
    replicated: Values | None = None

    def covariance(self) -> Values:
        """Return the covariance matrix, shape (m, m).

        Raises
        ------
        LonelyPsuError
            Somebody contributes in a stratum with one unit and the policy is
            to fail.
        """
        if self.replicates is not None and self.replicated is not None:
            rows = self.replicates.deviations(self.replicated, self.value)
            return np.asarray(rows.T @ rows)
        cluster = np.flatnonzero(self.filled)
        cells = Cells(np.zeros(len(cluster), dtype=np.int64), cluster, 1)
        spread = spread_of(self.influence[self.filled], cells, self.clusters, self.lonely)
        return np.asarray(spread.covariances()[0])

    def standard_errors(self) -> Values:
        """Return the standard errors, shape (m,); NaN where a variance is negative."""
        return standard_errors(np.diag(self.covariance()), self.value)

    def contrast(self, matrix: Values) -> Joint:
        """Return linear combinations.

        Parameters
        ----------
        matrix : ndarray of float64, shape (q, m)

        Returns
        -------
        Joint
            Of q estimates.
        """
        rows = np.atleast_2d(np.asarray(matrix, dtype=np.float64))
        return self.transform(lambda value: rows @ value, rows)

    def transform(self, function: Callable[[Values], Values], jacobian: Values) -> Joint:
        """Return a smooth function of the estimates.

        Parameters
        ----------
        function : callable
            From shape (m,) to shape (q,).
        jacobian : ndarray of float64, shape (q, m)
            Its derivatives at ``value``; replicates call the function itself.
        """
        again = None
        if self.replicated is not None:
            again = np.array([function(one) for one in self.replicated])
        return replace(
            self,
            value=np.asarray(function(self.value), dtype=np.float64),
            influence=self.influence @ np.asarray(jacobian, dtype=np.float64).T,
            replicated=again,
        )

    @property
    def notes(self) -> tuple[Note, ...]:
        """Reservations that go with every figure made of these."""
        notes: tuple[Note, ...] = ()
        cluster = np.flatnonzero(self.filled)
        cells = Cells(np.zeros(len(cluster), dtype=np.int64), cluster, 1)
        if self.replicates is None and cells.sees_lonely(self.clusters)[0]:
            notes = (*notes, Note("lonely-psu", self.lonely.value))
        if self.replicated is not None and np.isnan(self.replicated).any():
            notes = (*notes, Note("replicates-without-value"))
        return notes


def join(parts: Sequence[Joint]) -> Joint:
    """Put estimates from one design side by side.

    Raises
    ------
    UnequalDesignsError
        They come from different designs.
    """
    first = parts[0]
    if any(part.clusters is not first.clusters for part in parts):
        raise UnequalDesignsError
    replicated = None
    if first.replicated is not None:
        replicated = np.column_stack(
            [part.replicated for part in parts if part.replicated is not None]
        )
    return replace(
        first,
        value=np.concatenate([part.value for part in parts]),
        df=min(part.df for part in parts),
        filled=np.logical_or.reduce([part.filled for part in parts]),
        influence=np.column_stack([part.influence for part in parts]),
        replicated=replicated,
    )


def infer(
    estimator: Estimator, design: Design, *, lonely: LonelyPolicy = LonelyPolicy.FAIL
) -> Joint:
    """Estimate, with everything the design says about uncertainty.

    Parameters
    ----------
    estimator : Estimator
        Over the n respondents of the design.
    design : Design
    lonely : LonelyPolicy
        What a stratum with one unit contributes to the variance.

    Returns
    -------
    Joint

    Notes
    -----
    Taylor linearisation: influences, their residuals after calibration, the
    spread of their weighted totals between clusters [Wolter2007, ch. 6;
    Lumley2010]. With replicate weights the estimator is asked again under each.
    """
    value = np.asarray(estimator.value(design.weight), dtype=np.float64)
    contributes = np.asarray(getattr(estimator, "contributes", np.ones(design.n, dtype=np.bool_)))
    filled = np.zeros(design.clusters.n_clusters, dtype=np.bool_)
    filled[design.cluster[contributes & (design.weight != 0)]] = True
    joint = Joint(
        value=value,
        df=freedom_of(filled, design.clusters, design.replicates),
        clusters=design.clusters,
        filled=filled,
        lonely=lonely,
        influence=np.empty((len(filled), 0)),
    )
    if design.replicates is not None:
        replicated = [
            np.asarray(estimator.value(weight), dtype=np.float64)
            for weight in design.replicates.each(design.weight, design.psu)
        ]
        empty = np.zeros((len(filled), len(value)))
        return replace(
            joint, influence=empty, replicates=design.replicates, replicated=np.array(replicated)
        )
    weighted = estimator.influence(design.weight, value) * design.weight[:, None]
    if design.calibrations:
        weighted = Residuals(design).of_rows(weighted)
        joint = replace(joint, filled=np.ones_like(filled))
    return replace(joint, influence=sum_rows(weighted, design.cluster, len(filled)))
