import pytest
from flask import abort
from werkzeug.exceptions import MethodNotAllowed, TooManyRequests

from app.db import Database
from app.errors import ConflictError, NotFoundError
from tests.pages import plain

STATUSES = (400, 403, 404, 405, 413, 422, 429, 500, 503)


@pytest.fixture
def failing(app):
    """An application with pages that fail on request, for citizens and for staff."""
    app.testing = False

    def fail(status):
        abort(status)

    def crash():
        raise ZeroDivisionError

    def refuse(kind):
        raise {"unknown": NotFoundError, "conflict": ConflictError}[kind]("x")

    for area, prefix in (("citizen", "/c/x"), ("staff", "/x")):
        app.add_url_rule(f"{prefix}/fail/<int:status>", f"{area}_fail", fail)
        app.add_url_rule(f"{prefix}/crash", f"{area}_crash", crash)
        app.add_url_rule(f"{prefix}/refuse/<kind>", f"{area}_refuse", refuse)
    return app.test_client()


@pytest.mark.parametrize("prefix", ["/c/x", "/x"])
@pytest.mark.parametrize("status", STATUSES)
def test_an_error_has_a_page_with_its_status(failing, prefix, status):
    answer = failing.get(f"{prefix}/fail/{status}")
    assert answer.status_code == status
    assert answer.mimetype == "text/html"
    assert "Lòng Dân" in answer.text
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("prefix", ["/c/x", "/x"])
def test_a_status_without_words_of_its_own_gets_those_of_its_class(failing, prefix):
    assert failing.get(f"{prefix}/fail/418").status_code == 418
    assert failing.get(f"{prefix}/fail/504").status_code == 504


def test_citizens_are_told_whether_their_answers_were_saved(failing):
    assert "Chưa có câu trả lời nào được lưu" in failing.get("/c/x/fail/413").text
    assert "chỉ được tính một lần" in failing.get("/c/x/fail/500").text


def test_a_crash_shows_nothing_of_the_program(failing):
    answer = failing.get("/c/x/crash")
    assert answer.status_code == 500
    assert "ZeroDivision" not in answer.text
    assert "Traceback" not in answer.text


def test_codes_of_the_program_become_statuses(failing):
    assert failing.get("/x/refuse/unknown").status_code == 404
    assert failing.get("/x/refuse/conflict").status_code == 409


def test_an_unknown_address_is_a_404_in_the_language_asked_for(client):
    answer = client.get("/nowhere?lang=en")
    assert answer.status_code == 404
    assert '<html lang="en">' in answer.text


def test_a_refused_method_names_those_allowed(client):
    answer = client.delete("/healthz")
    assert answer.status_code == MethodNotAllowed.code
    assert "GET" in answer.headers["Allow"]


def test_the_wait_is_named_to_programs_too(app):
    def wait():
        raise TooManyRequests(retry_after=7)

    app.add_url_rule("/wait", "wait", wait)
    assert app.test_client().get("/wait").headers["Retry-After"] == "7"


def test_a_database_that_is_away_is_a_503(app):
    away = Database("postgresql+psycopg://longdan@127.0.0.1:1/nothing")

    def ask():
        away.ping()
        return ""

    app.add_url_rule("/ask", "ask", ask)
    answer = app.test_client().get("/ask")
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0


def test_a_redirect_is_no_error(app):
    app.add_url_rule("/folder/", "folder", lambda: "x")
    assert app.test_client().get("/folder").status_code == 308


def test_pages_of_errors_are_utf_8(client):
    assert "Không tìm thấy" in plain(client.get("/nowhere")).decode()
