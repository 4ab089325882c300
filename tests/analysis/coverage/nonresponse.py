"""Whom one reaches depends on how satisfied they are: what the raw rate and the weighted rate say.

    python -m tests.analysis.coverage.nonresponse          # 2,000 samples, writes the page's table
    python -m tests.analysis.coverage.nonresponse 200      # fewer, prints only

Samples are weighted by ``analysis.weights`` and estimated by ``evaluate``, as a publication is.
"""

import re
import sys
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from analysis.answers import MISSING
from analysis.design import Design
from analysis.index.evaluate import Measure, evaluate
from analysis.weights import Margin, Nonresponse, Rake, Weighted, apply_steps
from tests.analysis.samples import method

PAGE = Path(__file__).parents[3] / "docs" / "weighting-study.md"
MARKED = re.compile(r"(<!-- simulated: nonresponse -->\n)((?:\|.*\n)*)")
SAMPLES = 2_000
SEED = 20_261_121
LEVEL = 0.95

STRATA, COMMUNES, DRAWN, TAKEN = 2, 400, (30, 40), 25
"""Communes of each stratum, how many are drawn, and people drawn in each."""
AGES, FIELDS = ("18-34", "35-54", "55+"), ("land", "civil status", "business")
SATISFIED = {"18-34": 0.66, "35-54": 0.84, "55+": 0.94}
OF_FIELD = {"land": -0.06, "civil status": 0.04, "business": 0.0}
RESPONSE = {"18-34": 0.28, "35-54": 0.55, "55+": 0.82}
RESPONSE_OF_FIELD = {"land": 0.9, "civil status": 1.1, "business": 1.0}
ITEMS = ("a", "b", "c")
INDEX = method(
    """
[nodes.overall]
operation = "weighted_mean"
of = ["first", "second"]
weights = [1, 1]
[nodes.first]
operation = "pooled_top_box"
items = ["a", "b"]
[nodes.second]
operation = "top_box"
items = ["c"]
""",
    items=ITEMS,
)


@dataclass(frozen=True, slots=True)
class Fieldwork:
    """How people come to answer.

    Attributes
    ----------
    unobserved : float
        Odds of answering of somebody satisfied, over those of somebody else of the same class.
    classes : tuple of str
        What is known of everybody drawn, for the classes of nonresponse.
    is_raked : bool
        Whether the weights then meet the totals of age and of field.
    """

    name: str
    unobserved: float
    classes: tuple[str, ...]
    is_raked: bool


FIELDWORKS = (
    Fieldwork("classes of age × field", 1.0, ("age", "field"), is_raked=False),
    Fieldwork("the same, then raked to age and field", 1.0, ("age", "field"), is_raked=True),
    Fieldwork("raked to age and field alone", 1.0, (), is_raked=True),
    Fieldwork("age × field, raked; satisfied people answer at odds 1.1", 1.1, ("age", "field"),
              is_raked=True),
    Fieldwork("age × field, raked; satisfied people answer at odds 1.5", 1.5, ("age", "field"),
              is_raked=True),
)  # fmt: skip
REPAIRABLE = FIELDWORKS[:3]


@dataclass(frozen=True, slots=True, eq=False)
class Province:
    """Everybody, sorted by stratum and commune."""

    stratum: np.ndarray
    commune: np.ndarray
    start: np.ndarray
    age: np.ndarray
    field: np.ndarray
    answers: dict[str, np.ndarray]
    propensity: np.ndarray

    @property
    def truth(self) -> float:
        """The index of everybody, each counting once."""
        satisfied = {item: float((given >= 4).mean()) for item, given in self.answers.items()}
        return ((satisfied["a"] + satisfied["b"]) / 2 + satisfied["c"]) / 2

    def totals(self, column: np.ndarray) -> dict[str, float]:
        """How many people there are of each category."""
        names, counts = np.unique(column, return_counts=True)
        return dict(zip(names.tolist(), counts.astype(float).tolist(), strict=True))


@lru_cache(maxsize=4)
def province(unobserved: float) -> Province:
    """Make a province of about 200,000 people; communes differ, and are of unequal size."""
    rng = np.random.default_rng(SEED)
    sizes = rng.integers(120, 400, STRATA * COMMUNES)
    start = np.concatenate([[0], np.cumsum(sizes)])
    commune = np.repeat(np.arange(len(sizes)), sizes)
    n = len(commune)
    # Old communes have old people: classes are clustered as well.
    old = rng.beta(4, 4, len(sizes))[commune]
    age = np.array(AGES)[(rng.random(n) < old).astype(int) + (rng.random(n) < 0.5 * old + 0.2)]
    field = np.array(FIELDS)[rng.integers(0, 3, n)]
    mood = rng.normal(0, 0.05, len(sizes))[commune]
    share = np.vectorize(SATISFIED.get)(age) + np.vectorize(OF_FIELD.get)(field) + mood
    share = np.clip(share + np.where(commune < COMMUNES, 0.02, -0.02), 0.02, 0.98)
    # Whoever is satisfied with one thing tends to be with the next.
    person = rng.random(n)
    answers = {}
    for item in ITEMS:
        luck = np.where(rng.random(n) < 0.6, person, rng.random(n))
        answers[item] = np.where(luck < share, rng.integers(4, 6, n), rng.integers(1, 4, n))
    chance = np.vectorize(RESPONSE.get)(age) * np.vectorize(RESPONSE_OF_FIELD.get)(field)
    is_satisfied = answers["c"] >= 4
    odds = chance / (1 - chance) * np.where(is_satisfied, unobserved, 1.0)
    return Province(
        stratum=commune // COMMUNES,
        commune=commune,
        start=start,
        age=age,
        field=field,
        answers=answers,
        propensity=odds / (1 + odds),
    )


@dataclass(frozen=True, slots=True)
class Found:
    """One estimate: value and ends."""

    value: float
    low: float
    high: float


def drawn(everybody: Province, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Draw communes in strata and people in communes; return their places and base weights."""
    rows, weights = [], []
    for stratum, n_drawn in enumerate(DRAWN):
        first = stratum * COMMUNES
        for commune in first + rng.choice(COMMUNES, n_drawn, replace=False):
            begin, end = everybody.start[commune], everybody.start[commune + 1]
            rows.append(begin + rng.choice(end - begin, TAKEN, replace=False))
            weights.append(np.full(TAKEN, COMMUNES / n_drawn * (end - begin) / TAKEN))
    return np.concatenate(rows), np.concatenate(weights)


def weighted(
    everybody: Province, rows: np.ndarray, base: np.ndarray, responded: np.ndarray, how: Fieldwork
) -> Weighted:
    """Make the chain of weights as the office does."""
    columns = {"age": everybody.age[rows], "field": everybody.field[rows]}
    steps = [Nonresponse.by_class([columns[name] for name in how.classes], responded)]
    if how.is_raked:
        # Rows without an answer have no weight left and count in no margin.
        margins = [
            Margin.of([columns["age"]], everybody.totals(everybody.age), "age"),
            Margin.of([columns["field"]], everybody.totals(everybody.field), "field"),
        ]
        steps.append(Rake.to(margins))
    return apply_steps(steps, base)


def estimated(design: Design, answers: dict[str, np.ndarray]) -> Found:
    """Estimate the index as a publication does."""
    (estimate,) = (
        one.estimate
        for one in evaluate(INDEX, answers, design, {}, LEVEL)
        if one.node == "overall" and one.measure is Measure.SATISFIED
    )
    return Found(estimate.value, estimate.interval.low, estimate.interval.high)


def one_sample(
    everybody: Province, how: Fieldwork, rng: np.random.Generator
) -> tuple[Found, Found, Found]:
    """Draw, ask, weight and estimate: raw, by base weights, by final weights."""
    rows, base = drawn(everybody, rng)
    responded = rng.random(len(rows)) < everybody.propensity[rows]
    answers = {
        item: np.where(responded, given[rows], MISSING) for item, given in everybody.answers.items()
    }
    design = Design.from_columns(everybody.stratum[rows], everybody.commune[rows], base)
    chain = weighted(everybody, rows, base, responded, how)
    final = replace(design, weight=chain.weight, calibrations=chain.calibrations)
    raw = replace(design, weight=np.ones(len(rows)))
    return estimated(raw, answers), estimated(design, answers), estimated(final, answers)


@dataclass(frozen=True, slots=True)
class Study:
    """What became of many samples of one fieldwork; shares are 0 to 1.

    Attributes
    ----------
    bias : tuple of float
        Mean of the estimates less the truth: raw, base weights, final weights.
    covered : tuple of float
        Share of intervals that hold the truth, in the same order.
    spread : float
        Standard deviation of the weighted estimates.
    """

    fieldwork: Fieldwork
    n: int
    truth: float
    bias: tuple[float, float, float]
    covered: tuple[float, float, float]
    spread: float


def study(how: Fieldwork, n: int = SAMPLES) -> Study:
    """Draw many samples; the same number of samples gives the same study."""
    everybody = province(how.unobserved)
    rng = np.random.default_rng([SEED, FIELDWORKS.index(how)])
    found = [one_sample(everybody, how, rng) for _ in range(n)]
    truth = everybody.truth
    values = np.array([[each.value for each in one] for one in found])
    covered = np.array([[each.low <= truth <= each.high for each in one] for one in found])
    return Study(
        how, n, truth,
        tuple((values.mean(axis=0) - truth).tolist()),
        tuple(covered.mean(axis=0).tolist()),
        float(values[:, 2].std(ddof=1)),
    )  # fmt: skip


def table(studies: list[Study]) -> str:
    """Write the page's table: percent and percentage points."""
    head = (
        "| weights, and what response depends on besides | true rate | raw, off by | covers "
        "| base weights, off by | covers | final weights, off by | covers | standard deviation |\n"
    )
    lines = [head, "| --- " + "| --: " * 8 + "|\n"]
    for one in studies:
        cells = [f"{100 * one.truth:.2f}"]
        for bias, covered in zip(one.bias, one.covered, strict=True):
            cells += [f"{100 * bias:+.2f}", f"{100 * covered:.1f}"]
        cells.append(f"{100 * one.spread:.2f}")
        lines.append(f"| {one.fieldwork.name} | " + " | ".join(cells) + " |\n")
    return "".join(lines)


def main(n: int) -> None:
    """Simulate; write the page if it is the whole study."""
    written = table([study(how, n) for how in FIELDWORKS])
    print(written)
    if n == SAMPLES:
        page = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(MARKED.sub(lambda found: found[1] + written, page), encoding="utf-8")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else SAMPLES)
