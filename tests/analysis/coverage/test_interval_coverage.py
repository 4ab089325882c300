"""Which interval is the default, and what it is worth.

An interval can be the default for shares if

1. it covers 93 % or more where there are many PSUs, 92 % or more where there
   are few (nominal: 95 %);
2. no more than 5 % of the intervals lie wholly above the truth, and no more
   than 5 % wholly below it (nominal: 2.5 %): offices are judged by one end;
3. it exists wherever there are degrees of freedom, has a width, and stays
   between 0 and 1.

Of those that remain, the one whose worst one-sided miss is the smallest. The
93 % were set before anything was simulated, the other bounds after a trial
with other provinces. A bound counts as broken when the simulation is more than
2.6 Monte-Carlo standard errors beyond it (one in 200 by chance).
"""

import numpy as np
import pytest

from analysis.design import Design
from analysis.estimate.of_sample import proportion
from analysis.results import IntervalMethod
from tests.analysis.coverage.population import Group, build, draw
from tests.analysis.coverage.simulation import (
    BETA_BOUNDED,
    DEFAULT,
    FEW,
    FEW_PSUS,
    LOGIT_ALL,
    MANY_PSUS,
    METHODS,
    R_CONFINT,
    SAMPLES,
    SITUATIONS,
    estimate,
    simulate,
    simulate_all,
    simulate_harder,
    simulate_spread_out,
)
from tests.analysis.coverage.tables import TABLES, cells, printed

FLOOR_MANY, FLOOR_FEW, ONE_SIDED = 0.93, 0.92, 0.05
ALLOWANCE = 2.6
TOLERANCES = {"weighting": 0.02, "replicates": 0.02}
HALF_POINT = 0.5


def standard_error(share, n):
    return np.sqrt(share * (1 - share) / n)


def one_sided(coverage):
    return max(coverage.low_above, coverage.high_below)


def keeps_its_promise(name):
    """Rules 1 and 2."""
    for outcome in simulate_all():
        found = outcome.coverage(name)
        floor = FLOOR_MANY if outcome.situation.has_many_psus else FLOOR_FEW
        worst = one_sided(found)
        if found.covered < floor - ALLOWANCE * standard_error(floor, found.n_intervals):
            return False
        if worst > ONE_SIDED + ALLOWANCE * standard_error(ONE_SIDED, found.n_intervals):
            return False
    return True


def is_well_made(name):
    """Rule 3."""
    for outcome in simulate_all():
        low, high = outcome.ends(name)
        has_df = outcome.column("df") > 0
        inside = (low >= 0) & (high <= 1) & (low < high)
        if not inside[has_df].all():
            return False
    return True


def worst_miss(name):
    return max(one_sided(outcome.coverage(name)) for outcome in simulate_all())


def test_many_samples_at_once_are_estimated_as_each_by_itself():
    rng = np.random.default_rng(7)
    population = build(rng, 3, share=0.85, icc=0.1, group=Group(0.15))
    samples = draw(rng, population, FEW, 12)
    domain = np.where(samples.is_member, samples.sample, -1).astype(np.int32)
    together = estimate(samples, domain, 12)
    for method, row in zip(METHODS, together, strict=True):
        for number in range(12):
            here = samples.sample == number
            design = Design.from_columns(
                samples.stratum[here], samples.psu[here], samples.weight[here]
            )
            alone = proportion(
                samples.is_satisfied[here], design, samples.is_member[here], interval=method
            )
            one = row[number]
            assert (one.n, one.df, one.notes) == (alone.n, alone.df, alone.notes)
            assert (one.value, one.standard_error) == pytest.approx(
                (alone.value, alone.standard_error), rel=1e-12
            )
            assert (one.interval.low, one.interval.high) == pytest.approx(
                (alone.interval.low, alone.interval.high), rel=1e-9
            )


@pytest.mark.slow
def test_the_simulation_is_fair():
    """The mean estimate is the truth: what intervals miss is not a fault of the drawing."""
    for outcome in simulate_all():
        if outcome.situation.group is not None and outcome.situation.group.is_local:
            continue
        error = outcome.column("value") - outcome.column("target")
        drift = abs(error.mean()) / error.std()
        assert drift < 0.09, (outcome.situation.name, outcome.share, outcome.icc, drift)


@pytest.mark.slow
def test_the_default_keeps_its_promise():
    assert keeps_its_promise(DEFAULT.value)
    assert is_well_made(DEFAULT.value)


@pytest.mark.slow
def test_no_other_interval_that_could_be_the_default_misses_less_on_one_side():
    possible = [m for m in METHODS if is_well_made(m.value) and keeps_its_promise(m.value)]
    assert worst_miss(DEFAULT.value) == min(worst_miss(method.value) for method in possible)


@pytest.mark.slow
@pytest.mark.parametrize(
    "method",
    [
        IntervalMethod.MEAN,
        IntervalMethod.ASIN,
        IntervalMethod.LIKELIHOOD,
        IntervalMethod.WILSON,
    ],
)
def test_these_could_not_be_the_default(method):
    assert not keeps_its_promise(method.value)


@pytest.mark.slow
def test_the_t_interval_praises_too_often():
    """At 97 % with few PSUs one office in six would have its low end above the truth."""
    found = simulate(FEW_PSUS, 0.97, 0.1).coverage("mean")
    assert found.low_above > 0.15
    assert found.high_below < 0.01


@pytest.mark.slow
def test_the_interval_exists_wherever_there_are_degrees_of_freedom_and_only_there():
    has_none = 0
    for outcome in simulate_all():
        low, high = outcome.ends(DEFAULT.value)
        df = outcome.column("df")
        assert (np.isnan(low) == (df <= 0)).all()
        assert (np.isnan(high) == (df <= 0)).all()
        has_none += int((df <= 0).sum())
    assert has_none > 100


def wrong_substitutes(outcome):
    """Share of samples in which nothing varies and the substitute begins above the truth."""
    low, _ = outcome.ends(DEFAULT.value)
    return np.mean(outcome.column("is_flat") & (low > outcome.column("target")))


@pytest.mark.slow
def test_where_nothing_varies_the_substitute_seldom_praises():
    """A part of the 2.5 % that one side may miss at all."""
    assert max(wrong_substitutes(outcome) for outcome in simulate_all()) < 0.015


@pytest.mark.slow
def test_where_people_of_a_psu_agree_the_substitute_knows_nothing_of_it():
    """Kish's size takes answers for independent: with an ICC of 0.3 it spends all of the 2.5 %."""
    assert max(wrong_substitutes(outcome) for outcome in simulate_harder()) > 0.025


@pytest.mark.slow
def test_infinite_degrees_of_freedom_are_too_narrow_with_few_psus():
    """``confint(svymean(...))`` of R: never 91 %, whatever the share."""
    for outcome in simulate_all():
        if not outcome.situation.has_many_psus:
            assert outcome.coverage(R_CONFINT).covered < 0.91


@pytest.mark.slow
def test_degrees_of_freedom_have_to_be_counted_in_the_domain():
    for share in (0.5, 0.85):
        outcome = simulate(SITUATIONS[3], share, 0.1)
        assert outcome.coverage(LOGIT_ALL).covered < 0.83
        assert outcome.coverage(DEFAULT.value).covered > 0.93


@pytest.mark.slow
def test_with_many_psus_the_default_is_not_wasteful():
    for outcome in simulate_all():
        if outcome.situation.has_many_psus and outcome.column("n").mean() > 100:
            assert outcome.coverage(DEFAULT.value).covered < 0.96


@pytest.mark.slow
def test_a_bounded_effective_size_would_cover_everywhere_at_the_price_of_width():
    found = [outcome.coverage(BETA_BOUNDED) for outcome in simulate_all()]
    usual = [outcome.coverage(DEFAULT.value) for outcome in simulate_all()]
    wider = [one.width / other.width for one, other in zip(found, usual, strict=True)]
    assert keeps_its_promise(BETA_BOUNDED)
    assert max(one.covered for one in found) > 0.99
    assert np.mean(wider) > 1.03
    assert max(wider) > 1.1


@pytest.mark.slow
def test_rare_answers_in_clusters_are_covered_less_than_promised():
    """Known and said on the page; a method that gets here has reason to become the default."""
    for outcome in simulate_harder():
        for method in METHODS:
            assert 0.75 < outcome.coverage(method.value).covered < 0.93


@pytest.mark.slow
def test_more_psus_help_there_not_more_people():
    few_people, many_psus = simulate_spread_out()
    crowded = simulate(MANY_PSUS, 0.97, 0.3)
    assert few_people.column("n").mean() < crowded.column("n").mean() / 3
    assert crowded.coverage(DEFAULT.value).covered < 0.92
    assert few_people.coverage(DEFAULT.value).covered < 0.92
    assert many_psus.coverage(DEFAULT.value).covered > 0.93


@pytest.mark.slow
def test_publishing_by_the_width_found_prefers_samples_that_look_too_certain():
    outcome = simulate(SITUATIONS[2], 0.5, 0.1)
    published = outcome.column("is_published")
    assert 0 < published.mean() < 0.15
    assert outcome.coverage(DEFAULT.value, published).covered < 0.85


@pytest.mark.slow
def test_logit_and_xlogit_are_one():
    for outcome in simulate_all():
        for end, other in zip(outcome.ends("logit"), outcome.ends("xlogit"), strict=True):
            np.testing.assert_array_equal(end, other)


@pytest.mark.slow
@pytest.mark.parametrize(("page", "name", "rows"), printed())
def test_the_pages_say_what_was_simulated(page, name, rows):
    found, made = cells(rows), cells(TABLES[name]())
    assert len(found) == len(made) > 10, f"{page}: make the tables again"
    for one, other in zip(found, made, strict=True):
        if isinstance(one, float) and isinstance(other, float):
            assert one == pytest.approx(other, abs=TOLERANCES.get(name, HALF_POINT))
        else:
            assert one == other


def test_every_page_has_its_tables():
    assert {name for _, name, _ in printed()} == set(TABLES)
    assert SAMPLES >= 1_500
