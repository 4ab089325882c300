"""Files of published figures hold the rows of the database and of the page, and nothing else."""

import csv
import io
from datetime import UTC, datetime

import openpyxl
import pytest
from bs4 import BeautifulSoup

from app import numbers
from app.models import RoundTarget
from app.queries import publications
from app.result_files import book, flat
from app.services import publishing, results
from app.services.exports import csv_file, kept, xlsx
from tests.app import builders, desk
from tests.pages import plain

NOW = datetime(2026, 7, 1, 2, 30, 15, 123456, tzinfo=UTC)
ANOTHER = datetime(2027, 1, 1, tzinfo=UTC)


def published(database, settings, make, **values):
    with database.write() as db:
        province = builders.province(db)
        desk.communes(db, province)
        campaign = builders.campaign(db, province, **({"simulated": True} | values))
        made = make(db, campaign)
        db.add(RoundTarget(round_id=made.id, node="overall", value=0.95, source="Kế hoạch"))
    with database.write() as db:
        publishing.publish(
            db, made.code, var_dir=settings.var_dir, code_version="1.2.3", actor="x", now=NOW,
            public=True,
        )  # fmt: skip
    with database.read() as db:
        return results.open_results(db, made.code, public_only=True)


@pytest.fixture
def sampled(database, settings):
    return published(database, settings, desk.sampled_round)


@pytest.fixture
def opened(database, settings):
    return published(database, settings, desk.open_round)


def sheets_of(app, found, language="vi"):
    with app.app_context():
        content = xlsx.write(book.book(found, language))
    return openpyxl.load_workbook(io.BytesIO(content))


def rows_below(sheet, heading):
    """The rows below the line of headings that begins with `heading`, as cells."""
    lines = list(sheet.iter_rows())
    (place,) = (k for k, line in enumerate(lines) if line[0].value == heading)
    return lines[place + 1 :]


def same(cell, value):
    """A spreadsheet keeps 15 digits of a number."""
    if value is None:
        return cell.value is None
    return cell.value == pytest.approx(value, rel=1e-14, abs=0)


def test_the_workbook_has_its_sheets_and_says_what_it_is(app, sampled):
    found = sheets_of(app, sampled)
    assert found.sheetnames == [
        "Tổng quan", "Biểu đồ", "Thành phần", "Theo xã, phường", "Biểu đồ đơn vị",
        "Theo loại đơn vị", "Giới tính", "Cách tính", "Định nghĩa", "Nguồn gốc",
    ]  # fmt: skip
    opening = [found["Thành phần"].cell(row, 1).value for row in (1, 2, 3)]
    assert opening[0] == "Điều tra mẫu"
    for part in ("Tỉnh Quảng Ninh", "1/1/2026", "Cách tính desk, phiên bản 1", "Bản chụp sha256:"):
        assert part in opening[1]
    for sheet in found:
        assert any(
            "DỮ LIỆU MÔ PHỎNG — không phản ánh kết quả thật" in str(cell.value)
            for line in sheet.iter_rows(max_row=4)
            for cell in line
        )
        assert "DỮ LIỆU MÔ PHỎNG" in sheet.oddHeader.left.text
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.page_setup.paperSize == 9
    for name in ("Thành phần", "Theo xã, phường"):
        assert found[name].freeze_panes is not None
        assert found[name].print_title_rows is not None
        assert found[name].auto_filter.ref is not None


def test_database_workbook_and_page_hold_the_same_numbers(app, client, database, sampled):
    found = sheets_of(app, sampled)
    cells = {line[0].value: line for line in rows_below(found["Thành phần"], "Chỉ tiêu")}
    page = BeautifulSoup(plain(client.get("/ket-qua/mau-2026")).decode(), "html.parser")
    shown = {
        line.th.find(string=True).strip(): [
            cell.find(string=True).strip() for cell in line.find_all("td")
        ]
        for line in page.find("table").tbody.find_all("tr")
    }
    with database.read() as db:
        facts = publications.of_round(db, "mau-2026", public_only=True)
        rows = {
            (row.node, row.measure): row
            for row in publications.estimates(db, facts.id)
            if not row.domain_kind
        }
    for node, title in (
        ("overall", "Hài lòng chung"),
        ("officials", "Công chức"),
        ("results", "Kết quả"),
    ):
        row, line, text = rows[node, "satisfied"], cells[title], shown[title]
        wanted = (
            (1, row.value), (2, row.low), (3, row.high), (4, row.standard_error),
            (5, rows[node, "neutral"].value), (6, rows[node, "neutral"].low),
            (8, rows[node, "dissatisfied"].value), (10, rows[node, "dissatisfied"].high),
            (11, row.n), (12, row.effective_n), (13, row.df), (14, row.design_effect),
            (15, row.target),
        )  # fmt: skip
        for place, value in wanted:
            assert same(line[place], value), (node, place)
        assert line[1].number_format == "0.0%"
        assert line[11].number_format == "#,##0"
        # The page shows the same cell, rounded half up.
        assert text[0] == numbers.percent(line[1].value, "vi")
        assert text[2] == numbers.percent(line[5].value, "vi")
        assert text[4] == numbers.count(line[11].value, "vi")


def test_every_published_row_is_in_the_flat_file_to_the_last_digit(app, database, sampled):
    with app.app_context():
        content = csv_file.write(flat.HEADER, flat.rows(sampled, "vi"))
    lines = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    with database.read() as db:
        facts = publications.of_round(db, "mau-2026", public_only=True)
        rows = publications.estimates(db, facts.id)
    assert len(lines) == len(rows)
    for line, row in zip(lines, rows, strict=True):
        assert (line["subject"], line["measure"]) == (row.node, row.measure)
        assert (line["domain_kind"], line["domain_code"]) == (row.domain_kind, row.domain_code)
        for name in (
            "value", "standard_error", "low", "high", "n", "effective_n", "df", "design_effect",
            "target",
        ):  # fmt: skip
            value = getattr(row, name)
            assert (float(line[name]) if line[name] else None) == value
        assert line["simulated"] == "true"
        assert line["snapshot_hash"] == facts.snapshot_hash


def test_every_published_figure_is_in_the_workbook_once(app, database, sampled):
    found = sheets_of(app, sampled)
    n_lines = len(rows_below(found["Thành phần"], "Chỉ tiêu")) + sum(
        len(rows_below(found[name], "Mã"))
        for name in ("Theo xã, phường", "Theo loại đơn vị", "Giới tính")
    )
    figures = {(row.node, row.domain_kind, row.domain_code) for row in sampled.estimates}
    assert n_lines == len(figures)


def test_suppressed_figures_are_empty_cells_with_a_reason(app, sampled):
    lines = rows_below(sheets_of(app, sampled)["Theo xã, phường"], "Mã")
    confidential, few = (
        next(line for line in lines if line[1].value == name and line[2].value == "Hài lòng chung")
        for name in ("Xã Cái Chiên", "Xã Quảng La")
    )
    for line in (confidential, few):
        assert [cell.value for cell in line[3:13]] == [None] * 10
    assert confidential[13].value == "ẩn"
    assert confidential[18].value.startswith("Ít hơn 10 người trả lời")
    assert few[18].value.startswith("Ít hơn 30 người trả lời")


def test_units_stand_in_reading_order(app, sampled):
    lines = rows_below(sheets_of(app, sampled)["Theo xã, phường"], "Mã")
    assert [line[1].value for line in lines[:5]] == [
        "Phường Hồng Gai",
        "Xã Thống Nhất",
        "Đặc khu Cô Tô",
        "Xã Cái Chiên",
        "Xã Quảng La",
    ]


def test_counts_of_self_selected_answers_have_no_interval_in_any_file(app, opened):
    found = sheets_of(app, opened)
    headings = [
        str(cell.value)
        for name in ("Tổng quan", "Thành phần", "Theo quầy")
        for line in found[name].iter_rows(max_row=6)
        for cell in line
    ]
    assert not [text for text in headings if "Cận" in text or "Sai số chuẩn" in text]
    assert "không đại diện cho toàn bộ người dân; không có sai số" in " ".join(headings)
    (line,) = (
        line
        for line in rows_below(found["Thành phần"], "Chỉ tiêu hoặc câu hỏi")
        if line[0].value == "Công chức lịch sự"
    )
    assert [cell.value for cell in line[1:7]] == [0.75, 120, 30, 10, 160, 160]
    with app.app_context():
        lines = list(flat.rows(opened, "vi"))
    for name in ("standard_error", "low", "high", "level", "effective_n", "df"):
        assert {line[flat.HEADER.index(name)] for line in lines} == {None}


def test_the_chart_is_drawn_by_the_spreadsheet_from_cells(app, sampled):
    sheet = sheets_of(app, sampled)["Biểu đồ"]
    (chart,) = sheet._charts
    (series,) = chart.series
    assert series.errBars.plus.numRef.f.startswith("'Biểu đồ'!$D$")
    assert series.errBars.minus.numRef.f.startswith("'Biểu đồ'!$C$")
    lines = rows_below(sheet, "Chỉ tiêu")
    row = sampled.figure("overall").main
    assert lines[0][0].value == "Hài lòng chung"
    assert lines[0][1].value - lines[0][2].value == pytest.approx(row.low)
    assert lines[0][1].value + lines[0][3].value == pytest.approx(row.high)


def test_the_provenance_names_all_hashes(app, sampled):
    lines = rows_below(sheets_of(app, sampled)["Nguồn gốc"], "Mục")
    said = {line[0].value: line[1].value for line in lines}
    facts = sampled.facts
    assert said["Mã băm của bản chụp câu trả lời"] == facts.snapshot_hash
    assert said["Mã băm của cách tính"] == facts.method_hash
    assert said["Mã băm của phiếu hỏi"] == facts.instrument_hash
    assert said["Số phiếu"] == 160
    assert said["Lệnh kiểm tra"] == "flask verify-publication mau-2026 --number 1"
    assert said["Mục tiêu: Hài lòng chung"] == "Kế hoạch"


def test_the_same_figures_make_the_same_bytes(app, sampled, database):
    with app.app_context():
        first = xlsx.write(book.book(sampled, "vi"))
    with database.read() as db:
        again = results.open_results(db, "mau-2026", public_only=True)
    with app.app_context():
        assert xlsx.write(book.book(again, "vi")) == first
        assert xlsx.write(book.book(again, "en")) != first
    created = openpyxl.load_workbook(io.BytesIO(first)).properties.created
    assert created == datetime(2026, 7, 1, 2, 30, 15)  # noqa: DTZ001 - the format has no zone


def test_real_answers_are_not_called_simulated(app, database, settings):
    found = published(database, settings, desk.sampled_round, simulated=False)
    for sheet in sheets_of(app, found):
        assert "MÔ PHỎNG" not in (sheet.oddHeader.left.text or "")
        assert not [
            cell.value
            for line in sheet.iter_rows()
            for cell in line
            if "MÔ PHỎNG" in str(cell.value)
        ]


def test_downloads_are_named_in_ascii_and_made_once(app, client, sampled, settings):
    for form, kind in (("xlsx", "spreadsheetml"), ("csv", "text/csv")):
        first = client.get(f"/ket-qua/mau-2026/tai-ve.{form}")
        assert first.status_code == 200
        assert kind in first.content_type
        name = f'attachment; filename="ket-qua_mau-2026_lan-1.{form}"'
        assert first.headers["Content-Disposition"] == name
        again = client.get(f"/ket-qua/mau-2026/tai-ve.{form}")
        assert again.data == first.data
        unchanged = client.get(
            f"/ket-qua/mau-2026/tai-ve.{form}",
            headers={"If-None-Match": first.headers["ETag"]},
        )
        assert (unchanged.status_code, unchanged.data) == (304, b"")


def test_a_file_is_made_once_for_one_identity(tmp_path):
    made = []

    def make():
        made.append(1)
        return b"content"

    assert kept.kept(tmp_path, "a", "xlsx", make) == b"content"
    assert kept.kept(tmp_path, "a", "xlsx", make) == b"content"
    assert kept.kept(tmp_path, "b", "xlsx", make) == b"content"
    assert len(made) == 2
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".xlsx", ".xlsx"]


def test_nothing_is_kept_of_a_file_that_could_not_be_made(tmp_path):
    def fail():
        raise OSError("no space")

    with pytest.raises(OSError, match="no space"):
        kept.kept(tmp_path, "a", "xlsx", fail)
    assert list(tmp_path.iterdir()) == []
