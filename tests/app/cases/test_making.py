"""Cases are made from the list of a draw, once, and what the draw said of them stays."""

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import DBAPIError

from app.errors import ConflictError, NotFoundError
from app.models import AuditEntry, CaseEvent, SampleCase
from app.services.cases.making import make_cases
from tests.app import builders
from tests.app.cases import samples
from tests.app.cases.samples import NOW


def test_main_cases_are_given_out_and_reserves_wait(database, draw):
    with database.read() as db:
        found = db.scalars(select(SampleCase).order_by(SampleCase.number)).all()
    assert [case.active for case in found] == [True] * 4 + [False] * 2 + [True] * 4 + [False] * 2
    assert {case.disposition for case in found} == {"not-worked"}
    assert [case.reserve for case in found[:6]] == [0, 0, 0, 0, 1, 2]
    assert found[0].selection["stages"][0]["probability"] == 0.1
    assert found[0].version == 1


def test_cases_are_made_once(database, draw):
    with database.write() as db, pytest.raises(ConflictError) as refused:
        make_cases(db, draw, samples.rows(), actor="x", now=NOW)
    assert refused.value.code == "cases.made-already"


def test_a_list_of_another_length_is_refused_and_leaves_nothing(database):
    with database.write() as db:
        province = builders.province(db)
        round_ = builders.sampled_round(db, builders.campaign(db, province))
        made = samples.drawn(db, round_, samples.frame(db, province), n_main=9).id
    with pytest.raises(ConflictError) as refused, database.write() as db:
        make_cases(db, made, samples.rows(), actor="x", now=NOW)
    assert refused.value.code == "cases.not-the-list"
    with database.read() as db:
        assert db.scalar(select(func.count()).select_from(SampleCase)) == 0


def test_a_draw_that_does_not_exist_has_no_cases(database):
    with database.write() as db, pytest.raises(NotFoundError):
        make_cases(db, 99, [], actor="x", now=NOW)


def test_making_cases_is_in_the_audit_log(database, draw):
    with database.read() as db:
        entry = db.scalars(select(AuditEntry).where(AuditEntry.action == "cases.make")).one()
    assert entry.details == {"n_main": 8, "n_reserve": 4, "list_hash": "ef" * 32}


def test_what_the_draw_said_cannot_be_changed(database, draw):
    with pytest.raises(DBAPIError, match="never changed"), database.write() as db:
        db.execute(update(SampleCase).values(base_weight=1.0))


def test_events_cannot_be_changed(database, draw, record):
    record(1, "interview")
    with pytest.raises(DBAPIError), database.write() as db:
        db.execute(update(CaseEvent).values(disposition="refusal"))
