"""A province to draw from: communes of unequal size whose people think alike.

Communes are PSUs in strata of unequal size. They are drawn with probability
proportional to the number of people on an old list; the people who live there
now are another number, so weights differ. Communes that grew are a little less
satisfied. Within a commune people are drawn at random, a varying number
answers, and each answer is weighted once more (size of household).
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit, logit
from scipy.stats import beta, norm

COMMUNES = 2_000
"""Communes per stratum: so many that what was drawn is a negligible share."""
CLUSTERING_OF_GROUPS = 0.05
"""Intraclass correlation of belonging to the smaller group."""
RESPONSE = 0.8
"""Share of the people drawn who answer."""


@dataclass(frozen=True)
class Group:
    """A part of the people: some in every commune, or all in some communes of one stratum."""

    share: float = 0.15
    is_local: bool = False


@dataclass(frozen=True)
class Fieldwork:
    """How many PSUs are drawn in each stratum, and how many answer in each on average."""

    psus: tuple[int, ...]
    take: int = 20

    @property
    def stratum_of_psu(self):
        return np.repeat(np.arange(len(self.psus)), self.psus)

    @property
    def df(self):
        return sum(self.psus) - len(self.psus)


@dataclass(frozen=True, eq=False)
class Population:
    """Communes; one row per stratum, one column per commune."""

    on_list: np.ndarray
    people: np.ndarray
    satisfied: np.ndarray
    member: np.ndarray

    @property
    def share(self):
        """Share of satisfied people in the province."""
        return float(np.sum(self.people * self.satisfied) / np.sum(self.people))

    @property
    def share_of_members(self):
        """Share of satisfied people in the group."""
        members = self.people * self.member
        return float(np.sum(members * self.satisfied) / np.sum(members))


@dataclass(frozen=True, eq=False)
class Samples:
    """Respondents of many samples, one after the other; strata and PSUs are of one sample each."""

    sample: np.ndarray
    stratum: np.ndarray
    psu: np.ndarray
    commune: np.ndarray
    weight: np.ndarray
    is_satisfied: np.ndarray
    is_member: np.ndarray


def clustered(uniform, mean, icc):
    """Shares of communes: a beta distribution with this intraclass correlation."""
    size = (1 - icc) / icc
    return beta.ppf(uniform, mean * size, (1 - mean) * size)


def build(rng, n_strata, *, share, icc, group):
    """Make a province in which exactly ``share`` of all people are satisfied."""
    shape = (n_strata, COMMUNES)
    size_of_stratum = np.linspace(1.0, 1.4, n_strata)[:, None]
    growth = rng.standard_normal(shape)
    rank = norm.cdf(-0.3 * growth + np.sqrt(1 - 0.3**2) * rng.standard_normal(shape))
    on_list = size_of_stratum * np.exp(0.5 * rng.standard_normal(shape))
    people = on_list * np.exp(0.3 * growth)
    shift = np.linspace(-0.3, 0.3, n_strata)[rng.permutation(n_strata), None]
    uniform = rng.random(shape)
    if group.is_local:
        member = np.zeros(shape)
        member[0] = uniform[0] < group.share
    else:
        member = clustered(uniform, group.share, CLUSTERING_OF_GROUPS)

    def made(centre):
        return Population(on_list, people, clustered(rank, expit(centre + shift), icc), member)

    aim = float(logit(share))
    return made(brentq(lambda centre: made(centre).share - share, aim - 1, aim + 1, xtol=1e-10))


def draw(rng, population, fieldwork, n_samples):
    """Draw many samples: PSUs by their size on the list, then people."""
    stratum = fieldwork.stratum_of_psu
    psus = np.asarray(fieldwork.psus)
    reach = np.cumsum(population.on_list, axis=1)
    at = rng.random((n_samples, len(stratum))) * reach[stratum, -1]
    commune = np.column_stack(
        [np.searchsorted(reach[h], at[:, j], side="right") for j, h in enumerate(stratum)]
    )
    n_answers = rng.binomial(round(fieldwork.take / RESPONSE), RESPONSE, at.shape)
    n_answers = np.maximum(n_answers, 1)
    drawn = psus[stratum] * population.on_list[stratum, commune] / reach[stratum, -1]
    base = population.people[stratum, commune] / (drawn * n_answers)

    psu = np.repeat(np.arange(at.size), n_answers.ravel())
    sample, stratum_of = psu // len(stratum), stratum[psu % len(stratum)]
    place = stratum_of, commune.ravel()[psu]
    return Samples(
        sample=sample,
        stratum=stratum_of + len(psus) * sample,
        psu=psu,
        commune=place[1],
        weight=base.ravel()[psu] * np.exp(0.35 * rng.standard_normal(len(psu))),
        is_satisfied=rng.random(len(psu)) < population.satisfied[place],
        is_member=rng.random(len(psu)) < population.member[place],
    )
