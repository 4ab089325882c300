"""All indicators together, and what the rate would be without what stands out."""

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from analysis.answers import MISSING
from analysis.screening.dossiers import screen_closing_days, screen_response
from analysis.screening.finding import Indicator, Rules
from analysis.screening.findings import Looked, scale_items, screen
from analysis.screening.sensitivity import Rated, without_surplus_of_satisfied
from tests.analysis import samples

METHOD = samples.method(
    '[nodes.all]\noperation = "pooled_top_box"\nitems = ["a", "b", "c", "d", "e"]',
    items=("a", "b", "c", "d", "e"),
)
ITEMS = scale_items(METHOD)


def looked(unit, answers, **values):
    columns = {item: answers[:, k] for k, item in enumerate(ITEMS)}
    return Looked(
        np.asarray(unit), int(max(unit)) + 1, columns, np.ones(len(answers)), **values
    )  # fmt: skip


def province(n_units=12, n=40, seed=1):
    rng = np.random.default_rng(seed)
    unit = np.repeat(np.arange(n_units), n)
    answers = rng.integers(1, 6, (len(unit), len(ITEMS)))
    day = 739_900 + rng.integers(0, 30, len(unit))
    return unit, answers, day


def flagged(found):
    return {(each.indicator.value, each.unit) for each in found if each.is_flagged}


def test_few_honest_provinces_have_any_flag():
    """No indicator flags anybody in more than about 5 % of provinces of 12 honest units."""
    found = Counter(
        indicator
        for seed in range(100)
        for unit, answers, day in (province(seed=seed),)
        for indicator, _ in flagged(screen(METHOD, looked(unit, answers, day=day)))
    )
    assert all(count <= 8 for count in found.values()), found


def test_a_unit_that_adds_the_best_answers_in_a_day_is_flagged_and_its_rate_recounted():
    unit, answers, day = province()
    own = answers[unit == 3]
    more = np.full((20, 5), 5)
    unit = np.concatenate([unit, np.full(20, 3)])
    answers = np.vstack([answers, more])
    day = np.concatenate([day, np.full(20, 739_902)])
    found = screen(METHOD, looked(unit, answers, day=day))
    assert flagged(found) == {("burst", 3), ("straight-lines", 3)}
    line = next(f for f in found if f.indicator is Indicator.STRAIGHT_LINES and f.unit == 3)
    assert (line.n, line.n_found, line.n_family) == (60, 20, 12)
    assert line.rate == pytest.approx(np.vstack([own, more]).__ge__(4).mean())
    assert line.rate_without == pytest.approx((own >= 4).mean())
    assert line.rate_without <= line.rate_without_surplus <= line.rate
    burst = next(f for f in found if f.indicator is Indicator.BURST and f.unit == 3)
    assert burst.first_day <= 739_902 <= burst.last_day


def test_p_values_are_adjusted_as_statsmodels_does():
    unit, answers, day = province()
    found = screen(METHOD, looked(unit, answers, day=day))
    for indicator in {each.indicator for each in found}:
        mine = [each for each in found if each.indicator is indicator]
        wanted = multipletests([each.p_value for each in mine], method="fdr_bh")[1]
        assert [each.p_adjusted for each in mine] == pytest.approx(wanted)


def test_small_units_are_not_compared():
    unit, answers, _ = province()
    few = np.concatenate([unit, [12] * 19])
    answers = np.vstack([answers, np.full((19, 5), 5)])
    found = screen(METHOD, looked(few, answers))
    assert {each.unit for each in found} == set(range(12))


def test_what_is_not_known_is_not_looked_at():
    unit, answers, _ = province()
    found = {each.indicator for each in screen(METHOD, looked(unit, answers))}
    assert found == {Indicator.STRAIGHT_LINES, Indicator.NEAR_DUPLICATES}
    everything = looked(
        unit, answers, day=np.full(len(unit), 739_900), seconds=np.full(len(unit), 90.0),
        n_words=200, hour=np.full(len(unit), 9.0), number=np.full(len(unit), 33.0),
        device=np.array(["x"] * len(unit), dtype=object),
    )  # fmt: skip
    found = {each.indicator for each in screen(METHOD, everything)}
    assert found == set(Indicator) - {Indicator.RESPONSE_RATE}


def test_many_quick_forms_in_one_unit():
    unit, answers, _ = province()
    seconds = np.where(unit == 5, 20.0, 120.0)
    found = screen(METHOD, looked(unit, answers, seconds=seconds, n_words=100))
    assert flagged(found) == {("speed", 5)}


def test_answers_that_nobody_gave_belong_to_no_pattern():
    unit, answers, _ = province()
    found = screen(METHOD, looked(unit, np.full_like(answers, MISSING)))
    assert flagged(found) == set()
    assert all(math.isnan(each.rate) for each in found)


def test_not_my_concern_is_no_level_of_satisfaction():
    unit, answers, _ = province()
    answers[unit == 4] = 9
    assert flagged(screen(METHOD, looked(unit, answers))) == set()


def test_far_more_answers_than_elsewhere_by_hand():
    """Nine units with 30 of 100, one with 60: the surplus is 30 and all of it was satisfied."""
    n_answers, n_dossiers = np.array([30] * 9 + [60]), np.full(10, 100)
    rate = np.full(10, 0.8)
    found = screen_response(n_answers, n_dossiers, rate)
    assert flagged(found) == {("response-rate", 9)}
    surplus = 60 - 100 * 270.5 / 901
    assert found[9].rate_without_surplus == pytest.approx((48 - surplus) / (60 - surplus))
    assert math.isnan(found[9].rate_without)


def test_more_answers_than_dossiers_cannot_be():
    found = screen_response(np.array([10, 10, 31]), np.full(3, 30), np.full(3, 0.5))
    assert found[2].p_value == 0.0
    assert found[2].is_flagged


def test_dossiers_of_one_day_answered_for_far_more_often():
    """Ten of ten dossiers of one day, two of ten on nine others: P(Bin(28, 1/10) ≥ 10)."""
    n_answers = np.full((3, 10), 2)
    n_answers[1, 4] = 10
    found = screen_closing_days(n_answers, np.full((3, 10), 10), np.full(3, 0.9), 739_900)
    assert flagged(found) == {("burst", 1)}
    assert (found[1].first_day, found[1].n, found[1].n_found) == (739_904, 28, 10)
    assert found[1].expected == pytest.approx(2.8)
    assert found[1].rate_without_surplus == pytest.approx((28 * 0.9 - 7.2) / (28 - 7.2))


def test_nothing_is_left_of_a_surplus_of_everything():
    one = np.array([1.0])
    assert np.isnan(without_surplus_of_satisfied(one, one, one)).all()


@given(st.integers(0, 2**32 - 1), st.floats(0.01, 100))
def test_one_weight_for_all_changes_no_rate(seed, weight):
    rng = np.random.default_rng(seed)
    answers = rng.integers(1, 6, (30, 5))
    columns = {item: answers[:, k] for k, item in enumerate(ITEMS)}
    unit, kept = rng.integers(0, 3, 30), rng.random(30)
    one, other = (Rated.of(METHOD, columns, np.full(30, w)) for w in (1.0, weight))
    assert other.rates(unit, 3, kept) == pytest.approx(one.rates(unit, 3, kept), nan_ok=True)


@given(st.permutations(range(6)))
def test_the_order_of_units_changes_nothing(order):
    unit, answers, day = province(n_units=6)
    place = np.argsort(order)
    rules = Rules(min_n=10)
    found = screen(METHOD, looked(unit, answers, day=day), rules)
    turned = screen(METHOD, looked(place[unit], answers, day=day), rules)
    said = {(f.indicator, int(place[f.unit])): (f.n_found, f.p_value) for f in found}
    for each in turned:
        n_found, p_value = said[each.indicator, each.unit]
        assert each.n_found == n_found
        assert each.p_value == pytest.approx(p_value)
