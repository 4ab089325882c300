"""Who stands where: the order and the bands that a method asks for.

An order of estimates is itself uncertain. What is returned here is the order
of the values, to be shown with what may be said of it, never alone.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analysis.index.evaluate import NodeEstimate
from analysis.index.layout import main_measure
from analysis.index.tree import Method, Ranking
from analysis.ranking import Rank, band, rank
from analysis.results import Estimate

Within = Mapping[str, Mapping[str, str]]
"""Kind of domain → code → code of the larger domain it is part of."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The place of one unit.

    Attributes
    ----------
    ranking : Ranking
        Which order.
    code : str
        The unit.
    group : str
        The larger domain inside which it competes; ``""`` for all together.
    rank : Rank
        Its place by the value alone.
    """

    ranking: Ranking
    code: str
    group: str
    rank: Rank


@dataclass(frozen=True, slots=True)
class Bands:
    """The band of a value, and those its interval reaches into.

    Attributes
    ----------
    band : str or None
        None below the lowest band and without a value.
    possible : tuple of str or None
        From the band of the lower end to that of the upper, best first; only
        ``band`` where there is no interval.
    """

    band: str | None
    possible: tuple[str | None, ...]

    @property
    def is_certain(self) -> bool:
        """Whether the whole interval lies in one band."""
        return len(self.possible) == 1


def standings(
    method: Method, figures: Sequence[NodeEstimate], within: Within | None = None
) -> tuple[Standing, ...]:
    """Put the units in the orders a method asks for.

    Parameters
    ----------
    method : Method
    figures : sequence of NodeEstimate
        Estimates by the method.
    within : mapping, optional
        Which domains are parts of which.

    Returns
    -------
    tuple of Standing
        Rankings in the method's order, units in that of the figures. A unit
        whose larger domain is not known competes with those of which it is
        not known either.
    """
    found: list[Standing] = []
    for ranking in method.rankings:
        measure = main_measure(method.node(ranking.node), method)
        chosen = [
            figure
            for figure in figures
            if (figure.node, figure.measure, figure.domain_kind)
            == (ranking.node, measure, ranking.domains)
        ]
        around = (within or {}).get(ranking.domains, {}) if ranking.within else {}
        groups = [around.get(figure.domain_code, "") for figure in chosen]
        sign = -1.0 if ranking.is_lowest_first else 1.0
        ranks = rank([sign * figure.estimate.value for figure in chosen], groups)
        found += [
            Standing(ranking, figure.domain_code, group, place)
            for figure, group, place in zip(chosen, groups, ranks, strict=True)
        ]
    return tuple(found)


def bands_of(estimate: Estimate, bands: Sequence[tuple[str, float]]) -> Bands:
    """Name the band of an estimate and the bands it cannot be told from.

    Parameters
    ----------
    estimate : Estimate
    bands : sequence of (str, float)
        Names and lower ends, highest first, as in ``Node.bands``.
    """
    value = band(estimate.value, bands)
    low, high = estimate.interval.low, estimate.interval.high
    if math.isnan(low) or math.isnan(high):
        return Bands(value, (value,))
    names: list[str | None] = [*(name for name, _ in bands), None]
    first, last = names.index(band(high, bands)), names.index(band(low, bands))
    return Bands(value, tuple(names[first : last + 1]))
