"""Replicate factors, and how the spread of replicates becomes a variance."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from analysis.errors import BadFractionError, EmptySampleError, UnequalLengthsError
from analysis.variance.replicate.errors import (
    BadRhoError,
    ScalesNeededError,
    TooFewReplicatesError,
    TooManyReplicatesError,
)

Values: TypeAlias = NDArray[np.float64]

ALL_DRAWN: Final = 1.0 - 1e-7
"""Sampled shares from here on are taken for a census: it has no variance."""

MOST_FACTORS: Final = 2**27
"""PSUs times replicates that are made at most, 1 GiB."""


class ReplicateMethod(StrEnum):
    """Names of the methods, as plans and files of replicate weights say them."""

    JK1 = "jk1"
    JKN = "jkn"
    JK2 = "jk2"
    BRR = "brr"
    FAY = "fay"
    BOOTSTRAP = "bootstrap"
    SDR = "sdr"
    OTHER = "other"


@dataclass(frozen=True, slots=True, eq=False)
class ReplicateFactors:
    """What the weights of each PSU are multiplied by in each replicate.

    ``variance = scale * sum(rscales * (replicate - centre) ** 2)``, where the
    centre is the full-sample estimate or the mean of the replicates
    [Wolter2007; Lumley2010].

    Attributes
    ----------
    factor : ndarray of float64, shape (n_psu, n_replicates)
    scale : float
    rscales : ndarray of float64, shape (n_replicates,)
    method : str
        A ``ReplicateMethod``.
    df : int
        Degrees of freedom when everybody contributes.
    """

    factor: Values
    scale: float
    rscales: Values
    method: str
    df: int


def default_scales(
    method: str, n_replicates: int, *, rho: float | None = None
) -> tuple[float, Values]:
    """Return the scale and rscales of given replicate weights.

    They are those of R ``survey``'s ``svrepdesign`` [Lumley2010]: ``jk1``
    ``(R - 1) / R``, ``jk2`` 1, ``brr`` ``1 / R``, ``fay``
    ``1 / (R (1 - rho)**2)``, ``sdr`` ``4 / R``, ``bootstrap`` ``1 / (R - 1)``.
    The last is the variance of ``R`` drawn replicates about their mean; about
    the estimate it is larger by ``R / (R - 1)`` on average, which R accepts
    and so do we. Some producers prescribe ``1 / R``: give it as ``scale``.

    Parameters
    ----------
    method : str
        A ``ReplicateMethod``.
    n_replicates : int
        R.
    rho : float, optional
        Fay's coefficient, needed for ``fay``.

    Returns
    -------
    scale : float
    rscales : ndarray of float64, shape (n_replicates,)
        Ones.

    Raises
    ------
    ScalesNeededError
        ``jkn`` and ``other``: the first multiplies each replicate by
        ``(n_h - 1) / n_h`` of the stratum it takes a PSU from, which weights
        do not tell (but see ``jkn_rscales``).
    BadRhoError, TooFewReplicatesError
    """
    if n_replicates < 1:
        raise TooFewReplicatesError(n_replicates=n_replicates)
    known = ReplicateMethod(method)
    if known in {ReplicateMethod.JKN, ReplicateMethod.OTHER}:
        raise ScalesNeededError(method=known.value)
    if known in {ReplicateMethod.BOOTSTRAP, ReplicateMethod.JK1} and n_replicates < 2:
        raise TooFewReplicatesError(n_replicates=n_replicates)
    count = float(n_replicates)
    scale = 1.0
    if known is ReplicateMethod.JK1:
        scale = (count - 1.0) / count
    elif known is ReplicateMethod.BRR:
        scale = 1.0 / count
    elif known is ReplicateMethod.FAY:
        scale = 1.0 / (count * (1.0 - checked_rho(rho)) ** 2)
    elif known is ReplicateMethod.SDR:
        scale = 4.0 / count
    elif known is ReplicateMethod.BOOTSTRAP:
        scale = 1.0 / (count - 1.0)
    return scale, np.ones(n_replicates)


def jkn_rscales(factor: Values) -> Values:
    """Read the rscales of a stratified jackknife off its factors.

    Leaving out one of ``n`` PSUs multiplies the others of its stratum by
    ``n / (n - 1)``; the largest factor of a replicate is therefore the
    inverse of its rscale. True of factors as first made, not of weights that
    were adjusted afterwards. It is what R ``survey`` guesses from weights
    that are not combined.

    Parameters
    ----------
    factor : ndarray of float64, shape (n, n_replicates)
        Replicate weights over full weights, by respondent or by PSU.

    Returns
    -------
    ndarray of float64, shape (n_replicates,)
    """
    return np.asarray(1.0 / factor.max(axis=0), dtype=np.float64)


def checked_rho(rho: float | None) -> float:
    """Return Fay's coefficient.

    Raises
    ------
    BadRhoError
    """
    if rho is None or not 0.0 <= rho < 1.0:
        raise BadRhoError(rho=rho)
    return float(rho)


def checked_strata(psu_stratum: NDArray[Any]) -> NDArray[np.int64]:
    """Return the stratum of each PSU as 0, 1, 2, ..., shape (n_psu,).

    Raises
    ------
    EmptySampleError
    """
    strata = np.asarray(psu_stratum, dtype=np.int64)
    if len(strata) == 0:
        raise EmptySampleError
    return strata


def checked_fraction(fraction: Values | None, n_strata: int) -> Values:
    """Return the drawn share of each stratum's PSUs, zeros if not given.

    Raises
    ------
    UnequalLengthsError, BadFractionError
    """
    if fraction is None:
        return np.zeros(n_strata)
    shares = np.asarray(fraction, dtype=np.float64)
    if shares.shape != (n_strata,):
        raise UnequalLengthsError(fraction=shares.size, strata=n_strata)
    is_bad = ~((shares >= 0.0) & (shares <= 1.0))
    if is_bad.any():
        stratum = int(np.argmax(is_bad))
        raise BadFractionError(stratum=stratum, value=shares[stratum])
    return shares


def open_share(fraction: Values) -> Values:
    """Return ``1 - f``, zero where everybody was drawn."""
    return np.where(fraction < ALL_DRAWN, 1.0 - fraction, 0.0)


def check_size(n_psu: int, n_replicates: int) -> None:
    """Refuse factors that do not fit in memory.

    Raises
    ------
    TooManyReplicatesError
    """
    if n_psu * n_replicates > MOST_FACTORS:
        raise TooManyReplicatesError(n_psu=n_psu, n_replicates=n_replicates, most=MOST_FACTORS)


def name_strata(is_meant: NDArray[np.bool_]) -> str:
    """List strata by number for an error, the first ten of them."""
    found = np.flatnonzero(is_meant)
    shown = ", ".join(str(stratum) for stratum in found[:10])
    return shown if len(found) <= 10 else f"{shown}, ... ({len(found)})"
