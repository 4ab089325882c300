"""Whether a sheet that hangs somewhere is genuine, for those who inspect."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from app.web import code_check, guards
from app.web.code_check import Looked

bp = Blueprint("poster_check", __name__, url_prefix="/office/poster-check")
guards.guard(bp, guards.field)


@bp.get("")
def show() -> ResponseReturnValue:
    """Ask for a code."""
    return code_check.page("office/posters/check.html", Looked())


@bp.post("")
def check() -> ResponseReturnValue:
    """Say what a code is."""
    return code_check.page("office/posters/check.html", code_check.look())
