"""What our intervals cover: many samples, each estimated as one sample is.

All samples of a situation are one design in which every sample has strata of
its own and is a domain: the same ``reduce`` and ``finish`` as anywhere else,
with the same totals, variances and degrees of freedom as for each sample by
itself (a test compares), in one pass instead of 1,500.
"""

import inspect
from dataclasses import dataclass
from functools import cache

import numpy as np

from analysis.design import Design
from analysis.estimate.of_sample import proportion
from analysis.finish import Estimand, Options, finish
from analysis.intervals import beta_interval, logit_interval, mean_interval, share_interval
from analysis.quality import QualityRules, judge
from analysis.reduce import Units, reduce
from analysis.results import IntervalMethod
from tests.analysis.coverage.population import Fieldwork, Group, build, draw

SEED = 20_261_120
SAMPLES = 1_500
POPULATIONS = 4
LEVEL = 0.95

SHARES = (0.5, 0.85, 0.97)
ICCS = (0.02, 0.1)


def is_about_shares(method):
    """Whether a method makes intervals of shares; new ones are simulated without being named."""
    share, size = np.array([0.5]), np.array([30.0])
    low, _, _ = share_interval(method, share, share / 10, n=size, flat_n=size, df=size, level=LEVEL)
    return bool(np.isfinite(low[0]))


METHODS = tuple(method for method in IntervalMethod if is_about_shares(method))
DEFAULT = inspect.signature(proportion).parameters["interval"].default

R_CONFINT = "confint of R"
LOGIT_NORMAL = "logit, df infinite"
LOGIT_ALL = "logit, df of all PSUs"
BETA_BOUNDED = "beta, at most n"
VARIANTS = (R_CONFINT, LOGIT_NORMAL, LOGIT_ALL, BETA_BOUNDED)
"""What we do not offer, to see what it would cover.

``confint(svymean(...))`` of R is ``value ± 1.96 se`` without a fallback;
"df of all PSUs" does not look at who belongs to the domain; "at most n" lets
no design effect below one make Korn and Graubard's interval narrower.
"""

FEW = Fieldwork((4, 3, 3))
PAIRS = Fieldwork((2, 2, 2, 2))
MANY = Fieldwork((8,) * 8)


@dataclass(frozen=True)
class Situation:
    """Whom an estimate is about."""

    name: str
    fieldwork: Fieldwork
    group: Group | None
    has_many_psus: bool


SITUATIONS = (
    Situation("8 PSUs in 4 strata", PAIRS, None, has_many_psus=False),
    Situation("10 PSUs in 3 strata", FEW, None, has_many_psus=False),
    Situation("15 % of the people of 10 PSUs", FEW, Group(0.15), has_many_psus=False),
    Situation("half of the PSUs of one stratum", MANY, Group(0.5, True), has_many_psus=False),
    Situation("64 PSUs in 8 strata", MANY, None, has_many_psus=True),
    Situation("15 % of the people of 64 PSUs", MANY, Group(0.15), has_many_psus=True),
    Situation("2.5 % of the people of 64 PSUs", MANY, Group(0.025), has_many_psus=True),
)

MANY_PSUS, FEW_PSUS = SITUATIONS[4], SITUATIONS[1]
HARDER = (
    (FEW_PSUS, 0.96, 0.1),
    (FEW_PSUS, 0.85, 0.3),
    (MANY_PSUS, 0.99, 0.1),
    (MANY_PSUS, 0.97, 0.3),
    (SITUATIONS[5], 0.97, 0.3),
)
"""Where no interval keeps its promise: rare answers that come in clusters."""

SPREAD_OUT = (
    Situation("64 PSUs, 5 people each", Fieldwork((8,) * 8, 5), None, has_many_psus=True),
    Situation("256 PSUs, 5 people each", Fieldwork((32,) * 8, 5), None, has_many_psus=True),
)
"""What helps there: not more people per PSU, more PSUs."""


@dataclass(frozen=True, eq=False)
class Block:
    """Samples of one population, shape (n_samples,) each; ends by the name of the interval."""

    target: np.ndarray
    value: np.ndarray
    standard_error: np.ndarray
    n: np.ndarray
    df: np.ndarray
    is_flat: np.ndarray
    is_published: np.ndarray
    ends: dict[str, tuple[np.ndarray, np.ndarray]]


@dataclass(frozen=True)
class Coverage:
    """What became of one kind of interval; shares of the intervals that exist.

    ``low_above``: the low end lies above the truth, so that who is judged by
    it is judged too well; ``high_below``: the high end lies below.
    """

    covered: float
    low_above: float
    high_below: float
    width: float
    missing: float
    n_intervals: int

    @property
    def error(self):
        """Monte-Carlo standard error of ``covered``."""
        return float(np.sqrt(self.covered * (1 - self.covered) / self.n_intervals))


@dataclass(frozen=True, eq=False)
class Outcome:
    """All samples of a situation."""

    situation: Situation
    share: float
    icc: float
    blocks: tuple[Block, ...]

    def column(self, name):
        """One number per sample of all populations."""
        return np.concatenate([getattr(block, name) for block in self.blocks])

    def ends(self, name):
        """Both ends of one kind of interval."""
        low, high = zip(*(block.ends[name] for block in self.blocks), strict=True)
        return np.concatenate(low), np.concatenate(high)

    def coverage(self, name, among=None):
        """Judge one kind of interval, in all samples or ``among`` some."""
        low, high = self.ends(name)
        exists = ~(np.isnan(low) | np.isnan(high))
        chosen = exists if among is None else exists & among
        low, high, target = low[chosen], high[chosen], self.column("target")[chosen]
        above, below = float(np.mean(low > target)), float(np.mean(high < target))
        width = float(np.mean(high - low))
        missing = float(np.mean(~exists))
        return Coverage(1 - above - below, above, below, width, missing, int(chosen.sum()))


def estimate(samples, domain, n_samples):
    """Estimate one share per sample, with every kind of interval.

    Returns rows of ``Estimate``, one row per method.
    """
    design = Design.from_columns(samples.stratum, samples.psu, samples.weight)
    ones = np.ones(design.n, dtype=np.bool_)
    units = Units(np.column_stack([samples.is_satisfied, ones]), ones[:, None])

    def algebra(totals):
        share = totals[0] / totals[1]
        return [Estimand(share, 0, (0.0, 1.0), method) for method in METHODS]

    return finish(algebra, reduce(units, design, domain, n_samples), Options(LEVEL))


def variants(block_ends, fieldwork, value, error, n, df, is_flat):
    """Ends of the intervals we do not offer."""
    infinite, full = np.full_like(df, 1e12), np.full_like(df, float(fieldwork.df))
    with np.errstate(divide="ignore", invalid="ignore"):
        effective_n = np.minimum(value * (1 - value) / error**2, n)
        found = {
            LOGIT_NORMAL: logit_interval(value, error, infinite, LEVEL),
            LOGIT_ALL: logit_interval(value, error, full, LEVEL),
            BETA_BOUNDED: beta_interval(value, effective_n, n, df, LEVEL),
        }
    ends = {
        name: tuple(
            np.where(is_flat, instead, end) for instead, end in zip(block_ends, pair, strict=True)
        )
        for name, pair in found.items()
    }
    return ends | {R_CONFINT: mean_interval(value, np.nan_to_num(error), infinite, LEVEL)}


def simulate_block(rng, situation, share, icc, n_samples=SAMPLES):
    """Make one population and draw samples from it."""
    fieldwork, group = situation.fieldwork, situation.group
    population = build(rng, len(fieldwork.psus), share=share, icc=icc, group=group or Group())
    samples = draw(rng, population, fieldwork, n_samples)
    domain = samples.sample.astype(np.int32)
    if group is not None:
        domain = np.where(samples.is_member, domain, np.int32(-1))
    rows = estimate(samples, domain, n_samples)
    truth = population.share if group is None else population.share_of_members
    default = rows[METHODS.index(DEFAULT)]

    def column(name):
        return np.array([getattr(one, name) for one in default], dtype=np.float64)

    value, error, n, df = (column(name) for name in ("value", "standard_error", "n", "df"))
    is_flat = np.array([any(note.code == "no-variation" for note in one.notes) for one in default])
    ends = {
        method.value: tuple(
            np.array([getattr(one.interval, end) for one in row]) for end in ("low", "high")
        )
        for method, row in zip(METHODS, rows, strict=True)
    }
    ends |= variants(ends[DEFAULT.value], fieldwork, value, error, n, df, is_flat)
    published = np.array([judge(one, QualityRules()).publishable for one in default])
    return Block(np.full(n_samples, truth), value, error, n, df, is_flat, published, ends)


@cache
def simulate(situation, share, icc):
    """Draw ``SAMPLES`` samples from each of ``POPULATIONS`` provinces."""
    place = ((*SITUATIONS, *SPREAD_OUT).index(situation), round(1000 * share), round(1000 * icc))
    seeds = np.random.SeedSequence((SEED, *place)).spawn(POPULATIONS)
    blocks = tuple(
        simulate_block(np.random.default_rng(seed), situation, share, icc) for seed in seeds
    )
    return Outcome(situation, share, icc, blocks)


def simulate_all():
    """Simulate every situation."""
    return tuple(
        simulate(situation, share, icc)
        for situation in SITUATIONS
        for share in SHARES
        for icc in ICCS
    )


def simulate_harder():
    """Simulate what is harder still."""
    return tuple(simulate(*harder) for harder in HARDER)


def simulate_spread_out():
    """Simulate a hard case with other numbers of PSUs and people."""
    return tuple(simulate(situation, 0.97, 0.3) for situation in SPREAD_OUT)
