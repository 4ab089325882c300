"""Report, overview and trend as people meet them."""

import io
import re
from datetime import date
from shutil import rmtree

import pytest
from bs4 import BeautifulSoup
from docx import Document
from sqlalchemy import select

from app.jobs import Jobs
from app.models import AuditEntry, RoundTarget, Unit
from app.services import publishing
from app.services.reports.desk import Key
from tests.app import builders, desk
from tests.app.reports.conftest import NOW, earlier_people
from tests.app.signing_in import post
from tests.pages import plain

PAGE = "/office/results/mau-2026/report"
FILLED = {
    "language": "vi",
    "day": "2026-07-02",
    "authority_above": "UBND TỈNH QUẢNG NINH",
    "authority": "SỞ NỘI VỤ",
    "symbol": "BC-SNV",
    "place": "Quảng Ninh",
    "addressee": "Ủy ban nhân dân tỉnh Quảng Ninh",
    "authority_line": "KT. GIÁM ĐỐC",
    "position": "PHÓ GIÁM ĐỐC",
    "signatory": "Nguyễn Thị Lan",
    "recipients": "- Như trên;\n- Lưu: VT.",
}


@pytest.fixture
def published(database, settings, staff):
    """Two sampled rounds and a round of whoever answered, in the province of the accounts."""
    rmtree(settings.var_dir / "reports", ignore_errors=True)
    with database.write() as db:
        province = db.scalars(select(Unit).where(Unit.kind == "province")).one()
        known = {unit.code for unit in db.scalars(select(Unit).where(Unit.kind == "commune"))}
        for code, (name, _stratum, _psus) in desk.COMMUNES.items():
            if code not in known:
                builders.commune(db, province, code, name, type_name=name.split()[0])
        campaign = builders.campaign(db, province, simulated=True)
        desk.sampled_round(
            db, campaign, earlier_people(), code="mau-2025", name="Điều tra mẫu 2025",
            opens_on=date(2025, 7, 1), closes_on=date(2025, 12, 31),
        )  # fmt: skip
        made = desk.sampled_round(
            db, campaign, name="Điều tra mẫu 2026", opens_on=date(2026, 1, 1),
            closes_on=date(2026, 6, 30),
        )  # fmt: skip
        db.add(RoundTarget(round_id=made.id, node="overall", value=0.95, source="Kế hoạch"))
        desk.open_round(db, campaign, state="closed")
    for code in ("mau-2025", "mau-2026", "quay-2026"):
        with database.write() as db:
            publishing.publish(
                db, code, var_dir=settings.var_dir, code_version="1", actor="x", now=NOW,
                public=True,
            )  # fmt: skip


def soup(client, path, status=200):
    answer = client.get(path)
    assert answer.status_code == status, path
    return BeautifulSoup(plain(answer).decode(), "html.parser")


def said(page):
    return re.sub(r"\s+", " ", page.main.get_text(" "))


def test_a_report_is_ordered_made_and_downloaded(office, published, database, settings):
    page = soup(office, PAGE)
    assert page.find("input", id="authority")["value"] == "SỞ NỘI VỤ"
    answer = post(office, PAGE, FILLED)
    assert answer.status_code == 303
    waiting = office.get(PAGE)
    assert "Đang chờ đến lượt" in waiting.text
    assert waiting.headers["Refresh"]
    assert office.get(f"{PAGE}/vi.docx").status_code == 303
    Jobs(database, settings).work(wait=False, install_signal_handlers=False)
    ready = office.get(PAGE)
    assert "Refresh" not in ready.headers
    assert "Tải Word (DOCX)" in ready.text
    word = office.get(f"{PAGE}/vi.docx")
    assert word.headers["Content-Disposition"].endswith('"bao-cao_mau-2026_lan-1_vi.docx"')
    cells = [cell.text for t in Document(io.BytesIO(word.data)).tables for cell in t._cells]
    signed = next(cell for cell in cells if "Nguyễn Thị Lan" in cell)
    assert signed.startswith("KT. GIÁM ĐỐC\nPHÓ GIÁM ĐỐC")
    assert any("- Như trên;\n- Lưu: VT." in cell for cell in cells)
    assert office.get(f"{PAGE}/vi.pdf").data.startswith(b"%PDF")
    assert office.get(f"{PAGE}/en.pdf").status_code == 303
    assert office.get(f"{PAGE}/vi.exe").status_code == 404
    with database.read() as db:
        acts = db.scalars(select(AuditEntry.action)).all()
    assert "report.order" in acts


def test_the_letterhead_is_filled_in_once(office, published):
    post(office, PAGE, FILLED)
    # While it waits the page renews itself, and has no form that could lose what is typed.
    assert soup(office, PAGE).find("input", id="signatory") is None
    post(office, f"{PAGE}/cancel", {"language": "vi"}, page=PAGE)
    page = soup(office, PAGE)
    assert page.find("input", id="signatory")["value"] == "Nguyễn Thị Lan"
    assert page.find("textarea", id="recipients").get_text().strip() == "Như trên\nLưu: VT"


def test_what_is_missing_is_said_and_nothing_is_ordered(office, published, settings):
    answer = post(office, PAGE, {**FILLED, "position": "", "day": "hôm nay"})
    assert answer.status_code == 200
    assert "Xin nhập mục này." in answer.text
    assert Jobs(None, settings).reports.desk.state(Key("mau-2026", 1, "vi")) is None


def test_an_order_can_be_given_up(office, published, settings):
    post(office, PAGE, FILLED)
    answer = post(office, f"{PAGE}/cancel", {"language": "vi"}, page=PAGE)
    assert answer.status_code == 303
    assert "Đã dừng theo yêu cầu" in office.get(PAGE).text


def test_self_selected_answers_have_no_report(office, published):
    answer = office.get("/office/results/quay-2026/report")
    assert answer.status_code == 303


def test_reports_are_the_office_s(viewer, published):
    assert viewer.get(PAGE).status_code == 404


def test_the_overview_answers_four_questions(client, published):
    page = soup(client, "/ket-qua/mau-2026/tong-quan")
    text = said(page)
    assert "79,7%" in text
    assert "74,9–83,7%" in text
    assert "160 người trả lời" in text
    assert "Cao hơn “Điều tra mẫu 2025”" in text
    assert "Thành phần có tỷ lệ ước lượng thấp nhất" in text
    assert "Trong 5 đơn vị:" in text
    tiles = page.find("svg", attrs={"aria-labelledby": re.compile("^overview-map-wide")})
    assert len(tiles.find_all("a")) == 5
    assert tiles.find("a", href="/ket-qua/mau-2026/theo/commune/06652")
    # What the map shows stands in a table too.
    assert page.select_one(".map-table table caption").get_text().startswith("Số liệu của bản đồ")


def test_the_overview_says_no_number_about_few_people(client, published):
    page = soup(client, "/ket-qua/mau-2026/tong-quan")
    for tile in page.find_all("a", href=re.compile("06967")):
        assert "%" not in tile.get_text()


@pytest.mark.parametrize(
    "path",
    [
        "khong-co/tong-quan",
        "mau-2026/tong-quan?lan=7",
        "chuong-trinh/khong-co",
        "chuong-trinh/qn-2026?node=khong-co",
        "chuong-trinh/qn-2026?unit=99999",
        "chuong-trinh/qn-2026?theo=moi",
        "chuong-trinh/qn-2026?theo=x",
    ],
)
def test_addresses_of_nothing_are_not_found(client, published, path):
    assert client.get(f"/ket-qua/{path}").status_code == 404


def test_the_overview_of_self_selected_answers_is_their_page(client, published):
    answer = client.get("/ket-qua/quay-2026/tong-quan")
    assert answer.location == "/ket-qua/quay-2026"


def test_the_trend_joins_rounds_measured_alike(client, published):
    page = soup(client, "/ket-qua/chuong-trinh/qn-2026?node=officials")
    text = said(page)
    assert "Điều tra mẫu 2025" in text
    assert "Cao hơn đợt trước: +18,8 điểm %" in text
    wide = page.find("svg", class_="drawing-wide")
    assert len(wide.find_all("path", class_="path")) == 1
    assert not wide.find_all("path", class_="break")


def test_the_trend_of_a_unit(client, published):
    page = soup(client, "/ket-qua/chuong-trinh/qn-2026?unit=06652")
    assert "Phường Hồng Gai" in page.h1.get_text()
    assert page.find("a", attrs={"aria-current": "page"}, string="Phường Hồng Gai")


@pytest.mark.parametrize("by", ["moi", "chung"])
def test_the_office_reads_rounds_on_other_boundaries(office, published, by):
    page = soup(office, f"/office/results/chuong-trinh/qn-2026?theo={by}")
    assert page.select_one(".choices a[aria-current]")


def test_a_unit_viewer_sees_the_unit_alone(viewer, published):
    page = soup(viewer, "/office/results/chuong-trinh/qn-2026")
    assert "Phường Hồng Gai" in page.h1.get_text()
    assert "Toàn tỉnh" not in said(page)
    assert viewer.get("/office/results/chuong-trinh/qn-2026?unit=06700").status_code == 404
    assert viewer.get("/office/results/mau-2026/tong-quan").status_code == 404


def test_the_command_writes_both_files(app, published, tmp_path):
    result = app.test_cli_runner().invoke(
        args=["report", "mau-2026", "--out", str(tmp_path / "ra"), "--date", "2026-07-02"]
    )
    assert result.exit_code == 0, result.output
    assert sorted(path.name for path in (tmp_path / "ra").iterdir()) == [
        "bao-cao_mau-2026_lan-1_vi.docx",
        "bao-cao_mau-2026_lan-1_vi.pdf",
    ]
    assert "pages in" in result.output
    unknown = app.test_cli_runner().invoke(args=["report", "khong-co"])
    assert unknown.exit_code == 1
    assert "Traceback" not in unknown.output
