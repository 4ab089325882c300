"""Lists are read from workbooks and texts: rows for the rules, contacts for the vault."""

import unicodedata

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.names import clean
from app.services.frames import columns as columns_
from app.services.frames.columns import Columns
from app.services.frames.guess import guess
from app.services.frames.looking import (
    best_head,
    describe,
    is_list,
    lay_out,
    looking,
    sheets_with_lists,
)
from app.services.frames.persons import Persons
from app.services.frames.reading import cleaned, read_part
from app.services.frames.vault import Vault
from app.services.imports.check import ignore_progress
from app.services.imports.refusals import FileRefusedError
from app.services.sealing import Sealer
from surveys.instrument.tables import UNWANTED
from tests.app.frames.files import write_csv, write_xlsx

HEADINGS = ("STT", "Mã hồ sơ", "Ngày trả kết quả", "Nơi tiếp nhận", "Người nộp", "Số điện thoại")
ROWS = [
    (
        n, f"H49-2603-{n:04d}", f"{n:02d}/03/2026", "UBND xã Tiên Yên", f"Nguyễn Văn {n}",
        f"09{n:08d}",
    )
    for n in range(1, 6)
]  # fmt: skip
PERSONS = Persons(b"k" * 32)


def read(path, tmp_path, *, sheet=None, stated=None, kind="dossier"):
    """Read a list as guessed; its rows and its contacts."""
    vault = Vault(tmp_path / "contacts", Sealer.from_secrets(["s" * 40]))
    with looking(path, kind, sheet=sheet) as (look, blocks, table):
        head = best_head(look, kind)
        found = columns_.state(guess(look.rows, head, kind).columns, head, Columns())
        layout = lay_out(look, kind, stated or found)
        with vault.writing(1, 1) as contacts:
            part = read_part(
                table, blocks, layout, tmp_path / "part.parquet", contacts, PERSONS,
                ignore_progress,
            )  # fmt: skip
    rows = pl.read_parquet(tmp_path / "part.parquet")
    assert len(rows) == part.n_rows
    return rows, vault.part(1, 1)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_rows_and_contacts_are_parted(tmp_path, kind):
    write = write_csv if kind == "csv" else write_xlsx
    rows, contacts = read(write(tmp_path / "a", [HEADINGS, *ROWS]), tmp_path)
    assert rows["row"].to_list() == [2, 3, 4, 5, 6]
    assert rows["key"][0] == "H49-2603-0001"
    assert {"name", "phone"} & set(rows.columns) == set()
    assert rows["prn"][0] == PERSONS.number("tel:0900000001")
    assert rows["applicant_hint"].to_list() == ["person"] * 5
    assert contacts.row(0) == (2, "Nguyễn Văn 1", "0900000001", None, None)


def test_titles_group_headings_and_numbering_are_passed_over(tmp_path):
    path = write_xlsx(
        tmp_path / "a.xlsx",
        [
            ("UBND XÃ TIÊN YÊN",),
            ("DANH SÁCH HỒ SƠ ĐÃ GIẢI QUYẾT",),
            (),
            ("STT", "Mã hồ sơ", "Ngày", None, "Nơi tiếp nhận"),
            (None, None, "Tiếp nhận", "Trả kết quả", None),
            ("(1)", "(2)", "(3)", "(4)", "(5)"),
            (1, "H49-1", "01/03/2026", 46086, "UBND xã Tiên Yên"),
            (2, "H49-2", "01/03/2026", 46086.5, None),
        ],
        merged=["A1:E1", "A2:E2", "A4:A5", "B4:B5", "C4:D4", "E4:E5", "E7:E8"],
    )
    rows, _ = read(path, tmp_path)
    assert rows["row"].to_list() == [7, 8]
    assert rows["received_on"].to_list() == ["01/03/2026"] * 2
    assert rows["returned_on"].to_list() == ["46086", "46086.5"]
    # Cells merged downwards say the same of every row.
    assert rows["centre"].to_list() == ["UBND xã Tiên Yên"] * 2


def test_a_total_merged_across_the_table_is_no_entry_of_every_column(tmp_path):
    path = write_xlsx(
        tmp_path / "a.xlsx",
        [HEADINGS, *(ROWS * 14), ("Tổng cộng: 70 hồ sơ",)],
        merged=["A72:F72"],
    )
    rows, _ = read(path, tmp_path)
    assert rows.filter(pl.col("row") == 72).select("key", "returned_on", "centre").row(0) == (
        None, None, None,
    )  # fmt: skip


def test_errors_of_formulas_are_read_as_they_are_shown(tmp_path):
    path = write_xlsx(tmp_path / "a.xlsx", [HEADINGS, *ROWS], errors={"C3": "#N/A"})
    rows, _ = read(path, tmp_path)
    assert rows["returned_on"].to_list()[:3] == ["01/03/2026", "#N/A", "03/03/2026"]


def test_the_same_person_has_the_same_number_however_the_telephone_is_written(tmp_path):
    other = [*ROWS[0][:-1], "+84 900 000 001"]
    rows, _ = read(write_csv(tmp_path / "a", [HEADINGS, *ROWS, other]), tmp_path)
    assert rows["prn"][0] == rows["prn"][-1]


def test_rows_without_contacts_leave_nothing_in_the_vault(tmp_path):
    rows, contacts = read(
        write_csv(tmp_path / "a", [HEADINGS[:4], *(r[:4] for r in ROWS)]), tmp_path
    )
    assert contacts.is_empty()
    assert rows["prn"].null_count() == 5


def test_organisations_are_told_by_their_names(tmp_path):
    named = [(*row[:4], name, "") for row, name in zip(
        ROWS, ("Công ty TNHH Hạ Long", "HTX Sao Biển", "Trường THPT Hòn Gai", "Lê Thị Sở", None),
        strict=True,
    )]  # fmt: skip
    rows, _ = read(write_csv(tmp_path / "a", [HEADINGS, *named]), tmp_path)
    assert rows["applicant_hint"].to_list()[:3] == ["organisation"] * 3
    assert rows["applicant_hint"][4] is None


def test_what_is_stated_for_the_whole_file_stands_in_every_row(tmp_path):
    path = write_csv(tmp_path / "a", [HEADINGS[:3], *(row[:3] for row in ROWS)])
    stated = Columns(
        columns={"key": "Mã hồ sơ", "returned_on": "Ngày trả kết quả"},
        fixed={"commune": "Xã Tiên Yên", "channel": "direct"},
    )
    rows, _ = read(path, tmp_path, stated=stated)
    assert rows["commune"].to_list() == ["Xã Tiên Yên"] * 5
    assert rows["channel"][0] == "direct"


@pytest.mark.parametrize("font", ["tcvn3", "vni"])
def test_old_fonts_are_refused_wherever_they_begin(tmp_path, font):
    words = {
        "tcvn3": "Hå s¬ gi¶i quyÕt thñ tôc ®Êt ®ai cña ng­êi d©n",
        "vni": "Hoà sô giaûi quyeát thuû tuïc ñaát ñai cuûa ngöôøi daân",
    }[font]
    plain = [(n, f"H49-{n:05d}", "05/03/2026", "A", "", "") for n in range(200_000 // 6)]
    late = [(n, f"X49-{n:05d}", "05/03/2026", words, "", "") for n in range(400)]
    for rows in (late, [*plain, *late]):
        with pytest.raises(FileRefusedError, match="legacy-encoding"):
            read(write_csv(tmp_path / "a", [HEADINGS, *rows]), tmp_path)


def test_only_sheets_with_lists_are_taken(tmp_path):
    path = write_xlsx(
        tmp_path / "a.xlsx",
        {
            "Bìa": [("Báo cáo",)],
            "Quý I": [HEADINGS, *ROWS],
            "Trống": [],
            "Quý II": [("Danh sách",), HEADINGS, *ROWS],
            "Biểu đồ": [("Tháng", "Số lượng"), (1, 2)],
        },
    )
    with looking(path, "dossier", head_only=True) as (look, _, _):
        assert not is_list(look, "dossier")
        sheets = look.sheets
    assert sheets_with_lists(path, "dossier", sheets) == ("Quý I", "Quý II")


def test_what_is_shown_of_persons_is_hidden_for_the_most_part(tmp_path):
    path = write_csv(tmp_path / "a", [HEADINGS, *ROWS])
    with looking(path, "dossier") as (look, _, _):
        head = best_head(look, "dossier")
        told = describe(look, head, "dossier", guess(look.rows, head, "dossier"))
    examples = {each["header"]: each["examples"] for each in told["columns"]}
    assert examples["Số điện thoại"][0] == "09••••••01"
    assert examples["Người nộp"] == ["Nguyễn …"]
    assert examples["Mã hồ sơ"][0] == "H49-2603-0001"


def test_a_file_with_headings_alone_is_refused(tmp_path):
    with pytest.raises(FileRefusedError, match="no-rows"):
        read(write_csv(tmp_path / "a", [HEADINGS]), tmp_path)


def test_titles_and_the_name_of_the_sheet_are_told(tmp_path):
    path = write_xlsx(tmp_path / "a.xlsx", {"Tiên Yên": [("UBND XÃ TIÊN YÊN",), HEADINGS, *ROWS]})
    with looking(path, "dossier") as (look, _, _):
        assert look.titles(look.heads[0]) == ("UBND XÃ TIÊN YÊN", "Tiên Yên")


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=12), max_size=12))
def test_text_is_written_in_one_way(texts):
    found = cleaned(pl.Series("a", texts, dtype=pl.String)).to_list()
    for text, written in zip(texts, found, strict=True):
        plain = clean(UNWANTED.sub("\ufffd", unicodedata.normalize("NFC", text)))
        assert (written or "") == plain or "\u200b" in text or "\x1c" <= min(text) <= "\x1f"
