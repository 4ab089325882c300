"""Sixty workbooks as a province might send them, and what was planted in them.

Everything is made up but the communes. Each file keeps count of what becomes of its rows, so that
the account of the import can be held against it.
"""

import random
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import xlsxwriter

from tests.app.frames.places import facts

FIRST, LAST = date(2026, 1, 1), date(2026, 9, 30)
HEADINGS = (
    "STT", "Mã hồ sơ", "Tên thủ tục hành chính", "Lĩnh vực", "Đơn vị tiếp nhận",
    "Cơ quan giải quyết", "Ngày tiếp nhận", "Ngày hẹn trả", "Ngày trả kết quả",
    "Hình thức nộp", "Đối tượng", "Người nộp hồ sơ", "Số điện thoại", "Nơi cư trú",
)  # fmt: skip
DEPARTMENTS = ("Sở Tư pháp", "Sở Xây dựng", "Sở Y tế", "Sở Nội vụ", "Sở Tài chính", "Công an tỉnh")
# Before 1/7/2025; each became part of one present commune as a whole.
FORMER = (
    "Phường Bạch Đằng", "Phường Trần Hưng Đạo", "Thị trấn Tiên Yên", "Xã Quan Lạn",
    "Thị trấn Cô Tô",
)  # fmt: skip
DIVIDED = ("Xã Yên Than", "Xã Đại Dực")
PLANTED = (
    "same", "copied", "late", "early", "no-key", "no-day", "bad-day", "bad-channel", "former",
    "divided", "unheard-of", "serial", "datetime", "us-time",
)  # fmt: skip


@dataclass
class Expected:
    """What is to become of the rows."""

    rows: int = 0
    outcomes: Counter = field(default_factory=Counter)
    problems: Counter = field(default_factory=Counter)
    communes: Counter = field(default_factory=Counter)

    def add(self, outcome: str, commune: str = "") -> None:
        self.rows += 1
        self.outcomes[outcome] += 1
        if outcome:
            self.problems[outcome] += 1
        else:
            self.communes[commune] += 1


@dataclass
class Messy:
    """The files, in the order in which they are handed in, and what is expected of them."""

    paths: list[Path]
    expected: Expected
    signatures: int


class Maker:
    """Makes one file after another; keys of earlier files come again in later ones."""

    def __init__(self, folder: Path, seed: int = 20_260_930) -> None:
        self.folder = folder
        self.chance = random.Random(seed)
        self.expected = Expected()
        self.keys: list[tuple] = []
        self.number = 0
        self.codes = {unit.name: unit.code for unit in facts().units
                      if unit.kind == "commune" and unit.valid_to is None}  # fmt: skip
        self.successors = self._successors()

    @staticmethod
    def _successors() -> dict[str, str]:
        units = {unit.id: unit for unit in facts().units}
        return {
            units[way.predecessor_id].name: units[way.successor_id].code
            for way in facts().ways
            if way.whole
        }

    # --- rows

    def row(self, unit: str, agency: str, planted: str, wide: bool) -> tuple:
        """A dossier, with something planted in it or nothing."""
        self.number += 1
        returned = FIRST + timedelta(days=self.chance.randrange((LAST - FIRST).days + 1))
        received = returned - timedelta(days=self.chance.randrange(1, 20))
        key = f"000.{self.number % 54:02d}.19.H49-{received:%y%m%d}-{self.number:06d}"
        cells = {
            "key": f"{self.number:012d}" if wide else key,
            "unit": unit,
            "received": f"{received:%d/%m/%Y}",
            "due": f"{received + timedelta(days=15):%d-%m-%Y}",
            "returned": f"{returned.day}/{returned.month}/{returned.year}",
            "channel": self.chance.choice(("Trực tiếp", "Trực tuyến", "Bưu chính công ích")),
        }
        outcome = self._plant(planted, cells, returned)
        self.expected.add(outcome, self._commune(cells["unit"]) if not outcome else "")
        line = self._line(cells, agency, received)
        if not outcome and not wide:
            self.keys.append(line)
        return line

    def _plant(self, planted: str, cells: dict, returned: date) -> str:
        """Spoil a row; says what is to become of it."""
        changed, outcome = {
            "late": ({"returned": "01/10/2026"}, "period.outside"),
            "early": ({"returned": "31/12/2025 16:30"}, "period.outside"),
            "no-key": ({"key": None}, "key.missing"),
            "no-day": ({"returned": None}, "returned.missing"),
            "bad-day": ({"returned": "chưa trả"}, "returned.unreadable"),
            "bad-channel": ({"channel": "Khác"}, ""),
            "former": ({"unit": f"UBND {self.chance.choice(FORMER)}"}, ""),
            "divided": ({"unit": f"UBND {self.chance.choice(DIVIDED)}"}, "place.divided"),
            "unheard-of": ({"unit": "UBND xã Không Tên"}, "place.unknown"),
            "serial": ({"returned": (returned - date(1899, 12, 30)).days}, ""),
            "datetime": ({"returned": returned}, ""),
            "us-time": ({"returned": f"{returned:%d/%m/%Y} 02:15:00 CH"}, ""),
            "": ({}, ""),
        }[planted]
        cells.update(changed)
        if planted == "bad-channel":
            self.expected.problems["channel.unknown"] += 1
        return outcome

    def _commune(self, office: str) -> str:
        """Code of the commune an office lies in; that of the province lies in none."""
        if "tỉnh" in office:
            return ""
        name = unit_of(office)
        return self.codes.get(name) or self.successors[name]

    def _line(self, cells: dict, agency: str, received: date) -> tuple:
        person = self.chance.randrange(5_000)
        return (
            self.number, cells["key"], f"Thủ tục mẫu số {self.chance.randrange(40)}",
            self.chance.choice(("Đất đai", "Hộ tịch", "Xây dựng")), cells["unit"], agency,
            cells["received"], cells["due"], cells["returned"], cells["channel"],
            "Tổ chức" if person % 9 == 0 else "Cá nhân", f"Nguyễn Văn Mẫu {person}",
            f"0000{person:06d}", self.chance.choice(("Xã Tiên Yên", "Hà Nội")),
        )  # fmt: skip

    def rows(self, unit: str, agency: str, n: int, *, wide: bool = False, units: bool = True):
        """Rows of a file: plain ones, and one of each thing planted."""
        without_units = ("former", "divided", "unheard-of")
        planted = [each for each in PLANTED if units or each not in without_units]
        kinds = [*planted, *[""] * (n - len(planted))]
        self.chance.shuffle(kinds)
        own: list[tuple] = []
        for kind in kinds:
            if kind in ("same", "copied"):
                again = self._again(kind, units) if self.keys and not wide else None
                own.append(again or self.row(unit, agency, "", wide))
            else:
                own.append(self.row(unit, agency, kind, wide))
        return own

    def _again(self, kind: str, units: bool) -> tuple:
        """A dossier that is there already, as it was or changed a little.

        In a list without units it is another place's, so it is never the same.
        """
        line = self.chance.choice(self.keys)
        if kind == "copied":
            line = (*line[:9], "Trực tiếp" if line[9] != "Trực tiếp" else "Trực tuyến", *line[10:])
        same = kind == "same" and units
        self.expected.add("duplicate.same" if same else "duplicate.different")
        return line


def unit_of(text: str) -> str:
    """Commune of an office's name, as the register writes it."""
    for office in ("UBND ", "Bộ phận TN&TKQ ", "TTHCC "):
        text = text.removeprefix(office)
    return text


def decomposed(rows):
    return [
        tuple(unicodedata.normalize("NFD", cell) if isinstance(cell, str) else cell for cell in row)
        for row in rows
    ]


def make(folder: Path, rows_each: int = 40) -> Messy:
    """Write the sixty files."""
    folder.mkdir(parents=True, exist_ok=True)
    maker = Maker(folder)
    communes = sorted(maker.codes)
    paths = []
    for number, unit in enumerate(communes):
        writer = (titled, grouped, bare_nfd, without_units, wide_codes)[number % 5]
        paths.append(writer(maker, folder / f"{number + 1:02d}. {unit}.xlsx", unit, rows_each))
    for number, department in enumerate(DEPARTMENTS):
        path = folder / f"{55 + number}. {department}.xlsx"
        paths.append(of_department(maker, path, department, rows_each))
    return Messy(paths, maker.expected, signatures=3)


def titled(maker: Maker, path: Path, unit: str, n: int) -> Path:
    """Titles over merged cells, a row of numbers below the headings, a signature at the end."""
    rows = maker.rows(f"UBND {unit}", f"UBND {unit}", n)
    above = [
        ("ỦY BAN NHÂN DÂN",), (unit.upper(),), (),
        ("DANH SÁCH HỒ SƠ ĐÃ TRẢ KẾT QUẢ TỪ 01/01/2026 ĐẾN 30/9/2026",),
    ]  # fmt: skip
    numbering = tuple(f"({place})" for place in range(1, 15))
    below = [("", "Tổng cộng", n), (), ("",) * 9 + ("NGƯỜI LẬP BIỂU",)]
    for _ in range(2):
        maker.expected.add("row.not-a-record")
    write(path, [*above, HEADINGS, numbering, *rows, *below], merged=["A1:E1", "A2:E2", "A4:N4"])
    return path


def grouped(maker: Maker, path: Path, unit: str, n: int) -> Path:
    """The three days under one heading, the others merged over two rows."""
    rows = maker.rows(f"TTHCC {unit}", f"UBND {unit}", n)
    upper = (*HEADINGS[:6], "Thời gian", None, None, *HEADINGS[9:])
    lower = (*[None] * 6, "Tiếp nhận", "Hẹn trả", "Trả kết quả", *[None] * 5)
    merged = ["A1:N1", "G3:I3"]
    merged += [f"{letter}3:{letter}4" for letter in "ABCDEFJKLMN"]
    write(path, [("BÁO CÁO CHI TIẾT HỒ SƠ",), (), upper, lower, *rows], merged=merged)
    return path


def bare_nfd(maker: Maker, path: Path, unit: str, n: int) -> Path:
    """No titles; every letter with its marks apart, as some systems write them."""
    rows = maker.rows(f"Bộ phận TN&TKQ {unit}", f"UBND {unit}", n)
    write(path, decomposed([HEADINGS, *rows]))
    return path


def without_units(maker: Maker, path: Path, unit: str, n: int) -> Path:
    """No column of units: the title names the commune; pages repeat the headings."""
    own = [*HEADINGS[:4], *HEADINGS[5:]]
    rows = [(*row[:4], *row[5:]) for row in maker.rows(unit, f"UBND {unit}", n, units=False)]
    section = ("", "I. LĨNH VỰC ĐẤT ĐAI")
    maker.expected.add("row.not-a-record")
    maker.expected.add("row.heading-again")
    half = len(rows) // 2
    lines = [(f"HỒ SƠ CỦA UBND {unit.upper()}",), own, section, *rows[:half], own, *rows[half:]]
    write(path, lines, merged=["A1:M1"])
    return path


def wide_codes(maker: Maker, path: Path, unit: str, n: int) -> Path:
    """Codes of twelve digits, the shorter ones stored as numbers: their zeros are lost."""
    rows = maker.rows(f"UBND {unit}", f"UBND {unit}", n, wide=True)
    lines = []
    for place, row in enumerate(rows):
        spoilt = place % 10 == 0 and row[1] is not None
        lines.append((row[0], int(row[1]), *row[2:]) if spoilt else row)
        if spoilt and goes_in(row):
            maker.expected.problems["key.zeros-restored"] += 1
    write(path, [("Đơn vị: " + unit,), HEADINGS, *lines], merged=["A1:D1"])
    return path


def goes_in(row: tuple) -> bool:
    """Whether a row goes in or waits: remarks are made of such rows only."""
    returned = row[8]
    if returned is None or returned == "chưa trả":
        return False
    return not (isinstance(returned, str) and returned.startswith(("01/10/2026", "31/12/2025")))


def of_department(maker: Maker, path: Path, department: str, n: int) -> Path:
    """Dossiers of a department, received at the provincial centre; a cover sheet before them."""
    rows = maker.rows("TTHCC tỉnh Quảng Ninh", department, n)
    cover = [("BÁO CÁO CỦA", department), ("Kỳ báo cáo", "9 tháng")]
    sheets = {"Bìa": cover, "Danh sách": [("DANH SÁCH HỒ SƠ",), HEADINGS, *rows]}
    with xlsxwriter.Workbook(path, {"default_date_format": "dd/mm/yyyy"}) as book:
        for name, lines in sheets.items():
            page = book.add_worksheet(name)
            for at, line in enumerate(lines):
                page.write_row(at, 0, line)
    return path


def write(path: Path, lines, merged=()) -> None:
    with xlsxwriter.Workbook(
        path, {"default_date_format": "dd/mm/yyyy", "strings_to_formulas": False}
    ) as book:
        page = book.add_worksheet("DS")
        for at, line in enumerate(lines):
            for column, cell in enumerate(line):
                if cell not in (None, ""):
                    page.write(at, column, cell)
        for cells in merged:
            top, left = xlsxwriter.utility.xl_cell_to_rowcol(cells.split(":")[0])
            page.merge_range(cells, lines[top][left])
