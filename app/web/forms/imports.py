"""Forms of the import: the file, then what its columns hold."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, DateField, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # stubs lag
from wtforms.validators import Length, Optional

from app.i18n import current_language
from app.import_sentences import target_name
from app.labels import mode as mode_name
from app.names import clean
from app.services.imports.mapping import Columns
from app.services.imports.preview import FileColumn, Preview
from app.services.imports.rounds import ImportRound
from app.services.imports.targets import Target
from app.web.forms.base import StaffForm

NONE = -1


class UploadForm(StaffForm):
    """A file of answers, and if need be a mapping file."""

    file = FileField(
        _l("Tệp câu trả lời"),
        description=_l(
            "Tệp .xlsx hoặc .csv (UTF-8), mỗi dòng một người trả lời, có một dòng tiêu đề."
        ),
        validators=[FileRequired(_l("Xin chọn một tệp."))],
    )
    mapping = FileField(
        _l("Tệp ánh xạ cột"),
        description=_l("Tệp .toml đã lưu từ lần nhập trước, nếu có."),
    )


class ColumnsForm(StaffForm):
    """What holds for the whole file; :func:`columns_form` adds a field for each column."""

    mode = SelectField(_l("Hình thức trả lời, nếu tệp không có cột này"), validators=[Optional()])
    day = DateField(
        _l("Ngày trả lời, nếu tệp không có cột này"),
        validators=[Optional()],
    )
    decimal = SelectField(
        _l("Dấu thập phân của trọng số"),
        choices=[
            SelectChoice("", _l("Tự nhận biết")),
            SelectChoice(",", _l("Dấu phẩy: 12,5")),
            SelectChoice(".", _l("Dấu chấm: 12.5")),
        ],
        validators=[Optional()],
    )
    missing = StringField(
        _l("Giá trị có nghĩa là không trả lời"),
        description=_l("Cách nhau bằng dấu chấm phẩy, ví dụ: 99; KTL"),
        validators=[Optional(), Length(max=500)],
    )
    psu_numbered_within_stratum = BooleanField(
        _l("Địa bàn mẫu được đánh số lại trong từng tầng"),
        description=_l("Địa bàn 1 của tầng này không phải là địa bàn 1 của tầng khác."),
    )
    identical_rows_are_new = BooleanField(
        _l("Dòng giống hệt phiếu đã nhập là của người khác"),
        description=_l("Chỉ chọn khi biết chắc; nếu không, một người có thể bị tính hai lần."),
    )


def columns_form(preview: Preview, target: ImportRound, columns: Columns) -> ColumnsForm:
    """Make the form with one field per target: which column of the file holds it."""
    listed = [SelectChoice(NONE, _("— không có —"))]
    listed += [SelectChoice(each.index, _named(each)) for each in preview.columns]
    language = current_language()
    fields = {
        field_name(number): SelectField(
            target_name(str(each), target.instrument, language), choices=listed, coerce=int
        )
        for number, each in enumerate(preview.targets)
    }
    form_class = type("ColumnsOfFileForm", (ColumnsForm,), fields)
    form: ColumnsForm = form_class(data=_found(preview, columns))
    modes = (SelectChoice(code, mode_name(code)) for code in target.modes)
    form.mode.choices = [SelectChoice("", "—"), *modes]
    return form


def field_name(number: int) -> str:
    """Name of the field of the target with this place in the preview."""
    return f"column_{number}"


def _found(preview: Preview, columns: Columns) -> dict[str, object]:
    """Fill in what was found in the file, and what a mapping file says."""
    entered: dict[str, object] = {
        field_name(number): preview.chosen.get(each, NONE)
        for number, each in enumerate(preview.targets)
    }
    return entered | {
        "mode": columns.fixed.get("mode", ""),
        "day": _day(columns.fixed.get("date", "")),
        "decimal": columns.decimal or "",
        "missing": "; ".join(columns.missing),
        "psu_numbered_within_stratum": columns.psu_numbered_within_stratum,
        "identical_rows_are_new": columns.identical_rows_are_new,
    }


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None


def stated(form: ColumnsForm, before: Columns) -> Columns:
    """Take over what holds for the whole file; what the form does not show stays as it was."""
    fixed = {key: value for key, value in before.fixed.items() if key not in ("mode", "date")}
    if form.mode.data:
        fixed["mode"] = form.mode.data
    if form.day.data is not None:
        fixed["date"] = form.day.data.isoformat()
    missing = (clean(part) for part in (form.missing.data or "").split(";"))
    return replace(
        before,
        decimal=form.decimal.data or None,
        missing=tuple(part for part in missing if part),
        psu_numbered_within_stratum=form.psu_numbered_within_stratum.data,
        identical_rows_are_new=form.identical_rows_are_new.data,
        fixed=fixed,
    )


def chosen_columns(form: ColumnsForm, preview: Preview) -> Mapping[Target, int]:
    """Columns as a person chose them."""
    found = {}
    for number, each in enumerate(preview.targets):
        index = form[field_name(number)].data
        if index is not None and index != NONE:
            found[each] = index
    return found


def _named(column: FileColumn) -> str:
    header = column.header if len(column.header) <= 70 else column.header[:69] + "…"
    return f"{column.letter} · {header}" if header else column.letter
