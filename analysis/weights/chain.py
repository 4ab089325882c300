"""Adjustments one after the other, to be made again for replicate weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.design import Calibration
from analysis.errors import AnalysisError
from analysis.weights.step import Adjusted, WeightStep

Values = NDArray[np.float64]

REPLICATES_AT_ONCE: Final = 16


@dataclass(frozen=True, slots=True, eq=False)
class Reweighted:
    """Replicate weights after a chain was made again in each.

    Attributes
    ----------
    weight : ndarray of float64, shape (n, n_replicates)
        NaN in replicates where a step cannot be made.
    failures : tuple of (int, str)
        Those replicates, each with the code of what went wrong.
    """

    weight: Values
    failures: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Weighted:
    """Weights with every step that led to them.

    Attributes
    ----------
    base : ndarray of float64, shape (n,)
        Weights before the first step.
    steps : tuple of Adjusted
        Each begins where the one before ended.
    """

    base: Values
    steps: tuple[Adjusted, ...]

    @property
    def weight(self) -> Values:
        """Weights after the last step, shape (n,)."""
        return self.steps[-1].after if self.steps else self.base

    @property
    def calibrations(self) -> tuple[Calibration, ...]:
        """What the variance needs of the steps that met known totals, in order."""
        found = (adjusted.calibration for adjusted in self.steps)
        return tuple(calibration for calibration in found if calibration is not None)

    def again(self) -> tuple[WeightStep, ...]:
        """Return the steps as they are made to replicate weights."""
        return tuple(adjusted.step.repeat(adjusted) for adjusted in self.steps)

    def replicate(self, weights: Values) -> Reweighted:
        """Make every step again in every replicate.

        Parameters
        ----------
        weights : ndarray of float64, shape (n, n_replicates)
            Replicates of ``base``.
        """
        steps = self.again()
        found = np.empty(weights.shape)
        failures = []
        for first in range(0, weights.shape[1], REPLICATES_AT_ONCE):
            # One replicate after the other in memory: steps read each many times.
            block = np.ascontiguousarray(weights[:, first : first + REPLICATES_AT_ONCE].T)
            for place, replicate in enumerate(block):
                weight, code = _made_again(steps, replicate)
                block[place] = weight
                if code:
                    failures.append((first + place, code))
            found[:, first : first + len(block)] = block.T
        return Reweighted(found, tuple(failures))


def _made_again(steps: Sequence[WeightStep], weight: Values) -> tuple[Values | float, str]:
    """Return replicate weights, or NaN and the code of what went wrong."""
    try:
        for step in steps:
            weight = step.apply(weight).after
    except AnalysisError as error:
        return float("nan"), error.code
    return weight, ""


def apply_steps(steps: Sequence[WeightStep], weight: Values) -> Weighted:
    """Make adjustments one after the other.

    Parameters
    ----------
    steps : sequence of WeightStep
    weight : ndarray of float64, shape (n,)
        Base weights.
    """
    base = np.asarray(weight, dtype=np.float64)
    made: list[Adjusted] = []
    for step in steps:
        made.append(step.apply(made[-1].after if made else base))
    return Weighted(base, tuple(made))
