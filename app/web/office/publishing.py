"""Publishing a closed round: work the figures out, look at them, then show them to everyone."""

from collections.abc import Sequence

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app.errors import ConflictError
from app.queries import publications, rounds, weights
from app.queries.rounds import RoundSummary
from app.queries.weights import SetShown
from app.sentences import sentence
from app.services import publishing
from app.services.weighting.store import WeightsDamagedError
from app.web import context, guards
from app.web.forms.options import options
from app.web.forms.rounds import ConfirmForm
from app.web.forms.weights import WeightsChoiceForm
from app.web.office.cases_pages import day
from app.weight_words import number

bp = Blueprint("publishing", __name__, url_prefix="/office/rounds")
guards.guard(bp, guards.office)

# Stands for the base weights among the numbers of sets.
BASE = "base"


@bp.route("/<code>/publish", methods=["GET", "POST"])
def new(code: str) -> ResponseReturnValue:
    """Say what will be done, then work out the figures of a closed round for the office to see."""
    with context.database().read() as db:
        shown = rounds.by_code(db, code)
        sets = weights.sets(db, code)
    form = _offered(shown, sets)
    if form.validate_on_submit():
        try:
            with context.database().write() as db:
                outcome = publishing.publish(
                    db,
                    code,
                    var_dir=context.settings().var_dir,
                    code_version=context.settings().code_version,
                    actor=current_user.email,
                    now=context.now(),
                    weight_set=None if form.weights.data == BASE else int(form.weights.data),
                )
        except (ConflictError, WeightsDamagedError) as error:
            flash(sentence(error.code, **error.context), "error")
            return redirect(url_for("rounds.show", code=code), 303)
        match outcome:
            case publishing.Published():
                flash(_("Đã tính xong. Chỉ cán bộ xem được cho đến khi công bố."), "success")
            case publishing.Unchanged():
                flash(_("Kết quả đã được tính từ đúng các câu trả lời này."), "info")
        return redirect(url_for("results.round_", code=code), 303)
    if shown.state not in ("closed", "published"):
        flash(sentence("round.not-closed", round=code), "error")
        return redirect(url_for("rounds.show", code=code), 303)
    return render_template(
        "office/publishing/new.html", shown=shown, form=form, has_weights=bool(sets)
    ), 422 if form.errors else 200


def _offered(shown: RoundSummary, sets: Sequence[SetShown]) -> WeightsChoiceForm:
    """Offer the weights there are, the newest first, and the base weights."""
    named = [(str(one.number), _named(one)) for one in sets]
    base = _("Trọng số cơ sở của mẫu, không bù cho người không trả lời")
    if shown.source == "open":
        base = _("Không có trọng số")
    form = WeightsChoiceForm(data={"weights": named[0][0] if named else BASE})
    form.weights.choices = options([*named, (BASE, base)])
    return form


def _named(one: SetShown) -> str:
    text = _(
        "Bộ %(n)s, %(day)s: lớn nhất bằng %(times)s lần trung bình, hệ số Kish %(kish)s",
        n=one.number,
        day=day(one.made_at),
        times=number(one.summary["largest_by_mean"], 1),
        kish=number(one.summary["final"]["design_effect"], 2),
    )
    return str(text)


@bp.route("/<code>/publications/<int:number>/show", methods=["GET", "POST"])
def show(code: str, number: int) -> ResponseReturnValue:
    """Ask once more, then let everybody see a publication."""
    with context.database().read() as db:
        shown = rounds.by_code(db, code)
        facts = publications.of_round(db, code, public_only=False, number=number)
    if facts is None:
        abort(404)
    form = ConfirmForm()
    if form.validate_on_submit():
        with context.database().write() as db:
            publishing.show_to_everyone(db, code, number, actor=current_user.email)
        flash(_("Kết quả đã được công bố cho mọi người."), "success")
        return redirect(url_for("results.round_", code=code, lan=number), 303)
    return render_template("office/publishing/show.html", shown=shown, form=form, number=number)
