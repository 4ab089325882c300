"""Form of an order for a report: what only the agency knows."""

from flask_babel import lazy_gettext as _l
from wtforms import DateField, RadioField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from app.services.reports.letterhead import Letterhead
from app.web.forms.base import StaffForm
from app.web.forms.options import options

_MISSING = _l("Xin nhập mục này.")
_TOO_LONG = Length(max=200, message=_l("Tối đa %(max)d ký tự."))
_LANGUAGES = {"vi": _l("Tiếng Việt"), "en": _l("Tiếng Anh")}


class ReportForm(StaffForm):
    """An order for a report."""

    language = RadioField(
        _l("Ngôn ngữ của báo cáo"), choices=options(_LANGUAGES.items()), default="vi",
        validators=[InputRequired(_l("Xin chọn một mục."))],
    )  # fmt: skip
    day = DateField(_l("Ngày của văn bản"), validators=[InputRequired(_l("Xin nhập ngày hợp lệ."))])
    authority_above = StringField(
        _l("Cơ quan chủ quản"), description=_l("Ví dụ: UBND TỈNH QUẢNG NINH"),
        validators=[DataRequired(_MISSING), _TOO_LONG],
    )  # fmt: skip
    authority = StringField(
        _l("Cơ quan ban hành"), description=_l("Ví dụ: SỞ NỘI VỤ"),
        validators=[DataRequired(_MISSING), _TOO_LONG],
    )  # fmt: skip
    symbol = StringField(
        _l("Ký hiệu văn bản"),
        description=_l("Phần sau số văn bản, ví dụ: BC-SNV. Số do văn thư cấp khi ký."),
        validators=[DataRequired(_MISSING), Length(max=40, message=_l("Tối đa %(max)d ký tự."))],
    )
    place = StringField(_l("Địa danh"), validators=[DataRequired(_MISSING), _TOO_LONG])
    addressee = StringField(_l("Kính gửi"), validators=[Optional(), _TOO_LONG])
    authority_line = StringField(
        _l("Thẩm quyền ký"), description=_l("Ví dụ: KT. GIÁM ĐỐC. Để trống khi người đứng đầu ký."),
        validators=[Optional(), _TOO_LONG],
    )  # fmt: skip
    position = StringField(_l("Chức vụ người ký"), validators=[DataRequired(_MISSING), _TOO_LONG])
    signatory = StringField(_l("Họ và tên người ký"), validators=[Optional(), _TOO_LONG])
    recipients = TextAreaField(
        _l("Nơi nhận"), description=_l("Mỗi nơi một dòng."),
        validators=[Optional(), Length(max=1000, message=_l("Tối đa %(max)d ký tự."))],
    )  # fmt: skip

    def fill(self, letterhead: Letterhead) -> None:
        """Show what was used last."""
        for name, value in letterhead.to_json().items():
            self[name].data = "\n".join(value) if name == "recipients" else value

    def letterhead(self) -> Letterhead:
        """Read what was filled in."""
        lines = (self.recipients.data or "").splitlines()
        texts = {
            name: (self[name].data or "").strip()
            for name in (
                "authority_above", "authority", "symbol", "place", "addressee", "authority_line",
                "position", "signatory",
            )
        }  # fmt: skip
        recipients = tuple(line.strip(" -;.") for line in lines if line.strip(" -;."))
        return Letterhead(**texts, recipients=recipients)
