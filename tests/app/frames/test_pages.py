"""An official gathers a frame in the office, from files to freezing."""

import io
import re
from datetime import UTC, datetime

import openpyxl
import pytest
from bs4 import BeautifulSoup
from sqlalchemy import text

from app.models import Frame
from app.services import accounts
from tests.app.frames import messy
from tests.app.frames.files import write_csv, write_xlsx
from tests.app.signing_in import EMAILS, PASSWORD, sign_in, token_on
from tests.pages import plain

HEADINGS = ("Mã hồ sơ", "Ngày trả kết quả", "Nơi tiếp nhận", "Người nộp", "Số điện thoại")
FRAME = "/office/frames/chin-thang"


def dossiers(n, start=1, unit="UBND xã Tiên Yên"):
    return [
        (f"H49-{k:05d}", f"{k % 28 + 1}/3/2026", unit, f"Người Mẫu {k}", f"0000{k:06d}")
        for k in range(start, start + n)
    ]


@pytest.fixture
def office(app, database, quang_ninh):
    with database.write() as db:
        accounts.add(
            db, EMAILS["office"], full_name="Nguyễn Thị Lan", role="office", password=PASSWORD,
            actor="test", now=datetime(2026, 1, 1, tzinfo=UTC),
        )  # fmt: skip
    client = app.test_client()
    assert sign_in(client, EMAILS["office"]).status_code == 302
    return client


@pytest.fixture
def jobs(app):
    return app.extensions["longdan.jobs"]


def work(jobs):
    jobs.work(wait=False, install_signal_handlers=False)


def begin(client, **values):
    data = {
        "csrf_token": token_on(client, "/office/frames/new"), "kind": "dossier",
        "name": "Chín tháng", "period_from": "2026-01-01", "period_to": "2026-09-30",
        "province_id": form_of(client, "/office/frames/new")["province_id"],
        "contacts_delete_on": form_of(client, "/office/frames/new")["contacts_delete_on"],
    }  # fmt: skip
    return client.post("/office/frames/new", data=data | values)


def hand_in(client, *paths, frame=FRAME, follow=True):
    data = {
        "csrf_token": token_on(client, f"{frame}/files/new"),
        "files": [(io.BytesIO(path.read_bytes()), path.name) for path in paths],
    }
    return client.post(
        f"{frame}/files/new", data=data, content_type="multipart/form-data",
        follow_redirects=follow,
    )  # fmt: skip


def page_of(client, path) -> BeautifulSoup:
    return BeautifulSoup(plain(client.get(path)).decode(), "html.parser")


def text_of(client, path) -> str:
    return re.sub(r"\s+", " ", page_of(client, path).main.get_text(" "))


def form_of(client, path) -> dict[str, str]:
    """Everything the main form on the page would send as it stands."""
    form = page_of(client, path).select_one('main form[method="post"]')
    sent = {}
    for control in form.select("input[name], select[name]"):
        if control.name == "select":
            chosen = control.select_one("option[selected]") or control.select_one("option")
            sent[control["name"]] = chosen.get("value", chosen.get_text())
        elif control.get("type") not in ("checkbox", "radio", "file"):
            sent[control["name"]] = control.get("value", "")
    return sent


def press(client, path, **changes):
    """Send a page's form as it stands, with some changes."""
    action = page_of(client, path).select_one('main form[method="post"]').get("action") or path
    return client.post(action, data=form_of(client, path) | changes, follow_redirects=True)


def test_from_files_to_a_frozen_frame(office, jobs, tmp_path, database):
    assert "Chưa có danh sách nào" in text_of(office, "/office/frames")
    assert begin(office).location == f"{FRAME}/files/new"
    rows = [*dossiers(5), *dossiers(2, 50, "Xã Yên Than")]
    answer = hand_in(
        office,
        write_csv(tmp_path / "a.csv", [HEADINGS, *rows]),
        write_csv(tmp_path / "b.csv", [HEADINGS, *dossiers(4, 4)]),
    )
    assert "Đã nhận 2 tệp." in answer.text
    assert answer.headers["Refresh"]
    work(jobs)
    shown = text_of(office, FRAME)
    assert "2 tệp có dòng tiêu đề chưa gặp" in shown
    columns = page_of(office, FRAME).find("a", string="Xem các cột")["href"]
    assert "Còn 1 tệp khác cùng dòng tiêu đề này" in text_of(office, columns)
    answer = press(office, columns)
    assert "1 tệp cùng mẫu cũng được đọc" in answer.text
    work(jobs)
    shown = text_of(office, FRAME)
    assert "Dòng trong các tệp 11" in shown
    assert "= Nhận 7" in shown
    assert "+ Chờ quyết định 2" in shown
    assert "+ Loại theo quy tắc 2" in shown
    assert "Còn tên nơi, tên cơ quan chưa được quyết định" in text_of(office, f"{FRAME}/freeze")
    names = f"{FRAME}/names"
    assert "Xã Yên Than" in text_of(office, names)
    assert "Chưa chọn quyết định nào" in press(office, names).text
    answer = press(office, names, open_0="commune:06862")
    assert "Đã ghi 1 quyết định" in answer.text
    work(jobs)
    assert "= Nhận 9" in text_of(office, FRAME)
    assert "Danh sách chốt gồm 9 dòng, từ 2 tệp" in text_of(office, f"{FRAME}/freeze")
    press(office, f"{FRAME}/freeze")
    work(jobs)
    shown = text_of(office, FRAME)
    assert "Đã chốt 9 dòng" in shown
    with database.read() as db:
        frame = db.query(Frame).one()
    assert frame.content_hash in shown
    answer = office.get(f"{FRAME}/frame.csv")
    assert answer.data.startswith(b"key,procedure,field,centre,commune")
    assert "9" in text_of(office, "/office/frames")


def test_a_file_that_cannot_be_read_is_remembered_with_the_reason(office, jobs, tmp_path):
    begin(office)
    bad = tmp_path / "cu.xls"
    bad.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 4096)
    answer = hand_in(office, bad, write_csv(tmp_path / "a.csv", [HEADINGS, *dossiers(3)]))
    assert "cu.xls: Đây là tệp .xls kiểu cũ" in answer.text
    assert "Đã nhận 1 tệp." in answer.text
    work(jobs)
    assert "Không đọc được" in text_of(office, FRAME)
    assert "cu.xls" in text_of(office, f"{FRAME}/freeze")
    press(office, f"{FRAME}/files/1")
    assert "cu.xls" not in text_of(office, FRAME)


def test_no_file_chosen_is_told(office):
    begin(office)
    answer = hand_in(office)
    assert answer.status_code == 422
    assert "Xin chọn ít nhất một tệp" in answer.text


def test_the_same_file_again_is_told(office, jobs, tmp_path):
    begin(office)
    path = write_csv(tmp_path / "a.csv", [HEADINGS, *dossiers(3)])
    hand_in(office, path)
    assert "Tệp này đã có trong danh sách" in hand_in(office, path).text


def test_columns_can_be_corrected_and_another_row_or_sheet_looked_at(office, jobs, tmp_path):
    begin(office)
    rows = [("x", "Đ1", "1/3/2026"), ("y", "Đ2", "2/3/2026"), ("z", "Đ3", "3/3/2026")]
    hand_in(
        office,
        write_xlsx(tmp_path / "a.xlsx", {
            "Một": [("Tên lạ", "Cột hai", "Cột ba"), *rows],
            "Hai": [("chữ",), HEADINGS, *dossiers(3)],
        }),
    )  # fmt: skip
    work(jobs)
    columns = f"{FRAME}/files/1/columns"
    assert "Mã hồ sơ" in text_of(office, columns)
    assert "Cột hai" in text_of(office, f"{columns}?sheet=Một")
    answer = office.post(f"{columns}?sheet=Một", data=form_of(office, f"{columns}?sheet=Một"))
    assert answer.status_code == 422
    assert "Cần chọn cột cho mục này" in answer.text
    answer = office.post(
        f"{columns}?sheet=Một",
        data=form_of(office, f"{columns}?sheet=Một")
        | {"column_key": "1", "column_returned_on": "1"},
    )
    assert "Cột này đã chọn cho" in answer.text
    office.post(
        f"{columns}?sheet=Một",
        data=form_of(office, f"{columns}?sheet=Một")
        | {"column_key": "1", "column_returned_on": "2", "place": "Phường Hồng Gai"},
    )
    work(jobs)
    shown = text_of(office, f"{FRAME}/files/1")
    assert "Trang tính Một" in shown
    assert "= Nhận 3" in shown
    assert "key_digits" not in office.get(f"{FRAME}/files/1/mapping.toml").text
    assert '"key" = "Cột hai"' in office.get(f"{FRAME}/files/1/mapping.toml").text


def test_a_waiting_file_can_be_stopped(office, tmp_path):
    begin(office)
    hand_in(office, write_csv(tmp_path / "a.csv", [HEADINGS, *dossiers(3)]))
    assert "Đang chờ đến lượt" in text_of(office, f"{FRAME}/files/1")
    assert (
        "Đã dừng đọc tệp"
        in office.post(
            f"{FRAME}/files/1/cancel",
            data=form_of(office, f"{FRAME}/files/1"),
            follow_redirects=True,
        ).text
    )
    assert "Đã hủy" in text_of(office, FRAME)


def test_what_is_wrong_is_listed_and_sent_as_files(office, jobs, tmp_path):
    begin(office)
    rows = [*dossiers(3), (None, "5/3/2026", "xã Ba Chẽ", "A", ""), dossiers(1)[0],
            ("H49-9", "x", "=cmd", "B", "")]  # fmt: skip
    hand_in(office, write_csv(tmp_path / "Tệp 1.csv", [HEADINGS, *rows]))
    work(jobs)
    press(office, f"{FRAME}/files/1/columns")
    work(jobs)
    listed = text_of(office, f"{FRAME}/problems")
    for words in ("Không có mã", "Trùng mã và nội dung", "Ngày trả kết quả không đọc được",
                  "Dòng đầu: Tệp 1.csv, dòng 2"):  # fmt: skip
        assert words in listed
    assert "Không có mã" in text_of(office, f"{FRAME}/problems?code=key.missing")
    assert "1 mục" in text_of(office, f"{FRAME}/problems?code=key.missing&file=1")
    assert "Không có dòng nào" in text_of(office, f"{FRAME}/problems?file=99")
    written = office.get(f"{FRAME}/problems.csv").data.decode("utf-8-sig")
    assert written.splitlines()[0].startswith("Tệp,Trang tính,Dòng,Cột")
    assert len(written.splitlines()) == 4
    book = openpyxl.load_workbook(io.BytesIO(office.get(f"{FRAME}/problems.xlsx").data))
    assert book.sheetnames == ["Từng dòng", "Đối chiếu", "Lý do", "Tên nơi, cơ quan"]
    page = book["Từng dòng"]
    assert "6 dòng trong các tệp = 3 nhận + 2 không nhận + 1 loại" in page["A2"].value
    head = page[4]
    assert [cell.value for cell in head][:5] == ["Tệp", "Trang tính", "Dòng", "Cột", "Tiêu đề cột"]
    first = [cell.value for cell in page[5]]
    assert first[:5] == ["Tệp 1.csv", None, 5, "A", "Mã hồ sơ"]
    total = [cell.value for cell in book["Đối chiếu"][6]]
    assert total[0] == "Tổng cộng"
    assert total[3:] == [6, 3, 2, 1, 0]


def test_a_frame_can_be_changed_and_given_up(office, jobs, tmp_path, database):
    begin(office)
    answer = press(office, f"{FRAME}/edit", name="Tên khác", period_to="2025-01-01")
    assert "Ngày cuối kỳ phải từ ngày đầu kỳ" in answer.text
    assert "Đã lưu" in press(office, f"{FRAME}/edit", name="Tên khác").text
    assert "Tên khác" in text_of(office, FRAME)
    assert "Đã bỏ danh sách" in press(office, f"{FRAME}/withdraw").text
    assert "Đã bỏ" in text_of(office, "/office/frames")
    assert office.get(f"{FRAME}/files/new").status_code == 303


def test_contacts_can_be_deleted_before_their_time(office, jobs, tmp_path):
    begin(office)
    assert "Tự xóa ngày" in text_of(office, FRAME)
    assert "Đã xóa thông tin liên hệ" in press(office, f"{FRAME}/contacts/delete").text
    assert "Đã xóa ngày" in text_of(office, FRAME)


def test_mistakes_of_a_new_frame_are_shown_beside_their_fields(office):
    answer = begin(office, name="", period_from="", contacts_delete_on="2020-01-01")
    assert answer.status_code == 422
    assert "Xin nhập mục này" in answer.text
    answer = begin(office, contacts_delete_on="2020-01-01")
    assert "trong vòng ba năm" in answer.text


def test_files_larger_than_allowed_are_refused_at_once(app, office, monkeypatch):
    begin(office)
    settings = app.extensions["longdan.settings"]
    token = token_on(office, f"{FRAME}/files/new")
    answer = office.post(
        f"{FRAME}/files/new",
        data=b"x",
        headers={"Content-Type": "multipart/form-data; boundary=b", "X-CSRFToken": token},
        environ_overrides={"CONTENT_LENGTH": str(settings.max_frame_bytes + 1)},
    )
    assert answer.status_code == 413
    assert "quá lớn" in answer.text


def test_only_the_office_may_send_more_than_others(app, office, client, tmp_path):
    begin(office)
    for sender, status in ((client, 413), (office, 400)):
        answer = sender.post(
            f"{FRAME}/files/new", data=b"x",
            headers={"Content-Type": "multipart/form-data; boundary=b"},
            environ_overrides={
                "CONTENT_LENGTH": str(app.extensions["longdan.settings"].max_body_bytes + 1)
            },
        )  # fmt: skip
        assert answer.status_code == status


def test_a_worker_that_died_is_followed_by_another(office, jobs, tmp_path, database):
    begin(office)
    hand_in(office, write_csv(tmp_path / "a.csv", [HEADINGS, *dossiers(3)]))
    with database.write() as db:
        db.execute(text("UPDATE frame_file SET state = 'reading', rows_done = 1"))
    work(jobs)
    assert "Chờ xác nhận cột" in text_of(office, FRAME)


@pytest.fixture(scope="module")
def sixty(tmp_path_factory):
    return messy.make(tmp_path_factory.mktemp("sixty"), rows_each=16)


def test_sixty_files_at_once_ask_three_times(office, jobs, sixty):
    begin(office)
    assert "Đã nhận 60 tệp." in hand_in(office, *sixty.paths).text
    work(jobs)
    asked = 0
    while (link := page_of(office, FRAME).find("a", string="Xem các cột")) is not None:
        press(office, link["href"])
        work(jobs)
        asked += 1
    assert asked == sixty.signatures
    shown = text_of(office, FRAME)
    n = f"{sixty.expected.rows:,}".replace(",", ".")
    assert f"Dòng trong các tệp {n}" in shown
    book = openpyxl.load_workbook(io.BytesIO(office.get(f"{FRAME}/problems.xlsx").data))
    page = book["Từng dòng"]
    assert page.max_row - 4 == sum(sixty.expected.problems.values())
    assert page.freeze_panes == "A5"
    assert page.auto_filter.ref == f"A4:I{page.max_row}"


def test_what_lists_say_is_shown_and_never_run(office, jobs, tmp_path):
    evil = '"><script>alert(1)</script><b onmouseover="x'
    begin(office, name=evil[:60])
    frame = next(
        link["href"]
        for link in page_of(office, "/office/frames").select("main a[href]")
        if "script" in link["href"] or "alert" in link["href"]
    )
    rows = [(f"H49-{k}", "5/3/2026", evil, evil, "0912345678") for k in range(3)]
    hand_in(office, write_xlsx(tmp_path / "a.xlsx", [HEADINGS, *rows]), frame=frame)
    work(jobs)
    press(office, page_of(office, frame).find("a", string=re.compile("Xem các cột"))["href"])
    work(jobs)
    for path in (frame, f"{frame}/names", f"{frame}/problems", "/office/frames"):
        page = page_of(office, path)
        assert not page.find_all("script", string=re.compile("alert"))
        assert not page.find_all(attrs={"onmouseover": True})
    assert "<script>alert(1)</script>" in text_of(office, f"{frame}/names")
