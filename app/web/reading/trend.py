"""Rounds of a campaign in time: values with their intervals, breaks where the method changed."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app import labels
from app.drawings import trend
from app.drawings.charts import Heading
from app.drawings.measures import Key
from app.drawings.svg import Pair
from app.drawings.trend import Moment
from app.i18n import current_language
from app.numbers import percent
from app.queries import series
from app.queries.series import Series
from app.reports import words
from app.services import results, trends
from app.services.results import Domain, Figure, Quantity
from app.services.trends import COMMUNE, Outline, Place, Point, Step, Trend
from app.web import context
from app.web.reading.pages import Area
from app.web.reading.rules import Choice


def _(message: str, **variables: object) -> str:
    return str(gettext(message, **variables))


# In the address → by which boundaries. Counting again is for the office: what everybody sees
# are frozen figures only.
OUTLINES = {"": Outline.MEASURED, "moi": Outline.NEW, "chung": Outline.COMMON}


@dataclass(frozen=True, slots=True)
class Row:
    """One round in the list below the picture.

    Attributes
    ----------
    made_of : str
        Names of the units that were counted together; empty for a figure as published.
    breaks, change : str
        From the round before to this: why they cannot be compared, or what changed.
    """

    title: str
    period: str
    url: str
    figure: Figure | None
    made_of: str
    is_approximate: bool
    breaks: str
    change: str


@dataclass(frozen=True, slots=True)
class TrendPage:
    """The trend of one node, of the whole or of one unit."""

    node_title: str
    unit: str
    picture: Pair | None
    rows: tuple[Row, ...]
    choices: tuple[Choice, ...]
    outlines: tuple[Choice, ...]
    units: tuple[Place, ...]
    level: float


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the address asks for."""

    node: str
    unit: str
    by: str


def trend_page(area: Area, campaign: str) -> ResponseReturnValue:
    """Show the rounds of a campaign; `node`, `unit` and `theo` in the address choose what."""
    by = request.args.get("theo", "")
    if by not in OUTLINES or (by and area.public_only):
        abort(404)
    with context.database().read() as db:
        found = series.of_campaign(db, campaign, public_only=area.public_only)
    page, asked = _read(area, found, by) if found.publications else (None, None)
    language = current_language()
    return render_template(
        "results/trend.html", frame=area.frame, area=area.name, series=found, campaign=campaign,
        page=page, asked=asked, sees_whole=area.scope is None, in_english=language == "en",
    )  # fmt: skip


def _read(area: Area, found: Series, by: str) -> tuple[TrendPage, _Asked]:
    """Read what the address asks for."""
    newest = found.publications[-1]
    code, outline = newest.round.code, OUTLINES[by]
    with context.database().read() as db:
        units = _seen(area, trends.places(db, code, outline, public_only=area.public_only))
        method, _instrument = results.rule_of(db, newest)
        asked = _Asked(
            request.args.get("node", method.index),
            request.args.get("unit", _first(area, units)),
            by,
        )
        nodes = (method.index, *method.components)
        if asked.node not in nodes or not _may_see(area, asked.unit, units):
            abort(404)
        shown = trends.trend(
            db, code, node=asked.node, kind=COMMUNE if asked.unit else "", code=asked.unit,
            outline=outline, public_only=area.public_only, var_dir=context.settings().var_dir,
        )  # fmt: skip
    if shown is None:
        abort(404)
    return _page(area, shown, units, asked), asked


def _seen(area: Area, units: Sequence[Place]) -> tuple[Place, ...]:
    """Leave the units that the reader may see."""
    if area.scope is None:
        return tuple(units)
    own = {code for kind, code in area.scope if kind == COMMUNE}
    return tuple(unit for unit in units if unit.code in own)


def _first(area: Area, units: Sequence[Place]) -> str:
    """Choose what is shown when the address does not: the whole, or a unit viewer's unit."""
    return "" if area.scope is None or not units else units[0].code


def _may_see(area: Area, unit: str, units: Sequence[Place]) -> bool:
    if not unit:
        return area.scope is None
    return any(each.code == unit for each in units)


def _page(area: Area, shown: Trend, units: tuple[Place, ...], asked: _Asked) -> TrendPage:
    language = current_language()
    method = shown.method
    node_title = labels.node_title(method.node(shown.node), language)
    unit = next((each.name for each in units if each.code == asked.unit), "")
    rows = tuple(
        _row(area, shown, point, step, language)
        for point, step in zip(shown.points, (None, *shown.steps), strict=True)
    )
    names = {
        "": _("Đơn vị của từng thời kỳ"),
        "moi": _("Đơn vị hiện nay (tính lại các đợt trước)"),
        "chung": _("Vùng có ranh giới không đổi"),
    }
    return TrendPage(
        node_title=node_title,
        unit=unit,
        picture=_picture(rows, node_title, unit, language),
        rows=rows,
        choices=tuple(
            Choice(code, labels.node_title(method.node(code), language), code == shown.node)
            for code in (method.index, *method.components)
        ),
        outlines=()
        if area.public_only
        else tuple(Choice(code, name, code == asked.by) for code, name in names.items()),
        units=units,
        level=shown.level,
    )


def _row(area: Area, shown: Trend, point: Point, step: Step | None, language: str) -> Row:
    facts = point.facts
    figure = _figure(shown, point)
    return Row(
        title=labels.round_name(facts.round, language),
        period=f"{labels.day(facts.round.opens_on, language)} – "
        f"{labels.day(facts.round.closes_on, language)}",
        url=url_for(f"{area.name}.round_", code=facts.round.code),
        figure=figure,
        made_of=", ".join(point.made_of),
        is_approximate=point.is_approximate,
        breaks="" if step is None else _breaks(step),
        change="" if step is None or figure is None else _change(step, figure, shown, language),
    )


def _figure(shown: Trend, point: Point) -> Figure | None:
    row = point.row
    if row is None:
        return None
    return Figure(
        node=shown.method.node(shown.node),
        quantity=results.quantity(shown.method, shown.node),
        domain=Domain(row.domain_kind, row.domain_code, row.domain_name),
        main=row,
    )


def _breaks(step: Step) -> str:
    """Name why two rounds cannot be compared."""
    named = {
        "method": _("cách tính đã thay đổi"),
        "questionnaire": _("câu hỏi đã thay đổi"),
        "population": _("đối tượng khảo sát khác nhau"),
        "source": _("cách thu thập khác nhau"),
    }
    return "; ".join(named[code] for code in step.breaks)


def _change(step: Step, figure: Figure, shown: Trend, language: str) -> str:
    """Say a change with its interval; nothing across a break or where a figure is missing."""
    found = step.change
    if found is None or found.low != found.low:
        return ""
    said = {
        "change": words.change(found.value, figure.quantity, language),
        "low": words.change(found.low, figure.quantity, language),
        "high": words.change(found.high, figure.quantity, language),
        "level": percent(shown.level, language, 0),
    }
    if found.direction > 0:
        return _("Cao hơn đợt trước: %(change)s, khoảng tin cậy %(level)s của thay đổi từ %(low)s "
                 "đến %(high)s.", **said)  # fmt: skip
    if found.direction < 0:
        return _("Thấp hơn đợt trước: %(change)s, khoảng tin cậy %(level)s của thay đổi từ %(low)s "
                 "đến %(high)s.", **said)  # fmt: skip
    return _("Chưa đủ căn cứ nói cao hơn hay thấp hơn đợt trước: %(change)s, khoảng tin cậy "
             "%(level)s của thay đổi từ %(low)s đến %(high)s.", **said)  # fmt: skip


def _picture(rows: Sequence[Row], node_title: str, unit: str, language: str) -> Pair | None:
    moments = [_moment(row, language) for row in rows]
    known = [row.figure for row in rows if row.figure is not None]
    if not any(moment.value is not None for moment in moments):
        return None
    if any(figure.quantity is not Quantity.SHARE for figure in known):
        return None
    legend = [Key("estimate", node_title), Key("interval", _("Khoảng tin cậy"))]
    if any(row.breaks for row in rows):
        legend.append(Key("break", _("Không so sánh được qua vạch này")))
    described = "; ".join(
        f"{moment.label}: {moment.shown}" + (f" ({moment.breaks})" if moment.breaks else "")
        for moment in moments
    )
    title = _("%(node)s qua các đợt", node=node_title) + (f", {unit}" if unit else "")
    return trend.trend_chart(Heading("trend", title, described), moments, legend)


def _moment(row: Row, language: str) -> Moment:
    figure = row.figure
    main = None if figure is None else figure.main
    value = None if main is None else main.value
    if figure is None:
        shown = _("không có")
    else:
        shown = _("không công bố") if value is None else words.shown(figure, language)
    return Moment(
        label=row.title,
        value=value,
        low=None if main is None else main.low,
        high=None if main is None else main.high,
        shown=shown,
        breaks=row.breaks,
    )
