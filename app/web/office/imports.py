"""Import of sampled answers: upload, confirm the columns, watch, and see what became of it."""

import io
from dataclasses import replace

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.datastructures import FileStorage

from app.i18n import current_language
from app.import_sentences import heading, reason, refusal, target_name
from app.problem_lists import ProblemSheet, csv_lines, usual_entries, write_xlsx
from app.queries import rounds
from app.services.imports import accounts, batches, mapping, preview, uploads
from app.services.imports.accounts import Account
from app.services.imports.batches import FileFacts
from app.services.imports.mapping import Columns
from app.services.imports.preview import Preview
from app.services.imports.problems import LISTED
from app.services.imports.refusals import (
    FileRefusedError,
    MappingRefusedError,
    RoundRefusedError,
)
from app.services.imports.rounds import ImportRound, import_round
from app.services.imports.targets import target_of
from app.web import context, guards
from app.web.forms.imports import (
    ColumnsForm,
    UploadForm,
    chosen_columns,
    columns_form,
    field_name,
    stated,
)
from app.web.forms.rounds import ConfirmForm
from app.web.office import import_pages

bp = Blueprint("imports", __name__, url_prefix="/office")
guards.guard(bp, guards.office)

PER_PAGE = 200
# The page of a file that is being read asks again after so many seconds.
REFRESH_SECONDS = 2
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/rounds/<code>/imports")
def index(code: str) -> ResponseReturnValue:
    """List the files of a round."""
    with context.database().read() as db:
        shown = rounds.by_code(db, code)
        found = accounts.recent(db, code)
    return render_template("office/imports/index.html", shown=shown, accounts=found)


@bp.route("/rounds/<code>/imports/new", methods=["GET", "POST"])
def new(code: str) -> ResponseReturnValue:
    """Take a file."""
    with context.database().read() as db:
        shown = rounds.by_code(db, code)
        try:
            target = import_round(db, code)
        except RoundRefusedError as refused:
            flash(refusal(refused.code, refused.context), "error")
            return redirect(url_for(".index", code=code), 303)
    form = UploadForm()
    if form.validate_on_submit():
        try:
            columns = _mapping(form.mapping.data, target)
        except MappingRefusedError as refused:
            form.mapping.errors = [refusal(refused.code, refused.context)]
        else:
            try:
                batch = _receive(form.file.data, target, columns)
            except FileRefusedError as refused:
                form.file.errors = [refusal(refused.code, refused.context)]
            else:
                return redirect(url_for(".columns", batch=batch), 303)
    return render_template(
        "office/imports/new.html",
        shown=shown,
        form=form,
        largest=context.settings().max_body_bytes,
        needed=import_pages.needed_columns(target.instrument, current_language()),
    ), 422 if form.errors else 200


def _mapping(file: FileStorage | None, target: ImportRound) -> Columns:
    """Read the mapping file, if one was chosen."""
    if file is None or not file.filename:
        return Columns()
    written = file.stream.read(mapping.MAX_BYTES + 1)
    try:
        return mapping.parse(written.decode("utf-8"), target.instrument)
    except UnicodeDecodeError as error:
        raise MappingRefusedError("mapping.not-utf8") from error


def _receive(file: FileStorage, target: ImportRound, columns: Columns) -> int:
    """Keep the file and begin its account; a file that cannot be read is not kept."""
    folder = context.jobs().uploads
    kept = uploads.keep(file.stream, folder)
    try:
        preview.look(uploads.path_of(folder, kept.stored_name), target, columns)
        facts = FileFacts(uploads.shown_name(file.filename), kept.file_hash, kept.stored_name)
        with context.database().write() as db:
            return batches.add(db, target.id, facts, columns, current_user.email, state="uploaded")
    except BaseException:
        uploads.delete(folder, kept.stored_name)
        raise


@bp.route("/imports/<int:batch>/columns", methods=["GET", "POST"])
def columns(batch: int) -> ResponseReturnValue:
    """Show what each column seems to hold, and take what the office says it holds."""
    with context.database().read() as db:
        account = accounts.account(db, batch)
        if account.state != "uploaded" or account.stored_name is None:
            return redirect(url_for(".show", batch=batch), 303)
        try:
            target = import_round(db, account.round_code)
        except RoundRefusedError as refused:
            flash(refusal(refused.code, refused.context), "error")
            return redirect(url_for(".index", code=account.round_code), 303)
    before = _columns_asked_for(mapping.from_json(account.mapping, target.instrument))
    path = uploads.path_of(context.jobs().uploads, account.stored_name)
    if not path.exists():  # nobody came back for a day
        with context.database().write() as db:
            batches.fail(db, batch, "import.file-gone")
        return redirect(url_for(".show", batch=batch), 303)
    try:
        seen = preview.look(path, target, before)
    except FileRefusedError as refused:
        flash(refusal(refused.code, refused.context), "error")
        return redirect(url_for(".columns", batch=batch), 303)
    form = columns_form(seen, target, before)
    if form.validate_on_submit() and _confirm(batch, form, seen, target, before):
        return redirect(url_for(".show", batch=batch), 303)
    return render_template(
        "office/imports/columns.html",
        account=account,
        form=form,
        seen=seen,
        sections=import_pages.sections(seen, form, target.instrument),
        unused=import_pages.unused_columns(seen, form),
        confirm=ConfirmForm(),
    ), 422 if form.errors else 200


def _columns_asked_for(before: Columns) -> Columns:
    """Look at another sheet or another row of headings, if the address says so."""
    sheet = request.args.get("sheet") or before.sheet
    row = request.args.get("header_row", type=int) or before.header_row
    if row is not None and not 1 <= row <= 60:
        row = None
    return replace(before, sheet=sheet, header_row=row)


def _confirm(
    batch: int, form: ColumnsForm, seen: Preview, target: ImportRound, before: Columns
) -> bool:
    """Have the file read as the form says; False, and errors in the form, if that cannot be."""
    chosen = chosen_columns(form, seen)
    columns = preview.state_columns(seen, chosen, stated(form, before))
    fields = {each: field_name(number) for number, each in enumerate(seen.targets)}
    for problem in preview.check_choice(seen, chosen, columns, target.instrument):
        about = target_of(problem.context.get("target", ""), target.instrument)
        said = reason(problem, target.instrument, current_language())
        if about is None:
            form.form_errors.append(said)
        else:
            form[fields[about]].errors = [said]
    if form.errors:
        return False
    with context.database().write() as db:
        batches.confirm(db, batch, columns)
        context.jobs().queue_import(db, batch)
    return True


@bp.post("/imports/<int:batch>/discard")
def discard(batch: int) -> ResponseReturnValue:
    """Forget a file that was not confirmed."""
    form = ConfirmForm()
    with context.database().read() as db:
        account = accounts.account(db, batch)
    if form.validate_on_submit():
        with context.database().write() as db:
            stored_name = batches.discard(db, batch)
        if stored_name is not None:
            uploads.delete(context.jobs().uploads, stored_name)
        flash(_("Đã xóa tệp vừa tải lên."), "success")
    return redirect(url_for(".index", code=account.round_code), 303)


@bp.get("/imports/<int:batch>")
def show(batch: int) -> ResponseReturnValue:
    """Show how far a file is read, or what became of it."""
    with context.database().read() as db:
        account = accounts.account(db, batch)
        instrument = accounts.instrument_of_round(db, account.round_code)
        few = accounts.listed_problems(db, batch, limit=1)
    if account.state == "uploaded":
        return redirect(url_for(".columns", batch=batch), 303)
    language = current_language()
    page = render_template(
        "office/imports/show.html",
        account=account,
        groups=[
            import_pages.group_line(group, instrument, language, usual_entries(group, language))
            for group in account.groups
        ],
        failure=reason(few[0], instrument, language) if account.state == "failed" else "",
        off_path=[
            (target_name(f"item:{item}", instrument, language), n)
            for item, n in sorted(account.remarks.off_path.items(), key=lambda pair: -pair[1])
        ],
        day=import_pages.day_of(account),
    )
    response = Response(page)
    if not account.is_ended:
        response.headers["Refresh"] = str(REFRESH_SECONDS)
    return response


@bp.get("/imports/<int:batch>/problems")
def problems(batch: int) -> ResponseReturnValue:
    """List the problems of a file cell by cell."""
    page = min(max(1, request.args.get("page", 1, type=int)), LISTED)
    with context.database().read() as db:
        account = accounts.account(db, batch)
        instrument = accounts.instrument_of_round(db, account.round_code)
        found = accounts.listed_problems(db, batch, offset=(page - 1) * PER_PAGE, limit=PER_PAGE)
    language = current_language()
    return render_template(
        "office/imports/problems.html",
        account=account,
        found=import_pages.ProblemPage(page, account.n_listed, PER_PAGE),
        lines=[
            import_pages.ProblemLine(
                problem.row,
                problem.column,
                heading(problem, instrument, language),
                problem.value,
                reason(problem, instrument, language),
            )
            for problem in found
        ],
    )


@bp.get("/imports/<int:batch>/problems.<kind>")
def problems_file(batch: int, kind: str) -> ResponseReturnValue:
    """Send the list of problems as a file."""
    with context.database().read() as db:
        account = accounts.account(db, batch)
        sheet = ProblemSheet(
            account,
            accounts.listed_problems(db, batch),
            accounts.instrument_of_round(db, account.round_code),
            current_language(),
        )
    name = f"loi-nhap-{account.round_code}-{account.id}.{kind}"
    if kind == "csv":
        return _attachment("".join(csv_lines(sheet)).encode(), "text/csv; charset=utf-8", name)
    if kind != "xlsx":
        return _not_there(account)
    written = io.BytesIO()
    write_xlsx(written, sheet)
    return _attachment(written.getvalue(), _XLSX, name)


@bp.get("/imports/<int:batch>/mapping.toml")
def mapping_file(batch: int) -> ResponseReturnValue:
    """Send the mapping of a file, for the next one or for the command line."""
    with context.database().read() as db:
        account = accounts.account(db, batch)
        instrument = accounts.instrument_of_round(db, account.round_code)
    written = mapping.to_toml(mapping.from_json(account.mapping, instrument))
    name = f"anh-xa-{account.round_code}-{account.id}.toml"
    return _attachment(written.encode(), "application/toml; charset=utf-8", name)


def _attachment(content: bytes, media_type: str, name: str) -> Response:
    return Response(
        content,
        content_type=media_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _not_there(account: Account) -> ResponseReturnValue:
    return redirect(url_for(".show", batch=account.id), 303)
