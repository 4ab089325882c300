"""What an allocation is expected to give, by hand and by drawing."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.sampling.allocate import allocate
from surveys.sampling.errors import OutOfRangeError
from surveys.sampling.expected import cases_for
from surveys.sampling.power import detectable_change
from surveys.sampling.precision import NOTE_CODES, WITHOUT_INTERVIEWS
from surveys.sampling.size import Conditions, precision_of_proportion
from surveys.sampling.strata import Strata
from surveys.sampling.table import TOO_FEW, TOO_WIDE, WITHHELD_CODES, Method, ReportingRule
from surveys.sampling.targets import Target


def test_one_stratum_is_a_simple_sample():
    strata = Strata.of(["all"], [5000], rates={"p": 0.8}, effect=1.4)
    (expected,) = allocate(strata, 300).components
    simple = precision_of_proportion(
        interviews=300, p=0.8, population=5000, conditions=Conditions(effect=1.4)
    )
    assert expected.precision.margin == pytest.approx(simple.margin)
    assert expected.design_effect == pytest.approx(1.4)
    assert expected.precision.effective == pytest.approx(300 / 1.4)


def test_the_whole_adds_its_strata_up_by_their_people():
    strata = Strata.of(["a", "b"], [1000, 3000], rates={"p": [0.5, 0.9]}, minimum=0)
    table = allocate(strata, 200, Method.EQUAL)
    variance = (
        0.25**2 * 0.9 * (0.25 * 1000 / 999) / 100
        + 0.75**2 * (1 - 100 / 3000) * (0.09 * 3000 / 2999) / 100
    )
    (expected,) = table.components
    assert expected.mean == pytest.approx(0.8)
    assert expected.precision.standard_error == pytest.approx(math.sqrt(variance))


def test_units_add_their_own_strata_up():
    strata = Strata.of(
        ["a1", "b", "a2"], [100, 500, 300], units=["A", "B", "A"], rates={"p": [0.4, 0.5, 0.8]}
    )
    table = allocate(strata, 90)
    first, second = table.units
    assert (first.unit, first.population, first.interviews) == ("A", 400, 40)
    assert (second.unit, second.population, second.interviews) == ("B", 500, 50)
    assert first.components[0].mean == pytest.approx(0.7)
    alone = Strata.of(["a1", "a2"], [100, 300], units=["A", "A"], rates={"p": [0.4, 0.8]})
    assert first.components == allocate(alone, 40).components


def test_equal_weights_cost_nothing_and_unequal_ones_what_kish_says():
    strata = Strata.of(["a", "b"], [1000, 3000], minimum=0)
    assert allocate(strata, 400).weighting_effect == pytest.approx(1)
    # Weights 5 and 15, as many of each: 2 * (25 + 225) / 400.
    assert allocate(strata, 400, Method.EQUAL).weighting_effect == pytest.approx(1.25)


def test_strata_that_differ_make_the_whole_more_precise_than_a_simple_sample():
    strata = Strata.of(["a", "b"], [1000, 1000], rates={"p": [0.1, 0.9]})
    assert allocate(strata, 200).components[0].design_effect < 0.5


def test_cost_in_interviews_in_cases_and_in_money():
    strata = Strata.of(
        ["a", "b"],
        [1000, 1000],
        response=[1, 0.5],
        eligibility=[1, 0.8],
        interview_cost=10,
        case_cost=2,
    )
    table = allocate(strata, 100, Method.EQUAL)
    assert (table.interviews, table.cases) == (100, 50 + 125)
    assert table.cost == pytest.approx(100 * 10 + 175 * 2)


def test_what_can_be_reported():
    strata = Strata.of(["a", "b", "c"], [1000, 1000, 1000], rates={"p": [0.9, 0.5, 0.9]}, minimum=0)
    table = allocate(strata, 110, measure=[35, 35, 20], rule=ReportingRule(30, 0.12))
    assert [unit.is_reportable for unit in table.units] == [True, False, False]
    assert [unit.components[0].withheld for unit in table.units] == [(), (TOO_WIDE,), (TOO_FEW,)]
    assert table.n_reportable == 1


def test_a_mean_has_no_limit_of_its_margin():
    strata = Strata.of(["a"], [1000], means={"score": 50}, sds={"score": 20})
    table = allocate(strata, 40)
    assert table.components[0].withheld == ()
    assert table.components[0].precision.margin > 1


def test_a_stratum_without_interviews_leaves_its_unit_unknown():
    strata = Strata.of(["a", "b"], [1000, 1], minimum=0)
    table = allocate(strata, 50)
    assert [row.interviews for row in table.strata] == [50, 0]
    assert math.isnan(table.strata[1].weight)
    for expected in (*table.strata[1].components, *table.components):
        assert expected.precision.notes == (WITHOUT_INTERVIEWS,)
        assert math.isinf(expected.precision.margin)
        assert math.isnan(expected.design_effect)
    assert not table.units[1].is_reportable
    with pytest.raises(OutOfRangeError):
        _ = table.units[1].components[0].sample


def test_two_units_of_a_table_can_be_compared():
    strata = Strata.of(["a", "b"], [2000, 900], rates={"p": [0.85, 0.8]}, effect=1.3)
    first, second = (unit.components[0] for unit in allocate(strata, 600).units)
    seen = detectable_change(first.mean, first.sample, second.sample)
    assert 0.05 < seen.fall < 0.15


def test_targets_are_checked_for_every_method():
    strata = Strata.of(["a", "b"], [1000, 9000])
    table = allocate(strata, 1000, targets=[Target.each_unit(margin=0.05)])
    assert [row.is_reached for row in table.targets] == [False, True]
    assert table.targets[0].expected > table.targets[0].wanted
    assert all(math.isnan(row.saving) for row in table.targets)
    assert math.isnan(table.relaxation)


def test_expected_errors_are_those_of_real_draws():
    """Draw a known population many times; clusters and silence are left out."""
    random = np.random.default_rng(20250701)
    population = [300, 900, 150]
    answers = [random.random(size) < p for size, p in zip(population, (0.9, 0.6, 0.3), strict=True)]
    strata = Strata.of(["a", "b", "c"], population, rates={"p": [float(y.mean()) for y in answers]})
    table = allocate(strata, 200, Method.SQUARE_ROOT)
    sizes = [row.interviews for row in table.strata]
    share = np.array(population) / sum(population)
    estimates = [
        sum(
            part * random.choice(y, n, replace=False).mean()
            for part, y, n in zip(share, answers, sizes, strict=True)
        )
        for _ in range(4000)
    ]
    expected = table.components[0].precision.standard_error
    # The error of a standard deviation of 4,000 is about 1.1 per cent.
    assert np.std(estimates) == pytest.approx(expected, rel=0.045)
    assert np.mean(estimates) == pytest.approx(table.components[0].mean, abs=4 * expected / 63)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_every_figure_is_a_number_or_says_why_not(data):
    n = data.draw(st.integers(1, 6))

    def each(low, high):
        return [data.draw(st.floats(low, high)) for _ in range(n)]

    strata = Strata.of(
        [f"s{at}" for at in range(n)],
        [data.draw(st.integers(1, 400)) for _ in range(n)],
        units=[data.draw(st.sampled_from("AB")) for _ in range(n)],
        rates={"p": each(0, 1)},
        means={"m": each(-5, 5)},
        sds={"m": each(0, 9)},
        effect=each(0.5, 3),
        response=each(0.2, 1),
        eligibility=each(0.3, 1),
        minimum=data.draw(st.integers(0, 3)),
    )
    size = data.draw(st.integers(int(strata.lower.sum()), int(strata.upper.sum())))
    table = allocate(strata, size, data.draw(st.sampled_from([Method.EQUAL, Method.NEYMAN])))
    groups = [row.components for row in table.strata] + [unit.components for unit in table.units]
    for expected in (*table.components, *(item for group in groups for item in group)):
        assert not math.isnan(expected.precision.margin)
        assert expected.precision.margin >= 0
        assert set(expected.precision.notes) <= NOTE_CODES
        assert set(expected.withheld) <= WITHHELD_CODES
        if math.isinf(expected.precision.margin):
            assert WITHOUT_INTERVIEWS in expected.precision.notes
    assert sum(row.interviews for row in table.strata) == table.interviews == size
    assert sum(unit.interviews for unit in table.units) == size
    assert sum(unit.cases for unit in table.units) == table.cases
    found = np.array([row.interviews for row in table.strata])
    assert np.all(cases_for(strata, found) <= strata.population)
    if table.interviews:
        assert table.weighting_effect >= 1 - 1e-9
