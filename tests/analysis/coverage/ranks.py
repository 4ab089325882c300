"""How often rank intervals hold the true ranks: samples of places that serve several units.

``python -m tests.analysis.coverage.ranks`` prints the table of docs/statistics.md.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit

from analysis.design import Design
from analysis.index.evaluate import evaluate
from analysis.index.together import together
from analysis.ranking.of_index import Precision, rank_units
from tests.analysis.samples import method

METHOD = method('[nodes.x]\noperation = "top_box"\nitems = ["a"]\n', items=("a",))
N_STRATA = 2
PEOPLE_IN_PLACE = 12
SPREAD_OF_PLACES = 0.4
DRAWS = 1_000


@dataclass(frozen=True)
class Situation:
    """Units with their true shares, and how many places are drawn."""

    name: str
    shares: tuple[float, ...]
    n_places: int

    @property
    def true_ranks(self):
        """Least and greatest rank of every unit; equal units share all of theirs."""
        shares = np.array(self.shares)
        higher = (shares[None, :] > shares[:, None] + 1e-12).sum(axis=1)
        alike = (np.abs(shares[None, :] - shares[:, None]) <= 1e-12).sum(axis=1)
        return np.column_stack([1 + higher, higher + alike])


EQUAL = (0.9,) * 10
SPREAD = tuple(np.linspace(0.75, 0.97, 10))
TIERS = (0.95,) * 4 + (0.88,) * 3 + (0.75,) * 3
SITUATIONS = tuple(
    Situation(f"{name}, {n_places} places", shares, n_places)
    for name, shares in (("equal", EQUAL), ("spread", SPREAD), ("three tiers", TIERS))
    for n_places in (40, 160)
)


def sample(situation, rng):
    """Draw places, each serving three units that lie together, and people in them."""
    p, m = len(situation.shares), situation.n_places
    first = np.arange(m) % p
    place = np.repeat(np.arange(m), PEOPLE_IN_PLACE)
    unit = (first[place] + rng.integers(0, 3, len(place))) % p
    effect = rng.normal(0, SPREAD_OF_PLACES, m)
    chance = expit(logit(np.array(situation.shares))[unit] + effect[place])
    answers = np.where(rng.random(len(place)) < chance, 5, 2)
    weight = rng.uniform(1.0, 3.0, len(place))
    design = Design.from_columns(place % N_STRATA, place, weight)
    return design, answers, np.array([f"u{k:02d}" for k in unit], dtype=object)


def holds(situation, rng, seed):
    """Whether each interval of one sample holds, and how long it is: shapes (3, p)."""
    design, answers, units = sample(situation, rng)
    columns = {"a": answers}
    precision = {
        figure.domain_code: Precision(figure.estimate.df, figure.estimate.effective_n)
        for figure in evaluate(METHOD, columns, design, {"u": units})
        if figure.domain_kind and figure.measure == "satisfied"
    }
    codes, ranking = rank_units(
        together(METHOD, columns, design, units), "x", precision, seed=seed, n_draws=DRAWS
    )
    truth = situation.true_ranks[[int(code[1:]) for code in codes]]
    held, length = [], []
    for which in ("", "joint_", "region_"):
        low = np.array([getattr(one, f"{which}low") for one in ranking.units])
        high = np.array([getattr(one, f"{which}high") for one in ranking.units])
        held.append((low <= truth[:, 0]) & (truth[:, 1] <= high))
        length.append(high - low + 1)
    return np.array(held), np.array(length)


def study(situation, n_samples, seed=1):
    """Coverage of one situation: marginal worst and mean, both simultaneous ones, lengths."""
    rng = np.random.default_rng(seed)
    found = [holds(situation, rng, seed + k) for k in range(n_samples)]
    held = np.array([one for one, _ in found])
    length = np.array([one for _, one in found])
    return {
        "marginal, worst unit": held[:, 0].mean(axis=0).min(),
        "marginal, mean": held[:, 0].mean(),
        "simultaneous": held[:, 1].all(axis=1).mean(),
        "joint region": held[:, 2].all(axis=1).mean(),
        "length": length[:, 0].mean(),
        "length, simultaneous": length[:, 1].mean(),
        "length, region": length[:, 2].mean(),
    }


def main(n_samples=1_000):
    print("| units | marginal, worst | mean | simultaneous | joint region | ranks each holds |")
    print("| --- | --: | --: | --: | --: | --: |")
    for situation in SITUATIONS:
        found = study(situation, n_samples)
        shares = [
            f"{100 * found[key]:.1f}"
            for key in ("marginal, worst unit", "marginal, mean", "simultaneous", "joint region")
        ]
        lengths = " / ".join(
            f"{found[key]:.1f}" for key in ("length", "length, simultaneous", "length, region")
        )
        print("|", " | ".join([situation.name, *shares, lengths]), "|", flush=True)


if __name__ == "__main__":
    main()
