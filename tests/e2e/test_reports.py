"""A report is ordered in a browser, on a phone without JavaScript, and without barriers."""

# ruff: noqa: F811 - fixtures of another file come in by name

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from shutil import rmtree

import pytest
from playwright.sync_api import expect

from app.services import publishing
from tests.app import builders, desk
from tests.e2e.pressing import press
from tests.e2e.test_office import (
    empty_office,  # noqa: F401
    look,
    open_page,
    site,  # noqa: F401
)

pytestmark = pytest.mark.browser

PHONE = {"java_script_enabled": False, "viewport": {"width": 360, "height": 740}}
NOW = datetime(2026, 7, 1, 2, tzinfo=UTC)


@pytest.fixture
def published(database, settings, empty_office):
    rmtree(settings.var_dir / "reports", ignore_errors=True)
    with database.write() as db:
        for code, (name, _stratum, _psus) in desk.COMMUNES.items():
            if code != "06652":
                builders.commune(db, empty_office, code, name, type_name=name.split()[0])
        campaign = builders.campaign(db, empty_office, simulated=True)
        desk.sampled_round(db, campaign, opens_on=date(2026, 1, 1), closes_on=date(2026, 6, 30))
    with database.write() as db:
        publishing.publish(
            db, "mau-2026", var_dir=settings.var_dir, code_version="1", actor="x", now=NOW,
            public=True,
        )  # fmt: skip


def test_a_report_is_ordered_and_taken_away(browser, app, site, published, tmp_path):
    jobs = app.extensions["longdan.jobs"]
    with open_page(browser, "office", site, **PHONE) as page:
        page.goto(f"{site}/office/results/mau-2026")
        press(page, page.get_by_role("link", name="Lập báo cáo (Word, PDF)"))
        page.get_by_label("Họ và tên người ký").fill("Nguyễn Thị Lan")
        press(page, page.get_by_role("button", name="Lập báo cáo"))
        expect(page.get_by_text("Đang chờ đến lượt")).to_be_visible()
        # The browser's own event loop runs in this thread.
        with ThreadPoolExecutor(1) as other:
            other.submit(jobs.work, wait=False, install_signal_handlers=False).result()
        page.goto(f"{site}/office/results/mau-2026/report")
        with page.expect_download() as download:
            page.get_by_role("link", name="Tải PDF").click()
        download.value.save_as(tmp_path / "bao-cao.pdf")
    assert (tmp_path / "bao-cao.pdf").read_bytes().startswith(b"%PDF")


def test_the_pages_have_no_barriers_and_fit(browser, site, published):
    with open_page(browser, "office", site) as page:
        for path in (
            "/ket-qua/mau-2026/tong-quan",
            "/ket-qua/chuong-trinh/qn-2026",
            "/office/results/mau-2026/tong-quan",
            "/office/results/chuong-trinh/qn-2026?theo=chung",
            "/office/results/mau-2026/report",
        ):
            assert look(page, f"{site}{path}") == []
