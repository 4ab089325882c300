"""The design of a sample: who was drawn how, and what everybody stands for."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analysis.answers import Column, SampledAnswers
from analysis.design.build import StageColumns, build_clusters, checked_weights
from analysis.design.replicates import Replicates
from analysis.design.stage import Clusters, PairMatrix
from analysis.errors import UnequalLengthsError


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """An adjustment of weights to known totals, as the variance sees it.

    After it, an estimate varies only as far as the auxiliary variables do not
    explain it: influences are replaced by the residuals of their regression,
    with the weights before, on the auxiliary variables [DevilleSarndal1992].

    Attributes
    ----------
    auxiliary : ndarray of float64, shape (n, p)
        Variables whose totals are known.
    base_weight : ndarray of float64, shape (n,)
        Weights before the adjustment.
    weight : ndarray of float64, shape (n,), optional
        Weights right after it; without them those before the next adjustment
        to known totals, or the final ones. What happens to weights in between,
        e.g. trimming, is taken as fixed.
    regression_weight : ndarray of float64, shape (n,), optional
        Weights of the regression instead of ``base_weight``, which R uses
        whatever the distance. The derivative of the adjusted estimate asks for
        ``base_weight`` times the slope of the distance's function: the same
        for the linear distance, the weights after for raking.
    """

    auxiliary: NDArray[np.float64]
    base_weight: NDArray[np.float64]
    weight: NDArray[np.float64] | None = None
    regression_weight: NDArray[np.float64] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """Strata, clusters and weights of a sample.

    Every PSU that was drawn has its place here, whether or not anybody in it
    answered a given item or belongs to a given domain.

    Attributes
    ----------
    cluster : ndarray of int32, shape (n,)
        Final cluster of each respondent, 0 to ``clusters.n_clusters - 1``; the
        PSU where there is one stage.
    weight : ndarray of float64, shape (n,)
        People represented by each respondent; zero is allowed.
    clusters : Clusters
        How the clusters were drawn.
    calibrations : tuple of Calibration
        Adjustments of the weights to known totals, in the order made.
    replicates : Replicates, optional
        Then variances come from these and not from the stages.
    """

    cluster: NDArray[np.int32]
    weight: NDArray[np.float64]
    clusters: Clusters
    calibrations: tuple[Calibration, ...] = ()
    replicates: Replicates | None = None

    @classmethod
    def from_columns(
        cls, stratum: Column, psu: Column, weight: Column, *, fraction: Column | None = None
    ) -> Design:
        """Build a design of one stage from one row per respondent.

        Parameters
        ----------
        stratum, psu : ndarray, shape (n,)
            Names or numbers; PSUs are nested in strata, so their names may
            repeat from stratum to stratum.
        weight : ndarray of float, shape (n,)
            Base or final weights, at least one positive.
        fraction : ndarray of float, shape (n,), optional
            Share of the stratum's PSUs that were drawn, the same for all
            respondents of a stratum. Without it the finite population
            correction is left out.

        Returns
        -------
        Design

        Raises
        ------
        UnequalLengthsError, EmptySampleError, MissingDesignError,
        BadWeightError, BadFractionError
        """
        if not len(stratum) == len(psu) == len(weight):
            raise UnequalLengthsError(stratum=len(stratum), psu=len(psu), weight=len(weight))
        return cls.from_stages([StageColumns(psu, stratum, fraction=fraction)], weight)

    @classmethod
    def from_stages(
        cls,
        stages: list[StageColumns],
        weight: Column | None = None,
        *,
        pairs: PairMatrix | None = None,
    ) -> Design:
        """Build a design of up to any number of stages.

        Parameters
        ----------
        stages : list of StageColumns
            From PSUs on.
        weight : ndarray of float, shape (n,), optional
            Without it, the inverse of the product of the fractions of all
            stages.
        pairs : PairMatrix, optional
            Variance from pairs of PSUs; PSUs are numbered by stratum, then by
            name.

        Returns
        -------
        Design

        Raises
        ------
        UnequalLengthsError, EmptySampleError, MissingDesignError,
        BadWeightError, BadFractionError, SizeTooSmallError,
        PsuInTwoStrataError
        """
        clusters, cluster, probability = build_clusters(stages)
        weights = checked_weights(1.0 / probability if weight is None else weight)
        if len(weights) != len(cluster):
            raise UnequalLengthsError(weight=len(weights), design=len(cluster))
        return cls(cluster, weights, replace(clusters, pairs=pairs))

    @classmethod
    def from_answers(cls, answers: SampledAnswers) -> Design:
        """Build the design of sampled answers; open answers have none."""
        return cls.from_columns(answers.stratum, answers.psu, answers.base_weight)

    @property
    def n(self) -> int:
        """Number of respondents."""
        return len(self.weight)

    @property
    def psu(self) -> NDArray[np.int32]:
        """PSU of each respondent, shape (n,)."""
        first = self.clusters.first
        return self.cluster if first.is_final else first.unit[self.cluster]

    @property
    def stratum(self) -> NDArray[np.int32]:
        """Stratum of each respondent, shape (n,)."""
        return self.psu_stratum[self.psu]

    @property
    def psu_stratum(self) -> NDArray[np.int32]:
        """Stratum of each PSU, shape (n_psu,)."""
        return self.clusters.first.unit_stratum

    @property
    def n_psu(self) -> int:
        """Number of PSUs drawn."""
        return self.clusters.n_psu

    @property
    def n_strata(self) -> int:
        """Number of strata."""
        return self.clusters.n_strata

    @property
    def psus_per_stratum(self) -> NDArray[np.int64]:
        """Number of PSUs drawn in each stratum, shape (n_strata,)."""
        return self.clusters.first.units_per_stratum

    @property
    def df(self) -> float:
        """PSUs minus strata among respondents with weight, or the replicates' own."""
        replicates = self.replicates
        if replicates is not None and replicates.df is not None:
            return replicates.df
        if replicates is not None and replicates.ranked is not None:
            from analysis.variance.replicate import replicate_df

            return replicate_df(replicates.ranked)
        counted = np.unique(self.psu[self.weight != 0])
        return len(counted) - len(np.unique(self.psu_stratum[counted]))

    def weighted(self, weight: Column, calibration: Calibration | None = None) -> Design:
        """Return the same design with other weights.

        Parameters
        ----------
        weight : ndarray of float, shape (n,)
            New weights.
        calibration : Calibration, optional
            The adjustment that made them, if it was to known totals; without
            bounds it may make weights negative.
        """
        weights = checked_weights(weight, may_be_negative=calibration is not None)
        if len(weights) != self.n:
            raise UnequalLengthsError(weight=len(weights), design=self.n)
        added = () if calibration is None else (calibration,)
        return replace(self, weight=weights, calibrations=(*self.calibrations, *added))
