"""Publishing a closed round: work the figures out, look at them, then show them to everyone."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app.errors import ConflictError
from app.queries import publications, rounds
from app.sentences import sentence
from app.services import publishing
from app.web import context, guards
from app.web.forms.rounds import ConfirmForm

bp = Blueprint("publishing", __name__, url_prefix="/office/rounds")
guards.guard(bp, guards.office)


@bp.route("/<code>/publish", methods=["GET", "POST"])
def new(code: str) -> ResponseReturnValue:
    """Say what will be done, then work out the figures of a closed round for the office to see."""
    form = ConfirmForm()
    if form.validate_on_submit():
        try:
            with context.database().write() as db:
                outcome = publishing.publish(
                    db,
                    code,
                    var_dir=context.settings().var_dir,
                    code_version=context.settings().code_version,
                    actor=current_user.email,
                    now=context.now(),
                )
        except ConflictError as error:
            flash(sentence(error.code, **error.context), "error")
            return redirect(url_for("rounds.show", code=code), 303)
        match outcome:
            case publishing.Published():
                flash(_("Đã tính xong. Chỉ cán bộ xem được cho đến khi công bố."), "success")
            case publishing.Unchanged():
                flash(_("Kết quả đã được tính từ đúng các câu trả lời này."), "info")
        return redirect(url_for("results.round_", code=code), 303)
    with context.database().read() as db:
        shown = rounds.by_code(db, code)
    if shown.state not in ("closed", "published"):
        flash(sentence("round.not-closed", round=code), "error")
        return redirect(url_for("rounds.show", code=code), 303)
    return render_template("office/publishing/new.html", shown=shown, form=form)


@bp.route("/<code>/publications/<int:number>/show", methods=["GET", "POST"])
def show(code: str, number: int) -> ResponseReturnValue:
    """Ask once more, then let everybody see a publication."""
    with context.database().read() as db:
        shown = rounds.by_code(db, code)
        facts = publications.of_round(db, code, public_only=False, number=number)
    if facts is None:
        abort(404)
    form = ConfirmForm()
    if form.validate_on_submit():
        with context.database().write() as db:
            publishing.show_to_everyone(db, code, number, actor=current_user.email)
        flash(_("Kết quả đã được công bố cho mọi người."), "success")
        return redirect(url_for("results.round_", code=code, lan=number), 303)
    return render_template("office/publishing/show.html", shown=shown, form=form, number=number)
