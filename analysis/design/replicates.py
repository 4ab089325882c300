"""Replicate weights: the sample reweighted as if it had been drawn otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]


class Centre(StrEnum):
    """What replicates are compared with.

    ``ESTIMATE``: the estimate with the full weights (``mse = TRUE`` of R).
    ``MEAN``: the mean of the replicates.
    """

    ESTIMATE = "estimate"
    MEAN = "mean"


@dataclass(frozen=True, slots=True, eq=False)
class Replicates:
    """Replicate weights and how their spread becomes a variance.

    ``variance = scale * sum(rscales * (replicate - centre) ** 2)``
    [Wolter2007; Lumley2010]. Either ``factor`` or ``weight`` is given.

    Attributes
    ----------
    method : str
        Name, e.g. ``"jkn"``.
    scale : float
    rscales : ndarray of float64, shape (n_replicates,)
    centre : Centre
    factor : ndarray of float64, shape (n_psu, n_replicates), optional
        What the weights of a PSU are multiplied by in each replicate.
    weight : ndarray of float64, shape (n, n_replicates), optional
        The weights themselves.
    df : float, optional
        Degrees of freedom, for the whole and for every domain.
    ranked : ndarray of float64, shape (n_clusters, n_replicates), optional
        Weights of final clusters as they were given, before adjustments:
        without ``df``, degrees of freedom are their rank minus one. Without
        either they are counted from PSUs and strata.
    """

    method: str
    scale: float
    rscales: Values
    centre: Centre = Centre.ESTIMATE
    factor: Values | None = None
    weight: Values | None = None
    df: float | None = None
    ranked: Values | None = None

    @property
    def n_replicates(self) -> int:
        """Number of replicates."""
        return len(self.rscales)

    def weights(self, full: Values, psu: NDArray[np.int32], begin: int, end: int) -> Values:
        """Return some replicate weights, shape (n, end - begin).

        Parameters
        ----------
        full : ndarray of float64, shape (n,)
            Full-sample weights.
        psu : ndarray of int32, shape (n,)
            PSU of each respondent.
        begin, end : int
            Which replicates.
        """
        if self.weight is not None:
            return self.weight[:, begin:end]
        assert self.factor is not None  # noqa: S101  one of the two is always there
        return full[:, None] * self.factor[psu, begin:end]

    def each(self, full: Values, psu: NDArray[np.int32]) -> Iterator[Values]:
        """Yield the weights of one replicate after the other, shape (n,)."""
        for replicate in range(self.n_replicates):
            yield self.weights(full, psu, replicate, replicate + 1)[:, 0]

    def deviations(self, replicated: Values, estimate: Values) -> Values:
        """Return rows whose products add up to the covariance.

        Parameters
        ----------
        replicated : ndarray of float64, shape (..., n_replicates, k)
            Estimates under each replicate; NaN where one does not exist.
        estimate : ndarray of float64, shape (..., k)
            Estimates under the full weights.

        Returns
        -------
        ndarray of float64, shape (..., n_replicates, k)
            Zero where a replicate does not exist; all NaN where none does.
        """
        known = ~np.isnan(replicated)
        if self.centre is Centre.MEAN:
            with np.errstate(invalid="ignore"):
                centre = np.where(known, replicated, 0.0).sum(-2) / known.sum(-2)
        else:
            centre = estimate
        spread = np.sqrt(self.scale * self.rscales)[:, None] * (replicated - centre[..., None, :])
        nobody = ~known.any(axis=-2, keepdims=True)
        return np.where(known, spread, np.where(nobody, np.nan, 0.0))
