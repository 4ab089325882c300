"""Fifty copies of one form at once, for each of many one-time codes."""

import http.client
import threading
from collections import Counter
from urllib.parse import urlencode

import pytest
from sqlalchemy import select
from werkzeug.serving import make_server

from app import create_app
from app.db import Database
from app.models import Invitation, Spooled
from app.services.consent import consents
from app.services.instruments import instrument_of
from app.web.citizen.pages import version_of
from tests.app import builders

N_COPIES = 50


@pytest.fixture(params=[100, pytest.param(1_000, marks=pytest.mark.slow)])
def n_codes(request):
    return request.param


@pytest.fixture
def sampled(database, town, n_codes):
    with database.write() as db:
        of_round = builders.sampled_round(db, town.campaign, "errand")
        tokens = [builders.invitation(db, of_round).token for _ in range(n_codes)]
        return instrument_of(of_round.instrument_version), tokens


@pytest.fixture
def port(settings, database, database_url):
    """A server of its own on loopback, a thread for each connection, ended with the test."""
    own = Database(database_url, pool_size=25)
    server = make_server("127.0.0.1", 0, create_app(settings, own), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()
    own.close()


def test_parallel_copies_of_one_form_are_one_response_per_code(port, sampled, database, n_codes):
    instrument, tokens = sampled
    body = urlencode(
        {
            "overall": "4",
            "late": "no",
            "comment": "Tốt",
            "form-go": "next",
            "form-version": version_of(instrument),
            "form-consent": consents(instrument)["vi"].short,
            "form-key": "00000000-0000-4000-8000-000000000000",
        }
    )
    gate = threading.Barrier(N_COPIES)
    seen: list[tuple[int, str]] = []

    def citizen():
        for token in tokens:
            gate.wait()
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            connection.request(
                "POST",
                f"/r/{token}/phieu",
                body,
                {"Content-Type": "application/x-www-form-urlencoded"},
            )
            answer = connection.getresponse()
            seen.append((answer.status, answer.getheader("Location", "").rpartition("/")[2]))
            connection.close()

    threads = [threading.Thread(target=citizen) for _ in range(N_COPIES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Counter(seen) == {(303, "cam-on"): n_codes * N_COPIES}
    with database.read() as db:
        assert len(db.scalars(select(Spooled.id)).all()) == n_codes
        states = Counter(db.scalars(select(Invitation.state)))
    assert states == {"used": n_codes}
