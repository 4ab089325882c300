"""Change from one round to the next, and what may be said of it.

Two rounds that were drawn independently vary independently. Where both use
the same PSUs, what is special about a place counts in both and much of it
drops out of the difference: the covariance between rounds is estimated from
the PSUs they share [Kish1965, ch. 12].
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.answers import Column
from analysis.coding import encode
from analysis.design import Design
from analysis.index.together import Together
from analysis.intervals import mean_interval
from analysis.sums import sum_rows
from analysis.variance.joint import Joint

Values = NDArray[np.float64]

SHARED: Final = 2
"""Fewer PSUs in common than this cannot say how rounds vary together."""


@dataclass(frozen=True, slots=True, eq=False)
class RoundSample:
    """One round, reduced by a kind of domain, with the names of its PSUs.

    Attributes
    ----------
    sample : Together
    stratum, psu : column
        Of each respondent. Rows of the sample that follow them (cases without
        answers) have no name of a PSU.
    """

    sample: Together
    stratum: Column
    psu: Column


@dataclass(frozen=True, slots=True)
class Change:
    """The difference of one figure between two rounds.

    Attributes
    ----------
    code : str
        Of the domain.
    value : float
        Later minus earlier, in the units of the figure.
    standard_error, df, low, high, p_value : float
        By Student's t; NaN where not known. ``p_value`` is two-sided, of no
        change.
    """

    code: str
    value: float
    standard_error: float
    df: float
    low: float
    high: float
    p_value: float


def shares_psus(one: RoundSample, other: RoundSample) -> bool:
    """Say whether two rounds have PSUs of the same names in the same strata."""
    names, others = set(_psu_names(one, 0)), set(_psu_names(other, 1))
    return len(names & others) >= SHARED


def changes(
    later: RoundSample,
    earlier: RoundSample,
    node: str,
    codes: Sequence[str],
    *,
    level: float = 0.95,
    overlapping: bool = True,
) -> tuple[Change, ...]:
    """Compare a node in some domains between two rounds by the same method.

    Parameters
    ----------
    later, earlier : RoundSample
    node : str
        Of the method of both.
    codes : sequence of str
        Domains that have a figure in both rounds.
    level : float
        Confidence level.
    overlapping : bool
        Whether PSUs of the same name in strata of the same name are the same
        PSUs; otherwise the rounds are independent.

    Returns
    -------
    tuple of Change
        In the order of the codes.

    Notes
    -----
    Degrees of freedom as for every figure made of several: PSUs minus strata
    among those who contribute to either.
    """
    now, before = later.sample.joint(node, codes), earlier.sample.joint(node, codes)
    both = _side_by_side((later, now), (earlier, before), overlapping=overlapping)
    m = len(codes)
    found = []
    for k, code in enumerate(codes):
        pair = both.part([k, m + k])
        difference = pair.contrast(np.array([[1.0, -1.0]]))
        error = difference.standard_errors()
        found.append(_change(code, float(difference.value[0]), float(error[0]), pair.df, level))
    return tuple(found)


def _change(code: str, value: float, error: float, df: float, level: float) -> Change:
    from scipy.special import stdtr

    is_known = df > 0 and error > 0
    if not is_known:
        nan = float("nan")
        return Change(code, value, error if df > 0 else nan, df, nan, nan, nan)
    low, high = mean_interval(np.array([value]), np.array([error]), np.array([df]), level)
    p_value = float(2.0 * stdtr(df, -abs(value) / error))
    return Change(code, value, error, df, float(low[0]), float(high[0]), p_value)


def _side_by_side(
    later: tuple[RoundSample, Joint], earlier: tuple[RoundSample, Joint], *, overlapping: bool
) -> Joint:
    """Put the estimates of two rounds over the PSUs of both."""
    names: list[tuple[str, str]] = []
    parts = []
    for number, (round_, joint) in enumerate((later, earlier)):
        prefix = "" if overlapping else f"{number}:"
        own = [(prefix + stratum, psu) for stratum, psu in _psu_names(round_, number)]
        parts.append((len(names), own, joint))
        names += own
    strata = np.array([stratum for stratum, _ in names], dtype=object)
    psus = np.array([psu for _, psu in names], dtype=object)
    design = Design.from_columns(strata, psus, np.ones(len(names)))
    m = [len(joint.value) for _, _, joint in parts]
    influence = np.zeros((design.clusters.n_clusters, sum(m)))
    counted = np.zeros(influence.shape, dtype=np.bool_)
    column = 0
    for (start, own, joint), width in zip(parts, m, strict=True):
        place = design.cluster[start : start + len(own)]
        here = slice(column, column + width)
        # Two-stage designs are carried by their PSUs.
        unit = joint.clusters.first.unit
        n = len(influence)
        influence[:, here] = sum_rows(joint.influence, place[unit], n)
        counted[:, here] = sum_rows(joint.counted.astype(np.float64), place[unit], n) > 0
        column += width
    first = later[1]
    return replace(
        first,
        value=np.concatenate([joint.value for _, _, joint in parts]),
        clusters=design.clusters,
        counted=counted,
        influence=influence,
        is_calibrated=any(joint.is_calibrated for _, _, joint in parts),
    )


def _psu_names(round_: RoundSample, number: int) -> list[tuple[str, str]]:
    """Return stratum and name of every PSU, in the order of their numbers.

    What nobody who answered tells the name of gets one that no other round has.
    """
    design = round_.sample.sample.design
    strata, psus = encode(round_.stratum), encode(round_.psu)
    psu = design.psu[: len(psus.codes)]
    psu_names = [f"\0{number}:{place}" for place in range(design.n_psu)]
    stratum_names = [f"\0{number}:{place}" for place in range(design.n_strata)]
    first = np.unique(psu, return_index=True)
    for place, row in zip(*(part.tolist() for part in first), strict=True):
        psu_names[place] = psus.levels[psus.codes[row]]
        stratum_names[int(design.psu_stratum[place])] = strata.levels[strata.codes[row]]
    return [
        (stratum_names[stratum], name)
        for stratum, name in zip(design.psu_stratum.tolist(), psu_names, strict=True)
    ]
