"""Lists of closed dossiers: hand in, say what their columns hold, stop; control totals of them."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import code_sentences as words
from app.code_jobs import LIST
from app.code_words import control_refusal, row_problem
from app.errors import ConflictError
from app.import_sentences import refusal
from app.queries import codes, rounds
from app.sentences import sentence
from app.services.dossiers import controls, manifest, store
from app.services.dossiers import uploads as lists
from app.services.dossiers.reading import KIND, NEEDED
from app.services.frames import columns as columns_
from app.services.frames import looking
from app.services.frames.columns import Columns
from app.services.imports import uploads
from app.services.imports.refusals import FileRefusedError
from app.services.weighting import desk as weights_desk
from app.web import context, guards
from app.web.forms.codes import (
    ListColumnsForm,
    ListForm,
    chosen_columns,
    column_field,
    columns_form,
)
from app.web.forms.rounds import ConfirmForm
from app.web.office import seen_files
from app.web.office.codes import refreshing, refused
from app.web.office.seen_files import Seen

bp = Blueprint("code_lists", __name__, url_prefix="/office/rounds/<code>/codes")
guards.guard(bp, guards.office)


@bp.route("/lists/new", methods=["GET", "POST"])
def new(code: str) -> ResponseReturnValue:
    """Take a list of closed dossiers."""
    with context.database().read() as db:
        shown = rounds.by_code(db, code)
        try:
            store.target_of(db, code)
        except ConflictError as error:
            return refused(error, code)
    form = ListForm()
    if form.validate_on_submit():
        if not form.file.data:
            form.file.errors = [_("Xin chọn một tệp.")]
        else:
            taken = _receive(code, form)
            if taken is not None:
                return redirect(url_for(".show", code=code, upload=taken), 303)
    return render_template(
        "office/codes/list_new.html", shown=shown, form=form,
        largest=context.settings().max_body_bytes,
    ), 422 if form.errors else 200  # fmt: skip


def _receive(code: str, form: ListForm) -> int | None:
    """Keep the file and have it read; None, with a sentence on the form, if it is refused."""
    folder = context.jobs().uploads
    kept = uploads.keep(form.file.data.stream, folder)
    try:
        looking.check_quickly(uploads.path_of(folder, kept.stored_name))
        given = form.manifest.data.read(manifest.LONGEST + 1) if form.manifest.data else None
        with context.database().write() as db:
            target = store.target_of(db, code)
            signed = None
            if given:
                signed = manifest.verify(db, given, kept.file_hash, target.province_id)
            name = uploads.shown_name(form.file.data.filename)
            received = lists.Received(name, kept.file_hash, kept.stored_name)
            upload_id = lists.add(
                db, target, received, by=current_user.email, now=context.now(), signed=signed
            )
            context.jobs().queue_code_work(db, LIST, upload_id)
    except FileRefusedError as error:
        form.file.errors = [refusal(error.code, error.context)]
    except ConflictError as error:
        field = form.manifest if error.code.startswith("manifest.") else form.file
        field.errors = [sentence(error.code, **error.context)]
    except BaseException:
        uploads.delete(folder, kept.stored_name)
        raise
    else:
        return upload_id
    uploads.delete(folder, kept.stored_name)
    return None


@bp.get("/lists/<int:upload>")
def show(code: str, upload: int) -> ResponseReturnValue:
    """Show what became of a list: its numbers, or every row at fault."""
    with context.database().read() as db:
        shown = rounds.by_code(db, code)
        found = codes.upload(db, code, upload)
    page = render_template(
        "office/codes/list.html",
        shown=shown,
        upload=found,
        problems=[
            (each["row"], words.COLUMNS[each["column"]], each["value"],
             row_problem(each["problem"], each.get("context", {})))
            for each in found.problems
        ],
        words=words,
        form=ConfirmForm(),
    )  # fmt: skip
    return refreshing(page, moving=found.is_pending)


@bp.route("/lists/<int:upload>/columns", methods=["GET", "POST"])
def columns(code: str, upload: int) -> ResponseReturnValue:
    """Show what each column seems to hold, and take what the office says it holds."""
    with context.database().read() as db:
        shown = rounds.by_code(db, code)
        found = codes.upload(db, code, upload)
    if found.state != "asking" or found.stored_name is None:
        return redirect(url_for(".show", code=code, upload=upload), 303)
    try:
        seen = seen_files.seen(found.columns["head"], found.stored_name, KIND)
    except FileRefusedError as error:
        flash(refusal(error.code, error.context), "error")
        return redirect(url_for(".columns", code=code, upload=upload), 303)
    form = columns_form(seen.columns, seen.guessed)
    if form.validate_on_submit():
        try:
            _confirm(upload, seen, form)
        except ConflictError as error:
            form.form_errors.append(sentence(error.code, **error.context))
        else:
            return redirect(url_for(".show", code=code, upload=upload), 303)
    return render_template(
        "office/codes/columns.html", shown=shown, upload=found, form=form, seen=seen,
        slots=_slots(seen, form), confirm=ConfirmForm(),
    ), 422 if form.errors else 200  # fmt: skip


def _confirm(upload: int, seen: Seen, form: ListColumnsForm) -> None:
    chosen = chosen_columns(form)
    place = (form.place.data or "").strip()
    has_place = place or any(name in chosen for name in ("centre", "commune"))
    if not has_place or any(name not in chosen for name in NEEDED):
        raise ConflictError("upload.columns-missing")
    own_place = any(name in chosen for name in ("centre", "commune"))
    fixed = {} if own_place else {"commune": place}
    stated = columns_.state(chosen, seen.head, Columns(sheet=seen.sheet, fixed=fixed))
    with context.database().write() as db:
        lists.confirm(
            db,
            upload,
            stated,
            seen.head.signature(KIND),
            actor=current_user.email,
            now=context.now(),
        )
        context.jobs().queue_code_work(db, LIST, upload)


def _slots(seen: Seen, form: ListColumnsForm) -> list[tuple[Any, tuple[str, ...]]]:
    """Pair each field with examples of the column it points to."""
    by_index = {each.index: each for each in seen.columns}
    slots = []
    for name in ("key", "returned_on", "centre", "commune", "procedure", "field", "phone", "email"):
        chosen = form[column_field(name)]
        column = by_index.get(chosen.data)
        slots.append((chosen, column.examples if column else ()))
    return slots


@bp.post("/lists/<int:upload>/stop")
def stop(code: str, upload: int) -> ResponseReturnValue:
    """Stop a list that is not taken yet."""
    if ConfirmForm().validate_on_submit():
        try:
            with context.database().write() as db:
                codes.upload(db, code, upload)
                stored = lists.discard(db, upload, actor=current_user.email, now=context.now())
        except ConflictError as error:
            return refused(error, code)
        if stored is not None:
            uploads.delete(context.jobs().uploads, stored)
        flash(_("Đã dừng; không hồ sơ nào của danh sách này được nhận."), "success")
    return redirect(url_for("codes.show", code=code), 303)


@bp.post("/controls")
def count(code: str) -> ResponseReturnValue:
    """Count the closed dossiers as control totals for weights."""
    if ConfirmForm().validate_on_submit():
        try:
            with context.database().write() as db:
                round_ = weights_desk.round_of(db, code)
                found = controls.fitting(db, round_)
                if not found:
                    raise ConflictError("control.empty")
                row = controls.add(
                    db, round_, found, name=_control_name(found), actor=current_user.email,
                    now=context.now(),
                )  # fmt: skip
        except ConflictError as error:
            flash(control_refusal(error.code, error.context), "error")
            return redirect(url_for("codes.show", code=code), 303)
        flash(_("Đã đếm hồ sơ và lưu thành tổng kiểm soát %(n)s.", n=row.number), "success")
        return redirect(url_for("controls.show", code=code, number=row.number), 303)
    return redirect(url_for("codes.show", code=code), 303)


def _control_name(columns: tuple[str, ...]) -> str:
    said = {"place.centre": _("trung tâm"), "place.field": _("lĩnh vực")}
    return str(_("Hồ sơ đã trả kết quả theo %(by)s", by=" × ".join(said[c] for c in columns)))
