"""Whether the program runs, and whether it can take answers. Neither page tells versions."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from app import readiness
from app.web import context, guards

bp = Blueprint("health", __name__)
guards.guard(bp, guards.everyone)


@bp.get("/healthz")
def healthz() -> ResponseReturnValue:
    """Answer as long as the process lives."""
    return {"status": "ok"}


@bp.get("/readyz")
def readyz() -> ResponseReturnValue:
    """Answer 200 if answers can be taken and kept, else 503 and why not."""
    settings = context.settings()
    reasons = readiness.obstacles(context.database(), settings.var_dir, settings.spool_keys)
    if reasons:
        return {"status": "not ready", "reasons": reasons}, 503, {"Retry-After": "10"}
    return {"status": "ready"}
