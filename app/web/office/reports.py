"""Reports of publications: ordered, made in the background, downloaded."""

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app.i18n import LANGUAGES, current_language
from app.queries import publications
from app.queries.publications import PublicationFacts
from app.report_jobs import STEPS
from app.sentences import sentence
from app.services import audit
from app.services.reports import letterhead
from app.services.reports.desk import FORMS, Desk, Key, Order, file_name
from app.web import context, guards
from app.web.forms.reports import ReportForm
from app.web.forms.rounds import ConfirmForm
from app.web.reading.pages import chosen_number

bp = Blueprint("reports", __name__, url_prefix="/office/results")
guards.guard(bp, guards.office)

REFRESH_SECONDS = 2
MEDIA_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}


@bp.route("/<code>/report", methods=["GET", "POST"])
def show(code: str) -> ResponseReturnValue:
    """Show the reports of a publication and how far they are; take an order."""
    facts = _facts(code)
    if facts.round.source != "sample":
        flash(sentence("publication.not-a-sample", round=code), "error")
        return redirect(url_for("results.round_", code=code, lan=chosen_number()), 303)
    form = ReportForm()
    if form.validate_on_submit():
        _order(facts, form)
        return redirect(url_for("reports.show", code=code, lan=facts.number), 303)
    if request.method == "GET":
        form.fill(letterhead.remembered(desk().folder, facts.round.province))
        form.language.data = current_language()
        form.day.data = context.today()
    orders = [
        (key, desk().order(key), state)
        for key in _keys(facts)
        if (state := desk().state(key)) is not None
    ]
    at_work = request.method == "GET" and any(not state.is_ended for _key, _order_, state in orders)
    response = Response(
        render_template(
            "office/reports/show.html", facts=facts, form=form, orders=orders, forms=FORMS,
            steps=STEPS, at_work=at_work,
        )
    )  # fmt: skip
    if at_work:
        response.headers["Refresh"] = str(REFRESH_SECONDS)
    return response


@bp.post("/<code>/report/cancel")
def cancel(code: str) -> ResponseReturnValue:
    """Give up a report that is being made."""
    facts = _facts(code)
    language = request.form.get("language")
    if language not in LANGUAGES:
        abort(404)
    if ConfirmForm().validate_on_submit():
        desk().cancel(Key(code, facts.number, language))
    return redirect(url_for("reports.show", code=code, lan=facts.number), 303)


@bp.get("/<code>/report/<language>.<form>")
def download(code: str, language: str, form: str) -> ResponseReturnValue:
    """Send a finished report."""
    facts = _facts(code)
    if language not in LANGUAGES or form not in FORMS:
        abort(404)
    key = Key(code, facts.number, language)
    content = desk().file(key, form)
    if content is None:
        flash(_("Báo cáo này chưa được lập."), "info")
        return redirect(url_for("reports.show", code=code, lan=facts.number), 303)
    response = Response(content, content_type=MEDIA_TYPES[form])
    response.headers["Content-Disposition"] = f'attachment; filename="{file_name(key, form)}"'
    return response


def desk() -> Desk:
    """Find the desk of the running application."""
    return Desk.of(context.settings().var_dir)


def _order(facts: PublicationFacts, form: ReportForm) -> None:
    """Remember the letterhead and have the report made."""
    head = form.letterhead()
    letterhead.remember(desk().folder, facts.round.province, head)
    key = Key(facts.round.code, facts.number, form.language.data)
    order = desk().place(
        Order(
            key,
            head,
            form.day.data or context.today(),
            current_user.email,
            context.now().isoformat(),
            0,
        )
    )
    with context.database().write() as db:
        audit.record(
            db, current_user.email, "report.order", facts.round.code,
            number=facts.number, language=key.language,
        )  # fmt: skip
        context.jobs().queue_report(db, key, order.serial)
    flash(_("Đã nhận yêu cầu. Báo cáo được lập trong nền."), "success")


def _facts(code: str) -> PublicationFacts:
    with context.database().read() as db:
        facts = publications.of_round(db, code, public_only=False, number=chosen_number())
    if facts is None:
        abort(404)
    return facts


def _keys(facts: PublicationFacts) -> list[Key]:
    return [Key(facts.round.code, facts.number, language) for language in LANGUAGES]
