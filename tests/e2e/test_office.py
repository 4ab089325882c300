"""The office in a browser: without barriers, at every width, and with JavaScript switched off."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Thread

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from app.services import campaigns
from tests.app import builders
from tests.app.doors import add_things, doors
from tests.app.signing_in import EMAILS, PASSWORD, add_accounts
from tests.e2e.pressing import hold, press

pytestmark = pytest.mark.browser

WIDTHS = (360, 768, 1280)
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
TODAY = datetime(2026, 5, 4, 3, tzinfo=UTC)
OPEN_DETAILS = "for (const each of document.querySelectorAll('details')) each.open = true"
TOUCHED = (
    "nav.main-nav a, .masthead a, summary, .btn, select, textarea,"
    " input:not([type=hidden], .form-check-input)"
)
DAYS = {"opens_on": "2026-04-01", "closes_on": "2026-06-30"}


@pytest.fixture
def site(app: Flask) -> Iterator[str]:
    """The application behind a real server; its address."""
    app.extensions["longdan.clock"] = lambda: TODAY
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.fixture
def empty_office(database):
    with database.write() as db:
        return add_accounts(db)


@pytest.fixture
def busy_office(database, empty_office):
    """A simulated campaign with a round in every state and long names."""
    with database.write() as db:
        campaign = builders.campaign(
            db,
            empty_office,
            name="Đo lường sự hài lòng của người dân, tổ chức đối với sự phục vụ hành chính",
            simulated=True,
        )
        for state in ("draft", "open", "closed", "published"):
            made = builders.open_round(
                db, campaign, "counter_2026", code=state, state=state,
                name=f"Đánh giá tại quầy, quý II năm 2026, {state}", **DAYS,
            )  # fmt: skip
        builders.open_round(
            db, campaign, "counter_2026", code="late", opens_on="2026-01-01", closes_on="2026-03-31"
        )
        campaigns.set_targets(db, made.code, {"overall": 0.9}, source="Kế hoạch", actor="x")


@contextmanager
def open_page(browser: Browser, role: str | None, site: str, **options) -> Iterator[Page]:
    context = browser.new_context(locale="vi-VN", **options)
    page = context.new_page()
    if role is not None:
        page.goto(f"{site}/office/sign-in")
        page.fill("#email", EMAILS[role])
        page.fill("#password", PASSWORD)
        page.click("main button")
        page.wait_for_url("**/office/")
    yield page
    context.close()


def look(page: Page, address: str, widths: tuple[int, ...] = WIDTHS) -> list[str]:
    """What is wrong with a page: barriers, and anything wider than the screen."""
    wrong = []
    page.goto(address)
    hold(page)
    page.evaluate(OPEN_DETAILS)
    for width in widths:
        page.set_viewport_size({"width": width, "height": 740})
        reach = page.evaluate("document.documentElement.scrollWidth")
        if reach > width:
            wrong.append(f"{address} at {width}: reaches to {reach}")
        wrong += [f"{fault} at {width}" for fault in broken_rules(page)]
    return wrong


def broken_rules(page: Page) -> list[str]:
    hold(page)
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": LEVELS}})
    return [
        f"{page.url}: {each['id']} {each['nodes'][0]['html'][:200]}"
        for each in found.response["violations"]
    ]


OFFICE_PAGES = (
    "/office/", "/office/?lang=en", "/office/rounds?lang=vi", "/office/campaigns/new",
    "/office/campaigns/qn-2026/rounds/new", "/office/rounds/draft", "/office/rounds/draft/edit",
    "/office/rounds/draft/discard", "/office/rounds/draft/targets", "/office/rounds/open",
    "/office/rounds/open/close", "/office/rounds/closed", "/office/rounds/published",
    "/office/rounds/late", "/office/nothing-here",
)  # fmt: skip


# Looked at in every state of a round, above.
SEEN = ("/office/campaigns", "/office/rounds/quay/targets", "/office/rounds/quay/close")


def test_no_page_of_a_busy_office_has_a_barrier(browser, site, busy_office):
    with open_page(browser, "office", site) as page:
        wrong = [fault for path in OFFICE_PAGES for fault in look(page, site + path)]
    assert wrong == []


def test_no_other_page_of_the_office_has_a_barrier(browser, app, site, database, empty_office):
    """Every address of staff that shows a page, found in the map of addresses."""
    with database.write() as db:
        add_things(db)
    paths = [
        path
        for guard, method, path in doors(app)
        if guard in ("office", "staff", "watched", "field")
        and method == "GET"
        and not path.startswith(SEEN)
    ]
    with open_page(browser, "office", site) as page:
        pages = [path for path in paths if shows_a_page(page, site + path)]
        wrong = [fault for path in pages for fault in look(page, site + path, (360, 1280))]
    assert len(pages) >= 10
    assert wrong == []


def shows_a_page(page: Page, address: str) -> bool:
    answer = page.request.get(address)
    return answer.headers["content-type"].startswith("text/html")


def test_no_page_of_an_empty_office_has_a_barrier(browser, site, empty_office):
    with open_page(browser, "office", site) as page:
        wrong = [fault for path in OFFICE_PAGES[:4] for fault in look(page, site + path)]
    assert wrong == []


def test_no_page_of_a_unit_viewer_has_a_barrier(browser, site, busy_office):
    with open_page(browser, "unit_viewer", site) as page:
        wrong = look(page, f"{site}/office/rounds") + look(page, f"{site}/office/")
        expect(page.locator("nav.main-nav").get_by_text("Tổng quan")).to_be_visible()
        assert page.locator("nav.main-nav").get_by_text("Đợt khảo sát").count() == 0
    assert wrong == []


def test_forms_with_mistakes_have_no_barrier(browser, site, busy_office):
    with open_page(browser, None, site) as page:
        wrong = look(page, f"{site}/office/sign-in")
        page.fill("#email", "nobody@quangninh.gov.vn")
        page.fill("#password", "khong phai mat khau")
        press(page, "main button")
        wrong += broken_rules(page)
        expect(page.get_by_role("alert")).to_be_visible()
    with open_page(browser, "office", site) as page:
        for path in ("/office/campaigns/new", "/office/campaigns/qn-2026/rounds/new"):
            page.goto(site + path)
            press(page, "main form button.btn-primary")
            wrong += broken_rules(page)
            assert page.evaluate("document.activeElement.id") == "errors"
            page.get_by_role("alert").get_by_role("link").first.click()
            reached = page.evaluate("document.activeElement.id || document.activeElement.name")
            assert reached == "name"
    assert wrong == []


def test_nothing_is_fetched_from_elsewhere_and_the_policy_refuses_nothing(
    browser, site, busy_office
):
    asked, said = [], []
    with open_page(browser, "office", site) as page:
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        for path in OFFICE_PAGES[:-1]:
            page.goto(site + path)
    assert asked
    assert [url for url in asked if not url.startswith((site, "data:"))] == []
    assert said == []


def test_a_round_is_made_opened_and_closed_on_a_phone_without_javascript(
    browser, site, empty_office
):
    phone = {"java_script_enabled": False, "viewport": {"width": 360, "height": 740}}
    with open_page(browser, "office", site, **phone) as page:
        press(page, page.get_by_role("link", name="Đợt khảo sát"))
        press(page, page.get_by_role("link", name="Tạo chương trình"))
        page.get_by_label("Tên chương trình").fill("Đo lường năm 2026")
        press(page, page.get_by_role("button", name="Tạo chương trình"))
        page.get_by_label("Tên đợt khảo sát").fill("Đánh giá tại quầy")
        page.get_by_label("Ngày đầu nhận câu trả lời").fill("2026-05-01")
        page.get_by_label("Ngày cuối nhận câu trả lời").fill("2026-06-30")
        page.get_by_label("Đánh giá phục vụ tại quầy").check()
        page.get_by_label("Ai cũng có thể trả lời").check()
        page.get_by_label("Tự trả lời trên điện thoại").check()
        page.get_by_label("Kết quả nói về ai?").fill("Người dân đã đến quầy")
        press(page, page.get_by_role("button", name="Lưu bản nháp"))
        press(page, page.get_by_role("button", name="Mở đợt"))
        expect(page.get_by_text("Đang thu thập", exact=True)).to_be_visible()
        press(page, page.get_by_role("link", name="Đóng đợt"))
        press(page, page.get_by_role("button", name="Đóng đợt"))
        expect(page.get_by_text("Đã đóng", exact=True)).to_be_visible()
        page.locator("summary").first.click()
        press(page, page.get_by_role("button", name="Đăng xuất"))
        expect(page.get_by_role("heading", name="Đăng nhập")).to_be_visible()


def test_the_keyboard_reaches_the_content_first(browser, site, empty_office):
    with open_page(browser, "office", site) as page:
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Đi tới nội dung chính"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "content"


def test_what_is_touched_is_large_enough(browser, site, busy_office):
    """Links inside sentences, lists and tables may be small; buttons and navigation may not."""
    with open_page(browser, "office", site, viewport={"width": 360, "height": 740}) as page:
        for path in OFFICE_PAGES[:-1]:
            page.goto(site + path)
            page.evaluate(OPEN_DETAILS)
            for box in page.locator(TOUCHED).all():
                if box.is_visible():
                    assert box.bounding_box()["height"] >= 44, (path, box.inner_html())
