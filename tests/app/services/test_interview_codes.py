import threading
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from app.jobs import Jobs
from app.models import Draft, Invitation, Response, Spooled
from app.services import interview, invitations
from app.services.consent import consents
from app.services.drafts import expire_drafts, save_page
from app.services.interview import Accepted, Opened, Rejected, Shut
from app.services.mixing import keys
from app.services.mixing.sealed import about, unseal
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


def open_code(database, token, now=NOW, today=TODAY, replacing=False):
    with database.read() as db:
        return interview.open_code(db, token, now, today, replacing=replacing)


def hand_in(database, opened, entered=GOOD, now=NOW, today=TODAY):
    with database.write() as db:
        key = keys.newest(db)
        return interview.submit_code(db, opened, submission(opened, entered), key, now, today)


def rows(database, table=Spooled):
    with database.read() as db:
        return db.execute(select(table.__table__)).all()


def waiting(database, shelf):
    """What waits with a code, opened as the mixer would."""
    with database.read() as db:
        private = shelf.find(keys.newest(db).public)
    [row] = rows(database)
    where = about(row.kind, row.round_id, row.centre_id, row.field_code)
    return row, unseal(row.sealed, private, where)


def test_answers_wait_sealed_with_the_design_of_the_sample(database, town, sampled, shelf):
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
    assert rows(database, Response) == []
    row, content = waiting(database, shelf)
    assert (row.invitation_id, row.received_on) == (issued.id, TODAY)
    assert row.due_at == NOW + timedelta(hours=24)
    design = content.design
    assert (design.stratum, design.psu, design.base_weight) == ("xã", "07030", 41.25)
    assert design.domains == {"commune": "07030"}
    assert (design.centre_id, design.counter_id) == (town.centre.id, town.counter.id)
    assert content.answers == {"overall": 2, "late": "yes", "told": "no"}
    assert [(each.item, each.text) for each in content.texts] == [("comment", "Chờ lâu")]
    # Mixed with all of its round, so its place is nobody's business before.
    assert (row.centre_id, row.field_code) == (None, None)


def test_a_dossiers_answers_wait_with_those_of_its_centre_and_field(database, town):
    with database.write() as db:
        of_round = builders.sampled_round(db, town.campaign, "errand", per_dossier=True)
    domains = {"centre": town.centre.code, "field": "ho-tich"}
    issued = issue(database, of_round, centre_id=town.centre.id, domains=domains)
    hand_in(database, open_code(database, issued.token))
    [row] = rows(database)
    assert (row.centre_id, row.field_code) == (town.centre.id, "ho-tich")


def test_what_waits_can_be_read_from_nothing_in_the_database(database, sampled):
    issued = issue(database, sampled)
    opened = open_code(database, issued.token)
    sent = submission(opened, GOOD)
    with database.write() as db:
        interview.submit_code(db, opened, sent, keys.newest(db), NOW, TODAY)
    [row] = rows(database)
    secrets = ("overall", "Chờ lâu", "comment", issued.token, str(sent.key))
    for said in map(str.encode, secrets):
        assert said not in row.sealed
    assert len(row.sealed) == 4096
    references = {key.column.table.name for key in Response.__table__.foreign_keys}
    assert not references & {"invitation", "spooled"}


def test_long_answers_and_short_ones_are_of_one_size(database, sampled):
    for comment in ("", "Đ" * 100):
        issued = issue(database, sampled)
        entered = GOOD | {"comment": [comment or "x"]}
        hand_in(database, open_code(database, issued.token), entered)
    assert {len(row.sealed) for row in rows(database)} == {4096}


def test_a_code_of_an_open_round_waits_too(database, town):
    with database.write() as db:
        of_round = builders.open_round(db, town.campaign, "errand")
    issued = issue(database, of_round, counter_id=town.counter.id)
    opened = open_code(database, issued.token)
    assert opened.place.number == "05"
    assert hand_in(database, opened) == Accepted()
    assert len(rows(database)) == 1


class TestReplacing:
    """Whoever was watched at the counter answers again at home."""

    @pytest.fixture
    def issued(self, database, sampled):
        made = issue(database, sampled)
        hand_in(database, open_code(database, made.token))
        return made

    def again(self, database, issued, **values):
        return open_code(database, issued.token, replacing=True, **values)

    def test_the_last_answers_count_and_the_count_stays_one(self, database, issued, shelf):
        later = NOW + timedelta(hours=5)
        opened = self.again(database, issued, now=later)
        assert opened.draft is None
        assert opened.replaceable_until == NOW + timedelta(hours=24)
        changed = GOOD | {"overall": ["5"]}
        assert hand_in(database, opened, changed, now=later) == Accepted()
        row, content = waiting(database, shelf)
        assert content.answers["overall"] == 5
        assert row.due_at == NOW + timedelta(hours=24)

    def test_after_a_day_the_first_answers_stay(self, database, issued, shelf):
        opened = self.again(database, issued)
        day = NOW + timedelta(hours=24)
        assert hand_in(database, opened, GOOD | {"overall": ["5"]}, now=day) == Shut("code.used")
        assert self.again(database, issued, now=day) == Shut("code.used")
        assert waiting(database, shelf)[1].answers["overall"] == 2

    def test_a_closed_round_keeps_what_it_has(self, database, issued, shelf):
        opened = self.again(database, issued)
        with database.write() as db:
            db.execute(text("UPDATE round SET state = 'closed'"))
        assert hand_in(database, opened, GOOD | {"overall": ["5"]}).reason == "round.over"
        assert self.again(database, issued).reason == "round.over"
        assert waiting(database, shelf)[1].answers["overall"] == 2

    def test_a_code_that_was_not_used_has_nothing_to_replace(self, database, sampled):
        made = issue(database, sampled)
        assert open_code(database, made.token, replacing=True) == Shut("code.used")


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


def test_a_code_cancelled_while_someone_answers_is_not_taken(database, sampled):
    issued = issue(database, sampled)
    opened = open_code(database, issued.token)
    with database.write() as db:
        invitations.cancel(db, issued.id)
    assert hand_in(database, opened) == Shut("code.cancelled")
    assert rows(database) == []


def test_a_used_code_cannot_be_cancelled(database, sampled):
    issued = issue(database, sampled)
    hand_in(database, open_code(database, issued.token))
    with database.write() as db:
        assert not invitations.cancel(db, issued.id)
    assert len(rows(database)) == 1


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
        entered = {"age": ["42"], "visited": ["no"], "channels": ["radio"]}
        with database.write() as db:
            sent = submission(opened, entered)
            outcome = interview.submit_code(db, opened, sent, keys.newest(db), NOW, TODAY)
            assert outcome == Accepted()
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
