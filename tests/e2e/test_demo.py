"""What a newcomer sees: the demo starts, a citizen rates, the tally moves, results are there."""

import re

import pytest

from tests.e2e.conftest import free_port, start
from tests.e2e.pressing import press

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("demo")]

PHONE = {"width": 360, "height": 740}


def test_the_table_of_rates_is_printed(demo):
    text = "\n".join(demo.printed)
    assert "SIMULATED" in text
    rows = re.findall(
        r"^ +\S.* +(\d\d\.\d) +(\d\d\.\d) – (\d\d\.\d) +\d+ +1[456]\d\d +\d\d\.\d$",
        text,
        re.MULTILINE,
    )
    assert len(rows) == 6
    assert all(float(low) < float(value) < float(high) for value, low, high in rows)


def test_a_phone_without_javascript_rates_counter_05_and_the_tally_moves(demo, browser):
    office = browser.new_context(java_script_enabled=False)
    sheet = office.new_page()
    sign_in(sheet, demo)
    before = answers_of_counter(sheet, demo, "05")

    phone = browser.new_context(java_script_enabled=False, viewport=PHONE)
    page = phone.new_page()
    page.goto(f"{demo.url}/c/05")
    assert "Quầy 05" in page.inner_text("main")
    press(page, "text=Tôi đồng ý và bắt đầu")
    for name in radio_names(page):
        # Questions about a late result show once the result is said to be late.
        page.check(f"input[name={name}] >> nth=-2")
    page.fill("textarea", "Cán bộ hướng dẫn tận tình.")
    press(page, "text=Gửi phiếu")
    assert "cảm ơn" in page.inner_text("main").lower()
    assert phone.cookies() == []
    page.reload()

    assert answers_of_counter(sheet, demo, "05") == before + 1
    office.close()
    phone.close()


def answers_of_counter(page, demo, number):
    """People who rated a counter, as the office's page of running counts shows it."""
    page.goto(f"{demo.url}/office/results/quay-mo-phong/now")
    row = page.locator("tr", has_text=f"quầy {number}:")
    return int(row.locator("td").last.inner_text().replace(".", ""))


def radio_names(page):
    return dict.fromkeys(
        page.eval_on_selector_all("input[type=radio]", "all => all.map(one => one.name)")
    )


def sign_in(page, demo):
    page.goto(f"{demo.url}/office/")
    page.fill("input[name=email]", "sonoivu@example.vn")
    page.fill("input[name=password]", demo.password)
    press(page, "main button")
    assert page.inner_text("h1") == "Tổng quan"


def test_the_files_are_written(demo):
    names = {path.name for path in (demo.var_dir / "demo").iterdir()}
    assert {path.rsplit(".")[-1] for path in names} >= {"xlsx", "csv"}


def test_a_taken_port_is_said_plainly(demo, tmp_path):
    port = int(demo.url.rsplit(":")[-1])
    second = start(tmp_path / "var", port)
    assert second.process.wait() == 1
    assert any(f"Port {port} is in use" in line for line in second.printed)
    assert not any("Traceback" in line for line in second.printed)


def test_ctrl_c_stops_everything_and_the_next_start_finds_it_all(tmp_path):
    demo = start(tmp_path / "var", free_port())
    assert demo.stop() == 0
    assert not (demo.var_dir / "postgresql" / "postmaster.pid").exists()
    again = start(tmp_path / "var", free_port())
    assert "from an earlier run" in "\n".join(again.printed)
    assert again.stop() == 0
    assert again.password == demo.password


def test_what_changed_since_the_year_before_is_told_with_its_interval(demo, browser):
    page = browser.new_page(java_script_enabled=False, viewport=PHONE)
    page.goto(f"{demo.url}/ket-qua/mau-mo-phong/muc-tieu")
    assert re.search(r"So với đợt “Khảo sát mẫu năm \d{4} \(mô phỏng\)”", page.inner_text("main"))
    page.goto(f"{demo.url}/ket-qua/chuong-trinh/qn-mo-phong")
    assert "Không so sánh được" not in page.inner_text("main")
    assert page.locator("svg polyline, svg path").count() > 0
    page.close()
