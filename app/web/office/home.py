"""First page of the office: what runs, what waits."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.web import guards

bp = Blueprint("office", __name__, url_prefix="/office")
guards.guard(bp, guards.staff)


@bp.get("/")
def home() -> ResponseReturnValue:
    """Show what runs and what waits."""
    return render_template("office/home.html")
