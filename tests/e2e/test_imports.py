"""A file is imported in a browser: on a phone without JavaScript, and without barriers."""

# ruff: noqa: F811 - fixtures of another file come in by name

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select

from app.models import Response
from app.services import instruments
from surveys.instrument.load import read
from tests.app import builders
from tests.app.imports.files import ROW, VISIT, rows, write_csv, write_xlsx
from tests.e2e.pressing import press
from tests.e2e.test_office import (
    broken_rules,
    empty_office,  # noqa: F401
    look,
    open_page,
    site,  # noqa: F401
)

pytestmark = pytest.mark.browser

PHONE = {"java_script_enabled": False, "viewport": {"width": 360, "height": 740}}
NEW = "/office/rounds/mau/imports/new"


@pytest.fixture
def round_(database, empty_office):
    with database.write() as db:
        version = instruments.publish_instrument(db, read(VISIT))
        campaign = builders.campaign(db, empty_office)
        builders.sampled_round(
            db, campaign, "counter_2026", code="mau", instrument_version_id=version.id,
            modes=["tablet"], opens_on="2026-01-01", closes_on="2026-12-31",
        )  # fmt: skip


@pytest.fixture
def jobs(app):
    return app.extensions["longdan.jobs"]


def upload(page, site, path) -> None:
    page.goto(site + NEW)
    page.set_input_files("#file", path)
    press(page, page.get_by_role("button", name="Tải lên và xem các cột"))


def begin(page, jobs) -> None:
    press(page, page.get_by_role("button", name="Kiểm tra và nhập").first)
    page.get_by_text("Đang chờ đến lượt").wait_for()
    # The browser's own event loop runs in this thread.
    with ThreadPoolExecutor(1) as other:
        other.submit(jobs.work, wait=False, install_signal_handlers=False).result()
    press(page, page.get_by_role("link", name="Cập nhật ngay"))


def test_a_file_is_corrected_and_imported_on_a_phone_without_javascript(
    browser, site, database, round_, jobs, tmp_path
):
    wrong = write_xlsx(tmp_path / "Phiếu tháng 5.xlsx", rows(4, polite="Tạm được"))
    right = write_xlsx(tmp_path / "Phiếu tháng 5 (sửa).xlsx", rows(4))
    with open_page(browser, "office", site, **PHONE) as page:
        upload(page, site, wrong)
        begin(page, jobs)
        expect(page.get_by_text("Chưa nhập dòng nào.")).to_be_visible()
        expect(page.get_by_text("“Tạm được” (4)")).to_be_visible()
        with page.expect_download() as download:
            page.get_by_role("link", name="Tải danh sách lỗi (.xlsx)").click()
        assert re.fullmatch(r"loi-nhap-mau-\d+\.xlsx", download.value.suggested_filename)
        press(page, page.get_by_role("link", name="Xem từng ô"))
        expect(page.get_by_text("Tạm được")).to_have_count(4)
        upload(page, site, right)
        begin(page, jobs)
        expect(page.get_by_text("Đã nhập 4 phiếu vào đợt khảo sát.")).to_be_visible()
    with database.read() as db:
        assert db.scalar(select(func.count()).select_from(Response)) == 4


def test_no_page_of_an_import_has_a_barrier(browser, site, round_, jobs, tmp_path):
    doubled = [{**ROW, "polite": "Tạm được", "Tầng": "x", "channels_radio": 1, "Ghi chú": "a"}]
    path = write_csv(tmp_path / ("Phiếu-khảo-sát-" * 8 + ".csv"), doubled)
    with open_page(browser, "office", site) as page:
        wrong = look(page, site + NEW)
        press(page, page.get_by_role("button", name="Tải lên và xem các cột"))
        wrong += broken_rules(page)
        expect(page.get_by_role("alert")).to_be_visible()
        upload(page, site, path)
        wrong += look(page, page.url)
        page.select_option("#column_2", "-1")
        press(page, page.get_by_role("button", name="Kiểm tra và nhập").first)
        wrong += broken_rules(page)
        page.get_by_role("alert").get_by_role("link").first.click()
        assert page.evaluate("document.activeElement.id") == "column_2"
        page.select_option("#column_2", "2")
        begin(page, jobs)
        wrong += look(page, page.url)
        wrong += look(page, f"{page.url}/problems")
        wrong += look(page, f"{site}/office/rounds/mau/imports")
    assert wrong == []
