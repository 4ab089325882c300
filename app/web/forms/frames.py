"""Forms of frames: what a frame is to cover, its files, their columns, names to decide."""

from collections.abc import Iterable, Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import MultipleFileField
from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # stubs lag
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from app.frame_sentences import KINDS, target_name
from app.services.frames import targets
from app.services.imports.preview import FileColumn
from app.web.forms.base import StaffForm
from app.web.forms.options import options
from app.web.forms.rounds import MISSING, NOT_A_DATE, TOO_LONG, UNCHOSEN

NONE = -1


class FrameForm(StaffForm):
    """What a frame is to cover."""

    kind = RadioField(
        _l("Loại danh sách"),
        choices=options(KINDS.items()),
        default="dossier",
        validators=[InputRequired(UNCHOSEN)],
    )
    name = StringField(
        _l("Tên danh sách"),
        description=_l("Ví dụ: Hồ sơ đã trả kết quả từ 1/1 đến 30/9/2026"),
        validators=[DataRequired(MISSING), TOO_LONG],
    )
    province_id = SelectField(
        _l("Tỉnh, thành phố"), coerce=int, validators=[InputRequired(UNCHOSEN)]
    )
    period_from = DateField(
        _l("Từ ngày"),
        description=_l("Ngày trả kết quả đầu tiên được tính."),
        validators=[InputRequired(NOT_A_DATE)],
    )
    period_to = DateField(
        _l("Đến hết ngày"),
        description=_l("Đơn vị hành chính được hiểu theo ngày này."),
        validators=[InputRequired(NOT_A_DATE)],
    )
    contacts_delete_on = DateField(
        _l("Xóa thông tin liên hệ vào ngày"),
        description=_l(
            "Họ tên, điện thoại, địa chỉ được niêm phong riêng và tự xóa vào ngày này. Chọn ngày "
            "sau khi điều tra và phúc tra xong."
        ),
        validators=[InputRequired(NOT_A_DATE)],
    )
    simulated = BooleanField(
        _l("Dùng dữ liệu mô phỏng"),
        description=_l("Chỉ chọn khi tập huấn hoặc chạy thử."),
    )


class FilesForm(StaffForm):
    """Files for a frame."""

    files = MultipleFileField(
        _l("Các tệp danh sách"),
        description=_l(
            "Chọn nhiều tệp cùng lúc bằng phím Ctrl hoặc Shift. Nhận tệp .xlsx và .csv (UTF-8)."
        ),
    )


class FileColumnsForm(StaffForm):
    """What holds for the whole file; :func:`columns_form` adds a field for each target."""

    key_digits = IntegerField(
        _l("Số chữ số của mã, nếu mã chỉ gồm chữ số"),
        description=_l("Để thêm lại các số 0 ở đầu mà Excel đã bỏ. Để trống nếu không cần."),
        validators=[Optional(), NumberRange(2, 40, _l("Từ 2 đến 40."))],
    )
    place = StringField(
        _l("Cả tệp là của một nơi"),
        description=_l(
            "Tên xã, phường hoặc trung tâm, khi tệp không có cột này. Để trống: lấy theo tiêu đề "
            "bảng hoặc tên tệp."
        ),
        validators=[Optional(), Length(max=200)],
    )


class DecisionsForm(StaffForm):
    """Which unit each name means; :func:`decisions_form` adds a field for each name."""


def columns_form(
    columns: Iterable[FileColumn], kind: str, chosen: Mapping[str, int], place: str
) -> FileColumnsForm:
    """Make the form with one field per target: which column of the file holds it."""
    listed = [SelectChoice(NONE, _("— không có —"))]
    listed += [SelectChoice(each.index, _named(each)) for each in columns]
    names = targets.names_of(kind)
    fields = {
        column_field(name): SelectField(target_name(name, kind), choices=listed, coerce=int)
        for name in names
    }
    form_class = type("ColumnsOfFrameFile", (FileColumnsForm,), fields)
    entered = {column_field(name): chosen.get(name, NONE) for name in names}
    form: FileColumnsForm = form_class(data=entered | {"place": place})
    return form


def column_field(name: str) -> str:
    """Name of the field of a target."""
    return f"column_{name}"


def chosen_columns(form: FileColumnsForm, kind: str) -> dict[str, int]:
    """Columns as a person chose them."""
    found = {}
    for name in targets.names_of(kind):
        index = form[column_field(name)].data
        if index is not None and index != NONE:
            found[name] = index
    return found


def decisions_form(names: Iterable[tuple[str, str, list[tuple[str, str]], str]]) -> DecisionsForm:
    """Make the form with one field per name.

    Parameters
    ----------
    names : iterable of (field, label, choices, chosen)
    """
    fields = {}
    entered = {}
    for field, label, choices, chosen in names:
        fields[field] = SelectField(
            label, choices=options([("", _("— chưa quyết định —")), *choices])
        )
        entered[field] = chosen
    form_class = type("DecisionsOfFrame", (DecisionsForm,), fields)
    form: DecisionsForm = form_class(data=entered)
    return form


def _named(column: FileColumn) -> str:
    header = column.header if len(column.header) <= 70 else column.header[:69] + "…"
    return f"{column.letter} · {header}" if header else column.letter
