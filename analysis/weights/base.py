"""Base weights: the inverse of the probability of inclusion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from analysis.answers import Column
from analysis.errors import UnequalLengthsError
from analysis.weights.errors import BadProbabilityError
from analysis.weights.step import Adjusted, Plain, checked

Values = NDArray[np.float64]


def base_weight(stages: Sequence[Column]) -> Values:
    """Return how many people each drawn person stands for.

    Parameters
    ----------
    stages : sequence of ndarray of float, shape (n,)
        Probability of inclusion at each stage, given the stage before; e.g.
        of the commune, of the household in it, one over the number of adults.

    Returns
    -------
    ndarray of float64, shape (n,)
        One over the product of the probabilities.

    Raises
    ------
    BadProbabilityError
        A probability is not above 0 and at most 1.
    UnequalLengthsError
        Stages differ in length.

    Notes
    -----
    [HorvitzThompson1952; Valliant2018, ch. 13].
    """
    probability = np.ones(len(stages[0]))
    for number, stage in enumerate(stages, start=1):
        if len(stage) != len(probability):
            raise UnequalLengthsError(stage=number, rows=len(stage))
        probability *= _checked_probability(stage, number)
    return 1.0 / probability


@dataclass(frozen=True, slots=True, eq=False)
class InverseProbability(Plain):
    """Divide weights by the probability of a further stage of selection.

    Attributes
    ----------
    probability : ndarray of float64, shape (n,)
        Given the stages that the weights already account for.
    """

    name: ClassVar[str] = "base"

    probability: Values

    def __post_init__(self) -> None:
        _checked_probability(self.probability, 1)

    def apply(self, weight: Values) -> Adjusted:
        """Adjust weights of shape (n,)."""
        before = checked(weight, len(self.probability))
        return Adjusted(self, before, before / self.probability)


def _checked_probability(column: Column, stage: int) -> Values:
    probability = np.asarray(column, dtype=np.float64)
    bad = ~((probability > 0) & (probability <= 1))
    if bad.any():
        raise BadProbabilityError(stage=stage, rows=int(bad.sum()))
    return probability
