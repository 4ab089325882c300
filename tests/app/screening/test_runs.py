"""Screenings of rounds: what is found, kept, and said to have been decided."""

import pytest
from sqlalchemy import func, select

from app.errors import ConflictError, NotFoundError
from app.jobs import Jobs
from app.models import AuditEntry, Response, Round, ScreeningDecision, ScreeningRun, Unit
from app.models.base import now
from app.queries import coverage, screenings
from app.services.screening import decisions, runs
from app.services.screening.runs import ScreeningWork
from tests.app import builders
from tests.app.screening import province


@pytest.fixture
def places(database):
    with database.write() as db:
        above = builders.province(db)
        campaign = builders.campaign(db, above)
        centres = province.centres(db, above)
        province.open_round(db, campaign, centres)
        province.coded_round(db, campaign, centres)
        return centres


@pytest.fixture
def work(database, settings):
    return ScreeningWork(database, settings)


def screened(database, work, code):
    with database.write() as db:
        run = runs.request(db, code, actor="office@example.vn", now=now())
    work.make(run)
    with database.read() as db:
        return screenings.screening(db, code, run), screenings.findings(db, run)


def flags(found):
    return {(each.centre_code, each.channel, each.indicator) for each in found if each.is_flagged}


def test_a_centre_that_stands_out_at_the_counter_is_flagged(database, places, work):
    run, found = screened(database, work, "quay")
    odd = f"hcc-{province.ODD:02d}"
    assert run.state == "made"
    assert run.n_answers == 11 * 40 + 20
    assert {(odd, "web", "burst"), (odd, "web", "straight-lines")} <= flags(found)
    assert {centre for centre, _, _ in flags(found)} == {odd}
    line = next(f for f in found if f.indicator == "straight-lines" and f.is_flagged)
    assert line.rate_without < line.rate_without_surplus < line.rate
    assert line.n_family == 11


def test_a_centre_with_far_more_codes_used_is_flagged(database, places, work):
    _, found = screened(database, work, "ma")
    assert flags(found) == {(f"hcc-{province.ODD:02d}", "all", "response-rate")}
    one = next(each for each in found if each.is_flagged)
    assert (one.n, one.n_found) == (100, 75)
    assert one.expected == pytest.approx(30, abs=0.5)
    assert one.rate_without is None


def test_days_of_batches_are_no_days_of_answers(database, places, work):
    """All answers with codes carry the day of their batch; that is no burst of anybody."""
    _, found = screened(database, work, "ma")
    assert {each.channel for each in found if each.indicator == "burst"} == {"all"}
    assert not any(each.indicator == "days-off" for each in found)


def test_screening_changes_no_answer(database, places, work):
    def answers():
        with database.read() as db:
            return sorted(map(str, db.execute(select(Response.__table__)).all()))

    before = answers()
    screened(database, work, "quay")
    assert answers() == before


def test_coverage_and_reconciliation_by_hand(database, places):
    with database.read() as db:
        key = coverage.round_id(db, "ma")
        days = coverage.closing_days(db, key)
        by_centre = coverage.by_centre(db, key)
        account = coverage.reconciliation(db, key, days)
        procedures = coverage.by_procedure(db, key)
    used = 10 * 30 + 75
    assert [each.n_answers for each in by_centre].count(30) == 10
    odd = next(each for each in by_centre if each.code == f"hcc-{province.ODD:02d}")
    assert odd.share == 0.75
    assert (account.n_dossiers, account.n_codes, account.n_used) == (1_100, 1_100, used)
    assert (account.n_stored, account.n_waiting) == (used, 0)
    assert (account.n_days, account.n_days_over) == (11 * 25, 0)
    assert account.adds_up
    weeks = coverage.by_week(days)
    assert [each.monday.isoformat() for each in weeks[:2]] == ["2026-03-02", "2026-03-09"]
    assert sum(each.n_answers for each in weeks) == used
    assert [(each.code, each.n_dossiers) for each in procedures] == [("", 1_100)]


def test_coverage_of_few_dossiers_is_not_told(database, places):
    few = coverage.Coverage("a", "A", 4, 4, 4)
    assert few.share is None
    assert coverage.Coverage("a", "A", 5, 5, 4).share == 0.8


def test_an_answer_too_many_does_not_add_up(database, places):
    with database.write() as db:
        made = db.scalars(select(Round).where(Round.code == "ma")).one()
        builders.response(db, made, {}, stratum="x", psu="x", base_weight=1.0)
    with database.read() as db:
        key = coverage.round_id(db, "ma")
        assert not coverage.reconciliation(db, key, coverage.closing_days(db, key)).adds_up


def test_one_screening_at_a_time(database, places):
    with database.write() as db:
        runs.request(db, "quay", actor="x", now=now())
        with pytest.raises(ConflictError, match="at-work"):
            runs.request(db, "quay", actor="x", now=now())
        runs.request(db, "ma", actor="x", now=now())


def test_a_stopped_screening_keeps_nothing(database, places, work):
    with database.write() as db:
        run = runs.request(db, "quay", actor="x", now=now())
        runs.cancel(db, run, actor="x")
    work.make(run)
    with database.read() as db:
        assert screenings.screening(db, "quay", run).state == "cancelled"
        assert screenings.findings(db, run) == ()


def test_the_worker_screens(database, places, settings):
    jobs = Jobs(database, settings)
    with database.write() as db:
        run = runs.request(db, "quay", actor="x", now=now())
        jobs.queue_screening(db, run)
    jobs.work(wait=False, install_signal_handlers=False)
    with database.read() as db:
        assert screenings.screening(db, "quay", run).state == "made"


def test_an_empty_round_is_screened_and_nothing_found(database, work):
    with database.write() as db:
        campaign = builders.campaign(db, builders.province(db))
        builders.open_round(db, campaign, "counter_2026", code="trong")
    run, found = screened(database, work, "trong")
    assert (run.state, run.n_answers, found) == ("made", 0, ())


def test_decisions_are_kept_one_after_another_and_follow_to_the_next_screening(
    database, places, work
):
    _, found = screened(database, work, "ma")
    one = next(each for each in found if each.is_flagged)
    for decision, reason in (("follow-up", "Gọi lại 20 người"), ("explained", "Có cán bộ mới")):
        with database.write() as db:
            decisions.decide(db, "ma", one.id, decision, reason, actor="a@x.vn", now=now())
    _, again = screened(database, work, "ma")
    same = next(each for each in again if each.is_flagged)
    assert same.id != one.id
    assert [each.decision for each in same.decisions] == ["explained", "follow-up"]
    assert same.last.reason == "Có cán bộ mới"
    with database.read() as db:
        entry = db.scalars(
            select(AuditEntry).where(AuditEntry.action == "round.screen-decide")
        ).all()[-1]
        assert db.scalar(select(func.count()).select_from(ScreeningDecision)) == 2
    assert entry.details["reason"] == "Có cán bộ mới"
    assert entry.actor == "a@x.vn"


@pytest.mark.parametrize(
    ("decision", "reason", "code"),
    [
        ("guilty", "x", "screening.decision-unknown"),
        ("explained", "  ", "screening.reason-missing"),
        ("explained", "x" * 1_001, "screening.reason-missing"),
    ],
)
def test_a_decision_needs_its_reason(database, places, work, decision, reason, code):
    _, found = screened(database, work, "ma")
    with database.write() as db, pytest.raises(ConflictError, match=code):
        decisions.decide(db, "ma", found[0].id, decision, reason, actor="x", now=now())


def test_findings_belong_to_their_round(database, places, work):
    _, found = screened(database, work, "ma")
    with database.write() as db, pytest.raises(NotFoundError, match="finding-unknown"):
        decisions.decide(db, "quay", found[0].id, "explained", "x", actor="x", now=now())
    with database.read() as db:
        assert db.scalar(select(func.count()).select_from(ScreeningRun)) == 1
        assert db.scalar(select(func.count()).select_from(Unit)) > 0
