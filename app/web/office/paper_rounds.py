"""Which rounds take paper forms or interviews by telephone: where those who enter them begin."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.queries import paper as queries
from app.web import context, guards

bp = Blueprint("paper_rounds", __name__, url_prefix="/office/paper")
guards.guard(bp, guards.field)


@bp.get("")
def index() -> ResponseReturnValue:
    """List the open rounds that take such forms."""
    with context.database().read() as db:
        found = queries.rounds_with_paper(db)
    return render_template("office/paper/rounds.html", rounds=found)
