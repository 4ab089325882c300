"""Pages of fieldwork: what each role may do there, and that nothing is lost on the way."""

import io
import re
from datetime import UTC, datetime

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import func, select

from app.models import AuditEntry, CaseContact, CaseEvent, SampleCase, Unit
from app.services.cases import contacts
from app.services.cases.contacts import Contact
from app.services.frames.vault import Vault
from app.web.office import cases_lists
from surveys.fieldwork.case_code import write
from tests.app import builders
from tests.app.cases import samples
from tests.app.cases.samples import NOW
from tests.app.signing_in import post, token_on


@pytest.fixture
def draw(app, database, staff):
    """A draw in the province of the accounts of staff; the clock stands in November 2026."""
    app.extensions["longdan.clock"] = lambda: NOW
    with database.write() as db:
        province = db.scalars(select(Unit).where(Unit.kind == "province")).one()
        builders.commune(db, province, *samples.COMMUNES[1])
        return samples.sample(db, province).id


@pytest.fixture
def field(client_as):
    return client_as("fieldwork")


@pytest.fixture
def supervisor(client_as):
    return client_as("supervisor")


@pytest.fixture
def home(draw):
    return f"/office/cases/{draw}"


def version_on(client, path, prefix):
    found = re.search(rf'name="{prefix}-version" value="(\d+)"', client.get(path).text)
    assert found, f"{path} has no form {prefix}"
    return found[1]


def send(client, path, action, prefix, **fields):
    data = {f"{prefix}-{name}": value for name, value in fields.items()}
    if "version" not in fields:
        data[f"{prefix}-version"] = version_on(client, path, prefix)
    return post(client, f"{path}/{action}", data, page=path)


def record(client, path, disposition, at="2026-11-02T09:30", **fields):
    given = {"disposition": disposition, "mode": "visit", "at": at} | fields
    return send(client, path, "record", "record", **given)


def test_the_overview_shows_how_far_each_commune_has_come(field, home):
    record(field, f"{home}/1", "interview")
    page = field.get(home).text
    assert "Phường Hồng Gai" in page
    assert "1 / 4" in page
    assert page.count('<rect class="case-answered"') == 1
    assert "12,5%" in page


def test_a_draw_that_does_not_exist_is_not_found(field, draw):
    for path in ("999", "999/list", "999/rates", "999/requests", "999/1", "999/lists"):
        assert field.get(f"/office/cases/{path}").status_code == 404
    assert field.get(f"/office/cases/{draw}/99").status_code == 404
    assert field.get("/office/cases/99999999999999999999").status_code == 404


def test_a_visit_is_recorded_and_seen(field, home, database):
    answer = record(field, f"{home}/1", "attempted", note="Nhà khóa cửa")
    assert answer.status_code == 303
    page = field.get(f"{home}/1").text
    assert "Đã tìm, chưa gặp" in page
    assert "Nhà khóa cửa" in page
    assert "2/11/2026, 09:30" in page
    with database.read() as db:
        event = db.scalars(select(CaseEvent)).one()
    assert event.happened_at == datetime(2026, 11, 2, 2, 30, tzinfo=UTC)
    assert event.recorded_by == "buudien@quangninh.gov.vn"


def test_what_is_wrong_is_said_beside_its_field_and_what_was_typed_stays(field, home):
    answer = record(field, f"{home}/1", "non-contact", note="Đã hỏi hàng xóm")
    assert answer.status_code == 422
    assert "mới tiếp cận 1 lần, còn thiếu 2 lần tiếp cận, 1 ngày khác, 1 buổi khác" in answer.text
    assert "Đã hỏi hàng xóm" in answer.text
    answer = record(field, f"{home}/1", "interview", at="2026-12-31T10:00")
    assert "Thời điểm ở tương lai" in answer.text
    assert record(field, f"{home}/1", "", at="").status_code == 422
    assert record(field, f"{home}/1", "vanished").status_code == 422


def test_two_people_who_edit_at_once_do_not_overwrite_each_other(field, office, home):
    seen = version_on(field, f"{home}/1", "record")
    record(office, f"{home}/1", "refusal")
    answer = record(field, f"{home}/1", "interview", version=seen)
    assert answer.status_code == 409
    assert "Người khác vừa cập nhật" in answer.text
    record(office, f"{home}/2", "contacted")
    answer = record(field, f"{home}/2", "partial", version="1", note="Đang dở")
    assert answer.status_code == 409
    assert 'name="record-version" value="2"' in answer.text
    assert "Đang dở" in answer.text
    assert record(field, f"{home}/2", "partial").status_code == 303


def test_from_refusal_to_substitute(field, supervisor, office, home, database):
    record(field, f"{home}/1", "refusal")
    answer = send(field, f"{home}/1", "replace", "replace", reason="Từ chối dứt khoát")
    assert answer.status_code == 303
    page = field.get(f"{home}/requests").text
    assert "Chờ người khác quyết định" not in page
    assert 'name="agree"' not in page
    assert "Người đề nghị không được tự quyết định" in field.get(f"{home}/1").text
    seen = supervisor.get(f"{home}/requests").text
    assert "Từ chối dứt khoát" in seen
    answer = post(supervisor, f"{home}/requests/1", {"agree": "yes"}, page=f"{home}/requests")
    assert answer.status_code == 303
    page = supervisor.get(f"{home}/requests").text
    assert "Đã gọi thay: phiếu" in page
    page = field.get(f"{home}/1").text
    assert "Đã được thay bằng phiếu" in page
    assert "Được gọi thay cho phiếu" in field.get(f"{home}/5").text
    with database.read() as db:
        assert db.scalar(select(SampleCase.active).where(SampleCase.number == 5))


def test_the_office_cannot_agree_with_itself(office, home, database):
    record(office, f"{home}/1", "refusal")
    send(office, f"{home}/1", "replace", "replace", reason="Từ chối")
    post(office, f"{home}/requests/1", {"agree": "yes"}, page=f"{home}/requests")
    assert "không được tự quyết định" in office.get(f"{home}/requests").text
    with database.read() as db:
        assert not db.scalar(select(SampleCase.active).where(SampleCase.number == 5))


def test_a_decision_must_be_yes_or_no(field, supervisor, home, database):
    record(field, f"{home}/1", "refusal")
    send(field, f"{home}/1", "replace", "replace", reason="Từ chối")
    post(supervisor, f"{home}/requests/1", {}, page=f"{home}/requests")
    assert "Từ chối" in supervisor.get(f"{home}/requests").text
    post(supervisor, f"{home}/requests/1", {"agree": "no"}, page=f"{home}/requests")
    assert "Đã từ chối đề nghị" in supervisor.get(f"{home}/requests").text


def test_an_outcome_is_taken_back_by_two_people(field, supervisor, home):
    record(field, f"{home}/1", "refusal")
    send(field, f"{home}/1", "reopen", "reopen", reason="Người dân đổi ý")
    page = supervisor.get(f"{home}/1").text
    version = re.search(r'name="version" value="(\d+)"', page)[1]
    data = {"agree": "yes", "version": version}
    assert post(supervisor, f"{home}/1/reopening", data, page=f"{home}/1").status_code == 303
    assert "Được mở lại" in field.get(f"{home}/1").text
    assert record(field, f"{home}/1", "interview").status_code == 303


def test_the_post_cannot_decide(field, home):
    for path in (f"{home}/requests/1", f"{home}/1/reopening"):
        assert post(field, path, {"agree": "yes"}, page=home).status_code == 404


def test_supervisors_watch_and_record_nothing(field, supervisor, home, database):
    assert "record-version" not in supervisor.get(f"{home}/1").text
    token = token_on(supervisor, "/office/")
    for path, data in (
        ("1/record", {"record-disposition": "interview", "record-mode": "visit",
                      "record-at": "2026-11-02T09:30", "record-version": "1"}),
        ("1/note", {"note-note": "x", "note-version": "1"}),
        ("1/replace", {"replace-reason": "x", "replace-version": "1"}),
        ("1/reopen", {"reopen-reason": "x", "reopen-version": "1"}),
        ("1/contact", {"show": "yes"}),
        ("lists", {"form": "pdf", "communes": ""}),
        ("assign", {"assign-commune": "06652"}),
    ):  # fmt: skip
        answer = supervisor.post(f"{home}/{path}", data={**data, "csrf_token": token})
        assert answer.status_code == 404, path
    assert supervisor.get(f"{home}/lists").status_code == 404
    assert supervisor.get(f"{home}/outcomes").status_code == 404
    with database.read() as db:
        assert db.scalar(select(func.count()).select_from(CaseEvent)) == 0


def test_unit_viewers_find_nothing_here(viewer, home):
    for path in ("", "/list", "/rates", "/requests", "/1", "/lists", "/outcomes"):
        assert viewer.get(f"{home}{path}").status_code == 404
    assert viewer.get("/office/cases/").status_code == 404


@pytest.fixture
def told(app, database, draw):
    """Case 1 can be reached."""
    vault = Vault.of(app.extensions["longdan.settings"])
    with database.write() as db:
        contacts.set_contact(
            db, vault, draw, 1, Contact("Nguyễn Thị Lan", "0912 345 678", "Số 5"), version=1,
            actor="lan@quangninh.gov.vn", now=NOW,
        )  # fmt: skip


def test_contacts_are_shown_when_asked_for_and_that_is_written_down(field, home, told, database):
    assert "0912" not in field.get(f"{home}/1").text
    page = post(field, f"{home}/1/contact", {"show": "yes"}, page=f"{home}/1")
    assert "0912 345 678" in page.text
    with database.read() as db:
        entry = db.scalars(select(AuditEntry).where(AuditEntry.action == "case.contact-read")).one()
    assert (entry.actor, entry.details) == ("buudien@quangninh.gov.vn", {})


def test_what_fieldwork_finds_out_is_kept(field, home, told, database):
    data = {"contact-name": "Nguyễn Thị Lan", "contact-phone": "0987", "contact-address": "Số 6",
            "contact-version": "2"}  # fmt: skip
    assert post(field, f"{home}/1/contact", data, page=f"{home}/1").status_code == 303
    page = post(field, f"{home}/1/contact", {"show": "yes"}, page=f"{home}/1")
    assert "0987" in page.text
    with database.read() as db:
        assert db.scalar(select(func.count()).select_from(CaseContact)) == 1


def test_no_list_page_shows_a_contact(field, home, told):
    for path in ("", "/list", "/rates", "/requests", "/1", "/lists"):
        assert "Nguyễn Thị Lan</td>" not in field.get(f"{home}{path}").text
        assert "0912" not in field.get(f"{home}{path}").text


@pytest.mark.parametrize("form", ["xlsx", "zip", "pdf"])
def test_lists_are_sent_and_written_down(field, home, told, database, draw, form):
    data = {"form": form, "communes": "06652"}
    answer = post(field, f"{home}/lists", data)
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].endswith(f'-06652.{form}"')
    assert answer.headers["Cache-Control"] == "no-store"
    if form == "xlsx":
        page = load_workbook(io.BytesIO(answer.data)).worksheets[0]
        assert any("Nguyễn Thị Lan" in str(cell.value) for row in page.rows for cell in row)
    with database.read() as db:
        entry = db.scalars(select(AuditEntry).where(AuditEntry.action == "cases.export")).one()
    assert entry.details == {"form": form, "communes": ["06652"], "n": 4}


def test_a_list_of_nobody_is_not_sent(field, home, database):
    for number in (1, 2, 3, 4):
        record(field, f"{home}/{number}", "interview")
    answer = post(field, f"{home}/lists", {"form": "pdf", "communes": "06652"})
    assert answer.status_code == 422
    assert "Không có người nào trong danh sách này" in answer.text
    answer = post(field, f"{home}/lists", {"form": "pdf", "communes": "06652", "everybody": "y"})
    assert answer.status_code == 200


def test_a_paper_that_is_too_long_is_not_set(field, home, database, monkeypatch):
    monkeypatch.setattr(cases_lists, "MOST_ON_PAPER", 7)
    answer = post(field, f"{home}/lists", {"form": "pdf", "communes": ""})
    assert answer.status_code == 422
    assert "Bản in 8 người quá dài" in answer.text
    with database.read() as db:
        found = select(AuditEntry).where(AuditEntry.action == "cases.export")
        assert db.scalars(found).all() == []


def test_a_commune_is_given_to_a_surveyor(field, home):
    data = {"assign-commune": "06652", "assign-assignee": "Trần Văn Bình"}
    assert post(field, f"{home}/assign", data, page=f"{home}/lists").status_code == 303
    page = field.get(f"{home}/list?q=văn bình").text
    assert "Tìm thấy 4 đối tượng" in page


def book_of(*rows):
    book = Workbook()
    book.active.append(["Mã phiếu", "Lần 1", "Kết quả"])
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def upload(client, home, content, name="danh-sach.xlsx"):
    data = {"file": (io.BytesIO(content), name)}
    token = token_on(client, f"{home}/outcomes")
    return client.post(
        f"{home}/outcomes", data={**data, "csrf_token": token}, content_type="multipart/form-data"
    )


def test_a_list_that_came_back_is_recorded(app, field, home, draw, settings):
    content = book_of([write(draw, 1), "2/11/2026 9:30", "Đã phỏng vấn"])
    folder = app.extensions["longdan.jobs"].uploads
    before = set(folder.glob("*"))
    answer = upload(field, home, content)
    assert answer.status_code == 303
    assert "Đã ghi kết quả của 1 đối tượng" in field.get(home).text
    assert set(folder.glob("*")) <= before


def test_every_bad_cell_is_listed_on_the_page(field, home, draw, database):
    content = book_of(
        [write(draw, 1), "2/11/2026 9:30", "Đã phỏng vấn"],
        [write(draw, 2), "2/11/2026", "Từ chối"],
        ["9-9-9", "2/11/2026 9:30", "<b>Từ chối</b>"],
    )
    answer = upload(field, home, content)
    assert answer.status_code == 422
    assert "3 ô chưa đúng, nên chưa ghi dòng nào" in answer.text
    assert "Sheet, dòng 3" in answer.text
    assert "Thiếu giờ" in answer.text
    assert "&lt;b&gt;" in answer.text
    with database.read() as db:
        assert db.scalar(select(func.count()).select_from(CaseEvent)) == 0


def test_files_that_are_no_lists_are_refused_with_a_sentence(field, home):
    answer = upload(field, home, b"%PDF-1.7 xxxxxxxx", "x.pdf")
    assert answer.status_code == 422
    assert "Đây không phải là tệp .xlsx hay .csv." in answer.text


def test_rates_have_their_names_and_formulas(field, home):
    record(field, f"{home}/1", "interview")
    record(field, f"{home}/2", "refusal")
    page = field.get(f"{home}/rates?by=stratum&weights=yes&substitutes=yes").text
    for text in ("RR1", "RR6", "COOP4", "REF3", "CON3", "I / (I + P + R + NC + O + UH + UO)"):
        assert text in page
    assert "12,5%" in page
    assert "e = 100,0%" in page
    assert field.get(f"{home}/rates?by=nonsense").status_code == 200


def test_the_rule_of_the_round_is_set_by_the_office_only(field, office, home):
    assert field.get(f"{home}/rule").status_code == 404
    data = {"attempts": "1", "days": "1", "parts": "1", "eligible_percent": "80"}
    assert post(office, f"{home}/rule", data).status_code == 303
    assert record(field, f"{home}/1", "non-contact").status_code == 303
    assert "e = 80,0%" in field.get(f"{home}/rates").text
    data["days"] = "3"
    answer = post(office, f"{home}/rule", data)
    assert answer.status_code == 422
    assert "Số ngày và số buổi khác nhau phải từ 1 đến số lần tiếp cận" in answer.text


def test_lists_are_narrowed_and_paged(field, home):
    assert "Tìm thấy 8 đối tượng" in field.get(f"{home}/list").text
    assert "Tìm thấy 4 đối tượng" in field.get(f"{home}/list?role=reserve").text
    assert "Không có đối tượng nào như vậy" in field.get(f"{home}/list?state=interview").text
    assert field.get(f"{home}/list?page=x&commune=%27%3B--&state=x&role=x").status_code == 200


def test_pages_speak_english_too(field, home):
    record(field, f"{home}/1", "refusal")
    for path in ("", "/list", "/rates", "/requests", "/1", "/lists", "/outcomes"):
        assert field.get(f"{home}{path}?lang=en").status_code == 200
