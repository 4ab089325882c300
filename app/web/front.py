"""The bare address of the site: whoever types only what is printed gets to the results."""

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from app.web import guards

bp = Blueprint("front", __name__)
guards.guard(bp, guards.everyone)


@bp.get("/")
def front() -> ResponseReturnValue:
    """Lead to the published results."""
    return redirect(url_for("public_results.index"))
