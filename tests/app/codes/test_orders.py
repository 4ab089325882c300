"""Orders: asked by one, decided by another, done batch by batch, stopped and gone on with."""

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, update

from app.code_jobs import CodeJobs
from app.errors import ConflictError, UnavailableError
from app.models import AuditEntry, CodeOrder, Draft, Invitation
from app.services import invitations, short_codes
from app.services.orders import delivery, desk, making, webhook
from app.services.short_codes import ShortKeys
from tests.app.codes import closed
from tests.app.codes.closed import NOW, OFFICE, OTHER, TODAY


@pytest.fixture
def jobs(database, settings, tmp_path):
    return CodeJobs(database, replace(settings, var_dir=tmp_path), now=lambda: NOW)


@pytest.fixture
def place(database):
    with database.write() as db:
        made = closed.place(db)
        closed.take(db, closed.written(8))
        return made


def order_of(database, order_id):
    with database.read() as db:
        return db.get_one(CodeOrder, order_id)


def issued(database, jobs, **values):
    with database.write() as db:
        order_id = closed.approved(db, **values)
    jobs.do_order(order_id)
    return order_id


def refused(code, do):
    with pytest.raises(ConflictError) as caught:
        do()
    assert caught.value.code == code


def test_every_dossier_gets_one_code_with_a_weight_of_one(database, jobs, place):
    order_id = issued(database, jobs)
    with database.read() as db:
        found = closed.invitations(db, order_id=order_id)
        ids = {each.id for each in closed.dossiers(db)}
    assert {each.dossier_id for each in found} == ids
    assert len(found) == 8
    for each in found:
        assert (each.state, each.base_weight, each.stratum) == ("unused", 1.0, "hcc-06652")
        assert each.domains == {"centre": "hcc-06652", "commune": "06652", "field": "ho-tich"}
        # The end of the thirtieth day in Vietnam.
        assert each.expires_at.isoformat() == "2026-12-20T17:00:00+00:00"
    assert len({each.psu for each in found}) == 8


def test_codes_are_nowhere_in_clear_but_in_the_file(database, jobs, place):
    order_id = issued(database, jobs, sender="messages", options={"form": "csv", "plain": True})
    order = order_of(database, order_id)
    assert order.state == "done"
    lying = b"".join(path.read_bytes() for path in jobs.shelf.folder.iterdir())
    with database.write() as db:
        fetched = delivery.fetch(db, order_id, jobs.shelf, actor=OFFICE, now=NOW)
    rows = fetched.content.decode("utf-8-sig").splitlines()[1:]
    assert len(rows) == 8
    tokens = [row.split("/r/")[1][:26] for row in rows]
    for token in tokens:
        assert token.encode() not in lying
        with database.read() as db:
            assert invitations.find(db, token) is not None
            assert token not in str(db.scalars(select(AuditEntry.details)).all())


def test_a_file_is_handed_out_once_and_then_gone(database, jobs, place):
    order_id = issued(database, jobs)
    with database.write() as db:
        fetched = delivery.fetch(db, order_id, jobs.shelf, actor=OFFICE, now=NOW)
    assert fetched.content.startswith(b"%PDF")
    delivery.forget(order_id, jobs.shelf)
    assert list(jobs.shelf.folder.iterdir()) == []
    with database.write() as db:
        refused(
            "order.fetched",
            lambda: delivery.fetch(db, order_id, jobs.shelf, actor=OTHER, now=NOW),
        )
    order = order_of(database, order_id)
    assert order.fetched_by == OFFICE
    with database.read() as db:
        actions = db.scalars(select(AuditEntry.action)).all()
    assert {"codes.ask", "codes.approve", "codes.done", "codes.fetch"} <= set(actions)


def test_a_file_that_nobody_fetches_is_destroyed_in_time(database, jobs, place):
    order_id = issued(database, jobs)
    late = replace(jobs, now=lambda: NOW + timedelta(days=15))
    with database.write() as db:
        refused(
            "order.file-over",
            lambda: delivery.fetch(db, order_id, jobs.shelf, actor=OFFICE, now=late.now()),
        )
    assert late.sweep().files == 1
    assert list(jobs.shelf.folder.iterdir()) == []


def test_nobody_decides_about_what_they_asked_for(database, place):
    with database.write() as db:
        order = desk.ask(db, "ma", closed.wish(), actor=OFFICE, now=NOW, today=TODAY)
        refused(
            "order.same-person",
            lambda: desk.decide(db, order.id, approve=True, actor=OFFICE, now=NOW),
        )
        desk.decide(db, order.id, approve=False, actor=OTHER, now=NOW)
        refused(
            "order.not-asked",
            lambda: desk.decide(db, order.id, approve=True, actor=OTHER, now=NOW),
        )


def test_what_nobody_approved_is_not_done(database, jobs, place):
    with database.write() as db:
        order = desk.ask(db, "ma", closed.wish(), actor=OFFICE, now=NOW, today=TODAY)
    jobs.do_order(order.id)
    with database.read() as db:
        assert closed.invitations(db) == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"reason": " "}, "order.reason-missing"),
        ({"sender": "carrier pigeon"}, "order.sender-unknown"),
        ({"kind": "print"}, "order.kind-unknown"),
        ({"scope": {"closed_to": date(2026, 11, 1)}}, "order.nothing"),
        (
            {"scope": {"closed_from": date(2026, 11, 2), "closed_to": date(2026, 11, 1)}},
            "order.days-reversed",
        ),
        ({"kind": "reissue"}, "order.nothing"),
    ],
)
def test_orders_that_make_no_sense_are_refused(database, place, changes, code):
    with database.write() as db:
        refused(
            code,
            lambda: desk.ask(db, "ma", closed.wish(**changes), actor=OFFICE, now=NOW, today=TODAY),
        )


def test_issuing_again_cancels_what_was_not_used_and_leaves_what_was(database, jobs, place):
    issued(database, jobs)
    with database.write() as db:
        used, *_others = closed.invitations(db)
        db.execute(update(Invitation).where(Invitation.id == used.id).values(state="used"))
    issued(database, jobs, kind="reissue")
    with database.read() as db:
        states = dict(
            db.execute(select(Invitation.state, func.count()).group_by(Invitation.state)).all()
        )
        per_dossier = db.scalars(
            select(func.count())
            .where(Invitation.state != "cancelled")
            .group_by(Invitation.dossier_id)
        ).all()
    assert states == {"used": 1, "cancelled": 7, "unused": 7}
    assert set(per_dossier) == {1}


def test_cancelling_forgets_drafts_too(database, jobs, place):
    issued(database, jobs)
    with database.write() as db:
        first = closed.invitations(db)[0]
        db.add(
            Draft(
                invitation_id=first.id, submission_key="00000000-0000-4000-8000-000000000001",
                language="vi", answers={}, updated_at=NOW, expires_at=first.expires_at,
            )
        )  # fmt: skip
    order_id = issued(database, jobs, kind="cancel", sender=None)
    order = order_of(database, order_id)
    assert (order.state, order.n_codes, order.file_name) == ("done", 8, None)
    with database.read() as db:
        assert {each.state for each in closed.invitations(db)} == {"cancelled"}
        assert db.scalars(select(Draft)).all() == []


def test_an_order_goes_on_where_it_was_stopped(database, jobs, place, monkeypatch):
    monkeypatch.setattr(making, "BATCH", 3)
    with database.write() as db:
        order_id = closed.approved(db, sender="messages", options={"form": "csv"})

    class StoppedError(Exception):
        pass

    calls = 0

    def stop():
        nonlocal calls
        calls += 1
        if calls == 3:
            raise StoppedError

    with pytest.raises(StoppedError):
        jobs.do_order(order_id, stop)
    with database.read() as db:
        assert len(closed.invitations(db)) == 6
    jobs.do_order(order_id)
    order = order_of(database, order_id)
    assert (order.state, order.n_codes, order.n_wanted) == ("done", 8, 8)
    with database.write() as db:
        fetched = delivery.fetch(db, order_id, jobs.shelf, actor=OFFICE, now=NOW)
    assert len(fetched.content.splitlines()) == 9


def test_codes_that_were_sealed_but_never_stored_open_nothing(database, jobs, place, monkeypatch):
    """As if the worker had died between the disk and the database."""
    with database.write() as db:
        order_id = closed.approved(db, sender="messages", options={"form": "csv"})
    written = making.Code(1, invitations.new_token(), short_codes.make())
    jobs.shelf.keep(order_id, "part-99999999", making._written([written]))
    jobs.do_order(order_id)
    with database.write() as db:
        fetched = delivery.fetch(db, order_id, jobs.shelf, actor=OFFICE, now=NOW)
        assert invitations.find(db, written.token) is None
    assert written.token.encode() not in fetched.content
    assert len(fetched.content.splitlines()) == 9


def test_a_stopped_order_makes_nothing_until_it_goes_on(database, jobs, place):
    with database.write() as db:
        order_id = closed.approved(db)
        desk.stop(db, order_id, actor=OTHER)
    jobs.do_order(order_id)
    with database.read() as db:
        assert closed.invitations(db) == []
    with database.write() as db:
        desk.resume(db, order_id, actor=OFFICE)
    jobs.do_order(order_id)
    assert order_of(database, order_id).state == "done"


def test_a_system_that_refuses_is_called_again_and_gets_every_code_once(
    database, jobs, place, receiver, monkeypatch
):
    port, got, answers = receiver
    url = f"http://127.0.0.1:{port}/ma"
    own = replace(
        jobs.settings, webhook_urls=(url,), webhook_networks=("127.0.0.0/8",)
    )  # fmt: skip
    jobs = replace(jobs, settings=own)
    monkeypatch.setattr(webhook, "BATCH", 3)
    answers += [200, 503]
    with database.write() as db:
        order_id = closed.approved(db, sender="webhook", options={"url": url})
    with pytest.raises(UnavailableError):
        jobs.do_order(order_id)
    jobs.do_order(order_id)
    order = order_of(database, order_id)
    assert (order.state, order.fetched_by, order.file_name) == ("done", url, None)
    assert list(jobs.shelf.folder.iterdir()) == []
    bodies = {headers["Idempotency-Key"]: body for headers, body in got}
    assert len(got) == 5
    sent = [code for body in bodies.values() for code in json.loads(body)["codes"]]
    assert len({code["dossier"] for code in sent}) == len(sent) == 8


def test_a_short_form_opens_the_same_code_as_its_token(database, jobs, settings, place):
    order_id = issued(database, jobs, sender="messages", options={"form": "csv"})
    with database.write() as db:
        fetched = delivery.fetch(db, order_id, jobs.shelf, actor=OFFICE, now=NOW)
    row = fetched.content.decode("utf-8-sig").splitlines()[1]
    token = row.split("/r/")[1][:26]
    typed = next(cell for cell in row.split(",") if cell.count("-") == 2 and len(cell) == 13)
    code = short_codes.read(typed.upper())
    assert isinstance(code, str)
    with database.read() as db:
        assert invitations.find(db, ShortKeys.of(jobs.settings).token(code)) == invitations.find(
            db, token
        )
