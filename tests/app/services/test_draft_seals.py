"""Drafts open with the code they were begun with, and with nothing else."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, text

from app.models import Draft, Invitation
from app.queries.interview import DraftRow
from app.services import draft_seals, interview, invitations
from app.services.consent import consents
from app.services.drafts import save_page
from tests.app import builders
from tests.app.services.conftest import NOW, TODAY

KEY = draft_seals.key_of("0123456789abcdefghjkmnpqrs")
GIVEN = DraftRow({"age": ["42"], "wish": ["Mở cửa cả thứ Bảy"]}, "sha256:0", "vi", "about")


def test_a_draft_opens_as_it_was():
    assert draft_seals.unseal(draft_seals.seal(GIVEN, KEY, 7), KEY, 7) == GIVEN


@pytest.mark.parametrize("place", [0, 1, 12, 13, 500, -1])
def test_an_altered_draft_is_none(place):
    sealed = bytearray(draft_seals.seal(GIVEN, KEY, 7))
    sealed[place] ^= 1
    assert draft_seals.unseal(bytes(sealed), KEY, 7) is None


@pytest.mark.parametrize("sealed", [b"", b"\x01", b"\x01" + b"0" * 5])
def test_what_is_too_short_is_none(sealed):
    assert draft_seals.unseal(sealed, KEY, 7) is None


def test_a_draft_put_with_another_code_is_none():
    assert draft_seals.unseal(draft_seals.seal(GIVEN, KEY, 7), KEY, 8) is None


def test_lengths_tell_little():
    lengths = {
        len(draft_seals.seal(DraftRow({"wish": ["x" * n]}, None, "vi", None), KEY, 7))
        for n in (0, 1, 100, 1500)
    }
    assert len(lengths) == 1


@pytest.fixture
def journey(database, town):
    with database.write() as db:
        return builders.sampled_round(db, town.campaign, "journey")


@pytest.fixture
def issued(database, journey):
    with database.write() as db:
        return builders.invitation(db, journey)


def opened_with(database, token):
    with database.read() as db:
        return interview.open_code(db, token, NOW, TODAY)


def save(database, token, entered):
    opened = opened_with(database, token)
    with database.write() as db:
        agreed = consents(opened.instrument)["vi"]
        assert save_page(
            db, opened, "about", entered, language="vi", agreed=agreed, now=NOW, answered=True
        )


def test_the_database_holds_nothing_of_it_in_clear(database, issued):
    save(database, issued.token, {"age": ["42"], "visited": ["yes"]})
    with database.read() as db:
        [row] = db.execute(select(Draft.__table__)).all()
    assert (row.answers, row.language, row.page, row.consent_hash) == (None, None, None, None)
    for told in (b"visited", b"about", b"42"):
        assert told not in row.sealed


def test_the_other_form_of_a_code_begins_anew_and_may_go_on(database, issued):
    save(database, issued.token, {"age": ["42"], "visited": ["yes"]})
    other = invitations.new_token()
    with database.write() as db:
        invitation = db.get_one(Invitation, issued.id)
        invitation.short_digest = invitations.digest_of(other)
    assert opened_with(database, other).draft is None
    save(database, other, {"age": ["30"], "visited": ["no"]})
    assert opened_with(database, other).draft.entered == {"age": ["30"], "visited": ["no"]}
    assert opened_with(database, issued.token).draft is None


def test_a_draft_begun_before_drafts_were_sealed_is_read_and_then_sealed(database, issued):
    with database.write() as db:
        db.add(
            Draft(
                invitation_id=issued.id, submission_key=uuid4(), language="vi",
                answers={"age": ["42"]}, page=None, updated_at=NOW,
                expires_at=NOW + timedelta(days=1),
            )
        )  # fmt: skip
    assert opened_with(database, issued.token).draft == DraftRow({"age": ["42"]}, None, "vi", None)
    save(database, issued.token, {"age": ["42"], "visited": ["no"]})
    with database.read() as db:
        assert db.scalar(text("SELECT answers FROM draft")) is None
    assert opened_with(database, issued.token).draft.entered == {"age": ["42"], "visited": ["no"]}
