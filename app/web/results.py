"""Published public results, for everyone: only what was made public, only frozen figures."""

import gzip
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, request
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from app import numbers
from app.i18n import TIMEZONE, current_language, format_day
from app.queries.publications import EstimateRow
from app.services.results import Quantity
from app.web import guards
from app.web.assets import accepts_gzip
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
from app.web.reading.pages import Area

bp = Blueprint("public_results", __name__, url_prefix="/ket-qua")
guards.guard(bp, guards.everyone)

# A page that was corrected is seen by everybody after a minute.
KEPT_SECONDS = 60

PUBLIC = Area("public_results", "results/base.html", public_only=True)


@bp.record_once
def add_filters(state: BlueprintSetupState) -> None:
    """Let templates write numbers in the language of the request."""
    state.app.jinja_env.filters.update(
        percent=percent,
        decimal=decimal,
        count=count,
        amount=amount,
        ends=ends,
        date=format_moment,
        clock=format_clock,
    )


@bp.url_defaults
def keep_english(_endpoint: str, values: dict[str, Any]) -> None:
    """Keep the language on every link: readers have no session to keep it in."""
    if current_language() == "en":
        values.setdefault("lang", "en")


@bp.after_request
def send_small(response: Response) -> Response:
    """Compress pages, and let them be kept for a minute: they hold nothing of anybody's."""
    if response.status_code != 200 or request.method not in ("GET", "HEAD"):
        return response
    response.headers["Cache-Control"] = f"public, max-age={KEPT_SECONDS}"
    response.headers["Vary"] = "Accept-Encoding, Cookie"
    if response.mimetype == "text/html" and accepts_gzip():
        response.data = gzip.compress(response.data, compresslevel=6, mtime=0)
        response.headers["Content-Encoding"] = "gzip"
    return response


@bp.get("/")
def index() -> ResponseReturnValue:
    """List what is published."""
    return pages.index_page(PUBLIC)


@bp.get("/<code>")
def round_(code: str) -> ResponseReturnValue:
    """Show the results of a round."""
    return pages.round_page(PUBLIC, code)


@bp.get("/<code>/tong-quan")
def overview_(code: str) -> ResponseReturnValue:
    """Show on one screen how satisfied people are, how sure that is, and where to act."""
    return overview.overview_page(PUBLIC, code)


@bp.get("/chuong-trinh/<campaign>")
def trend_(campaign: str) -> ResponseReturnValue:
    """Show the rounds of a campaign in time."""
    return trend.trend_page(PUBLIC, campaign)


@bp.get("/<code>/cach-tinh")
def methods_(code: str) -> ResponseReturnValue:
    """Show how much it matters by which rule the index is made."""
    return methods.methods_page(PUBLIC, code)


@bp.get("/<code>/xep-hang")
def ranking_(code: str) -> ResponseReturnValue:
    """Show how far units can be ranked."""
    return ranking.ranking_page(PUBLIC, code)


@bp.get("/<code>/muc-tieu")
def targets_(code: str) -> ResponseReturnValue:
    """Show targets with verdicts, and changes."""
    return goals.targets_page(PUBLIC, code)


@bp.get("/<code>/yeu-to")
def drivers_(code: str) -> ResponseReturnValue:
    """Show which criteria go with satisfaction as a whole."""
    return drivers.drivers_page(PUBLIC, code)


@bp.get("/<code>/theo/<kind>")
def breakdown(code: str, kind: str) -> ResponseReturnValue:
    """Show one figure in all domains of a kind."""
    return pages.breakdown_page(PUBLIC, code, kind)


@bp.get("/<code>/theo/<kind>/<domain>")
def domain(code: str, kind: str, domain: str) -> ResponseReturnValue:
    """Show all figures of one domain."""
    return pages.domain_page(PUBLIC, code, kind, domain)


@bp.get("/<code>/tai-ve")
def files(code: str) -> ResponseReturnValue:
    """List the files of a round, with sizes and who each is for."""
    return download_pages.show(PUBLIC, code)


@bp.get("/<code>/tai-ve.<form>")
def download(code: str, form: str) -> ResponseReturnValue:
    """Send all figures of a round as a file: XLSX or CSV."""
    return downloads.send(PUBLIC, code, form)


def percent(share: float, digits: int = 1) -> str:
    """Write a share as a percentage in the language of the request."""
    return numbers.percent(share, current_language(), digits)


def decimal(value: float, digits: int = 2) -> str:
    """Write a number with a fixed count of decimals in the language of the request."""
    return numbers.decimal(value, current_language(), digits)


def count(number: float) -> str:
    """Write a number of people in the language of the request."""
    return numbers.count(number, current_language())


def amount(value: float, quantity: Quantity) -> str:
    """Write the value of a node in what it is counted in."""
    return percent(value) if quantity is Quantity.SHARE else decimal(value)


def ends(row: EstimateRow, quantity: str) -> str:
    """Write an interval, e.g. ``92,3–95,6%``; empty without one."""
    if row.low is None or row.high is None:
        return ""
    low, high = (amount(end, Quantity(quantity)) for end in (row.low, row.high))
    return f"{low.removesuffix('%')}–{high}"


def format_moment(moment: datetime) -> str:
    """Write the day of a moment, in Vietnam."""
    return format_day(moment.astimezone(ZoneInfo(TIMEZONE)).date())


def format_clock(moment: datetime) -> str:
    """Write hour and minute of a moment, in Vietnam, and its day."""
    here = moment.astimezone(ZoneInfo(TIMEZONE))
    return f"{here:%H:%M}, {format_day(here.date())}"
