"""``/c/<code>``: the open QR code of a counter. Nothing is kept before the answers are handed in.

A long questionnaire carries what was entered on earlier pages along in the form.
"""

from dataclasses import replace

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue

from app.services import interview, paging
from app.services.consent import Consent, agreed
from app.services.interview import (
    Accepted,
    AlreadyAnswered,
    OpenOutcome,
    Rejected,
    Shut,
    Submission,
)
from app.services.mixing.keys import PublicKey
from app.web.citizen import gate, pages, sent
from app.web.citizen.pages import Sheet, Visit
from app.web.citizen.sealing import sealed_with_current_key
from app.web.citizen.sent import Sent
from app.web.context import database, today


def add_to(bp: Blueprint) -> None:
    """Add the pages of counters to the citizens' blueprint."""
    bp.add_url_rule("/c/<code>", "counter_start", start)
    bp.add_url_rule("/c/<code>/phieu", "counter_form", form)
    bp.add_url_rule("/c/<code>/phieu", "counter_answer", answer, methods=["POST"])
    bp.add_url_rule("/c/<code>/phieu/<page>", "counter_page", again)
    bp.add_url_rule("/c/<code>/phieu/<page>", "counter_turn", answer, methods=["POST"])
    bp.add_url_rule("/c/<code>/kiem-tra", "counter_review", again)
    bp.add_url_rule("/c/<code>/kiem-tra", "counter_submit", submit, methods=["POST"])
    bp.add_url_rule("/c/<code>/cam-on", "counter_thanks", thanks)


def start(code: str) -> ResponseReturnValue:
    """Say whom the answers are about, why and how long, and ask for consent."""
    visit = _arrive(code)
    return pages.shut(visit) if isinstance(visit, Shut) else pages.start(visit)


def form(code: str) -> ResponseReturnValue:
    """Show the first page of questions to whoever has agreed."""
    visit = _arrive(code)
    if isinstance(visit, Shut):
        return pages.shut(visit)
    consent = agreed(visit.instrument, request.args.get("dong-y", ""))
    if consent is None:
        return pages.see_other(visit.url())
    return pages.blank_form(visit, consent)


def again(code: str, page: str = "") -> ResponseReturnValue:  # noqa: ARG001 - part of the address
    """Lead whoever opens a later page by its address to the start: nothing is kept here."""
    visit = _arrive(code)
    return pages.shut(visit) if isinstance(visit, Shut) else pages.see_other(visit.url())


def answer(code: str, page: str | None = None) -> ResponseReturnValue:
    """Take a page; of a short questionnaire that is everything."""
    form = sent.read()
    visit = _arrive(code, form.language)
    if isinstance(visit, Shut):
        return pages.shut(visit, unsaved=True)
    short = paging.is_short(visit.instrument)
    page = page or paging.first_page(visit.instrument)
    if page not in (each.code for each in visit.instrument.pages):
        abort(404)
    handing_in = short and form.go == "next"
    gate.admit(gate.ANSWER if handing_in else gate.TURN, code)
    consent = form.agreed(visit.instrument)
    if consent is None:
        return pages.see_other(visit.url())
    if form.version != pages.version_of(visit.instrument):
        return _changed(visit, form, consent)
    if handing_in:
        return _hand_in(visit, form, consent)
    return _turn(visit, form, consent, page)


def submit(code: str) -> ResponseReturnValue:
    """Take the whole of a long questionnaire from its review, or go back to one of its pages."""
    form = sent.read()
    visit = _arrive(code, form.language)
    if isinstance(visit, Shut):
        return pages.shut(visit, unsaved=True)
    gate.admit(gate.ANSWER if form.go == "next" else gate.TURN, code)
    consent = form.agreed(visit.instrument)
    if consent is None:
        return pages.see_other(visit.url())
    if form.version != pages.version_of(visit.instrument):
        return _changed(visit, form, consent)
    if form.edit is not None and form.edit in (each.code for each in visit.instrument.pages):
        sheet = Sheet(form.edit, form.entered, editing=True, key=form.key, made=form.made)
        return pages.form(visit, sheet, consent)
    if form.language is not None:
        return pages.review(
            visit, form.entered, consent, carries=True, key=form.key, made=form.made
        )
    return _hand_in(visit, form, consent)


def thanks(code: str) -> ResponseReturnValue:
    """Thank and say what happens next."""
    visit = _arrive(code)
    if isinstance(visit, Shut):
        over = visit.reason == "round.over"
        return pages.thanks_after(visit) if over else pages.shut(visit)
    return pages.thanks(visit)


def _arrive(code: str, language: str | None = None) -> Visit | Shut:
    opened = gate.desk().counter(code, today())
    if isinstance(opened, Shut):
        return opened
    return pages.arrive(opened, "c", code, language=language)


def _turn(visit: Visit, form: Sent, consent: Consent, page: str) -> ResponseReturnValue:
    """Go to another page, with everything entered so far."""
    sheet = Sheet(page, form.entered, editing=form.editing, key=form.key, made=form.made)
    if form.language is not None:
        return pages.form(visit, sheet, consent)
    if form.go == "back":
        before = paging.back(visit.instrument, form.entered, page) or page
        return pages.form(visit, replace(sheet, page=before, editing=False), consent)
    step = paging.forward(visit.instrument, form.entered, page, editing=form.editing)
    if step.page is None:
        return pages.review(
            visit, form.entered, consent, carries=True, key=form.key, made=form.made
        )
    sheet = replace(sheet, page=step.page, problems=step.problems)
    return pages.form(visit, sheet, consent, 422 if step.problems else 200)


def _hand_in(visit: Visit, form: Sent, consent: Consent) -> ResponseReturnValue:
    if form.key is None:
        abort(400)
    doubt = gate.stamps().doubt(form.made, form.key, form.lure)
    if doubt is not None:
        return _once_more(visit, form, consent, doubt)
    submission = Submission(form.entered, visit.language, consent, form.key)

    def attempt(key: PublicKey) -> OpenOutcome:
        with database().alone() as db:
            return interview.submit_open(db, visit.opened, submission, key, today())

    outcome = sealed_with_current_key(attempt)
    match outcome:
        case Accepted():
            return pages.see_other(visit.url("cam-on"))
        case AlreadyAnswered():
            return pages.already(visit)
        case Rejected(problems=problems):
            last = visit.instrument.pages[-1].code
            step = paging.forward(visit.instrument, form.entered, last)
            wrong = Sheet(
                step.page or last,
                form.entered,
                step.problems or problems,
                key=form.key,
                made=form.made,
            )
            return pages.form(visit, wrong, consent, 422)
        case Shut():
            return pages.shut(outcome, unsaved=True)


def _once_more(visit: Visit, form: Sent, consent: Consent, doubt: str) -> ResponseReturnValue:
    """Show what may have come from a program once more, to be sent again; nothing is lost."""
    if paging.is_short(visit.instrument):
        first = paging.first_page(visit.instrument)
        sheet = Sheet(first, form.entered, key=form.key, made=form.made, doubt=doubt)
        return pages.form(visit, sheet, consent, 422)
    return pages.review(
        visit, form.entered, consent, carries=True, key=form.key, made=form.made, doubt=doubt
    )  # fmt: skip


def _changed(visit: Visit, form: Sent, consent: Consent) -> ResponseReturnValue:
    """Show today's questionnaire to someone who answered an earlier one."""
    first = paging.first_page(visit.instrument)
    sheet = Sheet(first, form.entered, changed=True, key=form.key, made=form.made)
    return pages.form(visit, sheet, consent, 409)
