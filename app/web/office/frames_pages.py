"""What the pages of frames show, arranged for reading."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from wtforms import Field

from app import frame_sentences as words
from app.i18n import current_language, format_day
from app.numbers import count
from app.queries.frames import FileSummary, FrameSummary
from app.services.frames.account import Account
from app.services.frames.problems import ACTIONS
from app.web.office.steps import Action, Step

# Units of the drawings' own view box.
BAR_WIDTH = 1000.0
_PENDING = ("waiting", "reading")
_NOT_READ = ("refused", "failed", "cancelled")


@dataclass(frozen=True, slots=True)
class Share:
    """A part of the bar that shows what became of the rows."""

    kind: str
    label: str
    n: int
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class ReasonLine:
    """How often a reason was met."""

    code: str
    reason: str
    action: str
    kind: str
    n: int


@dataclass(frozen=True, slots=True)
class Slot:
    """One thing a column can hold, with the field that says which column does.

    Attributes
    ----------
    examples : tuple of str
        First entries of the column chosen.
    contested : tuple of str
        Letters of the columns that it could be, if there are several.
    """

    field: Field
    needed: bool
    examples: tuple[str, ...]
    contested: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CommuneBar:
    """Accepted rows of a commune, with the width of its bar."""

    code: str
    name: str
    n: int
    width: float


@dataclass(frozen=True, slots=True)
class ListPage:
    """Which part of a list is shown."""

    page: int
    n: int
    per_page: int

    @property
    def n_pages(self) -> int:
        """How many pages the list has."""
        return max(1, ceil(self.n / self.per_page))


def path_of(
    frame: FrameSummary, files: Sequence[FileSummary], account: Account, n_names: int
) -> tuple[Step, ...]:
    """Lay out the steps of a frame, from its files to freezing."""
    return (
        _files_step(frame, files),
        _columns_step(frame, files),
        _names_step(frame, account, n_names),
        _freeze_step(frame, files, account),
    )


def _files_step(frame: FrameSummary, files: Sequence[FileSummary]) -> Step:
    title = _("Nộp các tệp")
    add = Action(_("Thêm tệp"), url_for("frame_files.new", frame=frame.code))
    if frame.state != "gathering":
        return Step(title, "done", _count_files(len(files)))
    if not files:
        text = _("Chọn cùng lúc mọi tệp của các xã, phường và sở, ngành.")
        return Step(title, "now", text, (add,))
    pending = sum(file.state in _PENDING for file in files)
    text = _count_files(len(files))
    if pending:
        still = ngettext("còn %(num)d tệp đang đọc", "còn %(num)d tệp đang đọc", pending)
        text = f"{text[:-1]}; {still}."
    return Step(title, "now" if pending else "done", text, (add,))


def _count_files(n: int) -> str:
    return str(ngettext("Đã có %(num)d tệp.", "Đã có %(num)d tệp.", n))


def _columns_step(frame: FrameSummary, files: Sequence[FileSummary]) -> Step:
    title = _("Xác nhận cột")
    asking = [file for file in files if file.state == "uploaded"]
    if asking:
        text = ngettext(
            "%(num)d tệp có dòng tiêu đề chưa gặp. Xác nhận một lần, các tệp cùng mẫu được đọc "
            "luôn.",
            "%(num)d tệp có dòng tiêu đề chưa gặp. Xác nhận một lần, các tệp cùng mẫu được đọc "
            "luôn.",
            len(asking),
        )
        to = url_for("frame_files.columns", frame=frame.code, file=asking[0].id)
        return Step(title, "now", text, (Action(_("Xem các cột"), to),))
    if not any(file.state == "read" for file in files):
        return Step(title, "later", _("Hệ thống tự nhận ra cột; mẫu mới thì hỏi lại."))
    return Step(title, "done", _("Mọi tệp đã biết cột nào chứa gì."))


def _names_step(frame: FrameSummary, account: Account, n_names: int) -> Step:
    title = _("Quyết định tên nơi, cơ quan")
    if n_names:
        text = ngettext(
            "%(num)d tên chưa rõ là đơn vị nào, trong %(rows)s dòng.",
            "%(num)d tên chưa rõ là đơn vị nào, trong %(rows)s dòng.",
            n_names,
            rows=_number(account.waiting),
        )
        action = Action(_("Xem các tên"), url_for("frame_names.index", frame=frame.code))
        return Step(title, "now", text, (action,))
    if not account.n_rows:
        return Step(title, "later", _("Tên cũ trước 1/7/2025 được quy đổi tự động."))
    return Step(title, "done", _("Mọi tên đã rõ là đơn vị nào."))


def _freeze_step(frame: FrameSummary, files: Sequence[FileSummary], account: Account) -> Step:
    title = _("Chốt danh sách")
    if frame.state == "frozen":
        text = _(
            "Đã chốt %(rows)s dòng ngày %(day)s. Từ nay không ai sửa được.",
            rows=_number(frame.n_rows),
            day=format_day(frame.frozen_at.date()) if frame.frozen_at else "",
        )
        draw = Action(_("Lập phương án chọn mẫu"), url_for("samples.new"))
        return Step(title, "done", text, (draw,))
    if frame.state == "freezing":
        return Step(title, "now", _("Đang ghi tệp chuẩn…"))
    ready = (
        frame.is_settled
        and account.accepted
        and not account.waiting
        and all(file.state == "read" for file in files)
    )
    if ready:
        text = _(
            "%(rows)s dòng sẵn sàng. Sau khi chốt, danh sách không sửa được nữa.",
            rows=_number(account.accepted),
        )
        action = Action(_("Chốt danh sách"), url_for("frames.freeze", frame=frame.code))
        return Step(title, "now", text, (action,))
    left = Action(_("Xem việc còn lại"), url_for("frames.freeze", frame=frame.code))
    return Step(title, "later", _("Khi các bước trên đã xong."), (left,) if files else ())


def shares(account: Account) -> tuple[Share, ...]:
    """Lay the parts of the account side by side."""
    parts = (
        ("accepted", _("Nhận"), account.accepted),
        ("waiting", _("Chờ quyết định"), account.waiting),
        ("excluded", _("Loại theo quy tắc"), sum(account.excluded.values())),
        ("rejected", _("Không nhận"), sum(account.rejected.values())),
    )
    x = 0.0
    found = []
    for kind, label, n in parts:
        width = round(BAR_WIDTH * n / max(account.n_rows, 1), 2)
        found.append(Share(kind, label, n, round(x, 2), width))
        x += width
    return tuple(found)


def reasons(problems: Mapping[str, int]) -> tuple[ReasonLine, ...]:
    """Put the problems met into words, what kept rows out first."""
    return tuple(
        ReasonLine(
            code, str(words.REASONS[code]), str(words.ACTIONS[action]), action, problems[code]
        )
        for code, action in ACTIONS.items()
        if problems.get(code)
    )


def commune_bars(account: Account, names: Mapping[str, str]) -> tuple[CommuneBar, ...]:
    """Draw the accepted rows of each commune, those without any rows included."""
    counted = dict(account.communes)
    most = max(counted.values(), default=1)
    codes = [*names, *(code for code in counted if code and code not in names)]
    bars = [
        CommuneBar(
            code, names.get(code, code), counted.get(code, 0),
            round(BAR_WIDTH * counted.get(code, 0) / most, 1),
        )
        for code in codes
    ]  # fmt: skip
    if counted.get(""):
        n = counted[""]
        bars.append(CommuneBar("", _("Cấp tỉnh"), n, round(BAR_WIDTH * n / most, 1)))
    return tuple(sorted(bars, key=lambda bar: -bar.n))


def in_states(files: Iterable[FileSummary], *states: str) -> tuple[FileSummary, ...]:
    """Choose files by their states."""
    return tuple(file for file in files if file.state in states)


def is_moving(frame: FrameSummary, files: Iterable[FileSummary]) -> bool:
    """Whether something is under way that the page should be asked about again."""
    if frame.state == "freezing":
        return True
    if frame.state != "gathering":
        return False
    if any(file.is_pending for file in files):
        return True
    return not frame.is_settled and frame.failure is None


def refusal_of(file: FileSummary) -> str:
    """Say why a file was not read."""
    if file.refusal is None:
        return ""
    return words.refusal(file.refusal["code"], file.refusal.get("context", {}))


def _number(n: int) -> str:
    return count(n, current_language())
