"""A tablet at a counter, in a browser: without a network, without anybody, and twice at once."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select

from app.models import Response
from app.queries import channels
from app.services import kiosks
from tests.app import builders
from tests.e2e.pressing import press
from tests.e2e.serving import served

pytestmark = pytest.mark.browser

LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
BEGIN = "[data-begin=vi]"
IDLE_MS = 15_000


@pytest.fixture
def site(app: Flask) -> Iterator[str]:
    with served(app) as address:
        yield address


@pytest.fixture
def town(database):
    with database.write() as db:
        town = builders.town(db)
        builders.open_round(db, town.campaign, "counter_2026", modes=["web", "kiosk"])
        return town


@pytest.fixture
def tablet(browser: Browser, site, town, database) -> Iterator[BrowserContext]:
    """A browser that the office has made the tablet of counter hg-05."""
    with database.write() as db:
        setup = kiosks.begin(db, "hg-05", name="Máy 1", actor="x", now=builders.FAR)
    context = browser.new_context(viewport={"width": 1024, "height": 768})
    page = context.new_page()
    page.goto(f"{site}/k/cai-dat/{setup}")
    press(page, "button.main")
    assert page.url == f"{site}/k/hg-05"
    page.close()
    yield context
    context.close()


def opened(tablet: BrowserContext, site: str) -> Page:
    """Open the tablet's page and wait until it could do without a network."""
    page = tablet.new_page()
    page.goto(f"{site}/k/hg-05")
    expect(page.locator("body[data-ready=yes]")).to_be_attached()
    return page


def question(page: Page):
    return page.locator("[data-item]:visible")


def answer(page: Page, level: str = "4", language: str = "vi") -> None:
    """Answer every question, the same level for each of the ten."""
    page.click(f"[data-begin={language}]")
    for _ in range(10):
        item = question(page).get_attribute("data-item")
        question(page).locator(f"button[value='{level}']").click()
        expect(page.locator(f"[data-language={language}] [data-item={item}]")).to_be_hidden()
    question(page).locator("button[value=no]").click()
    for _ in range(3):
        question(page).locator("button.next").click()
    expect(page.locator(".thanks:visible")).to_be_visible()


def rows(database) -> list[Response]:
    with database.read() as db:
        return list(db.scalars(select(Response)))


def in_queue(page: Page, store: str = "waiting") -> int:
    return page.evaluate(
        """(store) => new Promise((done, fail) => {
            const asked = indexedDB.open("longdan-kiosk", 1);
            asked.onerror = () => fail(asked.error);
            asked.onsuccess = () => {
                const count = asked.result.transaction(store).objectStore(store).count();
                count.onsuccess = () => { asked.result.close(); done(count.result); };
            };
        })""",
        store,
    )


def until_sent(page: Page) -> None:
    """Wait until the tablet says that it holds nothing any more."""
    expect(page.locator("body[data-waiting='0']")).to_be_attached(timeout=60_000)


def test_one_answer_is_one_row_of_the_tablets_own_mode(tablet, site, database):
    page = opened(tablet, site)
    answer(page, "5")
    until_sent(page)
    (row,) = rows(database)
    assert row.mode == "kiosk"
    assert row.source == "open"
    assert row.language == "vi"
    assert row.answers["officials_1"] == 5
    assert row.answers["late"] == "no"
    assert in_queue(page) == 0


def test_ten_answers_without_a_network_are_ten_rows_when_it_is_back(tablet, site, database):
    page = opened(tablet, site)
    page.clock.install()
    tablet.set_offline(True)
    for number in range(10):
        answer(page, str(number % 5 + 1), "en" if number % 2 else "vi")
        page.clock.fast_forward(IDLE_MS)
        expect(page.locator("#begin")).to_be_visible()
    assert in_queue(page) == 10
    assert rows(database) == []
    expect(page.locator("#waiting")).to_contain_text("10 phiếu đang chờ gửi")
    # An hour later the browser was closed and opened again, still without a network.
    page.reload()
    expect(page.locator("#begin")).to_be_visible()
    assert in_queue(page) == 10
    tablet.set_offline(False)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    until_sent(page)
    stored = rows(database)
    assert len(stored) == 10
    assert len({row.submission_key for row in stored}) == 10
    assert sorted(row.answers["overall"] for row in stored) == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    assert sorted(row.language for row in stored) == ["en"] * 5 + ["vi"] * 5
    assert in_queue(page) == 0


def test_an_answer_whose_receipt_got_lost_is_not_stored_twice(tablet, site, database):
    page = opened(tablet, site)
    lost = {"left": 3}

    def lose(route):
        """Let the server store it, then lose its reply on the way."""
        if lost["left"]:
            lost["left"] -= 1
            route.fetch()
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/phieu", lose)
    page.clock.install()
    answer(page)
    for _ in range(100):
        page.evaluate("window.dispatchEvent(new Event('online'))")
        page.clock.run_for(500)
        if not page.locator("#waiting").inner_text():
            break
    until_sent(page)
    assert lost["left"] == 0
    assert len(rows(database)) == 1


def test_a_server_that_fails_is_asked_again_and_loses_nothing(tablet, site, database):
    page = opened(tablet, site)
    page.route("**/phieu", lambda route: route.fulfill(status=503, headers={"Retry-After": "30"}))
    answer(page)
    expect(page.locator("#waiting")).to_contain_text("1 phiếu")
    assert rows(database) == []
    page.unroute("**/phieu")
    page.reload()
    until_sent(page)
    assert len(rows(database)) == 1


def test_what_the_server_will_never_take_is_set_aside_and_said(tablet, site, database):
    page = opened(tablet, site)
    page.route("**/phieu", lambda route: route.fulfill(status=422, json={"refused": "answers"}))
    answer(page)
    expect(page.locator("#waiting")).to_contain_text("1 phiếu máy chủ không nhận")
    assert in_queue(page) == 0
    assert in_queue(page, "refused") == 1


def holds(database) -> list[tuple[str, int]]:
    """What the office is told that tablets hold."""
    with database.read() as db:
        return [(each.why, each.n) for each in channels.held(db)]


def test_the_office_is_told_what_will_never_be_taken(tablet, site, database):
    page = opened(tablet, site)
    with database.write() as db:
        # The questionnaire was changed while the tablet kept the one of before.
        version = builders.instrument(db, "sipas_2023")
        db.query(builders.Round).one().instrument_version_id = version.id
    page.clock.install()
    for told in (1, 2):
        answer(page)
        expect(page.locator(f"body[data-told='{told}']")).to_be_attached()
        page.clock.fast_forward(IDLE_MS)
    assert holds(database) == [("version", 2)]
    assert rows(database) == []


def test_the_office_is_told_what_waits_for_a_round_and_that_it_came(tablet, site, database):
    page = opened(tablet, site)
    tablet.set_offline(True)
    answer(page)
    with database.write() as db:
        db.query(builders.Round).one().state = "closed"
    tablet.set_offline(False)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator("body[data-told='1']")).to_be_attached()
    assert holds(database) == [("round.over", 1)]
    # Opened again in the meantime, it shows no questionnaire, and holds on to what it has.
    page.reload()
    expect(page.locator("h1")).to_have_text("Đợt khảo sát đã kết thúc")
    expect(page.locator("#waiting")).to_contain_text("1 phiếu đang chờ gửi")
    assert page.locator("a[href], form, iframe, [target]").count() == 0
    assert Axe().run(page, options={"runOnly": LEVELS}).response["violations"] == []
    with database.write() as db:
        db.query(builders.Round).one().state = "open"
    page.reload()
    until_sent(page)
    assert len(rows(database)) == 1
    expect(page.locator("body[data-told='0']")).to_be_attached()
    assert holds(database) == []


def test_a_tablet_that_was_ended_keeps_what_it_holds(tablet, site, database):
    page = opened(tablet, site)
    with database.write() as db:
        kiosks.end(db, "hg-05", 1, actor="x", now=builders.MADE_AT)
    answer(page)
    expect(page.locator("#waiting")).to_contain_text("1 phiếu đang chờ gửi")
    assert in_queue(page) == 1
    assert rows(database) == []


def test_two_windows_send_one_queue_once(tablet, site, database):
    first = opened(tablet, site)
    tablet.set_offline(True)
    answer(first)
    tablet.set_offline(False)
    second = opened(tablet, site)
    first.evaluate("window.dispatchEvent(new Event('online'))")
    until_sent(first)
    until_sent(second)
    assert len(rows(database)) == 1


def test_fifteen_quiet_seconds_begin_again_and_store_nothing(tablet, site, database):
    page = opened(tablet, site)
    page.clock.install()
    page.click(BEGIN)
    question(page).locator("button[value='1']").click()
    expect(page.locator("[data-language=vi] [data-item=access_2]")).to_be_visible()
    page.clock.run_for(9_000)
    expect(page.locator(".idle:visible")).to_have_count(0)
    page.clock.run_for(2_000)
    expect(page.locator(".idle:visible")).to_contain_text("còn trả lời không")
    page.clock.run_for(5_000)
    expect(page.locator("#begin")).to_be_visible()
    # Nothing of the one before is left for the next.
    page.click(BEGIN)
    assert question(page).get_attribute("data-item") == "access_1"
    assert page.locator("[aria-pressed=true]").count() == 0
    assert in_queue(page) == 0


def test_a_touch_keeps_the_form_open(tablet, site):
    page = opened(tablet, site)
    page.clock.install()
    page.click(BEGIN)
    for _ in range(4):
        page.clock.run_for(9_000)
        question(page).locator("h2").click()
    expect(page.locator("[data-language=vi] [data-item=access_1]")).to_be_visible()


def test_questions_that_hang_on_an_answer_follow_it(tablet, site, database):
    page = opened(tablet, site)
    page.click(BEGIN)
    for _ in range(10):
        item = question(page).get_attribute("data-item")
        question(page).locator("button[value='3']").click()
        expect(page.locator(f"[data-language=vi] [data-item={item}]")).to_be_hidden()
    question(page).locator("button[value=yes]").click()
    expect(page.locator("[data-language=vi] [data-item=told]")).to_be_visible()
    question(page).locator("button[value=no]").click()
    expect(page.locator("[data-language=vi] [data-item=apologised]")).to_be_visible()
    # Back to the question they hang on: with another answer neither is asked nor kept.
    for expected in ("told", "late"):
        question(page).locator("button.back").click()
        expect(page.locator(f"[data-language=vi] [data-item={expected}]")).to_be_visible()
    assert question(page).locator("[aria-pressed=true]").get_attribute("value") == "yes"
    question(page).locator("button[value=no]").click()
    for _ in range(3):
        question(page).locator("button.next").click()
    expect(page.locator(".thanks:visible")).to_be_visible()
    until_sent(page)
    (row,) = rows(database)
    assert "told" not in row.answers


def test_there_is_no_way_out(tablet, site):
    page = opened(tablet, site)
    assert page.locator("a[href], form, iframe, [target]").count() == 0
    page.click(BEGIN)
    page.evaluate("history.back()")
    expect(page.locator("[data-language=vi] [data-item=access_1]")).to_be_visible()
    assert page.url == f"{site}/k/hg-05"


@pytest.mark.parametrize("size", [(1280, 800), (768, 1024), (360, 740), (320, 256)])
def test_no_screen_has_a_barrier_or_is_wider_than_the_tablet(tablet, site, size):
    width, height = size
    page = opened(tablet, site)
    page.set_viewport_size({"width": width, "height": height})
    said = []
    page.on("console", lambda message: said.append(message.text))
    found = {}

    def look(name):
        report = Axe().run(page, options={"runOnly": LEVELS}).response
        faults = [(fault["id"], fault["nodes"][0]["html"][:120]) for fault in report["violations"]]
        if faults:
            found[name] = faults
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name

    look("begin")
    page.click(BEGIN)
    look("faces")
    for _ in range(6):
        item = question(page).get_attribute("data-item")
        question(page).locator("button[value='3']").click()
        expect(page.locator(f"[data-language=vi] [data-item={item}]")).to_be_hidden()
    look("with does not apply")
    assert found == {}
    assert not [line for line in said if "Content Security Policy" in line]


def test_the_keyboard_alone_is_enough(tablet, site, database):
    page = opened(tablet, site)
    page.focus(BEGIN)
    page.keyboard.press("Enter")
    for _ in range(10):
        item = question(page).get_attribute("data-item")
        # The question has the focus, so that it is read out; then come its answers.
        assert page.evaluate("document.activeElement.tagName") == "H2"
        for _tab in range(4):
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.locator(f"[data-language=vi] [data-item={item}]")).to_be_hidden()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    for _ in range(3):
        question(page).locator("button.next").press("Enter")
    expect(page.locator(".thanks:visible")).to_be_visible()
    until_sent(page)
    (row,) = rows(database)
    assert row.answers["access_1"] == 4


def test_a_strangers_browser_is_no_tablet(browser, site, town, database):
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{site}/k/hg-05")
    expect(page.locator("main")).to_contain_text("chưa được đặt làm màn hình")
    answer_ = page.request.post(f"{site}/k/hg-05/phieu", data={"key": "x"})
    assert answer_.status == 403
    assert rows(database) == []
    context.close()
