"""Reserves in their order, and what the weights are told of them."""

from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.fieldwork.dispositions import ALL, Category
from surveys.fieldwork.substitution import DrawnCase, Role, next_reserve, weighted_cases


def case(number, **values):
    given = {
        "group": "A", "reserve": 0, "active": True, "replaced": False,
        "disposition": "interview", "base_weight": 10.0,
    }  # fmt: skip
    return DrawnCase(number, **(given | values))


def test_reserves_come_in_their_order():
    assert next_reserve([3, 1, 2], []) == 1
    assert next_reserve([1, 2, 3], [1]) == 2
    assert next_reserve([1, 2], [2, 1]) is None
    assert next_reserve([], []) is None


def test_a_reserve_used_before_its_turn_is_noticed():
    with pytest.raises(ValueError, match="out of order"):
        next_reserve([1, 2, 3], [2])


def test_a_replaced_case_keeps_its_outcome_and_its_group_its_weight():
    cases = [
        case(1),
        case(2, disposition="refusal", replaced=True),
        case(3, reserve=1),
        case(4, reserve=2, active=False, disposition="not-worked"),
    ]
    made = weighted_cases(cases, "dossier")
    assert [each.role for each in made] == [
        Role.MAIN, Role.REPLACED, Role.SUBSTITUTE, Role.UNUSED_RESERVE,
    ]  # fmt: skip
    # Two were meant, three were called up: 10 × 2/3 each, and 20 in all as before.
    assert [each.weight for each in made] == pytest.approx([20 / 3, 20 / 3, 20 / 3, 0])
    assert [each.responded for each in made] == [True, False, True, False]
    assert made[1].category is Category.REFUSAL
    assert made[1].eligible is True


def test_a_substitute_may_be_replaced_too():
    cases = [
        case(1, disposition="refusal", replaced=True),
        case(2, reserve=1, disposition="moved", replaced=True),
        case(3, reserve=2),
    ]
    in_dossiers, in_areas = weighted_cases(cases, "dossier"), weighted_cases(cases, "area")
    assert in_dossiers[1].role is Role.REPLACED_SUBSTITUTE
    assert in_dossiers[1].eligible is None
    assert in_areas[1].eligible is False


def test_a_main_case_that_was_never_given_out_is_a_broken_promise():
    with pytest.raises(ValueError, match="never given out"):
        weighted_cases([case(1, active=False)], "area")


CASES = st.lists(
    st.tuples(
        st.sampled_from("AB"), st.booleans(), st.booleans(),
        st.sampled_from([each.code for each in ALL]),
    ),
    max_size=30,
)  # fmt: skip


@given(CASES)
def test_every_group_keeps_the_weight_of_its_main_sample(drawn):
    cases = [
        case(number, group=group, reserve=0 if main else number + 1, active=main or active,
             disposition=code)
        for number, (group, main, active, code) in enumerate(drawn)
    ]  # fmt: skip
    meant, found, called = defaultdict(float), defaultdict(float), defaultdict(int)
    for before, now in zip(cases, weighted_cases(cases, "dossier"), strict=True):
        meant[before.group] += before.base_weight * (before.reserve == 0)
        found[before.group] += now.weight
        called[before.group] += before.active
    for group, total in meant.items():
        assert found[group] == pytest.approx(total) or called[group] == 0


def test_estimates_with_substitutes_are_unbiased_when_silence_is_by_chance():
    """200 people of whom 80 are satisfied; 10 drawn and 5 in reserve; each answers by chance."""
    rng = np.random.default_rng(20261102)
    satisfied = np.arange(200) < 80
    totals = []
    for _ in range(4_000):
        drawn = rng.permutation(200)[:15]
        answers = rng.random(15) < 0.7
        replaced, used = set(), 0
        for place in range(10):
            if not answers[place] and used < 5:
                replaced.add(place)
                used += 1
        cases = [
            case(place, reserve=max(0, place - 9), active=place < 10 + used,
                 replaced=place in replaced, base_weight=20.0,
                 disposition="interview" if answers[place] else "refusal")
            for place in range(15)
        ]  # fmt: skip
        made = weighted_cases(cases, "dossier")
        everybody = sum(each.weight for each in made)
        those = [each for each in made if each.responded]
        factor = everybody / sum(each.weight for each in those)
        totals.append(sum(each.weight * factor * satisfied[drawn[each.number]] for each in those))
    error = np.std(totals) / len(totals) ** 0.5
    assert abs(np.mean(totals) - 80) < 3 * error
