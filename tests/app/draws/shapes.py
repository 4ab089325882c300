"""Samples of every shape that the pages of a plan make, from places where all answers are known."""

from dataclasses import dataclass

import numpy as np

from analysis.estimate import mean
from analysis.variance.lonely import LonelyPolicy
from app.services.sampling.build import plan_of
from app.services.sampling.choices import Choices
from app.services.sampling.sizes import sizing
from surveys.sampling.chance import Chance
from surveys.sampling.design import describe_variance
from surveys.sampling.frame import frame_bytes, parse_frame
from surveys.sampling.plan import Plan, dump_plan, read_plan
from surveys.sampling.select import select
from tests.surveys.sampling.test_design import design_of

RATE = 0.8


@dataclass(frozen=True)
class Place:
    """A frame, and clusters whose people answer alike: ``cluster`` of each person, ``icc``.

    ``at`` is where each person stands: row of the frame, and position where there are positions.
    """

    frame: object
    cluster: np.ndarray
    icc: float
    at: tuple[np.ndarray, ...]

    def answers(self, number):
        """Answers of everybody, about 80 % yes: other people each time, so that no order of the
        list is luckier than another; shape of rows, or of rows and positions.
        """
        random = np.random.default_rng(number)
        alpha = (1 / self.icc - 1) * RATE
        level = random.beta(alpha, alpha * (1 - RATE) / RATE, self.cluster.max() + 1)
        found = np.full([place.max() + 1 for place in self.at], np.nan)
        found[self.at] = random.random(len(self.cluster)) < level[self.cluster]
        return found


def dossiers():
    """9,000 dossiers of 36 centres of unequal size; centres differ."""
    random = np.random.default_rng(1)
    share = random.gamma(6, 1, 36)
    centre = np.sort(random.choice(36, 9_000, p=share / share.sum()))
    n = len(centre)
    columns = {
        "key": [f"H{i:05d}" for i in range(n)],
        "field": [f"f{number}" for number in random.integers(0, 5, n)],
        "centre": [f"t{number:02d}" for number in centre],
        "channel": random.choice(["direct", "online"], n, p=[0.6, 0.4]).tolist(),
        "returned_on": [f"2026-0{m}-{d:02d}" for m, d in
                        zip(random.integers(1, 10, n), random.integers(1, 29, n), strict=True)],
        "prn": random.integers(0, 2**53, n),
    }  # fmt: skip
    return Place(parse_frame(frame_bytes("dossier", columns)), centre, 0.03, (np.arange(n),))


def villages():
    """900 villages of 60 communes, with 30 to 300 households each; villages differ."""
    random = np.random.default_rng(2)
    commune = np.arange(900) // 15
    size = np.clip(random.gamma(4, 25, 900), 30, 300).astype(int)
    people = np.repeat(np.arange(900), size)
    position = np.arange(len(people)) - np.repeat(np.cumsum(size) - size, size)
    columns = {
        "key": [f"v{i:03d}" for i in range(900)],
        "commune": [f"c{c:02d}" for c in commune],
        "village": [f"Thôn {i}" for i in range(900)],
        "households": size,
        "difficult": np.where(commune % 3 == 0, "yes", "no").tolist(),
        "prn": random.integers(0, 2**53, 900),
    }
    return Place(parse_frame(frame_bytes("area", columns)), people, 0.05, (people, position))


MADE = {"dossier": dossiers, "area": villages}
SHAPES = {
    "dossiers, along the list": ("dossier", {"shape": "dossiers", "report_by": "channel"}),
    "dossiers, by chance alone": (
        "dossier", {"shape": "dossiers", "report_by": "channel", "spread": "srs"},
    ),
    "dossiers of every centre": (
        "dossier", {"shape": "dossiers", "report_by": "centre", "margin_unit": 0.15,
                    "allocation": "equal"},
    ),
    "centres, then dossiers": (
        "dossier", {"shape": "centres-dossiers", "report_by": "", "margin_overall": 0.06,
                    "per_village": 30},
    ),
    "villages, then people": (
        "area", {"shape": "villages-people", "report_by": "", "margin_overall": 0.03},
    ),
    "villages of two regions": (
        "area", {"shape": "villages-people", "report_by": "difficult", "margin_unit": 0.05,
                 "margin_overall": 0.03},
    ),
    "communes, villages, people": (
        "area", {"shape": "communes-villages-people", "report_by": "", "margin_overall": 0.05,
                 "per_village": 10, "villages_per_commune": 2},
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Simulated:
    """What many draws gave.

    Attributes
    ----------
    bias : mean error over its Monte Carlo standard error
    covered : share of intervals of 95 % that hold the truth
    ratio : mean estimated variance over the variance of the estimates
    promised, reached : margins of the province: of the page, and of the estimates
    wanted, drawn : cases: of the page, and drawn on average
    """

    bias: float
    covered: float
    ratio: float
    promised: float
    reached: float
    wanted: int
    drawn: float


def choices_of(shape, place):
    kind, values = SHAPES[shape]
    base = Choices.for_frame(kind)
    return base.changed(**({"response": 1.0, "expected_rate": RATE, "icc": place.icc} | values))


def simulate(shape, draws):
    place = MADE[SHAPES[shape][0]]()
    choices = choices_of(shape, place)
    table = sizing(place.frame, choices).chosen
    plan: Plan = read_plan(dump_plan(plan_of(choices, place.frame, table, title="")))
    found, truths, drawn = [], [], 0
    for number in range(draws):
        selection = select(plan, place.frame, Chance.from_seed("a", "b", str(number)))
        drawn += selection.n_main
        policy = LonelyPolicy(describe_variance(selection).lonely)
        answers = place.answers(number)
        truths.append(np.nanmean(answers))
        if answers.ndim == 2:
            answers = answers[selection.row, selection.position - 1]
        else:
            answers = answers[selection.row]
        found.append(mean(answers, design_of(selection), lonely=policy))
    error = np.array([one.value for one in found]) - np.array(truths)
    held = [
        one.interval.low <= truth <= one.interval.high
        for one, truth in zip(found, truths, strict=True)
    ]
    return Simulated(
        bias=float(error.mean() / (error.std(ddof=1) / np.sqrt(draws))),
        covered=float(np.mean(held)),
        ratio=float(np.mean([one.standard_error**2 for one in found]) / error.var(ddof=1)),
        promised=table.components[0].precision.margin,
        reached=1.96 * float(np.sqrt((error**2).mean())),
        wanted=table.cases,
        drawn=drawn / draws,
    )
