"""Tablets of a counter: set one up, see whether it is at work, take it out of service."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app.channel_words import HELD, refusal
from app.errors import ConflictError
from app.queries import centres as queries
from app.queries.channels import held, kiosks_of, takes_mode
from app.services import interview, kiosks
from app.services.interview import Shut
from app.services.posters import qr_svg
from app.web import context, guards

bp = Blueprint("kiosks", __name__, url_prefix="/office/centres/<centre>/counters/<counter>/kiosks")
guards.guard(bp, guards.office)


@bp.get("")
def index(centre: str, counter: str) -> ResponseReturnValue:
    """List the tablets of a counter."""
    return _page(centre, counter)


@bp.post("")
def begin(centre: str, counter: str) -> ResponseReturnValue:
    """Make the set-up address of a tablet; it is shown once."""
    with context.database().read() as db:
        queries.detail(db, centre).counter(counter)
    try:
        with context.database().write() as db:
            token = kiosks.begin(
                db,
                counter,
                name=request.form.get("name", ""),
                actor=current_user.email,
                now=context.now(),
            )
    except ConflictError as error:
        return _page(centre, counter, problem=refusal(error.code, **error.context)), 422
    return _page(centre, counter, setup=f"{context.settings().public_url}/k/cai-dat/{token}")


@bp.post("/<int:device>/end")
def end(centre: str, counter: str, device: int) -> ResponseReturnValue:
    """Take a tablet out of service."""
    with context.database().write() as db:
        kiosks.end(db, counter, device, actor=current_user.email, now=context.now())
    flash(_("Máy không còn nhận phiếu cho quầy này."), "success")
    return redirect(url_for(".index", centre=centre, counter=counter), 303)


def _page(centre: str, counter: str, *, setup: str = "", problem: str = "") -> str:
    with context.database().read() as db:
        shown = queries.detail(db, centre)
        item = shown.counter(counter)
        found = kiosks_of(db, counter, context.now())
        holds = held(db, counter)
        opened = interview.open_counter(db, counter, context.today())
        is_taken = isinstance(opened, Shut) or takes_mode(db, opened.round.id, "kiosk")
    return render_template(
        "office/kiosks/index.html",
        centre=shown,
        counter=item,
        devices=found,
        holds=holds,
        whys=HELD,
        setup=setup,
        setup_qr=qr_svg(setup) if setup else "",
        problem=problem,
        is_taken=is_taken,
    )
