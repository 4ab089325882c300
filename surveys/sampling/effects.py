"""What a design costs in precision: clusters, unequal weights, and the best take."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from surveys.sampling.errors import require


def cluster_effect(take: float, icc: float) -> float:
    """Return the design effect of interviews that come in clusters.

    ``1 + (take - 1) * icc`` [Kish1965, ch. 5].

    Parameters
    ----------
    take : float
        Interviews per PSU on average, at least 1. Interviews, not cases drawn.
    icc : float
        Intraclass correlation, the alikeness of people of one PSU: 0 none, 1
        all the same.

    Returns
    -------
    float
        Variance over that of a simple random sample of as many interviews.

    Raises
    ------
    OutOfRangeError
        ``take`` is below 1, or ``icc`` is above 1 or so far below 0 that the
        design effect would not be positive.
    """
    require(1 <= take < math.inf, "take", take)
    require(icc <= 1, "icc", icc)
    effect = 1.0 + (take - 1.0) * icc
    require(effect > 0, "icc", icc)
    return effect


def weighting_effect(weights: Sequence[float]) -> float:
    """Return the design effect of unequal weights alone.

    ``1 + cv**2 = n * sum(w**2) / sum(w)**2`` [Kish1992]: what is lost where
    weights differ for reasons that have nothing to do with the answers.

    Parameters
    ----------
    weights : sequence of float
        One per interview, positive.

    Raises
    ------
    OutOfRangeError
        There is no weight, or one is not positive and finite.
    """
    values = np.asarray(weights, dtype=np.float64)
    require(values.size > 0, "weights", values.size)
    require(bool(np.all((values > 0) & np.isfinite(values))), "weights", float(values.min()))
    return float(values.size * (values @ values) / values.sum() ** 2)


def design_effect(*, take: float = 1.0, icc: float = 0.0, weight_cv: float = 0.0) -> float:
    """Return the design effect of clusters and unequal weights together.

    ``(1 + weight_cv**2) * (1 + (take - 1) * icc)`` [GablerHader1999].

    Parameters
    ----------
    take, icc : float
        See ``cluster_effect``.
    weight_cv : float
        Coefficient of variation of the weights, 0 where they are equal.

    Raises
    ------
    OutOfRangeError
        See ``cluster_effect``; or ``weight_cv`` is negative.
    """
    require(0 <= weight_cv < math.inf, "weight_cv", weight_cv)
    return (1.0 + weight_cv**2) * cluster_effect(take, icc)


def optimal_take(psu_cost: float, interview_cost: float, icc: float) -> float:
    """Return the take per PSU that gives most precision for a sum of money.

    ``sqrt(psu_cost / interview_cost * (1 - icc) / icc)`` [Valliant2018, ch. 9].

    Parameters
    ----------
    psu_cost : float
        What one more PSU costs whatever is asked there, e.g. the journey.
    interview_cost : float
        What one more interview costs, in the same unit.
    icc : float
        Above 0 and at most 1; at 0 clusters cost no precision and there is no
        best take.

    Returns
    -------
    float
        Not rounded, at least 1.

    Raises
    ------
    OutOfRangeError
        A cost is not positive, or ``icc`` is not above 0 and at most 1.
    """
    require(0 < psu_cost < math.inf, "psu_cost", psu_cost)
    require(0 < interview_cost < math.inf, "interview_cost", interview_cost)
    require(0 < icc <= 1, "icc", icc)
    return max(1.0, math.sqrt(psu_cost / interview_cost * (1.0 - icc) / icc))
