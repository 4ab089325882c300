"""What may be published."""

import dataclasses
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.index.evaluate import Measure, NodeEstimate
from analysis.quality import QualityRules, judge, judge_all, rules_of_publication
from analysis.results import Estimate, Interval, IntervalMethod, Note
from analysis.suppression import Part, cover
from analysis.tally import Tally
from analysis.tally_quality import judge_tallies

RULES = QualityRules(min_n=30, min_df=4, max_half_width=0.1, min_cell=10)
NAN = math.nan


def estimate(n=100, df=20, low=0.75, high=0.85, value=0.8, method=IntervalMethod.LOGIT):
    return Estimate(value, 0.02, Interval(low, high, 0.95, method), n, float(n), df, 1.0)


def figure(n, code="", kind="unit", measure=Measure.SATISFIED, node="x", **options):
    return NodeEstimate(node, kind if code else "", code, measure, estimate(n, **options))


def verdicts(figures, rules=RULES, within=None):
    return {
        (j.figure.domain_code, j.figure.measure.value): j.verdict
        for j in judge_all(figures, rules, within)
    }


def codes(verdict):
    return [note.code for note in verdict.notes]


def test_a_good_estimate_is_published():
    verdict = judge(estimate(), RULES)
    assert verdict.publishable
    assert verdict.notes == ()
    assert verdict.n_shown == 100


@pytest.mark.parametrize(
    ("options", "note"),
    [
        ({"n": 29}, Note("suppressed.few-respondents", "30")),
        ({"df": 3}, Note("suppressed.few-psus", "4")),
        ({"low": 0.6, "high": 0.9}, Note("suppressed.wide-interval", "0.1")),
    ],
)
def test_an_imprecise_estimate_is_kept_back_with_its_n_shown(options, note):
    verdict = judge(estimate(**options), RULES)
    assert not verdict.publishable
    assert verdict.notes == (note,)
    assert verdict.n_shown == estimate(**options).n


def test_thresholds_themselves_pass():
    assert judge(estimate(n=30, df=4, low=0.7, high=0.9), RULES).publishable


def test_too_few_people_are_masked():
    verdict = judge(estimate(n=9), RULES)
    assert codes(verdict) == ["suppressed.confidential", "suppressed.few-respondents"]
    assert verdict.n_shown is None


def test_nobody_is_no_secret():
    verdict = judge(estimate(n=0, value=NAN, low=NAN, high=NAN), RULES)
    assert codes(verdict) == ["suppressed.no-respondents"]
    assert verdict.n_shown == 0


def test_the_width_of_other_units_is_not_that_of_shares():
    assert judge(estimate(low=3.0, high=4.0), RULES, is_share=False).publishable


def test_a_relative_width_can_be_asked_for():
    rules = dataclasses.replace(RULES, max_half_width=1.0, max_relative_half_width=0.5)
    assert judge(estimate(value=0.2, low=0.1, high=0.3), rules).publishable
    verdict = judge(estimate(value=0.19, low=0.1, high=0.3), rules)
    assert codes(verdict) == ["suppressed.wide-interval-relative"]
    assert not judge(estimate(value=0.0, low=0.0, high=0.1), rules).publishable


def test_a_change_near_nought_is_not_wide_beside_itself():
    rules = rules_of_publication(30, 0.1)
    narrow = {"value": 0.001, "low": -0.019, "high": 0.021, "method": IntervalMethod.MEAN}
    figures = [figure(100, node="change", **narrow), figure(100, node="level", **narrow)]
    found = [one.verdict for one in judge_all(figures, rules, changes={"change"})]
    assert found[0].publishable
    assert codes(found[1]) == ["suppressed.wide-interval-relative"]
    imprecise = judge_all([figure(20, node="change", **narrow)], rules, changes={"change"})
    assert codes(imprecise[0].verdict) == ["suppressed.few-respondents"]


def test_publications_of_before_judged_changes_beside_themselves():
    was = dataclasses.replace(rules_of_publication(30, 0.1), spares_changes=False)
    assert not judge(estimate(value=0.001, low=-0.019, high=0.021), was, is_change=True).publishable


def test_no_interval_is_not_a_narrow_interval():
    assert codes(judge(estimate(low=NAN, high=NAN), RULES)) == ["suppressed.wide-interval"]


def test_a_masked_unit_gets_company():
    found = verdicts([figure(200), figure(5, "a"), figure(60, "b"), figure(40, "c")])
    assert found["a", "satisfied"].n_shown is None
    assert codes(found["c", "satisfied"]) == ["suppressed.protects-another"]
    assert found["c", "satisfied"].n_shown is None
    assert not found["c", "satisfied"].publishable
    assert found["b", "satisfied"].publishable
    assert found["", "satisfied"].publishable


def test_company_that_is_kept_back_anyway_comes_first():
    found = verdicts([figure(5, "a"), figure(40, "b"), figure(60, "c", df=1), figure(50, "d")])
    assert found["c", "satisfied"].n_shown is None
    assert found["b", "satisfied"].publishable
    assert found["d", "satisfied"].publishable


def test_several_tiny_units_may_still_be_too_few_people():
    found = verdicts([figure(3, "a"), figure(4, "b"), figure(40, "c"), figure(50, "d")])
    assert found["c", "satisfied"].n_shown is None
    assert found["d", "satisfied"].publishable


def test_units_that_protect_each_other_need_nobody_else():
    found = verdicts([figure(6, "a"), figure(7, "b"), figure(40, "c")])
    assert found["c", "satisfied"].publishable


def test_company_is_sought_within_the_larger_unit_that_is_shown():
    within = {"unit": {"a": "east", "b": "east", "c": "west", "d": "west"}}
    figures = [figure(5, "a"), figure(60, "b"), figure(40, "c"), figure(50, "d")]
    found = verdicts(figures, within=within)
    assert found["b", "satisfied"].n_shown is None
    assert found["c", "satisfied"].publishable


def test_company_is_sought_among_the_same_kind_and_node():
    figures = [
        figure(5, "a"),
        figure(60, "b"),
        figure(40, "f", kind="sex"),
        figure(40, "a", node="y"),
    ]
    judged = judge_all(figures, RULES)
    assert [j.verdict.publishable for j in judged] == [False, False, True, True]


def test_the_measures_of_a_unit_stand_or_fall_together():
    wide = {"low": 0.1, "high": 0.9}
    found = verdicts(
        [
            figure(100, "a"),
            figure(100, "a", measure=Measure.NEUTRAL, **wide),
            figure(100, "b", **wide),
            figure(100, "b", measure=Measure.NEUTRAL),
        ]
    )
    assert found["a", "neutral"].publishable
    assert not found["b", "neutral"].publishable


def test_shares_that_are_values_are_judged_as_shares():
    wide = figure(100, "a", measure=Measure.VALUE, low=0.5, high=0.9)
    points = figure(100, "b", measure=Measure.VALUE, low=0.5, high=0.9, method=IntervalMethod.MEAN)
    found = verdicts([wide, points])
    assert not found["a", "value"].publishable
    assert found["b", "value"].publishable


def count(n, code="", is_node=True):
    return Tally("x", is_node, "counter" if code else "", code, n, n, (), n, 0, 0, 0, 1.0)


def test_counts_of_few_people_are_masked_with_company():
    judged = judge_tallies([count(100), count(5, "1"), count(45, "2"), count(50, "3")], RULES)
    assert [j.verdict.publishable for j in judged] == [True, False, False, True]
    assert [j.verdict.n_shown for j in judged] == [100, None, None, 50]


def test_counts_of_items_do_not_cover_counts_of_nodes():
    judged = judge_tallies([count(5, "1"), count(45, "2"), count(45, "2", is_node=False)], RULES)
    assert [j.verdict.publishable for j in judged] == [False, False, True]


def test_counters_are_parts_of_their_centre():
    within = {"counter": {"1": "x", "2": "x", "3": "y"}}
    judged = judge_tallies([count(5, "1"), count(45, "2"), count(40, "3")], RULES, within)
    assert [j.verdict.publishable for j in judged] == [False, False, True]


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.lists(st.integers(0, 60), min_size=1, max_size=12), st.integers(2, 20))
def test_nobody_can_be_worked_out_as_the_whole_minus_the_rest(sizes, min_people):
    parts = [Part(n, 0 < n < min_people, n >= 30) for n in sizes]
    chosen = set(cover(parts, min_people))
    masked = [place for place, part in enumerate(parts) if part.is_masked or place in chosen]
    if not any(part.is_masked for part in parts):
        assert not chosen
        return
    people = sum(parts[place].n for place in masked)
    everybody = [place for place, part in enumerate(parts) if part.n > 0]
    is_enough = len(masked) >= 2 and people >= min_people
    assert is_enough or sorted(masked) == everybody


def test_a_width_that_is_narrow_by_chance_is_judged_by_the_size_of_the_sample():
    """40 people weigh alike: the least error is 0.063, the interval ±0.12 or more."""
    by_chance = dataclasses.replace(estimate(n=40, df=20), kish_n=40.0)
    rules = dataclasses.replace(RULES, width_by_kish=True)
    assert judge(by_chance, RULES).publishable
    assert codes(judge(by_chance, rules)) == ["suppressed.wide-interval"]
    assert judge(dataclasses.replace(by_chance, kish_n=400.0), rules).publishable
    assert judge(by_chance, rules, is_share=False).publishable


def test_new_publications_ask_for_eight_degrees_of_freedom():
    rules = rules_of_publication(30)
    assert (rules.min_n, rules.min_df, rules.width_by_kish) == (30, 8, True)
    assert codes(judge(estimate(df=7), rules)) == ["suppressed.few-psus"]
