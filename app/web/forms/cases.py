"""Forms of cases: what happened, what is asked for, the rule of a round, lists in and out."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    DecimalField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional
from wtforms.widgets import HiddenInput

from app.case_words import DISPOSITIONS, MODES
from app.services.cases.opening import LONGEST_NOTE
from app.web.forms.base import StaffForm
from app.web.forms.options import options
from app.web.forms.rounds import MISSING, UNCHOSEN
from surveys.fieldwork.dispositions import BY_CODE, may_follow

RANGE = _l("Xin nhập số từ %(min)s đến %(max)s.")
TOO_LONG = Length(max=LONGEST_NOTE, message=_l("Tối đa %(max)d ký tự."))
_MOMENT = "%Y-%m-%dT%H:%M"
_PRIVATE = _l("Không ghi số điện thoại, địa chỉ hay thông tin riêng của người dân.")


class VersionedForm(StaffForm):
    """A form about a case as it was seen."""

    version = IntegerField(widget=HiddenInput(), validators=[InputRequired()])


class HappenedForm(VersionedForm):
    """What happened to a case; `happened_form` offers the outcomes that may follow."""

    disposition = SelectField(_l("Kết quả lần này"), validators=[InputRequired(UNCHOSEN)])
    mode = RadioField(
        _l("Hình thức"), choices=options(MODES.items()), validators=[InputRequired(UNCHOSEN)]
    )
    at = DateTimeLocalField(
        _l("Lúc"), format=_MOMENT, validators=[InputRequired(_l("Xin nhập ngày giờ hợp lệ."))]
    )
    appointment_at = DateTimeLocalField(
        _l("Hẹn lúc"),
        description=_l("Chỉ ghi khi kết quả là “Đã hẹn”."),
        format=_MOMENT,
        validators=[Optional()],
    )
    note = TextAreaField(_l("Ghi chú"), description=_PRIVATE, validators=[Optional(), TOO_LONG])


class NoteForm(VersionedForm):
    """A note without anything having happened."""

    note = TextAreaField(
        _l("Ghi chú"), description=_PRIVATE, validators=[DataRequired(MISSING), TOO_LONG]
    )


class ReasonForm(VersionedForm):
    """Why a reserve, or an outcome taken back, is asked for."""

    reason = TextAreaField(
        _l("Lý do"), description=_PRIVATE, validators=[DataRequired(MISSING), TOO_LONG]
    )


class ContactForm(VersionedForm):
    """How to reach the person of a case."""

    name = StringField(_l("Họ và tên"), validators=[Optional(), Length(max=200)])
    phone = StringField(_l("Điện thoại"), validators=[Optional(), Length(max=50)])
    address = StringField(_l("Địa chỉ"), validators=[Optional(), Length(max=500)])


class RuleForm(StaffForm):
    """What a round asks of its fieldwork."""

    attempts = IntegerField(
        _l("Số lần tiếp cận ít nhất trước khi ghi “Không gặp được”"),
        validators=[InputRequired(MISSING), NumberRange(1, 10, RANGE)],
    )
    days = IntegerField(
        _l("Vào ít nhất bao nhiêu ngày khác nhau"),
        validators=[InputRequired(MISSING), NumberRange(1, 10, RANGE)],
    )
    parts = IntegerField(
        _l("Vào ít nhất bao nhiêu buổi khác nhau"),
        description=_l("Sáng, chiều (từ 12 giờ), tối (từ 18 giờ), cuối tuần."),
        validators=[InputRequired(MISSING), NumberRange(1, 4, RANGE)],
    )
    eligible_percent = DecimalField(
        _l("Tỷ lệ thuộc diện điều tra trong số chưa rõ (%)"),
        description=_l(
            "Để trống thì ước tính theo tỷ lệ đã biết (phương pháp tỷ lệ, CASRO). Chỉ nhập khi có "
            "căn cứ riêng."
        ),
        places=1,
        use_locale=False,
        validators=[Optional(), NumberRange(0, 100, RANGE)],
    )


class ListsForm(StaffForm):
    """Which lists for the Post are wanted; the communes are offered by the page."""

    communes = SelectField(_l("Xã, phường, đặc khu"), validators=[Optional()])
    form = RadioField(
        _l("Dạng tệp"),
        choices=options(
            [
                ("zip", _l("Mỗi xã một tệp Excel (ZIP)")),
                ("xlsx", _l("Một tệp Excel, mỗi xã một trang")),
                ("pdf", _l("Bản in để ký (PDF)")),
            ]
        ),
        default="zip",
        validators=[InputRequired(UNCHOSEN)],
    )
    everybody = BooleanField(
        _l("Gồm cả người đã xong"),
        description=_l("Nếu không chọn, danh sách chỉ có người còn phải tiếp cận."),
    )


class AssignForm(StaffForm):
    """The surveyor of a commune."""

    commune = SelectField(_l("Xã, phường, đặc khu"), validators=[InputRequired(UNCHOSEN)])
    assignee = StringField(
        _l("Họ và tên điều tra viên"),
        description=_l("Để trống là bỏ giao."),
        validators=[Optional(), Length(max=100, message=_l("Tối đa %(max)d ký tự."))],
    )


class OutcomesForm(StaffForm):
    """A list that came back."""

    file = FileField(
        _l("Danh sách đã ghi kết quả"),
        description=_l("Tệp .xlsx tải từ trang này và đã điền, hoặc .csv (UTF-8) cùng các cột."),
        validators=[FileRequired(_l("Xin chọn một tệp."))],
    )


def offer_outcomes(form: HappenedForm, now: str) -> HappenedForm:
    """Offer the outcomes that may follow the present one, first those with which work goes on."""
    codes = may_follow(now)
    # Nothing is chosen beforehand: an outcome is never recorded by oversight.
    groups = (
        (_l("Còn tiếp tục"), [code for code in codes if not BY_CODE[code].final]),
        (_l("Kết thúc"), [code for code in codes if BY_CODE[code].final]),
    )
    nothing = {str(_l("Chưa chọn")): options([("", "–")])}
    form.disposition.choices = nothing | {
        str(title): options((code, DISPOSITIONS[code]) for code in listed)
        for title, listed in groups
    }
    return form
