"""Weights in words: steps, refusals with ways out, findings, for pages and commands.

A per cent sign is written twice.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _l

from app.i18n import current_language
from app.numbers import count, decimal, percent
from app.sentences import NOTES
from app.sentences import SENTENCES as COMMON
from app.services.weighting.controls import Control, Finding
from app.services.weighting.vocabulary import Vocabulary

STEPS = {
    "reserves": _l("Tính cả người dự phòng đã gọi thay"),
    "unknown": _l("Trường hợp chưa rõ có thuộc diện điều tra hay không"),
    "nonresponse": _l("Bù cho người không trả lời"),
    "propensity": _l("Bù cho người không trả lời, theo mô hình khả năng trả lời"),
    "rake": _l("Hiệu chỉnh theo tổng kiểm soát"),
    "greg": _l("Hiệu chỉnh theo tổng kiểm soát, phương pháp hồi quy (GREG)"),
    "trim": _l("Cắt bớt trọng số quá lớn"),
    "restore": _l("Hiệu chỉnh lại sau khi cắt"),
    "prepare": _l("Chụp câu trả lời và tập hợp các trường hợp không trả lời"),
    "keep": _l("Lưu bộ trọng số"),
}

WHY = {
    "unknown": _l(
        "Trọng số của người chưa rõ có thuộc diện điều tra được chia cho những người đã rõ, theo "
        "đúng tỷ lệ của họ."
    ),
    "nonresponse": _l(
        "Trong từng nhóm, người trả lời đại diện thêm cho người cùng nhóm đã được chọn nhưng không "
        "trả lời."
    ),
    "propensity": _l(
        "Mô hình logit ước tính khả năng trả lời của từng người; những người có khả năng gần nhau "
        "được xếp vào một nhóm, người trả lời đại diện thêm cho người không trả lời cùng nhóm."
    ),
    "rake": _l(
        "Trọng số được nhân lên hoặc giảm đi để tổng theo từng nhóm đúng bằng con số đã biết."
    ),
    "greg": _l(
        "Trọng số được chỉnh ít nhất có thể sao cho tổng theo từng nhóm đúng bằng con số đã biết."
    ),
    "trim": _l(
        "Vài trọng số quá lớn làm kết quả phụ thuộc vào vài người; phần vượt mức được chia lại cho "
        "những người khác."
    ),
    "restore": _l("Sau khi cắt, các tổng đã biết được làm cho khớp trở lại."),
}

# What went wrong, and what can be done: first the sentence, then ways out.
REFUSALS: Mapping[str, tuple[Any, tuple[Any, ...]]] = {
    "empty-cells": (
        _l("Có nhóm không có người trả lời nào để đại diện: %(cells)s."),
        (
            _l("Chọn ít cột hơn để chia nhóm, hoặc cho gộp nhóm nhỏ với nhóm bên cạnh."),
            _l("Với tổng kiểm soát: gộp các nhóm này trong tệp rồi nhập lại."),
        ),
    ),
    "thin-cells": (
        _l("Có nhóm ít người trả lời hơn mức tối thiểu: %(cells)s."),
        (
            _l("Chọn “gộp với nhóm bên cạnh” thay cho “không làm tiếp”."),
            _l("Hạ số người tối thiểu của một nhóm."),
        ),
    ),
    "cells-without-total": (
        _l("Có người trả lời ở nhóm không có trong tổng kiểm soát: %(cells)s."),
        (
            _l("Bổ sung các nhóm này vào tệp tổng kiểm soát rồi nhập lại."),
            _l("Bỏ tổng kiểm soát này khỏi công thức."),
        ),
    ),
    "missing-category": (
        _l("Có người trả lời không ghi mục mà tổng kiểm soát phân theo."),
        (
            _l("Bỏ tổng kiểm soát này khỏi công thức, hoặc dùng tổng kiểm soát theo mục khác."),
            _l("Nếu tệp câu trả lời thiếu cột này, hãy nhập đợt sau với đủ cột."),
        ),
    ),
    "calibration-not-converged": (
        _l(
            "Sau %(iterations)s lượt vẫn chưa khớp được mọi tổng kiểm soát; nhóm xa nhất: "
            "%(worst)s."
        ),
        (
            _l("Gộp bớt các nhóm có ít người trả lời trong tổng kiểm soát."),
            _l("Dùng ít tổng kiểm soát hơn, trước hết bỏ các bảng phân chéo nhiều chiều."),
            _l("Tăng số lượt tối đa trong phần tùy chọn nâng cao."),
        ),
    ),
    "calibration-impossible": (
        _l("Không có bộ trọng số nào trong giới hạn đã đặt khớp được các tổng kiểm soát."),
        (
            _l("Nới giới hạn tỷ lệ (ví dụ từ 0,3 đến 3)."),
            _l("Gộp bớt các nhóm có ít người trả lời trong tổng kiểm soát."),
        ),
    ),
    "totals-disagree": (
        _l("Các tổng kiểm soát cộng lại không bằng nhau."),
        (_l("Kiểm tra lại nguồn số liệu; các bảng phải nói về cùng một tập hợp."),),
    ),
    "weights.totals-apart": (
        _l(
            "“%(one)s” cộng lại là %(total)s, còn “%(other)s” là %(other_total)s: lệch %(share)s, "
            "quá mức 0,5%%."
        ),
        (
            _l("Kiểm tra lại nguồn số liệu; các bảng phải nói về cùng một tập hợp."),
            _l("Bỏ một trong hai khỏi công thức."),
        ),
    ),
    "weights.mixed": (
        _l(
            "Có tổng kiểm soát đếm mọi dòng của danh sách, có tổng chỉ đếm người thuộc diện điều "
            "tra; không dùng chung trong một bước được."
        ),
        (_l("Chỉ giữ một loại trong bước này."),),
    ),
    "weights.negative": (
        _l("%(n)s trọng số thành số âm hoặc bằng 0: hồi quy tuyến tính không giữ được số dương."),
        (
            _l("Chọn khoảng cách “logit có giới hạn” hoặc “raking” trong tùy chọn nâng cao."),
            _l("Gộp bớt các nhóm có ít người trả lời trong tổng kiểm soát."),
        ),
    ),
    "weights.exploding": (
        _l(
            "Có trọng số phải nhân với %(largest)s hoặc giảm còn %(smallest)s lần để khớp tổng "
            "kiểm soát, quá giới hạn %(limit)s lần. Nhóm cần xem: %(cell)s."
        ),
        (
            _l("Gộp nhóm này với nhóm gần nó trong tổng kiểm soát rồi nhập lại."),
            _l("Kiểm tra xem tổng kiểm soát có đúng đơn vị và đúng kỳ với danh sách không."),
            _l("Nếu chấp nhận được, nâng giới hạn trong tùy chọn nâng cao."),
        ),
    ),
    "weights.total-not-finite": (
        _l("Trọng số không còn là những con số hữu hạn."),
        (_l("Dùng ít tổng kiểm soát hơn hoặc gộp bớt nhóm."),),
    ),
    "trimming-impossible": (
        _l("Không giữ được tổng trọng số trong giới hạn đã đặt: %(cells)s."),
        (
            _l("Nâng mức trọng số lớn nhất."),
            _l("Không giữ tổng theo từng nhóm khi cắt."),
        ),
    ),
    "propensity-not-estimated": (
        _l("Không ước tính được mô hình khả năng trả lời."),
        (
            _l("Dùng ít cột hơn, hoặc cột có ít loại hơn."),
            _l("Dùng nhóm không trả lời thay cho mô hình."),
        ),
    ),
    "bad-bounds": (
        _l("Giới hạn không để chỗ cho trọng số nào."),
        (_l("Giới hạn dưới phải nhỏ hơn 1, giới hạn trên phải lớn hơn 1."),),
    ),
    "weights.gave-up": (
        _l("Tiến trình nền đã dừng nhiều lần khi tính."),
        (_l("Bấm “Tính tiếp”; nếu vẫn vậy, báo người quản trị hệ thống."),),
    ),
    "weights.fault": (
        _l("Có lỗi của phần mềm khi tính; lỗi đã được ghi vào nhật ký."),
        (_l("Bấm “Tính tiếp”; nếu vẫn vậy, báo người quản trị hệ thống."),),
    ),
}
_OTHER = (
    _l("Bước này không làm được với số liệu hiện có (%(code)s)."),
    (_l("Đổi tùy chọn của bước này hoặc bỏ bước này khỏi công thức."),),
)

SENTENCES = {
    "weights.run-unknown": _l("Không có lần tính trọng số này."),
    "weights.not-a-sample": _l(
        "Đợt %(round)s gồm câu trả lời của người tự tham gia nên không có trọng số."
    ),
    "weights.at-work": _l("Đang có một lần tính trọng số của đợt này; hãy chờ xong hoặc dừng lại."),
    "weights.not-stopped": _l("Chỉ tính tiếp được một lần tính đã dừng hoặc gặp lỗi."),
    "control.unknown": _l("Đợt này không có tổng kiểm soát %(control)s."),
    "control.empty": _l("Không có nhóm nào có tổng lớn hơn 0."),
    "control.too-many": _l("Quá nhiều nhóm: nhiều nhất là %(most)s."),
    "control.set-aside": _l(
        "Tổng kiểm soát này đã được nhập trước đây (“%(name)s”) và đã được cất đi."
    ),
    "control.not-of-frame": _l(
        "Danh sách không có “%(column)s”, hoặc hiểu theo nghĩa khác với câu trả lời."
    ),
    "control.frame-blank": _l(
        "%(n)s dòng của danh sách không ghi “%(column)s” nên không đếm trọn được. Hãy dùng mục "
        "khác hoặc nhập tổng kiểm soát từ tệp."
    ),
    "recipe.not-toml": _l("Tệp công thức không đúng dạng TOML: %(reason)s"),
    "recipe.empty": _l("Công thức chưa có bước nào."),
    "recipe.too-long": _l("Công thức có quá nhiều bước: nhiều nhất là %(most)s."),
    "recipe.step-unknown": _l("Bước %(step)s: không có loại bước “%(value)s” (có: %(known)s)."),
    "recipe.key-unknown": _l("Bước %(step)s: không có tùy chọn “%(key)s”."),
    "recipe.key-missing": _l("Bước %(step)s: thiếu tùy chọn “%(key)s”."),
    "recipe.value": _l("Bước %(step)s: “%(value)s” không dùng được cho “%(key)s”."),
    "recipe.order": _l(
        "Bước %(step)s không đứng đúng chỗ: chưa rõ, không trả lời, tổng kiểm soát, cắt bớt."
    ),
    "recipe.bounds": _l(
        "Bước %(step)s: giới hạn dưới phải từ 0 đến dưới 1, giới hạn trên phải lớn hơn 1."
    ),
    "recipe.control-unknown": _l("Bước %(step)s: không có tổng kiểm soát “%(control)s”."),
    "recipe.control-twice": _l("Bước %(step)s: một tổng kiểm soát được dùng hai lần."),
    "recipe.column-unknown": _l(
        "Bước %(step)s: “%(column)s” không có cho cả người trả lời và người không trả lời."
    ),
    "recipe.no-cases": _l(
        "Mẫu của đợt không được chọn trong hệ thống này nên không biết ai đã không trả lời; bỏ "
        "các bước về người chưa rõ và người không trả lời."
    ),
}

FILES = {
    "file.no-control-columns": _l(
        "Không có cột nào mang tên một mục của câu trả lời (ví dụ “Lĩnh vực”, “Xã, phường”, “Giới "
        "tính”). Dòng tiêu đề phải có ít nhất một cột như vậy."
    ),
    "file.no-number-column": _l(
        "Dòng %(row)s có tên mục nhưng không có cột số. Hãy đặt tên cột số là “Tổng số”."
    ),
    "file.control-column-twice": _l("Dòng tiêu đề %(row)s có hai cột cùng một mục."),
    "file.control-columns-many": _l("Nhiều nhất %(most)s mục được phân chéo với nhau."),
    "file.no-control-rows": _l("Dưới dòng tiêu đề (dòng %(row)s) không có dòng nào."),
}

CELLS = {
    "cell.blank": _l("Ô để trống."),
    "cell.unknown-category": _l("Không có loại này trong câu trả lời của đợt."),
    "cell.not-a-number": _l("Không phải là một số."),
    "cell.negative": _l("Số âm không đếm được ai."),
    "cell.twice": _l("Nhóm này đã có ở dòng %(meant)s."),
}

# Options of recipes as the form calls them.
KEYS = {
    "terms": _l("Mô hình gồm"),
    "bounds": _l("Giới hạn dưới và giới hạn trên của hệ số"),
    "controls": _l("Tổng kiểm soát được dùng"),
    "times_median": _l("Trọng số lớn nhất bằng bao nhiêu lần trọng số ở giữa (trung vị)"),
    "minimum": _l("Số người trả lời tối thiểu của một nhóm"),
}

OWN_NOTES = {
    "totals-moved": _l("Các tổng đã khớp ở bước trước không còn khớp sau bước này."),
    "cells-merged": _l(
        "Nhóm ít người trả lời được gộp với nhóm khác; còn lại %(detail)s nhóm gộp."
    ),
    "thin-cells": _l("%(detail)s nhóm có ít phiếu trả lời."),
    "totals-reconciled": _l(
        "Các tổng kiểm soát lệch nhau %(detail)s; đã nhân theo tỷ lệ về tổng của bảng đầu tiên."
    ),
}


def _(message: str, **variables: object) -> str:
    return str(gettext(message, **variables))


def sentence(code: str, **context: object) -> str:
    """Say what a code of weights means, by the language of the request."""
    if context.get("key") in KEYS:
        context["key"] = str(KEYS[str(context["key"])])
    return str(SENTENCES[code] if code in SENTENCES else COMMON[code]) % context


def number(value: object, digits: int = 0) -> str:
    """Write a number with separators."""
    if not isinstance(value, int | float):
        return "–"
    language = current_language()
    return count(round(value), language) if digits == 0 else decimal(float(value), language, digits)


def times(value: object) -> str:
    """Write by how much something is multiplied, e.g. ``1,35``."""
    return number(value, 2)


def share(value: float | None) -> str:
    """Write a share in per cent."""
    return "–" if value is None else percent(value, current_language(), 1)


def cell(label: Sequence[str], columns: Sequence[str], vocabulary: Vocabulary) -> str:
    """Write a cell by the names of its categories."""
    parts = []
    for column, code in zip(columns, label, strict=False):
        word = vocabulary.word(column.removeprefix("known."))
        parts.append(word.categories.get(code, code) if word is not None else code)
    return ", ".join(_("tất cả") if part == "*" else part for part in parts)


def refusal(failure: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    """Say why a step was refused, and what can be done about it.

    Returns
    -------
    str
        What is wrong.
    tuple of str
        Ways out.
    """
    code = str(failure["code"])
    context = {name: _shown(name, value) for name, value in failure.get("context", {}).items()}
    if code not in REFUSALS and (code in SENTENCES or code in COMMON):
        return sentence(code, **{"step": failure.get("step", 0), **context}), ()
    told, ways = REFUSALS.get(code, _OTHER)
    return str(told) % ({"code": code} | context), tuple(str(way) for way in ways)


def note(code: str, detail: str) -> str:
    """Say what a note of a step means."""
    if code == "totals-reconciled":
        return str(OWN_NOTES[code]) % {"detail": share(float(detail))}
    return str(OWN_NOTES[code] if code in OWN_NOTES else NOTES[code]) % {"detail": detail}


def n_answers(n: int) -> str:
    """Write a number of answers."""
    shown = count(n, current_language())
    return str(ngettext("%(n)s phiếu trả lời", "%(n)s phiếu trả lời", n, n=shown))


def _shown(name: str, value: object) -> str:
    if name == "share" and isinstance(value, float):
        return share(value)
    if name in ("largest", "smallest", "limit") and isinstance(value, float):
        return times(value)
    if isinstance(value, float):
        return number(value)
    if name == "cells":
        cells = str(value).split("; ")
        rest = len(cells) - 5
        return "; ".join(cells[:5]) + (f"; +{rest}" if rest > 0 else "")
    return str(value)


def finding(found: Finding, control: Control, vocabulary: Vocabulary) -> str:
    """Say what was found about control totals, and what can be done."""
    cells = "; ".join(cell(label, control.columns, vocabulary) for label in found.cells)
    if found.n > len(found.cells) and cells:
        cells += f"; +{found.n - len(found.cells)}"
    match found.code:
        case "control.no-answers":
            return _(
                "%(n)s nhóm không có phiếu trả lời nào (%(share)s của tổng): %(cells)s. Gộp các "
                "nhóm này với nhóm khác trong tệp rồi nhập lại, hoặc không dùng bảng này.",
                n=found.n, share=share(found.share), cells=cells,
            )  # fmt: skip
        case "control.no-total":
            return _(
                "%(n)s nhóm có phiếu trả lời nhưng không có tổng: %(cells)s. Bổ sung vào tệp rồi "
                "nhập lại.",
                n=found.n, cells=cells,
            )  # fmt: skip
        case "control.missing":
            return _(
                "%(answers)s không ghi mục này nên không dùng được bảng này.",
                answers=n_answers(found.n),
            )
        case _:
            return _("Câu trả lời của đợt không có cột này.")
