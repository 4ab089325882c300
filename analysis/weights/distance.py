"""What keeps calibrated weights close to the weights before.

Each distance leads to weights ``base * ratio(u)`` with ``u`` linear in the
auxiliary variables [DevilleSarndal1992; DevilleSarndalSautory1993]. Bounds are
on the ratio, one pair for all or one per row; weights at a bound stay there.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from analysis.weights.errors import BadBoundsError

Values = NDArray[np.float64]


class DistanceKind(StrEnum):
    """Which distance.

    ``LINEAR``: squared; ratios ``1 + u``, negative ones included unless bounded.
    ``RAKING``: ratios ``exp(u)``, always positive.
    ``LOGIT``: ratios between two bounds, approached smoothly.
    """

    LINEAR = "linear"
    RAKING = "raking"
    LOGIT = "logit"


@dataclass(frozen=True, slots=True, eq=False)
class Bounds:
    """Smallest and largest ratio, one for all or one per row."""

    lower: Values
    upper: Values


class Distance(Protocol):
    """Ratio of weights as a function of the linear predictor."""

    @property
    def bounds(self) -> Bounds:
        """Smallest and largest ratio."""
        ...

    def ratio(self, u: Values) -> Values:
        """Return the ratio of the weight after to the weight before."""
        ...

    def slope(self, u: Values) -> Values:
        """Return its derivative."""
        ...

    def potential(self, u: Values) -> Values:
        """Return its integral, the function that is minimised."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Linear:
    """Ratios ``1 + u``, cut off at the bounds."""

    bounds: Bounds

    def ratio(self, u: Values) -> Values:
        """Return the ratio."""
        return np.clip(1.0 + u, self.bounds.lower, self.bounds.upper)

    def slope(self, u: Values) -> Values:
        """Return its derivative."""
        inside = (1.0 + u > self.bounds.lower) & (1.0 + u < self.bounds.upper)
        return inside.astype(np.float64)

    def potential(self, u: Values) -> Values:
        """Return its integral."""
        ratio = self.ratio(u)
        corner = ratio - 1.0
        return corner + corner**2 / 2 + ratio * (u - corner)


@dataclass(frozen=True, slots=True, eq=False)
class Raking:
    """Ratios ``exp(u)``, cut off at the bounds."""

    bounds: Bounds

    def ratio(self, u: Values) -> Values:
        """Return the ratio."""
        return np.clip(np.exp(u), self.bounds.lower, self.bounds.upper)

    def slope(self, u: Values) -> Values:
        """Return its derivative."""
        ratio = np.exp(u)
        inside = (ratio > self.bounds.lower) & (ratio < self.bounds.upper)
        return np.where(inside, ratio, 0.0)

    def potential(self, u: Values) -> Values:
        """Return its integral."""
        with np.errstate(divide="ignore"):
            low = np.log(self.bounds.lower)
            high = np.log(self.bounds.upper)
        corner = np.clip(u, low, high)
        return np.exp(corner) * (1.0 + u - corner)


@dataclass(frozen=True, slots=True, eq=False)
class Logit:
    """Ratios between the bounds along a logistic curve through 1 at ``u = 0``."""

    bounds: Bounds

    def ratio(self, u: Values) -> Values:
        """Return the ratio."""
        width = self.bounds.upper - self.bounds.lower
        return self.bounds.lower + width * expit(self._scaled(u))

    def slope(self, u: Values) -> Values:
        """Return its derivative."""
        share = expit(self._scaled(u))
        width = self.bounds.upper - self.bounds.lower
        return width * self._steepness() * share * (1.0 - share)

    def potential(self, u: Values) -> Values:
        """Return its integral."""
        width = self.bounds.upper - self.bounds.lower
        climb = np.logaddexp(0.0, self._scaled(u)) * (width / self._steepness())
        return self.bounds.lower * u + climb

    def _steepness(self) -> Values:
        lower, upper = self.bounds.lower, self.bounds.upper
        return np.asarray((upper - lower) / ((1.0 - lower) * (upper - 1.0)))

    def _scaled(self, u: Values) -> Values:
        lower, upper = self.bounds.lower, self.bounds.upper
        return self._steepness() * u + np.log((1.0 - lower) / (upper - 1.0))


def distance_of(kind: DistanceKind, bounds: Bounds) -> Distance:
    """Make a distance with bounds on the ratio.

    Raises
    ------
    BadBoundsError
        A lower bound is not below the upper one; or, for ``LOGIT``, bounds are
        infinite or not on both sides of 1, so that a weight has no room.
    """
    if not np.all(bounds.lower < bounds.upper):
        raise BadBoundsError(reason="lower-not-below-upper")
    if kind is DistanceKind.LINEAR:
        return Linear(bounds)
    if kind is DistanceKind.RAKING:
        if not np.all(bounds.upper > 0):
            raise BadBoundsError(reason="upper-not-positive")
        return Raking(Bounds(np.maximum(bounds.lower, 0.0), bounds.upper))
    inside = (bounds.lower < 1) & (bounds.upper > 1)
    if not np.all(inside & np.isfinite(bounds.lower) & np.isfinite(bounds.upper)):
        raise BadBoundsError(reason="logit-needs-bounds-around-one")
    return Logit(bounds)
