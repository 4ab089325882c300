"""Design effects by both definitions, and the figures that go with them."""

from __future__ import annotations

from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]


class DesignEffectKind(StrEnum):
    """What the variance is compared with.

    ``WITH_REPLACEMENT``: a simple random sample of as many respondents drawn
    with replacement (``deff = "replace"`` of R). ``WITHOUT_REPLACEMENT``: one
    drawn without, from a population of ``sum(w)`` people (``deff = TRUE``).
    """

    WITH_REPLACEMENT = "with-replacement"
    WITHOUT_REPLACEMENT = "without-replacement"
    NONE = "none"


def design_effect(
    variance: Values,
    unit_variance: Values,
    n: Values,
    weight: Values,
    kind: DesignEffectKind = DesignEffectKind.WITH_REPLACEMENT,
) -> Values:
    """Return the variance over that of a simple random sample [Kish1965, ch. 8].

    Parameters
    ----------
    variance : ndarray of float64
        Design-based.
    unit_variance : ndarray of float64
        Of a simple random sample with replacement, ``variance.unit``.
    n, weight : ndarray of float64
        Contributing respondents and the sum of their weights.
    kind : DesignEffectKind

    Returns
    -------
    ndarray of float64
        NaN where the comparison has no variance; without replacement also
        where the weights add up to no more than ``n``: then they do not say
        how large the population is.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        compared = np.where(unit_variance > 0, unit_variance, np.nan)
        match kind:
            case DesignEffectKind.WITHOUT_REPLACEMENT:
                compared = compared * np.where(weight > n, 1.0 - n / weight, np.nan)
            case DesignEffectKind.NONE:
                compared = np.full_like(compared, np.nan)
        return np.asarray(variance / compared)


def coefficient_of_variation(value: Values, standard_error: Values) -> Values:
    """Return the standard error per unit of the value's size; NaN at 0 [Lohr2021, ch. 2]."""
    size = np.abs(value)
    return np.asarray(standard_error / np.where(size > 0, size, np.nan))


def kish_roh(effect: Values, n: Values, n_clusters: Values) -> Values:
    """Return Kish's rate of homogeneity within clusters [Kish1965, ch. 5].

    ``(design effect - 1) / (n / n_clusters - 1)``: what the design effect says
    about the alikeness of people of one cluster if clustering is all there is
    to it; unequal weights and strata are counted in. NaN where clusters hold
    one respondent on average.
    """
    size = n / np.where(n_clusters > 0, n_clusters, np.nan)
    return np.asarray((effect - 1.0) / np.where(size > 1, size - 1.0, np.nan))
