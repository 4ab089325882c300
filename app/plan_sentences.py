"""What a plan of a sample says and what is wrong with it, in sentences an official can act on.

The codes are those of `surveys.sampling`. A per cent sign is written twice.
"""

from collections.abc import Iterator, Mapping

from flask_babel import format_decimal
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from surveys.sampling.plan import Fault, Plan, Stage
from surveys.sampling.schema import (
    ALL,
    BERNOULLI,
    CIRCULAR,
    PARETO,
    POISSON,
    POSITION,
    PPS_SYSTEMATIC,
    ROW,
    SAMPFORD,
    SRS,
    SYSTEMATIC,
)
from surveys.sampling.warnings import Warned

# Sizes and allocations (surveys.sampling.errors).
SIZES = {
    "value.out-of-range": _l("Giá trị %(value)s của “%(name)s” nằm ngoài khoảng cho phép."),
    "value.one-of": _l("Chỉ được nhập một trong các mục: %(names)s."),
    "strata.none": _l("Không có đơn vị nào để phân bổ số người."),
    "strata.unequal-lengths": _l("Số liệu theo đơn vị không khớp: %(name)s."),
    "strata.duplicate": _l("Đơn vị %(label)s có hai lần."),
    "bounds.reversed": _l("Số tối thiểu lớn hơn số tối đa ở: %(labels)s."),
    "size.below-minimum": _l(
        "Số người đã chọn (%(size)s) ít hơn mức tối thiểu của các đơn vị cộng lại (%(least)s). Hãy "
        "tăng số người hoặc giảm mức tối thiểu."
    ),
    "size.above-maximum": _l(
        "Số người đã chọn (%(size)s) nhiều hơn số người có thể hỏi được (%(most)s)."
    ),
    "label.unknown": _l("Không có đơn vị hoặc thành phần “%(label)s”."),
    "targets.none": _l("Chưa đặt sai số mong muốn."),
    "targets.unreachable": _l(
        "Hỏi tất cả mọi người cũng không đạt sai số mong muốn ở: %(targets)s. Hãy chọn sai số rộng "
        "hơn."
    ),
    "allocation.not-converged": _l(
        "Không tìm được cách phân bổ sau %(iterations)s bước tính. Hãy chọn cách phân bổ khác."
    ),
}

# Faults of plans (surveys.sampling.plan_faults).
FAULTS = {
    "plan.syntax": _l("Tệp không đúng cú pháp TOML: %(value)s."),
    "key.missing": _l("Thiếu mục này."),
    "key.unknown": _l("Không có mục nào tên như vậy; hãy xem lại chính tả."),
    "key.not-for": _l("Mục này không dùng cùng phương pháp chọn của bậc (giá trị %(value)s)."),
    "value.wrong-type": _l("Giá trị không đúng kiểu: %(value)s."),
    "value.empty": _l("Giá trị để trống."),
    "value.out-of-range": _l("Giá trị %(value)s nằm ngoài khoảng cho phép."),
    "value.unknown": _l("Không có lựa chọn “%(value)s”."),
    "value.repeated": _l("“%(value)s” được ghi hai lần."),
    "stage.count": _l("Phương án phải có từ một đến ba bậc chọn, không phải %(value)s."),
    "stage.unit-repeated": _l("Hai bậc cùng chọn “%(value)s”."),
    "stage.row-not-last": _l("Sau bậc chọn dòng chỉ có thể là bậc chọn người theo thứ tự."),
    "stage.position-not-last": _l("Chọn người theo thứ tự phải là bậc cuối cùng."),
    "stage.position-first": _l("Chọn người theo thứ tự cần có bậc chọn thôn trước đó."),
    "take.missing": _l("Chưa ghi số lượng cần chọn."),
    "take.several": _l("Số lượng cần chọn được ghi theo nhiều cách; chỉ giữ một."),
    "take.none": _l("Chọn toàn bộ thì không ghi số lượng."),
    "bounds.reversed": _l("Số tối thiểu lớn hơn số tối đa (%(value)s)."),
    "overall.not-last": _l("Xác suất chọn chung chỉ đặt được ở bậc cuối."),
    "certainty.random-rounding": _l(
        "Không làm tròn ngẫu nhiên được khi có đơn vị chắc chắn được chọn."
    ),
    "coordination.needs-rows": _l("Chỉ tránh hỏi lại được khi bậc cuối chọn từng dòng."),
    "coordination.method": _l("Phương pháp %(value)s không tránh hỏi lại được; hãy dùng srs."),
    "coordination.room-missing": _l("Thiếu phần dải số ngẫu nhiên dành cho đợt này (room)."),
    "person.needs-rows": _l("Mỗi người một lần chỉ dùng được khi bậc cuối chọn từng dòng."),
    "frame.kind": _l("Phương án dành cho loại danh sách khác (%(value)s)."),
    "frame.hash": _l("Phương án được lập cho một danh sách khác."),
    "frame.empty": _l("Danh sách không có dòng nào."),
    "column.unknown": _l("Danh sách không có cột “%(value)s”."),
    "column.not-number": _l("Cột “%(value)s” không phải là số nguyên."),
    "column.not-constant": _l("Cột “%(value)s” có nhiều giá trị trong cùng một đơn vị."),
    "column.not-codes": _l("Cột “%(value)s” không phải là cột phân loại."),
    "size.too-large": _l("Quy mô %(value)s quá lớn."),
    "size.all-zero": _l("Quy mô của mọi đơn vị ở “%(value)s” bằng 0 nên không chọn được."),
    "take.unknown-label": _l("Không có nhóm “%(value)s” trong danh sách; hãy xóa hoặc sửa tên."),
    "take.no-amount": _l("Chưa ghi số lượng cần chọn cho nhóm “%(value)s”."),
    "certainty.unknown-unit": _l("Không có đơn vị “%(value)s” để chọn chắc chắn."),
    "certainty.unknown-value": _l("Không có giá trị “%(value)s” để chọn chắc chắn."),
    "certainty.above-take": _l(
        "Số đơn vị chắc chắn được chọn nhiều hơn số lượng cần chọn ở “%(value)s”."
    ),
    "sampford.too-large": _l(
        "Nhóm “%(value)s” quá lớn đối với phương pháp Sampford; hãy dùng pps-systematic."
    ),
    "prn.missing": _l(
        "Danh sách không có số ngẫu nhiên cố định của từng người nên không tránh hỏi lại được."
    ),
    "coordination.no-gap": _l(
        "Các đợt trước đã dùng hết dải số ngẫu nhiên; không còn ai chưa được hỏi. Hãy bỏ bớt đợt "
        "cũ."
    ),
}

# Reservations about plans (surveys.sampling.warnings).
WARNINGS = {
    "take.above-population": _l("%(n)s nhóm có ít đơn vị hơn số cần chọn nên được chọn hết."),
    "take.zero": _l("%(n)s nhóm có đơn vị nhưng không chọn đơn vị nào."),
    "stratum.one-unit": _l(
        "%(n)s tầng chỉ chọn một đơn vị ở bậc đầu: không tính được sai số nếu không gộp tầng."
    ),
    "size.zero": _l("%(n)s đơn vị có quy mô bằng 0 nên không thể được chọn."),
    "unit.empty": _l("%(n)s đơn vị có thể được chọn nhưng không có ai bên trong."),
    "probability.capped": _l("%(n)s đơn vị lớn đến mức chắc chắn được chọn."),
    "label.empty": _l("%(n)s dòng không ghi đơn vị hoặc tầng."),
    "reserves.short": _l("%(n)s nhóm không đủ đơn vị để dự phòng."),
    "coordination.room-short": _l(
        "%(n)s nhóm cần nhiều người hơn phần dành cho đợt này: có thể hỏi lại một số người."
    ),
    "person.several": _l("%(n)s hồ sơ thuộc về người có nhiều hồ sơ trong danh sách."),
    "sample.empty": _l("Không đơn vị nào được chọn theo phương án này."),
}

UNITS = {
    ROW: _l("dòng của danh sách"),
    POSITION: _l("người, theo thứ tự trong sổ của thôn"),
    "centre": _l("trung tâm"),
    "commune": _l("xã, phường, đặc khu"),
    "district": _l("huyện"),
    "village": _l("thôn, khu phố"),
}
COLUMNS = {
    "centre": _l("trung tâm tiếp nhận"),
    "commune": _l("xã, phường, đặc khu"),
    "agency": _l("cơ quan giải quyết"),
    "field": _l("lĩnh vực"),
    "procedure": _l("thủ tục"),
    "home_commune": _l("nơi cư trú"),
    "channel": _l("hình thức nộp"),
    "applicant": _l("cá nhân hay tổ chức"),
    "district": _l("huyện"),
    "difficult": _l("vùng khó khăn"),
    "received_on": _l("ngày tiếp nhận"),
    "returned_on": _l("ngày trả kết quả"),
    "due_on": _l("ngày hẹn trả"),
    "households": _l("số hộ"),
    "people": _l("số nhân khẩu"),
    "rows": _l("số hồ sơ"),
}
METHODS = {
    ALL: _l("chọn toàn bộ"),
    SRS: _l("chọn ngẫu nhiên đơn giản"),
    SYSTEMATIC: _l("chọn hệ thống với khoảng cách thập phân"),
    CIRCULAR: _l("chọn hệ thống vòng tròn"),
    BERNOULLI: _l("chọn Bernoulli (từng đơn vị độc lập)"),
    PPS_SYSTEMATIC: _l("chọn hệ thống với xác suất tỷ lệ với quy mô"),
    SAMPFORD: _l("chọn Sampford với xác suất tỷ lệ với quy mô"),
    PARETO: _l("chọn Pareto với xác suất tỷ lệ với quy mô"),
    POISSON: _l("chọn Poisson với xác suất tỷ lệ với quy mô"),
}


def size_sentence(code: str, context: Mapping[str, str]) -> str:
    """Say why sizes or an allocation could not be worked out."""
    return str(SIZES[code]) % context


def fault_sentence(fault: Fault) -> str:
    """Say what is wrong with a plan, and where."""
    place: list[str] = []
    if fault.line:
        place.append(_("dòng %(line)d", line=fault.line))
    if fault.stage:
        place.append(_("bậc %(stage)d", stage=fault.stage))
    if fault.key:
        place.append(f"“{fault.key}”")
    said = str(FAULTS[fault.code]) % {"value": fault.value}
    where = ", ".join(place)
    if not where:
        return said
    return f"{where[:1].upper()}{where[1:]}: {said}"


def warning_sentence(warned: Warned, names: Mapping[str, str]) -> str:
    """Say what an official should know, with some of the places it is about."""
    said = str(WARNINGS[warned.code]) % {"n": warned.count}
    places = [
        names.get(place) or str(COLUMNS.get(place, place)) for place in warned.places if place
    ]
    return f"{said.removesuffix('.')} ({', '.join(places)})." if places else said


def plan_in_words(plan: Plan) -> tuple[str, ...]:
    """Tell a plan in sentences, one a stage and one for what else it asks for."""
    return tuple(_sentences(plan))


def _sentences(plan: Plan) -> Iterator[str]:
    if plan.one_per_person:
        yield _("Mỗi người có nhiều hồ sơ: lấy ngẫu nhiên một hồ sơ của người đó trước khi chọn.")
    for number, stage in enumerate(plan.stages, start=1):
        yield _(
            "Bậc %(number)d: chọn %(unit)s; %(method)s.",
            number=number, unit=_unit(plan, stage), method=_method(stage),
        ) + "".join(f" {part}" for part in _details(stage))  # fmt: skip
    if plan.reserves is not None:
        if plan.reserves.share is not None:
            yield _(
                "Dự phòng: %(share)s%% số chính thức của mỗi nhóm (làm tròn lên), chọn cùng lúc "
                "với mẫu chính thức, chỉ dùng theo thứ tự.",
                share=format_decimal(float(plan.reserves.share) * 100),
            )
        else:
            yield _(
                "Dự phòng: %(n)d đơn vị mỗi nhóm, chọn cùng lúc với mẫu chính thức, chỉ dùng theo "
                "thứ tự.",
                n=plan.reserves.take or 0,
            )
    if plan.coordination is not None:
        yield _(
            "Dùng số ngẫu nhiên cố định của từng người để không hỏi lại người đã được chọn trong "
            "các đợt trước."
        )


def _unit(plan: Plan, stage: Stage) -> str:
    if stage.unit == ROW:
        return str(_("thôn, khu phố") if plan.frame == "area" else _("hồ sơ"))
    return str(UNITS.get(stage.unit, stage.unit))


def _method(stage: Stage) -> str:
    return str(METHODS[stage.method])


def _details(stage: Stage) -> Iterator[str]:
    if stage.strata:
        yield _("Phân tầng theo %(columns)s.", columns=_columns(stage.strata))
    if stage.order:
        yield _("Sắp xếp theo %(columns)s trước khi chọn.", columns=_columns(stage.order))
    if stage.size:
        yield _("Quy mô: %(column)s.", column=_columns((stage.size,)))
    wanted = stage.wanted
    if wanted is None:
        return
    if wanted.kind == "overall_take":
        total = wanted.everywhere or sum(wanted.by_label.values())
        yield _(
            "Tổng cộng khoảng %(n)s, chia sao cho ai (hồ sơ nào) trong cùng tầng cũng có xác suất "
            "như nhau.",
            n=format_decimal(float(total)),
        )
        return
    if wanted.everywhere is None:
        numbers = [float(number) for number in wanted.by_label.values()]
        if min(numbers) == max(numbers):
            yield _("Số lượng trong mỗi nhóm: %(n)s.", n=format_decimal(numbers[0]))
            return
        yield _(
            "Số lượng theo từng tầng, từ %(low)s đến %(high)s.",
            low=format_decimal(min(numbers)), high=format_decimal(max(numbers)),
        )  # fmt: skip
    elif wanted.kind in ("share", "overall_share"):
        yield _("Tỷ lệ chọn: %(share)s%%.", share=format_decimal(float(wanted.everywhere) * 100))
    else:
        yield _("Số lượng trong mỗi nhóm: %(n)s.", n=format_decimal(float(wanted.everywhere)))


def _columns(names: tuple[str, ...]) -> str:
    return ", ".join(str(COLUMNS.get(name, name)) for name in names)
