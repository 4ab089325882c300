"""Outcome rates of a sample: response, cooperation, refusal and contact, as AAPOR names them.

Cases whose eligibility nobody knows enter some rates whole, some by the share ``e`` of them that
is taken to be eligible, some not at all. [AAPOR2023]
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from types import MappingProxyType

from surveys.fieldwork.dispositions import Category


@dataclass(frozen=True, slots=True)
class Counts:
    """Cases by category: numbers of cases, or sums of their weights."""

    i: float = 0.0
    p: float = 0.0
    r: float = 0.0
    nc: float = 0.0
    o: float = 0.0
    uh: float = 0.0
    uo: float = 0.0
    ne: float = 0.0

    def __post_init__(self) -> None:
        values = [getattr(self, each.name) for each in fields(self)]
        if not all(value >= 0 and math.isfinite(value) for value in values):
            raise ValueError("counts are finite and not negative")

    @property
    def known_eligible(self) -> float:
        """Cases known to belong to the population."""
        return math.fsum((self.i, self.p, self.r, self.nc, self.o))

    @property
    def unknown(self) -> float:
        """Cases of which that is not known."""
        return self.uh + self.uo

    @property
    def total(self) -> float:
        """All cases."""
        return math.fsum((self.known_eligible, self.unknown, self.ne))


@dataclass(frozen=True, slots=True)
class Formula:
    """A rate: categories above the line, below it, and how the unknown ones count below.

    Attributes
    ----------
    unknown : {'all', 'e', 'none'}
        Whole, by the share taken to be eligible, or left out.
    """

    above: tuple[str, ...]
    below: tuple[str, ...]
    unknown: str

    @property
    def text(self) -> str:
        """The formula as AAPOR's letters, e.g. ``I / (I + P + R + NC + O + e(UH + UO))``."""
        parts = [each.upper() for each in self.below]
        parts += {"all": ["UH", "UO"], "e": ["e(UH + UO)"], "none": []}[self.unknown]
        above = " + ".join(each.upper() for each in self.above)
        return f"{f'({above})' if len(self.above) > 1 else above} / ({' + '.join(parts)})"


_ELIGIBLE = ("i", "p", "r", "nc", "o")
_CONTACTED = ("i", "p", "r", "o")
FORMULAS: Mapping[str, Formula] = MappingProxyType(
    {
        "RR1": Formula(("i",), _ELIGIBLE, "all"),
        "RR2": Formula(("i", "p"), _ELIGIBLE, "all"),
        "RR3": Formula(("i",), _ELIGIBLE, "e"),
        "RR4": Formula(("i", "p"), _ELIGIBLE, "e"),
        "RR5": Formula(("i",), _ELIGIBLE, "none"),
        "RR6": Formula(("i", "p"), _ELIGIBLE, "none"),
        "COOP1": Formula(("i",), _CONTACTED, "none"),
        "COOP2": Formula(("i", "p"), _CONTACTED, "none"),
        "COOP3": Formula(("i",), ("i", "p", "r"), "none"),
        "COOP4": Formula(("i", "p"), ("i", "p", "r"), "none"),
        "REF1": Formula(("r",), _ELIGIBLE, "all"),
        "REF2": Formula(("r",), _ELIGIBLE, "e"),
        "REF3": Formula(("r",), _ELIGIBLE, "none"),
        "CON1": Formula(_CONTACTED, _ELIGIBLE, "all"),
        "CON2": Formula(_CONTACTED, _ELIGIBLE, "e"),
        "CON3": Formula(_CONTACTED, _ELIGIBLE, "none"),
    }
)
"""Every rate by its name."""

NOTES = frozenset({"denominator.zero", "eligibility.unknown"})
"""Why a rate has no value: no case it is a share of, or nothing to estimate `e` from."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate with what it was made of; ``value`` is None when ``note`` says why."""

    name: str
    value: float | None
    above: float
    below: float | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class OutcomeRates:
    """All rates of one set of cases.

    Attributes
    ----------
    e : float or None
        Share of the unknown cases taken to be eligible; None where it could not be estimated.
    e_source : {'given', 'own', 'all', 'none'}
        Whether it was given, estimated from these cases, estimated from all cases because these
        tell nothing, or not to be had.
    """

    counts: Counts
    e: float | None
    e_source: str
    rates: Mapping[str, Rate]

    def __getitem__(self, name: str) -> Rate:
        return self.rates[name]


def eligibility(counts: Counts) -> float | None:
    """Estimate the share of eligible cases among the unknown by that among the known.

    The proportional method, also called CASRO's: ``(I+P+R+NC+O) / (I+P+R+NC+O+NE)``; the default
    of AAPOR's calculator. [AAPOR2023] None when the eligibility of no case is known.
    """
    known = counts.known_eligible + counts.ne
    return counts.known_eligible / known if known > 0 else None


def outcome_rates(
    counts: Counts, *, e: float | None = None, fallback: float | None = None
) -> OutcomeRates:
    """Compute every rate of one set of cases.

    Parameters
    ----------
    e : float, optional
        Share of the unknown cases that is eligible, 0 to 1; estimated if not given.
    fallback : float, optional
        Used when nothing can be estimated from these cases.

    Raises
    ------
    ValueError
        `e` is not a share.
    """
    if e is not None and not 0 <= e <= 1:
        raise ValueError("e is a share between 0 and 1")
    source = "given"
    if e is None:
        e, source = eligibility(counts), "own"
    if e is None:
        e, source = fallback, "none" if fallback is None else "all"
    rates = {name: _rate(name, formula, counts, e) for name, formula in FORMULAS.items()}
    return OutcomeRates(counts, e, source, MappingProxyType(rates))


def count(categories: Iterable[Category], weights: Iterable[float] | None = None) -> Counts:
    """Count cases by category, or add up their weights.

    Raises
    ------
    ValueError
        There are not as many weights as categories.
    """
    return count_by(categories, None, weights).get("", Counts())


def count_by(
    categories: Iterable[Category],
    groups: Iterable[str] | None,
    weights: Iterable[float] | None = None,
) -> dict[str, Counts]:
    """Count cases by group and category; one group ``""`` without groups.

    The sums do not depend on the order of the cases.
    """
    listed = list(categories)
    marks = [""] * len(listed) if groups is None else list(groups)
    masses = [1.0] * len(listed) if weights is None else list(weights)
    found: dict[str, dict[str, list[float]]] = {}
    for category, group, mass in zip(listed, marks, masses, strict=True):
        found.setdefault(group, {}).setdefault(category.value.lower(), []).append(mass)
    return {
        group: Counts(**{name: math.fsum(members) for name, members in by_name.items()})
        for group, by_name in sorted(found.items())
    }


def rates_by(
    categories: Sequence[Category],
    groups: Sequence[str],
    weights: Sequence[float] | None = None,
    *,
    e: float | None = None,
) -> dict[str, OutcomeRates]:
    """Compute every rate of every group, e.g. per stratum or per commune.

    Without `e`, the share is estimated in each group from its own cases, and from all cases where
    the eligibility of none of its own is known.
    """
    overall = eligibility(count(categories, weights))
    return {
        group: outcome_rates(counts, e=e, fallback=overall)
        for group, counts in count_by(categories, groups, weights).items()
    }


def _rate(name: str, formula: Formula, counts: Counts, e: float | None) -> Rate:
    above = math.fsum(getattr(counts, each) for each in formula.above)
    below = math.fsum(getattr(counts, each) for each in formula.below)
    if formula.unknown == "all":
        below += counts.unknown
    elif formula.unknown == "e" and counts.unknown > 0:
        if e is None:
            return Rate(name, None, above, None, "eligibility.unknown")
        below += e * counts.unknown
    if below <= 0:
        return Rate(name, None, above, below, "denominator.zero")
    # Rounding in the sums may carry a share of everything past one.
    return Rate(name, min(1.0, above / below), above, below)
