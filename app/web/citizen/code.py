"""``/r/<token>``: a one-time code. Pages of a long questionnaire are kept until it is handed in."""

from uuid import uuid4

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue

from app.services import drafts, interview, paging
from app.services.consent import Consent, agreed
from app.services.interview import (
    Accepted,
    CodeOutcome,
    Opened,
    Rejected,
    Shut,
    Submission,
)
from app.services.mixing.keys import PublicKey
from app.services.paging import Entered
from app.web.citizen import gate, pages, sent
from app.web.citizen.pages import Sheet, Visit
from app.web.citizen.sealing import sealed_with_current_key
from app.web.citizen.sent import Sent
from app.web.context import database, now, today


def add_to(bp: Blueprint) -> None:
    """Add the pages of one-time codes to the citizens' blueprint."""
    bp.add_url_rule("/r/<token>", "code_start", start)
    bp.add_url_rule("/r/<token>/phieu", "code_form", form)
    bp.add_url_rule("/r/<token>/phieu", "code_answer", answer, methods=["POST"])
    bp.add_url_rule("/r/<token>/phieu/<page>", "code_page", form)
    bp.add_url_rule("/r/<token>/phieu/<page>", "code_turn", answer, methods=["POST"])
    bp.add_url_rule("/r/<token>/kiem-tra", "code_review", review)
    bp.add_url_rule("/r/<token>/kiem-tra", "code_submit", submit, methods=["POST"])
    bp.add_url_rule("/r/<token>/cam-on", "code_thanks", thanks)


def start(token: str) -> ResponseReturnValue:
    """Say why and how long, and ask for consent."""
    visit = _arrive(token)
    if isinstance(visit, Shut):
        return _received(token) or pages.shut(visit)
    return pages.start(visit, begun=bool(_entered(visit)))


def form(token: str, page: str | None = None) -> ResponseReturnValue:
    """Show a page of questions with what was answered before; by itself, the page to go on with."""
    visit = _arrive(token)
    if isinstance(visit, Shut):
        return pages.shut(visit)
    consent = _consent(visit)
    if consent is None:
        return pages.see_other(visit.url())
    instrument, entered = visit.instrument, _entered(visit)
    if paging.is_short(instrument):
        return pages.blank_form(visit, consent)
    draft = visit.opened.draft
    if page is None or not _has(visit, page) or not paging.reachable(instrument, entered, page):
        target: str | None = paging.first_page(instrument)
        if draft is not None and draft.page is not None:
            target = paging.forward(instrument, entered, draft.page).page
        # Whoever has only agreed so far has that in the address alone.
        return _to(visit, target, consent if draft is None else None)
    editing = request.args.get("sua") == "1"
    sheet = Sheet(page, entered, carries=False, editing=editing)
    return pages.form(visit, sheet, consent)


def answer(token: str, page: str | None = None) -> ResponseReturnValue:
    """Take a page; of a short questionnaire that is everything."""
    form = sent.read()
    visit = _arrive(token, form.language, handing_in=True)
    if isinstance(visit, Shut):
        return _too_late(token, visit)
    instrument = visit.instrument
    consent = form.agreed(instrument)
    if consent is None:
        return pages.see_other(visit.url())
    if paging.is_short(instrument):
        return _answer_short(visit, token, form, consent)
    page = page or paging.first_page(instrument)
    if not _has(visit, page):
        abort(404)
    return _turn(visit, token, form, consent, page)


def review(token: str) -> ResponseReturnValue:
    """Show every answer before they are handed in."""
    visit = _arrive(token)
    if isinstance(visit, Shut):
        return pages.shut(visit)
    consent = _consent(visit)
    if consent is None:
        return pages.see_other(visit.url())
    wrong = _first_wrong(visit)
    if wrong is not None:
        return _to(visit, wrong)
    return pages.review(visit, _entered(visit), consent, carries=False, key=None)


def submit(token: str) -> ResponseReturnValue:
    """Hand in what was kept, or go back to one of its pages."""
    form = sent.read()
    visit = _arrive(token, form.language)
    if isinstance(visit, Shut):
        return _too_late(token, visit)
    if form.edit is not None and _has(visit, form.edit):
        return pages.see_other(visit.url("phieu", form.edit, sua="1"))
    if form.language is not None:
        return pages.see_other(visit.url("kiem-tra"))
    consent = _consent(visit)
    if consent is None:
        return pages.see_other(visit.url())
    return _hand_in(visit, token, _entered(visit), consent)


def thanks(token: str) -> ResponseReturnValue:
    """Thank whoever has handed in; a code that is not used yet leads to its questions."""
    opened = gate.desk().used(token, now(), today())
    if isinstance(opened, Shut):
        visit = _arrive(token)
        return pages.shut(visit) if isinstance(visit, Shut) else pages.see_other(visit.url())
    return pages.thanks(pages.arrive(opened, "r", token))


def _received(token: str) -> ResponseReturnValue | None:
    """Offer to replace what was handed in, as long as that is possible."""
    opened = gate.desk().used(token, now(), today())
    if isinstance(opened, Shut) or opened.replaceable_until is None:
        return None
    return pages.thanks(pages.arrive(opened, "r", token))


def _arrive(
    token: str, language: str | None = None, *, handing_in: bool = False
) -> Visit | Shut:  # fmt: skip
    replacing = request.args.get(pages.REPLACING) == "1"
    opened = gate.desk().code(token, now(), today(), replacing=replacing, handing_in=handing_in)
    if isinstance(opened, Opened):
        return pages.arrive(opened, "r", token, language=language)
    if opened.reason == "code.unknown":
        gate.admit(gate.ANSWER)
    return opened


def _answer_short(visit: Visit, token: str, form: Sent, consent: Consent) -> ResponseReturnValue:
    page = paging.first_page(visit.instrument)
    if form.version != pages.version_of(visit.instrument):
        return pages.form(visit, Sheet(page, form.entered, changed=True), consent, 409)
    if form.language is not None:
        return pages.form(visit, Sheet(page, form.entered), consent)
    return _hand_in(visit, token, form.entered, consent)


def _turn(visit: Visit, token: str, form: Sent, consent: Consent, page: str) -> ResponseReturnValue:
    """Keep a page and go to another, or show it again with what is wrong."""
    instrument = visit.instrument
    here = paging.fields_of(instrument, page)
    entered: Entered = {
        **{name: each for name, each in _entered(visit).items() if name not in here},
        **{name: each for name, each in form.entered.items() if name in here},
    }
    going_on = form.go == "next"
    step = paging.forward(instrument, entered, page, editing=form.editing)
    if going_on and step.problems and step.page == page:
        sheet = Sheet(page, entered, step.problems, carries=False, editing=form.editing)
        return pages.form(visit, sheet, consent, 422)
    with database().write() as db:
        kept = drafts.save_page(
            db,
            visit.opened,
            page,
            entered,
            language=visit.language,
            agreed=consent,
            now=now(),
            answered=going_on,
        )
    if not kept:
        return _too_late(token, _shut_now(token))
    if form.go == "back":
        return _to(visit, paging.back(instrument, entered, page) or page)
    return _to(visit, step.page if going_on else page)


def _hand_in(visit: Visit, token: str, entered: Entered, consent: Consent) -> ResponseReturnValue:
    submission = Submission(entered, visit.language, consent, uuid4())

    def attempt(key: PublicKey) -> CodeOutcome:
        with database().alone() as db:
            return interview.submit_code(db, visit.opened, submission, key, now(), today())

    outcome = sealed_with_current_key(attempt)
    match outcome:
        case Accepted():
            gate.desk().handed_in(token, now())
            return pages.see_other(pages.address("r", token, "cam-on"))
        case Rejected(problems=problems):
            if not paging.is_short(visit.instrument):
                return _to(visit, _first_wrong(visit))
            page = paging.first_page(visit.instrument)
            return pages.form(visit, Sheet(page, entered, problems), consent, 422)
        case Shut():
            return _too_late(token, outcome)


def _too_late(token: str, shut: Shut) -> ResponseReturnValue:
    """Say so; but thank a second tap like the first, which used its code up.

    Whoever wanted to replace their answers is told that the earlier ones count.
    """
    if shut.reason == "code.used" and request.args.get(pages.REPLACING) != "1":
        return pages.see_other(pages.address("r", token, "cam-on"))
    return pages.shut(shut, unsaved=True)


def _shut_now(token: str) -> Shut:
    replacing = request.args.get(pages.REPLACING) == "1"
    found = gate.desk().code(token, now(), today(), replacing=replacing)
    return found if isinstance(found, Shut) else Shut("code.expired")


def _consent(visit: Visit) -> Consent | None:
    """Find what was agreed to: said by the address, or kept with the draft."""
    draft = visit.opened.draft
    said = agreed(visit.instrument, request.args.get("dong-y", ""))
    if said is not None or draft is None or draft.consent_hash is None:
        return said
    return agreed(visit.instrument, draft.consent_hash.removeprefix("sha256:")[:16])


def _entered(visit: Visit) -> Entered:
    return {} if visit.opened.draft is None else visit.opened.draft.entered


def _has(visit: Visit, page: str) -> bool:
    return page in (each.code for each in visit.instrument.pages)


def _first_wrong(visit: Visit) -> str | None:
    last = visit.instrument.pages[-1].code
    step = paging.forward(visit.instrument, _entered(visit), last)
    return step.page if step.problems else None


def _to(visit: Visit, page: str | None, consent: Consent | None = None) -> ResponseReturnValue:
    """Redirect to a page, or to the review."""
    query = {} if consent is None else {"dong-y": consent.short}
    target = visit.url("kiem-tra") if page is None else visit.url("phieu", page, **query)
    return pages.see_other(target)
