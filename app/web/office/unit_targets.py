"""Targets of units: a workbook to fill in, read back from a file or pasted."""

from collections.abc import Mapping

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.datastructures import FileStorage

from app import labels
from app.errors import ConflictError
from app.i18n import current_language
from app.import_sentences import refusal
from app.queries import rounds
from app.queries import unit_targets as stored
from app.sentences import sentence
from app.services import campaigns, unit_targets
from app.services.exports import unit_targets_xlsx
from app.services.imports import uploads
from app.services.imports.reader import open_table
from app.services.imports.refusals import FileRefusedError
from app.services.unit_targets import Fault, Known, Read
from app.web import context, guards
from app.web.forms.unit_targets import UnitTargetsForm

bp = Blueprint("unit_targets", __name__, url_prefix="/office/rounds")
guards.guard(bp, guards.office)

_MEDIA = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MOST_SHOWN = 200


@bp.route("/<code>/targets/units", methods=["GET", "POST"])
def edit(code: str) -> ResponseReturnValue:
    """Take a table of targets: all of it, or nothing and every bad cell."""
    shown, known, targets = _open(code)
    form = UnitTargetsForm()
    faults: tuple[Fault, ...] = ()
    if form.validate_on_submit():
        faults = _save(code, form, known)
        if not faults and not form.errors:
            flash(_("Đã lưu mục tiêu của các đơn vị."), "success")
            return redirect(url_for(".edit", code=code), 303)
    elif not form.is_submitted() and targets:
        form.source.data = next(iter(targets.values())).source
    return render_template(
        "office/rounds/unit_targets.html",
        shown=shown,
        form=form,
        nodes=_titles(code),
        kinds=_kinds(),
        units=known.units,
        targets=targets,
        faults=faults[:_MOST_SHOWN],
        n_faults=len(faults),
        reason=lambda fault: sentence(fault.code),
    ), 422 if faults or form.errors else 200


@bp.get("/<code>/targets/units.xlsx")
def template(code: str) -> ResponseReturnValue:
    """Send the workbook to fill in, with the targets there are."""
    _shown, known, targets = _open(code)
    words = unit_targets_xlsx.Words(
        sheet=_("Mục tiêu"),
        note=_(
            "Ghi mục tiêu theo phần trăm (ví dụ 95 hoặc 95,5) vào các ô màu vàng; để trống nếu "
            "không đặt mục tiêu. Không sửa cột mã. Lưu tệp rồi tải lên trang này."
        ),
        kind=_("Loại đơn vị"),
        code=_("Mã"),
        name=_("Tên đơn vị"),
        nodes=_titles(code),
        kinds=_kinds(),
    )
    values = {key: target.value for key, target in targets.items()}
    response = Response(unit_targets_xlsx.workbook(known.units, values, words), content_type=_MEDIA)
    response.headers["Content-Disposition"] = f'attachment; filename="muc-tieu-{code}.xlsx"'
    return response


def _open(
    code: str,
) -> tuple[rounds.RoundSummary, Known, Mapping[tuple[str, str, str], stored.UnitTarget]]:
    with context.database().read() as db:
        shown = rounds.by_code(db, code)
        measure = campaigns.measure_of(db, code)
        units = unit_targets.known_units(db, shown.opens_on, shown.closes_on)
        targets = stored.of_round(db, code)
    method = measure.method
    nodes = {
        node: tuple(method.node(node).title.values()) for node in (method.index, *method.components)
    }
    return shown, Known(units, nodes), targets


def _titles(code: str) -> dict[str, str]:
    with context.database().read() as db:
        method = campaigns.measure_of(db, code).method
    language = current_language()
    return {
        node: labels.node_title(method.node(node), language)
        for node in (method.index, *method.components)
    }


def _kinds() -> dict[str, str]:
    return {"commune": _("Xã, phường, đặc khu"), "centre": _("Trung tâm"), "field": _("Lĩnh vực")}


def _save(code: str, form: UnitTargetsForm, known: Known) -> tuple[Fault, ...]:
    """Read and set the targets; put refusals on the form."""
    try:
        found = _read(form, known)
    except FileRefusedError as refused:
        form.file.errors = [refusal(refused.code, refused.context)]
        return ()
    if found.faults:
        return found.faults
    try:
        with context.database().write() as db:
            unit_targets.set_unit_targets(
                db, code, found.targets, source=form.source.data or "", actor=current_user.email
            )
    except ConflictError as error:
        form.form_errors.append(sentence(error.code, **error.context))
    return ()


def _read(form: UnitTargetsForm, known: Known) -> Read:
    if form.clear.data:
        return Read({}, ())
    file: FileStorage | None = form.file.data
    if not file:
        return unit_targets.read(unit_targets.rows_of_text(form.pasted.data or ""), known)
    folder = context.jobs().uploads
    kept = uploads.keep(file.stream, folder)
    try:
        with open_table(uploads.path_of(folder, kept.stored_name)) as table:
            return unit_targets.read(((row.number, row.cells) for row in table.rows), known)
    finally:
        uploads.delete(folder, kept.stored_name)
