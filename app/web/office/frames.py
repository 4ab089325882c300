"""Frames: list, begin, watch, freeze, and take what came of it away as files."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from flask import (
    Blueprint,
    Response,
    flash,
    redirect,
    render_template,
    request,
    send_file,
    stream_with_context,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from wtforms import Form

from app import frame_sentences as words
from app.errors import ConflictError
from app.frame_jobs import CHECK, FREEZE
from app.frame_lists import FrameLists
from app.i18n import current_language
from app.queries import frames, rounds
from app.queries.frames import FileSummary, FrameSummary
from app.sentences import sentence
from app.services.frames import contacts, decisions, freezing, gather, listed
from app.services.frames.account import Account
from app.services.frames.gather import FramePlan
from app.services.frames.places import Places
from app.services.frames.shelf import CheckedFiles
from app.web import context, guards
from app.web.forms.frames import FrameForm
from app.web.forms.options import options
from app.web.forms.rounds import ConfirmForm
from app.web.office import frames_pages

bp = Blueprint("frames", __name__, url_prefix="/office/frames")
guards.guard(bp, guards.office)

PER_PAGE = 100
# The page of a frame that is being worked on asks again after so many seconds.
REFRESH_SECONDS = 3
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_USUALLY_KEPT = timedelta(days=365)
FIELDS = {
    "frame.name-missing": "name",
    "frame.kind-unknown": "kind",
    "frame.province-unknown": "province_id",
    "frame.period-reversed": "period_to",
    "frame.retention": "contacts_delete_on",
}


@bp.get("")
def index() -> ResponseReturnValue:
    """List the frames."""
    with context.database().read() as db:
        found = frames.every_frame(db)
    return render_template(
        "office/frames/index.html", frames=found, words=words, account_of=account_of
    )


@bp.route("/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Begin a frame."""
    with context.database().read() as db:
        provinces = rounds.provinces(db, context.today())
    form = FrameForm(data={"contacts_delete_on": context.today() + _USUALLY_KEPT})
    form.province_id.choices = options((each.id, each.name) for each in provinces)
    if form.validate_on_submit():
        try:
            with context.database().write() as db:
                made = gather.create(db, _plan(form), actor=current_user.email, now=context.now())
        except ConflictError as error:
            show_on(form, error)
        else:
            flash(_("Đã lập danh sách. Tiếp theo, hãy nộp các tệp."), "success")
            return redirect(url_for("frame_files.new", frame=made.code), 303)
    return render_template(
        "office/frames/form.html", form=form, frame=None, provinces=provinces
    ), 422 if form.errors else 200


@bp.get("/<frame>")
def show(frame: str) -> ResponseReturnValue:
    """Show how far a frame is: its steps, its account, its files."""
    shown, files = read(frame)
    checked = checked_of(shown)
    account = account_of(shown)
    with context.database().read() as db:
        places = Places(frames.place_facts(db, shown.province_id), day_of(shown))
        names = {unit.code: unit.name for unit in places.communes}
    page = render_template(
        "office/frames/show.html",
        frame=shown,
        files=files,
        account=account,
        path=frames_pages.path_of(shown, files, account, len(decisions.open_names(checked))),
        shares=frames_pages.shares(account),
        reasons=frames_pages.reasons(account.problems),
        communes=frames_pages.commune_bars(account, names) if account.n_rows else (),
        moved=[name for name in decisions.names(checked) if name.status == "moved"],
        moving=frames_pages.is_moving(shown, files),
        span=tuple(map(date.fromisoformat, (account.first, account.last))) if account.first else (),
        failure=words.failure(shown.failure["code"]) if shown.failure else "",
        refusal_of=frames_pages.refusal_of,
        words=words,
        form=ConfirmForm(),
    )
    response = Response(page)
    if frames_pages.is_moving(shown, files):
        response.headers["Refresh"] = str(REFRESH_SECONDS)
    return response


@bp.route("/<frame>/edit", methods=["GET", "POST"])
def edit(frame: str) -> ResponseReturnValue:
    """Change name, period and retention."""
    shown, _files = read(frame)
    if shown.state != "gathering":
        return refused(ConflictError("frame.not-gathering"), frame)
    form = FrameForm(
        data={
            "kind": shown.kind, "name": shown.name, "province_id": shown.province_id,
            "period_from": shown.period_from, "period_to": shown.period_to,
            "contacts_delete_on": shown.contacts_delete_on, "simulated": shown.simulated,
        }
    )  # fmt: skip
    del form.kind, form.province_id, form.simulated
    if form.validate_on_submit():
        try:
            with context.database().write() as db:
                plan = replace(_plan(form), kind=shown.kind, province_id=shown.province_id)
                gather.change(db, frame, plan, actor=current_user.email, now=context.now())
                context.jobs().queue_frame_work(db, CHECK, shown.id)
        except ConflictError as error:
            show_on(form, error)
        else:
            flash(_("Đã lưu."), "success")
            return redirect(url_for(".show", frame=frame), 303)
    return render_template(
        "office/frames/form.html", form=form, frame=shown, provinces=()
    ), 422 if form.errors else 200


@bp.route("/<frame>/withdraw", methods=["GET", "POST"])
def withdraw(frame: str) -> ResponseReturnValue:
    """Give a frame up that is not frozen."""
    shown, files = read(frame)
    form = ConfirmForm()
    if form.validate_on_submit():
        try:
            with context.database().write() as db:
                frame_id = gather.withdraw(db, frame, actor=current_user.email)
        except ConflictError as error:
            return refused(error, frame)
        context.jobs().frames.tidy(frame_id)
        flash(_("Đã bỏ danh sách và xóa các tệp của nó."), "success")
        return redirect(url_for(".index"), 303)
    return render_template("office/frames/withdraw.html", frame=shown, files=files, form=form)


@bp.route("/<frame>/freeze", methods=["GET", "POST"])
def freeze(frame: str) -> ResponseReturnValue:
    """Say what stands in the way of freezing, or freeze."""
    shown, files = read(frame)
    form = ConfirmForm()
    if shown.state != "gathering":
        return redirect(url_for(".show", frame=frame), 303)
    if form.validate_on_submit():
        try:
            with context.database().write() as db:
                frame_id = freezing.begin(db, frame, actor=current_user.email)
                context.jobs().queue_frame_work(db, FREEZE, frame_id)
        except ConflictError as error:
            return refused(error, frame)
        return redirect(url_for(".show", frame=frame), 303)
    with context.database().read() as db:
        found = freezing.hindrances_of(db, frame)
    return render_template(
        "office/frames/freeze.html",
        frame=shown,
        files=files,
        account=account_of(shown),
        hindrances=[(words.hindrance(each.code), each) for each in found],
        form=form,
    )


@bp.route("/<frame>/contacts/delete", methods=["GET", "POST"])
def delete_contacts(frame: str) -> ResponseReturnValue:
    """Delete the contact data before their time."""
    shown, _files = read(frame)
    form = ConfirmForm()
    if form.validate_on_submit():
        with context.database().write() as db:
            contacts.delete(
                db, context.jobs().frames.vault, frame, actor=current_user.email, now=context.now()
            )
        flash(_("Đã xóa thông tin liên hệ của danh sách."), "success")
        return redirect(url_for(".show", frame=frame), 303)
    return render_template("office/frames/delete_contacts.html", frame=shown, form=form)


@bp.get("/<frame>/problems")
def problems(frame: str) -> ResponseReturnValue:
    """List the problems row by row."""
    shown, files = read(frame, removed=True)
    checked = checked_of(shown)
    code = request.args.get("code", "")
    code = code if code in words.REASONS else ""
    file_id = request.args.get("file", type=int)
    n = listed.count(checked, file_id=file_id, code=code or None)
    found = frames_pages.ListPage(
        min(max(1, request.args.get("page", 1, type=int)), max(1, -(-n // PER_PAGE))), n, PER_PAGE
    )
    lists = FrameLists(shown, files, checked, current_language())
    offset = (found.page - 1) * PER_PAGE
    return render_template(
        "office/frames/problems.html",
        frame=shown,
        found=found,
        lines=[
            lists.row(each)
            for each in listed.problems(
                checked, file_id=file_id, code=code or None, offset=offset, limit=PER_PAGE
            )
        ],
        reasons=frames_pages.reasons(account_of(shown).problems),
        code=code,
        file=next((file for file in files if file.id == file_id), None),
    )


@bp.get("/<frame>/problems.<kind>")
def problems_file(frame: str, kind: str) -> ResponseReturnValue:
    """Send the list of problems as a file, piece by piece."""
    shown, files = read(frame, removed=True)
    lists = FrameLists(shown, files, checked_of(shown), current_language())
    name = f"doi-chieu-{shown.code}.{kind}"
    if kind == "csv":
        return _streamed(lists.csv_pieces(), "text/csv; charset=utf-8", name)
    if kind != "xlsx":
        return redirect(url_for(".show", frame=frame), 303)
    return _streamed(lists.book_pieces(), _XLSX, name)


@bp.get("/<frame>/frame.csv")
def frame_file(frame: str) -> ResponseReturnValue:
    """Send the canonical file of a frozen frame."""
    shown, _files = read(frame)
    if shown.state != "frozen" or shown.file_name is None:
        return refused(ConflictError("frame.not-frozen"), frame)
    path = context.jobs().frames.shelf.frozen(shown.file_name)
    if not path.is_file():
        return refused(ConflictError("frame.file-missing"), frame)
    return send_file(
        path.resolve(), mimetype="text/csv", as_attachment=True, download_name=f"{shown.code}.csv"
    )


def read(frame: str, *, removed: bool = False) -> tuple[FrameSummary, tuple[FileSummary, ...]]:
    """Read a frame and its files."""
    with context.database().read() as db:
        shown = frames.by_code(db, frame)
        return shown, frames.files_of(db, shown.id, removed=removed)


def checked_of(shown: FrameSummary) -> CheckedFiles:
    """Say where lies what the rules made of the files of a frame."""
    return context.jobs().frames.shelf.checked(shown.id, shown.settled_revision)


def account_of(shown: FrameSummary) -> Account:
    """Account of a frame."""
    return Account.from_json(shown.account)


def refused(error: ConflictError, frame: str) -> ResponseReturnValue:
    """Say on the frame's page why something was not done."""
    flash(sentence(error.code, **error.context), "error")
    return redirect(url_for("frames.show", frame=frame), 303)


def show_on(form: Form, error: ConflictError) -> None:
    """Put a refusal beside the field it speaks of, or above the form."""
    text = sentence(error.code, **error.context)
    field = FIELDS.get(error.code)
    if field is not None and field in form:
        form[field].errors = [*form[field].errors, text]
    else:
        form.form_errors.append(text)


def day_of(shown: FrameSummary) -> date:
    """Day whose units a frame is about."""
    return shown.period_to or shown.created_at.date()


def _plan(form: FrameForm) -> FramePlan:
    first, last, until = form.period_from.data, form.period_to.data, form.contacts_delete_on.data
    if first is None or last is None or until is None:
        raise TypeError("the form was not validated")
    return FramePlan(
        name=form.name.data or "",
        kind=form.kind.data if "kind" in form else "",
        province_id=form.province_id.data if "province_id" in form else 0,
        period_from=first,
        period_to=last,
        contacts_delete_on=until,
        simulated=bool(form.simulated.data) if "simulated" in form else False,
    )


def _streamed(pieces: Iterator[bytes], media_type: str, name: str) -> Response:
    return Response(
        stream_with_context(pieces),
        content_type=media_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
