"""Paper forms and telephone interviews of a round: piles, entry, comparison."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app.channel_words import refusal
from app.errors import ConflictError
from app.i18n import LANGUAGES, current_language
from app.queries import paper as queries
from app.queries import rounds
from app.queries.centres import all_open_counters
from app.queries.interview import round_by_id
from app.queries.paper import BatchItem, FormItem
from app.services import instruments, paper
from app.services.mixing.keys import PublicKey
from app.services.paper import Differing, Kept, Outcome, Stored, Wrong
from app.web import context, guards
from app.web.citizen.sealing import sealed_with_current_key
from app.web.citizen.sent import FORM, MAX_BODY_BYTES
from app.web.citizen.words import explain
from app.web.forms.questionnaire import PageForm, page_form
from surveys.instrument.model import Instrument
from surveys.instrument.wording import Wording

bp = Blueprint("paper", __name__, url_prefix="/office/rounds/<code>/paper")
guards.guard(bp, guards.field)

# Fields of the form that are no answers.
_OWN = frozenset({"csrf_token", "form-language", "form-reason", "form-go"})
_MOST_FORMS_SHOWN = 2_000


@bp.before_request
def only_those_who_enter() -> None:
    """Let those who watch look, and nothing more."""
    if request.method == "POST" and current_user.has_role("supervisor"):
        abort(404)


@bp.get("")
def index(code: str) -> ResponseReturnValue:
    """List the piles of a round."""
    return _index(code)


@bp.post("")
def make(code: str) -> ResponseReturnValue:
    """Announce a pile."""
    n_forms = request.form.get("n_forms", "", type=str)
    try:
        with context.database().write() as db:
            batch = paper.make_batch(
                db,
                code,
                mode=request.form.get("mode", ""),
                counter=request.form.get("counter", ""),
                n_forms=int(n_forms) if n_forms.isascii() and n_forms.isdigit() else 0,
                actor=current_user.email,
                now=context.now(),
            )
    except ConflictError as error:
        return _index(code, refusal(error.code, **error.context)), 422
    return redirect(url_for(".show", code=code, number=batch.number), 303)


@bp.get("/<int:number>")
def show(code: str, number: int) -> ResponseReturnValue:
    """Show a pile: how far each form is."""
    shown, batch, _instrument = _batch(code, number)
    with context.database().read() as db:
        forms = queries.forms_of(db, batch.id)
        next_form = queries.next_form(db, batch.id, 0, current_user.email)
    return render_template(
        "office/paper/batch.html", shown=shown, batch=batch, forms=forms, next_form=next_form
    )


@bp.get("/<int:number>/<int:form>")
def entry(code: str, number: int, form: int) -> ResponseReturnValue:
    """Show the form to be entered, or what became of it."""
    shown, batch, instrument = _batch(code, number)
    item = _form(batch, form)
    if item.state == "differing":
        return _comparison(shown, batch, item, instrument)
    if item.state in ("stored", "void"):
        with context.database().read() as db:
            history = queries.settled(db, item.id)
        return render_template(
            "office/paper/done.html",
            shown=shown, batch=batch, form=item, history=history, wording=_wording(instrument),
            instrument=instrument,
        )  # fmt: skip
    problem = ""
    if item.state == "once" and current_user.email in item.readers:
        problem = refusal("paper.same-person")
    return _entry(shown, batch, item, instrument, {}, {}, problem)


@bp.post("/<int:number>/<int:form>")
def enter(code: str, number: int, form: int) -> ResponseReturnValue:
    """Take what was read off a form."""
    shown, batch, instrument = _batch(code, number)
    item = _form(batch, form)
    entered = _entered()
    language = request.form.get("form-language", "vi")

    def attempt(key: PublicKey) -> Outcome:
        with context.database().write() as db:
            return paper.enter(
                db, item.id, entered, language=language, actor=current_user.email, key=key,
                now=context.now(), today=context.today(),
            )  # fmt: skip

    try:
        outcome = sealed_with_current_key(attempt)
    except ConflictError as error:
        problem = refusal(error.code, **error.context)
        return _entry(shown, batch, item, instrument, entered, {}, problem), 409
    match outcome:
        case Wrong(problems=problems):
            said = explain(problems, instrument, _wording(instrument).language)
            return _entry(shown, batch, item, instrument, entered, said, ""), 422
        case Differing(fields=fields):
            flash(_("Lần nhập này khác lần trước ở %(n)s mục.", n=len(fields)), "warning")
            return redirect(url_for(".entry", code=code, number=number, form=form), 303)
        case Kept():
            flash(_("Đã lưu lần nhập thứ nhất của phiếu %(form)s.", form=form), "success")
        case Stored():
            flash(_("Phiếu %(form)s đã được ghi nhận.", form=form), "success")
    return _onwards(code, batch, form)


@bp.post("/<int:number>/<int:form>/settle")
def settle(code: str, number: int, form: int) -> ResponseReturnValue:
    """Take what the paper says in the fields that two people read differently."""
    shown, batch, instrument = _batch(code, number)
    item = _form(batch, form)
    entered = _entered()

    def attempt(key: PublicKey) -> Outcome:
        with context.database().write() as db:
            return paper.settle(
                db, item.id, entered, actor=current_user.email, key=key, now=context.now(),
                today=context.today(),
            )  # fmt: skip

    try:
        outcome = sealed_with_current_key(attempt)
    except ConflictError as error:
        flash(refusal(error.code, **error.context), "error")
        return redirect(url_for(".entry", code=code, number=number, form=form), 303)
    if isinstance(outcome, Wrong):
        said = explain(outcome.problems, instrument, _wording(instrument).language)
        return _comparison(shown, batch, item, instrument, entered, said), 422
    flash(_("Phiếu %(form)s đã được ghi nhận.", form=form), "success")
    return _onwards(code, batch, form)


@bp.post("/<int:number>/<int:form>/void")
def void(code: str, number: int, form: int) -> ResponseReturnValue:
    """Set a form aside that cannot be used."""
    _shown, batch, _instrument = _batch(code, number)
    item = _form(batch, form)
    try:
        with context.database().write() as db:
            paper.set_aside(
                db, item.id, reason=request.form.get("form-reason", ""), actor=current_user.email
            )
    except ConflictError as error:
        flash(refusal(error.code, **error.context), "error")
        return redirect(url_for(".entry", code=code, number=number, form=form), 303)
    flash(_("Đã để riêng phiếu %(form)s, không tính.", form=form), "success")
    return _onwards(code, batch, form)


def _onwards(code: str, batch: BatchItem, form: int) -> ResponseReturnValue:
    """Lead to the next form this person may enter, or back to the pile."""
    with context.database().read() as db:
        following = queries.next_form(db, batch.id, form, current_user.email)
    if following is None:
        return redirect(url_for(".show", code=code, number=batch.number), 303)
    return redirect(url_for(".entry", code=code, number=batch.number, form=following), 303)


def _index(code: str, problem: str = "") -> str:
    with context.database().read() as db:
        shown = rounds.by_code(db, code)
        found = queries.batches_of(db, queries.round_id_of(db, code))
        counters = all_open_counters(db)
    return render_template(
        "office/paper/index.html", shown=shown, batches=found, counters=counters, problem=problem
    )


def _batch(code: str, number: int) -> tuple[rounds.RoundSummary, BatchItem, Instrument]:
    with context.database().read() as db:
        shown = rounds.by_code(db, code)
        round_id = queries.round_id_of(db, code)
        batch = queries.batch(db, round_id, number)
        of_round = round_by_id(db, round_id)
        return shown, batch, instruments.instrument_with(db, of_round.instrument_hash)


def _form(batch: BatchItem, number: int) -> FormItem:
    with context.database().read() as db:
        return queries.form(db, batch.id, number)


def _wording(instrument: Instrument) -> Wording:
    """Words of the questionnaire in the language of the person at work, if it has them."""
    own = current_language()
    return instrument.wording[own if own in instrument.languages else instrument.languages[0]]


def _entered() -> dict[str, list[str]]:
    """Read the answers of the form that was sent."""
    request.max_content_length = MAX_BODY_BYTES
    if request.mimetype != FORM:
        return {}
    return {
        name: [value for value in values if value]
        for name, values in request.form.lists()
        if name not in _OWN and any(values)
    }


def _entry(
    shown: rounds.RoundSummary, batch: BatchItem, form: FormItem, instrument: Instrument,
    entered: dict[str, list[str]], said: dict[str, str], problem: str,
) -> str:  # fmt: skip
    wording = _wording(instrument)
    made = page_form(instrument.items, wording, entered, said)
    return render_template(
        "office/paper/entry.html",
        shown=shown, batch=batch, form=form, made=made, wrong=_wrong(made), problem=problem,
        languages=[each for each in instrument.languages if each in LANGUAGES]
        or instrument.languages,
    )  # fmt: skip


def _comparison(
    shown: rounds.RoundSummary, batch: BatchItem, form: FormItem, instrument: Instrument,
    entered: dict[str, list[str]] | None = None, said: dict[str, str] | None = None,
) -> str:  # fmt: skip
    wording = _wording(instrument)
    with context.database().read() as db:
        first, second = queries.readings(db, form.id)
    fields = paper.differences(instrument, first.entered, second.entered)
    others = {item.other: item.code for item in instrument.items if item.other}
    items = {others.get(name, name) for name in fields}
    made = page_form(
        [item for item in instrument.items if item.code in items],
        wording,
        entered or {},
        said or {},
    )
    return render_template(
        "office/paper/compare.html",
        shown=shown, batch=batch, form=form, made=made, wrong=_wrong(made), first=first,
        second=second, fields=fields, wording=wording, instrument=instrument,
    )  # fmt: skip


def _wrong(made: PageForm) -> list[tuple[str, str, str]]:
    return [
        (each.id, question.label.text, each.errors[0])
        for question in made.questions
        for each in (question, question.other)
        if each is not None and each.errors
    ]
