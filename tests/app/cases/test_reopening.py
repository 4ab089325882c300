"""An outcome is taken back only with a reason and a second person."""

import pytest
from sqlalchemy import select

from app.errors import ConflictError
from app.models import AuditEntry, CaseEvent
from app.services.cases import reopening, replacing
from tests.app.cases.samples import ASKER, NOW, OTHER


@pytest.fixture
def ask(database, draw, case_of):
    def write(number, reason="Người dân đã đồng ý trả lời", actor=ASKER):
        with database.write() as db:
            reopening.ask(
                db, draw, number, version=case_of(number).version, reason=reason, actor=actor,
                now=NOW,
            )  # fmt: skip

    return write


@pytest.fixture
def decide(database, draw, case_of):
    def write(number, *, agree=True, actor=OTHER):
        with database.write() as db:
            reopening.decide(
                db, draw, number, version=case_of(number).version, agree=agree, actor=actor,
                now=NOW,
            )  # fmt: skip

    return write


def code_of(act, *arguments, **values):
    with pytest.raises(ConflictError) as refused:
        act(*arguments, **values)
    return refused.value.code


def test_two_people_open_a_case_again(database, record, ask, decide, case_of):
    record(1, "refusal")
    ask(1)
    assert case_of(1).disposition == "refusal"
    decide(1)
    assert case_of(1).disposition == "reopened"
    record(1, "interview")
    with database.read() as db:
        events = db.scalars(select(CaseEvent).order_by(CaseEvent.id)).all()
        entry = db.scalars(select(AuditEntry).where(AuditEntry.action == "case.reopen")).one()
    assert [event.kind for event in events] == ["outcome", "ask-reopen", "reopen", "outcome"]
    assert (events[2].recorded_by, events[2].approved_by) == (ASKER, OTHER)
    assert entry.details == {"outcome": "refusal", "asked_by": ASKER}


def test_who_asks_cannot_agree(record, ask, decide, case_of):
    record(1, "refusal")
    ask(1)
    assert code_of(decide, 1, actor=ASKER) == "decision.own-request"
    assert case_of(1).disposition == "refusal"


def test_an_outcome_that_is_kept_can_be_asked_for_again(record, ask, decide, case_of):
    record(1, "refusal")
    ask(1)
    decide(1, agree=False)
    assert case_of(1).disposition == "refusal"
    assert code_of(decide, 1) == "decision.not-asked"
    ask(1)
    decide(1)
    assert case_of(1).disposition == "reopened"


def test_what_is_not_final_needs_no_opening(record, ask):
    record(1, "contacted")
    assert code_of(ask, 1) == "reopen.not-final"


def test_a_reason_is_needed(record, ask):
    record(1, "refusal")
    assert code_of(ask, 1, " \n ") == "reason.missing"


def test_it_is_asked_for_once(record, ask):
    record(1, "refusal")
    ask(1)
    assert code_of(ask, 1) == "reopen.asked-already"


def test_a_case_that_a_reserve_is_asked_for_stays_shut(database, draw, record, ask, case_of):
    record(1, "refusal")
    with database.write() as db:
        replacing.ask(
            db, draw, 1, version=case_of(1).version, reason="Từ chối dứt khoát", actor=ASKER,
            now=NOW,
        )  # fmt: skip
    assert code_of(ask, 1) == "reopen.replaced"


def test_no_reserve_for_a_case_that_may_be_opened_again(database, draw, record, ask, case_of):
    record(1, "refusal")
    ask(1)
    with database.write() as db, pytest.raises(ConflictError) as refused:
        replacing.ask(
            db, draw, 1, version=case_of(1).version, reason="Từ chối", actor=ASKER, now=NOW
        )
    assert refused.value.code == "case.waits"
