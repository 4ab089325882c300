"""From a frozen frame to a drawn sample in a browser, as a newcomer would: no page is skipped."""

from datetime import UTC, datetime
from threading import Thread

import numpy as np
import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select
from werkzeug.serving import make_server

from app.models import Draw, SampleCase
from tests.app import builders
from tests.app.draws import frozen
from tests.app.draws.conftest import round_of
from tests.app.signing_in import add_accounts
from tests.e2e.pressing import hold, press
from tests.e2e.test_office import broken_rules, open_page

pytestmark = pytest.mark.browser
TODAY = datetime(2026, 11, 20, 2, tzinfo=UTC)
THROWN = "4 6 1 1 3 5 2 6 1 4"


@pytest.fixture
def office_with_a_frame(database, settings):
    with database.write() as db:
        add_accounts(db)
        province = frozen.the_province(db)
        columns = frozen.dossiers(np.random.default_rng(5), 900)
        builders.frozen_frame(db, province, settings.var_dir, columns)
        builders.add(db, round_of(db, builders.campaign(db, province)))


@pytest.fixture
def site(app):
    app.extensions["longdan.clock"] = lambda: TODAY
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


def seen(page):
    """What keeps people out of a page as it stands, on a phone and on a desk."""
    hold(page)
    wrong = []
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 740})
        reach = page.evaluate("document.documentElement.scrollWidth")
        wrong += [f"{page.url} reaches to {reach} of {width}"] if reach > width else []
        wrong += broken_rules(page)
    return wrong


@pytest.mark.usefixtures("office_with_a_frame")
def test_a_newcomer_draws_a_sample(browser, site, database):
    with open_page(browser, "office", site) as page:
        press(page, page.locator("nav.main-nav").get_by_text("Chọn mẫu"))
        press(page, page.get_by_role("link", name="Lập phương án"))
        page.get_by_label("Tên phương án").fill("Mẫu năm 2026")
        press(page, page.get_by_role("button", name="Tiếp tục"))
        wrong = seen(page)
        press(page, page.get_by_role("button", name="Tiếp tục: số người"))
        page.get_by_label("Sai số của mỗi đơn vị, ± điểm phần trăm").fill("9,5")
        press(page, page.get_by_role("button", name="Tính lại"))
        wrong += seen(page)
        expect(page.get_by_text("người cần trả lời")).to_be_visible()
        press(page, page.get_by_role("link", name="Tiếp tục: phân bổ"))
        wrong += seen(page)
        page.get_by_label("Thay bằng người dự phòng").check()
        page.get_by_label("Số dự phòng so với số chính thức (%)").fill("50")
        press(page, page.get_by_role("button", name="Tiếp tục: xem trước"))
        wrong += seen(page)
        press(page, page.get_by_role("button", name="Công bố danh sách và phương án"))
        wrong += seen(page)
        fixed = page.locator(".hash").all_inner_texts()
        page.get_by_label("Số gieo", exact=True).fill(THROWN)
        page.get_by_label("Gõ lại số gieo").fill(THROWN)
        page.get_by_label("Số gieo lấy từ đâu?").fill("Mười lần gieo xúc xắc")
        page.get_by_label("Địa điểm").fill("Phòng họp số 2")
        page.get_by_label("Người chứng kiến").fill("A; Ủy viên; MTTQ\nB; Hội viên; Hội CCB")
        press(page, page.get_by_role("button", name="Chọn mẫu"))
        wrong += seen(page)
        assert page.locator(".hash").all_inner_texts()[:2] == fixed
        press(page, page.get_by_role("link", name="Danh sách người được chọn"))
    assert wrong == []
    with database.read() as db:
        found = db.scalars(select(Draw)).one()
        n_cases = db.scalar(select(func.count()).select_from(SampleCase))
    assert found.seed_text == THROWN
    assert found.n_reserve > 0
    assert n_cases == found.n_main + found.n_reserve
