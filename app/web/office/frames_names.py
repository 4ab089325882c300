"""Names that a register does not settle: what each means is asked once, and remembered."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from app import frame_sentences as words
from app.errors import ConflictError
from app.frame_jobs import CHECK
from app.queries import frames
from app.queries.frames import FrameSummary
from app.sentences import sentence
from app.services.frames import decisions
from app.services.frames.decisions import LEFT_OUT, Decision, WrittenName
from app.services.frames.places import Places
from app.services.frames.values import made_code
from app.web import context, guards
from app.web.forms.frames import DecisionsForm, decisions_form
from app.web.office.frames import checked_of, day_of, read, refused

bp = Blueprint("frame_names", __name__, url_prefix="/office/frames/<frame>/names")
guards.guard(bp, guards.office)

# One form holds so many names; the next ones come when these are decided.
MOST = 60


@bp.route("", methods=["GET", "POST"])
def index(frame: str) -> ResponseReturnValue:
    """Show the open names with what they may mean, and take decisions."""
    shown, files = read(frame, removed=True)
    checked = checked_of(shown)
    every = decisions.open_names(checked)
    asked, decided = every[:MOST], decisions.decided_names(checked)[:MOST]
    with context.database().read() as db:
        places = Places(frames.place_facts(db, shown.province_id), day_of(shown))
    suggest = request.args.get("suggest") == "1"
    form = _form(asked, decided, places, suggest=suggest)
    if form.validate_on_submit():
        answer = _decide(shown, asked, decided, form, places)
        if answer is not None:
            return answer
    names = {file.id: file.name for file in files}
    return render_template(
        "office/frames/names.html",
        frame=shown,
        form=form,
        asked=[(name, form[_field("open", n)]) for n, name in enumerate(asked)],
        decided=[(name, form[_field("decided", n)]) for n, name in enumerate(decided)],
        n_more=len(every) - len(asked),
        can_suggest=not suggest and sum(bool(name.choices) for name in asked) > 1,
        file_names=names,
        words=words,
    ), 422 if form.errors else 200


def _field(kind: str, number: int) -> str:
    return f"{kind}_{number}"


def _form(
    asked: tuple[WrittenName, ...],
    decided: tuple[WrittenName, ...],
    places: Places,
    *,
    suggest: bool,
) -> DecisionsForm:
    """Make the form; the likeliest meaning of every open name is chosen if that is asked for."""
    offered: dict[bool, list[tuple[str, str]]] = {
        agency: _offered(places, agency=agency) for agency in (False, True)
    }
    rows = []
    for kind, names in (("open", asked), ("decided", decided)):
        for number, name in enumerate(names):
            agency = name.subject.partition("<")[0] == "agency"
            choices = [*_suggested(name, places, agency=agency), *offered[agency]]
            unique: dict[str, str] = {}
            for choice, label in choices:
                unique.setdefault(choice, label)
            chosen = name.choices[0] if suggest and name.choices else ""
            if kind == "decided":
                chosen = _chosen(name, places, agency=agency)
            rows.append((_field(kind, number), name.written, list(unique.items()), chosen))
    return decisions_form(rows)


def _suggested(name: WrittenName, places: Places, *, agency: bool) -> list[tuple[str, str]]:
    """Likely meanings first, marked as suggested."""
    labels = {f"commune:{unit.code}": unit.name for unit in places.communes}
    found = [
        (choice, _("Gợi ý: %(name)s", name=labels[choice]))
        for choice in name.choices
        if choice in labels
    ]
    if agency:
        code = made_code(name.written)[:100]
        found.append((f"agency:{code}", _("Cơ quan khác, mã “%(code)s”", code=code)))
    return found


def _offered(places: Places, *, agency: bool) -> list[tuple[str, str]]:
    leave = [(LEFT_OUT, _("Bỏ các dòng này ra"))]
    communes = [(f"commune:{unit.code}", unit.name) for unit in places.communes]
    if agency:
        return [*leave, *communes]
    centres = [
        (f"centre:{centre.code}", centre.name)
        for centre in places.centres.values()
        if centre.level == "province"
    ]
    return [*leave, *centres, *communes]


def _chosen(name: WrittenName, places: Places, *, agency: bool) -> str:
    """Return what was decided about a name, as the form has it."""
    if name.status == "left-out":
        return LEFT_OUT
    if any(unit.code == name.meaning for unit in places.communes):
        return f"commune:{name.meaning}"
    return f"agency:{name.meaning}" if agency else f"centre:{name.meaning}"


def _decide(
    shown: FrameSummary,
    asked: tuple[WrittenName, ...],
    decided: tuple[WrittenName, ...],
    form: DecisionsForm,
    places: Places,
) -> ResponseReturnValue | None:
    made = []
    for kind, names in (("open", asked), ("decided", decided)):
        for number, name in enumerate(names):
            field = form[_field(kind, number)]
            is_new = kind == "open" or field.data != field.object_data
            if field.data and is_new:
                made.append(Decision(name.subject, name.key, name.written, field.data))
    if not made:
        form.form_errors.append(_("Chưa chọn quyết định nào."))
        return None
    try:
        with context.database().write() as db:
            decisions.decide(db, shown.code, made, places, actor=current_user.email)
            context.jobs().queue_frame_work(db, CHECK, shown.id)
    except ConflictError as error:
        if error.code == "decision.unknown":
            form.form_errors.append(sentence(error.code, **error.context))
            return None
        return refused(error, shown.code)
    flash(
        ngettext(
            "Đã ghi %(num)d quyết định; các danh sách sau của tỉnh cũng dùng.",
            "Đã ghi %(num)d quyết định; các danh sách sau của tỉnh cũng dùng.",
            len(made),
        ),
        "success",
    )
    return redirect(url_for("frames.show", frame=shown.code), 303)
