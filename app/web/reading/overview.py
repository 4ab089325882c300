"""One screen about a round: how satisfied, how sure, better or worse, where to act."""

from dataclasses import dataclass

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import labels
from app.drawings.charts import Both
from app.drawings.svg import Pair
from app.i18n import current_language
from app.queries import series
from app.reports import (
    body,
    pictures,
    sentences,
    sentences_changes,
    sentences_units,
    sources,
    standing,
    words,
)
from app.reports.standing import Sorted
from app.services.results import Figure, Results
from app.web import context
from app.web.reading import pages, tables
from app.web.reading.pages import Area
from app.web.reading.tables import EstimateTable, Link

# So many places to act are named; a list of all of them is one page further.
_MOST = 5


@dataclass(frozen=True, slots=True)
class Weak:
    """A component or a unit that is low, with its address."""

    title: str
    figure: Figure
    url: str | None


@dataclass(frozen=True, slots=True)
class Overview:
    """The four answers, each as sentences made by rules, with a picture."""

    headline: Figure
    headline_title: str
    reason: str
    change: str
    components: str
    weak_components: tuple[Weak, ...]
    units: str
    weak_units: tuple[Weak, ...]
    n_more: int
    dots: Both | None
    map: Pair | None
    changes: Pair | None
    table: EstimateTable | None
    kind: str


def overview_page(area: Area, code: str) -> ResponseReturnValue:
    """Show the overview of a sampled round."""
    found = pages.open_round(area, code)
    index = found.figure(found.method.index)
    if not found.is_sample:
        # Self-selected answers have counts only, and those are on the page of the round.
        return redirect(url_for(f"{area.name}.round_", code=code, lan=pages.chosen_number()), 303)
    if index is None:
        abort(404)
    language = current_language()
    with context.database().read() as db:
        earlier = sources.earlier_of(db, found, public_only=area.public_only)
        places = series.communes(db, found.facts.round.opens_on, found.facts.round.closes_on)
        campaign = series.campaign_of(db, found.facts.round.id)
    link = pages.links(area, found)
    kind = body.unit_kind(found)
    units = found.figures(kind, nodes=(found.method.index,)) if kind else ()
    sorted_units = standing.against_whole(units, index)
    figures = body.main_figures(found)
    components = [one for one in figures if one is not figures[0]]
    said = Overview(
        headline=index,
        headline_title=labels.node_title(index.node, language),
        reason=words.why(index.main, found, language),
        change=sentences_changes.change(index, earlier, language),
        components=sentences.components(components, language),
        weak_components=tuple(
            Weak(words.node(one, language), one, None) for one in standing.lowest(components)
        )[:_MOST],
        units=sentences_units.overview(sorted_units, index, language) if kind else "",
        weak_units=_weak(sorted_units, link, language, found),
        n_more=max(len(sorted_units.below) - _MOST, 0),
        dots=pictures.of_components(figures, found, language, "overview"),
        map=pictures.of_map(
            units, index, places, found, language,
            link=lambda figure: link(figure.domain), ident="overview-map",
        ) if kind == "commune" else None,
        changes=pictures.of_changes(figures, earlier, language, "overview-changes"),
        table=_table(found, kind, link, language) if kind else None,
        kind=kind,
    )  # fmt: skip
    return render_template(
        "results/overview.html", **pages.frame(area, found), page=said, campaign=campaign
    )


def _weak(found: Sorted, link: Link, language: str, results: Results) -> tuple[Weak, ...]:
    return tuple(
        Weak(words.place(one, results, language), one, link(one.domain))
        for one in found.below[:_MOST]
    )


def _table(found: Results, kind: str, link: Link, language: str) -> EstimateTable:
    """Put what the map shows into a table."""
    title = labels.kind_title(kind, found.instrument, language)
    return tables.by_domain(
        found, (kind,), found.method.index, language, ident="map",
        caption=_("Số liệu của bản đồ"), head=title, link=link,
    )  # fmt: skip
