"""Which outcomes there are and which may follow which."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.fieldwork.attempts import AttemptRule, Shortfall, part_of_day, shortfall
from surveys.fieldwork.dispositions import (
    ALL,
    BY_CODE,
    FINAL,
    INTERIM,
    Category,
    after,
    may_be_replaced,
    may_follow,
)

MONDAY = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)


def test_codes_are_unique_and_numbers_stand_in_the_block_of_their_category():
    assert len(BY_CODE) == len(ALL)
    blocks = {
        Category.INTERVIEW: "1.1", Category.PARTIAL: "1.2", Category.REFUSAL: "2.1",
        Category.NON_CONTACT: "2.2", Category.OTHER: "2.3", Category.UNKNOWN_HOUSEHOLD: "3.1",
        Category.UNKNOWN_OTHER: "3.9", Category.NOT_ELIGIBLE: "4.",
    }  # fmt: skip
    for each in ALL:
        for kind in ("dossier", "area"):
            assert each.number_in(kind).startswith(blocks[each.category_in(kind)])


def test_who_has_left_the_village_is_not_eligible_but_the_dossier_stays_theirs():
    moved = BY_CODE["moved"]
    assert moved.category_in("area") is Category.NOT_ELIGIBLE
    assert moved.category_in("dossier") is Category.UNKNOWN_OTHER


def test_work_that_goes_on_counts_as_unknown():
    unknown = {Category.UNKNOWN_HOUSEHOLD, Category.UNKNOWN_OTHER}
    assert {BY_CODE[code].category for code in INTERIM} <= unknown


def test_nothing_follows_a_final_outcome():
    assert all(may_follow(code) == () for code in FINAL)


def test_an_interview_may_be_the_first_thing_that_happens():
    assert after("not-worked", "interview") == "interview"


def test_nobody_goes_back_to_not_worked_or_opens_a_case_by_recording_it():
    for code in INTERIM:
        assert not {"not-worked", "reopened"} & set(may_follow(code))


def test_who_was_spoken_with_was_not_never_reached():
    assert "non-contact" not in may_follow("contacted")
    assert "non-contact" not in may_follow("appointment")
    assert "absent" in may_follow("contacted")
    assert "non-contact" in may_follow("attempted")


def test_a_visit_in_vain_does_not_undo_a_contact():
    assert after("not-worked", "attempted") == "attempted"
    assert after("contacted", "attempted") == "contacted"
    assert after("appointment", "attempted") == "contacted"


def test_an_appointment_may_be_followed_by_another():
    assert after("appointment", "appointment") == "appointment"


def test_what_may_not_follow_is_refused():
    with pytest.raises(ValueError, match="cannot follow"):
        after("refusal", "interview")
    with pytest.raises(KeyError):
        may_follow("vanished")


@given(st.lists(st.sampled_from([each.code for each in ALL]), max_size=12))
def test_however_it_is_recorded_a_case_ends_once(recorded):
    now, ended = "not-worked", 0
    for code in recorded:
        if code in may_follow(now):
            now = after(now, code)
            ended += now in FINAL
    assert ended <= 1
    assert (ended == 1) == (now in FINAL)


def test_only_what_ended_without_answers_may_be_replaced():
    for kind in ("dossier", "area"):
        replaced = {each.code for each in ALL if may_be_replaced(each.code, kind)}
        assert replaced == FINAL - {"interview", "partial"}


def test_three_visits_on_two_days_at_two_parts_of_the_day_are_enough():
    visits = [MONDAY, MONDAY.replace(hour=15), MONDAY + timedelta(days=1)]
    assert shortfall(visits, AttemptRule()) is None


def test_what_is_missing_is_said():
    assert shortfall([], AttemptRule()) == Shortfall(3, 2, 2)
    assert shortfall([MONDAY], AttemptRule()) == Shortfall(2, 1, 1)
    morning = [MONDAY + timedelta(minutes=20 * k) for k in range(4)]
    assert shortfall(morning, AttemptRule()) == Shortfall(0, 1, 1)


def test_the_same_visit_written_twice_is_one():
    visits = [MONDAY, MONDAY.replace(second=40), MONDAY + timedelta(days=5)]
    assert shortfall(visits, AttemptRule()) == Shortfall(1, 0, 0)


@pytest.mark.parametrize(
    ("at", "part"),
    [
        (datetime(2026, 11, 2, 11, 59, tzinfo=UTC), "morning"),
        (datetime(2026, 11, 2, 12, 0, tzinfo=UTC), "afternoon"),
        (datetime(2026, 11, 2, 18, 0, tzinfo=UTC), "evening"),
        (datetime(2026, 11, 7, 8, 0, tzinfo=UTC), "weekend"),
    ],
)
def test_a_weekend_is_a_part_of_its_own(at, part):
    assert part_of_day(at) == part


@pytest.mark.parametrize("wrong", [(1, 2, 1), (3, 0, 1), (2, 2, 3), (9, 5, 5)])
def test_a_rule_that_cannot_be_met_is_refused(wrong):
    with pytest.raises(ValueError):
        AttemptRule(*wrong)


def test_the_page_on_fieldwork_lists_every_disposition_as_it_is():
    page = (Path(__file__).parents[2] / "docs/fieldwork.md").read_text(encoding="utf-8")
    for each in ALL:
        number, category = each.number, str(each.category)
        if each.in_areas is not None:
            number += f", in areas {each.in_areas[0]}"
            category += f", in areas {each.in_areas[1]}"
        assert f"| `{each.code}` | {number} | {category} |" in page
