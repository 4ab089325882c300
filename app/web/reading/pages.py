"""Views of published results that the public pages and the office share.

An *area* is the name of the blueprint that shows them: its pages link to one another.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import labels
from app.definitions import definitions
from app.i18n import current_language
from app.queries import publications
from app.services import results
from app.services.results import WHOLE, Count, Domain, Figure, Results
from app.web import context
from app.web.reading import open as open_answers
from app.web.reading import rules, sample
from app.web.reading.tables import Link

Scope = Sequence[tuple[str, str]] | None


@dataclass(frozen=True, slots=True)
class Area:
    """Who looks, and so what is shown and how it is framed.

    Attributes
    ----------
    name : str
        Blueprint whose endpoints the pages link to.
    frame : str
        Template that the pages extend.
    public_only : bool
        Only what everybody may see.
    scope : sequence of (kind, code), optional
        Only these domains, of a unit viewer; None is everything.
    """

    name: str
    frame: str
    public_only: bool
    scope: Scope = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One round in the list of results."""

    results: Results
    headline: Figure | None
    count: Count | None
    headline_title: str


def index_page(area: Area, **values: object) -> ResponseReturnValue:
    """List the rounds with results, newest first; `values` are for the template."""
    language = current_language()
    seen = (WHOLE,) if area.scope is None else area.scope
    with context.database().read() as db:
        facts = publications.latest(db, public_only=area.public_only)
        found = [
            results.open_results(db, one.round.code, public_only=area.public_only, scope=seen)
            for one in facts
        ]
    # To a unit viewer the figure of a round is that of the unit, the first of what may be seen.
    entries = [
        Entry(
            one,
            one.figure(one.method.index, *seen[0]),
            next((c for c in one.counts(*seen[0]) if c.row.subject == one.method.index), None),
            labels.node_title(one.method.node(one.method.index), language),
        )
        for one in found
        if one.rows
    ]
    return render_template(
        "results/index.html", frame=area.frame, area=area.name, entries=entries, labels=labels,
        language=language, **values,
    )  # fmt: skip


def round_page(area: Area, code: str, **values: object) -> ResponseReturnValue:
    """Show the whole population of a round; to a unit viewer, the unit.

    `values` are for the template.
    """
    found = open_round(area, code)
    if area.scope is not None and not any(row.domain_kind == "" for row in found.rows):
        return _unit_page(area, found)
    return _page(area, found, "", "", **values)


def domain_page(area: Area, code: str, kind: str, domain: str) -> ResponseReturnValue:
    """Show one domain of a round."""
    found = open_round(area, code)
    _require_domain(found, kind, domain)
    return _page(area, found, kind, domain)


def breakdown_page(area: Area, code: str, kind: str) -> ResponseReturnValue:
    """Show one node in all domains of a kind; `node` in the address chooses which."""
    found = open_round(area, code)
    if kind not in found.kinds:
        abort(404)
    language = current_language()
    node = request.args.get("node", found.method.index)
    choices = rules.choices(found, node, language)
    if not any(choice.is_current for choice in choices):
        abort(404)
    link = links(area, found)
    return render_template(
        "results/breakdown.html",
        **frame(area, found),
        group=sample.group(found, kind, node, language, link)
        if found.is_sample
        else open_answers.tally_group(found, kind, node, language, link),
        choices=choices,
    )


def open_round(area: Area, code: str) -> Results:
    """Read what the reader may see of the publication that the address names."""
    with context.database().read() as db:
        return results.open_results(
            db, code, public_only=area.public_only, number=chosen_number(), scope=area.scope
        )


def chosen_number() -> int | None:
    """Read from the address which publication of the round is wanted."""
    written = request.args.get("lan")
    if written is None:
        return None
    if not (written.isascii() and written.isdigit() and len(written) < 6):
        abort(404)
    return int(written)


def _page(
    area: Area, found: Results, kind: str, code: str, **values: object
) -> ResponseReturnValue:
    language = current_language()
    link = links(area, found)
    if found.is_sample:
        page = sample.sample_page(found, language, link, kind, code)
        return render_template("results/sample.html", **frame(area, found), page=page, **values)
    return render_template(
        "results/open.html",
        **frame(area, found),
        page=open_answers.open_page(found, language, link, kind, code),
        **values,
    )


def _unit_page(area: Area, found: Results) -> ResponseReturnValue:
    """List the domains that the person may see, each with the index; nothing is of the whole."""
    domains = [domain for kind in found.kinds for domain in found.domains(kind)]
    if not domains:
        abort(404)
    if len(domains) == 1:
        return _page(area, found, domains[0].kind, domains[0].code)
    index = found.method.index
    headlines: dict[tuple[str, str], results.Figure] = {}
    if found.is_sample:
        for kind in found.kinds:
            for figure in found.figures(kind, None, (index,)):
                headlines[kind, figure.domain.code] = figure
    return render_template(
        "results/unit.html",
        **frame(area, found),
        domains=[(each, headlines.get((each.kind, each.code))) for each in domains],
        index_title=labels.node_title(found.method.node(index), current_language())
        if headlines
        else "",
    )


def _require_domain(found: Results, kind: str, code: str) -> None:
    if kind not in found.kinds or all(domain.code != code for domain in found.domains(kind)):
        abort(404)


def links(area: Area, found: Results) -> Link:
    """Lead from a domain to its own page, of the publication that the address names."""
    number = chosen_number()

    def link(domain: Domain) -> str | None:
        return url_for(
            f"{area.name}.domain",
            code=found.facts.round.code,
            kind=domain.kind,
            domain=domain.code,
            lan=number,
        )

    return link


def frame(area: Area, found: Results) -> dict[str, object]:
    """Gather what every page about a round is framed with."""
    language = current_language()
    with context.database().read() as db:
        numbers = publications.numbers(db, found.facts.round.id, public_only=area.public_only)
    return {
        "frame": area.frame,
        "area": area.name,
        "results": found,
        "facts": found.facts,
        "round": found.facts.round,
        "numbers": numbers,
        "number": chosen_number(),
        "link": links(area, found),
        "labels": labels,
        "language": language,
        "words": labels.wording(found.instrument, language),
        "definitions": definitions(found, language),
    }
