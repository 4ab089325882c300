import re
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urljoin, urlsplit

import itsdangerous.timed
import pytest
from flask import session

from app import create_app
from app.models import SignInFailure
from app.services import accounts
from app.web import context, guards, sessions
from tests.app.signing_in import EMAILS, PASSWORD, SIGN_IN, post, sign_in, token_on

LAN = EMAILS["office"]


def cookie(client, name="sid"):
    found = client.get_cookie(name)
    return None if found is None else found.value


class TestSigningIn:
    def test_the_right_password_leads_to_the_office(self, client, staff):
        answer = sign_in(client, LAN)
        assert (answer.status_code, answer.location) == (302, "/office/")
        assert client.get("/office/").status_code == 200

    def test_one_comes_back_to_the_page_one_asked_for(self, client, staff):
        asked = client.get("/office/rounds?page=2")
        assert asked.status_code == 302
        assert 'name="next" value="/office/rounds?page=2"' in client.get(asked.location).text
        answer = sign_in(client, LAN, next="/office/rounds?page=2")
        assert answer.location == "/office/rounds?page=2"

    @pytest.mark.parametrize(
        ("email", "password"),
        [(LAN, "wrong password"), ("nobody@quangninh.gov.vn", PASSWORD), ("x\0y", "wrong\0")],
    )
    def test_whatever_is_wrong_is_answered_with_the_same_words(
        self, client, staff, email, password
    ):
        answer = sign_in(client, email, password)
        assert answer.status_code == 422
        assert "Địa chỉ thư điện tử hoặc mật khẩu không đúng" in answer.text
        assert 'role="alert"' in answer.text
        assert password not in answer.text

    def test_an_empty_form_names_what_is_missing(self, client, staff):
        answer = sign_in(client, "", "")
        assert answer.status_code == 422
        assert "Xin nhập địa chỉ thư điện tử." in answer.text
        assert "Xin nhập mật khẩu." in answer.text

    def test_after_five_mistakes_the_page_says_how_long_to_wait(self, client, staff):
        for _ in range(5):
            sign_in(client, LAN, "wrong password")
        answer = sign_in(client, LAN)
        assert answer.status_code == 429
        assert 25 <= int(answer.headers["Retry-After"]) <= 30
        assert "Xin đợi" in answer.text

    def test_strangers_do_not_shut_out_the_device_she_uses(self, app, client, staff):
        sign_in(client, LAN)
        stranger = app.test_client()
        for _ in range(6):
            sign_in(stranger, LAN, "wrong password")
        assert sign_in(stranger, LAN).status_code == 429
        post(client, "/office/sign-out", page="/office/")
        assert sign_in(client, LAN).status_code == 302

    def test_the_cookie_of_one_account_does_not_help_with_another(self, app, client, staff):
        sign_in(client, EMAILS["unit_viewer"])
        post(client, "/office/sign-out", page="/office/")
        for _ in range(6):
            answer = sign_in(client, LAN, "wrong password")
        assert answer.status_code == 429

    def test_a_forged_device_is_a_new_device(self, app, client, staff):
        client.set_cookie("device", '["laptop",["0000"]]', path="/office")
        for _ in range(6):
            answer = sign_in(client, LAN, "wrong password")
        assert answer.status_code == 429

    def test_a_right_password_leaves_no_failure(self, client, staff, database):
        sign_in(client, LAN)
        with database.read() as db:
            assert db.query(SignInFailure).count() == 0

    def test_a_token_in_a_header_signs_nobody_in(self, client, staff):
        answer = client.get("/office/", headers={"Authentication-Token": "x"})
        assert answer.status_code == 302


HOSTS = ("evil.example", "evil.example/office/", "127.0.0.1.evil.example", "google.com%2f..")
STARTS = (
    "http://", "https://", "//", "///", "////", "\\\\", "/\\", "\\/", "/%2f", "/%5c", "%2f%2f",
    "https:", "https:/", "javascript:", " //", "\t//", "\n//", "/\t/", "/\n/", "\x00//",
    "http:\\\\", "ftp://", "/ /", "\u2028//", "／／", "/office/..//", "/office//", "@",
    "/office/\\", "data:text/html,", "//user@", "/\r\nLocation: https://",
)  # fmt: skip

PAYLOADS = tuple(
    payload
    for start in STARTS
    for host in HOSTS
    for payload in (start + host, f"/office/{start}{host}", start.upper() + host.upper())
)


def stays_here(location):
    """Whether a browser that is led to a location stays on this site."""
    there = urljoin("http://localhost/office/sign-in", location)
    shape = re.fullmatch(r"/(?![/\\])[^\\\x00-\x20]*", location)
    return shape is not None and urlsplit(there).netloc == "localhost"


class TestRedirects:
    def test_an_address_that_is_taken_stays_here(self):
        assert len(PAYLOADS) >= 300
        taken = [payload for payload in PAYLOADS if guards.is_own_path(payload)]
        assert "/office/rounds?page=2" not in taken
        assert guards.is_own_path("/office/rounds?page=2")
        for payload in taken:
            assert stays_here(payload), payload

    @pytest.mark.parametrize("payload", [start + HOSTS[0] for start in STARTS])
    def test_signing_in_leads_to_no_other_site(self, client, staff, payload):
        for answer in (
            sign_in(client, LAN, next=payload),
            client.get(SIGN_IN, query_string={"next": payload}),
        ):
            # An address with a NUL is not even looked at.
            assert answer.status_code == 302 or (answer.status_code, "\x00" in payload) == (
                404,
                True,
            )
            assert answer.location is None or stays_here(answer.location)

    def test_a_stranger_is_not_sent_back_to_a_doubtful_address(self, client):
        for path in ("/office/rounds/a b", "/office/?u=https://evil.example"):
            assert client.get(path).location == SIGN_IN


class TestSessions:
    def test_what_a_stranger_put_into_the_session_is_gone_after_signing_in(self, client, staff):
        with client.session_transaction() as kept:
            kept["planted"] = "by a stranger"
            kept["language"] = "en"
        before = cookie(client)
        sign_in(client, LAN)
        with client.session_transaction() as kept:
            assert "planted" not in kept
            assert kept["language"] == "en"
        assert cookie(client) != before

    def test_the_token_of_before_is_worthless_after(self, client, staff):
        before = token_on(client, SIGN_IN)
        sign_in(client, LAN)
        answer = client.post("/office/sign-out", data={"csrf_token": before})
        assert answer.status_code == 403
        assert client.get("/office/").status_code == 200

    def test_signing_out_ends_copies_of_the_cookie_too(self, app, client, staff):
        sign_in(client, LAN)
        stolen = cookie(client)
        answer = post(client, "/office/sign-out", page="/office/")
        assert (answer.status_code, answer.location) == (302, SIGN_IN)
        assert "đã đăng xuất" in client.get(SIGN_IN).text
        thief = app.test_client()
        thief.set_cookie("sid", stolen)
        assert thief.get("/office/").status_code == 302

    def test_signing_out_needs_a_form_of_ours(self, office):
        assert office.get("/office/sign-out").status_code == 405
        assert office.post("/office/sign-out").status_code == 403
        assert office.get("/office/").status_code == 200

    def test_disabling_an_account_ends_its_sessions_at_once(self, office, database):
        with database.write() as db:
            accounts.disable(db, LAN, actor="test")
        assert office.get("/office/").status_code == 302

    def test_a_session_idle_for_half_an_hour_is_over(self, office, monkeypatch):
        later(monkeypatch, sessions.IDLE + timedelta(seconds=5))
        assert office.get("/office/").status_code == 302

    def test_a_session_that_is_used_is_over_after_twelve_hours(self, office, monkeypatch):
        step, passed = timedelta(minutes=20), timedelta()
        while passed + step < sessions.ABSOLUTE:
            passed += step
            later(monkeypatch, passed)
            assert office.get("/office/").status_code == 200
        later(monkeypatch, sessions.ABSOLUTE + timedelta(seconds=5))
        assert office.get("/office/").status_code == 302

    def test_a_changed_cookie_is_no_session(self, office):
        office.set_cookie("sid", cookie(office)[:-2] + "xx")
        assert office.get("/office/").status_code == 302


_real_time = time.time


def later(monkeypatch, passed):
    """Set the clock of sessions forward."""
    seconds = passed.total_seconds()
    monkeypatch.setattr(itsdangerous.timed.time, "time", lambda: _real_time() + seconds)


class TestCookies:
    def test_in_service_they_are_secure_and_belong_to_this_host_alone(self, settings, database):
        client = https_client(settings, database)
        answer = client.get(SIGN_IN)
        (made,) = answer.headers.getlist("Set-Cookie")
        assert made.startswith("__Host-sid=")
        for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
            assert part in made.split("; ")
        assert "Domain" not in made

    def test_the_device_is_known_to_office_pages_only(self, settings, database, staff):
        client = https_client(settings, database)
        answer = sign_in(client, LAN)
        made = next(c for c in answer.headers.getlist("Set-Cookie") if c.startswith("__Secure-"))
        for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/office"):
            assert part in made.split("; ")
        assert LAN not in made

    def test_files_and_health_set_no_cookie_and_vary_by_none(self, office):
        for path in ("/static/office.css", "/bootstrap/static/css/bootstrap.min.css", "/healthz"):
            answer = office.get(path)
            assert answer.status_code == 200
            assert "Set-Cookie" not in answer.headers
            assert "Cookie" not in answer.headers.get("Vary", "")

    def test_a_page_without_session_that_writes_one_is_a_mistake(self, app):
        app.testing = False
        with app.test_request_context("/c/hg-05"):
            session["x"] = 1
            with pytest.raises(RuntimeError, match="no session"):
                app.session_interface.save_session(app, session._get_current_object(), None)


def https_client(settings, database):
    secure = replace(settings, https=True, public_url="https://localhost")
    app = create_app(secure, database)
    app.testing = True
    client = app.test_client()
    client.environ_base["wsgi.url_scheme"] = "https"
    return client


class TestForgery:
    def test_a_form_without_token_changes_nothing(self, office, database):
        answer = office.post("/office/campaigns/new", data={"name": "Giả mạo"})
        assert answer.status_code == 403
        assert "Chưa có gì được thay đổi" in answer.text

    @pytest.mark.parametrize(
        "headers",
        [
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
            {"Origin": "https://evil.example"},
            {"Origin": "http://localhost:9999"},
        ],
    )
    def test_a_form_from_another_site_is_refused_even_with_a_token(self, office, headers):
        data = {"csrf_token": token_on(office, "/office/")}
        answer = office.post("/office/sign-out", data=data, headers=headers)
        assert answer.status_code == 403
        assert office.get("/office/").status_code == 200

    @pytest.mark.parametrize(
        "headers",
        [{"Sec-Fetch-Site": "same-origin", "Origin": "null"}, {"Origin": "http://localhost"}, {}],
    )
    def test_what_browsers_send_from_our_pages_is_taken(self, client, staff, headers):
        assert sign_in(client, LAN, headers=headers).status_code == 302

    def test_a_form_sent_after_the_session_ended_leads_to_signing_in(self, client, staff):
        answer = client.post("/office/campaigns/new", data={"name": "x"})
        assert (answer.status_code, answer.location) == (303, SIGN_IN)
        assert "Phiên làm việc đã kết thúc" in client.get(SIGN_IN).text


class TestLanguage:
    def test_the_page_is_vietnamese_and_english_is_one_link_away(self, client):
        page = client.get(SIGN_IN).text
        assert '<html lang="vi">' in page
        assert f'href="{SIGN_IN}?lang=en"' in page

    def test_the_choice_is_kept_for_the_pages_that_follow(self, office):
        assert '<html lang="en">' in office.get("/office/?lang=en").text
        assert '<html lang="en">' in office.get("/office/rounds").text
        assert '<html lang="vi">' in office.get("/office/rounds?lang=vi").text
        assert '<html lang="vi">' in office.get("/office/").text

    def test_the_link_keeps_the_rest_of_the_address(self, client):
        page = client.get(f"{SIGN_IN}?next=/office/rounds").text
        assert "next=/office/rounds&amp;lang=en" in page

    def test_one_is_asked_to_sign_in_in_the_language_of_the_page_one_asked_for(self, client):
        asked = client.get("/office/rounds?lang=en")
        assert '<html lang="en">' in client.get(asked.location).text
        asked = client.get("/office/rounds?lang=xx")
        assert "lang" not in parse_qs(urlsplit(asked.location).query)


def test_the_clock_of_views_is_the_one_of_the_application(app):
    app.extensions["longdan.clock"] = lambda: datetime(2026, 12, 31, 18, tzinfo=UTC)
    with app.app_context():
        assert context.today().isoformat() == "2027-01-01"
