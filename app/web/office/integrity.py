"""How whole and how plain the answers of a round are: coverage, flags, what was decided."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import integrity_words as words
from app.errors import ConflictError, NotFoundError
from app.i18n import format_moment
from app.queries import coverage, rounds, screenings
from app.queries.coverage import Coverage
from app.queries.screenings import ScreeningShown
from app.sentences import SENTENCES, sentence
from app.services.screening import decisions, runs
from app.services.screening.looking import STEPS
from app.web import context, guards
from app.web.forms.integrity import DecisionForm
from app.web.forms.rounds import ConfirmForm
from app.web.office import integrity_pages as pages

bp = Blueprint("integrity", __name__, url_prefix="/office/rounds")
guards.guard(bp, guards.watched)
# Supervisors see everything and say what they saw; the office has answers screened.
work = Blueprint("screening", __name__, url_prefix="/office/rounds")
guards.guard(work, guards.office)

REFRESH_SECONDS = 2


@bp.get("/<code>/integrity")
def show(code: str) -> ResponseReturnValue:
    """Show coverage, flags and what was decided about them."""
    try:
        with context.database().read() as db:
            shown = rounds.by_code(db, code)
            key = coverage.round_id(db, code)
            days = coverage.closing_days(db, key)
            centres = coverage.by_centre(db, key)
            procedures = coverage.by_procedure(db, key)
            account = coverage.reconciliation(db, key, days)
            last = screenings.last_screening(db, code)
            made = screenings.last_screening(db, code, "made")
            found = screenings.findings(db, made.id) if made else ()
    except NotFoundError:
        abort(404)
    flagged = [pages.finding_row(each) for each in found if each.is_flagged]
    everything = request.args.get("xem") == "tat-ca"
    others = [pages.finding_row(each) for each in found if not each.is_flagged]
    typical = _typical(centres)
    return render_template(
        "office/integrity/show.html",
        shown=shown,
        made=made,
        last=last if last is not None and last != made else None,
        failure=_failure(last),
        flagged=flagged,
        others=others if everything else [],
        n_others=len(others),
        account=account,
        centres=centres,
        procedures=procedures,
        weeks=coverage.by_week(days),
        chart=pages.coverage_chart(centres, typical),
        covered=pages.covered,
        moment=format_moment,
        words=words,
        fewest=coverage.FEWEST_DOSSIERS,
        form=ConfirmForm(),
    )


@work.post("/<code>/integrity/runs")
def start(code: str) -> ResponseReturnValue:
    """Have the answers screened by the worker."""
    if not ConfirmForm().validate_on_submit():
        return redirect(url_for("integrity.show", code=code), 303)
    try:
        with context.database().write() as db:
            run = runs.request(db, code, actor=current_user.email, now=context.now())
            context.jobs().queue_screening(db, run)
    except NotFoundError:
        abort(404)
    except ConflictError as error:
        flash(sentence(error.code, **error.context), "error")
        return redirect(url_for("integrity.show", code=code), 303)
    return redirect(url_for("integrity.run_", code=code, run=run), 303)


@bp.get("/<code>/integrity/runs/<int:run>")
def run_(code: str, run: int) -> ResponseReturnValue:
    """Show how far a screening is."""
    found = _run(code, run)
    if not found.is_at_work:
        return redirect(url_for(".show", code=code), 303)
    with context.database().read() as db:
        shown = rounds.by_code(db, code)
    page = render_template(
        "office/integrity/run.html",
        shown=shown,
        run=found,
        steps=[(step, words.STEPS[step]) for step in STEPS],
        form=ConfirmForm(),
    )
    return page, {"Refresh": str(REFRESH_SECONDS)}


@work.post("/<code>/integrity/runs/<int:run>/cancel")
def cancel(code: str, run: int) -> ResponseReturnValue:
    """Stop a screening."""
    if ConfirmForm().validate_on_submit():
        found = _run(code, run)
        with context.database().write() as db:
            runs.cancel(db, found.id, actor=current_user.email)
    return redirect(url_for("integrity.show", code=code), 303)


@bp.route("/<code>/integrity/findings/<int:finding>", methods=["GET", "POST"])
def finding(code: str, finding: int) -> ResponseReturnValue:
    """Show one finding, and take what somebody says after having looked."""
    try:
        with context.database().read() as db:
            shown = rounds.by_code(db, code)
            found = screenings.finding(db, code, finding)
            days = screenings.days_of(db, code, found)
    except NotFoundError:
        abort(404)
    form = DecisionForm()
    if form.validate_on_submit():
        try:
            with context.database().write() as db:
                decisions.decide(
                    db, code, finding, form.decision.data, form.reason.data or "",
                    actor=current_user.email, now=context.now(),
                )  # fmt: skip
        except ConflictError as error:
            flash(sentence(error.code, **error.context), "error")
        else:
            flash(_("Đã ghi kết luận. Câu trả lời và số liệu không thay đổi."), "success")
        return redirect(url_for(".finding", code=code, finding=finding), 303)
    row = pages.finding_row(found)
    return render_template(
        "office/integrity/finding.html",
        shown=shown,
        row=row,
        days=pages.burst_chart(found, days),
        rates=pages.rate_chart(row),
        form=form,
        moment=format_moment,
        words=words,
    ), 422 if form.errors else 200


def _run(code: str, run: int) -> ScreeningShown:
    try:
        with context.database().read() as db:
            return screenings.screening(db, code, run)
    except NotFoundError:
        abort(404)


def _failure(last: ScreeningShown | None) -> str:
    """Say why the last screening came to nothing."""
    if last is None or last.state != "failed" or last.failure is None:
        return ""
    code, said = last.failure["code"], last.failure["context"]
    return sentence(code, **said) if code in SENTENCES else sentence("screening.fault")


def _typical(centres: tuple[Coverage, ...]) -> float | None:
    n = sum(each.n_dossiers for each in centres)
    return sum(each.n_answers for each in centres) / n if n else None
