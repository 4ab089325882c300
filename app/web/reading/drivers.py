"""The page of drivers: which criteria go with satisfaction as a whole, and where to look first."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app import labels
from app.drawings.charts import Heading
from app.drawings.quadrants import Spot, Words, quadrant_chart
from app.drawings.svg import Pair
from app.i18n import current_language
from app.numbers import count, decimal, percent
from app.queries import findings
from app.queries.findings import DriverRow, Findings
from app.services.results import Results
from app.web import context
from app.web.reading import pages, saying
from app.web.reading.pages import Area


def _(text: str, **values: object) -> str:
    return str(gettext(text, **values))


# Variance inflation from which criteria can hardly be kept apart.
_MANY_TIMES = 5.0


@dataclass(frozen=True, slots=True)
class Line:
    """One criterion."""

    number: int | None
    label: str
    section: str
    row: DriverRow
    importance: str
    importance_interval: str
    performance: str
    performance_interval: str
    quadrant: str
    reason: str


@dataclass(frozen=True, slots=True)
class ModelLine:
    """One model, in a sentence."""

    title: str
    said: str


@dataclass(frozen=True, slots=True)
class DriversPage:
    """Everything the page says."""

    outcome: str
    act: tuple[str, ...]
    picture: Pair | None
    lines: tuple[Line, ...]
    models: tuple[ModelLine, ...]
    collinear: tuple[str, ...]


def drivers_page(area: Area, code: str) -> ResponseReturnValue:
    """Show importance and performance of the criteria in the whole population.

    They say nothing of a single unit: a unit viewer is led to the page that everybody sees.
    """
    found = pages.open_round(area, code)
    if area.scope is not None:
        return redirect(
            url_for("public_results.drivers_", code=code, lan=pages.chosen_number()), 303
        )
    with context.database().read() as db:
        stored = findings.findings(db, found.facts.id)
    return render_template(
        "results/drivers.html",
        **pages.frame(area, found),
        page=_page(found, stored, current_language()) if stored.drivers else None,
        has_findings=stored.exist,
    )


def _page(found: Results, stored: Findings, language: str) -> DriversPage:
    basis = stored.bases["drivers"]
    words = labels.wording(found.instrument, language)
    shown = sorted(
        (row for row in stored.drivers if row.importance is not None),
        key=lambda row: -(row.importance or 0.0),
    )
    numbers = {row.item: place for place, row in enumerate(shown, start=1)}
    apart = [row for row in stored.drivers if row.importance is None]
    lines = [_line(row, numbers.get(row.item), "", words, language) for row in shown]
    lines += [
        _line(row, None, _("Chưa đủ căn cứ để tính") if place == 0 else "", words, language)
        for place, row in enumerate(apart)
    ]
    return DriversPage(
        outcome=_outcome(basis["models"]),
        act=tuple(_first(row, words.label(row.item)) for row in shown if row.quadrant == "act"),
        picture=_picture(lines, basis) if len(shown) > 1 else None,
        lines=tuple(lines),
        models=tuple(_model(model, found, language) for model in basis["models"]),
        collinear=tuple(
            words.label(row.item)
            for row in shown
            if row.inflation is None or row.inflation >= _MANY_TIMES
        ),
    )


def _first(row: DriverRow, label: str) -> str:
    return label if row.is_clear else _("%(name)s (chưa rõ)", name=label)


def _line(row: DriverRow, number: int | None, section: str, words: Any, language: str) -> Line:
    return Line(
        number=number,
        label=words.label(row.item),
        section=section,
        row=row,
        importance="" if row.importance is None else saying.signed(row.importance, language),
        importance_interval=saying.between(row.importance_low, row.importance_high, language),
        performance="–" if row.performance is None else percent(row.performance, language),
        performance_interval=_share_ends(row, language),
        quadrant=_quadrant(row),
        reason=_reason(row.reason),
    )


def _share_ends(row: DriverRow, language: str) -> str:
    if row.performance_low is None or row.performance_high is None:
        return "–"
    low = percent(row.performance_low, language).removesuffix("%")
    return f"{low}–{percent(row.performance_high, language)}"


def _quadrants() -> dict[str, str]:
    return {
        "act": _("Ưu tiên xem xét"),
        "keep": _("Giữ vững"),
        "watch": _("Theo dõi"),
        "enough": _("Đang tốt"),
    }


def _quadrant(row: DriverRow) -> str:
    if row.quadrant is None:
        return "–"
    name = _quadrants()[row.quadrant]
    return name if row.is_clear else _("%(name)s (chưa rõ)", name=name)


def _reason(code: str) -> str:
    """Say why a criterion has no importance."""
    sentences = {
        "": "",
        "suppressed": _("Không công bố vì chưa đủ chính xác hoặc để giữ kín."),
        "few-dissatisfied": _("Quá ít người chưa hài lòng về tiêu chí này."),
        "few-satisfied": _("Quá ít người hài lòng về tiêu chí này."),
        "few-persons": _("Quá ít người trả lời đủ các tiêu chí."),
        "few-events": _("Quá ít người chưa hài lòng chung so với số tiêu chí."),
        "few-psus": _("Quá ít địa bàn mẫu so với số tiêu chí."),
        "model.aliased": _("Có tiêu chí suy ra được hoàn toàn từ các tiêu chí khác."),
        "model.not-converged": _(
            "Có tiêu chí quyết định hoàn toàn kết quả nên không ước lượng được."
        ),
    }
    return sentences.get(code, _("Không ước lượng được."))


def _outcome(models: list[Mapping[str, Any]]) -> str:
    """Say what satisfaction as a whole is here."""
    if any(model["outcome"] == "overall-question" for model in models):
        return _("Hài lòng chung là câu trả lời cho câu hỏi chung của phiếu.")
    return _(
        "Phiếu không có câu hỏi chung, nên với từng thành phần, hài lòng chung là hài lòng với "
        "mọi tiêu chí đã đánh giá ngoài thành phần ấy: không tiêu chí nào tự giải thích mình."
    )


def _model(model: Mapping[str, Any], found: Results, language: str) -> ModelLine:
    title = (
        labels.node_title(found.method.node(model["component"]), language)
        if model["component"]
        else _("Mọi tiêu chí")
    )
    if model["reason"]:
        return ModelLine(title, _reason(model["reason"]))
    return ModelLine(
        title,
        _(
            "%(n)s người trả lời đủ, %(events)s người hài lòng chung, %(items)s tiêu chí, %(df)s "
            "bậc tự do.",
            n=count(model["n"], language),
            events=count(model["n_events"], language),
            items=len(model["items"]),
            df=decimal(model["df"], language, 0),
        ),
    )


def _spot(line: Line) -> Spot | None:
    """Place a criterion; None without importance or interval."""
    row = line.row
    if (
        line.number is None
        or row.quadrant is None
        or row.importance is None
        or row.importance_low is None
        or row.importance_high is None
        or row.performance is None
        or row.performance_low is None
        or row.performance_high is None
    ):
        return None
    return Spot(
        line.number, row.importance, row.importance_low, row.importance_high, row.performance,
        row.performance_low, row.performance_high, row.quadrant,
    )  # fmt: skip


def _picture(lines: list[Line], basis: Mapping[str, Any]) -> Pair | None:
    spots = []
    for line in lines:
        spot = _spot(line)
        if spot is not None:
            spots.append(spot)
    if not spots:
        return None
    said = "; ".join(
        f"{line.number}. {line.label}: {line.quadrant.lower()}"
        for line in lines
        if line.number is not None
    )
    words = Words(
        performance=_("Tỷ lệ hài lòng về tiêu chí"),
        importance=_("Mức độ đi cùng hài lòng chung (điểm phần trăm)"),
        quadrants=tuple(_quadrants().items()),
    )
    heading = Heading("quadrants", _("Mức độ đi cùng và tỷ lệ hài lòng"), said)
    lines_at = (basis["mean_importance"], basis["mean_performance"])
    return quadrant_chart(heading, spots, lines_at, words)
