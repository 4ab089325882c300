"""What the pages of weights show: recipes and results in sentences, small pictures."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from analysis.index.evaluate import NodeEstimate
from analysis.index.method import Method
from app import weight_words
from app.errors import LongdanError
from app.i18n import current_language
from app.labels import kind_title, node_title
from app.queries.weights import ControlShown, SetShown
from app.services.columns import STRATUM, domain_kind
from app.services.weighting.cases import Account
from app.services.weighting.desk import Compared
from app.services.weighting.names import KNOWN
from app.services.weighting.recipe import (
    Calibrated,
    Greg,
    Nonresponse,
    Propensity,
    Recipe,
    Step,
    Trim,
    Unknown,
)
from app.services.weighting.vocabulary import Vocabulary
from app.weight_words import number, share, times

# What the page of weights itself cannot be shown for.
_OF_THE_ROUND: Final = frozenset(
    {
        "weights.not-a-sample", "round.no-answers", "frame.file-missing", "frame.file-changed",
        "round.unknown",
    }
)  # fmt: skip


def column_title(column: str, vocabulary: Vocabulary) -> str:
    """Name a column of the answers."""
    column = column.removeprefix(KNOWN)
    if column == STRATUM:
        return str(_("Tầng của mẫu"))
    return kind_title(domain_kind(column), vocabulary.instrument, current_language())


def known_choices(columns: Sequence[str], vocabulary: Vocabulary) -> list[tuple[str, str]]:
    """List the columns known of everybody, by name."""
    return [(column, column_title(column, vocabulary)) for column in columns]


def recipe_sentences(
    recipe: Recipe, controls: Sequence[ControlShown], vocabulary: Vocabulary
) -> list[str]:
    """Say what a recipe does, one sentence a step."""
    names = {one.content_hash: one.name for one in controls}
    return [_step_sentence(step, names, vocabulary) for step in recipe.steps]


def _step_sentence(step: Step, names: Mapping[str, str], vocabulary: Vocabulary) -> str:
    match step:
        case Unknown():
            return str(_("Chia trọng số của người chưa rõ thuộc diện cho những người đã rõ."))
        case Nonresponse():
            by = ", ".join(column_title(one, vocabulary) for one in step.within)
            return str(
                _(
                    "Bù cho người không trả lời trong từng nhóm theo %(by)s; mỗi nhóm có ít nhất "
                    "%(n)s người trả lời, nhóm nhỏ hơn được gộp.",
                    by=by.lower() or _("cả mẫu"),
                    n=step.minimum,
                )
                if step.thin in ("neighbour", "parent")
                else _(
                    "Bù cho người không trả lời trong từng nhóm theo %(by)s.",
                    by=by.lower() or _("cả mẫu"),
                )
            )
        case Propensity():
            by = ", ".join(column_title(one, vocabulary) for one in step.terms)
            return str(
                _("Bù cho người không trả lời theo mô hình logit gồm %(by)s.", by=by.lower())
            )
        case Calibrated():
            how = "GREG" if isinstance(step, Greg) else "raking"
            of = "; ".join(names.get(one, one[:15]) for one in step.controls)
            return str(_("Hiệu chỉnh (%(how)s) theo: %(of)s.", how=how, of=of))
        case Trim():
            return str(
                _(
                    "Cắt trọng số lớn hơn %(times)s lần trung vị; phần cắt được chia lại.",
                    times=number(step.times_median, 1),
                )
            )
    return ""


def account_sentences(account: Account | Mapping[str, Any]) -> list[tuple[str, bool]]:
    """Say what is known of the fieldwork; pairs of a sentence and whether it warns."""
    told = account if isinstance(account, Mapping) else account.to_json()
    outcomes = told["outcomes"]
    n = sum(outcomes.values())
    found = [
        (
            _(
                "%(n)s người được giao phỏng vấn: %(answered)s đã trả lời, %(none)s không trả lời, "
                "%(unknown)s chưa rõ có thuộc diện, %(not)s không thuộc diện.",
                n=number(n),
                answered=number(outcomes.get("interview", 0)),
                none=number(outcomes.get("nonrespondent", 0)),
                unknown=number(outcomes.get("unknown", 0)),
                **{"not": number(outcomes.get("ineligible", 0))},
            ),
            False,
        )
    ]
    return [(str(text), warns) for text, warns in [*found, *_account_details(told)]]


def _account_details(told: Mapping[str, Any]) -> list[tuple[str, bool]]:
    found = []
    if told["n_reserves"]:
        found.append(
            (
                _(
                    "Trong đó %(n)s người dự phòng đã gọi thay; trọng số của nhóm được chia cho cả "
                    "họ.",
                    n=number(told["n_reserves"]),
                ),
                False,
            )
        )
    if told["n_lost"]:
        found.append(
            (
                _(
                    "%(n)s cuộc phỏng vấn chưa có phiếu trả lời; tạm tính là không trả lời. Hãy "
                    "nhập nốt phiếu hoặc sửa kết quả thực địa.",
                    n=number(told["n_lost"]),
                ),
                True,
            )
        )
    if told["n_surplus"]:
        found.append(
            (
                _(
                    "%(n)s phiếu trả lời không có cuộc phỏng vấn tương ứng trong sổ thực địa.",
                    n=number(told["n_surplus"]),
                ),
                True,
            )
        )
    if told["psus"] == "other":
        found.append((_("Không ghép được địa bàn của phiếu trả lời với địa bàn đã chọn."), True))
    if not told["n_differences"]:
        found.append((_("Số cuộc phỏng vấn và số phiếu trả lời khớp nhau ở mọi nơi."), False))
    return found


def overall_sentences(shown: SetShown) -> list[str]:
    """Say in plain words what the weights are like."""
    summary = shown.summary
    final = summary["final"]
    n, effective = final["n"], final["effective_n"]
    lines = [
        _(
            "%(n)s phiếu trả lời đại diện cho %(total)s hồ sơ hoặc người của tổng thể.",
            n=number(n), total=number(summary["total"]),
        ),
        _(
            "Trọng số lớn nhất bằng %(largest)s lần trọng số trung bình, nhỏ nhất bằng "
            "%(smallest)s lần.",
            largest=number(summary["largest_by_mean"], 1),
            smallest=number(summary["smallest_by_mean"], 2),
        ),
        _(
            "Vì trọng số không đều, %(n)s phiếu cho độ chính xác của khoảng %(effective)s phiếu "
            "chọn đều (hệ số Kish %(kish)s).",
            n=number(n), effective=number(effective), kish=times(final["design_effect"]),
        ),
    ]  # fmt: skip
    rates = summary.get("rates")
    if rates:
        lines.append(
            _(
                "Tỷ lệ trả lời là %(cases)s số người được chọn, %(weighted)s tính theo trọng số.",
                cases=share(rates["cases"]), weighted=share(rates["weighted"]),
            )
        )  # fmt: skip
    return [str(line) for line in lines]


@dataclass(frozen=True, slots=True)
class ComparedLine:
    """One figure by two sets of weights, in per cent or points, with intervals."""

    name: str
    first: str
    second: str
    change: str


def compared_lines(compared: Compared, method: Method) -> tuple[ComparedLine, ...]:
    """Write the figures of two sets of weights beside each other."""
    lines = []
    language = current_language()
    for node, one, other in zip(compared.nodes, compared.first, compared.second, strict=True):
        title = node_title(method.node(node), language)
        change = other.estimate.value - one.estimate.value
        lines.append(ComparedLine(title, _figure(one), _figure(other), _change(one, change)))
    return tuple(lines)


def _figure(one: NodeEstimate) -> str:
    estimate, write = one.estimate, share if _is_share(one) else times
    if not estimate.is_known:
        return "–"
    ends = f"{write(estimate.interval.low)} – {write(estimate.interval.high)}"
    return f"{write(estimate.value)} ({ends})"


def _change(one: NodeEstimate, change: float) -> str:
    if not math.isfinite(change):
        return "–"
    if _is_share(one):
        return str(_("%(n)s điểm phần trăm", n=number(change * 100, 2)))
    return number(change, 2)


def _is_share(one: NodeEstimate) -> bool:
    return one.measure.value == "satisfied"


def refused(error: LongdanError, code: str) -> ResponseReturnValue:
    """Say on the page of weights, or of the round, why something was not done."""
    flash(weight_words.sentence(error.code, **error.context), "error")
    back = "rounds.show" if error.code in _OF_THE_ROUND else "weights.show"
    return redirect(url_for(back, code=code), 303)
