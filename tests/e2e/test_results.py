"""Published results in a browser: no barrier at any width, in print, without JavaScript."""

from collections.abc import Iterator
from datetime import UTC, datetime
from threading import Thread

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from pypdfium2 import PdfDocument
from sqlalchemy import select
from werkzeug.serving import make_server

from app.models import RoundTarget, Unit
from app.services import publishing
from tests.app import builders, desk
from tests.app.signing_in import add_accounts
from tests.e2e.pressing import press
from tests.e2e.test_office import look, open_page

pytestmark = pytest.mark.browser

PAGES = (
    "/ket-qua/",
    "/ket-qua/mau-2026",
    "/ket-qua/mau-2026?lang=en",
    "/ket-qua/mau-2026/cach-tinh",
    "/ket-qua/mau-2026/xep-hang",
    "/ket-qua/mau-2026/muc-tieu",
    "/ket-qua/mau-2026/yeu-to",
    "/ket-qua/mau-2026?lan=1",
    "/ket-qua/mau-2026/theo/commune?node=results",
    "/ket-qua/mau-2026/theo/commune/06652",
    "/ket-qua/mau-2026/theo/commune/06967",
    "/ket-qua/quay-2026",
    "/ket-qua/quay-2026/theo/counter",
    "/ket-qua/quay-2026/theo/counter/hg-05",
    "/ket-qua/khong-co",
)
OFFICE_PAGES = (
    "/office/results",
    "/office/results/mau-2026",
    "/office/results/mau-2026/methods",
    "/office/results/mau-2026/ranking",
    "/office/results/mau-2026/targets",
    "/office/results/mau-2026/drivers",
    "/office/rounds/mau-2026/targets/units",
    "/office/results/rieng",
    "/office/results/dang-mo/now",
    "/office/rounds/cho/publish",
    "/office/rounds/rieng/publications/1/show",
)


@pytest.fixture
def site(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.fixture
def results(database, settings):
    """A sample published twice, counts, a publication for the office, and a running round."""
    with database.write() as db:
        province = add_accounts(db)
        hong_gai = db.scalars(select(Unit).where(Unit.kind == "commune")).one()
        centre = builders.centre(db, hong_gai, code="hcc-22")
        builders.counter(db, centre, number="05", code="hg-05")
        builders.commune(db, province, "07000", "Đặc khu Cô Tô", type_name="Đặc khu")
        campaign = builders.campaign(db, province, simulated=True)
        made = desk.sampled_round(db, campaign, name="Khảo sát mẫu ngẫu nhiên hai giai đoạn")
        db.add(RoundTarget(round_id=made.id, node="overall", value=0.95, source="Kế hoạch"))
        desk.open_round(db, campaign)
        desk.sampled_round(db, campaign, code="rieng")
        desk.sampled_round(db, campaign, code="cho")
        desk.open_round(db, campaign, code="dang-mo", state="open")
    for code, values in (
        ("mau-2026", {"public": True}),
        ("mau-2026", {"public": True, "again": True}),
        ("quay-2026", {"public": True}),
        ("rieng", {}),
    ):
        with database.write() as db:
            publishing.publish(
                db, code, var_dir=settings.var_dir, code_version="1", actor="x",
                now=datetime(2026, 7, 1, tzinfo=UTC), **values,
            )  # fmt: skip


def test_no_public_page_has_a_barrier(browser, site, results):
    with open_page(browser, None, site) as page:
        wrong = [fault for path in PAGES for fault in look(page, site + path)]
    assert wrong == []


def test_no_page_for_staff_has_a_barrier(browser, site, results):
    with open_page(browser, "office", site) as page:
        wrong = [fault for path in OFFICE_PAGES for fault in look(page, site + path)]
    with open_page(browser, "unit_viewer", site) as page:
        wrong += look(page, f"{site}/office/results/mau-2026")
    assert wrong == []


def visible_drawings(page: Page) -> set[str]:
    return set(
        page.evaluate(
            "[...document.querySelectorAll('svg.drawing')].filter(s => s.checkVisibility())"
            ".map(s => s.classList[1])"
        )
    )


def test_each_width_has_a_drawing_made_for_it(browser, site, results):
    with open_page(browser, None, site) as page:
        page.goto(f"{site}/ket-qua/mau-2026")
        page.set_viewport_size({"width": 360, "height": 740})
        assert visible_drawings(page) == {"drawing-narrow"}
        page.set_viewport_size({"width": 1280, "height": 740})
        assert visible_drawings(page) == {"drawing-wide"}


def test_text_in_drawings_is_large_enough_on_a_phone(browser, site, results):
    """Letters in a drawing shrink with it; on the smallest phones they must stay readable."""
    sizes = """() => [...document.querySelectorAll('svg.drawing-narrow')].flatMap(drawing => {
        const scale = drawing.getBoundingClientRect().width / drawing.viewBox.baseVal.width;
        return [...drawing.querySelectorAll('text')]
            .map(text => parseFloat(getComputedStyle(text).fontSize) * scale);
    })"""
    with open_page(browser, None, site, viewport={"width": 360, "height": 740}) as page:
        page.goto(f"{site}/ket-qua/mau-2026")
        assert min(page.evaluate(sizes)) > 11


def test_nothing_is_fetched_from_elsewhere_and_the_policy_refuses_nothing(browser, site, results):
    asked, said = [], []
    with open_page(browser, None, site) as page:
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        for path in PAGES[:-1]:
            page.goto(site + path)
    assert asked
    assert [url for url in asked if not url.startswith((site, "data:"))] == []
    assert said == []


def test_results_are_found_read_and_taken_along_without_javascript(browser, site, results):
    phone = {"java_script_enabled": False, "viewport": {"width": 360, "height": 740}}
    with open_page(browser, None, site, **phone) as page:
        page.goto(f"{site}/ket-qua/")
        press(page, page.get_by_role("link", name="Khảo sát mẫu ngẫu nhiên hai giai đoạn"))
        expect(page.get_by_text("79,7%").first).to_be_visible()
        press(page, page.get_by_role("link", name="Phường Hồng Gai"))
        assert page.get_by_role("heading", level=1).inner_text() == "Phường Hồng Gai"
        press(page, page.get_by_role("link", name="English"))
        assert page.locator("html").get_attribute("lang") == "en"
        with page.expect_download() as taken:
            page.locator(".downloads a").first.click()
        assert taken.value.suggested_filename == "ket-qua_mau-2026_lan-2_en.xlsx"


def test_a_printed_page_carries_the_label_the_figures_and_the_hash(browser, site, results):
    with open_page(browser, None, site) as page:
        page.goto(f"{site}/ket-qua/mau-2026")
        printed = PdfDocument(page.pdf(prefer_css_page_size=True))
    assert [round(side) for side in printed[0].get_size()] == [595, 842]
    text = "".join(sheet.get_textpage().get_text_bounded() for sheet in printed)
    for wanted in ("DỮ LIỆU MÔ PHỎNG", "79,7%", "74,9–83,7%", "sha256:", "Ít hơn 30 người trả lời"):
        assert wanted in text
