"""What happened to a case: what may be recorded, by whom it was seen last, and what it becomes."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.errors import ConflictError
from app.models import CaseEvent, Draw, Round
from app.services.cases import recording, rules
from tests.app.cases.samples import ASKER, DRAWN_AT, MONDAY, NOW

TUESDAY_EVENING = MONDAY + timedelta(days=1, hours=10)
SATURDAY = MONDAY + timedelta(days=5)


def refused(act, *arguments, **values):
    with pytest.raises(ConflictError) as found:
        act(*arguments, **values)
    return found.value


def test_an_interview_ends_the_work(database, record, case_of):
    record(1, "interview", note="  Trả lời đủ  ")
    case = case_of(1)
    assert (case.disposition, case.n_attempts, case.version) == ("interview", 1, 2)
    with database.read() as db:
        event = db.scalars(select(CaseEvent)).one()
    assert (event.kind, event.disposition, event.note) == ("outcome", "interview", "Trả lời đủ")
    assert (event.recorded_by, event.happened_at, event.recorded_at) == (ASKER, MONDAY, NOW)


def test_nothing_follows_an_outcome(record):
    record(1, "refusal")
    error = refused(record, 1, "interview")
    assert (error.code, error.context) == ("disposition.final", {"now": "refusal"})


def test_an_appointment_wants_a_later_day(record, case_of):
    assert refused(record, 1, "appointment").code == "appointment.missing"
    assert refused(record, 1, "appointment", appointment_at=MONDAY).code == "appointment.not-later"
    record(1, "appointment", appointment_at=SATURDAY)
    assert case_of(1).appointment_at == SATURDAY


def test_a_missed_appointment_leaves_a_contact(record, case_of):
    record(1, "appointment", appointment_at=SATURDAY)
    record(1, "attempted", at=SATURDAY)
    case = case_of(1)
    assert (case.disposition, case.appointment_at, case.n_attempts) == ("contacted", None, 2)


def test_nobody_is_given_up_before_three_attempts_at_different_times(record, case_of):
    error = refused(record, 1, "non-contact")
    assert error.code == "attempts.too-few"
    assert error.context == {"n": 1, "attempts": 2, "days": 1, "parts": 1}
    record(1, "attempted")
    record(1, "attempted", at=MONDAY + timedelta(hours=1))
    error = refused(record, 1, "non-contact", at=MONDAY + timedelta(hours=2))
    assert error.context == {"n": 3, "attempts": 0, "days": 1, "parts": 1}
    record(1, "non-contact", at=TUESDAY_EVENING)
    assert case_of(1).disposition == "non-contact"


def test_papers_read_at_the_desk_are_no_attempt(record, case_of):
    record(1, "attempted")
    record(1, "attempted", at=TUESDAY_EVENING)
    assert refused(record, 1, "non-contact", mode="desk", at=SATURDAY).code == "attempts.too-few"
    record(1, "duplicate", mode="desk", at=SATURDAY)
    assert case_of(1).n_attempts == 2


def test_the_rule_is_a_setting_of_the_round(database, draw, record, case_of):
    with database.write() as db:
        rules.set_rule(
            db, db.get(Draw, draw).round_id, attempts=1, days=1, parts=1, eligible_share=0.8,
            actor="lan@quangninh.gov.vn", now=NOW,
        )  # fmt: skip
    record(1, "non-contact")
    assert case_of(1).disposition == "non-contact"
    with database.read() as db:
        assert rules.rule_of(db, db.get(Draw, draw).round_id).eligible_share == 0.8


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"attempts": 2, "days": 3, "parts": 1, "eligible_share": None}, "rule.attempts"),
        ({"attempts": 9, "days": 1, "parts": 5, "eligible_share": None}, "rule.attempts"),
        ({"attempts": 3, "days": 2, "parts": 2, "eligible_share": 1.2}, "rule.share"),
    ],
)
def test_a_rule_that_cannot_be_is_refused(database, draw, values, code):
    with database.write() as db:
        error = refused(
            rules.set_rule, db, db.get(Draw, draw).round_id, actor="x", now=NOW, **values
        )
    assert error.code == code


@pytest.mark.parametrize(
    ("disposition", "values", "code"),
    [
        ("vanished", {}, "disposition.unknown"),
        ("not-worked", {}, "disposition.cannot-follow"),
        ("interview", {"mode": "dream"}, "mode.unknown"),
        ("interview", {"at": NOW + timedelta(minutes=1)}, "event.in-future"),
        ("interview", {"at": DRAWN_AT - timedelta(days=1)}, "event.before-draw"),
        ("other-eligible", {}, "note.missing"),
        ("interview", {"note": "x" * 1001}, "note.too-long"),
    ],
)
def test_what_cannot_have_happened_is_refused(record, case_of, disposition, values, code):
    assert refused(record, 1, disposition, **values).code == code
    assert case_of(1).version == 1


def test_who_saw_an_older_version_overwrites_nobody(record, case_of):
    record(1, "contacted")
    assert refused(record, 1, "refusal", version=1).code == "case.changed"
    assert case_of(1).disposition == "contacted"


def test_a_reserve_that_was_not_called_up_is_not_worked_on(record):
    assert refused(record, 5, "interview").code == "case.not-active"


def test_cases_of_a_published_round_stay_as_they_are(database, draw, record):
    with database.write() as db:
        db.get(Round, db.get(Draw, draw).round_id).state = "published"
    assert refused(record, 1, "interview").code == "cases.round-published"


def test_cases_of_a_draw_that_was_made_again_stay_as_they_are(database, draw, record):
    with database.write() as db:
        first = db.get(Draw, draw)
        db.add(
            Draw(
                round_id=first.round_id, number=2, frame_id=first.frame_id, state="drawn",
                frame_hash="a", plan_name="", plan_text="", plan_hash="b", code_version="1",
                reason="Sai khung", replaces_draw_id=draw, requested_by="a", requested_at=NOW,
                approved_by="b", approved_at=NOW, seed_text="1", drawn_by="a", drawn_at=NOW,
                list_hash="c",
            )
        )  # fmt: skip
    assert refused(record, 1, "interview").code == "draw.superseded"


def test_a_note_can_be_added_to_a_case_that_has_ended(database, draw, record, case_of):
    record(1, "refusal")
    with database.write() as db:
        recording.add_note(
            db, draw, 1, version=2, note="Con trai\u0000 trả lời\nthay", actor=ASKER, now=NOW
        )
    with database.read() as db:
        assert db.scalars(select(CaseEvent.note)).all() == [None, "Con trai trả lời thay"]
    assert case_of(1).version == 3


def test_cases_of_a_commune_are_given_to_a_surveyor(database, draw, record, case_of):
    record(1, "interview")
    with database.write() as db:
        n = recording.assign(db, draw, "06652", "Trần Văn Bình", actor=ASKER, now=NOW)
    assert n == 3
    assert [case_of(number).assignee for number in (1, 2, 5, 7)] == [
        None, "Trần Văn Bình", None, None,
    ]  # fmt: skip
    with database.write() as db:
        assert recording.assign(db, draw, "06652", "Trần Văn Bình", actor=ASKER, now=NOW) == 0
