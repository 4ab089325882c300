"""Publishing a closed round: work the figures out, look at them, then show them to everyone."""

from collections.abc import Sequence

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import labels
from app.errors import ConflictError, NotFoundError
from app.queries import publication_runs, publications, rounds, weights
from app.queries.publication_runs import RunShown
from app.queries.rounds import RoundSummary
from app.queries.weights import SetShown
from app.sentences import sentence
from app.services import publication_runs as runs
from app.services import publishing
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
REFRESH_SECONDS = 2


@bp.route("/<code>/publish", methods=["GET", "POST"])
def new(code: str) -> ResponseReturnValue:
    """Say what will be done, then work out the figures of a closed round for the office to see."""
    with context.database().read() as db:
        shown = rounds.by_code(db, code)
        sets = weights.sets(db, code)
        going_on = publication_runs.at_work(db, code)
        last = publications.of_round(db, code, public_only=False)
    if going_on is not None:
        return redirect(url_for(".run_", code=code, run=going_on.id), 303)
    form = _offered(shown, sets)
    if form.validate_on_submit():
        try:
            with context.database().write() as db:
                run = runs.request(
                    db,
                    code,
                    weight_set=None if form.weights.data == BASE else int(form.weights.data),
                    may_be_another=form.another.data,
                    actor=current_user.email,
                    now=context.now(),
                )
                context.jobs().queue_publication(db, run)
        except ConflictError as error:
            flash(sentence(error.code, **error.context), "error")
            return redirect(url_for("rounds.show", code=code), 303)
        return redirect(url_for(".run_", code=code, run=run), 303)
    if shown.state not in ("closed", "published"):
        flash(sentence("round.not-closed", round=code), "error")
        return redirect(url_for("rounds.show", code=code), 303)
    return render_template(
        "office/publishing/new.html",
        shown=shown,
        form=form,
        has_weights=bool(sets),
        last=None if last is None else last.number,
    ), 422 if form.errors else 200


@bp.get("/<code>/publish/<int:run>")
def run_(code: str, run: int) -> ResponseReturnValue:
    """Show how far a run is, or why the round was not published."""
    with context.database().read() as db:
        shown = rounds.by_code(db, code)
    found = _found(code, run)
    if found.publication is not None:
        flash(*_ended(found))
        return redirect(url_for("results.round_", code=code, lan=found.publication), 303)
    failure = found.failure
    page = render_template(
        "office/publishing/run.html",
        shown=shown,
        run=found,
        told=sentence(failure["code"], **failure["context"]) if failure else "",
        steps=[(step, labels.publication_step(step)) for step in publishing.STEPS],
        form=ConfirmForm(),
    )
    return (page, {"Refresh": str(REFRESH_SECONDS)}) if found.is_at_work else page


@bp.post("/<code>/publish/<int:run>/cancel")
def cancel(code: str, run: int) -> ResponseReturnValue:
    """Stop a run."""
    if ConfirmForm().validate_on_submit():
        found = _found(code, run)
        with context.database().write() as db:
            runs.cancel(db, found.id, actor=current_user.email)
    return redirect(url_for(".run_", code=code, run=run), 303)


@bp.post("/<code>/publish/<int:run>/resume")
def resume(code: str, run: int) -> ResponseReturnValue:
    """Take up a run that was stopped."""
    if ConfirmForm().validate_on_submit():
        found = _found(code, run)
        try:
            with context.database().write() as db:
                runs.resume(db, found.id, actor=current_user.email)
                context.jobs().queue_publication(db, found.id)
        except ConflictError as error:
            flash(sentence(error.code, **error.context), "error")
    return redirect(url_for(".run_", code=code, run=run), 303)


def _found(code: str, run: int) -> RunShown:
    try:
        with context.database().read() as db:
            return publication_runs.run(db, code, run)
    except NotFoundError:
        abort(404)


def _ended(found: RunShown) -> tuple[str, str]:
    if found.state == "unchanged":
        return _("Kết quả đã được tính từ đúng các câu trả lời này."), "info"
    return _("Đã tính xong. Chỉ cán bộ xem được cho đến khi công bố."), "success"


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
