"""Control totals of a round: from a file, from the frame, looked at, set aside."""

import tempfile
from pathlib import Path

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import weight_words
from app.errors import ConflictError, LongdanError
from app.import_sentences import refusal
from app.queries import rounds
from app.queries import weights as queries
from app.services.imports import uploads
from app.services.imports.refusals import FileRefusedError
from app.services.weighting import desk
from app.services.weighting.control_file import CellFault, ControlsRefusedError
from app.services.weighting.control_template import Sheet, workbook
from app.web import context, guards
from app.web.forms.rounds import ConfirmForm
from app.web.forms.weights import ControlsForm, FrameControlsForm
from app.web.office import weights_pages as pages
from app.web.office.cases_pages import day
from app.web.office.weights_pages import refused

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

bp = Blueprint("controls", __name__, url_prefix="/office/weights")
guards.guard(bp, guards.office)


@bp.route("/<code>/controls/new", methods=["GET", "POST"])
def new(code: str) -> ResponseReturnValue:
    """Take control totals from a file; every cell at fault is listed."""
    with context.database().read() as db:
        shown = rounds.by_code(db, code)
        try:
            words = desk.vocabulary_of(db, code)
        except ConflictError as error:
            return refused(error, code)
    form = ControlsForm()
    faults: tuple[CellFault, ...] = ()
    n_faults = 0
    if form.validate_on_submit():
        try:
            return _take_file(code, form)
        except FileRefusedError as error:
            form.file.errors = [_file_refusal(error)]
        except ControlsRefusedError as error:
            faults, n_faults = error.faults, error.n
            form.file.errors = [_("Có ô chưa dùng được; chưa lưu gì. Sửa trong tệp rồi tải lại.")]
        except ConflictError as error:
            form.form_errors.append(weight_words.sentence(error.code, **error.context))
    return render_template(
        "office/weights/new_controls.html",
        shown=shown,
        form=form,
        faults=faults,
        n_faults=n_faults,
        cells=weight_words.CELLS,
        columns=[
            (pages.column_title(word.column, words), list(word.categories.values())[:6],
             len(word.categories))
            for word in words.words
        ],
    ), 422 if form.errors else 200  # fmt: skip


@bp.get("/<code>/controls/template.xlsx")
def template(code: str) -> ResponseReturnValue:
    """Send a workbook with the categories of the round's answers, to be filled in."""
    with context.database().read() as db:
        rounds.by_code(db, code)
        try:
            words = desk.vocabulary_of(db, code)
        except ConflictError as error:
            return refused(error, code)
    sheets = [Sheet(pages.column_title(word.column, words), word) for word in words.words]
    response = Response(workbook(sheets, _("Tổng số")), content_type=XLSX)
    response.headers["Content-Disposition"] = f'attachment; filename="tong-kiem-soat-{code}.xlsx"'
    return response


@bp.post("/<code>/controls/frame")
def count(code: str) -> ResponseReturnValue:
    """Count the frame by a column, or by several crossed."""
    form = FrameControlsForm()
    columns = request.form.getlist("columns")[:3]
    form.columns.choices = [(column, column) for column in columns]
    if not columns or not form.validate_on_submit():
        return redirect(url_for("weights.show", code=code), 303)
    try:
        with context.database().write() as db:
            words = desk.vocabulary_of(db, code)
            name = " × ".join(pages.column_title(column, words) for column in columns)
            number = desk.take_frame(
                db, code, columns, name=_("Danh sách theo %(by)s", by=name.lower()),
                var_dir=context.settings().var_dir, actor=current_user.email, now=context.now(),
            )  # fmt: skip
    except LongdanError as error:
        return refused(error, code)
    flash(_("Đã đếm danh sách và lưu thành tổng kiểm soát %(n)s.", n=number), "success")
    return redirect(url_for("weights.show", code=code), 303)


@bp.get("/<code>/controls/<int:number>")
def show(code: str, number: int) -> ResponseReturnValue:
    """Show control totals, cell by cell, and what was found about them."""
    with context.database().read() as db:
        shown = rounds.by_code(db, code)
        try:
            found = queries.control(db, code, number)
            findings, words = desk.check_control(db, code, found.content_hash)
        except LongdanError:
            abort(404)
    return render_template(
        "office/weights/control.html",
        shown=shown,
        day=day,
        control=found,
        findings=[
            (weight_words.finding(finding, one, words), finding.hinders)
            for finding, one in findings
        ],
        cells=[
            (weight_words.cell(label, found.columns, words), weight_words.number(total))
            for label, total in found.cells[:500]
        ],
        columns=[pages.column_title(column, words) for column in found.columns],
        words=weight_words,
        form=ConfirmForm(),
    )


@bp.post("/<code>/controls/<int:number>/set-aside")
def set_aside(code: str, number: int) -> ResponseReturnValue:
    """Offer control totals no longer."""
    if ConfirmForm().validate_on_submit():
        try:
            with context.database().write() as db:
                desk.set_aside(db, code, number, actor=current_user.email, now=context.now())
        except LongdanError:
            abort(404)
        flash(_("Đã cất tổng kiểm soát; các bộ trọng số đã tính vẫn giữ nguyên."), "success")
    return redirect(url_for("weights.show", code=code), 303)


def _take_file(code: str, form: ControlsForm) -> ResponseReturnValue:
    """Read the file that was sent; it is not kept."""
    with tempfile.TemporaryDirectory() as folder:
        kept = uploads.keep(form.file.data.stream, Path(folder))
        path = uploads.path_of(Path(folder), kept.stored_name)
        with context.database().write() as db:
            number, read = desk.take_file(
                db, code, path, name=form.name.data or "",
                file_name=uploads.shown_name(form.file.data.filename),
                counted=form.counted.data, actor=current_user.email, now=context.now(),
            )  # fmt: skip
    flash(_("Đã lưu %(n)s nhóm thành tổng kiểm soát.", n=len(read.control.cells)), "success")
    if read.sums:
        rows = ", ".join(str(row) for row in read.sums[:10])
        flash(_("Bỏ qua các dòng cộng: %(rows)s.", rows=rows), "info")
    return redirect(url_for(".show", code=code, number=number), 303)


def _file_refusal(error: FileRefusedError) -> str:
    if error.code in weight_words.FILES:
        return str(weight_words.FILES[error.code]) % error.context
    return refusal(error.code, error.context)
