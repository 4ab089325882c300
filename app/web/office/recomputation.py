"""The address at which an earlier version handed out a publication as plan and data."""

from flask import Blueprint, abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from analysis.snapshot import Source
from app.queries import publications
from app.sentences import sentence
from app.web import context, guards

bp = Blueprint("recomputation", __name__, url_prefix="/office/rounds")
guards.guard(bp, guards.office)


@bp.route("/<code>/publications/<int:number>/recompute", methods=["GET", "POST"])
def new(code: str, number: int) -> ResponseReturnValue:
    """Lead to the signed bundle, which holds all that and two scripts."""
    with context.database().read() as db:
        facts = publications.of_round(db, code, public_only=False, number=number)
    if facts is None:
        abort(404)
    if facts.round.source != Source.SAMPLE:
        flash(sentence("publication.not-a-sample", round=code), "error")
        return redirect(url_for("results.round_", code=code, lan=number), 303)
    return redirect(url_for("files.show", code=code, number=number, _anchor="bundle"), 303)
