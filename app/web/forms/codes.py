"""Forms of one-time codes: lists, their columns, orders, tokens and keys of systems."""

from collections.abc import Iterable, Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import (
    DateField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # stubs lag
from wtforms.validators import DataRequired, InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from app.code_sentences import ORDER_KINDS, SENDERS
from app.frame_sentences import target_name
from app.services.dossiers.reading import KIND, NAMES
from app.services.imports.preview import FileColumn
from app.web.forms.base import StaffForm
from app.web.forms.options import options
from app.web.forms.rounds import MISSING, NOT_A_DATE, TOO_LONG, UNCHOSEN

NONE = -1


class ListForm(StaffForm):
    """A list of closed dossiers, and its signed manifest if there is one."""

    file = FileField(
        _l("Danh sách hồ sơ đã trả kết quả"),
        description=_l("Tệp .xlsx hoặc .csv (UTF-8) xuất từ hệ thống một cửa."),
    )
    manifest = FileField(
        _l("Tệp chữ ký"),
        description=_l("Tệp .json đi kèm, nếu hệ thống một cửa có ký danh sách."),
    )


class ListColumnsForm(StaffForm):
    """What the columns of a list hold; :func:`columns_form` adds a field for each."""

    place = StringField(
        _l("Cả tệp là của một nơi"),
        description=_l("Tên hoặc mã trung tâm, khi tệp không có cột này."),
        validators=[Optional(), Length(max=200)],
    )


class OrderForm(StaffForm):
    """What is to be done with codes, of which dossiers, and how they go out."""

    kind = RadioField(
        _l("Việc cần làm"),
        choices=options(ORDER_KINDS.items()),
        default="issue",
        validators=[InputRequired(UNCHOSEN)],
    )
    centres = SelectMultipleField(
        _l("Các trung tâm"),
        description=_l("Không chọn trung tâm nào là tất cả."),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    closed_from = DateField(
        _l("Trả kết quả từ ngày"), validators=[Optional()]
    )  # fmt: skip
    closed_to = DateField(_l("Đến hết ngày"), validators=[Optional()])
    dossiers = TextAreaField(
        _l("Chỉ những hồ sơ này"),
        description=_l("Mỗi dòng một mã hồ sơ. Để trống là mọi hồ sơ theo các mục trên."),
        validators=[Optional(), Length(max=400_000)],
    )
    sender = RadioField(_l("Cách giao mã"), default="slips", validators=[InputRequired(UNCHOSEN)])
    form = SelectField(
        _l("Tệp tin nhắn"),
        choices=options([("xlsx", "Excel (.xlsx)"), ("csv", "CSV")]),
        default="xlsx",
    )
    alphabet = SelectField(
        _l("Chữ trong tin nhắn"),
        choices=options(
            [
                ("plain", _l("Không dấu, một tin 160 ký tự")),
                ("marked", _l("Có dấu, thường là hai tin")),
            ]
        ),
        default="plain",
    )
    url = SelectField(_l("Chuyển đến"), validate_choice=False)
    reason = TextAreaField(
        _l("Lý do"),
        description=_l("Một câu cho người duyệt; được ghi vào nhật ký."),
        validators=[DataRequired(MISSING), Length(max=500)],
    )


class TokenForm(StaffForm):
    """A token for a one-stop system."""

    name = StringField(
        _l("Tên hệ thống"),
        description=_l("Ví dụ: Hệ thống một cửa điện tử tỉnh Quảng Ninh"),
        validators=[DataRequired(MISSING), TOO_LONG],
    )
    province_id = SelectField(
        _l("Tỉnh, thành phố"), coerce=int, validators=[InputRequired(UNCHOSEN)]
    )
    expires_on = DateField(_l("Dùng đến hết ngày"), validators=[InputRequired(NOT_A_DATE)])


class SignerForm(StaffForm):
    """A key by which a one-stop system signs its lists."""

    name = StringField(_l("Tên hệ thống"), validators=[DataRequired(MISSING), TOO_LONG])
    province_id = SelectField(
        _l("Tỉnh, thành phố"), coerce=int, validators=[InputRequired(UNCHOSEN)]
    )
    public_key = StringField(
        _l("Khóa công khai Ed25519"),
        description=_l("64 chữ số thập lục phân."),
        validators=[DataRequired(MISSING), Length(max=200)],
    )


def order_form(
    centres: Iterable[tuple[str, str]], urls: Iterable[str], **values: object
) -> OrderForm:
    """Make the form of an order; calls to a system are offered only where one may be called."""
    form = OrderForm(**values)
    urls = list(urls)
    form.centres.choices = options(centres)
    form.url.choices = options((url, url) for url in urls)
    offered = [(name, said) for name, said in SENDERS.items() if name != "webhook" or urls]
    form.sender.choices = options(offered)
    return form


def columns_form(columns: Iterable[FileColumn], chosen: Mapping[str, int]) -> ListColumnsForm:
    """Make the form with one field per thing a list is read for."""
    listed = [SelectChoice(NONE, _("— không có —"))]
    listed += [SelectChoice(each.index, _named(each)) for each in columns]
    fields = {
        column_field(name): SelectField(target_name(name, KIND), choices=listed, coerce=int)
        for name in NAMES
    }
    form_class = type("ColumnsOfDossierList", (ListColumnsForm,), fields)
    form: ListColumnsForm = form_class(
        data={column_field(name): chosen.get(name, NONE) for name in NAMES}
    )
    return form


def column_field(name: str) -> str:
    """Name of the field of a target."""
    return f"column_{name}"


def chosen_columns(form: ListColumnsForm) -> dict[str, int]:
    """Columns as a person chose them."""
    found = {}
    for name in NAMES:
        index = form[column_field(name)].data
        if index is not None and index != NONE:
            found[name] = index
    return found


def _named(column: FileColumn) -> str:
    header = column.header if len(column.header) <= 70 else column.header[:69] + "…"
    return f"{column.letter} · {header}" if header else column.letter
