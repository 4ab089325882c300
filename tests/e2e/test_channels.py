"""Checking codes with the camera, and entering paper forms by keys alone, in a browser."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from app.models import FreeText, KioskDevice, KioskHold, PaperForm, Response
from app.services import kiosk_holds, kiosks
from tests.app import builders
from tests.app.signing_in import EMAILS, PASSWORD, add_accounts
from tests.e2e.pictures import picture
from tests.e2e.pressing import press
from tests.e2e.serving import served

pytestmark = pytest.mark.browser

LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OURS = "http://127.0.0.1:8000"
# Pages of which there are pictures, and what these are called.
NAMES = {"centres/hga/counters/hga-05/kiosks": "kiosk-held", "rounds/quay/texts": "texts"}
# A camera that shows something, and a browser that reads codes: few machines of tests have them.
CAMERA = """text => {
    const canvas = document.createElement("canvas");
    navigator.mediaDevices.getUserMedia = async () => canvas.captureStream(5);
    HTMLMediaElement.prototype.play = async () => {};
    window.BarcodeDetector = class { async detect() { return [{rawValue: text}]; } };
}"""


@pytest.fixture
def site(app: Flask) -> Iterator[str]:
    with served(app) as address:
        yield address


@pytest.fixture
def town(database):
    with database.write() as db:
        add_accounts(db)
        commune = db.query(builders.Unit).filter_by(kind="commune").one()
        province = db.query(builders.Unit).filter_by(kind="province").one()
        builders.counter(db, builders.centre(db, commune, "hga"), "05")
        made = builders.open_round(
            db, builders.campaign(db, province), "counter_2026", code="quay",
            modes=["web", "kiosk", "paper"],
        )  # fmt: skip
        add_what_tablets_hold(db)
        for number in range(20):
            db.add(
                FreeText(
                    round_id=made.id, item="comment", text=f"Chị Nguyễn Thị Lan chờ {number} phút",
                    language="vi", month=builders.FIRST_DAY, names_somebody=bool(number % 2),
                )
            )  # fmt: skip


def add_what_tablets_hold(db) -> None:
    """Add a tablet that holds forms for a reason of each kind."""
    kiosks.begin(db, "hga-05", name="Máy bàn số 1", actor="x", now=builders.MADE_AT)
    device = db.scalars(select(KioskDevice)).one()
    for n, why in enumerate(kiosk_holds.FOR_NOW + kiosk_holds.FOR_GOOD, 1):
        db.add(KioskHold(device_id=device.id, why=why, refused_on=builders.FIRST_DAY, n=n * 100))


@pytest.fixture
def page(browser: Browser, town) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    yield context.new_page()
    context.close()


def sign_in(page: Page, site: str, role: str = "office") -> None:
    page.goto(f"{site}/office/sign-in")
    page.fill("[name=email]", EMAILS[role])
    page.fill("[name=password]", PASSWORD)
    press(page, "main form button")


def look_at(page: Page, found: dict, name: str) -> None:
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        wide = page.evaluate("document.documentElement.scrollWidth")
        faults = Axe().run(page, options={"runOnly": LEVELS}).response["violations"]
        if faults or wide > width:
            found[name, width] = (
                wide,
                [(each["id"], each["nodes"][0]["html"][:120]) for each in faults],
            )


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        (f"{OURS}/c/hga-05", "Mã thật của quầy này"),
        ("http://127.0.0.1:8000.evil.vn/c/hga-05", "Mã lạ"),
    ],
)
def test_the_camera_sends_what_it_reads_to_be_judged_and_opens_nothing(page, site, text, verdict):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.add_init_script(f"({CAMERA})({text!r})")
    page.goto(f"{site}/kiem-tra-ma")
    with page.expect_navigation():
        page.click("#camera button")
    expect(page.locator(".verdict h2")).to_contain_text(verdict)
    assert all(url.startswith((site, "data:")) for url in asked)


def test_without_a_camera_a_photo_and_the_address_are_left(page, site):
    page.add_init_script("delete window.BarcodeDetector")
    page.goto(f"{site}/kiem-tra-ma")
    expect(page.locator("#camera")).to_be_hidden()
    page.fill("#text", f"{OURS}/c/hga-05")
    press(page, "#code-form p button")
    expect(page.locator(".verdict h2")).to_have_text("Mã thật của quầy này")


def test_a_paper_form_is_entered_with_digits_alone(page, site, browser, database):
    sign_in(page, site)
    page.goto(f"{site}/office/rounds/quay/paper")
    page.fill("#n_forms", "2")
    press(page, "main form .btn-primary")
    page.goto(f"{site}/office/rounds/quay/paper/1/1")
    # The first question has the focus; ten ratings, "no", then on to what the citizen wrote.
    for digit in ("4", "4", "4", "4", "4", "4", "9", "4", "4", "5", "2"):
        page.keyboard.press(digit)
    assert page.is_checked("input[name=results_1][value='9']")
    assert page.is_checked("input[name=late][value=no]")
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    assert page.url.endswith("/paper/1/2")
    with database.read() as db:
        assert db.scalars(select(PaperForm.state).order_by(PaperForm.number)).first() == "once"
        assert db.scalars(select(Response)).all() == []


def test_no_page_of_sheets_tablets_or_paper_has_a_barrier(page, site):
    found: dict = {}
    page.goto(f"{site}/kiem-tra-ma")
    look_at(page, found, "check")
    page.fill("#text", "https://evil.vn/c/hga-05")
    press(page, "#code-form p button")
    look_at(page, found, "foreign")
    page.goto(f"{site}/q?so=1234567")
    look_at(page, found, "number")
    sign_in(page, site)
    page.goto(f"{site}/office/rounds/quay/paper")
    page.fill("#n_forms", "2")
    press(page, "main form .btn-primary")
    for path in (
        "", "posters", "poster-check", "paper", "centres/", "centres/hga",
        "centres/hga/counters/hga-05", "centres/hga/counters/hga-05/kiosks", "rounds/quay/paper",
        "rounds/quay/paper/1", "rounds/quay/paper/1/1", "rounds/quay/texts",
    ):  # fmt: skip
        page.goto(f"{site}/office/{path}")
        look_at(page, found, path)
        if path in NAMES:
            for width in (360, 768, 1280):
                picture(page, NAMES[path], width)
    assert found == {}
