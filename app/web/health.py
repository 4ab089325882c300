"""Whether the program runs, and whether it can take answers."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from app.web import guards

bp = Blueprint("health", __name__)
guards.guard(bp, guards.everyone)


@bp.get("/healthz")
def healthz() -> ResponseReturnValue:
    """Answer as long as the process lives."""
    return {"status": "ok"}
