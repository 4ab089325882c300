"""What respondents wrote in a round, for the office: many together, by chance, without a day."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app import labels
from app.i18n import current_language
from app.queries import rounds
from app.queries.texts import FEWEST
from app.services import instruments, texts
from app.web import context, guards

bp = Blueprint("texts", __name__, url_prefix="/office/rounds/<code>/texts")
guards.guard(bp, guards.office)


@bp.get("")
def show(code: str) -> ResponseReturnValue:
    """Show some of the texts of each question, drawn anew each time; reading is written down."""
    with context.database().write() as db:
        shown = rounds.by_code(db, code)
        found = texts.read(db, code, actor=current_user.email)
        instrument = instruments.instrument_with(db, shown.instrument_hash)
    wording = labels.wording(instrument, current_language())
    return render_template(
        "office/texts/show.html",
        shown=shown,
        found=[(wording.label(each.item), each) for each in found],
        fewest=FEWEST,
    )
