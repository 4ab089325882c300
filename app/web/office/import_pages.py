"""What the pages of an import show, arranged for reading."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from math import ceil

from flask_babel import gettext as _
from wtforms import Field

from app.import_sentences import heading, reason, target_name
from app.services.imports.accounts import Account
from app.services.imports.plan import needed
from app.services.imports.preview import FileColumn, Preview
from app.services.imports.problems import ProblemGroup
from app.services.imports.targets import REQUIRED_FIELDS, Target, item_of
from app.web.forms.imports import NONE, ColumnsForm, field_name
from surveys.instrument.model import Instrument


@dataclass(frozen=True, slots=True)
class Slot:
    """One thing a column can hold, with the field that says which column does.

    Attributes
    ----------
    code : str
        Of an item; empty for a field.
    examples : tuple of str
        First entries of the column chosen.
    contested : tuple of str
        Letters of the columns that it could be, if there are several.
    options : tuple of Slot
        Of a multiple choice, its options in columns of their own.
    """

    title: str
    code: str
    field: Field
    needed: bool
    examples: tuple[str, ...]
    contested: tuple[str, ...]
    options: tuple["Slot", ...] = ()

    @property
    def has_options_chosen(self) -> bool:
        """Whether any option has a column of its own."""
        return any(option.is_found for option in self.options)

    @property
    def is_found(self) -> bool:
        """Whether a column is chosen, or one for any option."""
        return self.field.data not in (None, NONE) or self.has_options_chosen


@dataclass(frozen=True, slots=True)
class Section:
    """Slots under one heading."""

    title: str
    text: str
    slots: tuple[Slot, ...]


@dataclass(frozen=True, slots=True)
class ProblemLine:
    """One problem in words."""

    row: int | None
    column: str | None
    heading: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class GroupLine:
    """Problems of one kind in one column, in words."""

    column: str | None
    heading: str
    reason: str
    count: int
    entries: str


@dataclass(frozen=True, slots=True)
class ProblemPage:
    """Which part of a list is shown."""

    page: int
    n_listed: int
    per_page: int

    @property
    def n_pages(self) -> int:
        """How many pages the list has."""
        return max(1, ceil(self.n_listed / self.per_page))


def sections(seen: Preview, form: ColumnsForm, instrument: Instrument) -> tuple[Section, ...]:
    """Arrange the targets: place in the sample, circumstances, answers."""
    slots = [
        (each, _slot(each, form[field_name(number)], seen, instrument))
        for number, each in enumerate(seen.targets)
    ]
    design = [slot for each, slot in slots if each.code in REQUIRED_FIELDS and _is_field(each)]
    key = [slot for each, slot in slots if each.code == "key" and _is_field(each)]
    others = [
        slot
        for each, slot in slots
        if _is_field(each) and each.code not in (*REQUIRED_FIELDS, "key")
    ]
    return (
        Section(
            _("Vị trí trong mẫu"),
            _("Cần để tính sai số và khoảng tin cậy. Mã phiếu giúp nhận ra phiếu đã nhập."),
            (*design, *key),
        ),
        Section(
            _("Nơi, ngày và hình thức trả lời"),
            _("Không bắt buộc; kết quả chỉ tách theo xã, trung tâm… khi tệp có cột đó."),
            tuple(others),
        ),
        Section(
            _("Câu trả lời"),
            _("Ghi bằng mã (4, male) hay bằng chữ (Hài lòng, Nam) đều được."),
            tuple(_with_options(slots)),
        ),
    )


def _is_field(target: Target) -> bool:
    return target.kind == "field"


def _with_options(slots: list[tuple[Target, Slot]]) -> Iterator[Slot]:
    for each, slot in slots:
        if each.kind != "item":
            continue
        options = tuple(
            other for target, other in slots if target.kind == "option" and target.code == each.code
        )
        yield Slot(
            slot.title, slot.code, slot.field, slot.needed, slot.examples, slot.contested, options
        )


def _slot(target: Target, field: Field, seen: Preview, instrument: Instrument) -> Slot:
    by_index = {each.index: each for each in seen.columns}
    column = by_index.get(field.data)
    return Slot(
        title=field.label.text if _is_field(target) else _title(target, instrument, field),
        code="" if _is_field(target) else target.code,
        field=field,
        needed=str(target) in seen.needed,
        examples=column.examples if column is not None else (),
        contested=tuple(by_index[index].letter for index in seen.contested.get(target, ())),
    )


def _title(target: Target, instrument: Instrument, field: Field) -> str:
    """Wording of an item or option without its code, which stands beside it."""
    whole: str = field.label.text
    code = item_of(target, instrument).code
    for prefix in (f"{target.code} – ", f"{target.code}: ", f"{code}: "):
        whole = whole.removeprefix(prefix)
    return whole


def unused_columns(seen: Preview, form: ColumnsForm) -> tuple[FileColumn, ...]:
    """Columns of the file that nothing reads."""
    used = {form[field_name(number)].data for number in range(len(seen.targets))}
    return tuple(column for column in seen.columns if column.index not in used)


def group_line(
    group: ProblemGroup, instrument: Instrument, language: str, entries: str
) -> GroupLine:
    """Put a group of problems into words."""
    return GroupLine(
        group.column,
        heading(group, instrument, language),
        reason(group, instrument, language),
        group.count,
        entries,
    )


def needed_columns(instrument: Instrument, language: str) -> tuple[str, ...]:
    """Name what a file must have at least."""
    wanted = needed(instrument)
    ordered = [*REQUIRED_FIELDS, *(f"item:{item.code}" for item in instrument.items)]
    return tuple(target_name(each, instrument, language) for each in ordered if each in wanted)


def day_of(account: Account) -> date | None:
    """Day given to answers of a file without days."""
    return None if account.remarks.day is None else date.fromisoformat(account.remarks.day)
