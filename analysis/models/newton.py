"""Newton's method for weighted likelihoods with one maximum."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from analysis.variables import Values

SMALL_STEP = 1e-9
"""Steps below this are the last: the error left is its square."""

MAX_STEPS = 30
"""A maximum at infinity is approached by about 1 a step; 30 is far from where
rounding would make it look like an arrival."""

MAX_HALVINGS = 40

FLAT = 1e-12
"""Smallest eigenvalue of the scaled information that still points somewhere."""


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """A minus log-likelihood at a point.

    Attributes
    ----------
    score : ndarray of float64, shape (p,)
        Gradient of the log-likelihood.
    information : ndarray of float64, shape (p, p)
        Minus its second derivatives.
    """

    score: Values
    information: Values


class Likelihood(Protocol):
    """A weighted log-likelihood as Newton's method sees it."""

    def loss(self, theta: Values) -> float:
        """Return minus the log-likelihood per unit of weight; inf where it does not exist."""
        ...

    def curve(self, theta: Values) -> Curve:
        """Return score and information per unit of weight."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Ascent:
    """Where Newton's method ended.

    Attributes
    ----------
    theta : ndarray of float64, shape (p,)
    step : ndarray of float64, shape (p,)
        The last step.
    converged : bool
    """

    theta: Values
    step: Values
    converged: bool


def maximise(likelihood: Likelihood, start: Values) -> Ascent:
    """Climb to the maximum, halving steps that lead down.

    Parameters
    ----------
    likelihood : Likelihood
        Concave, in coordinates of about unit scale.
    start : ndarray of float64, shape (p,)

    Returns
    -------
    Ascent
        Not converged if the information became singular, no step leads up, or
        the steps did not shrink: then the maximum is at infinity, or there
        are several.
    """
    theta, loss = start, likelihood.loss(start)
    step: Values = np.zeros_like(start)
    for _ in range(MAX_STEPS):
        curve = likelihood.curve(theta)
        found = _solve(curve)
        if found is None:
            return Ascent(theta, step, converged=False)
        step = found
        is_last = bool(np.all(np.abs(step) <= SMALL_STEP * (1.0 + np.abs(theta))))
        for _ in range(MAX_HALVINGS):
            new_loss = likelihood.loss(theta + step)
            if new_loss <= loss + 1e-12 * (1.0 + abs(loss)):
                break
            step = step / 2.0
        else:
            return Ascent(theta, step, converged=is_last)
        theta, loss = theta + step, new_loss
        if is_last:
            return Ascent(theta, step, converged=True)
    return Ascent(theta, step, converged=False)


def _solve(curve: Curve) -> Values | None:
    """Return Newton's step; None where the information does not determine it."""
    diagonal = np.diag(curve.information)
    if not (np.isfinite(curve.information).all() and (diagonal > 0).all()):
        return None
    scale = np.sqrt(diagonal)
    scaled = curve.information / np.outer(scale, scale)
    if len(scale) and np.linalg.eigvalsh(scaled)[0] < FLAT:
        return None
    step = np.linalg.solve(scaled, curve.score / scale) / scale
    return np.asarray(step) if np.isfinite(step).all() else None
