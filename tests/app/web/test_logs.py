import json
import logging
from dataclasses import replace

import pytest

from app import create_app
from tests.app.signing_in import EMAILS, PASSWORD, SIGN_IN, sign_in

CANARY = "chimhoangyen7"
HEADERS = (
    "Accept-Language",
    "Authentication-Token",
    "Authorization",
    "If-None-Match",
    "Referer",
    "Sec-Fetch-Site",
    "User-Agent",
    "X-Forwarded-For",
    "X-Request-ID",
)


@pytest.fixture
def loud(settings, database):
    """An application that logs as in service, with a page that crashes."""
    app = create_app(replace(settings, log_level="INFO"), database)

    def crash(token):
        try:
            raise ValueError(f"the answer was {token}")
        except ValueError as error:
            raise RuntimeError(f"no row for {token}") from error

    app.add_url_rule("/crash/<token>", view_func=crash, methods=["GET", "POST"])
    return app


@pytest.fixture
def lines(capfd):
    """What was written since the last call, as objects."""

    def read():
        return [json.loads(line) for line in capfd.readouterr().err.splitlines() if line]

    return read


def test_a_request_is_one_line_with_its_route(loud, lines):
    answer = loud.test_client().get("/healthz")
    (line,) = lines()
    assert line["event"] == "request"
    assert (line["method"], line["route"], line["status"]) == ("GET", "/healthz", 200)
    assert line["id"] == answer.headers["X-Request-ID"]
    assert line["timestamp"].endswith("Z")
    assert line["ms"] >= 0
    assert "address" not in line


def test_staff_are_named_by_number_and_address(loud, staff, lines):
    client = loud.test_client()
    sign_in(client, EMAILS["office"], headers={"X-Forwarded-For": "198.51.100.9"})
    client.get("/office/")
    signed_in = next(line for line in lines() if line["event"] == "signed-in")
    assert signed_in["actor"] == 1
    assert signed_in["address"] == "127.0.0.1"
    client.get("/office/")
    (line,) = lines()
    assert (line["actor"], line["address"]) == (1, "127.0.0.1")


def test_nothing_that_anyone_sends_is_written(loud, staff, capfd):
    """The canary: planted in every field, header, cookie and address, found in no line."""
    client = loud.test_client()
    client.set_cookie("sid", CANARY)
    client.set_cookie("device", CANARY, path="/office")
    headers = dict.fromkeys(HEADERS, CANARY)
    paths = [
        f"/{rule}/{CANARY}"
        for rule in ("r", "c", "crash", "static", "static/v", "office", "results", CANARY)
    ]
    for path in (*paths, SIGN_IN, "/office/", "/office/rounds", "/healthz", "/readyz"):
        client.get(f"{path}?q={CANARY}&next=/{CANARY}", headers=headers)
        client.post(path, data={CANARY: CANARY, "email": CANARY}, headers=headers)
        client.open(path, method=CANARY.upper(), headers=headers)
        client.get(path, headers={"Host": f"{CANARY}.example"})
    sign_in(client, f"{CANARY}@example.vn", CANARY)
    sign_in(client, EMAILS["office"], PASSWORD)
    written = capfd.readouterr()
    assert len(written.err.splitlines()) > 50
    assert CANARY not in (written.err + written.out).lower()


def test_a_crash_tells_where_but_not_what(loud, lines):
    answer = loud.test_client().get(f"/crash/{CANARY}")
    assert answer.status_code == 500
    exception, request = lines()
    assert exception["event"] == "exception"
    assert [each["class"] for each in exception["chain"]] == [
        "builtins.RuntimeError",
        "builtins.ValueError",
    ]
    assert "test_logs.py" in exception["chain"][0]["lines"][-1]
    assert request["status"] == 500
    assert request["id"] == exception["id"]


def test_a_library_is_quoted_by_place_only(loud, lines):
    logging.getLogger("some.library").warning("row %s", CANARY)
    (line,) = lines()
    assert line["event"] == "library"
    assert line["logger"] == "some.library"
    assert "test_logs" in line["where"]


def test_the_level_is_the_setting(settings, database, lines):
    app = create_app(replace(settings, log_level="ERROR"), database)
    app.test_client().get("/healthz")
    assert lines() == []
