"""Distributions of a response with their canonical links.

With the canonical link the log-likelihood is ``y * eta - cumulant(eta)``, its
derivatives are the mean and the variance, and the estimating equations of a
survey-weighted regression are ``sum(w * x * (y - mean(eta))) = 0``
[Binder1983; LumleyScott2017].
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit, xlogy

from analysis.variables import Values

Function = Callable[[Values], Values]


@dataclass(frozen=True, slots=True)
class Family:
    """A distribution of the exponential family with its canonical link.

    Attributes
    ----------
    cumulant, mean, variance : callable
        Of the linear predictor; each is the derivative of the one before.
    first_guess : callable
        Linear predictor near a response, to start from.
    saturated : callable
        Largest log-likelihood of a response.
    is_possible : callable
        Which responses the distribution has.
    """

    cumulant: Function
    mean: Function
    variance: Function
    first_guess: Function
    saturated: Function
    is_possible: Callable[[Values], np.typing.NDArray[np.bool_]]


def _bernoulli_variance(eta: Values) -> Values:
    return np.asarray(expit(eta) * expit(-eta))


GAUSSIAN = Family(
    cumulant=lambda eta: eta**2 / 2.0,
    mean=lambda eta: eta,
    variance=np.ones_like,
    first_guess=lambda y: y,
    saturated=lambda y: y**2 / 2.0,
    is_possible=np.isfinite,
)

BINOMIAL = Family(
    cumulant=lambda eta: np.maximum(eta, 0.0) + np.log1p(np.exp(-np.abs(eta))),
    mean=lambda eta: np.asarray(expit(eta)),
    variance=_bernoulli_variance,
    first_guess=lambda y: np.asarray(logit((y + 0.5) / 2.0)),
    saturated=lambda y: np.asarray(xlogy(y, y) + xlogy(1.0 - y, 1.0 - y)),
    is_possible=lambda y: (y >= 0) & (y <= 1),
)

POISSON = Family(
    cumulant=np.exp,
    mean=np.exp,
    variance=np.exp,
    first_guess=lambda y: np.log(y + 0.1),
    saturated=lambda y: np.asarray(xlogy(y, y) - y),
    is_possible=lambda y: y >= 0,
)
