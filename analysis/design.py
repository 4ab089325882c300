"""How the respondents were drawn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.answers import Column, SampledAnswers
from analysis.coding import encode
from analysis.errors import (
    BadFractionError,
    BadWeightError,
    EmptySampleError,
    MissingDesignError,
    UnequalLengthsError,
)


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """Strata, primary sampling units and weights of a sample.

    Every PSU that was drawn has its place here, whether or not anybody in it
    answered a given item or belongs to a given domain.

    Attributes
    ----------
    stratum : ndarray of int32, shape (n,)
        Stratum of each respondent, 0 to ``n_strata - 1``.
    psu : ndarray of int32, shape (n,)
        PSU of each respondent, 0 to ``n_psu - 1``; the same PSU name in two
        strata is two PSUs.
    weight : ndarray of float64, shape (n,)
        People represented by each respondent; zero is allowed.
    psu_stratum : ndarray of int32, shape (n_psu,)
        Stratum of each PSU.
    fraction : ndarray of float64, shape (n_strata,)
        Share of the stratum's PSUs that were drawn; 0 means drawn with
        replacement or so few that it does not matter.
    """

    stratum: NDArray[np.int32]
    psu: NDArray[np.int32]
    weight: NDArray[np.float64]
    psu_stratum: NDArray[np.int32]
    fraction: NDArray[np.float64]

    @classmethod
    def from_columns(
        cls, stratum: Column, psu: Column, weight: Column, *, fraction: Column | None = None
    ) -> Design:
        """Build a design from one row per respondent.

        Parameters
        ----------
        stratum, psu : ndarray, shape (n,)
            Names or numbers; PSUs are nested in strata, so their names may
            repeat from stratum to stratum.
        weight : ndarray of float, shape (n,)
            Base or final weights, at least one positive.
        fraction : ndarray of float, shape (n,), optional
            Share of the stratum's PSUs that were drawn, the same for all
            respondents of a stratum. Without it the finite population
            correction is left out.

        Returns
        -------
        Design

        Raises
        ------
        UnequalLengthsError, EmptySampleError, MissingDesignError,
        BadWeightError, BadFractionError
        """
        lengths = {len(stratum), len(psu), len(weight)}
        if len(lengths) > 1:
            raise UnequalLengthsError(stratum=len(stratum), psu=len(psu), weight=len(weight))
        if len(stratum) == 0:
            raise EmptySampleError
        weights = _checked_weights(weight)
        strata, units = encode(stratum), encode(psu)
        for name, coded in (("stratum", strata), ("psu", units)):
            if (coded.codes < 0).any():
                raise MissingDesignError(column=name, row=int(np.argmax(coded.codes < 0)))
        pairs = strata.codes.astype(np.int64) * len(units.levels) + units.codes
        distinct, nested = np.unique(pairs, return_inverse=True)
        return cls(
            stratum=strata.codes,
            psu=nested.astype(np.int32),
            weight=weights,
            psu_stratum=(distinct // len(units.levels)).astype(np.int32),
            fraction=_checked_fraction(fraction, strata.codes, len(strata.levels)),
        )

    @classmethod
    def from_answers(cls, answers: SampledAnswers) -> Design:
        """Build the design of sampled answers; open answers have none."""
        return cls.from_columns(answers.stratum, answers.psu, answers.base_weight)

    @property
    def n(self) -> int:
        """Number of respondents."""
        return len(self.weight)

    @property
    def n_psu(self) -> int:
        """Number of PSUs drawn."""
        return len(self.psu_stratum)

    @property
    def n_strata(self) -> int:
        """Number of strata."""
        return len(self.fraction)

    @property
    def psus_per_stratum(self) -> NDArray[np.int64]:
        """Number of PSUs drawn in each stratum, shape (n_strata,)."""
        return np.bincount(self.psu_stratum, minlength=self.n_strata)

    @property
    def df(self) -> int:
        """PSUs minus strata, among respondents with positive weight."""
        counted = np.unique(self.psu[self.weight > 0])
        return len(counted) - len(np.unique(self.psu_stratum[counted]))


def _checked_weights(weight: Column) -> NDArray[np.float64]:
    weights = np.asarray(weight, dtype=np.float64)
    is_bad = ~np.isfinite(weights) | (weights < 0)
    if is_bad.any():
        row = int(np.argmax(is_bad))
        raise BadWeightError(row=row, value=weights[row])
    if not (weights > 0).any():
        raise BadWeightError(value="all zero")
    return weights


def _checked_fraction(
    fraction: Column | None, stratum: NDArray[np.int32], n_strata: int
) -> NDArray[np.float64]:
    if fraction is None:
        return np.zeros(n_strata)
    if len(fraction) != len(stratum):
        raise UnequalLengthsError(stratum=len(stratum), fraction=len(fraction))
    rows = np.asarray(fraction, dtype=np.float64)
    of_stratum = np.zeros(n_strata)
    of_stratum[stratum] = rows
    if not ((rows >= 0) & (rows <= 1)).all() or (of_stratum[stratum] != rows).any():
        raise BadFractionError
    return of_stratum
