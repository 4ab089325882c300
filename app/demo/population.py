"""A simulated province: communes, their villages, and a two-stage sample of adults.

Sizes are invented (no census is used); only the communes themselves are real.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

VILLAGES_PER_COMMUNE = 10
# Adults who received a result in the period, per commune: invented ranges by kind of commune.
_ADULTS = {"Phường": (2600, 6800), "Xã": (700, 2900), "Đặc khu": (900, 2400)}
# The two island zones get fewer interviews than a rate needs: the demo shows suppression.
_PEOPLE, _PEOPLE_ON_ISLANDS = 3, 2


@dataclass(frozen=True, slots=True)
class Commune:
    """A commune as the simulation needs it."""

    code: str
    name: str
    type_name: str


@dataclass(frozen=True, slots=True)
class SampledPerson:
    """One person of the sample before any answer.

    ``base_weight`` is the inverse of the probability of being interviewed: the village is drawn
    with probability proportional to its size, people within it at random.
    """

    commune: Commune
    village: str
    base_weight: float


def draw_sample(
    communes: Sequence[Commune], generator: np.random.Generator
) -> tuple[SampledPerson, ...]:
    """Draw villages within communes (strata) and people within villages.

    Parameters
    ----------
    communes : sequence of Commune
        Every commune is a stratum; ten of its villages are drawn.
    generator : Generator
        The only source of chance.
    """
    sample: list[SampledPerson] = []
    ordered = sorted(communes, key=lambda commune: commune.code)
    for commune in ordered:
        low, high = _ADULTS[commune.type_name]
        adults = int(generator.integers(low, high + 1))
        per_village = _PEOPLE_ON_ISLANDS if commune.type_name == "Đặc khu" else _PEOPLE
        sample.extend(_draw_commune(commune, adults, per_village, generator))
    return tuple(sample)


def _draw_commune(
    commune: Commune, adults: int, per_village: int, generator: np.random.Generator
) -> list[SampledPerson]:
    n_villages = int(generator.integers(14, 27))
    shares = generator.dirichlet(np.full(n_villages, 12.0))
    sizes = np.maximum(np.round(shares * adults).astype(int), per_village + 1)
    drawn = _systematic_pps(sizes, VILLAGES_PER_COMMUNE, generator)
    people: list[SampledPerson] = []
    for village in drawn:
        size = int(sizes[village])
        probability_village = min(1.0, VILLAGES_PER_COMMUNE * size / int(sizes.sum()))
        weight = 1.0 / (probability_village * per_village / size)
        name = f"{commune.code}-{village + 1:02d}"
        people.extend(SampledPerson(commune, name, weight) for _ in range(per_village))
    return people


def _systematic_pps(sizes: np.ndarray, n: int, generator: np.random.Generator) -> list[int]:
    """Draw `n` units with probability proportional to size, systematically, in random order.

    With ``n · max(sizes) ≤ sum(sizes)`` no unit can be drawn twice; units above that are cut.
    """
    order = generator.permutation(len(sizes))
    step = float(sizes.sum()) / n
    ends = np.cumsum(np.minimum(sizes[order], np.floor(step)))
    step = float(ends[-1]) / n
    points = generator.uniform(0, step) + step * np.arange(n)
    return sorted(int(order[i]) for i in np.searchsorted(ends, points, side="right"))
