"""Lists for the Post, and lists that come back."""

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.datastructures import FileStorage

from app import case_words
from app.errors import ConflictError
from app.import_sentences import refusal
from app.queries import cases, units
from app.queries.cases import DrawCases
from app.services.cases import recording, rules
from app.services.cases.assignment import CommuneList, commune_lists, record_export
from app.services.cases.outcome_file import CellFault, Dictionary, read_outcomes
from app.services.cases.outcome_import import Recorded, record_all
from app.services.exports import assignment_pdf, assignment_xlsx
from app.services.frames.vault import Vault
from app.services.imports import uploads
from app.services.imports.refusals import FileRefusedError
from app.web import context, guards
from app.web.forms.cases import AssignForm, ListsForm, OutcomesForm
from app.web.forms.options import options
from app.web.office import cases_pages

bp = Blueprint("case_lists", __name__, url_prefix="/office/cases")
guards.guard(bp, guards.field)

MEDIA = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
    "pdf": "application/pdf",
}
MOST_SHOWN = 1_000
# More would take longer to set than anybody waits for a page.
MOST_ON_PAPER = 6_000


@bp.route("/<int:draw>/lists", methods=["GET", "POST"])
def lists(draw: int) -> ResponseReturnValue:
    """Offer the lists for the Post; every list that leaves is written down."""
    shown, form, assign_form = _forms(draw)
    if form.validate_on_submit():
        sent = _send(shown, form)
        if isinstance(sent, Response):
            return sent
        form.form_errors.append(sent)
    return _page(shown, form, assign_form)


@bp.post("/<int:draw>/assign")
def assign(draw: int) -> ResponseReturnValue:
    """Give the cases of a commune to a surveyor."""
    shown, form, assign_form = _forms(draw)
    if assign_form.validate_on_submit():
        try:
            with context.database().write() as db:
                n = recording.assign(
                    db, draw, assign_form.commune.data, assign_form.assignee.data,
                    actor=current_user.email, now=context.now(),
                )  # fmt: skip
        except ConflictError as error:
            assign_form.form_errors.append(case_words.sentence(error.code, **error.context))
        else:
            flash(_("Đã giao %(n)s đối tượng.", n=n), "success")
            return redirect(url_for(".lists", draw=draw), 303)
    return _page(shown, form, assign_form)


@bp.route("/<int:draw>/outcomes", methods=["GET", "POST"])
def outcomes(draw: int) -> ResponseReturnValue:
    """Take a list that came back: all of it, or nothing and every bad cell."""
    if not cases_pages.may_record():
        abort(404)
    with context.database().read() as db:
        shown = cases.draw_cases(db, draw)
    form = OutcomesForm()
    faults: tuple[CellFault, ...] = ()
    if form.validate_on_submit():
        try:
            made = _take(form.file.data, draw)
        except FileRefusedError as refused:
            form.file.errors = [refusal(refused.code, refused.context)]
        except ConflictError as error:
            form.file.errors = [case_words.sentence(error.code, **error.context)]
        else:
            if isinstance(made, Recorded):
                flash(
                    _(
                        "Đã ghi kết quả của %(changed)s đối tượng; %(unchanged)s đối tượng không "
                        "có gì mới.",
                        changed=made.n_changed,
                        unchanged=made.n_unchanged,
                    ),
                    "success",
                )
                return redirect(url_for("cases.show", draw=draw), 303)
            faults = made
    return render_template(
        "office/cases/outcomes.html",
        shown=shown,
        form=form,
        faults=faults[:MOST_SHOWN],
        n_faults=len(faults),
        reason=lambda fault: case_words.sentence(fault.code, **fault.context),
        largest=context.settings().max_body_bytes,
    ), 422 if form.errors or faults else 200


def _take(file: FileStorage, draw: int) -> Recorded | tuple[CellFault, ...]:
    """Read and record a file; it is deleted afterwards, because it holds people's names."""
    folder = context.jobs().uploads
    kept = uploads.keep(file.stream, folder)
    words = Dictionary(
        case_words.column_words(), case_words.outcome_words(), case_words.mode_words()
    )
    try:
        returned = read_outcomes(uploads.path_of(folder, kept.stored_name), draw, words)
        if returned.faults:
            return returned.faults
        with context.database().write() as db:
            return record_all(
                db, draw, returned.rows, file_hash=kept.file_hash, actor=current_user.email,
                now=context.now(),
            )  # fmt: skip
    finally:
        uploads.delete(folder, kept.stored_name)


def _forms(draw: int) -> tuple[DrawCases, ListsForm, AssignForm]:
    if not cases_pages.may_record():
        abort(404)
    with context.database().read() as db:
        shown = cases.draw_cases(db, draw)
        communes = cases.communes_of(db, shown)
    is_assigned = request.endpoint == "case_lists.assign"
    form = ListsForm(**({"formdata": None} if is_assigned else {}))
    assign_form = AssignForm(prefix="assign-", **({} if is_assigned else {"formdata": None}))
    form.communes.choices = options([("", _("Tất cả")), *communes])
    assign_form.commune.choices = options(communes)
    return shown, form, assign_form


def _page(shown: DrawCases, form: ListsForm, assign_form: AssignForm) -> ResponseReturnValue:
    return render_template(
        "office/cases/lists.html", shown=shown, form=form, assign_form=assign_form
    ), 422 if form.errors or assign_form.errors else 200


def _send(shown: DrawCases, form: ListsForm) -> Response | str:
    """Make the file that was asked for, or say why not."""
    kind = form.form.data
    wanted = [form.communes.data] if form.communes.data else []
    with context.database().write() as db:
        made = commune_lists(
            db, Vault.of(context.settings()), shown, by=cases_pages.reader(),
            communes=wanted, only_open=not form.everybody.data,
        )  # fmt: skip
        n = sum(len(each.cases) for each in made)
        if n == 0:
            return str(_("Không có người nào trong danh sách này."))
        if kind == "pdf" and n > MOST_ON_PAPER:
            return str(_("Bản in %(n)s người quá dài. Hãy lấy theo từng xã, hoặc tệp Excel.", n=n))
        rule = rules.rule_of(db, shown.round_id)
        province = units.by_id(db, shown.province_id)
        record_export(db, shown, made, kind, actor=current_user.email)
    # Setting a large paper takes a while; nobody waits for the audit log meanwhile.
    content = _content(shown, made, kind, rule.attempts.attempts, province)
    place = f"-{wanted[0]}" if wanted else ""
    name = f"danh-sach-{shown.round_code}-{shown.number}{place}.{kind}"
    return Response(
        content,
        content_type=MEDIA[kind],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _content(
    shown: DrawCases,
    made: tuple[CommuneList, ...],
    kind: str,
    n_attempts: int,
    province: units.UnitItem,
) -> bytes:
    now = context.now()
    if kind == "pdf":
        paper = case_words.list_paper(shown, province.name, province.short_name, now)
        return assignment_pdf.lists_pdf(made, paper, kind=shown.kind)
    make = assignment_xlsx.archive if kind == "zip" else assignment_xlsx.workbook
    return make(
        made, case_words.list_words(shown, now), kind=shown.kind, n_attempts=n_attempts,
        made_at=now,
    )  # fmt: skip
