"""Sheets for counters: one counter's, a centre's, or all of a province in one file."""

from collections.abc import Iterable

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app.channel_words import refusal
from app.errors import ConflictError
from app.queries import posters as queries
from app.queries.posters import SheetRow
from app.services import posters
from app.services.posters import logos, pictures
from app.services.posters.numbers import number_of
from app.web import context, guards

bp = Blueprint("posters", __name__, url_prefix="/office/posters")
guards.guard(bp, guards.office)


@bp.get("")
def index() -> ResponseReturnValue:
    """Offer the sheets of every province, and its logo."""
    return _page()


@bp.get("/<int:province>.pdf")
def province_pdf(province: int) -> ResponseReturnValue:
    """Send the sheets of all open counters of a province in one file."""
    with context.database().read() as db:
        rows = queries.sheets_of_province(db, province)
        logo = queries.logo_of(db, province)
    if not rows:
        raise ConflictError("centre.no-open-counter", centre=province)
    return pdf(rows, logo, f"quay-{province}")


@bp.post("/<int:province>/logo")
def keep_logo(province: int) -> ResponseReturnValue:
    """Take a logo, or remove it."""
    with context.database().read() as db:
        rows = queries.sheets_of_province(db, province)
    sent = request.files.get("logo")
    if request.form.get("remove") == "1":
        with context.database().write() as db:
            logos.remove(db, province, actor=current_user.email)
        flash(_("Đã bỏ logo; mã in từ nay không có logo."), "success")
        return redirect(url_for(".index"), 303)
    content = b"" if sent is None else sent.read(pictures.MOST_LOGO_BYTES + 1)
    try:
        with context.database().write() as db:
            logos.keep(
                db,
                province,
                content,
                address=address_of(rows[0].code) if rows else context.settings().public_url,
                actor=current_user.email,
                now=context.now(),
            )
    except ConflictError as error:
        return _page(refusal(error.code, **error.context), province), 422
    flash(_("Đã lưu logo và đã thử: mã có logo ở giữa vẫn đọc được."), "success")
    return redirect(url_for(".index"), 303)


@bp.get("/<int:province>/logo.png")
def logo_png(province: int) -> ResponseReturnValue:
    """Send the logo of a province."""
    with context.database().read() as db:
        found = queries.logo_of(db, province)
    if found is None:
        raise ConflictError("logo.none", province=province)
    return Response(found, mimetype="image/png")


def pdf(rows: Iterable[SheetRow], logo: bytes | None, name: str) -> Response:
    """Set the sheets in the format and language asked for in the address, and send them."""
    form = request.args.get("format", "a5")
    language = request.args.get("language", "vi")
    form = form if form in posters.FORMATS else "a5"
    language = language if language in posters.LANGUAGES else "vi"
    made = posters.sheets_pdf(
        [_sheet(row) for row in rows], form=form, language=language, logo=logo
    )
    return file(made, "application/pdf", f"{name}-{form}.pdf")


def file(content: bytes, kind: str, name: str) -> Response:
    """Send a file; the page shows it or, asked with ``?download=1``, the browser keeps it."""
    response = Response(content, mimetype=kind)
    disposition = "attachment" if "download" in request.args else "inline"
    response.headers.set("Content-Disposition", disposition, filename=name)
    return response


def address_of(counter: str) -> str:
    """Address that stands on the sheet of a counter."""
    return f"{context.settings().public_url}/c/{counter}"


def _sheet(row: SheetRow) -> posters.Sheet:
    return posters.Sheet(
        province=row.province,
        centre=row.centre,
        number=row.number,
        counter=row.counter,
        address=address_of(row.code),
        simulated=row.simulated,
        short_page=f"{context.settings().public_url}/q",
        digits=number_of(row.counter_id),
    )


def _page(problem: str = "", province: int | None = None) -> str:
    with context.database().read() as db:
        found = queries.provinces(db)
    return render_template(
        "office/posters/index.html", provinces=found, problem=problem, wrong=province
    )
