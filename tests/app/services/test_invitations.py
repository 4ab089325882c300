from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from app.errors import ConflictError, NotFoundError
from app.models import Invitation
from app.services import invitations
from tests.app import builders

NOW = datetime(2026, 5, 4, 3, 0, tzinfo=UTC)


@pytest.fixture
def round_id(database):
    with database.write() as db:
        campaign = builders.campaign(db, builders.province(db))
        return builders.sampled_round(db, campaign).id


def issue(database, round_id, **values):
    given = {
        "expires_at": NOW + timedelta(days=30),
        "stratum": "phường",
        "psu": "06652",
        "base_weight": 12.5,
    } | values
    with database.write() as db:
        return invitations.create(db, round_id, **given)


def test_the_token_is_not_kept(database, round_id):
    issued = issue(database, round_id)
    with database.read() as db:
        row = db.execute(select(Invitation.__table__)).one()
    assert issued.token not in repr(row)
    assert row.token_digest == invitations.digest_of(issued.token)


def test_tokens_differ(database, round_id):
    assert len({issue(database, round_id).token for _ in range(20)}) == 20


@pytest.mark.parametrize(
    "typed",
    [
        lambda token: token.upper(),
        lambda token: "-".join((token[:5], token[5:20], token[20:])),
        lambda token: f" {token} ",
        lambda token: token.replace("0", "O").replace("1", "l"),
    ],
)
def test_a_token_typed_from_paper_is_found(database, round_id, typed):
    issued = issue(database, round_id)
    with database.read() as db:
        assert invitations.find(db, typed(issued.token)).id == issued.id


@pytest.mark.parametrize("token", ["", "x", "\0" * 26, "ư" * 26, "u" * 26, "0" * 27, "\udc80" * 26])
def test_what_cannot_be_a_token_is_not_looked_for(token):
    assert invitations.digest_of(token) is None


def test_a_code_is_cancelled_once(database, round_id):
    issued = issue(database, round_id)
    with database.write() as db:
        assert invitations.cancel(db, issued.id)
        assert not invitations.cancel(db, issued.id)
        assert invitations.find(db, issued.token).state == "cancelled"


@pytest.mark.parametrize(
    "design", [{"stratum": None}, {"psu": None}, {"base_weight": None}, {"base_weight": 0.0}]
)
def test_a_sampled_round_needs_the_whole_design(database, round_id, design):
    with pytest.raises(ConflictError, match=r"invitation\.no-design"):
        issue(database, round_id, **design)


def test_an_open_round_takes_no_design(database, round_id):
    with database.write() as db:
        campaign = builders.campaign(db, builders.province(db, "01", "Thành phố Hà Nội"), "hn")
        open_id = builders.open_round(db, campaign).id
    with pytest.raises(ConflictError, match=r"invitation\.design-unwanted"):
        issue(database, open_id)


def test_an_unknown_round_is_refused(database):
    with pytest.raises(NotFoundError, match=r"round\.unknown"):
        issue(database, 404)
