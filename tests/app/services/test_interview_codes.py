import threading
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from app.jobs import Jobs
from app.models import Draft, FreeText, Invitation, Response
from app.services import interview, invitations
from app.services.consent import consents
from app.services.drafts import expire_drafts, save_page
from app.services.interview import Accepted, Opened, Rejected, Shut
from tests.app import builders
from tests.app.services.conftest import NOW, TODAY, submission

GOOD = {"overall": ["2"], "late": ["yes"], "told": ["no"], "comment": ["Chờ lâu"]}


@pytest.fixture
def sampled(database, town):
    with database.write() as db:
        return builders.sampled_round(db, town.campaign, "errand")


def issue(database, round_, **values):
    with database.write() as db:
        return builders.invitation(db, round_, **values)


def open_code(database, token, now=NOW, today=TODAY):
    with database.read() as db:
        return interview.open_code(db, token, now, today)


def hand_in(database, opened, entered=GOOD, now=NOW, today=TODAY):
    with database.write() as db:
        return interview.submit_code(db, opened, submission(opened, entered), now, today)


def rows(database, table=Response):
    with database.read() as db:
        return db.execute(select(table.__table__)).all()


def test_the_design_of_the_sample_goes_with_the_answers(database, town, sampled):
    issued = issue(
        database,
        sampled,
        centre_id=town.centre.id,
        counter_id=town.counter.id,
        stratum="xã",
        psu="07030",
        base_weight=41.25,
        domains={"commune": "07030"},
    )
    assert hand_in(database, open_code(database, issued.token)) == Accepted()
    [row] = rows(database)
    assert (row.source, row.stratum, row.psu, row.base_weight) == ("sample", "xã", "07030", 41.25)
    assert row.domains == {"commune": "07030"}
    assert (row.centre_id, row.counter_id) == (town.centre.id, town.counter.id)
    assert row.answers == {"overall": 2, "late": "yes", "told": "no"}
    assert [(each.item, each.text) for each in rows(database, FreeText)] == [("comment", "Chờ lâu")]


def test_nothing_leads_from_a_response_back_to_its_code(database, sampled):
    issued = issue(database, sampled)
    opened = open_code(database, issued.token)
    sent = submission(opened, GOOD)
    with database.write() as db:
        interview.submit_code(db, opened, sent, NOW, TODAY)
        digest = db.scalars(select(Invitation.token_digest)).one()
    [row] = rows(database)
    kept = repr(row)
    for secret in (issued.token, digest.hex(), repr(digest), str(sent.key)):
        assert secret not in kept
    references = {key.column.table.name for key in Response.__table__.foreign_keys}
    assert "invitation" not in references
    invitation = rows(database, Invitation)[0]
    assert str(row.id) not in repr(invitation)


def test_a_code_of_an_open_round_gives_an_open_answer(database, town):
    with database.write() as db:
        of_round = builders.open_round(db, town.campaign, "errand")
    issued = issue(database, of_round, counter_id=town.counter.id)
    opened = open_code(database, issued.token)
    assert opened.place.number == "05"
    assert hand_in(database, opened) == Accepted()
    [row] = rows(database)
    assert (row.source, row.base_weight) == ("open", None)


def test_a_code_is_used_once(database, sampled):
    issued = issue(database, sampled)
    opened = open_code(database, issued.token)
    assert hand_in(database, opened) == Accepted()
    assert hand_in(database, opened) == Shut("code.used")
    assert open_code(database, issued.token) == Shut("code.used")
    assert len(rows(database)) == 1


def test_parallel_claims_of_one_code_give_one_response(database, sampled):
    issued = issue(database, sampled)
    opened = open_code(database, issued.token)
    gate = threading.Barrier(8)
    outcomes = []

    def send():
        gate.wait()
        outcomes.append(hand_in(database, opened))

    threads = [threading.Thread(target=send) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert outcomes.count(Accepted()) == 1
    assert outcomes.count(Shut("code.used")) == 7
    assert len(rows(database)) == 1


def test_a_refused_form_does_not_burn_the_code(database, sampled):
    issued = issue(database, sampled)
    opened = open_code(database, issued.token)
    assert isinstance(hand_in(database, opened, {}), Rejected)
    assert hand_in(database, opened) == Accepted()


def test_codes_that_open_nothing_say_why(database, sampled):
    assert open_code(database, "not a code") == Shut("code.unknown")
    assert open_code(database, "0" * 26) == Shut("code.unknown")
    expired = issue(database, sampled, expires_at=NOW)
    assert open_code(database, expired.token) == Shut("code.expired")
    cancelled = issue(database, sampled)
    with database.write() as db:
        invitations.cancel(db, cancelled.id)
    assert open_code(database, cancelled.token) == Shut("code.cancelled")


def test_a_code_that_expires_while_someone_answers_is_not_taken(database, sampled):
    issued = issue(database, sampled, expires_at=NOW + timedelta(minutes=5))
    opened = open_code(database, issued.token)
    later = NOW + timedelta(minutes=5)
    assert hand_in(database, opened, now=later) == Shut("code.expired")


def test_a_round_that_is_over_leaves_its_codes_alone(database, sampled):
    issued = issue(database, sampled)
    opened = open_code(database, issued.token)
    with database.write() as db:
        db.execute(text("UPDATE round SET state = 'closed'"))
    assert hand_in(database, opened).reason == "round.over"
    assert open_code(database, issued.token).reason == "round.over"
    assert rows(database, Invitation)[0].state == "unused"


class TestDrafts:
    """Pages of a long questionnaire kept for a one-time code."""

    @pytest.fixture
    def issued(self, database, town):
        with database.write() as db:
            return builders.invitation(db, builders.sampled_round(db, town.campaign, "journey"))

    def save(self, database, opened, page, entered, *, answered=True, now=NOW):
        with database.write() as db:
            return save_page(
                db,
                opened,
                page,
                entered,
                language="en",
                agreed=consents(opened.instrument)["en"],
                now=now,
                answered=answered,
            )

    def test_a_page_survives_closing_the_browser(self, database, issued):
        opened = open_code(database, issued.token)
        assert opened.draft is None
        assert self.save(database, opened, "about", {"age": [" 42 "], "visited": ["yes"]})
        draft = open_code(database, issued.token).draft
        assert draft.entered == {"age": ["42"], "visited": ["yes"]}
        assert (draft.page, draft.language) == ("about", "en")
        assert draft.consent_hash == consents(opened.instrument)["en"].content_hash

    def test_what_is_not_allowed_or_not_asked_is_not_kept(self, database, issued):
        opened = open_code(database, issued.token)
        bad = {"age": ["17"], "visited": ["no"], "polite": ["5"], "x": ["\0"], "wish": ["\udc80"]}
        assert self.save(database, opened, "about", bad, answered=False)
        draft = open_code(database, issued.token).draft
        assert draft.entered == {"visited": ["no"]}
        assert draft.page is None

    def test_a_page_answered_again_replaces_only_itself(self, database, issued):
        first = {"age": ["42"], "visited": ["yes"]}
        self.save(database, open_code(database, issued.token), "about", first)
        second = first | {"polite": ["5"], "clear": ["4"]}
        self.save(database, open_code(database, issued.token), "visit", second)
        again = second | {"age": ["43"]}
        self.save(database, open_code(database, issued.token), "about", again)
        assert open_code(database, issued.token).draft.entered == again

    def test_answers_to_a_page_that_fell_off_the_path_wait_there(self, database, issued):
        first = {"age": ["42"], "visited": ["yes"], "polite": ["5"], "clear": ["4"]}
        self.save(database, open_code(database, issued.token), "about", first)
        self.save(database, open_code(database, issued.token), "visit", first)
        changed = first | {"visited": ["no"]}
        self.save(database, open_code(database, issued.token), "about", changed)
        kept = open_code(database, issued.token).draft.entered
        assert kept["polite"] == ["5"]

    def test_a_draft_is_gone_when_the_answers_are_in(self, database, issued):
        entered = {"age": ["42"], "visited": ["no"], "channels": ["radio"]}
        self.save(database, open_code(database, issued.token), "about", entered)
        assert hand_in(database, open_code(database, issued.token), entered) == Accepted()
        assert rows(database, Draft) == []

    def test_a_page_sent_after_that_makes_no_new_draft(self, database, issued):
        opened = open_code(database, issued.token)
        hand_in(database, opened, {"age": ["42"], "visited": ["no"], "channels": ["radio"]})
        assert not self.save(database, opened, "about", {"age": ["42"]})
        assert rows(database, Draft) == []

    def test_a_page_sent_while_the_code_is_used_up_waits_and_is_not_kept(self, database, issued):
        opened = open_code(database, issued.token)
        kept = []
        saving = threading.Thread(
            target=lambda: kept.append(self.save(database, opened, "about", {"age": ["42"]}))
        )
        with database.write() as db:
            invitations.claim(db, issued.id, NOW)
            saving.start()
            saving.join(0.2)
            assert kept == []
        saving.join(10)
        assert kept == [False]
        assert rows(database, Draft) == []

    def test_cancelling_a_code_deletes_its_draft(self, database, issued):
        self.save(database, open_code(database, issued.token), "about", {"age": ["42"]})
        with database.write() as db:
            invitations.cancel(db, issued.id)
        assert rows(database, Draft) == []

    def test_drafts_are_deleted_when_their_time_is_over(self, database, issued):
        opened = open_code(database, issued.token)
        assert isinstance(opened, Opened)
        self.save(database, opened, "about", {"age": ["42"]})
        with database.write() as db:
            assert expire_drafts(db, builders.FAR - timedelta(seconds=1)) == 0
            assert expire_drafts(db, builders.FAR) == 1
        assert rows(database, Draft) == []

    def test_drafts_of_a_closed_round_are_deleted(self, database, issued):
        self.save(database, open_code(database, issued.token), "about", {"age": ["42"]})
        with database.write() as db:
            db.execute(text("UPDATE round SET state = 'closed'"))
            assert expire_drafts(db, NOW) == 1

    def test_the_worker_deletes_them_every_hour(self, database, issued, settings):
        self.save(database, open_code(database, issued.token), "about", {"age": ["42"]})
        with database.write() as db:
            db.execute(text("UPDATE round SET state = 'closed'"))
        Jobs(database, settings)._sweep()
        assert rows(database, Draft) == []
