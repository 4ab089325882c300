"""Results for staff: every publication, and for the office what running rounds have so far.

The office sees all; a unit viewer sees the published figures of the unit, of its centres and of
their counters, and nothing else. Running counts move with every answer: whoever is rated could
watch a single citizen's answer arrive.
"""

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from app import labels
from app.i18n import current_language
from app.queries import rounds
from app.services import live
from app.services.results import Domain
from app.web import context, guards
from app.web.forms.rounds import ConfirmForm
from app.web.reading import (
    download_pages,
    downloads,
    drivers,
    goals,
    methods,
    overview,
    pages,
    ranking,
    trend,
)
from app.web.reading.open import open_page
from app.web.reading.pages import Area
from app.web.scope import visible_domains

bp = Blueprint("results", __name__, url_prefix="/office/results")
guards.guard(bp, guards.staff)


def area() -> Area:
    """Frame the pages for the person of this request.

    A rated unit sees its figures when everybody may: not while the office still decides.
    """
    scope = visible_domains()
    return Area("results", "office/base.html", public_only=scope is not None, scope=scope)


@bp.get("")
def index() -> ResponseReturnValue:
    """List what is published and, to the office, what still runs."""
    seen = area()
    if seen.scope is not None:
        return pages.index_page(seen)
    with context.database().read() as db:
        running = [one for one in rounds.every_round(db) if one.state == "open"]
    return pages.index_page(seen, running=running)


@bp.get("/<code>")
def round_(code: str) -> ResponseReturnValue:
    """Show the results of a round."""
    return pages.round_page(area(), code, form=ConfirmForm())


@bp.get("/<code>/tong-quan")
def overview_(code: str) -> ResponseReturnValue:
    """Show on one screen how satisfied people are, how sure that is, and where to act."""
    return overview.overview_page(area(), code)


@bp.get("/chuong-trinh/<campaign>")
def trend_(campaign: str) -> ResponseReturnValue:
    """Show the rounds of a campaign in time."""
    return trend.trend_page(area(), campaign)


@bp.get("/<code>/methods")
def methods_(code: str) -> ResponseReturnValue:
    """Show how much it matters by which rule the index is made."""
    return methods.methods_page(area(), code)


@bp.get("/<code>/ranking")
def ranking_(code: str) -> ResponseReturnValue:
    """Show how far units can be ranked."""
    return ranking.ranking_page(area(), code)


@bp.get("/<code>/targets")
def targets_(code: str) -> ResponseReturnValue:
    """Show targets with verdicts, and changes."""
    return goals.targets_page(area(), code)


@bp.get("/<code>/drivers")
def drivers_(code: str) -> ResponseReturnValue:
    """Show which criteria go with satisfaction as a whole."""
    return drivers.drivers_page(area(), code)


@bp.get("/<code>/theo/<kind>")
def breakdown(code: str, kind: str) -> ResponseReturnValue:
    """Show one figure in all domains of a kind."""
    return pages.breakdown_page(area(), code, kind)


@bp.get("/<code>/theo/<kind>/<domain>")
def domain(code: str, kind: str, domain: str) -> ResponseReturnValue:
    """Show all figures of one domain."""
    return pages.domain_page(area(), code, kind, domain)


@bp.get("/<code>/tai-ve")
def files(code: str) -> ResponseReturnValue:
    """List the files of a round, with sizes and who each is for."""
    return download_pages.show(area(), code)


@bp.get("/<code>/tai-ve.<form>")
def download(code: str, form: str) -> ResponseReturnValue:
    """Send all figures of a round as a file: XLSX or CSV."""
    return downloads.send(area(), code, form)


@bp.get("/<code>/now")
def now(code: str) -> ResponseReturnValue:
    """Show the office what a running round of self-selected answers has so far."""
    seen = area()
    if seen.scope is not None:
        abort(404)
    with context.database().read() as db:
        counted = live.live_tallies(db, code)
    language = current_language()
    return render_template(
        "results/now.html",
        frame=seen.frame,
        area=seen.name,
        round=counted.round,
        n_responses=counted.n_responses,
        page=open_page(counted.figures, language, _no_link, many=float("inf")),
        moment=context.now(),
        labels=labels,
        language=language,
    )


def _no_link(_domain: Domain) -> None:
    """Leave running figures without pages of their own."""
