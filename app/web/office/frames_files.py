"""The files of a frame: hand in, say what their columns hold, stop, take out."""

from dataclasses import replace

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.datastructures import FileStorage

from app import frame_sentences as words
from app.errors import ConflictError
from app.frame_jobs import CHECK, READ
from app.queries import frames
from app.queries.frames import FileSummary, FrameSummary
from app.sentences import sentence
from app.services.frames import columns as columns_
from app.services.frames import files, guess, looking, targets
from app.services.frames.columns import Columns
from app.services.frames.files import Received
from app.services.imports import uploads
from app.services.imports.preview import FileColumn
from app.services.imports.refusals import FileRefusedError
from app.services.imports.targets import letter
from app.web import context, guards
from app.web.forms.frames import (
    FileColumnsForm,
    FilesForm,
    chosen_columns,
    column_field,
    columns_form,
)
from app.web.forms.rounds import ConfirmForm
from app.web.office import frames_pages, seen_files
from app.web.office.frames import REFRESH_SECONDS, read, refused
from app.web.office.seen_files import Seen

bp = Blueprint("frame_files", __name__, url_prefix="/office/frames/<frame>/files")
guards.guard(bp, guards.office)


@bp.route("/new", methods=["GET", "POST"])
def new(frame: str) -> ResponseReturnValue:
    """Take files, many at once."""
    shown, there = read(frame)
    if shown.state != "gathering":
        return refused(ConflictError("frame.not-gathering"), frame)
    form = FilesForm()
    if form.validate_on_submit():
        chosen = [each for each in form.files.data or () if each and each.filename]
        if chosen:
            _receive(frame, chosen)
            return redirect(url_for("frames.show", frame=frame), 303)
        form.files.errors = [_("Xin chọn ít nhất một tệp.")]
    return render_template(
        "office/frames/files_new.html",
        frame=shown,
        n_files=len(there),
        form=form,
        largest=context.settings().max_frame_bytes,
        needed=[
            " / ".join(words.target_name(name, shown.kind) for name in group)
            for group in targets.NEEDED[shown.kind]
        ],
        wished=[
            words.target_name(target.name, shown.kind)
            for target in targets.TARGETS[shown.kind]
            if not any(target.name in group for group in targets.NEEDED[shown.kind])
        ],
    ), 422 if form.errors else 200


def _receive(frame: str, chosen: list[FileStorage]) -> None:
    """Keep the files; those that cannot be read are remembered with the reason, and not kept."""
    taken = 0
    folder = context.jobs().uploads
    for each in chosen:
        kept = uploads.keep(each.stream, folder)
        received = Received(uploads.shown_name(each.filename), kept.file_hash, kept.stored_name)
        try:
            looking.check_quickly(uploads.path_of(folder, kept.stored_name))
            with context.database().write() as db:
                file_id = files.add(db, frame, received, actor=current_user.email)
                context.jobs().queue_frame_work(db, READ, file_id)
        except FileRefusedError as error:
            uploads.delete(folder, kept.stored_name)
            with context.database().write() as db:
                files.add_refused(
                    db, frame, replace(received, stored_name=None), error.code, error.context,
                    current_user.email,
                )  # fmt: skip
            said = words.refusal(error.code, error.context)
            flash(f"{received.file_name}: {said}", "error")
        except ConflictError as error:
            uploads.delete(folder, kept.stored_name)
            said = sentence(error.code, **error.context)
            flash(f"{received.file_name}: {said}", "warning")
        except BaseException:
            uploads.delete(folder, kept.stored_name)
            raise
        else:
            taken += 1
    if taken:
        flash(ngettext("Đã nhận %(num)d tệp.", "Đã nhận %(num)d tệp.", taken), "success")


@bp.get("/<int:file>")
def show(frame: str, file: int) -> ResponseReturnValue:
    """Show how a file was read, and what became of its rows."""
    shown, found = _file(frame, file)
    told = found.head or {}
    return _page(
        render_template(
            "office/frames/file.html",
            frame=shown,
            file=found,
            told=told,
            used=[
                (words.target_name(name, shown.kind), told["letters"].get(name, ""), header)
                for name, header in told.get("headers", {}).items()
            ],
            reasons=frames_pages.reasons(found.problems),
            refusal=frames_pages.refusal_of(found),
            words=words,
            form=ConfirmForm(),
        ),
        moving=found.is_pending,
    )


def _page(page: str, *, moving: bool) -> Response:
    response = Response(page)
    if moving:
        response.headers["Refresh"] = str(REFRESH_SECONDS)
    return response


@bp.route("/<int:file>/columns", methods=["GET", "POST"])
def columns(frame: str, file: int) -> ResponseReturnValue:
    """Show what each column seems to hold, and take what the office says it holds."""
    shown, found = _file(frame, file)
    if found.state != "uploaded" or found.head is None or found.stored_name is None:
        return redirect(url_for(".show", frame=frame, file=file), 303)
    try:
        seen = seen_files.seen(found.head, found.stored_name, shown.kind)
    except FileRefusedError as error:
        flash(words.refusal(error.code, error.context), "error")
        return redirect(url_for(".columns", frame=frame, file=file), 303)
    form = columns_form(seen.columns, shown.kind, seen.guessed, "")
    try:
        if form.validate_on_submit() and _confirm(shown, found, seen, form):
            return redirect(url_for("frames.show", frame=frame), 303)
    except ConflictError as error:
        return refused(error, frame)
    return render_template(
        "office/frames/columns.html",
        frame=shown,
        file=found,
        form=form,
        seen=seen,
        sections=_sections(shown, seen, form),
        unused=_unused(shown, seen, form),
        n_alike=_alike(shown, found),
        confirm=ConfirmForm(),
    ), 422 if form.errors else 200


def _confirm(shown: FrameSummary, found: FileSummary, seen: Seen, form: FileColumnsForm) -> bool:
    """Have the file read as the form says; False, and errors in the form, if that cannot be."""
    chosen = chosen_columns(form, shown.kind)
    for group in guess.missing(shown.kind, chosen):
        form[column_field(group[0])].errors = [_("Cần chọn cột cho mục này.")]
    taken: dict[int, str] = {}
    for name, at in chosen.items():
        if at in taken:
            form[column_field(name)].errors = [
                _(
                    "Cột này đã chọn cho “%(other)s”.",
                    other=words.target_name(taken[at], shown.kind),
                )
            ]
        taken.setdefault(at, name)
    if form.errors:
        return False
    place = (form.place.data or "").strip()
    stated = columns_.state(
        chosen,
        seen.head,
        Columns(
            sheet=seen.sheet,
            key_digits=form.key_digits.data,
            fixed={"commune": place} if place else {},
        ),
    )
    with context.database().write() as db:
        ready = files.confirm(
            db, shown.code, found.id, stated, seen.head.signature(shown.kind),
            actor=current_user.email,
        )  # fmt: skip
        for file_id in ready:
            context.jobs().queue_frame_work(db, READ, file_id)
    if len(ready) > 1:
        flash(
            ngettext(
                "Đã nhớ cách đọc; %(num)d tệp cùng mẫu cũng được đọc.",
                "Đã nhớ cách đọc; %(num)d tệp cùng mẫu cũng được đọc.",
                len(ready) - 1,
            ),
            "success",
        )
    else:
        flash(_("Đã nhớ cách đọc cho các tệp cùng mẫu sau này."), "success")
    return True


def _alike(shown: FrameSummary, found: FileSummary) -> int:
    """How many other files ask the same."""
    with context.database().read() as db:
        every = frames.files_of(db, shown.id)
    return sum(
        each.state == "uploaded" and each.signature == found.signature and each.id != found.id
        for each in every
    )


def _sections(
    shown: FrameSummary, seen: Seen, form: FileColumnsForm
) -> list[tuple[str, str, list[frames_pages.Slot]]]:
    """Arrange the targets: what is needed, what helps, what is about persons."""
    needed = {name for group in targets.NEEDED[shown.kind] for name in group}
    needed |= set(targets.PLACES[shown.kind])
    by_index = {each.index: each for each in seen.columns}

    def slots(names: list[str]) -> list[frames_pages.Slot]:
        return [
            frames_pages.Slot(
                form[column_field(name)],
                name in needed,
                by_index[at].examples if (at := form[column_field(name)].data) in by_index else (),
                tuple(letter(other) for other in seen.contested.get(name, ())),
            )
            for name in names
        ]

    every = targets.TARGETS[shown.kind]
    own = [target.name for target in every if not target.contact]
    return [
        (
            _("Cần có"),
            _("Thiếu mã hoặc ngày thì dòng không được nhận; nơi tiếp nhận có thể lấy từ tiêu đề."),
            slots([name for name in own if name in needed]),
        ),
        (
            _("Nên có"),
            _("Dùng để phân tầng, phân tích; thiếu cũng được."),
            slots([name for name in own if name not in needed]),
        ),
        (
            _("Thông tin liên hệ"),
            _(
                "Được niêm phong riêng, không vào danh sách; số giấy tờ chỉ dùng để nhận ra cùng "
                "một người rồi bỏ đi."
            ),
            slots([target.name for target in every if target.contact]),
        ),
    ]


def _unused(shown: FrameSummary, seen: Seen, form: FileColumnsForm) -> list[FileColumn]:
    used = set(chosen_columns(form, shown.kind).values())
    return [column for column in seen.columns if column.index not in used]


@bp.post("/<int:file>/cancel")
def cancel(frame: str, file: int) -> ResponseReturnValue:
    """Stop a file that is not read yet."""
    form = ConfirmForm()
    shown, _found = _file(frame, file)
    if form.validate_on_submit():
        try:
            with context.database().write() as db:
                stored_name = files.cancel(db, frame, file, actor=current_user.email)
                context.jobs().queue_frame_work(db, CHECK, shown.id)
        except ConflictError as error:
            return refused(error, frame)
        if stored_name is not None:
            uploads.delete(context.jobs().uploads, stored_name)
        flash(_("Đã dừng đọc tệp."), "success")
    return redirect(url_for("frames.show", frame=frame), 303)


@bp.post("/<int:file>/remove")
def remove(frame: str, file: int) -> ResponseReturnValue:
    """Take a file out of a frame."""
    form = ConfirmForm()
    _shown, found = _file(frame, file)
    if form.validate_on_submit():
        try:
            with context.database().write() as db:
                frame_id = files.remove(db, frame, file, actor=current_user.email)
                context.jobs().queue_frame_work(db, CHECK, frame_id)
        except ConflictError as error:
            return refused(error, frame)
        context.jobs().frames.forget_file(frame_id, file)
        flash(_("Đã bỏ tệp “%(name)s” ra khỏi danh sách.", name=found.name), "success")
    return redirect(url_for("frames.show", frame=frame), 303)


@bp.get("/<int:file>/mapping.toml")
def mapping_file(frame: str, file: int) -> ResponseReturnValue:
    """Send the mapping of a file, for the command line."""
    _shown, found = _file(frame, file)
    written = Columns.from_json(found.mapping).to_toml()
    return Response(
        written.encode(),
        content_type="application/toml; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="anh-xa-{frame}-{file}.toml"'},
    )


def _file(frame: str, file: int) -> tuple[FrameSummary, FileSummary]:
    with context.database().read() as db:
        shown = frames.by_code(db, frame)
        return shown, frames.file_of(db, shown.id, file)
