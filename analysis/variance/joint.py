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
from analysis.errors import UnequalDesignsError, UnequalLengthsError
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
    clusters : Clusters
        How the clusters were drawn.
    counted : ndarray of bool, shape (n_clusters, m)
        Clusters in which somebody contributes to each estimate.
    lonely : LonelyPolicy
        What strata with one unit contribute.
    influence : ndarray of float64, shape (n_clusters, m)
        Influence of clusters; empty for replicates.
    is_calibrated : bool
        Whether known totals let everybody move the estimates.
    replicates : Replicates, optional
        How replicates become variances.
    replicated : ndarray of float64, shape (n_replicates, m), optional
        Estimates under every replicate; NaN where one does not exist.
    """

    value: Values
    clusters: Clusters
    counted: NDArray[np.bool_]
    lonely: LonelyPolicy
    influence: Values
    is_calibrated: bool = False
    replicates: Replicates | None = None
    replicated: Values | None = None

    @property
    def df(self) -> float:
        """Degrees of freedom among those who contribute to any of the estimates.

        What is made of several estimates is a function of one regression on
        all of them: PSUs and strata of every input count, once each, as
        ``degf`` of the subset of R ``survey`` that a test of groups is about.
        """
        return freedom_of(self._somewhere, self.clusters, self.replicates)

    @property
    def filled(self) -> NDArray[np.bool_]:
        """Clusters that move any of the estimates, shape (n_clusters,)."""
        somewhere = self._somewhere
        return np.ones_like(somewhere) if self.is_calibrated else somewhere

    @property
    def _somewhere(self) -> NDArray[np.bool_]:
        """Clusters in which anybody contributes to any estimate, shape (n_clusters,)."""
        return np.asarray(self.counted.any(axis=1), dtype=np.bool_)

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
        spread = spread_of(self.influence[cluster], cells, self.clusters, self.lonely)
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
        value = np.asarray(function(self.value), dtype=np.float64)
        return replace(
            self,
            value=value,
            counted=_repeated(self._somewhere, len(value)),
            influence=self.influence @ np.asarray(jacobian, dtype=np.float64).T,
            replicated=again,
        )

    def part(self, columns: Sequence[int]) -> Joint:
        """Return some of the estimates; degrees of freedom are counted among these alone."""
        chosen = list(columns)
        again = self.replicated
        return replace(
            self,
            value=self.value[chosen],
            counted=self.counted[:, chosen],
            influence=self.influence[:, chosen],
            replicated=None if again is None else again[:, chosen],
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
        counted=np.column_stack([part.counted for part in parts]),
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

    Raises
    ------
    UnequalLengthsError
        The estimator is not about the respondents of the design.

    Notes
    -----
    Taylor linearisation: influences, their residuals after calibration, the
    spread of their weighted totals between clusters [Wolter2007, ch. 6;
    Lumley2010]. With replicate weights the estimator is asked again under each.
    """
    contributes = np.asarray(getattr(estimator, "contributes", np.ones(design.n, dtype=np.bool_)))
    if len(contributes) != design.n:
        raise UnequalLengthsError(estimator=len(contributes), design=design.n)
    value = np.asarray(estimator.value(design.weight), dtype=np.float64)
    counted = np.zeros(design.clusters.n_clusters, dtype=np.bool_)
    counted[design.cluster[contributes & (design.weight != 0)]] = True
    joint = Joint(
        value=value,
        clusters=design.clusters,
        counted=_repeated(counted, len(value)),
        lonely=lonely,
        influence=np.zeros((len(counted), len(value))),
        is_calibrated=bool(design.calibrations) and design.replicates is None,
    )
    if design.replicates is not None:
        replicated = [
            np.asarray(estimator.value(weight), dtype=np.float64)
            for weight in design.replicates.each(design.weight, design.psu)
        ]
        return replace(joint, replicates=design.replicates, replicated=np.array(replicated))
    weighted = estimator.influence(design.weight, value) * design.weight[:, None]
    if design.calibrations:
        weighted = Residuals.of(design).of_rows(weighted)
    return replace(joint, influence=sum_rows(weighted, design.cluster, len(counted)))


def _repeated(clusters: NDArray[np.bool_], m: int) -> NDArray[np.bool_]:
    """Return the same clusters for each of m estimates, in the memory of one."""
    return np.broadcast_to(clusters[:, None], (len(clusters), m))
