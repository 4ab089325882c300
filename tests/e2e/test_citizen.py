"""The citizens' pages in a browser: without barriers, on a small phone, with JavaScript off."""

from collections.abc import Iterator
from datetime import UTC, datetime
from threading import Thread
from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import func, select
from werkzeug.serving import make_server

from app.models import Response, Spooled
from app.services import interview
from app.services.consent import consents
from app.services.mixing import keys
from app.services.mixing.shelf import KeyShelf
from app.web.citizen.limits import Allowance
from tests.app import builders
from tests.e2e.pressing import press

pytestmark = pytest.mark.browser

LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Contrast of the highest level, for reading in sunlight.
AXE = {
    "runOnly": LEVELS,
    "rules": {"color-contrast-enhanced": {"enabled": True}, "target-size": {"enabled": True}},
}
SIZES = {"phone": (360, 740), "desktop": (1280, 800)}
PRESSED = "button:not(.unseen), a.button, a.language, .summary a, label:has(input), textarea"


@pytest.fixture
def site(app: Flask) -> Iterator[str]:
    """The application behind a real server; its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def town(database):
    with database.write() as db:
        town = builders.town(db)
        builders.open_round(db, town.campaign, "counter_2026")
        return town


@pytest.fixture
def long(database):
    """A counter whose questionnaire has several pages and every kind of question."""
    with database.write() as db:
        province = builders.province(db, "01", "Thành phố Hà Nội")
        builders.counter(db, builders.centre(db, province), code="long")
        builders.open_round(db, builders.campaign(db, province, "hn"), "journey")


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A phone that runs no JavaScript."""
    context = browser.new_context(viewport={"width": 360, "height": 740}, java_script_enabled=False)
    yield context.new_page()
    context.close()


def begin(page: Page, url: str) -> None:
    page.goto(url)
    press(page, "main button")


def rate(page: Page) -> None:
    """Choose "satisfied" everywhere and say that the dossier was not late."""
    for name in page.eval_on_selector_all("input[value='4']", "all => all.map(one => one.name)"):
        page.check(f"input[name={name}][value='4']")
    page.check("input[name=late][value=no]")


def n_responses(database) -> int:
    with database.read() as db:
        return db.scalar(select(func.count()).select_from(Response))


def n_waiting(database) -> int:
    """Answers that came with codes: sealed, until there are enough to be mixed."""
    with database.read() as db:
        return db.scalar(select(func.count()).select_from(Spooled))


def visit_everything(page: Page, site: str, codes: dict[str, str]) -> Iterator[str]:
    """Go through every kind of page a citizen can meet, naming each."""
    begin(page, f"{site}/c/hg-05")
    yield "form"
    page.check("input[name=late][value=yes]")
    press(page, "button.main")
    yield "errors"
    page.check("input[name=told][value=yes]")
    page.check("input[name=apologised][value=no]")
    for name in ("access_1", "access_2", "procedures_1", "procedures_2", "officials_1"):
        page.check(f"input[name={name}][value='4']")
    for name in ("officials_2", "results_1", "results_2", "feedback_1", "overall"):
        page.check(f"input[name={name}][value='5']")
    press(page, "button.main")
    yield "thanks"
    page.go_back()
    page.check("input[name=overall][value='1']")
    press(page, "button.main")
    yield "already answered"
    begin(page, f"{site}/c/long")
    page.fill("[name=age]", "4")
    press(page, "button.main")
    yield "long, errors"
    page.fill("[name=age]", "47")
    page.check("[name=visited][value=yes]")
    press(page, "button.main")
    yield "long, scales and date"
    page.check("[name=polite][value='5']")
    page.check("[name=clear][value='9']")
    press(page, "button.main")
    page.check("[name=channels][value=else]")
    yield "long, several options"
    press(page, "button.main")
    yield "long, texts"
    press(page, "button.main")
    yield "review"
    press(page, "button[value='lang:en']")
    yield "review in English"
    for path in (
        "/c/hg-05",
        "/c/hg-05?lang=en",
        f"/r/{codes['fresh']}",
        f"/r/{codes['used']}",
        f"/r/{codes['replaceable']}",
        f"/r/{codes['cancelled']}",
        f"/r/{codes['expired']}",
        "/c/nope",
        "/c/closed",
        "/c/idle",
        "/r/nope",
        "/nowhere",
        "/ma",
    ):
        page.goto(site + path)
        yield path
    page.fill("#ma", "k7m2-9x4p-c3d")
    press(page, "button.main")
    yield "/ma, mistyped"


def hand_in(db, settings, issued, moment: datetime) -> None:
    """Answer with a code at a moment, as its page does."""
    key = keys.newest(db) or keys.make(db, KeyShelf(settings.spool_keys), moment)
    opened = interview.open_code(db, issued.token, moment, moment.date())
    agreed = consents(opened.instrument)["vi"]
    entered = {"age": ["47"], "visited": ["no"], "channels": ["radio"]}
    sent = interview.Submission(entered, "vi", agreed, uuid4())
    outcome = interview.submit_code(db, opened, sent, key, moment, moment.date())
    assert outcome == interview.Accepted()


@pytest.fixture
def codes(database, settings, town, long) -> dict[str, str]:
    with database.write() as db:
        builders.counter(db, town.centre, "06", code="closed", closed_on=builders.FIRST_DAY)
        idle = builders.province(db, "48", "Thành phố Đà Nẵng")
        builders.counter(db, builders.centre(db, idle), code="idle")
        of_round = builders.sampled_round(db, town.campaign, "journey")
        used, cancelled = (builders.invitation(db, of_round) for _ in range(2))
        hand_in(db, settings, used, builders.MADE_AT)
        builders.invitations.cancel(db, cancelled.id)
        replaceable = builders.invitation(db, of_round)
        hand_in(db, settings, replaceable, datetime.now(UTC))
        return {
            "replaceable": replaceable.token,
            "fresh": builders.invitation(db, of_round).token,
            "used": used.token,
            "cancelled": cancelled.token,
            "expired": builders.invitation(db, of_round, expires_at=builders.MADE_AT).token,
        }


@pytest.mark.parametrize("size", SIZES)
def test_no_page_has_a_barrier(browser, site, codes, size):
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height})
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    found = {}
    for name in visit_everything(page, site, codes):
        report = Axe().run(page, options=AXE).response
        faults = [
            (fault["id"], [node["html"][:120] for node in fault["nodes"]])
            for fault in report["violations"]
        ]
        if faults:
            found[name] = faults
    context.close()
    assert found == {}
    assert not [line for line in said if "Content Security Policy" in line]


# 360 px, the narrowest that WCAG asks for, and a small phone enlarged to 200 %.
@pytest.mark.parametrize("width", [360, 320, 180])
def test_no_page_is_wider_than_the_screen(browser, site, codes, width):
    context = browser.new_context(viewport={"width": width, "height": 640})
    page = context.new_page()
    for name in visit_everything(page, site, codes):
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, (name, wide)
    context.close()


def test_whatever_is_pressed_is_large_enough_for_a_finger(browser, site, codes):
    context = browser.new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    for name in visit_everything(page, site, codes):
        for box in page.eval_on_selector_all(
            PRESSED,
            "all => all.map(one => { const box = one.getBoundingClientRect();"
            " return [one.outerHTML.slice(0, 90), box.width, box.height] })",
        ):
            what, wide, high = box
            if wide or high:  # not shown before its question is answered
                assert high >= 44, (name, what, high)
                assert wide >= 44, (name, what, wide)
    context.close()


def test_a_phone_without_javascript_rates_a_counter(page, site, town, database):
    begin(page, f"{site}/c/hg-05")
    press(page, "button.main")
    expect(page.locator("#problems")).to_be_visible()
    rate(page)
    press(page, "button.main")
    assert page.url.startswith(f"{site}/c/hg-05/cam-on")
    assert page.locator("h1").inner_text() == "Đã nhận phiếu của ông/bà"
    assert n_responses(database) == 1


def test_the_focus_goes_to_the_list_of_errors_and_on_to_the_question(browser, site, town):
    context = browser.new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    begin(page, f"{site}/c/hg-05")
    press(page, "button.main")
    assert page.evaluate("document.activeElement.id") == "problems"
    page.click("#problems a >> nth=1")
    assert page.evaluate("document.activeElement.name") == "access_2"
    context.close()


def test_back_after_the_thanks_shows_the_form_as_it_was_and_stores_nothing_more(
    page, site, town, database
):
    begin(page, f"{site}/c/hg-05")
    rate(page)
    press(page, "button.main")
    page.go_back()
    assert page.is_checked("input[name=access_1][value='4']")
    press(page, "button.main")
    assert page.url.startswith(f"{site}/c/hg-05/cam-on")
    assert n_responses(database) == 1


def test_reloading_and_double_taps_store_one_response(page, site, town, database):
    begin(page, f"{site}/c/hg-05")
    page.reload()
    rate(page)
    page.dblclick("button.main")
    page.wait_for_url("**/cam-on*")
    page.reload()
    assert n_responses(database) == 1


def test_two_tabs_of_one_code_are_one_response(browser, site, codes, database):
    already = n_waiting(database)
    context = browser.new_context(java_script_enabled=False)
    tabs = [context.new_page() for _ in range(2)]
    for tab in tabs:
        begin(tab, f"{site}/r/{codes['fresh']}")
    for tab in tabs:
        tab.fill("[name=age]", "47")
        tab.check("[name=visited][value=no]")
        press(tab, "button.main")
    for tab in tabs:
        tab.check("[name=channels][value=radio]")
        press(tab, "button.main")
    for tab in tabs:
        tab.goto(f"{site}/r/{codes['fresh']}/phieu")
        if "phieu/words" in tab.url:
            press(tab, "button.main")
            press(tab, "button.main")
        tab.goto(f"{site}/r/{codes['fresh']}/cam-on")
        assert tab.locator("h1").inner_text() == "Đã nhận phiếu của ông/bà"
    context.close()
    assert n_waiting(database) == already + 1


def test_back_through_a_long_form_shows_its_pages_again(page, site, long):
    begin(page, f"{site}/c/long")
    page.fill("[name=age]", "47")
    page.check("[name=visited][value=no]")
    press(page, "button.main")
    page.check("[name=channels][value=radio]")
    press(page, "button.main")
    page.go_back()
    assert page.is_checked("[name=channels][value=radio]")
    page.go_back()
    assert page.input_value("[name=age]") == "47"
    press(page, "button.main")
    page.check("[name=channels][value=radio]")
    press(page, "button.main")
    press(page, "button.main")
    assert page.locator("h1").inner_text() == "Xem lại trước khi gửi"


def test_return_in_a_text_field_goes_on(page, site, long):
    begin(page, f"{site}/c/long")
    page.check("[name=visited][value=no]")
    page.fill("[name=age]", "47")
    page.press("[name=age]", "Enter")
    assert page.locator("h1").inner_text() == "Thông tin"


def test_questions_after_a_yes_show_up_after_it(page, site, town):
    begin(page, f"{site}/c/hg-05")
    told = page.locator("input[name=told]").first
    expect(told).to_be_hidden()
    page.check("input[name=late][value=yes]")
    expect(told).to_be_visible()
    page.check("input[name=late][value=no]")
    expect(told).to_be_hidden()


def test_the_first_load_is_two_requests_and_no_page_stores_anything(browser, site, town):
    context = browser.new_context()
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{site}/c/hg-05", wait_until="networkidle")
    assert len([url for url in asked if not url.startswith("data:")]) == 2
    asked.clear()
    press(page, "main button")
    page.wait_for_load_state("networkidle")
    assert all(url.startswith((site, "data:")) for url in asked)
    assert context.cookies() == []
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    context.close()


def test_a_refused_flood_is_a_page_without_barriers(app, browser, site, town):
    app.extensions["longdan.allowance"] = Allowance(0.001, 0.5)
    context = browser.new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    begin(page, f"{site}/c/hg-05")
    press(page, "button.main")
    assert "quá nhiều phiếu" in page.locator("h1").inner_text()
    assert Axe().run(page, options=AXE).response["violations"] == []
    context.close()
