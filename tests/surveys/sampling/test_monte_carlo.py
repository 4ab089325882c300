"""Frequencies over many draws are the probabilities that the draw says.

One draw from a frame of thousands of copies of the same small place, each a stratum, is as
many draws from the place. Bounds are 4.5 standard errors: a fair method fails one in
150,000 comparisons, and the seeds are fixed.
"""

from decimal import Decimal

import numpy as np
import pytest

from surveys.sampling.chance import Chance
from surveys.sampling.frame import CIRCLE, frame_bytes, parse_frame
from surveys.sampling.joint import sampford_joint, systematic_joint
from surveys.sampling.plan import Coordination, Plan, Reserves, Stage
from surveys.sampling.schema import METHODS, PPS
from surveys.sampling.select import select

COPIES = 10_000
SIZE = np.array([30, 5, 12, 45, 8, 21, 17, 3, 26, 60, 14, 9])
ANSWER = np.array([7.0, 1, 4, 11, 0, 5, 5, 2, 9, 12, 3, 1])
COMMUNE = np.array([0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 2, 2])
N = len(SIZE)
BOUND = 4.5
SEED = Chance(b"\x07" * 32)


@pytest.fixture(scope="module")
def copies():
    """A frame of many copies: district is the copy, in the order of its number."""
    rows = [(copy, unit) for copy in range(COPIES) for unit in range(N)]
    return parse_frame(
        frame_bytes(
            "area",
            {
                "key": [f"{copy:05d}-{unit:02d}" for copy, unit in rows],
                "district": [f"{copy:05d}" for copy, _ in rows],
                "commune": [f"{copy:05d}/{COMMUNE[unit]}" for copy, unit in rows],
                "people": np.tile(SIZE, COPIES),
                "prn": np.random.default_rng(11).integers(1, CIRCLE, COPIES * N),
            },
        )
    )


def drawn(frame, *stages, **keys):
    """Draw; return of each unit of each copy whether it is a main case, and its weight."""
    found = select(Plan(frame="area", stages=stages, **keys), frame, SEED)
    main = found.reserve == 0
    indicator, weight = np.zeros(COPIES * N), np.zeros(COPIES * N)
    indicator[found.row[main]] = 1
    weight[found.row[main]] = found.weight[main]
    return indicator.reshape(COPIES, N), weight.reshape(COPIES, N), found


def check(indicator, weight, p, slack=0.0):
    """Compare frequencies with probabilities, and the mean estimate with the total."""
    frequency = indicator.mean(axis=0)
    assert (np.abs(frequency - p) <= BOUND * np.sqrt(p * (1 - p) / COPIES) + slack).all()
    totals = (weight * ANSWER).sum(axis=1)
    error = totals.std(ddof=1) / np.sqrt(COPIES)
    assert abs(totals.mean() - ANSWER.sum()) <= BOUND * error + slack * ANSWER.sum() + 1e-9


def stage(method, take, **keys):
    size = "people" if method in PPS else ""
    keys = {"take": take} | keys if method != "all" else keys
    return Stage(unit="row", method=method, strata=("district",), size=size, **keys)


def proportional(n, size=SIZE):
    p = n * size / size.sum()
    while (p > 1).any():
        certain = p >= 1
        p = np.where(certain, 1, (n - certain.sum()) * size / size[~certain].sum())
    return p


@pytest.mark.parametrize("take", [1, 3, 5])
@pytest.mark.parametrize("method", METHODS)
def test_frequencies_are_probabilities_and_totals_are_unbiased(copies, method, take):
    indicator, weight, found = drawn(copies, stage(method, take))
    p = proportional(take) if method in PPS else np.full(N, take / N)
    p = np.ones(N) if method == "all" else p
    assert found.probability == pytest.approx(np.tile(p, COPIES)[found.row])
    # Pareto's probabilities are those aimed at but for a little, which is not an error of ours.
    check(indicator, weight, p, slack=0.004 if method == "pareto" else 0.0)
    if method not in ("bernoulli", "poisson"):
        assert (indicator.sum(axis=1) == indicator[0].sum()).all()


@pytest.mark.parametrize("method", ["sampford", "pps-systematic", "srs", "poisson"])
def test_pairs_come_together_as_often_as_the_joint_probabilities_say(copies, method):
    indicator, _, _ = drawn(copies, stage(method, 3))
    p = proportional(3) if method in PPS else np.full(N, 3 / N)
    everything = np.arange(N)
    joint = {
        "sampford": lambda: sampford_joint(p, 3, everything),
        "pps-systematic": lambda: systematic_joint(SIZE, 3, everything),
        "srs": lambda: np.full((N, N), 3 * 2 / (N * (N - 1))),
        "poisson": lambda: np.outer(p, p),
    }[method]()
    together = indicator.T @ indicator / COPIES
    off = ~np.eye(N, dtype=bool)
    error = BOUND * np.sqrt(joint * (1 - joint) / COPIES)
    assert (np.abs(together - joint) <= error + 1e-12)[off].all()


@pytest.mark.parametrize(
    "keys",
    [
        {"order": ("people",)},
        {"order": ("people",), "sort": "serpentine", "ties": "random"},
        {"ties": "random"},
    ],
)
@pytest.mark.parametrize("method", ["systematic", "circular", "pps-systematic"])
def test_the_order_of_a_list_does_not_change_probabilities(copies, method, keys):
    indicator, weight, _ = drawn(copies, stage(method, 4, **keys))
    check(indicator, weight, proportional(4) if method in PPS else np.full(N, 4 / N))


@pytest.mark.parametrize("method", ["srs", "systematic", "pareto", "sampford", "poisson"])
def test_named_units_change_the_others_as_is_said(copies, method):
    places = [f"{copy:05d}-07" for copy in range(COPIES)]
    plan_stage = stage(method, 4, certainty=tuple(places))
    indicator, weight, found = drawn(copies, plan_stage)
    p = np.zeros(N)
    p[found.row % N] = found.probability
    assert p[7] == 1
    assert p.sum() == pytest.approx(4)
    check(indicator, weight, p, slack=0.004 if method == "pareto" else 0.0)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("srs", "systematic"),
        ("pps-systematic", "pps-systematic"),
        ("sampford", "circular"),
        ("poisson", "bernoulli"),
        ("circular", "sampford"),
    ],
)
def test_several_stages_multiply(copies, first, second):
    indicator, weight, found = drawn(
        copies,
        Stage(unit="district", method="all"),
        Stage(unit="commune", method=first, size="people" if first in PPS else "", take=2),
        Stage(unit="row", method=second, size="people" if second in PPS else "", take=2),
    )
    of_commune = np.bincount(COMMUNE, weights=SIZE)
    p = (proportional(2, of_commune) if first in PPS else np.full(3, 2 / 3))[COMMUNE]
    for commune in range(3):
        here = commune == COMMUNE
        p[here] *= proportional(2, SIZE[here]) if second in PPS else 2 / here.sum()
    assert found.probability == pytest.approx(np.tile(p, COPIES)[found.row])
    check(indicator, weight, p)


@pytest.mark.parametrize("method", ["srs", "systematic", "circular"])
def test_rounding_at_random_keeps_the_probability(copies, method):
    plan_stage = Stage(unit="row", method=method, strata=("district",), share=Decimal("0.3"),
                       rounding="random")  # fmt: skip
    indicator, weight, found = drawn(copies, plan_stage)
    assert found.probability == pytest.approx(np.full(found.n, 0.3))
    check(indicator, weight, np.full(N, 0.3))
    counts = indicator.sum(axis=1)
    assert set(counts) == {3.0, 4.0}  # 3.6 on average
    assert counts.sum() == pytest.approx(3.6 * COPIES, abs=1)


@pytest.mark.parametrize("method", ["srs", "bernoulli", "poisson", "pareto"])
def test_permanent_numbers_keep_each_rounds_probabilities(copies, method):
    first_arc = (123456789, 123456789 + CIRCLE // 3)
    for coordination in (Coordination(), Coordination(avoid=(first_arc,), room=Decimal("0.4"))):
        indicator, weight, _ = drawn(copies, stage(method, 3), coordination=coordination)
        p = proportional(3) if method in PPS else np.full(N, 3 / N)
    check(indicator, weight, p, slack=0.004 if method == "pareto" else 0.0)


def test_one_dossier_of_each_person_keeps_totals_unbiased():
    """Persons have one to four dossiers in each copy; the sample is of persons."""
    dossiers = [0, 1, 1, 2, 3, 3, 3, 4, 5, 6, 6, 6, 6]
    copies, n = 4000, len(dossiers)
    random = np.random.default_rng(3)
    prn = random.integers(1, CIRCLE, (copies, 7))[:, dossiers].ravel()
    frame = parse_frame(
        frame_bytes(
            "dossier",
            {
                "key": [f"{copy:05d}-{i:02d}" for copy in range(copies) for i in range(n)],
                "centre": [f"{copy:05d}" for copy in range(copies) for _ in range(n)],
                "prn": prn,
            },
        )
    )
    plan = Plan(
        frame="dossier",
        stages=(Stage(unit="row", method="srs", strata=("centre",), take=3),),
        one_per_person=True,
        reserves=Reserves(take=1),
    )
    found = select(plan, frame, SEED)
    main = found.reserve == 0
    assert (found.stages[0].population == 7).all()
    several = np.bincount(dossiers)[dossiers]
    p = 1 / several * 3 / 7
    assert found.probability == pytest.approx(np.tile(p, copies)[found.row])
    frequency = np.bincount(found.row[main] % n, minlength=n) / copies
    assert (np.abs(frequency - p) <= BOUND * np.sqrt(p * (1 - p) / copies)).all()
    answer = np.arange(n) % 5
    totals = np.bincount(
        found.row[main] // n, weights=found.weight[main] * answer[found.row[main] % n]
    )
    assert abs(totals.mean() - answer.sum()) <= BOUND * totals.std() / np.sqrt(copies)


@pytest.mark.parametrize("method", ["all", "srs", "systematic", "circular", "bernoulli"])
def test_positions_are_drawn_with_their_probability(method):
    copies = 3000
    frame = parse_frame(
        frame_bytes("area", {"key": [f"{i:05d}" for i in range(copies)], "people": [11] * copies})
    )
    keys = {} if method == "all" else {"take": 4}
    plan = Plan(
        frame="area",
        stages=(
            Stage(unit="row", method="all"),
            Stage(unit="position", method=method, positions="people", **keys),
        ),
        reserves=Reserves(take=2),
    )
    found = select(plan, frame, SEED)
    p = 1.0 if method == "all" else 4 / 11
    assert found.probability == pytest.approx(np.full(found.n, p))
    for chosen in (found.reserve == 0, found.reserve > 0):
        frequency = np.bincount(found.position[chosen] - 1, minlength=11) / copies
        expected = chosen.sum() / copies / 11
        assert (np.abs(frequency - expected) <= BOUND * np.sqrt(expected / copies)).all()
