"""Forms of campaigns and rounds."""

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    DecimalField,
    Field,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from app.web.forms.base import StaffForm
from app.web.forms.options import options

MISSING = _l("Xin nhập mục này.")
UNCHOSEN = _l("Xin chọn một mục.")
TOO_LONG = Length(max=300, message=_l("Tối đa %(max)d ký tự."))
NOT_A_DATE = _l("Xin nhập ngày hợp lệ.")

SOURCE_NAMES = {
    "open": _l("Ai cũng có thể trả lời"),
    "sample": _l("Mẫu được chọn ngẫu nhiên"),
    "dossiers": _l("Mọi hồ sơ đã trả kết quả, bằng mã một lần"),
}
MODE_NAMES = {
    "web": _l("Tự trả lời trên điện thoại hoặc máy tính (mã QR, đường dẫn)"),
    "kiosk": _l("Màn hình đặt tại nơi phục vụ"),
    "tablet": _l("Điều tra viên phỏng vấn bằng máy tính bảng"),
    "phone": _l("Phỏng vấn qua điện thoại"),
    "paper": _l("Phiếu giấy, nhập liệu sau"),
}


class CampaignForm(StaffForm):
    """A new campaign."""

    name = StringField(
        _l("Tên chương trình"),
        description=_l("Ví dụ: Đo lường sự hài lòng của người dân tỉnh Quảng Ninh năm 2026"),
        validators=[DataRequired(MISSING), TOO_LONG],
    )
    name_en = StringField(_l("Tên tiếng Anh"), validators=[Optional(), TOO_LONG])
    province_id = SelectField(
        _l("Tỉnh, thành phố"), coerce=int, validators=[InputRequired(UNCHOSEN)]
    )
    simulated = BooleanField(
        _l("Dùng dữ liệu mô phỏng"),
        description=_l(
            "Chỉ chọn khi tập huấn hoặc chạy thử. Mọi trang và tệp kết quả sẽ ghi rõ là số liệu "
            "mô phỏng."
        ),
    )


class RoundForm(StaffForm):
    """A new round, or a draft that is changed."""

    name = StringField(
        _l("Tên đợt khảo sát"),
        description=_l("Ví dụ: Đánh giá tại quầy, quý IV năm 2026"),
        validators=[DataRequired(MISSING), TOO_LONG],
    )
    name_en = StringField(_l("Tên tiếng Anh"), validators=[Optional(), TOO_LONG])
    opens_on = DateField(_l("Ngày đầu nhận câu trả lời"), validators=[InputRequired(NOT_A_DATE)])
    closes_on = DateField(_l("Ngày cuối nhận câu trả lời"), validators=[InputRequired(NOT_A_DATE)])
    questionnaire = RadioField(_l("Phiếu hỏi"), validators=[InputRequired(UNCHOSEN)])
    source = RadioField(
        _l("Ai trả lời?"),
        choices=options(SOURCE_NAMES.items()),
        validators=[InputRequired(UNCHOSEN)],
    )
    modes = SelectMultipleField(
        _l("Trả lời bằng cách nào?"),
        choices=options(MODE_NAMES.items()),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validators=[InputRequired(_l("Xin chọn ít nhất một cách."))],
    )
    population = TextAreaField(
        _l("Kết quả nói về ai?"),
        description=_l(
            "Một câu, được in trên mọi kết quả. Ví dụ: Người dân đã nhận kết quả thủ tục hành "
            "chính tại các trung tâm trong năm 2026."
        ),
        validators=[DataRequired(MISSING), TOO_LONG],
    )
    population_en = TextAreaField(_l("Câu này bằng tiếng Anh"), validators=[Optional(), TOO_LONG])
    min_n = IntegerField(
        _l("Số người trả lời tối thiểu để công bố một con số"),
        description=_l("Con số dựa trên ít người hơn sẽ được che để không ai bị nhận ra."),
        default=30,
        validators=[
            InputRequired(MISSING),
            NumberRange(10, 10_000, _l("Xin nhập số từ %(min)d đến %(max)d.")),
        ],
    )
    code_days = IntegerField(
        _l("Mã một lần dùng được trong bao nhiêu ngày"),
        description=_l("Chỉ dùng khi mời từng hồ sơ bằng mã một lần; tính từ ngày cấp mã."),
        default=30,
        validators=[
            InputRequired(MISSING),
            NumberRange(1, 366, _l("Xin nhập số từ %(min)d đến %(max)d.")),
        ],
    )
    level = SelectField(
        _l("Độ tin cậy của khoảng ước lượng"),
        choices=options([("0.95", "95%"), ("0.9", "90%"), ("0.99", "99%")]),
        default="0.95",
    )
    relative_width = IntegerField(
        _l("Sai số tương đối lớn nhất được công bố, phần trăm"),
        description=_l(
            "Ví dụ 20: con số 40 phần trăm chỉ được công bố khi khoảng tin cậy không rộng hơn ±8 "
            "điểm phần trăm. Để trống thì chỉ dùng giới hạn ±15 điểm phần trăm. Không áp dụng cho "
            "phiếu tự nguyện, vì ở đó không có sai số."
        ),
        validators=[
            Optional(),
            NumberRange(1, 100, _l("Xin nhập số từ %(min)d đến %(max)d.")),
        ],
    )
    code = StringField(
        _l("Mã đợt"),
        description=_l(
            "Đứng trong địa chỉ của trang kết quả: chữ thường không dấu, chữ số và dấu gạch nối. "
            "Để trống thì mã được đặt theo tên."
        ),
        validators=[Optional(), Length(max=40, message=_l("Tối đa %(max)d ký tự."))],
    )


class ConfirmForm(StaffForm):
    """A button and the token that proves it stands on our page."""


def targets_form(nodes: dict[str, str]) -> type[StaffForm]:
    """Make the form of a round's targets: one percentage per node of its method.

    Parameters
    ----------
    nodes : dict of str to str
        Code of the node → its title.
    """

    class TargetsForm(StaffForm):
        """Targets in per cent, and where they were set."""

        source = StringField(
            _l("Văn bản đặt mục tiêu"),
            description=_l("Ví dụ: Kế hoạch cải cách hành chính của tỉnh năm 2026"),
            validators=[Optional(), TOO_LONG],
        )

        def values(self) -> dict[str, float]:
            """Return the targets that were entered, as shares between 0 and 1."""
            fields: dict[str, Field] = {node: self[f"target_{node}"] for node in nodes}
            return {
                node: float(field.data) / 100
                for node, field in fields.items()
                if field.data is not None
            }

    for node, title in nodes.items():
        field = DecimalField(
            f"{title} (%)",
            places=1,
            use_locale=False,
            validators=[
                Optional(),
                NumberRange(0, 100, _l("Xin nhập số từ %(min)d đến %(max)d.")),
            ],
        )
        setattr(TargetsForm, f"target_{node}", field)
    return TargetsForm
