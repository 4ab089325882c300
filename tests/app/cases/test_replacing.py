"""Reserves are called up in order, by two people, once, even when many decide at the same time."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from app.errors import ConflictError, NotFoundError
from app.models import AuditEntry, CaseEvent, CaseSubstitution, SampleCase
from app.services.cases import recording, replacing
from app.services.cases.recording import Happened
from app.services.cases.weighting import cases_for_weights
from surveys.fieldwork.substitution import Role
from tests.app import builders
from tests.app.cases import samples
from tests.app.cases.samples import ASKER, DRAWN_AT, MONDAY, NOW, OTHER


@pytest.fixture
def ask(database, draw, case_of):
    def write(number, reason="Từ chối dứt khoát", actor=ASKER):
        with database.write() as db:
            return replacing.ask(
                db, draw, number, version=case_of(number).version, reason=reason, actor=actor,
                now=NOW,
            ).id  # fmt: skip

    return write


@pytest.fixture
def give(database):
    def write(substitution, actor=OTHER):
        with database.write() as db:
            return replacing.give(db, substitution, actor=actor, now=NOW).number

    return write


def code_of(act, *arguments, **values):
    with pytest.raises(ConflictError) as refused:
        act(*arguments, **values)
    return refused.value.code


def test_the_next_reserve_of_the_group_is_called_up(database, record, ask, give, case_of):
    record(1, "refusal")
    record(3, "moved")
    assert give(ask(3)) == 5
    assert give(ask(1)) == 6
    assert case_of(5).active
    assert case_of(6).active
    assert case_of(1).disposition == "refusal"
    with database.read() as db:
        events = db.scalars(select(CaseEvent).where(CaseEvent.kind == "substitution")).all()
        entries = db.scalars(
            select(AuditEntry.details).where(AuditEntry.action == "case.substitute")
        ).all()
    assert [(event.recorded_by, event.approved_by) for event in events] == [(ASKER, OTHER)] * 4
    assert entries[0] == {"substitute": 5, "outcome": "moved", "asked_by": ASKER}


def test_who_asks_cannot_agree(record, ask, give, case_of):
    record(1, "refusal")
    assert code_of(give, ask(1), actor=ASKER) == "decision.own-request"
    assert not case_of(5).active


def test_work_that_goes_on_and_answers_are_not_replaced(record, ask):
    assert code_of(ask, 1) == "substitution.not-allowed"
    record(1, "interview")
    assert code_of(ask, 1) == "substitution.not-allowed"
    record(2, "partial")
    assert code_of(ask, 2) == "substitution.not-allowed"


def test_a_reason_is_needed(record, ask):
    record(1, "refusal")
    assert code_of(ask, 1, reason="") == "reason.missing"


def test_a_case_is_asked_for_once_and_decided_once(record, ask, give):
    record(1, "refusal")
    asked = ask(1)
    assert code_of(ask, 1) == "substitution.asked-already"
    give(asked)
    assert code_of(give, asked) == "decision.made-already"
    assert code_of(ask, 1) == "substitution.asked-already"


def test_a_request_that_was_refused_may_be_made_again(database, record, ask, give):
    record(1, "refusal")
    asked = ask(1)
    with database.write() as db:
        replacing.refuse(db, asked, note="Hãy thử thêm một lần", actor=OTHER, now=NOW)
    assert give(ask(1)) == 5


def test_a_substitute_may_be_replaced_by_the_next(record, ask, give):
    record(1, "refusal")
    give(ask(1))
    record(5, "refusal")
    assert give(ask(5)) == 6


def test_when_none_is_left_nobody_can_be_asked_for(record, ask, give):
    for number in (1, 2, 3):
        record(number, "refusal")
    waiting = [ask(number) for number in (1, 2, 3)]
    give(waiting[0])
    give(waiting[1])
    assert code_of(give, waiting[2]) == "substitution.no-reserve"
    record(4, "refusal")
    assert code_of(ask, 4) == "substitution.no-reserve"


def test_reserves_of_another_group_are_left_alone(record, ask, give, case_of):
    record(7, "refusal")
    assert give(ask(7)) == 11
    assert not case_of(5).active


def test_what_is_not_asked_for_cannot_be_given(give):
    with pytest.raises(NotFoundError):
        give(99)


def test_the_database_itself_refuses_a_reserve_given_twice(database, record, ask, give, case_of):
    record(1, "refusal")
    record(2, "refusal")
    give(ask(1))
    with pytest.raises(IntegrityError, match="substitute"), database.write() as db:
        db.execute(
            insert(CaseSubstitution).values(
                case_id=case_of(2).id, substitute_id=case_of(5).id, state="given", reason="x",
                asked_by=ASKER, asked_at=NOW, decided_by=OTHER, decided_at=NOW,
            )
        )  # fmt: skip


def test_the_weights_are_told(database, draw, record, ask, give):
    record(1, "refusal")
    record(2, "interview")
    give(ask(1))
    record(5, "interview")
    with database.read() as db:
        told = {each.number: each for each in cases_for_weights(db, draw)}
    assert [told[number].role for number in (1, 2, 5, 6)] == [
        Role.REPLACED, Role.MAIN, Role.SUBSTITUTE, Role.UNUSED_RESERVE,
    ]  # fmt: skip
    # Four were meant and five called up in this group; four and four in the other.
    assert told[5].weight == pytest.approx(10 * 4 / 5)
    assert told[7].weight == 10
    assert told[5].responded
    assert not told[1].responded


def test_many_decisions_at_once_use_reserves_in_order_and_none_twice(database):
    """12 requests, 8 reserves, 4 threads on as many connections."""
    with database.write() as db:
        province = builders.province(db)
        builders.commune(db, province)
        campaign = builders.campaign(db, province)
        made = samples.drawn(
            db, builders.sampled_round(db, campaign), samples.frame(db, province), n_main=12,
            n_reserve=8,
        )  # fmt: skip
        listed = samples.rows(12, 8, communes=samples.COMMUNES[:1])
        samples.make_cases(db, made.id, listed, actor="x", now=DRAWN_AT)
        asked = []
        for number in range(1, 13):
            recording.record(
                db, made.id, number, version=1, what=Happened("refusal", "visit", MONDAY),
                actor=ASKER, now=NOW,
            )  # fmt: skip
            asked.append(
                replacing.ask(
                    db, made.id, number, version=2, reason="Từ chối", actor=ASKER, now=NOW
                ).id
            )
        draw = made.id
    start = Barrier(4)

    def decide(mine):
        start.wait()
        given = []
        for substitution in mine:
            try:
                with database.write() as db:
                    given.append(replacing.give(db, substitution, actor=OTHER, now=NOW).reserve)
            except ConflictError as refused:
                given.append(refused.code)
        return given

    # Every request is decided by two threads, so that they also meet on one request.
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(decide, [asked[:6], asked[:6], asked[6:], asked[6:]]))
    outcomes = [each for result in results for each in result]
    used = sorted(each for each in outcomes if isinstance(each, int))
    assert used == list(range(1, 9))
    assert set(outcomes) - set(used) <= {"decision.made-already", "substitution.no-reserve"}
    with database.read() as db:
        active = db.scalars(
            select(SampleCase.reserve).where(
                SampleCase.draw_id == draw, SampleCase.reserve > 0, SampleCase.active
            )
        ).all()
        given = db.scalars(
            select(CaseSubstitution.substitute_id).where(CaseSubstitution.state == "given")
        ).all()
    assert sorted(active) == list(range(1, 9))
    assert len(given) == len(set(given)) == 8


def test_two_people_recording_at_once_do_not_overwrite_each_other(database, draw, case_of):
    start = Barrier(8)

    def write(code):
        start.wait()
        try:
            with database.write() as db:
                recording.record(
                    db, draw, 1, version=1, what=Happened(code, "visit", MONDAY), actor=ASKER,
                    now=NOW,
                )  # fmt: skip
        except ConflictError as refused:
            return refused.code
        return "recorded"

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(write, ["interview", "refusal"] * 4))
    assert sorted(outcomes) == ["case.changed"] * 7 + ["recorded"]
    assert case_of(1).version == 2
    with database.read() as db:
        assert len(db.scalars(select(CaseEvent)).all()) == 1
