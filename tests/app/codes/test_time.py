"""What is deleted when its time is over, and what is counted only once a week."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.code_jobs import CodeJobs
from app.models import CodeWeek, Draft, Invitation, Round
from app.queries import codes
from tests.app.codes import closed
from tests.app.codes.closed import NOW


@pytest.fixture
def jobs(database, settings, tmp_path):
    own = replace(settings, var_dir=tmp_path)
    with database.write() as db:
        closed.place(db)
        closed.take(db, closed.written(12))
        closed.take(db, closed.written(3, first=100, day="2026-11-09"))
        order_id = closed.approved(db)
    made = CodeJobs(database, own, now=lambda: NOW)
    made.do_order(order_id)
    return made


def at(jobs, **later):
    return replace(jobs, now=lambda: NOW + timedelta(**later))


def test_contacts_go_some_days_after_the_codes_are_over(database, jobs):
    at(jobs, days=30 + 13).sweep()
    with database.read() as db:
        assert all(each.contact_sealed for each in closed.dossiers(db))
    assert at(jobs, days=30 + 16).sweep().contacts == 15
    with database.read() as db:
        assert not any(each.contact_sealed for each in closed.dossiers(db))


def test_numbers_of_dossiers_go_some_days_after_the_round(database, jobs):
    with database.write() as db:
        db.execute(update(Round).values(state="closed", closes_on=NOW.date()))
    assert at(jobs, days=90).sweep().dossiers == 0
    assert at(jobs, days=92).sweep().dossiers == 15
    with database.read() as db:
        assert {each.code for each in closed.dossiers(db)} == {f"#{n}" for n in range(1, 16)}
    assert at(jobs, days=93).sweep().dossiers == 0


def test_drafts_of_codes_that_are_over_are_deleted(database, jobs):
    with database.write() as db:
        first = closed.invitations(db)[0]
        db.add(
            Draft(
                invitation_id=first.id, submission_key="00000000-0000-4000-8000-000000000001",
                language="vi", answers={}, updated_at=NOW, expires_at=NOW + timedelta(days=99),
            )
        )  # fmt: skip
    assert at(jobs, days=29).sweep().drafts == 0
    assert at(jobs, days=32).sweep().drafts == 1


def use(database, n):
    with database.write() as db:
        unused = closed.invitations(db, state="unused")[:n]
        db.execute(
            update(Invitation)
            .where(Invitation.id.in_([each.id for each in unused]))
            .values(state="used")
        )


def used(database):
    with database.read() as db:
        return codes.account_of(db, "ma").total.n_used


def test_used_codes_are_counted_once_a_week(database, jobs):
    # A Friday.
    use(database, 3)
    jobs.sweep()
    assert used(database) == 3
    use(database, 4)
    at(jobs, days=2).sweep()
    assert used(database) == 3
    at(jobs, days=3).sweep()
    assert used(database) == 7


def test_few_codes_do_not_say_how_many_are_used(database, jobs):
    use(database, 2)
    jobs.sweep()
    with database.read() as db:
        (centre,) = codes.account_of(db, "ma").centres
        assert db.scalars(select(CodeWeek.n_made).order_by(CodeWeek.week)).all() == [3, 12]
    (few, many) = (numbers for _week, numbers in centre.weeks)
    assert (few.n_closed, few.n_made, few.n_used) == (3, 3, None)
    assert (many.n_closed, many.n_used) == (12, 0) or many.n_used is not None
