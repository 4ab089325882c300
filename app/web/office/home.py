"""First page of the office: what waits, what runs, what was published."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.queries import draws, publications, rounds
from app.queries.channels import held
from app.services.accounts import OFFICE, SUPERVISOR, UNIT_VIEWER
from app.web import context, guards
from app.web.office import steps
from app.web.scope import visible_domains

bp = Blueprint("office", __name__, url_prefix="/office")
guards.guard(bp, guards.staff)

N_PUBLISHED = 5
# Rounds past their end keep citizens before a shut door; drafts keep nobody.
URGENCY = ("open", "closed", "draft")


@bp.get("/")
def home() -> ResponseReturnValue:
    """Show what waits and what runs; a unit viewer sees what was published of the unit."""
    today = context.today()
    if not (current_user.has_role(OFFICE) or current_user.has_role(UNIT_VIEWER)):
        return _home_of_watchers()
    scope = visible_domains()
    with context.database().read() as db:
        found = rounds.every_round(db)
        of_unit = None if scope is None else publications.rounds_about(db, scope)
        n_held = sum(each.n for each in held(db))
    published = [each for each in found if each.publication is not None]
    if of_unit is not None:
        own = [each for each in published if each.code in of_unit]
        return render_template("office/home_unit.html", published=own, steps=steps)
    return render_template(
        "office/home.html",
        waiting=sorted(
            (each for each in (steps.waiting(each, today) for each in found) if each),
            key=lambda each: URGENCY.index(each.round.state),
        ),
        running=[each for each in found if each.state == "open" and each.closes_on >= today],
        published=published[:N_PUBLISHED],
        n_rounds=len(found),
        n_held=n_held,
        steps=steps,
        today=today,
    )


def _home_of_watchers() -> ResponseReturnValue:
    """Show supervisors the draws, and the Post the cases it works on."""
    watches = current_user.has_role(SUPERVISOR)
    with context.database().read() as db:
        found = draws.every_draw(db)
    return render_template(
        "office/home_watch.html",
        watches=watches,
        waiting=[draw for draw in found if draw.state in ("requested", "announced")],
        drawn=[draw for draw in found if draw.state == "drawn" and draw.replaced_by is None],
    )
