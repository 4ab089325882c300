"""The form of targets of units."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, StringField, TextAreaField
from wtforms.validators import Optional

from app.web.forms.base import StaffForm
from app.web.forms.rounds import TOO_LONG


class UnitTargetsForm(StaffForm):
    """Where targets were set, and a table of them as a file or pasted."""

    source = StringField(
        _l("Văn bản đặt mục tiêu"),
        description=_l("Ví dụ: Kế hoạch cải cách hành chính của tỉnh năm 2026"),
        validators=[Optional(), TOO_LONG],
    )
    file = FileField(
        _l("Tệp mục tiêu"),
        description=_l("Tệp .xlsx tải từ trang này và đã điền, hoặc .csv (UTF-8) cùng các cột."),
    )
    pasted = TextAreaField(
        _l("Hoặc dán bảng vào đây"),
        description=_l(
            "Chép từ bảng tính, gồm cả dòng tiêu đề: cột Mã (hoặc Tên đơn vị) và mỗi chỉ tiêu "
            "một cột. Ghi theo phần trăm: 95; 95,5; 95%."
        ),
        validators=[Optional()],
    )
    clear = BooleanField(_l("Xóa mọi mục tiêu của đơn vị"))

    def validate(self, extra_validators: Any = None) -> bool:
        """Ask for a file, a pasted table, or that all be removed."""
        if not super().validate(extra_validators):
            return False
        if not (self.file.data or (self.pasted.data or "").strip() or self.clear.data):
            self.form_errors.append(str(_l("Xin chọn một tệp hoặc dán một bảng.")))
            return False
        return True
