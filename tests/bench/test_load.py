"""The load generator tells the truth about what a server did."""

import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from bench import load
from bench.journey import Site, journeys, read_form
from bench.servers import free_port

FORM = """<form action="?lang=en"><input name="lang" value="en"></form>
<form method="post" action="/form#top">
<input type="radio" name="sex" value="male"><input type="radio" name="sex" value="female">
<input type="text" name="age"><textarea name="comment"></textarea>
<input type="hidden" name="form-version" value="1"><input type="hidden" name="form-key" value="%d">
<button name="form-go" value="next">Gửi</button></form>"""


class Desk(BaseHTTPRequestHandler):
    """Gives out numbered forms and counts what comes back; misbehaves when told to."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        server = self.server
        if self.path == "/thanks":
            self.reply(200, b"Xin c\xe1\xba\xa3m \xc6\xa1n")
            return
        with server.lock:
            server.given += 1
            page = FORM % server.given
        self.reply(200, page.encode())

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        with self.server.lock:
            self.server.bodies.append(body)
            number = len(self.server.bodies)
        if number in self.server.drops:
            self.close_connection = True
        elif number in self.server.fails:
            self.reply(500, b"")
        else:
            self.reply(303, b"", {"Location": "/thanks"})

    def reply(self, status, body, headers=None):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if self.server.closes:
            self.send_header("Connection", "close")
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def desk():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Desk)
    server.daemon_threads = True
    server.lock, server.given, server.bodies = threading.Lock(), 0, []
    server.closes, server.drops, server.fails = False, set(), set()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def walk(desk, n, citizens=4):
    site = Site.of_form(desk.server_port, "/form", (FORM % 0).encode(), "form-key")
    ledger, _seconds = load.run(desk.server_port, citizens, journeys(site, n))
    return ledger


@pytest.mark.parametrize("closes", [False, True], ids=["kept alive", "closed each time"])
def test_every_journey_is_made_and_its_key_noted(desk, closes):
    desk.closes = closes
    ledger = walk(desk, 30)
    assert ledger.finished == 30
    assert ledger.errors == Counter()
    assert sorted(map(int, ledger.acknowledged)) == list(range(1, 31))
    assert {phase: len(waits) for phase, waits in ledger.seconds.items()} == {
        "form": 30, "answers": 30, "thanks": 30
    }  # fmt: skip


def test_a_reply_that_never_came_is_an_error_and_no_acknowledgement(desk):
    desk.drops = {3, 7}
    ledger = walk(desk, 20)
    assert ledger.errors == {"connection lost with a request under way": 2}
    assert len(ledger.acknowledged) == 18
    assert len(desk.bodies) == 20


def test_another_status_is_an_error_and_no_acknowledgement(desk):
    desk.fails = {5}
    ledger = walk(desk, 10)
    assert ledger.errors == {"answers: status 500": 1}
    assert len(ledger.acknowledged) == 9


def test_a_server_that_is_gone_ends_the_run():
    port = free_port()
    site = Site.of_form(port, "/form", (FORM % 0).encode(), "form-key")
    ledger, seconds = load.run(port, 3, journeys(site, 1000))
    assert ledger.finished == 0
    assert ledger.errors == {"connection refused": 3}
    assert seconds < load.PATIENCE_SECONDS


def test_a_form_is_sent_as_a_browser_would():
    form = read_form((FORM % 8).encode(), "post")
    assert form.options == {"sex": ["male", "female"]}
    assert form.texts == ["age", "comment"]
    assert form.fixed == {"form-version": "1", "form-key": "8", "form-go": "next"}
    site = Site.of_form(80, "/form", (FORM % 8).encode(), "form-key")
    assert site.action == "/form"
    assert site.key_in((FORM % 9).encode()) == b"9"
    assert site.post(b"9", 0).endswith(b"&form-key=9")
