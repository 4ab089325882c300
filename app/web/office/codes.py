"""One-time codes of a round as office and supervisors see them: numbers, orders, decisions."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import code_sentences as words
from app.code_jobs import ORDER
from app.code_words import row_problem
from app.errors import ConflictError
from app.queries import codes, rounds
from app.queries.codes import OrderShown
from app.sentences import sentence
from app.services.accounts import OFFICE
from app.services.orders import desk
from app.web import context, guards
from app.web.forms.rounds import ConfirmForm

bp = Blueprint("codes", __name__, url_prefix="/office")
guards.guard(bp, guards.watched)

REFRESH_SECONDS = 2


@dataclass(frozen=True, slots=True)
class Listed:
    """A round with codes, and how many dossiers and codes it has."""

    round: rounds.RoundSummary
    numbers: codes.Numbers


@bp.get("/codes")
def index() -> ResponseReturnValue:
    """List the rounds that use codes, and what waits for a second person."""
    with context.database().read() as db:
        found = [each for each in rounds.every_round(db) if each.per_dossier]
        listed = [Listed(each, codes.account_of(db, each.code).total) for each in found]
        waiting = codes.waiting_orders(db)
    return render_template(
        "office/codes/index.html",
        listed=listed,
        waiting=waiting,
        words=words,
        is_office=_is_office(),
    )


@bp.get("/rounds/<code>/codes")
def show(code: str) -> ResponseReturnValue:
    """Show how far a round is with its codes, and what can be done next."""
    with context.database().read() as db:
        shown = rounds.by_code(db, code)
        if not shown.per_dossier:
            return refused(ConflictError("round.not-per-dossier"), code)
        account = codes.account_of(db, code)
        orders = codes.orders_of(db, code)
        uploads = codes.uploads_of(db, code)
    page = render_template(
        "office/codes/show.html",
        shown=shown,
        account=account,
        orders=orders,
        uploads=uploads,
        words=words,
        form=ConfirmForm(),
        is_office=_is_office(),
        fewest=codes.FEWEST_SHOWN,
    )
    moving = any(each.is_moving for each in orders) or any(each.is_pending for each in uploads)
    return refreshing(page, moving=moving)


@bp.get("/rounds/<code>/codes/weeks")
def weeks(code: str) -> ResponseReturnValue:
    """Show dossiers and codes by centre and week of closing."""
    with context.database().read() as db:
        shown = rounds.by_code(db, code)
        account = codes.account_of(db, code)
    return render_template(
        "office/codes/weeks.html", shown=shown, account=account, fewest=codes.FEWEST_SHOWN
    )


@bp.get("/rounds/<code>/codes/orders/<int:order>")
def order(code: str, order: int) -> ResponseReturnValue:
    """Show what is asked for, by whom, and what became of it."""
    with context.database().read() as db:
        shown = rounds.by_code(db, code)
        found = codes.order(db, code, order)
        names = dict(codes.centres_of(db, code))
    page = render_template(
        "office/codes/order.html",
        shown=shown,
        order=found,
        centres=[names.get(each, each) for each in found.scope.get("centres", ())],
        failure=_failure(found),
        can_decide=found.state == "asked" and found.asked_by != current_user.email,
        is_own=found.asked_by == current_user.email,
        is_office=_is_office(),
        is_over=found.file_expires_at is not None and found.file_expires_at <= context.now(),
        words=words,
        form=ConfirmForm(),
    )
    return refreshing(page, moving=found.is_moving)


@bp.post("/rounds/<code>/codes/orders/<int:order>/decide")
def decide(code: str, order: int) -> ResponseReturnValue:
    """Approve or refuse what somebody else asked for."""
    decision = request.form.get("decision")
    approve = decision == "approve"
    if decision in ("approve", "refuse") and ConfirmForm().validate_on_submit():
        try:
            with context.database().write() as db:
                codes.order(db, code, order)
                desk.decide(
                    db, order, approve=approve, actor=current_user.email, now=context.now()
                )  # fmt: skip
                if approve:
                    context.jobs().queue_code_work(db, ORDER, order)
        except ConflictError as error:
            return refused(error, code, order)
        flash(_("Đã duyệt; hệ thống đang làm.") if approve else _("Đã ghi là không duyệt."),
              "success")  # fmt: skip
    return redirect(url_for(".order", code=code, order=order), 303)


def refused(error: ConflictError, code: str, order: int | None = None) -> ResponseReturnValue:
    """Say why something was not done."""
    flash(sentence(error.code, **error.context), "error")
    if error.code == "round.not-per-dossier":
        return redirect(url_for(".index"), 303)
    if order is not None:
        return redirect(url_for("codes.order", code=code, order=order), 303)
    return redirect(url_for("codes.show", code=code), 303)


def refreshing(page: str, *, moving: bool) -> Response:
    """Send a page that is asked for again while something moves."""
    response = Response(page)
    if moving:
        response.headers["Refresh"] = str(REFRESH_SECONDS)
    return response


def _failure(found: OrderShown) -> str | None:
    if found.failure is None:
        return None
    context_: dict[str, Any] = dict(found.failure.get("context", {}))
    return row_problem(found.failure["code"], context_)


def _is_office() -> bool:
    return bool(current_user.has_role(OFFICE))
