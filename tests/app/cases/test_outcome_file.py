"""Lists that come back from the Post: every bad cell is named, and all is recorded or nothing."""

import doctest
import io
from datetime import datetime, timedelta

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import func, select

from app import case_words
from app.errors import ConflictError
from app.models import AuditEntry, CaseEvent, SampleCase
from app.queries import cases
from app.services.cases import outcome_file
from app.services.cases.assignment import commune_lists
from app.services.cases.outcome_file import Dictionary, moment_of, read_outcomes
from app.services.cases.outcome_import import Recorded, record_all
from app.services.cases.rules import HERE
from app.services.exports import assignment_xlsx
from app.services.frames.contacts import Reader
from app.services.frames.vault import Vault
from app.services.imports.refusals import FileRefusedError
from app.services.sealing import Sealer
from surveys.fieldwork.case_code import write
from tests.app.cases.samples import ASKER, MONDAY, NOW

HEAD = ("STT", "Mã phiếu", "Lần 1 (ngày giờ)", "Lần 2 (ngày giờ)", "Lần 3 (ngày giờ)", "Kết quả",
        "Hình thức", "Hẹn lại lúc", "Ghi chú")  # fmt: skip
# Monday, Tuesday evening and Saturday in Vietnam.
TIMES = (datetime(2026, 11, 2, 9, 30), datetime(2026, 11, 3, 19, 0), datetime(2026, 11, 7, 8, 0))  # noqa: DTZ001


@pytest.fixture
def words(app):
    with app.test_request_context():
        return Dictionary(
            case_words.column_words(), case_words.outcome_words(), case_words.mode_words()
        )


@pytest.fixture
def give_back(database, draw, words, tmp_path):
    """Read and record a list of rows: (number or code, times, outcome, …)."""

    def send(*rows, path=None, now=NOW):
        if path is None:
            path = tmp_path / "list.xlsx"
            book = Workbook()
            page = book.active
            page.append(["Danh sách đối tượng điều tra: Phường Hồng Gai"])
            page.append(HEAD)
            for place, (case, times, *rest) in enumerate(rows, start=1):
                code = write(draw, case) if isinstance(case, int) else case
                page.append([place, code, *[*times, None, None, None][:3], *rest])
            book.save(path)
        returned = read_outcomes(path, draw, words)
        if returned.faults:
            return returned.faults
        with database.write() as db:
            return record_all(
                db, draw, returned.rows, file_hash="sha256:x", actor=ASKER, now=now
            )  # fmt: skip

    return send


def cells(faults):
    return [(fault.row, fault.column, fault.code) for fault in faults]


def events(database):
    with database.read() as db:
        return db.scalar(select(func.count()).select_from(CaseEvent))


def test_a_list_is_recorded(database, draw, give_back, case_of):
    made = give_back(
        (1, TIMES[:1], "Đã phỏng vấn"),
        (2, TIMES, "Không gặp được"),
        (3, TIMES[:1], "Đã hẹn", "Gọi điện thoại", datetime(2026, 11, 25, 14, 0)),  # noqa: DTZ001
        (4, TIMES[:2], None),
        (7, [], "Trùng với phiếu khác", "Không liên hệ (biết qua giấy tờ)", None, "Phiếu 2"),
        (8, [], None),
    )
    assert made == Recorded(n_changed=5, n_unchanged=0)
    assert [case_of(number).disposition for number in (1, 2, 3, 4, 7, 8)] == [
        "interview", "non-contact", "appointment", "attempted", "duplicate", "not-worked",
    ]  # fmt: skip
    assert [case_of(number).n_attempts for number in (1, 2, 3, 4, 7)] == [1, 3, 1, 2, 0]
    assert case_of(3).appointment_at == datetime(2026, 11, 25, 14, 0, tzinfo=HERE)
    with database.read() as db:
        first = db.scalars(select(CaseEvent).order_by(CaseEvent.id)).first()
        entry = db.scalars(select(AuditEntry).where(AuditEntry.action == "cases.outcomes")).one()
    assert (first.happened_at, first.mode, first.recorded_by) == (MONDAY, "visit", ASKER)
    assert entry.details == {"file": "sha256:x", "changed": 5, "unchanged": 0}


def test_the_same_list_again_changes_nothing(database, give_back):
    rows = [
        (1, TIMES[:1], "Đã phỏng vấn"),
        (2, TIMES[:2], None),
        (3, TIMES[:1], "Đã hẹn", None, datetime(2026, 11, 25, 14, 0)),  # noqa: DTZ001
        (4, TIMES[:1], "Đã gặp, chưa phỏng vấn"),
    ]
    give_back(*rows)
    before = events(database)
    assert give_back(*rows) == Recorded(n_changed=0, n_unchanged=4)
    assert events(database) == before


def test_the_list_of_the_next_week_adds_what_is_new(database, give_back, case_of):
    give_back((1, TIMES[:2], None), (2, TIMES[:1], "Đã gặp, chưa phỏng vấn"))
    made = give_back((1, TIMES, "Không gặp được"), (2, TIMES[:2], "Đã phỏng vấn"))
    assert made == Recorded(n_changed=2, n_unchanged=0)
    assert case_of(1).n_attempts == 3
    assert events(database) == 5


def test_an_outcome_of_attempts_that_are_known_is_recorded(give_back, case_of):
    give_back((1, TIMES, None))
    assert give_back((1, TIMES, "Không gặp được")) == Recorded(1, 0)
    assert (case_of(1).disposition, case_of(1).n_attempts) == ("non-contact", 3)


def test_every_bad_cell_is_named_and_nothing_is_recorded(database, draw, give_back):
    faults = give_back(
        (1, TIMES[:1], "Đã phỏng vấn"),
        ("9-99999-A", TIMES[:1], "Đã phỏng vấn"),
        (write(draw + 1, 2), TIMES[:1], "Đã phỏng vấn"),
        (1, TIMES[:1], "Từ chối"),
        (2, ["hôm qua"], "Bay mất", "Mơ"),
        (3, [datetime(2026, 11, 2)], "Từ chối"),  # noqa: DTZ001
        (4, [TIMES[1], TIMES[0]], None),
    )
    assert cells(faults) == [
        (4, "B", "code.malformed"),
        (5, "B", "code.other-draw"),
        (6, "B", "code.repeated"),
        (7, "F", "disposition.unknown"),
        (7, "G", "mode.unknown"),
        (7, "C", "time.malformed"),
        (8, "C", "time.hour-missing"),
        (9, "D", "attempts.out-of-order"),
    ]
    assert faults[2].context == {"row": 3, "sheet": "Sheet"}
    assert (faults[3].heading, faults[3].value) == ("Kết quả", "Bay mất")
    assert events(database) == 0


def test_rules_of_single_records_hold_for_lists(database, draw, give_back, record):
    record(4, "refusal")
    late = NOW.astimezone(HERE).replace(tzinfo=None) + timedelta(days=1)
    faults = give_back(
        (1, TIMES[:1], "Không gặp được"),
        (2, [late], "Từ chối"),
        (3, TIMES[:1], "Đã hẹn"),
        (4, TIMES[:1], "Đã phỏng vấn"),
        (5, TIMES[:1], "Từ chối"),
        (7, [], "Từ chối"),
        (8, TIMES[:1], "Lý do khác (ghi rõ)"),
        (9, [], None, None, None, "Gọi lại sau"),
        (99, TIMES[:1], "Từ chối"),
    )
    assert cells(faults) == [
        (3, "F", "attempts.too-few"),
        (4, "C", "event.in-future"),
        (5, "H", "appointment.missing"),
        (6, "F", "disposition.final"),
        (7, "B", "case.not-active"),
        (8, "F", "attempts.none"),
        (9, "I", "note.missing"),
        (10, "F", "outcome.missing"),
        (11, "B", "case.unknown"),
    ]
    assert events(database) == 1


def test_words_are_understood_in_both_languages_and_any_case(give_back, case_of):
    give_back((1, TIMES[:1], "ĐÃ PHỎNG VẤN"), (2, TIMES[:1], "refusal"))
    assert [case_of(number).disposition for number in (1, 2)] == ["interview", "refusal"]


def test_a_list_that_was_given_out_comes_back(database, draw, give_back, case_of, tmp_path, app):
    """The file that is sent out, filled in by a spreadsheet, on all its sheets."""
    with app.test_request_context(), database.write() as db:
        shown = cases.draw_cases(db, draw)
        lists = commune_lists(
            db, Vault(tmp_path, Sealer.from_secrets(["x"])), shown, by=Reader("x", ("office",))
        )
        content = assignment_xlsx.workbook(
            lists, case_words.list_words(shown, NOW), kind="dossier", n_attempts=3, made_at=NOW
        )
    book = load_workbook(io.BytesIO(content))
    for name in ("Phường Hồng Gai", "Xã Quảng La"):
        page = book[name]
        (head,) = [row for row in page.iter_rows() if row[1].value == "Mã phiếu"]
        column = {cell.value: cell.column for cell in head}
        for row in (head[0].row + 1, head[0].row + 2):
            page.cell(row, column["Lần 1 (ngày giờ)"], TIMES[0])
            page.cell(row, column["Kết quả"], "Đã phỏng vấn")
    path = tmp_path / "back.xlsx"
    book.save(path)
    assert give_back(path=path) == Recorded(n_changed=4, n_unchanged=0)
    assert [case_of(number).disposition for number in (1, 2, 3, 7, 8)] == [
        "interview", "interview", "not-worked", "interview", "interview",
    ]  # fmt: skip


def test_a_file_without_the_columns_is_refused(give_back, tmp_path):
    book = Workbook()
    book.active.append(["Họ và tên", "Kết quả"])
    book.active.append(["A", "Từ chối"])
    path = tmp_path / "x.xlsx"
    book.save(path)
    with pytest.raises(ConflictError) as refused:
        give_back(path=path)
    assert refused.value.code == "outcomes.no-code-column"


def test_an_empty_list_is_refused(give_back):
    with pytest.raises(ConflictError) as refused:
        give_back((1, [], None))
    assert refused.value.code == "outcomes.no-rows"


def test_what_is_no_table_is_refused(give_back, tmp_path):
    path = tmp_path / "x.xlsx"
    path.write_bytes(b"%PDF-1.7")
    with pytest.raises(FileRefusedError):
        give_back(path=path)


def test_a_list_as_csv_is_read(draw, give_back, case_of, tmp_path):
    path = tmp_path / "x.csv"
    text = f"Mã phiếu;Lần 1;Kết quả\n{write(draw, 1)};2/11/2026 9h30;Từ chối\n"
    path.write_text(text, encoding="utf-8-sig")
    assert give_back(path=path) == Recorded(1, 0)
    assert case_of(1).disposition == "refusal"


def test_cells_with_errors_of_formulas_are_named(draw, give_back, tmp_path):
    book = Workbook()
    page = book.active
    page.append(HEAD)
    page.append([1, write(draw, 1), "#N/A", None, None, "Từ chối"])
    page["C2"].data_type = "e"
    path = tmp_path / "x.xlsx"
    book.save(path)
    assert cells(give_back(path=path)) == [(2, "C", "cell.error")]


def test_a_file_of_very_many_sheets_is_refused(give_back, tmp_path, monkeypatch):
    monkeypatch.setattr(outcome_file, "MAX_SHEETS", 2)
    book = Workbook()
    for _ in range(2):
        book.create_sheet()
    path = tmp_path / "x.xlsx"
    book.active.append(HEAD)
    book.save(path)
    with pytest.raises(ConflictError) as refused:
        give_back(path=path)
    assert refused.value.code == "outcomes.too-many-sheets"


def test_a_file_of_very_many_rows_is_refused(give_back, monkeypatch):
    monkeypatch.setattr(outcome_file, "MAX_ROWS", 3)
    with pytest.raises(ConflictError) as refused:
        give_back((1, TIMES[:1], "Từ chối"), (2, TIMES[:1], "Từ chối"))
    assert refused.value.code == "outcomes.too-many-rows"


def test_a_long_list_is_recorded_in_one_go(database, draw, give_back):
    made = give_back(*((number, TIMES[:1], "Từ chối") for number in (1, 2, 3, 4, 7, 8, 9, 10)))
    assert made.n_changed == 8
    with database.read() as db:
        versions = db.scalars(select(SampleCase.version).where(SampleCase.active)).all()
    assert set(versions) == {2}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("25/10/2026 14:30", "2026-10-25T14:30:00+07:00"),
        ("25-10-2026 14h", "2026-10-25T14:00:00+07:00"),
        ("25.10.2026, 8h05", "2026-10-25T08:05:00+07:00"),
        ("2026-10-25 14:30:00", "2026-10-25T14:30:00+07:00"),
        ("2026-10-25T14:30", "2026-10-25T14:30:00+07:00"),
    ],
)
def test_moments_are_read_as_people_write_them(text, expected):
    assert moment_of(text).isoformat() == expected


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("25/10/2026", "time.hour-missing"),
        ("2026-10-25", "time.hour-missing"),
        ("31/02/2026 9:00", "time.malformed"),
        ("25/10/2026 25:00", "time.malformed"),
        ("25/10/26 9:00", "time.malformed"),
        ("46321", "time.malformed"),
        ("sáng thứ hai", "time.malformed"),
        ("25/10/2026 sáng", "time.malformed"),
    ],
)
def test_what_is_no_moment_is_refused(text, code):
    with pytest.raises(ConflictError) as refused:
        moment_of(text)
    assert refused.value.code == code


def test_the_example_is_true():
    assert doctest.testmod(outcome_file).failed == 0
