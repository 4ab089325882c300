"""The account of a frame and everything wrong with its rows, as files to work through."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Final

from flask_babel import gettext as _

from app import frame_sentences as words
from app.numbers import count
from app.queries.frames import FileSummary, FrameSummary
from app.services.exports.safety import harmless
from app.services.exports.sheet_stream import Cell, LongSheet, stream
from app.services.frames import decisions, listed
from app.services.frames.account import Account
from app.services.frames.problems import ACTIONS
from app.services.frames.shelf import CheckedFiles

# As many problems go into a workbook, parted into sheets; the .csv holds all of them.
MOST_IN_BOOK: Final = 1_000_000
PER_SHEET: Final = 500_000
_PIECE: Final = 500


@dataclass(frozen=True)
class FrameLists:
    """A frame with its files and what the rules made of them."""

    frame: FrameSummary
    files: Sequence[FileSummary]
    checked: CheckedFiles
    language: str

    @cached_property
    def account(self) -> Account:
        """The account of all files."""
        return Account.from_json(self.frame.account)

    @cached_property
    def _names(self) -> dict[int, str]:
        return {file.id: file.name for file in self.files}

    @cached_property
    def _said(self) -> dict[str, tuple[str, str]]:
        """Reason and action of every code, in words."""
        return {code: (_reason(code), _action(code)) for code in ACTIONS}

    @cached_property
    def _by_id(self) -> dict[int, FileSummary]:
        return {file.id: file for file in self.files}

    def headings(self) -> tuple[str, ...]:
        """Headings of the list of problems."""
        return (
            _("Tệp"), _("Trang tính"), _("Dòng"), _("Cột"), _("Tiêu đề cột"),
            _("Giá trị trong ô"), _("Lý do"), _("Cách xử lý"), _("Chi tiết"),
        )  # fmt: skip

    def rows(self, offset: int = 0, limit: int | None = None) -> Iterator[tuple[Cell, ...]]:
        """Problems in words, in the order of files and rows."""
        for problem in listed.problems(self.checked, offset=offset, limit=limit):
            yield self.row(problem)

    def row(self, problem: listed.RowProblem) -> tuple[Cell, ...]:
        """Put a problem into words."""
        file = self._by_id.get(problem.file_id)
        told = (file.head if file is not None else None) or {}
        return (
            file.name if file is not None else "?",
            told.get("sheet") or "",
            problem.row,
            told.get("letters", {}).get(problem.target, ""),
            told.get("headers", {}).get(problem.target, ""),
            problem.value,
            *self._said[problem.code],
            words.detail(problem.code, problem.detail, self._names),
        )

    def csv_pieces(self) -> Iterator[bytes]:
        """Write every problem as .csv in UTF-8 with the mark that spreadsheet programs look for."""
        yield b"\xef\xbb\xbf" + _csv([self.headings()])
        rows = self.rows()
        while some := list(islice(rows, _PIECE)):
            yield _csv(some)

    def book_pieces(self) -> Iterator[bytes]:
        """Write the problems, the account and the names as a workbook."""
        return stream(self._sheets())

    def _sheets(self) -> Iterator[LongSheet]:
        n_all = listed.count(self.checked)
        n_listed = min(n_all, MOST_IN_BOOK)
        for number, offset in enumerate(range(0, max(n_listed, 1), PER_SHEET), start=1):
            name = _("Từng dòng")
            yield LongSheet(
                name=name if n_listed <= PER_SHEET else f"{name} {number}",
                title=_("Các dòng cần xem lại của “%(name)s”", name=self.frame.name),
                lines=tuple(self._lines(n_all, n_listed)),
                headings=self.headings(),
                widths=(34, 14, 8, 7, 26, 30, 58, 20, 40),
                centred=(2, 3),
                rows=self.rows(offset, min(PER_SHEET, n_listed - offset)),
            )
        yield self._account_sheet()
        yield self._reasons_sheet()
        yield self._names_sheet()

    def _lines(self, n_all: int, n_listed: int) -> Iterator[str]:
        account = self.account
        yield _(
            "%(rows)s dòng trong các tệp = %(accepted)s nhận + %(rejected)s không nhận + "
            "%(excluded)s loại theo quy tắc + %(waiting)s chờ quyết định.",
            rows=self._count(account.n_rows),
            accepted=self._count(account.accepted),
            rejected=self._count(sum(account.rejected.values())),
            excluded=self._count(sum(account.excluded.values())),
            waiting=self._count(account.waiting),
        )
        if n_listed < n_all:
            yield _(
                "Sổ tính này gồm %(listed)s mục đầu trong %(all)s mục; tệp .csv có đủ tất cả.",
                listed=self._count(n_listed),
                all=self._count(n_all),
            )

    def _account_sheet(self) -> LongSheet:
        return LongSheet(
            name=_("Đối chiếu"),
            title=_("Đối chiếu số dòng theo tệp"),
            lines=(_("Số dòng = Nhận + Không nhận + Loại theo quy tắc + Chờ quyết định"),),
            headings=(
                _("Tệp"), _("Trang tính"), _("Trạng thái"), _("Số dòng"), _("Nhận"),
                _("Không nhận"), _("Loại theo quy tắc"), _("Chờ quyết định"),
            ),
            widths=(44, 16, 18, 12, 12, 12, 18, 16),
            rows=list(self._account_rows()),
        )  # fmt: skip

    def _account_rows(self) -> Iterator[tuple[Cell, ...]]:
        for file in self.files:
            yield (
                file.name, file.sheet, str(words.FILE_STATES[file.state]),
                file.rows_total if file.state == "read" else 0, file.n_accepted, file.n_rejected,
                sum(file.excluded.values()), file.n_waiting,
            )  # fmt: skip
        account = self.account
        yield (
            _("Tổng cộng"), "", "", account.n_rows, account.accepted,
            sum(account.rejected.values()), sum(account.excluded.values()), account.waiting,
        )  # fmt: skip

    def _reasons_sheet(self) -> LongSheet:
        problems = self.account.problems
        return LongSheet(
            name=_("Lý do"),
            title=_("Số lần gặp từng lý do"),
            lines=(),
            headings=(_("Lý do"), _("Cách xử lý"), _("Số lần")),
            widths=(80, 24, 12),
            rows=[
                (_reason(code), _action(code), problems[code])
                for code in ACTIONS
                if problems.get(code)
            ],
        )

    def _names_sheet(self) -> LongSheet:
        return LongSheet(
            name=_("Tên nơi, cơ quan"),
            title=_("Mỗi tên trong các tệp được hiểu là gì"),
            lines=(),
            headings=(
                _("Loại"), _("Tên trong tệp"), _("Kết quả"), _("Mã"), _("Số dòng"), _("Số tệp"),
            ),
            widths=(26, 52, 34, 22, 12, 10),
            rows=(
                (
                    words.subject_name(name.subject), name.written,
                    str(words.STATUSES[name.status]), name.meaning, name.n_rows, name.n_files,
                )
                for name in decisions.names(self.checked)
            ),
        )  # fmt: skip

    def _count(self, n: int) -> str:
        return count(n, self.language)


def _reason(code: str) -> str:
    return str(words.REASONS[code])


def _action(code: str) -> str:
    return str(words.ACTIONS[ACTIONS[code]])


def _csv(rows: Iterable[Sequence[Cell]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(
        [harmless(cell) if isinstance(cell, str) else cell for cell in row] for row in rows
    )
    return text.getvalue().encode()
