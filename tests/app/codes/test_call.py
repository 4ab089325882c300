"""``POST /api/v1/closed-dossiers``: held to its own document, whatever is sent."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.models import ClosedDossier, IntegrationToken
from app.services.dossiers import tokens
from app.web.api import bearer, sent
from tests.app import builders
from tests.app.codes import closed

PATH = "/api/v1/closed-dossiers"
NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)


@pytest.fixture
def place(app, database):
    app.extensions["longdan.clock"] = lambda: NOW
    with database.write() as db:
        return closed.place(db)


def new_token(database, province_id, **changes):
    given = {"expires_at": NOW + timedelta(days=30), "now": NOW} | changes
    with database.write() as db:
        return tokens.create(db, name="Một cửa", province_id=province_id, actor="x", **given)


@pytest.fixture
def token(database, place):
    return new_token(database, place.town.province.id)


def dossier(number=1, **changes):
    return {
        "code": f"H49-{number}", "centre": "hcc-06652", "closed_on": "2026-11-16",
        "field": "ho-tich",
    } | changes  # fmt: skip


def body(*dossiers, **changes):
    return {"round": "ma", "dossiers": list(dossiers) or [dossier()]} | changes


def call(client, token, said, **options):
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    given = {"data": said if isinstance(said, bytes) else json.dumps(said).encode()}
    given["content_type"] = "application/json"
    return client.post(PATH, headers=headers, **(given | options))


def n_dossiers(database):
    with database.read() as db:
        return db.scalars(select(func.count()).select_from(ClosedDossier)).one()


def test_dossiers_are_taken_and_count_once(client, database, token):
    first = call(client, token, body(dossier(1), dossier(2)))
    assert first.status_code == 200
    assert first.json | {"list": 0} == {"list": 0, "state": "taken", "new": 2, "known": 0}
    again = call(client, token, body(dossier(1), dossier(2), dossier(3)))
    assert (again.json["new"], again.json["known"]) == (1, 2)
    same = call(client, token, body(dossier(3)))
    assert (same.json["state"], same.json["known"]) == ("unchanged", 1)
    assert n_dossiers(database) == 3
    with database.read() as db:
        row = db.scalars(select(IntegrationToken)).one()
    assert row.last_used_on.isoformat() == "2026-11-20"
    assert token.encode() not in row.token_digest


def test_one_bad_dossier_and_none_is_taken(client, database, token):
    answer = call(client, token, body(dossier(1), dossier(2, closed_on="2026-11-30")))
    assert answer.status_code == 422
    assert answer.mimetype == "application/problem+json"
    assert [(each["pointer"], each["code"]) for each in answer.json["problems"]] == [
        ("/dossiers/1", "dossier.not-closed")
    ]
    assert n_dossiers(database) == 0


@pytest.mark.parametrize("kind", ["none", "wrong", "revoked", "over", "basic"])
def test_without_a_token_that_counts_nothing_is_taken(client, database, place, token, kind):
    if kind == "revoked":
        with database.write() as db:
            tokens.revoke(db, 1, actor="x", now=NOW)
    if kind == "over":
        token = new_token(database, place.town.province.id, expires_at=NOW)
    shown = {"none": None, "wrong": "longdan_x", "basic": None}.get(kind, token)
    answer = call(client, shown, body())
    if kind == "basic":
        answer = client.post(PATH, json=body(), headers={"Authorization": f"Basic {token}"})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert n_dossiers(database) == 0


def test_a_signed_in_person_is_no_system(office, database):
    assert office.post(PATH, json=body()).status_code == 401
    assert n_dossiers(database) == 0


def test_rounds_of_other_provinces_are_not_there(client, database, place):
    with database.write() as db:
        other = builders.province(db, code="01", name="Thành phố Hà Nội")
    foreign = new_token(database, other.id)
    answer = call(client, foreign, body())
    unknown = call(client, foreign, body(round="khong-co"))
    assert (answer.status_code, unknown.status_code) == (404, 404)
    assert n_dossiers(database) == 0


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"data": b"{"}, 400),
        ({"data": b'{"round": "ma", "round": "ma"}'}, 400),
        ({"data": b'{"round": NaN}'}, 400),
        ({"data": b"[" * 50_000}, 400),
        ({"data": b"\xff\xfe"}, 400),
        ({"content_type": "text/plain"}, 415),
        ({"content_type": "application/x-www-form-urlencoded"}, 415),
        ({"data": b"[]"}, 422),
        ({"data": b'{"round": 1, "dossiers": {}}'}, 422),
        ({"data": b'{"round": "ma\\u0000", "dossiers": [1]}'}, 422),
        ({"data": b" " * (sent.MOST_BYTES + 1)}, 413),
    ],
)
def test_what_is_not_as_described_is_refused_in_words(client, token, changes, status):
    answer = call(client, token, body(), **changes)
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    assert answer.json["detail"].endswith(".")


def test_at_most_a_thousand_dossiers_come_at_once(client, database, token):
    many = [dossier(number) for number in range(1_001)]
    assert call(client, token, body(*many)).status_code == 422
    answer = call(client, token, body(*many[:1_000]))
    assert (answer.status_code, answer.json["new"]) == (200, 1_000)


def test_a_flood_is_asked_to_wait(app, client, token, monkeypatch):
    monkeypatch.setattr(bearer, "CALLS_AT_ONCE", 2)
    # So slowly that no wait of a busy machine lets another one in.
    monkeypatch.setattr(bearer, "CALLS_PER_MINUTE", 0.001)
    answers = [call(client, token, body()) for _ in range(3)]
    assert [each.status_code for each in answers] == [200, 200, 429]
    assert int(answers[-1].headers["Retry-After"]) >= 1


def test_unknown_addresses_of_systems_are_refused_in_json(client):
    assert client.get("/api/v1/unknown").mimetype == "application/problem+json"
    wrong = client.get(PATH)
    assert (wrong.status_code, wrong.mimetype) == (405, "application/problem+json")
    assert "POST" in wrong.headers["Allow"]


TEXTS = st.text(max_size=70) | st.sampled_from(
    ["", "\0", "\ud800", "=1+1", "hcc-06652", "2026-11-16", "0", "đ" * 61, "\u202e"]
)
VALUES = st.none() | st.booleans() | st.integers() | st.floats() | TEXTS | st.lists(TEXTS)
DOSSIERS = st.dictionaries(st.sampled_from(list(sent.FIELDS)) | TEXTS, VALUES | TEXTS, max_size=9)


@given(
    said=st.dictionaries(
        st.sampled_from(["round", "dossiers"]) | TEXTS,
        st.just("ma") | TEXTS | VALUES | st.lists(DOSSIERS, max_size=3),
        max_size=3,
    )
    | st.builds(lambda rows: {"round": "ma", "dossiers": rows}, st.lists(DOSSIERS, max_size=3))
)
@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_is_sent_is_answered_as_the_document_says(app, client, token, said):
    app.extensions.pop("longdan.calls", None)
    document = client.get("/api/v1/openapi.json").json
    described = document["paths"]["/api/v1/closed-dossiers"]["post"]["responses"]
    answer = call(client, token, json.dumps(said, ensure_ascii=True).encode())
    assert answer.status_code in {int(status) for status in described}
    assert answer.status_code < 500
    expected = described[str(answer.status_code)]["content"]
    assert answer.mimetype in expected
    if answer.status_code != 200:
        needed = document["components"]["schemas"]["Problem"]["required"]
        assert set(needed) <= set(answer.json)
