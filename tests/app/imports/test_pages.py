"""The office uploads a file, confirms its columns, and sees what became of it."""

import io
import re

import pytest
from bs4 import BeautifulSoup
from openpyxl import load_workbook
from sqlalchemy import func, select, text

from app.models import ImportBatch, Response
from app.services.imports import accounts
from tests.app.imports.conftest import ROUND
from tests.app.imports.files import ROW, rows, without, write_csv, write_xlsx
from tests.app.signing_in import token_on

NEW = f"/office/rounds/{ROUND}/imports/new"


@pytest.fixture
def jobs(app):
    return app.extensions["longdan.jobs"]


@pytest.fixture(autouse=True)
def no_uploads(jobs):
    for path in jobs.uploads.glob("*"):
        path.unlink()


@pytest.fixture
def office(office, target):
    return office


def upload(client, path, name=None, mapping=None):
    data = {
        "csrf_token": token_on(client, NEW),
        "file": (io.BytesIO(path.read_bytes()), name or path.name),
    }
    if mapping is not None:
        data["mapping"] = (io.BytesIO(mapping.encode()), "anh-xa.toml")
    return client.post(NEW, data=data, content_type="multipart/form-data")


def form_of(client, path) -> dict[str, str]:
    """Everything the form on the page would send as it stands."""
    page = BeautifulSoup(client.get(path).data, "html.parser")
    form = page.select_one('main form[method="post"]:not(#discard)')
    sent = {}
    for control in form.select("input[name], select[name]"):
        if control.name == "select":
            chosen = control.select_one("option[selected]") or control.select_one("option")
            sent[control["name"]] = chosen.get("value", chosen.get_text())
        elif control.get("type") != "checkbox" or control.has_attr("checked"):
            sent[control["name"]] = control.get("value", "")
    return sent


def labels(client, path) -> dict[str, str]:
    """Name of the field by the label that stands beside it."""
    page = BeautifulSoup(client.get(path).data, "html.parser")
    return {" ".join(each.get_text().split()): each["for"] for each in page.select("label[for]")}


def confirm(client, batch, **changes):
    path = f"/office/imports/{batch}/columns"
    return client.post(path, data={**form_of(client, path), "mode": "tablet", **changes})


def batch_of(answer) -> int:
    return int(re.search(r"/imports/(\d+)", answer.location)[1])


def read(client, batch) -> str:
    return client.get(f"/office/imports/{batch}").get_data(as_text=True)


def n_responses(database) -> int:
    with database.read() as db:
        return db.scalar(select(func.count()).select_from(Response))


def test_a_file_goes_all_the_way(database, office, jobs, tmp_path):
    answer = upload(office, write_xlsx(tmp_path / "Phiếu tháng 5.xlsx", rows(6)))
    assert answer.status_code == 303
    batch = batch_of(answer)
    assert confirm(office, batch).location == f"/office/imports/{batch}"
    waiting = office.get(f"/office/imports/{batch}")
    assert waiting.headers["Refresh"] == "2"
    assert "Đang chờ" in waiting.get_data(as_text=True)
    jobs.work(wait=False, install_signal_handlers=False)
    done = office.get(f"/office/imports/{batch}")
    assert "Refresh" not in done.headers
    assert "Đã nhập 6 phiếu" in done.get_data(as_text=True)
    assert n_responses(database) == 6
    assert list(jobs.uploads.iterdir()) == []
    assert "Phiếu tháng 5.xlsx" in office.get(f"/office/rounds/{ROUND}/imports").text


def test_columns_are_found_by_code_by_wording_and_by_usual_names(office, tmp_path):
    row = {
        "Mã phiếu": "K1", "TẦNG": "A", "Cụm": "A1", "Trọng số": 2, "Nơi ngồi chờ có đủ chỗ": 4,
        "officials are POLITE": 5, "Late": "no", "Gioi tinh": "Nam", "Ghi chú riêng": "x",
    }  # fmt: skip
    batch = batch_of(upload(office, write_csv(tmp_path / "a.csv", [row])))
    path = f"/office/imports/{batch}/columns"
    sent, named = form_of(office, path), labels(office, path)

    def chosen(label: str) -> str:
        return sent[named[label]]

    assert chosen("Mã phiếu") == "0"
    assert chosen("Tầng (bắt buộc)") == "1"
    assert chosen("Địa bàn mẫu (PSU) (bắt buộc)") == "2"
    assert chosen("Trọng số cơ sở (bắt buộc)") == "3"
    assert chosen("Nơi ngồi chờ có đủ chỗ (bắt buộc)") == "4"
    assert chosen("Công chức giao tiếp lịch sự (bắt buộc)") == "5"
    assert chosen("Kết quả có trễ hẹn không? (bắt buộc)") == "6"
    assert chosen("Giới tính") == "7"
    assert chosen("Ngày nhận kết quả") == "-1"
    assert "1 cột của tệp không được dùng" in office.get(path).text


def test_a_wrong_guess_can_be_corrected(database, office, jobs, tmp_path):
    given = [{**without("seats", [ROW])[0], "Câu 1": 2, "Câu 2": 3}]
    batch = batch_of(upload(office, write_csv(tmp_path / "a.csv", given)))
    path = f"/office/imports/{batch}/columns"
    seats = labels(office, path)["Nơi ngồi chờ có đủ chỗ (bắt buộc)"]
    refused = confirm(office, batch)
    assert refused.status_code == 422
    assert "Thiếu cột “seats – Nơi ngồi chờ có đủ chỗ”." in refused.text
    assert confirm(office, batch, **{seats: "6"}).status_code == 303
    jobs.work(wait=False, install_signal_handlers=False)
    with database.read() as db:
        assert db.scalars(select(Response)).one().answers["seats"] == 2


def test_another_row_of_headings_can_be_asked_for(office, tmp_path):
    above = [["KẾT QUẢ ĐIỀU TRA"], ["seats", "polite", "late"]]
    batch = batch_of(upload(office, write_xlsx(tmp_path / "a.xlsx", [ROW], above=above)))
    path = f"/office/imports/{batch}/columns"
    assert form_of(office, path)["column_1"] == "1"
    page = BeautifulSoup(office.get(path).data, "html.parser")
    assert page.select_one("#header_row")["value"] == "3"
    other = office.get(f"{path}?header_row=2")
    assert BeautifulSoup(other.data, "html.parser").select_one("#header_row")["value"] == "2"
    assert office.get(f"{path}?header_row=-5").status_code == 200
    assert office.get(f"{path}?sheet=Không+có").status_code == 303


def test_a_rejected_file_shows_its_problems_and_gives_them_as_files(office, jobs, tmp_path):
    given = rows(250, polite="=1+1")
    batch = batch_of(upload(office, write_csv(tmp_path / "a.csv", given)))
    confirm(office, batch)
    jobs.work(wait=False, install_signal_handlers=False)
    page = read(office, batch)
    assert "Chưa nhập dòng nào" in page
    assert "250 lỗi" in page
    first = office.get(f"/office/imports/{batch}/problems").text
    assert first.count("Nhận: 1 (Rất không hài lòng)") == 200
    second = office.get(f"/office/imports/{batch}/problems?page=2").text
    assert second.count("Nhận: 1 (Rất không hài lòng)") == 50
    assert office.get(f"/office/imports/{batch}/problems?page=99").status_code == 200

    listed = office.get(f"/office/imports/{batch}/problems.xlsx")
    assert listed.headers["Content-Disposition"].startswith("attachment")
    sheet = load_workbook(io.BytesIO(listed.data)).worksheets[0]
    assert [cell.value for cell in sheet[5]][:3] == ["Dòng", "Cột", "Tiêu đề cột"]
    line = [cell.value for cell in sheet[6]]
    assert line[:4] == [2, "F", "polite – Công chức giao tiếp lịch sự", "=1+1"]
    assert {cell.data_type for cell in sheet["D"]} <= {"s", "n"}

    lines = office.get(f"/office/imports/{batch}/problems.csv").data.decode("utf-8-sig")
    assert lines.splitlines()[1].startswith("2,F,polite")
    assert ",'=1+1," in lines
    assert office.get(f"/office/imports/{batch}/problems.exe").status_code == 303


def test_a_mapping_file_is_taken_and_given_back(database, office, jobs, tmp_path):
    given = [{**without("sex", [ROW])[0], "GT": "1"}]
    mapping = (
        '[columns]\nsex = "GT"\n[values.sex]\n"1" = "male"\n"2" = "female"\n'
        '[fixed]\nmode = "paper"\ndate = 2026-05-03\n'
    )
    batch = batch_of(upload(office, write_csv(tmp_path / "a.csv", given), mapping=mapping))
    assert confirm(office, batch, mode="paper").status_code == 303
    jobs.work(wait=False, install_signal_handlers=False)
    with database.read() as db:
        response = db.scalars(select(Response)).one()
    assert response.answers["sex"] == "male"
    assert (response.mode, response.answered_on.isoformat()) == ("paper", "2026-05-03")
    saved = office.get(f"/office/imports/{batch}/mapping.toml").text
    assert '"item:sex" = "GT"' in saved
    assert '"1" = "male"' in saved


def test_a_bad_mapping_file_is_explained_and_nothing_is_kept(office, jobs, tmp_path):
    path = write_csv(tmp_path / "a.csv", [ROW])
    refused = upload(office, path, mapping="[columns]\nnope = 3\n")
    assert refused.status_code == 422
    assert "columns.nope" in refused.text
    assert upload(office, path, mapping="[[[").status_code == 422
    assert list(jobs.uploads.glob("*")) == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "không có nội dung"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, ".xls kiểu cũ"),
        (b"%PDF-1.7 ...", "không phải là tệp .xlsx hay .csv"),
        ("tầng,cụm\n1,2\n".encode("utf-16"), "UTF-16"),
        (b"PK\x03\x04 not really", "bị hỏng"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_at_once(office, jobs, tmp_path, content, said):
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    refused = upload(office, path)
    assert refused.status_code == 422
    assert said in refused.text
    assert list(jobs.uploads.glob("*")) == []


def test_a_file_must_be_chosen(office):
    refused = office.post(NEW, data={"csrf_token": token_on(office, NEW)})
    assert refused.status_code == 422
    assert "Xin chọn một tệp." in refused.text


def test_names_of_files_are_shown_as_text_only(office, tmp_path):
    path = write_csv(tmp_path / "a.csv", [ROW])
    name = "../../etc/<script>alert(1)</script>.csv"
    batch = batch_of(upload(office, path, name=name))
    page = office.get(f"/office/imports/{batch}/columns").text
    assert "<script>alert" not in page
    assert "..%2f" not in page
    assert "/etc/" not in page


def test_an_upload_can_be_dropped(database, office, jobs, tmp_path):
    batch = batch_of(upload(office, write_csv(tmp_path / "a.csv", [ROW])))
    columns = f"/office/imports/{batch}/columns"
    sent = {"csrf_token": token_on(office, columns)}
    assert office.post(f"/office/imports/{batch}/discard", data=sent).status_code == 303
    assert list(jobs.uploads.glob("*")) == []
    with database.read() as db:
        assert db.scalar(select(func.count()).select_from(ImportBatch)) == 0
    assert office.get(columns).status_code == 404


def test_columns_are_confirmed_once(database, office, tmp_path):
    batch = batch_of(upload(office, write_csv(tmp_path / "a.csv", [ROW])))
    path = f"/office/imports/{batch}/columns"
    sent = {**form_of(office, path), "mode": "tablet"}
    assert office.post(path, data=sent).status_code == 303
    assert office.post(path, data=sent).location == f"/office/imports/{batch}"
    with database.read() as db:
        queued = db.scalar(text("SELECT count(*) FROM procrastinate.procrastinate_jobs"))
    assert queued == 1


def test_progress_is_shown_while_a_file_is_read(database, office, tmp_path):
    batch = batch_of(upload(office, write_csv(tmp_path / "a.csv", [ROW])))
    confirm(office, batch)
    with database.write() as db:
        db.execute(text("UPDATE import_batch SET state='reading', rows_done=500, rows_total=2000"))
    page = BeautifulSoup(office.get(f"/office/imports/{batch}").data, "html.parser")
    bar = page.select_one("progress")
    assert (bar["value"], bar["max"]) == ("500", "2000")


def test_what_was_left_out_is_said(office, jobs, tmp_path):
    given = [{**without("key", [ROW])[0], "told": "yes", "Ghi chú": "x"}]
    batch = batch_of(upload(office, write_csv(tmp_path / "a.csv", given)))
    confirm(office, batch)
    jobs.work(wait=False, install_signal_handlers=False)
    page = read(office, batch)
    assert "Ghi chú" in page
    assert "Bỏ 1 câu trả lời" in page
    assert "không có mã phiếu" in page
    assert "ngày đầu của đợt" in page


def test_every_option_may_have_a_column(database, office, jobs, tmp_path):
    row = ROW | {"channels_radio": 1, "channels.internet": "", "Biết thông tin qua: Khác": "x"}
    batch = batch_of(upload(office, write_csv(tmp_path / "a.csv", [row])))
    confirm(office, batch)
    jobs.work(wait=False, install_signal_handlers=False)
    with database.read() as db:
        assert db.scalars(select(Response)).one().answers["channels"] == ["radio", "other"]


def test_only_the_office_enters(viewer, client, target):
    for path in (NEW, f"/office/rounds/{ROUND}/imports", "/office/imports/1"):
        assert viewer.get(path).status_code == 404
        assert client.get(path).status_code == 302


def test_a_closed_round_takes_no_file(database, office):
    with database.write() as db:
        db.execute(text("UPDATE round SET state = 'closed'"))
    assert office.get(NEW).location == f"/office/rounds/{ROUND}/imports"


def test_a_round_closed_before_the_columns_are_confirmed(database, office, tmp_path):
    batch = batch_of(upload(office, write_csv(tmp_path / "a.csv", [ROW])))
    sent = form_of(office, f"/office/imports/{batch}/columns")
    with database.write() as db:
        db.execute(text("UPDATE round SET state = 'closed'"))
    answer = office.post(f"/office/imports/{batch}/columns", data=sent)
    assert answer.location == f"/office/rounds/{ROUND}/imports"
    assert "không ở trạng thái đang thu thập" in office.get(answer.location).text


def test_an_upload_that_was_cleared_away_says_so(office, jobs, tmp_path):
    batch = batch_of(upload(office, write_csv(tmp_path / "a.csv", [ROW])))
    for path in jobs.uploads.iterdir():
        path.unlink()
    answer = office.get(f"/office/imports/{batch}/columns")
    assert answer.location == f"/office/imports/{batch}"
    assert "Hãy tải lên lại" in office.get(answer.location).text


@pytest.mark.parametrize("number", ["0", "99999999999999999999", "-1", "x"])
def test_numbers_of_files_that_cannot_be(office, number):
    assert office.get(f"/office/imports/{number}").status_code == 404


def test_pages_of_a_list_that_cannot_be(office, jobs, tmp_path):
    batch = batch_of(upload(office, write_csv(tmp_path / "a.csv", [ROW | {"seats": 9}])))
    confirm(office, batch)
    jobs.work(wait=False, install_signal_handlers=False)
    for page in ("0", "-3", "x", "9" * 30):
        assert office.get(f"/office/imports/{batch}/problems?page={page}").status_code == 200


def test_an_unknown_file_is_not_found(office):
    for path in (
        "/office/imports/999",
        "/office/imports/999/problems",
        "/office/imports/999/mapping.toml",
    ):
        assert office.get(path).status_code == 404


def test_a_list_shows_files_without_reading_their_problems(database, office, tmp_path):
    upload(office, write_csv(tmp_path / "a.csv", [ROW]))
    with database.read() as db:
        (found,) = accounts.recent(db, ROUND)
    assert found.state == "uploaded"
    assert accounts.RECENT >= 20
