"""Forms of the plan of a sample."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from app.services.codes import LONGEST_NAME
from app.web.forms.base import StaffForm
from app.web.forms.decimals import PlainDecimalField
from app.web.forms.options import options
from app.web.forms.rounds import MISSING, UNCHOSEN

_PLAIN = {"autocomplete": "off", "spellcheck": "false", "inputmode": "text"}
RANGE = _l("Xin nhập số từ %(min)s đến %(max)s.")

SHAPE_NAMES = {
    "dossiers": _l("Chọn thẳng từng hồ sơ"),
    "centres-dossiers": _l("Chọn trung tâm trước, rồi chọn hồ sơ trong trung tâm"),
    "villages-people": _l("Chọn thôn, khu phố trước, rồi chọn người trong thôn"),
    "communes-villages-people": _l("Chọn xã, rồi thôn, rồi chọn người trong thôn"),
}
SHAPE_TEXTS = {
    "dossiers": _l(
        "Nên dùng khi hỏi qua điện thoại hoặc tin nhắn. Chính xác nhất với cùng số người, và mọi "
        "đơn vị đều có kết quả riêng."
    ),
    "centres-dossiers": _l(
        "Khi phải đến tận nơi và không thể đến mọi trung tâm. Kết quả chỉ nói về toàn tỉnh."
    ),
    "villages-people": _l(
        "Nên dùng khi phỏng vấn tại nhà và mỗi xã cần kết quả riêng: xã nào cũng có thôn được chọn."
    ),
    "communes-villages-people": _l(
        "Khi chỉ cần kết quả toàn tỉnh: đi ít xã hơn, đỡ chi phí đi lại."
    ),
}
REPORT_NAMES = {
    "centre": _l("Từng trung tâm tiếp nhận"),
    "commune": _l("Từng xã, phường, đặc khu"),
    "agency": _l("Từng cơ quan giải quyết"),
    "field": _l("Từng lĩnh vực"),
    "home_commune": _l("Từng nơi cư trú của người nộp"),
    "channel": _l("Từng hình thức nộp"),
    "district": _l("Từng huyện (đợt trước ngày 01/7/2025)"),
    "difficult": _l("Vùng khó khăn và vùng còn lại"),
    "": _l("Chỉ toàn tỉnh"),
}
SPREAD_NAMES = {
    "systematic": _l("Rải đều theo lĩnh vực và ngày trả kết quả"),
    "srs": _l("Ngẫu nhiên đơn giản"),
}
ALLOCATION_NAMES = {
    "targets": _l("Vừa đủ độ chính xác"),
    "equal": _l("Bằng nhau"),
    "proportional": _l("Theo tỷ lệ"),
    "square-root": _l("Theo căn bậc hai"),
    "neyman": _l("Neyman"),
    "power": _l("Lũy thừa (Bankier)"),
}
ALLOCATION_TEXTS = {
    "targets": _l(
        "Nên dùng. Ít người nhất mà mọi đơn vị và toàn tỉnh đều đạt sai số đã chọn (Bethel)."
    ),
    "equal": _l("Đơn vị nào cũng phỏng vấn số người như nhau. Dễ giải thích."),
    "proportional": _l("Đơn vị đông hơn thì hỏi nhiều hơn. Tốt cho toàn tỉnh, yếu cho đơn vị nhỏ."),
    "square-root": _l("Ở giữa hai cách trên."),
    "neyman": _l("Sai số của toàn tỉnh nhỏ nhất với số người đã cho."),
    "power": _l("Dung hòa giữa toàn tỉnh và từng đơn vị, có xét độ phân tán."),
}


def percent_field(label: Any, low: float, high: float, **more: Any) -> PlainDecimalField:
    """Make a field in per cent."""
    return PlainDecimalField(
        label,
        validators=[InputRequired(MISSING), NumberRange(low, high, RANGE)],
        **more,
    )


def number_field(label: Any, low: int, high: int, **more: Any) -> IntegerField:
    """Make a field of whole numbers."""
    return IntegerField(
        label, validators=[InputRequired(MISSING), NumberRange(low, high, RANGE)], **more
    )


class NewPlanForm(StaffForm):
    """A frame and a name."""

    frame = SelectField(_l("Chọn mẫu từ danh sách nào?"), validators=[InputRequired(UNCHOSEN)])
    name = StringField(
        _l("Tên phương án"),
        description=_l("Ví dụ: Chọn mẫu khảo sát người dân năm 2026"),
        validators=[DataRequired(MISSING), Length(max=LONGEST_NAME)],
    )


class CopyPlanForm(NewPlanForm):
    """The same choices for another frame, e.g. next year's."""


class UploadPlanForm(NewPlanForm):
    """A plan written by hand."""

    text = TextAreaField(_l("Phương án (TOML)"), validators=[Optional()])
    file = FileField(_l("hoặc tệp .toml"))


class DesignForm(StaffForm):
    """How people or dossiers are drawn, and for whom results are shown."""

    shape = RadioField(_l("Chọn mẫu theo cách nào?"), validators=[InputRequired(UNCHOSEN)])
    report_by = SelectField(
        _l("Cần kết quả riêng cho"),
        description=_l("Mỗi đơn vị này sẽ có đủ người trả lời để công bố kết quả riêng."),
    )
    spread = RadioField(
        _l("Trong mỗi đơn vị, chọn hồ sơ thế nào?"), choices=options(SPREAD_NAMES.items())
    )
    once_a_year = BooleanField(
        _l("Tránh hỏi lại người đã được chọn trong 12 tháng qua"),
        description=_l("Chỉ dùng được khi chọn ngẫu nhiên đơn giản."),
    )
    one_per_person = BooleanField(
        _l("Mỗi người chỉ được chọn một lần, dù có nhiều hồ sơ"),
        description=_l(
            "Khi đó kết quả nói về người, không nói về hồ sơ; trọng số được tính theo số hồ sơ của "
            "từng người."
        ),
    )
    per_village = number_field(_l("Số người ở mỗi thôn (hoặc số hồ sơ ở mỗi trung tâm)"), 2, 500)
    villages_per_commune = number_field(_l("Số thôn ở mỗi xã được chọn"), 2, 50)


class SizeForm(StaffForm):
    """What decides the number of interviews."""

    size_by = RadioField(
        _l("Số người cần hỏi do điều gì quyết định?"),
        choices=options(
            [
                ("precision", _l("Sai số mong muốn (nên dùng)")),
                ("total", _l("Số người đã định sẵn, ví dụ theo kinh phí")),
            ]
        ),
    )
    margin_unit = percent_field(
        _l("Sai số của mỗi đơn vị, ± điểm phần trăm"), 0.5, 30,
        description=_l("±8 là thông dụng cho xã, phường; ±5 cần gấp hơn hai lần số người."),
    )  # fmt: skip
    margin_overall = percent_field(_l("Sai số của toàn tỉnh, ± điểm phần trăm"), 0.2, 20)
    total = number_field(_l("Số người trả lời của toàn tỉnh"), 2, 1_000_000)
    expected_rate = percent_field(
        _l("Tỷ lệ hài lòng dự đoán (%)"), 1, 99,
        description=_l("Lấy theo lần đo trước. Chưa biết thì nhập 50: cần nhiều người nhất."),
    )  # fmt: skip
    rates_from = SelectField(
        _l("Hoặc lấy tỷ lệ của từng đơn vị từ một đợt đã công bố"),
        description=_l("Khi đó sai số được tính cho từng thành phần của đợt ấy."),
    )
    response = percent_field(
        _l("Tỷ lệ người được chọn sẽ trả lời (%)"), 5, 100,
        description=_l("Phỏng vấn tại nhà thường 70–85; điện thoại thường 40–60."),
    )  # fmt: skip
    eligibility = percent_field(
        _l("Tỷ lệ người được chọn thuộc diện điều tra (%)"), 5, 100,
        description=_l("Trừ hồ sơ ghi nhầm, người đã chuyển đi, số điện thoại không tồn tại."),
    )  # fmt: skip
    icc = PlainDecimalField(
        _l("Mức giống nhau trong cùng một thôn (hệ số tương quan nội cụm)"),
        description=_l("Từ 0 đến 1. Các cuộc điều tra thái độ thường 0,02–0,05."),
        validators=[InputRequired(MISSING), NumberRange(0, 0.9, RANGE)],
    )
    minimum = number_field(
        _l("Số người trả lời tối thiểu để công bố kết quả của một đơn vị"), 10, 10_000
    )
    level = SelectField(
        _l("Độ tin cậy"), choices=options([("0.95", "95%"), ("0.9", "90%"), ("0.99", "99%")])
    )
    interview_cost = number_field(
        _l("Chi phí một cuộc phỏng vấn, đồng (để 0 nếu không tính)"), 0, 100_000_000
    )


class AllocationForm(StaffForm):
    """How interviews are shared out, and what happens when people do not answer."""

    allocation = RadioField(
        _l("Phân bổ số người cho các đơn vị"), choices=options(ALLOCATION_NAMES.items())
    )
    unanswered = RadioField(
        _l("Khi có người không trả lời"),
        choices=options(
            [
                ("more-cases", _l("Chọn dư ngay từ đầu, không thay thế (nên dùng)")),
                ("reserves", _l("Thay bằng người dự phòng, theo đúng thứ tự")),
            ]
        ),
    )
    reserve_share = percent_field(
        _l("Số dự phòng so với số chính thức (%)"), 0, 100,
        description=_l("PAPI dùng 50 (20 người chính thức, 10 dự phòng)."),
    )  # fmt: skip


class AnnounceForm(StaffForm):
    """Which round the draw is for."""

    round = SelectField(_l("Chọn mẫu cho đợt khảo sát"), validators=[InputRequired(UNCHOSEN)])
    reason = TextAreaField(
        _l("Lý do chọn lại"),
        description=_l("Chỉ cần khi đợt này đã có một lần chọn mẫu; ghi vào biên bản."),
        validators=[Optional(), Length(max=1_000)],
    )


class SeedForm(StaffForm):
    """The seed as it came about, and who saw it."""

    seed = StringField(
        _l("Số gieo"),
        description=_l(
            "Gõ đúng như gieo được hoặc đọc được, ví dụ 4 6 1 1 3 5 2 6 1 4. Nên có từ 10 lần gieo "
            "xúc xắc hoặc từ 6 chữ số xổ số trở lên."
        ),
        validators=[DataRequired(MISSING), Length(max=300)],
        render_kw=_PLAIN,
    )
    again = StringField(
        _l("Gõ lại số gieo"),
        validators=[DataRequired(MISSING), Length(max=300)],
        render_kw=_PLAIN,
    )
    source = StringField(
        _l("Số gieo lấy từ đâu?"),
        description=_l(
            "Ví dụ: mười lần gieo xúc xắc do đại diện Ủy ban Mặt trận Tổ quốc thực hiện"
        ),
        validators=[DataRequired(MISSING), Length(max=300)],
    )
    place = StringField(_l("Địa điểm"), validators=[DataRequired(MISSING), Length(max=300)])
    witnesses = TextAreaField(
        _l("Người chứng kiến"),
        description=_l(
            "Mỗi người một dòng: họ tên; chức vụ; cơ quan, tổ chức. Cần ít nhất hai người."
        ),
        validators=[DataRequired(MISSING), Length(max=3_000)],
        render_kw={"rows": 4},
    )
