"""Distribution functions behind cumulative models, with two derivatives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy.special import expit, ndtr

from analysis.variables import Values

Function = Callable[[Values], Values]


class Link(StrEnum):
    """How cumulative shares depend on thresholds minus the linear predictor.

    ``LOGIT``: proportional odds. ``CLOGLOG``: ``log(-log(1 - share))``,
    proportional hazards. ``LOGLOG``: ``-log(-log(share))``.
    """

    LOGIT = "logit"
    PROBIT = "probit"
    CLOGLOG = "cloglog"
    LOGLOG = "loglog"


@dataclass(frozen=True, slots=True)
class LinkFunctions:
    """A distribution.

    Attributes
    ----------
    below, above : callable
        Distribution function and one minus it, each exact in its small tail.
    density, slope : callable
        Its first and second derivatives.
    """

    below: Function
    above: Function
    density: Function
    slope: Function


def _logistic_density(x: Values) -> Values:
    return np.asarray(expit(x) * expit(-x))


def _normal_density(x: Values) -> Values:
    return np.asarray(np.exp(-(x**2) / 2.0) / np.sqrt(2.0 * np.pi))


def _gumbel_density(x: Values) -> Values:
    """Return the density of the smallest extreme value, ``1 - exp(-exp(x))``."""
    return np.exp(x - np.exp(x))


LINKS = {
    Link.LOGIT: LinkFunctions(
        below=lambda x: np.asarray(expit(x)),
        above=lambda x: np.asarray(expit(-x)),
        density=_logistic_density,
        slope=lambda x: _logistic_density(x) * (expit(-x) - expit(x)),
    ),
    Link.PROBIT: LinkFunctions(
        below=lambda x: np.asarray(ndtr(x)),
        above=lambda x: np.asarray(ndtr(-x)),
        density=_normal_density,
        slope=lambda x: -x * _normal_density(x),
    ),
    Link.CLOGLOG: LinkFunctions(
        below=lambda x: -np.expm1(-np.exp(x)),
        above=lambda x: np.exp(-np.exp(x)),
        density=_gumbel_density,
        slope=lambda x: _gumbel_density(x) * (1.0 - np.exp(x)),
    ),
    Link.LOGLOG: LinkFunctions(
        below=lambda x: np.exp(-np.exp(-x)),
        above=lambda x: -np.expm1(-np.exp(-x)),
        density=lambda x: _gumbel_density(-x),
        slope=lambda x: _gumbel_density(-x) * (np.exp(-x) - 1.0),
    ),
}
"""The distribution of each link."""
