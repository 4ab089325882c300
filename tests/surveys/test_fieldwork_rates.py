"""Outcome rates: by hand, against a published example, and laws that always hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.fieldwork.dispositions import Category
from surveys.fieldwork.rates import (
    FORMULAS,
    NOTES,
    Counts,
    count,
    count_by,
    eligibility,
    outcome_rates,
    rates_by,
)

# README of the R package outcomerate 1.1.0, which follows AAPOR's calculator: 12 people.
PUBLISHED = {
    "RR1": 0.364, "RR2": 0.545, "RR3": 0.370, "RR4": 0.556, "RR5": 0.444, "RR6": 0.667,
    "COOP1": 0.500, "COOP2": 0.750, "COOP3": 0.571, "COOP4": 0.857,
    "REF1": 0.091, "REF2": 0.093, "REF3": 0.111,
    "CON1": 0.727, "CON2": 0.741, "CON3": 0.889,
}  # fmt: skip
SIZE = st.integers(0, 500)
COUNTS = st.builds(Counts, SIZE, SIZE, SIZE, SIZE, SIZE, SIZE, SIZE, SIZE)
SHARE = st.floats(0, 1)


def values(rates):
    return {name: rate.value for name, rate in rates.rates.items()}


def at_most(first, second):
    return first is None or second is None or first <= second + 1e-12


def test_the_published_example_is_met():
    rates = outcome_rates(Counts(i=4, p=2, r=1, nc=1, o=1, uh=1, uo=1, ne=1))
    assert rates.e == pytest.approx(0.9)
    assert rates.e_source == "own"
    assert {name: round(value, 3) for name, value in values(rates).items()} == PUBLISHED


def test_the_published_example_with_weights_is_met():
    outcomes = ["I", "P", "I", "UO", "R", "I", "NC", "I", "O", "P", "UH"]
    weights = [1.3] * 6 + [2.5] * 5
    plain = outcome_rates(count(map(Category, outcomes)))
    weighted = outcome_rates(count(map(Category, outcomes), weights))
    assert (round(plain["RR2"].value, 2), round(plain["CON1"].value, 2)) == (0.55, 0.73)
    assert (round(weighted["RR2"].value, 2), round(weighted["CON1"].value, 2)) == (0.50, 0.69)


def test_a_commune_by_hand():
    # 20 cases: 12 interviews, 3 refusals, 2 never reached, 1 ill, 2 addresses not found.
    rates = outcome_rates(Counts(i=12, r=3, nc=2, o=1, uh=2), e=0.5)
    assert rates["RR1"].value == 12 / 20
    assert rates["RR3"].value == 12 / 19
    assert rates["RR5"].value == 12 / 18
    assert rates["COOP1"].value == 12 / 16
    assert rates["COOP3"].value == 12 / 15
    assert rates["REF1"].value == 3 / 20
    assert rates["CON1"].value == 16 / 20


def test_formulas_can_be_read():
    assert FORMULAS["RR1"].text == "I / (I + P + R + NC + O + UH + UO)"
    assert FORMULAS["RR4"].text == "(I + P) / (I + P + R + NC + O + e(UH + UO))"
    assert FORMULAS["COOP3"].text == "I / (I + P + R)"


def test_a_rate_of_nothing_has_no_value_and_says_why():
    rates = outcome_rates(Counts())
    assert set(values(rates).values()) == {None}
    assert {rate.note for rate in rates.rates.values()} == {"denominator.zero"}
    assert rates.e is None


def test_not_eligible_cases_alone_make_no_rate():
    assert outcome_rates(Counts(ne=7))["RR1"].note == "denominator.zero"


def test_without_a_case_that_tells_there_is_no_share_of_eligible_ones():
    rates = outcome_rates(Counts(uo=5))
    assert rates["RR1"].value == 0
    assert rates["RR3"].note == "eligibility.unknown"
    assert rates["RR3"].below is None
    assert {rate.note for rate in rates.rates.values()} - {""} <= NOTES


def test_where_all_the_known_are_not_eligible_nobody_unknown_is_taken_to_be():
    rates = outcome_rates(Counts(uo=5, ne=5))
    assert rates.e == 0
    assert rates["RR3"].note == "denominator.zero"


@pytest.mark.parametrize("e", [-0.1, 1.5, float("nan")])
def test_a_share_of_eligible_ones_is_a_share(e):
    with pytest.raises(ValueError):
        outcome_rates(Counts(i=1), e=e)


@pytest.mark.parametrize("wrong", [-1.0, float("inf"), float("nan")])
def test_counts_are_numbers_of_cases(wrong):
    with pytest.raises(ValueError):
        Counts(i=wrong)


def test_a_stratum_that_tells_nothing_borrows_the_share_of_all():
    outcomes = [Category(each) for each in ("I", "NE", "UO", "UO")]
    rates = rates_by(outcomes, ["a", "a", "a", "b"])
    assert (rates["a"].e, rates["a"].e_source) == (0.5, "own")
    assert (rates["b"].e, rates["b"].e_source) == (0.5, "all")
    assert rates["b"]["RR3"].value == 0


def test_groups_and_weights_must_be_as_many_as_cases():
    with pytest.raises(ValueError):
        count_by([Category.INTERVIEW], ["a", "b"])
    with pytest.raises(ValueError):
        count([Category.INTERVIEW], [1.0, 2.0])


@given(COUNTS, SHARE)
def test_rates_are_shares_in_their_order(counts, e):
    found = values(outcome_rates(counts, e=e))
    assert all(value is None or 0 <= value <= 1 for value in found.values())
    for low, high in (
        ("RR1", "RR2"), ("RR2", "RR6"), ("RR1", "RR3"), ("RR3", "RR5"), ("RR5", "RR6"),
        ("RR2", "RR4"), ("RR4", "RR6"), ("COOP1", "COOP2"), ("COOP2", "COOP4"),
        ("COOP1", "COOP3"), ("REF1", "REF2"), ("REF2", "REF3"), ("CON1", "CON2"),
        ("CON2", "CON3"), ("RR2", "CON1"),
    ):  # fmt: skip
        assert at_most(found[low], found[high]), (low, high)


@given(COUNTS)
def test_the_share_of_eligible_ones_runs_between_the_two_extremes(counts):
    if counts.known_eligible == 0:
        return
    all_in, none_in = outcome_rates(counts, e=1), outcome_rates(counts, e=0)
    assert all_in["RR3"].value == pytest.approx(all_in["RR1"].value)
    assert none_in["RR3"].value == pytest.approx(none_in["RR5"].value)
    assert none_in["REF2"].value == pytest.approx(none_in["REF3"].value)


@given(COUNTS)
def test_answers_refusals_and_the_rest_make_the_whole(counts):
    if counts.known_eligible + counts.unknown == 0:
        return
    found = outcome_rates(counts)
    rest = (counts.nc + counts.o + counts.unknown) / found["RR1"].below
    assert found["RR2"].value + found["REF1"].value + rest == pytest.approx(1)


@given(COUNTS, COUNTS, SHARE)
def test_two_strata_together_lie_between_the_two(first, second, e):
    names = first.__slots__
    both = Counts(*(getattr(first, n) + getattr(second, n) for n in names))
    one, two, merged = (values(outcome_rates(each, e=e)) for each in (first, second, both))
    for name in FORMULAS:
        known = [rates[name] for rates in (one, two) if rates[name] is not None]
        if known:
            assert min(known) - 1e-12 <= merged[name] <= max(known) + 1e-12


@given(COUNTS, st.floats(0.01, 1000))
def test_weights_of_one_size_change_nothing(counts, size):
    scaled = Counts(*(getattr(counts, name) * size for name in counts.__slots__))
    plain, weighted = values(outcome_rates(counts)), values(outcome_rates(scaled))
    for name, value in plain.items():
        assert weighted[name] == (None if value is None else pytest.approx(value))


@given(COUNTS, SIZE)
def test_more_cases_that_are_not_eligible_never_lower_a_rate(counts, more):
    others = {name: getattr(counts, name) for name in counts.__slots__}
    larger = Counts(**{**others, "ne": counts.ne + more})
    before, after = values(outcome_rates(counts)), values(outcome_rates(larger))
    assert all(at_most(before[name], after[name]) for name in FORMULAS)
    assert at_most(eligibility(larger), eligibility(counts))


@given(st.lists(st.tuples(st.sampled_from(Category), st.sampled_from("abc"), st.floats(0.1, 90))))
def test_the_order_of_the_cases_does_not_matter(cases):
    def made(listed):
        return count_by([c for c, _, _ in listed], [g for _, g, _ in listed],
                        [w for _, _, w in listed])  # fmt: skip

    assert made(cases) == made(cases[::-1])
    assert sum(each.total for each in made(cases).values()) == pytest.approx(
        sum(weight for _, _, weight in cases)
    )
