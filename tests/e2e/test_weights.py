"""Weights in a browser: from the round's path to a set, with the worker doing its part."""

from datetime import UTC, datetime
from threading import Thread

import pytest
from playwright.sync_api import expect
from sqlalchemy import select
from werkzeug.serving import make_server

from app.models import Unit, WeightSet
from app.services.weighting import runs
from tests.app.signing_in import add_accounts
from tests.app.weighting import world
from tests.e2e.pressing import press
from tests.e2e.test_office import open_page
from tests.e2e.test_samples import seen

pytestmark = pytest.mark.browser
TODAY = datetime(2026, 11, 20, 2, tzinfo=UTC)
CONTROLS = "Giới tính,Tổng số\nNam,{male}\nNữ,18\n"


@pytest.fixture
def closed_round(database, settings):
    with database.write() as db:
        add_accounts(db)
        province = db.scalars(select(Unit).where(Unit.kind == "province")).one()
        world.build(db, province, settings.var_dir)


@pytest.fixture
def site(app):
    app.extensions["longdan.clock"] = lambda: TODAY
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.fixture
def worker(database, settings):
    """Do what was put off."""

    def work():
        with database.read() as db:
            waiting = db.scalars(select(runs.WeightRun.id).where(runs.WeightRun.state == "waiting"))
            found = list(waiting)
        for run_id in found:
            runs.WeightWork(database, settings).make(run_id)

    return work


def sheet(text):
    return {"name": "tong.csv", "mimeType": "text/csv", "buffer": text.encode()}


@pytest.mark.usefixtures("closed_round")
def test_an_official_makes_weights(browser, site, database, worker):
    with open_page(browser, "office", site) as page:
        page.goto(f"{site}/office/rounds/{world.CODE}")
        press(page, page.get_by_role("link", name="Trọng số", exact=True))
        wrong = seen(page)
        expect(page.get_by_text("10 đã trả lời")).to_be_visible()
        press(page, page.get_by_role("button", name="Lĩnh vực thủ tục hành chính"))
        expect(page.get_by_text("2 nhóm, tổng 40, đếm từ danh sách")).to_be_visible()
        press(page, page.get_by_role("link", name="Nhập từ tệp Excel hoặc CSV"))
        page.get_by_label("Tệp tổng kiểm soát").set_input_files(
            sheet(CONTROLS.format(male="nhiều"))
        )
        page.get_by_label("Tên gọi").fill("Theo giới tính")
        press(page, page.get_by_role("button", name="Tải lên và kiểm tra"))
        expect(page.get_by_text("Không phải là một số.")).to_be_visible()
        wrong += seen(page)
        page.get_by_label("Tệp tổng kiểm soát").set_input_files(sheet(CONTROLS.format(male=20)))
        press(page, page.get_by_role("button", name="Tải lên và kiểm tra"))
        expect(page.get_by_text("dùng được.")).to_be_visible()
        wrong += seen(page)
        press(page, page.get_by_role("link", name="Về trang trọng số"))
        press(page, page.get_by_role("button", name="Tính trọng số"))
        expect(page.get_by_text("Đang chờ đến lượt")).to_be_visible()
        wrong += seen(page)
        page.reload()
        worker()
        # The page asks again by itself.
        expect(page.get_by_role("heading", name="Bộ trọng số 1")).to_be_visible(timeout=20_000)
        expect(page.get_by_text("Trọng số lớn nhất bằng")).to_be_visible()
        wrong += seen(page)
        page.get_by_text("Các tổng và hệ số theo nhóm").first.click()
        expect(page.get_by_role("columnheader", name="Tổng đã biết").first).to_be_visible()
        wrong += seen(page)
    assert wrong == []
    with database.read() as db:
        steps = db.scalars(select(WeightSet)).one().steps
    assert [step["step"] for step in steps][:2] == ["unknown", "nonresponse"]


@pytest.mark.usefixtures("closed_round")
def test_what_cannot_be_done_is_said_with_ways_out(browser, site, worker):
    with open_page(browser, "office", site) as page:
        page.goto(f"{site}/office/weights/{world.CODE}")
        press(page, page.get_by_role("button", name="Lĩnh vực thủ tục hành chính"))
        press(page, page.get_by_role("link", name="Đổi cách tính"))
        page.get_by_text("Tùy chọn nâng cao").nth(1).click()
        page.get_by_label("GREG logit có giới hạn").check()
        page.get_by_label("Giới hạn dưới của hệ số").fill("0.999")
        page.get_by_label("Giới hạn trên của hệ số").fill("1.001")
        wrong = seen(page)
        press(page, page.get_by_role("button", name="Tính trọng số"))
        worker()
        expect(page.get_by_role("heading", name="Có thể làm gì")).to_be_visible(timeout=20_000)
        expect(page.get_by_text("Nới giới hạn tỷ lệ")).to_be_visible()
        wrong += seen(page)
    assert wrong == []
