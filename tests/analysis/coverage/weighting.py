"""What standard errors are worth: the estimated ones beside the spread of the estimates.

People of six classes (age by sex) answer unequally often and are unequally
satisfied; how many of each live in the province is known. Weights are raked to
age and sex, or post-stratified to the six classes. Every sample is estimated by
itself, with standard errors of several kinds.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

import numpy as np
from scipy.special import expit, logit

from analysis.design import Design, Replicates
from analysis.estimate.of_sample import mean, proportion, total
from analysis.variance.replicate import ReplicateFactors, brr, jkn, rao_wu_yue
from analysis.weights.cells import Margin
from analysis.weights.chain import apply_steps
from analysis.weights.poststratify import Poststratify
from analysis.weights.raking import Rake
from tests.analysis.coverage.population import Fieldwork, Group, Samples, build, draw
from tests.analysis.coverage.simulation import FEW, MANY, PAIRS, SEED

SAMPLES = 1_500
REPLICATED = 500
WEIGHTED_AGAIN = 300
"""Samples whose weights are made again in every replicate: 130 rakings each."""
BOOTSTRAPS = 100

AGES, SEXES = ("young", "middle", "old"), ("female", "male")
MIX = np.array([[0.15, 0.15], [0.2, 0.2], [0.16, 0.14]])
"""Share of each class in every commune, age by sex."""
ANSWERING = np.outer([0.5, 0.7, 1.0], [1.0, 0.75])
LEANING = np.array([[-1.4], [0.0], [1.4]]) + np.array([[0.4, -0.4]])
"""Log-odds of being satisfied, beside those of the commune."""
VISITS = Fieldwork((6,) * 5, 30)
"""30 PSUs in 5 strata; of the people visited some 600 answer."""

UNADJUSTED, RAKED, POSTSTRATIFIED = "unadjusted", "raked", "post-stratified"
RESIDUALS, NAIVE = "residuals", "naive"
JKN, JKN_FIXED, BOOTSTRAP, BRR = "JKn", "JKn, weights fixed", "bootstrap", "BRR"


@dataclass(frozen=True, eq=False)
class Study:
    """Estimates of many samples with standard errors of several kinds."""

    truth: float
    value: np.ndarray
    errors: dict[str, np.ndarray]

    @property
    def bias(self):
        """Distance of the mean estimate from the truth, in standard deviations."""
        return float((self.value.mean() - self.truth) / self.value.std())

    def ratio(self, kind):
        """Root of the mean estimated variance over the spread of the estimates."""
        return float(np.sqrt(np.mean(self.errors[kind] ** 2)) / self.value.std())

    def against(self, kind, other):
        """Root of the mean estimated variance of one kind over that of another."""
        squares = [np.mean(self.errors[one] ** 2) for one in (kind, other)]
        return float(np.sqrt(squares[0] / squares[1]))


@dataclass(frozen=True, eq=False)
class Answers:
    """One sample of those who answered."""

    design: Design
    age: np.ndarray
    sex: np.ndarray
    is_satisfied: np.ndarray


@dataclass(frozen=True, eq=False)
class Province:
    """What is known of everybody."""

    n_people: float
    n_satisfied: float

    def rake(self, answers):
        """Fit to the known numbers by age and by sex."""
        ages = dict(zip(AGES, MIX.sum(1) * self.n_people, strict=True))
        sexes = dict(zip(SEXES, MIX.sum(0) * self.n_people, strict=True))
        margins = Margin.of([answers.age], ages, "age"), Margin.of([answers.sex], sexes, "sex")
        return Rake.to(margins)

    def poststratify(self, answers):
        """Fit to the known numbers of the six classes."""
        known = {
            (age, sex): MIX[i, j] * self.n_people
            for i, age in enumerate(AGES)
            for j, sex in enumerate(SEXES)
        }
        return Poststratify(Margin.of([answers.age, answers.sex], known, "class"))


def visit(rng, n_samples) -> tuple[Province, Iterator[Answers]]:
    """Make a province and draw samples of people who answer."""
    population = build(rng, len(VISITS.psus), share=0.6, icc=0.05, group=Group())
    odds = logit(np.clip(population.satisfied, 1e-6, 1 - 1e-6))
    chance = expit(odds[..., None, None] + LEANING)
    n_satisfied = np.sum(population.people * np.sum(chance * MIX, axis=(2, 3)))
    province = Province(float(population.people.sum()), float(n_satisfied))
    samples = draw(rng, population, VISITS, n_samples)
    n = len(samples.sample)
    age, sex = np.divmod(rng.choice(6, n, p=MIX.ravel()), 2)
    stratum = samples.stratum % len(VISITS.psus)
    is_satisfied = rng.random(n) < chance[stratum, samples.commune, age, sex]
    has_answered = rng.random(n) < ANSWERING[age, sex]
    kept = np.flatnonzero(has_answered)
    edges = np.searchsorted(samples.sample[kept], np.arange(n_samples + 1))

    def each():
        for begin, end in pairwise(edges):
            rows = kept[begin:end]
            yield Answers(
                design_of(samples, rows),
                np.array(AGES)[age[rows]],
                np.array(SEXES)[sex[rows]],
                is_satisfied[rows],
            )

    return province, each()


def design_of(samples: Samples, rows):
    """Design of some respondents."""
    return Design.from_columns(samples.stratum[rows], samples.psu[rows], samples.weight[rows])


def with_factors(design: Design, made: ReplicateFactors, weight=None):
    """The design with replicates: factors of PSUs, or weights that were made again."""
    factor = made.factor if weight is None else None
    replicates = Replicates(
        made.method, made.scale, made.rscales, factor=factor, weight=weight, df=made.df
    )
    return replace(design, replicates=replicates)


def weighted_designs(answers: Answers, step, *, is_replicated):
    """One design per kind of standard error, after a step of weighting."""
    base = answers.design
    chain = apply_steps([step], base.weight)
    naive = base.weighted(chain.weight)
    designs = {RESIDUALS: base.weighted(chain.weight, chain.calibrations[0]), NAIVE: naive}
    if not is_replicated:
        return designs
    jackknife = jkn(base.psu_stratum)
    makers = {JKN: jackknife, BOOTSTRAP: rao_wu_yue(base.psu_stratum, BOOTSTRAPS, seed=SEED)}
    for kind, made in makers.items():
        again = chain.replicate(base.weight[:, None] * made.factor[base.psu]).weight
        designs[kind] = with_factors(naive, made, again)
    return designs | {JKN_FIXED: with_factors(naive, jackknife)}


def studies_of(truths, found):
    """Studies from rows of estimates: by estimand, then by kind of standard error."""
    made = {}
    for name, truth in truths.items():
        rows = [row[name] for row in found]
        kinds = rows[0].keys()
        value = np.array([next(iter(row.values())).value for row in rows])
        errors = {kind: np.array([row[kind].standard_error for row in rows]) for kind in kinds}
        made[name] = Study(truth, value, errors)
    return made


@cache
def study_weighting(adjustment, *, is_replicated=False):
    """Share and number of the satisfied after one kind of weighting."""
    n_samples = WEIGHTED_AGAIN if is_replicated else SAMPLES
    province, samples = visit(np.random.default_rng((SEED, 1)), n_samples)
    found = []
    for answers in samples:
        if adjustment == UNADJUSTED:
            designs = {NAIVE: answers.design}
        else:
            prepare = province.rake if adjustment == RAKED else province.poststratify
            designs = weighted_designs(answers, prepare(answers), is_replicated=is_replicated)
        found.append(
            {
                "share": {k: mean(answers.is_satisfied, one) for k, one in designs.items()},
                "number": {k: total(answers.is_satisfied, one) for k, one in designs.items()},
            }
        )
    share = province.n_satisfied / province.n_people
    return studies_of({"share": share, "number": province.n_satisfied}, found)


@cache
def study_replicates(fieldwork):
    """Share of a group, linearised and with replicates of every kind the design allows."""
    rng = np.random.default_rng((SEED, 2, len(fieldwork.psus)))
    population = build(rng, len(fieldwork.psus), share=0.7, icc=0.05, group=Group(0.4))
    samples = draw(rng, population, fieldwork, REPLICATED)
    edges = np.searchsorted(samples.sample, np.arange(REPLICATED + 1))
    found = []
    for begin, end in pairwise(edges):
        rows = np.arange(begin, end)
        design = design_of(samples, rows)
        strata = design.psu_stratum
        designs = {
            RESIDUALS: design,
            JKN: with_factors(design, jkn(strata)),
            BOOTSTRAP: with_factors(design, rao_wu_yue(strata, BOOTSTRAPS, seed=int(begin))),
        }
        if fieldwork == PAIRS:
            designs[BRR] = with_factors(design, brr(strata))
        answer, member = samples.is_satisfied[rows], samples.is_member[rows]
        found.append({"share": {k: proportion(answer, d, member) for k, d in designs.items()}})
    return studies_of({"share": population.share_of_members}, found)["share"]


FIELDWORKS = {"8 PSUs in 4 strata": PAIRS, "10 PSUs in 3 strata": FEW, "64 PSUs in 8 strata": MANY}
