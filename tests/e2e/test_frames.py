"""From workbooks to a frozen frame in a browser, as an official does it: every page looked at."""

from datetime import UTC, date, datetime
from threading import Thread

import pytest
from sqlalchemy import select
from werkzeug.serving import make_server

from app.models import Frame, ServiceCentre, Unit
from app.services import accounts, units
from tests.app.frames import messy
from tests.app.frames.places import province_map
from tests.app.signing_in import EMAILS, PASSWORD
from tests.e2e.pressing import press
from tests.e2e.test_office import open_page
from tests.e2e.test_samples import seen

pytestmark = pytest.mark.browser


@pytest.fixture
def office(database):
    """Quảng Ninh with its centres, and an official."""
    with database.write() as db:
        units.load(db, province_map())
        province = db.scalars(select(Unit).where(Unit.kind == "province")).one()
        present = db.scalars(
            select(Unit).where(Unit.kind == "commune", Unit.valid_to.is_(None))
        ).all()
        for unit in (province, *present):
            level = "province" if unit is province else "commune"
            db.add(
                ServiceCentre(
                    code=f"hcc-{unit.code}", name=f"Trung tâm {unit.name}", level=level,
                    unit_id=unit.id, valid_from=date(2025, 7, 1),
                )
            )  # fmt: skip
        accounts.add(
            db, EMAILS["office"], full_name="Nguyễn Thị Lan", role="office", password=PASSWORD,
            actor="test", now=datetime(2026, 1, 1, tzinfo=UTC),
        )  # fmt: skip


@pytest.fixture
def site(app):
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.fixture
def work(app):
    """Have the worker do what waits; in a thread of its own, for the browser has a loop here."""

    def run():
        jobs = app.extensions["longdan.jobs"]
        thread = Thread(target=jobs.work, kwargs={"wait": False, "install_signal_handlers": False})
        thread.start()
        thread.join()

    return run


def decide(page):
    """Take every suggestion; leave out what nobody can suggest anything for."""
    press(page, page.get_by_role("link", name="Điền sẵn mọi gợi ý"))
    for field in page.locator("main select").all():
        if not field.input_value():
            field.select_option(label="Bỏ các dòng này ra")
    press(page, page.get_by_role("button", name="Ghi quyết định"))


@pytest.mark.usefixtures("office")
def test_an_official_gathers_workbooks_into_a_frame(browser, site, work, database, tmp_path):
    files = messy.make(tmp_path / "files", rows_each=18).paths[:12]
    with open_page(browser, "office", site) as page:
        press(page, page.locator("nav.main-nav").get_by_text("Danh sách", exact=True))
        wrong = seen(page)
        press(page, page.get_by_role("link", name="Lập danh sách"))
        wrong += seen(page)
        page.get_by_label("Tên danh sách").fill("Chín tháng 2026")
        page.get_by_label("Từ ngày").fill("2026-01-01")
        page.get_by_label("Đến hết ngày").fill("2026-09-30")
        press(page, page.get_by_role("button", name="Lập danh sách"))
        wrong += seen(page)
        page.get_by_label("Các tệp danh sách").set_input_files([str(path) for path in files])
        press(page, page.get_by_role("button", name="Nộp các tệp"))
        wrong += seen(page)
        work()
        for _ in range(3):
            page.goto(f"{site}/office/frames/chin-thang-2026")
            press(page, page.get_by_role("link", name="Xem các cột"))
            wrong += seen(page)
            press(page, page.locator("#columns").get_by_role("button", name="Đúng, đọc tệp"))
            work()
        page.goto(f"{site}/office/frames/chin-thang-2026")
        wrong += seen(page)
        press(page, page.get_by_role("link", name="Xem việc còn lại"))
        wrong += seen(page)
        page.goto(f"{site}/office/frames/chin-thang-2026/problems")
        wrong += seen(page)
        page.goto(f"{site}/office/frames/chin-thang-2026/names")
        wrong += seen(page)
        decide(page)
        work()
        page.goto(f"{site}/office/frames/chin-thang-2026")
        press(page, page.get_by_role("link", name="Chốt danh sách"))
        wrong += seen(page)
        press(page, page.get_by_role("button", name="Chốt danh sách"))
        work()
        page.goto(f"{site}/office/frames/chin-thang-2026?lang=en")
        wrong += seen(page)
        page.goto(f"{site}/office/frames/chin-thang-2026/files/1?lang=vi")
        wrong += seen(page)
    assert wrong == []
    with database.read() as db:
        assert db.scalars(select(Frame.state)).one() == "frozen"
