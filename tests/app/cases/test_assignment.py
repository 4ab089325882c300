"""Lists for the Post: whom to look for, and nothing a surveyor does not need."""

import io
import re
import zipfile
from datetime import date, timedelta

import polars as pl
import pypdfium2
import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select

from app import case_words
from app.errors import NotFoundError
from app.jobs import Jobs
from app.models import AuditEntry, CaseContact, Draw, Frame, Unit
from app.queries import cases
from app.services.cases import contacts, recording
from app.services.cases.assignment import CommuneList, ListCase, commune_lists, record_export
from app.services.cases.contacts import Contact, contact_of, set_contact
from app.services.exports import assignment_pdf, assignment_xlsx
from app.services.frames.contacts import Reader
from app.services.frames.vault import SCHEMA, Vault
from app.services.sealing import Sealer, SealError
from tests.app import builders
from tests.app.cases import samples
from tests.app.cases.samples import ASKER, DRAWN_AT, NOW

POST = Reader(ASKER, ("fieldwork",))
LAN = Contact("Nguyễn Thị Lan", "0912 345 678", "Số 5, tổ 3, khu 2")
HOSTILE = Contact('=HYPERLINK("http://x")', "+84912345678", "@SUM(1)\n#*_$[x]")


@pytest.fixture
def vault(tmp_path):
    return Vault(tmp_path, Sealer.from_secrets(["a secret that only this test knows"]))


@pytest.fixture
def told(database, draw, case_of, vault):
    """Tell how to reach cases 1 and 7."""
    with database.write() as db:
        for number, contact in ((1, LAN), (7, HOSTILE)):
            set_contact(
                db, vault, draw, number, contact, version=case_of(number).version, actor=ASKER,
                now=NOW,
            )  # fmt: skip
    return draw


@pytest.fixture
def lists(database, told, vault):
    def make(**values):
        with database.write() as db:
            return commune_lists(db, vault, cases.draw_cases(db, told), by=POST, **values)

    return make


@pytest.fixture
def words(app, database, draw):
    with app.test_request_context(), database.read() as db:
        return case_words.list_words(cases.draw_cases(db, draw), NOW)


@pytest.fixture
def paper(app, database, draw):
    with app.test_request_context(), database.read() as db:
        return case_words.list_paper(
            cases.draw_cases(db, draw), "Tỉnh Quảng Ninh", "Quảng Ninh", NOW
        )


def text_of(pdf):
    document = pypdfium2.PdfDocument(pdf)
    pages = [page.get_textpage().get_text_bounded() for page in document]
    document.close()
    return pages


def test_contacts_lie_sealed(database, told):
    with database.read() as db:
        rows = db.scalars(select(CaseContact)).all()
    assert len(rows) == 2
    assert all(b"Lan" not in row.sealed and b"0912" not in row.sealed for row in rows)


def test_contacts_open_with_the_key_only(database, draw, told, vault, tmp_path):
    with database.write() as db:
        assert contact_of(db, vault, draw, 1, by=POST)[0] == LAN
        assert contact_of(db, vault, draw, 2, by=POST)[0] == Contact()
        with pytest.raises(SealError):
            contact_of(db, Vault(tmp_path, Sealer.from_secrets(["another"])), draw, 1, by=POST)


def test_a_contact_of_one_case_does_not_open_as_that_of_another(database, draw, told, vault):
    with database.write() as db:
        first, second = db.scalars(select(CaseContact).order_by(CaseContact.case_id)).all()
        first.sealed = second.sealed
    with database.write() as db, pytest.raises(SealError):
        contact_of(db, vault, draw, 1, by=POST)


def keep_contacts(vault, frame_id, rows):
    """Keep contacts of a frame as its import does: (key, name, phone, address)."""
    table = pl.DataFrame(
        {
            "row": range(1, len(rows) + 1),
            "name": [row[1] for row in rows],
            "phone": [row[2] for row in rows],
            "email": [None] * len(rows),
            "address": [row[3] for row in rows],
        },
        schema=SCHEMA,
    )
    with vault.writing(frame_id, 1) as writer:
        writer.add(table)
    accepted = pl.DataFrame(
        {"key": [row[0] for row in rows], "file": 1, "row": range(1, len(rows) + 1)},
        schema={"key": pl.String, "file": pl.Int64, "row": pl.Int32},
    )
    vault.freeze(frame_id, accepted)


def frame_id(database, shown):
    with database.read() as db:
        return db.scalar(select(Frame.id).where(Frame.code == shown.frame_code))


def test_contacts_of_the_frame_are_used_until_fieldwork_knows_better(database, draw, told, vault):
    with database.read() as db:
        shown = cases.draw_cases(db, draw)
    keep_contacts(
        vault, frame_id(database, shown),
        [("H00001", "Nguyễn T. L.", "0900", "Số 4"), ("H00002", "Lê Văn Hùng", "0901", "Số 7")],
    )  # fmt: skip
    with database.write() as db:
        (ward, _) = commune_lists(db, vault, shown, by=POST)
    assert [(case.name, case.phone) for case in ward.cases[:3]] == [
        (LAN.name, LAN.phone), ("Lê Văn Hùng", "0901"), ("", ""),
    ]  # fmt: skip


def test_who_is_neither_of_the_office_nor_of_fieldwork_reads_no_contact(database, told, vault):
    for role in ("supervisor", "unit_viewer"):
        with pytest.raises(NotFoundError), database.write() as db:
            contact_of(db, vault, told, 1, by=Reader("x@example.vn", (role,)))
        with database.read() as db:
            shown = cases.draw_cases(db, told)
        with pytest.raises(NotFoundError), database.write() as db:
            commune_lists(db, vault, shown, by=Reader("x@example.vn", (role,)))


def test_when_the_contacts_of_a_frame_go_so_do_those_of_its_cases(database, told, vault):
    with database.write() as db:
        found = db.get(Frame, db.get(Draw, told).frame_id)
        found.contacts_deleted_at = NOW
    with database.write() as db:
        assert contacts.delete_due(db, NOW.date()) == 2
    with database.write() as db:
        (ward, _) = commune_lists(db, vault, cases.draw_cases(db, told), by=POST)
    assert {case.name for case in ward.cases} == {""}


def test_the_contact_of_a_village_is_its_guide_and_not_the_person_drawn(database, draw, vault):
    with database.write() as db:
        province = db.scalars(select(Unit).where(Unit.kind == "province")).one()
        made = samples.sample(db, province, kind="area").id
        shown = cases.draw_cases(db, made)
    keep_contacts(
        vault, frame_id(database, shown), [("06652-01", "Trưởng thôn Bùi Văn A", "0902", None)]
    )
    with database.write() as db:
        (ward, other) = commune_lists(db, vault, shown, by=POST)
        contact, guide = contact_of(db, vault, made, 1, by=POST)
    assert {(case.name, case.guide) for case in ward.cases} == {("", "Trưởng thôn Bùi Văn A, 0902")}
    assert {case.guide for case in other.cases} == {""}
    assert (contact, guide.phone) == (Contact(), "0902")


def test_a_change_of_contact_is_logged_without_what_it_says(database, told):
    with database.read() as db:
        entries = db.scalars(select(AuditEntry).where(AuditEntry.action == "case.contact")).all()
    assert [entry.details for entry in entries] == [{}, {}]


def test_contacts_go_when_their_time_is_over(database, told):
    over = NOW.date() + contacts.KEPT_FOR
    with database.write() as db:
        assert contacts.delete_due(db, over - timedelta(days=1)) == 0
        assert contacts.delete_due(db, over) == 2
        assert db.scalar(select(func.count()).select_from(CaseContact)) == 0


def test_the_day_of_the_frame_is_that_of_its_cases(database, vault):
    with database.write() as db:
        province = builders.province(db)
        builders.commune(db, province)
        round_ = builders.sampled_round(db, builders.campaign(db, province))
        frame = samples.frame(db, province, contacts_delete_on=date(2027, 3, 31))
        made = samples.drawn(db, round_, frame)
        samples.make_cases(db, made.id, samples.rows(), actor="x", now=DRAWN_AT)
        set_contact(db, vault, made.id, 1, LAN, version=1, actor=ASKER, now=NOW)
        assert db.scalar(select(CaseContact.delete_on)) == date(2027, 3, 31)


def test_lists_hold_the_open_cases_of_each_commune(lists, record):
    record(2, "interview")
    record(3, "appointment", appointment_at=NOW)
    ward, village = lists()
    assert (ward.commune, ward.name) == ("06652", "Phường Hồng Gai")
    assert [case.code.split("-")[1] for case in ward.cases] == ["00001", "00003", "00004"]
    assert [case.code.split("-")[1] for case in village.cases] == [
        "00007", "00008", "00009", "00010",
    ]  # fmt: skip
    assert (ward.cases[0].name, ward.cases[0].phone) == (LAN.name, LAN.phone)
    assert ward.cases[1].appointment_at == NOW
    assert len(lists(only_open=False)[0].cases) == 4
    assert [each.commune for each in lists(communes=["06700"])] == ["06700"]
    assert lists(communes=["99999"]) == ()


def test_a_surveyor_is_told_no_design():
    """What a list can hold at all: a new field must be thought about here."""
    assert set(ListCase.__dataclass_fields__) == {
        "code", "name", "phone", "address", "village", "dossier", "position", "guide",
        "appointment_at", "assignee",
    }  # fmt: skip


def test_the_workbook_has_a_sheet_for_every_commune(lists, words):
    content = assignment_xlsx.workbook(
        lists(), words, kind="dossier", n_attempts=3, made_at=NOW
    )  # fmt: skip
    book = load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["Phường Hồng Gai", "Xã Quảng La", "DanhMuc"]
    assert book["DanhMuc"].sheet_state == "hidden"
    page = book["Phường Hồng Gai"]
    rows = [[cell.value for cell in row] for row in page.iter_rows()]
    (head,) = [row for row in rows if "Mã phiếu" in row]
    assert head == [
        "STT", "Mã phiếu", "Họ và tên", "Điện thoại", "Địa chỉ", "Mã hồ sơ", "Đã hẹn lúc",
        "Điều tra viên", "Lần 1 (ngày giờ)", "Lần 2 (ngày giờ)", "Lần 3 (ngày giờ)", "Kết quả",
        "Hình thức", "Hẹn lại lúc", "Ghi chú",
    ]  # fmt: skip
    first = rows[rows.index(head) + 1]
    assert first[2:6] == [LAN.name, LAN.phone, LAN.address, "H00001"]
    assert len(page.data_validations.dataValidation) == 2


def test_nothing_in_the_workbook_is_a_formula(lists, words):
    content = assignment_xlsx.workbook(
        lists(), words, kind="dossier", n_attempts=3, made_at=NOW
    )  # fmt: skip
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheets = [archive.read(name) for name in archive.namelist() if "worksheets/" in name]
        texts = archive.read("xl/sharedStrings.xml").decode()
    assert not any(b"<f>" in sheet or b"<f " in sheet for sheet in sheets)
    assert not any(b"hyperlink" in sheet for sheet in sheets)
    assert "=HYPERLINK(" in texts
    assert "+84912345678" in texts


def test_no_design_leaves_with_the_lists(lists, words, database, draw):
    content = assignment_xlsx.workbook(lists(), words, kind="dossier", n_attempts=3, made_at=NOW)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        everything = b"".join(archive.read(name) for name in archive.namelist()).decode()
    values = re.findall(r"<v>([^<]*)</v>", everything)
    assert "0.1" not in values
    for word in ("weight", "probability", "stratum", "tầng", "trọng số", "xác suất"):
        assert word not in everything.lower()


def test_the_same_lists_make_the_same_file(lists, words):
    made = [
        assignment_xlsx.archive(lists(), words, kind="dossier", n_attempts=3, made_at=NOW)
        for _ in range(2)
    ]
    assert made[0] == made[1]


def test_the_archive_has_a_file_for_every_commune_with_its_own_people_only(lists, words):
    content = assignment_xlsx.archive(lists(), words, kind="dossier", n_attempts=3, made_at=NOW)
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        names = packed.namelist()
        second = load_workbook(io.BytesIO(packed.read(names[1])))
    assert names == ["06652 Phường Hồng Gai.xlsx", "06700 Xã Quảng La.xlsx"]
    assert second.sheetnames == ["Xã Quảng La", "DanhMuc"]
    assert LAN.name not in str([[c.value for c in row] for row in second.worksheets[0].rows])


def test_names_of_sheets_are_ones_that_spreadsheets_take(words):
    made = [
        CommuneList("1", "Xã [A]/B: một tên rất dài, dài hơn ba mươi mốt ký tự", ()),
        CommuneList("2", "Xã [A]/B: một tên rất dài, dài hơn ba mươi mốt ký tự", ()),
        CommuneList("3", "'DanhMuc'", ()),
        CommuneList("4", "", ()),
    ]
    book = load_workbook(
        io.BytesIO(
            assignment_xlsx.workbook(made, words, kind="area", n_attempts=3, made_at=NOW)
        )
    )  # fmt: skip
    assert len(set(book.sheetnames)) == 5
    assert all(len(name) <= 31 for name in book.sheetnames)


def test_the_paper_has_the_layout_of_official_papers(lists, paper):
    pages = text_of(assignment_pdf.lists_pdf(lists(), paper, kind="dossier"))
    assert len(pages) == 2
    first = pages[0]
    for text in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "SỞ NỘI VỤ",
        "ỦY BAN NHÂN DÂN TỈNH QUẢNG NINH", "DANH SÁCH ĐỐI TƯỢNG ĐIỀU TRA", "Phường Hồng Gai",
        LAN.name, LAN.phone, "(ký, ghi rõ họ tên)", "Trang 1 / 1", "MÔ PHỎNG",
    ):  # fmt: skip
        assert text in first, text
    assert LAN.name not in pages[1]


def test_texts_on_paper_are_never_markup(lists, paper):
    pages = text_of(assignment_pdf.lists_pdf(lists(), paper, kind="dossier"))
    assert "#*_$[x]" in pages[1].replace("\u200b", "")


def test_people_drawn_by_position_have_their_place_on_the_village_list(database, paper, vault):
    with database.write() as db:
        province = db.scalars(select(Unit).where(Unit.kind == "province")).one()
        made = samples.sample(db, province, kind="area").id
    with database.write() as db:
        (ward, _) = commune_lists(db, vault, cases.draw_cases(db, made), by=POST)
    assert [(case.village, case.position, case.dossier) for case in ward.cases[:2]] == [
        ("Thôn 1", 1, ""), ("Thôn 1", 2, ""),
    ]  # fmt: skip
    assert "Thôn 1" in text_of(assignment_pdf.lists_pdf([ward], paper, kind="area"))[0]


def test_there_is_no_paper_of_nothing(paper):
    with pytest.raises(ValueError):
        assignment_pdf.lists_pdf([], paper, kind="area")


def test_every_export_is_in_the_audit_log(database, draw, lists):
    with database.write() as db:
        record_export(db, cases.draw_cases(db, draw), lists(), "pdf", actor=ASKER)
    with database.read() as db:
        entry = db.scalars(select(AuditEntry).where(AuditEntry.action == "cases.export")).one()
    assert (entry.actor, entry.subject) == (ASKER, f"draw {draw}")
    assert entry.details == {"form": "pdf", "communes": ["06652", "06700"], "n": 8}


def test_an_assigned_surveyor_stands_on_the_list(database, draw, lists):
    with database.write() as db:
        recording.assign(db, draw, "06700", "Trần Văn Bình", actor=ASKER, now=NOW)
    assert {case.assignee for case in lists()[1].cases} == {"Trần Văn Bình"}


def test_the_worker_deletes_contacts_whose_time_is_over(database, draw, vault, settings):
    long_ago = DRAWN_AT.replace(year=2024)
    with database.write() as db:
        set_contact(db, vault, draw, 1, LAN, version=1, actor=ASKER, now=long_ago)
    Jobs(database, settings)._sweep()
    with database.read() as db:
        assert db.scalar(select(func.count()).select_from(CaseContact)) == 0
