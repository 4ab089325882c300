"""What pages and lists are told of cases."""

from datetime import timedelta

import pytest

from app.errors import NotFoundError
from app.queries import case_detail, case_list, cases
from app.queries.case_list import Choice
from app.services.cases import recording, reopening, replacing
from app.services.cases.rules import HERE
from surveys.fieldwork.case_code import write
from tests.app import builders
from tests.app.cases import samples
from tests.app.cases.samples import ASKER, MONDAY, NOW, OTHER


@pytest.fixture
def worked(database, draw, record, case_of):
    """Case 1 interviewed, 2 refused and replaced by 5, 3 to be met, 7 refused and asked for."""
    record(1, "interview")
    record(2, "refusal")
    record(3, "appointment", appointment_at=NOW + timedelta(hours=3))
    record(7, "refusal")
    record(8, "partial")
    with database.write() as db:
        for number in (2, 7):
            asked = replacing.ask(
                db, draw, number, version=case_of(number).version, reason="Từ chối", actor=ASKER,
                now=NOW,
            )  # fmt: skip
            if number == 2:
                replacing.give(db, asked.id, actor=OTHER, now=NOW)
        reopening.ask(
            db, draw, 8, version=case_of(8).version, reason="Muốn trả lời tiếp", actor=ASKER,
            now=NOW,
        )  # fmt: skip
    return draw


@pytest.fixture
def numbers(database, worked):
    """Numbers of the cases that a choice leaves."""

    def find(page=1, **choice):
        with database.read() as db:
            shown = cases.draw_cases(db, worked)
            found = case_list.listed(
                db, shown, Choice(**choice), page=page, now=NOW.astimezone(HERE)
            )
        return [item.number for item in found.items]

    return find


def test_how_far_the_work_has_come(database, worked):
    with database.read() as db:
        (shown,) = cases.draws_with_cases(db)
    assert (shown.n_given_out, shown.n_substitutes) == (9, 1)
    assert (shown.n_ended, shown.n_open, shown.n_answered, shown.n_waiting) == (4, 5, 2, 2)
    assert (shown.kind, shown.round_code, shown.superseded) == ("dossier", "mau-dossier", False)


def test_a_draw_without_cases_is_not_listed(database):
    with database.write() as db:
        province = builders.province(db)
        round_ = builders.sampled_round(db, builders.campaign(db, province))
        made = samples.drawn(db, round_, samples.frame(db, province)).id
    with database.read() as db:
        assert cases.draws_with_cases(db) == ()
        with pytest.raises(NotFoundError):
            cases.draw_cases(db, made)
        with pytest.raises(NotFoundError):
            cases.draw_cases(db, 10**30)


def test_tallies_tell_main_cases_from_substitutes(database, worked):
    with database.read() as db:
        found = cases.tallies(db, worked)
    assert sum(each.n for each in found) == 9
    assert {each.stratum for each in found} == {"Phường", "Xã"}
    (replaced,) = [each for each in found if each.replaced]
    assert (replaced.commune, replaced.disposition, replaced.n) == ("06652", "refusal", 1)
    (called,) = [each for each in found if not each.is_main]
    assert (called.commune, called.disposition, called.weight) == ("06652", "not-worked", 10.0)


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ({}, [1, 2, 3, 4, 5, 7, 8, 9, 10]),
        ({"commune": "06700"}, [7, 8, 9, 10]),
        ({"state": "refusal"}, [2, 7]),
        ({"state": "open"}, [3, 4, 5, 9, 10]),
        ({"state": "ended"}, [1, 2, 7, 8]),
        ({"state": "answered"}, [1, 8]),
        ({"state": "waiting"}, [7, 8]),
        ({"state": "appointment-due"}, [3]),
        ({"state": "no such state"}, [1, 2, 3, 4, 5, 7, 8, 9, 10]),
        ({"role": "main"}, [1, 2, 3, 4, 7, 8, 9, 10]),
        ({"role": "substitute"}, [5]),
        ({"role": "replaced"}, [2]),
        ({"role": "reserve"}, [6, 11, 12]),
        ({"text": "7"}, [7]),
        ({"text": "999999999"}, []),
        ({"text": "%"}, []),
    ],
)
def test_lists_are_narrowed(numbers, choice, expected):
    assert numbers(**choice) == expected


def test_a_case_is_found_by_its_code_and_its_surveyor(database, worked, numbers):
    assert numbers(text=write(worked, 4)) == [4]
    assert numbers(text=write(worked + 1, 4)) == []
    with database.write() as db:
        recording.assign(db, worked, "06700", "Trần Văn Bình", actor=ASKER, now=NOW)
    assert numbers(text="văn b") == [9, 10]


def test_long_lists_are_shown_a_page_at_a_time(database, worked, numbers, monkeypatch):
    monkeypatch.setattr(case_list, "PAGE", 4)
    assert numbers(page=1) == [1, 2, 3, 4]
    assert numbers(page=3) == [10]
    assert numbers(page=99) == [10]
    assert numbers(page=-5) == [1, 2, 3, 4]


def test_what_waits_for_a_second_person(database, worked):
    with database.read() as db:
        found = cases.requests(db, cases.draw_cases(db, worked))
    assert [(each.kind, each.number, each.commune_name) for each in found] == [
        ("substitution", 7, "Xã Quảng La"),
        ("reopening", 8, "Xã Quảng La"),
    ]
    assert found[0].reason == "Từ chối"
    assert found[1].asked_by == ASKER


def test_a_case_tells_all_that_happened_to_it(database, worked):
    with database.read() as db:
        replaced, substitute, asked = (case_detail.detail(db, worked, n) for n in (2, 5, 8))
    assert [event.kind for event in replaced.events] == ["outcome", "substitution"]
    assert replaced.substitution.substitute == 5
    assert replaced.n_reserves_left == 1
    assert (substitute.stands_for, substitute.active) == (2, True)
    assert asked.reopening.note == "Muốn trả lời tiếp"
    assert asked.events[0].happened_at == MONDAY


def test_a_case_that_does_not_exist_is_not_found(database, draw):
    with database.read() as db:
        for number in (99, 10**30):
            with pytest.raises(NotFoundError):
                case_detail.detail(db, draw, number)
