"""Rounds of a campaign in time: values with their intervals, breaks where the method changed."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import labels
from app.drawings import trend
from app.drawings.charts import Heading
from app.drawings.measures import Key
from app.drawings.svg import Pair
from app.drawings.trend import Moment
from app.i18n import current_language
from app.queries import series
from app.queries.series import Series
from app.reports import sentences_changes, words
from app.reports.sentences_changes import comparable
from app.services import results
from app.services.results import Figure, Quantity, Results
from app.web import context
from app.web.reading.pages import Area
from app.web.reading.rules import Choice


@dataclass(frozen=True, slots=True)
class Row:
    """One round in the table below the picture."""

    title: str
    period: str
    url: str
    figure: Figure | None
    breaks: str
    change: str


@dataclass(frozen=True, slots=True)
class TrendPage:
    """The trend of one node, of the whole or of one unit."""

    title: str
    node_title: str
    unit: str
    picture: Pair | None
    rows: tuple[Row, ...]
    choices: tuple[Choice, ...]
    units: tuple[tuple[str, str, bool], ...]
    level: float
    n_breaks: int


def trend_page(area: Area, campaign: str) -> ResponseReturnValue:
    """Show the rounds of a campaign; `node` and `unit` in the address choose what of them."""
    language = current_language()
    with context.database().read() as db:
        found = series.of_campaign(db, campaign, public_only=area.public_only)
        rounds = [
            results.open_results(
                db, one.round.code, public_only=area.public_only, number=one.number,
                scope=area.scope,
            )
            for one in found.publications
        ]  # fmt: skip
    if not rounds:
        abort(404)
    newest = rounds[-1]
    node = request.args.get("node", newest.method.index)
    unit = request.args.get("unit", "")
    nodes = (newest.method.index, *newest.method.components)
    units = _units(newest, unit, language)
    if node not in nodes or (unit and not any(current for _c, _n, current in units)):
        abort(404)
    page = _page(area, found, rounds, node, unit, units, language)
    return render_template(
        "results/trend.html", frame=area.frame, area=area.name, page=page, series=found,
        campaign=campaign, node=node, unit=unit, labels=labels, language=language,
    )  # fmt: skip


def _page(
    area: Area,
    found: Series,
    rounds: Sequence[Results],
    node: str,
    unit: str,
    units: tuple[tuple[str, str, bool], ...],
    language: str,
) -> TrendPage:
    newest = rounds[-1]
    kind = "commune" if unit else ""
    rows = tuple(
        _row(area, rounds, place, (node, kind, unit), language) for place in range(len(rounds))
    )
    node_title = labels.node_title(newest.method.node(node), language)
    name = next((name for code, name, _current in units if code == unit), "")
    return TrendPage(
        title=found.name_en if language == "en" else found.name,
        node_title=node_title,
        unit=name,
        picture=_picture(rows, node_title, name, language),
        rows=rows,
        choices=tuple(
            Choice(code, labels.node_title(newest.method.node(code), language), code == node)
            for code in (newest.method.index, *newest.method.components)
        ),
        units=units,
        level=newest.level,
        n_breaks=sum(bool(row.breaks) for row in rows),
    )


def _row(
    area: Area, rounds: Sequence[Results], place: int, of: tuple[str, str, str], language: str
) -> Row:
    shown = rounds[place]
    facts = shown.facts
    node, kind, unit = of
    has_node = any(known.code == node for known in shown.method.nodes)
    figure = shown.figure(node, kind, unit) if has_node else None
    earlier = comparable(shown, rounds[place - 1] if place else None)
    change = ""
    if place and figure is not None and not earlier.broken:
        change = sentences_changes.change(figure, earlier, language)
    return Row(
        title=labels.round_name(facts.round, language),
        period=f"{labels.day(facts.round.opens_on, language)} – "
        f"{labels.day(facts.round.closes_on, language)}",
        url=url_for(f"{area.name}.round_", code=facts.round.code),
        figure=figure,
        breaks=earlier.broken,
        change=change,
    )


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
    return Moment(
        label=row.title,
        value=value,
        low=None if main is None else main.low,
        high=None if main is None else main.high,
        shown=words.shown(figure, language)
        if figure is not None and value is not None
        else _("không công bố") if figure is not None else _("không có"),
        breaks=row.breaks,
    )  # fmt: skip


def _units(newest: Results, unit: str, language: str) -> tuple[tuple[str, str, bool], ...]:
    """List the units of the newest round: code, name, whether it is the one shown."""
    domains = newest.domains("commune") if "commune" in newest.kinds else ()
    return tuple(
        sorted(
            (
                (
                    each.code,
                    labels.domain_title(each, newest.instrument, language),
                    each.code == unit,
                )
                for each in domains
            ),
            key=lambda each: each[1],
        )
    )
