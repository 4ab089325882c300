"""Forms of service centres and counters."""

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField
from wtforms.validators import DataRequired, Length, Optional

from app.services.codes import LONGEST_CODE, LONGEST_NAME
from app.web.forms.base import StaffForm

MISSING = _l("Xin nhập mục này.")
_NAME = Length(max=LONGEST_NAME, message=_l("Tối đa %(max)d ký tự."))
_PLAIN = {"autocapitalize": "off", "autocomplete": "off", "spellcheck": "false"}


class CentreForm(StaffForm):
    """Name and address of a centre."""

    name = StringField(_l("Tên trung tâm"), validators=[DataRequired(MISSING), _NAME])
    address = StringField(_l("Địa chỉ trụ sở"), validators=[Optional(), _NAME])


class CounterForm(StaffForm):
    """What a counter is called and handles."""

    number = StringField(
        _l("Số quầy"),
        description=_l("Như ghi trên biển của quầy, ví dụ: 05"),
        validators=[DataRequired(MISSING)],
        render_kw=_PLAIN,
    )
    name = StringField(
        _l("Tên quầy"),
        description=_l("Việc quầy làm, ví dụ: Hộ tịch và chứng thực"),
        validators=[DataRequired(MISSING), _NAME],
    )
    field = SelectField(
        _l("Lĩnh vực"),
        description=_l("Ý kiến được tổng hợp theo lĩnh vực này."),
        validators=[Optional()],
    )


class NewCounterForm(CounterForm):
    """A new counter; its code may be left to the program."""

    code = StringField(
        _l("Mã quầy"),
        description=_l(
            "Đứng trong địa chỉ in dưới mã QR: chữ thường không dấu, chữ số và dấu gạch nối. Để "
            "trống thì mã được đặt theo số quầy."
        ),
        validators=[Optional()],
        render_kw=_PLAIN | {"maxlength": LONGEST_CODE},
    )


class CodeForm(StaffForm):
    """Another code for a counter."""

    code = StringField(
        _l("Mã mới"),
        description=_l("Chữ thường không dấu, chữ số và dấu gạch nối."),
        validators=[DataRequired(MISSING)],
        render_kw=_PLAIN | {"maxlength": LONGEST_CODE},
    )
