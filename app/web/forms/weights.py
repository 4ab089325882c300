"""Forms of weights: control totals, the recipe with its options for experts."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    DecimalField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from app.services.weighting.recipe import (
    Calibrated,
    Greg,
    Nonresponse,
    Propensity,
    Rake,
    Recipe,
    Trim,
    Unknown,
)
from app.web.forms.base import StaffForm
from app.web.forms.options import options
from app.web.forms.rounds import MISSING, UNCHOSEN

RANGE = _l("Xin nhập số từ %(min)s đến %(max)s.")


class TicksField(SelectMultipleField):
    """Several of a list, as tick boxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class ControlsForm(StaffForm):
    """A file of control totals."""

    file = FileField(
        _l("Tệp tổng kiểm soát"),
        description=_l(
            "Tệp .xlsx hoặc .csv (UTF-8): một hoặc vài cột ghi nhóm (ví dụ Lĩnh vực; hoặc Giới "
            "tính, Nhóm tuổi, Nơi ở) và một cột số tên là “Tổng số”. Mỗi dòng một nhóm."
        ),
        validators=[FileRequired(_l("Xin chọn một tệp."))],
    )
    name = StringField(
        _l("Tên gọi"),
        description=_l("Ví dụ: Dân số từ 18 tuổi theo giới tính và nhóm tuổi, 1/4/2026."),
        validators=[
            InputRequired(MISSING), Length(max=200, message=_l("Tối đa %(max)d ký tự.")),
        ],
    )  # fmt: skip
    counted = RadioField(
        _l("Các con số đếm ai?"),
        choices=options(
            [
                ("people", _l("Những người thuộc diện điều tra")),
                ("list", _l("Mọi dòng của danh sách chọn mẫu")),
            ]
        ),
        default="people",
        validators=[InputRequired(UNCHOSEN)],
    )


class FrameControlsForm(StaffForm):
    """A margin that the frame knows."""

    columns = TicksField(_l("Đếm theo"), validators=[InputRequired(UNCHOSEN)])


class RecipeForm(StaffForm):
    """The steps and their options; `recipe_form` fills in what a recipe says."""

    unknown = RadioField(
        _l("Người chưa rõ có thuộc diện điều tra hay không"),
        choices=options(
            [
                ("spread", _l("Chia trọng số của họ cho những người đã rõ")),
                ("none", _l("Bỏ qua, coi như không thuộc diện")),
            ]
        ),
        validators=[InputRequired(UNCHOSEN)],
    )
    unknown_within = TicksField(_l("Chia trong từng nhóm theo"), validators=[Optional()])
    nonresponse = RadioField(
        _l("Người không trả lời"),
        choices=options(
            [
                ("classes", _l("Bù theo nhóm")),
                ("propensity", _l("Bù theo mô hình khả năng trả lời (logit)")),
                ("none", _l("Không bù")),
            ]
        ),
        validators=[InputRequired(UNCHOSEN)],
    )
    classes_by = TicksField(_l("Chia nhóm theo"), validators=[Optional()])
    thin = SelectField(
        _l("Nhóm có quá ít người trả lời"),
        choices=options(
            [
                ("neighbour", _l("Gộp với nhóm bên cạnh")),
                ("parent", _l("Bỏ bớt cột chia nhóm cuối cùng")),
                ("keep", _l("Giữ nguyên, chỉ nêu ra")),
                ("fail", _l("Không làm tiếp")),
            ]
        ),
        validators=[InputRequired(UNCHOSEN)],
    )
    minimum = IntegerField(
        _l("Số người trả lời tối thiểu của một nhóm"),
        validators=[InputRequired(MISSING), NumberRange(1, 1000, RANGE)],
    )
    model_by = TicksField(_l("Mô hình gồm"), validators=[Optional()])
    model_classes = IntegerField(
        _l("Số nhóm theo khả năng trả lời"),
        description=_l("0: nhân thẳng với nghịch đảo của khả năng trả lời."),
        validators=[InputRequired(MISSING), NumberRange(0, 100, RANGE)],
    )
    controls = TicksField(_l("Tổng kiểm soát được dùng"), validators=[Optional()])
    method = RadioField(
        _l("Cách khớp"),
        choices=options(
            [
                ("rake", _l("Raking (nhân lần lượt theo từng bảng)")),
                ("linear", _l("GREG tuyến tính")),
                ("raking", _l("GREG khoảng cách raking")),
                ("logit", _l("GREG logit có giới hạn")),
            ]
        ),
        validators=[InputRequired(UNCHOSEN)],
    )
    lower = DecimalField(
        _l("Giới hạn dưới của hệ số"), places=2, use_locale=False,
        validators=[Optional(), NumberRange(0, 1, RANGE)],
    )  # fmt: skip
    upper = DecimalField(
        _l("Giới hạn trên của hệ số"), places=2, use_locale=False,
        validators=[Optional(), NumberRange(1, 1000, RANGE)],
    )  # fmt: skip
    largest_factor = DecimalField(
        _l("Không làm tiếp nếu trọng số phải đổi quá số lần này"), places=1, use_locale=False,
        validators=[InputRequired(MISSING), NumberRange(1.1, 1000, RANGE)],
    )  # fmt: skip
    max_iterations = IntegerField(
        _l("Số lượt tối đa"), validators=[InputRequired(MISSING), NumberRange(1, 100000, RANGE)]
    )
    trim = BooleanField(_l("Cắt bớt trọng số quá lớn"))
    times_median = DecimalField(
        _l("Trọng số lớn nhất bằng bao nhiêu lần trọng số ở giữa (trung vị)"), places=1,
        use_locale=False, validators=[InputRequired(MISSING), NumberRange(1.1, 1000, RANGE)],
    )  # fmt: skip
    redistribute = SelectField(
        _l("Phần bị cắt"),
        choices=options(
            [
                ("proportionally", _l("Chia cho những người khác theo trọng số của họ")),
                ("equally", _l("Chia đều cho những người khác")),
                ("none", _l("Bỏ đi")),
            ]
        ),
        validators=[InputRequired(UNCHOSEN)],
    )
    restore = BooleanField(_l("Khớp lại tổng kiểm soát sau khi cắt"))


class WeightsChoiceForm(StaffForm):
    """Which weights the figures are worked out with; the newest, if nothing is chosen."""

    weights = RadioField(_l("Trọng số dùng để tính"), validators=[Optional()])
    another = BooleanField(_l("Lập thêm một lần công bố nếu kết quả khác lần trước"))


def entered_of(recipe: Recipe) -> dict[str, Any]:
    """Turn a recipe into what stands in the form."""
    entered: dict[str, Any] = {
        "unknown": "none", "nonresponse": "none", "thin": "neighbour", "minimum": 20,
        "model_classes": 5, "controls": [], "method": "rake", "largest_factor": 10.0,
        "max_iterations": 200, "trim": False, "times_median": 5.0,
        "redistribute": "proportionally", "restore": True,
    }  # fmt: skip
    for step in recipe.steps:
        match step:
            case Unknown():
                entered |= {"unknown": "spread", "unknown_within": list(step.within)}
            case Nonresponse():
                entered |= {
                    "nonresponse": "classes", "classes_by": list(step.within),
                    "thin": step.thin, "minimum": step.minimum,
                }  # fmt: skip
            case Propensity():
                entered |= {
                    "nonresponse": "propensity", "model_by": list(step.terms),
                    "model_classes": step.classes, "minimum": step.minimum,
                }  # fmt: skip
            case Calibrated():
                entered |= _of_calibration(step)
            case Trim():
                entered |= {
                    "trim": True, "times_median": step.times_median,
                    "redistribute": step.redistribute, "restore": step.restore,
                }  # fmt: skip
    return entered


def _of_calibration(step: Calibrated) -> dict[str, Any]:
    found: dict[str, Any] = {
        "controls": list(step.controls),
        "largest_factor": step.largest_factor,
    }
    if isinstance(step, Greg):
        found["method"] = step.distance
        if step.bounds:
            found |= {"lower": step.bounds[0], "upper": step.bounds[1]}
    if isinstance(step, Rake):
        found["max_iterations"] = step.max_iterations
    return found


def recipe_json(form: RecipeForm) -> dict[str, Any]:
    """Turn what was entered into a recipe as it is read."""
    steps: list[dict[str, Any]] = []
    if form.unknown.data == "spread":
        steps.append({"step": "unknown", "within": form.unknown_within.data or []})
    if form.nonresponse.data == "classes":
        steps.append(
            {
                "step": "nonresponse", "within": form.classes_by.data or [],
                "thin": form.thin.data, "minimum": form.minimum.data,
            }
        )  # fmt: skip
    if form.nonresponse.data == "propensity":
        steps.append(
            {
                "step": "propensity", "terms": form.model_by.data or [],
                "classes": form.model_classes.data, "minimum": form.minimum.data,
            }
        )  # fmt: skip
    if form.controls.data:
        steps.append(_calibration(form))
    if form.trim.data:
        steps.append(
            {
                "step": "trim", "times_median": float(form.times_median.data or 0),
                "redistribute": form.redistribute.data, "restore": bool(form.restore.data),
            }
        )  # fmt: skip
    return {"steps": steps}


def _calibration(form: RecipeForm) -> dict[str, Any]:
    common = {
        "controls": form.controls.data,
        "largest_factor": float(form.largest_factor.data or 0),
    }
    if form.method.data == "rake":
        return {"step": "rake", "max_iterations": form.max_iterations.data} | common
    bounds = [end for end in (form.lower.data, form.upper.data) if end is not None]
    return {
        "step": "greg", "distance": form.method.data,
        "bounds": [float(end) for end in bounds] if len(bounds) == 2 else [],
    } | common  # fmt: skip


def offered(form: RecipeForm, known: Sequence[tuple[str, str]], controls: Sequence[tuple[str, str]]
            ) -> RecipeForm:  # fmt: skip
    """Offer the columns known of everybody, and the control totals."""
    for field in (form.unknown_within, form.classes_by, form.model_by):
        field.choices = options(known)
    form.controls.choices = options(controls)
    return form
