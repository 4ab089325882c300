"""One case: what happened, what is asked for, who decides."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import case_words
from app.errors import ConflictError
from app.queries import case_detail, cases
from app.queries.case_detail import CaseDetail
from app.services.cases import contacts, recording, reopening, replacing
from app.services.cases.contacts import Contact
from app.services.cases.recording import Happened
from app.services.cases.rules import HERE
from app.services.frames.vault import Vault
from app.web import context, guards
from app.web.forms.cases import (
    ContactForm,
    HappenedForm,
    NoteForm,
    ReasonForm,
    VersionedForm,
    offer_outcomes,
)
from app.web.forms.rounds import ConfirmForm
from app.web.office import cases_pages
from surveys.fieldwork.case_code import write
from surveys.fieldwork.dispositions import BY_CODE, may_be_replaced

bp = Blueprint("case", __name__, url_prefix="/office/cases")
guards.guard(bp, guards.field)

Act = Callable[[Any, dict[str, Any]], None]

# Which field of a form a refusal speaks of.
FIELDS = {
    "appointment.missing": "appointment_at",
    "appointment.not-later": "appointment_at",
    "attempts.too-few": "disposition",
    "disposition.cannot-follow": "disposition",
    "event.before-draw": "at",
    "event.in-future": "at",
    "note.missing": "note",
    "note.too-long": "note",
    "reason.missing": "reason",
}


@bp.get("/<int:draw>/<int:number>")
def show(draw: int, number: int) -> ResponseReturnValue:
    """Show a case with all that happened to it."""
    return _page(draw, number)


@bp.post("/<int:draw>/<int:number>/record")
def record(draw: int, number: int) -> ResponseReturnValue:
    """Record what happened."""
    form = offer_outcomes(HappenedForm(prefix="record-"), _detail(draw, number).disposition)

    def act(db: Any, acts: dict[str, Any]) -> None:
        agreed = form.appointment_at.data
        what = Happened(
            disposition=form.disposition.data,
            mode=form.mode.data,
            at=cases_pages.local(form.at.data or context.now()),
            appointment_at=None if agreed is None else cases_pages.local(agreed),
            note=form.note.data,
        )
        recording.record(db, draw, number, version=form.version.data or 0, what=what, **acts)

    return _do(draw, number, "record", form, act, _("Đã ghi."))


@bp.post("/<int:draw>/<int:number>/note")
def note(draw: int, number: int) -> ResponseReturnValue:
    """Add a note."""
    form = NoteForm(prefix="note-")

    def act(db: Any, acts: dict[str, Any]) -> None:
        recording.add_note(
            db, draw, number, version=form.version.data or 0, note=form.note.data, **acts
        )

    return _do(draw, number, "note", form, act, _("Đã thêm ghi chú."))


@bp.post("/<int:draw>/<int:number>/replace")
def replace(draw: int, number: int) -> ResponseReturnValue:
    """Ask for a reserve."""
    form = ReasonForm(prefix="replace-")

    def act(db: Any, acts: dict[str, Any]) -> None:
        replacing.ask(
            db, draw, number, version=form.version.data or 0, reason=form.reason.data, **acts
        )

    return _do(draw, number, "replace", form, act, _("Đã gửi đề nghị thay thế."))


@bp.post("/<int:draw>/<int:number>/reopen")
def reopen(draw: int, number: int) -> ResponseReturnValue:
    """Ask for the case to be opened again."""
    form = ReasonForm(prefix="reopen-")

    def act(db: Any, acts: dict[str, Any]) -> None:
        reopening.ask(
            db, draw, number, version=form.version.data or 0, reason=form.reason.data, **acts
        )

    return _do(draw, number, "reopen", form, act, _("Đã gửi đề nghị mở lại."))


@bp.post("/<int:draw>/<int:number>/reopening")
def decide(draw: int, number: int) -> ResponseReturnValue:
    """Decide whether the case is opened again."""
    if not cases_pages.may_decide():
        abort(404)
    agree = request.form.get("agree") == "yes"
    if request.form.get("agree") in ("yes", "no") and ConfirmForm().validate_on_submit():
        try:
            with context.database().write() as db:
                reopening.decide(
                    db, draw, number, version=request.form.get("version", -1, type=int),
                    agree=agree, actor=current_user.email, now=context.now(),
                )  # fmt: skip
        except ConflictError as error:
            flash(case_words.sentence(error.code, **error.context), "error")
        else:
            flash(_("Đã mở lại.") if agree else _("Giữ nguyên kết quả."), "success")
    return redirect(url_for(".show", draw=draw, number=number), 303)


@bp.post("/<int:draw>/<int:number>/contact")
def contact(draw: int, number: int) -> ResponseReturnValue:
    """Show how to reach the person, which is written down, or keep what fieldwork found out."""
    if not cases_pages.may_record():
        abort(404)
    form = ContactForm(prefix="contact-")
    if request.form.get("show") == "yes" and ConfirmForm().validate_on_submit():
        return _with_contact(draw, number)

    def act(db: Any, acts: dict[str, Any]) -> None:
        found = Contact(form.name.data or "", form.phone.data or "", form.address.data or "")
        contacts.set_contact(
            db, _vault(), draw, number, found, version=form.version.data or 0, **acts
        )

    return _do(draw, number, "contact", form, act, _("Đã lưu thông tin liên hệ."))


def _with_contact(draw: int, number: int) -> ResponseReturnValue:
    with context.database().write() as db:
        shown = case_detail.detail(db, draw, number)
        found, guide = contacts.contact_of(db, _vault(), draw, number, by=cases_pages.reader())
    form = ContactForm(
        formdata=None, prefix="contact-",
        data={"name": found.name, "phone": found.phone, "address": found.address,
              "version": shown.version},
    )  # fmt: skip
    return _page(draw, number, {"contact": form}, guide=guide)


def _do(
    draw: int,
    number: int,
    name: str,
    form: VersionedForm,
    act: Act,
    done: str,
) -> ResponseReturnValue:
    """Do what a form asks for, and show the case again; with what is wrong if it was refused."""
    if not cases_pages.may_record():
        abort(404)
    now = _detail(draw, number).version
    if form.version.data not in (None, now):
        return _changed(draw, number, name, form, now)
    if form.validate_on_submit():
        try:
            with context.database().write() as db:
                act(db, {"actor": current_user.email, "now": context.now()})
        except ConflictError as error:
            if error.code == "case.changed":
                return _changed(draw, number, name, form, _detail(draw, number).version)
            _show_on(form, error)
        else:
            flash(done, "success")
            return redirect(url_for(".show", draw=draw, number=number), 303)
    if form.version.errors:  # nobody sees the field
        form.version.errors = []
        form.form_errors.append(_("Trang đã cũ. Xin mở lại trang rồi gửi lại."))
    return _page(draw, number, {name: form}, 422)


def _changed(
    draw: int, number: int, name: str, form: VersionedForm, version: int
) -> ResponseReturnValue:
    """Say that somebody else was quicker; what was typed stays, to be sent again or not."""
    flash(case_words.sentence("case.changed"), "error")
    form.version.raw_data = None
    form.version.data = version
    return _page(draw, number, {name: form}, 409)


def _page(
    draw: int,
    number: int,
    given: dict[str, VersionedForm] | None = None,
    status: int = 200,
    guide: Contact | None = None,
) -> ResponseReturnValue:
    with context.database().read() as db:
        shown = cases.draw_cases(db, draw)
        case = case_detail.detail(db, draw, number)
    forms = _forms(case) | (given or {})
    is_final = BY_CODE[case.disposition].final
    can_work = cases_pages.may_record() and case.active and not shown.superseded
    return render_template(
        "office/cases/case.html",
        shown=shown,
        case=case,
        case_forms=forms,
        confirm=ConfirmForm(),
        code=write(draw, number),
        code_of=write,
        names=case_words.DISPOSITIONS,
        explained=case_words.EXPLAINED,
        modes=case_words.MODES,
        events=case_words.EVENTS,
        kind_of=cases_pages.kind_of,
        moment=cases_pages.moment,
        can_work=can_work,
        guide=guide,
        may_see_contact=cases_pages.may_record(),
        may_decide=cases_pages.may_decide(),
        is_final=is_final,
        may_replace=can_work and case.substitution is None and case.reopening is None
        and may_be_replaced(case.disposition, shown.kind),
        own=current_user.email,
    ), status  # fmt: skip


def _forms(case: CaseDetail) -> dict[str, VersionedForm]:
    seen = {"version": case.version}
    now = context.now().astimezone(HERE).replace(tzinfo=None)
    happened = {**seen, "mode": "visit", "at": now}
    return {
        "record": offer_outcomes(
            HappenedForm(formdata=None, prefix="record-", data=happened), case.disposition
        ),
        "note": NoteForm(formdata=None, prefix="note-", data=seen),
        "replace": ReasonForm(formdata=None, prefix="replace-", data=seen),
        "reopen": ReasonForm(formdata=None, prefix="reopen-", data=seen),
    }


def _detail(draw: int, number: int) -> CaseDetail:
    with context.database().read() as db:
        return case_detail.detail(db, draw, number)


def _vault() -> Vault:
    return Vault.of(context.settings())


def _show_on(form: VersionedForm, error: ConflictError) -> None:
    """Put a refusal beside the field it speaks of, or above the form."""
    text = case_words.sentence(error.code, **error.context)
    field = FIELDS.get(error.code)
    if field is not None and field in form:
        form[field].errors = [*form[field].errors, text]
    else:
        form.form_errors.append(text)
