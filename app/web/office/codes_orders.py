"""What only the office does with orders: ask, take back, stop, go on, fetch the file."""

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app.code_jobs import ORDER
from app.errors import ConflictError
from app.queries import codes, rounds
from app.sentences import sentence
from app.services.orders import delivery, desk
from app.services.orders.desk import Wish
from app.services.orders.scope import Scope
from app.web import context, guards
from app.web.forms.codes import OrderForm, order_form
from app.web.forms.rounds import ConfirmForm
from app.web.office.codes import refused

bp = Blueprint("code_orders", __name__, url_prefix="/office/rounds/<code>/codes/orders")
guards.guard(bp, guards.office)

MEDIA = {
    "pdf": "application/pdf",
    "zip": "application/zip",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
FIELDS = {
    "order.reason-missing": "reason",
    "order.days-reversed": "closed_to",
    "order.too-many-named": "dossiers",
}


@bp.route("/new", methods=["GET", "POST"])
def new(code: str) -> ResponseReturnValue:
    """Ask for codes to be issued, issued again or cancelled."""
    with context.database().read() as db:
        shown = rounds.by_code(db, code)
        if not shown.per_dossier:
            return refused(ConflictError("round.not-per-dossier"), code)
        account = codes.account_of(db, code)
        centres = codes.centres_of(db, code)
    form = order_form(centres, context.settings().webhook_urls)
    if form.validate_on_submit():
        try:
            with context.database().write() as db:
                asked = desk.ask(
                    db, code, _wish(form), actor=current_user.email, now=context.now(),
                    today=context.today(),
                )  # fmt: skip
        except ConflictError as error:
            text = sentence(error.code, **error.context)
            name = FIELDS.get(error.code)
            if name is None:
                form.form_errors.append(text)
            else:
                form[name].errors = [*form[name].errors, text]
        else:
            flash(_("Đã gửi đề nghị. Cần một người khác duyệt."), "success")
            return redirect(url_for("codes.order", code=code, order=asked.id), 303)
    return render_template(
        "office/codes/order_new.html", shown=shown, form=form, account=account, centres=centres
    ), 422 if form.errors else 200


def _wish(form: OrderForm) -> Wish:
    named = [line.strip() for line in (form.dossiers.data or "").splitlines() if line.strip()]
    scope = Scope(
        tuple(form.centres.data or ()), form.closed_from.data, form.closed_to.data,
        tuple(dict.fromkeys(named)),
    )  # fmt: skip
    options: dict[str, object] = {}
    if form.sender.data == "messages":
        options = {"form": form.form.data, "plain": form.alphabet.data == "plain"}
    elif form.sender.data == "webhook":
        options = {"url": form.url.data}
    return Wish(form.kind.data, scope, form.reason.data or "", form.sender.data, options)


@bp.post("/<int:order>/withdraw")
def withdraw(code: str, order: int) -> ResponseReturnValue:
    """Take a wish back that nobody has decided about."""
    if not ConfirmForm().validate_on_submit():
        return redirect(url_for("codes.order", code=code, order=order), 303)
    try:
        with context.database().write() as db:
            codes.order(db, code, order)
            desk.withdraw(db, order, actor=current_user.email, now=context.now())
    except ConflictError as error:
        return refused(error, code, order)
    flash(_("Đã rút lại đề nghị."), "success")
    return redirect(url_for("codes.show", code=code), 303)


@bp.post("/<int:order>/stop")
def stop(code: str, order: int) -> ResponseReturnValue:
    """Stop an order at work."""
    return _change(code, order, going_on=False)


@bp.post("/<int:order>/resume")
def resume(code: str, order: int) -> ResponseReturnValue:
    """Go on with an order that was stopped or failed."""
    return _change(code, order, going_on=True)


def _change(code: str, order: int, *, going_on: bool) -> ResponseReturnValue:
    if ConfirmForm().validate_on_submit():
        try:
            with context.database().write() as db:
                codes.order(db, code, order)
                if going_on:
                    desk.resume(db, order, actor=current_user.email)
                    context.jobs().queue_code_work(db, ORDER, order)
                else:
                    desk.stop(db, order, actor=current_user.email)
        except ConflictError as error:
            return refused(error, code, order)
        flash(_("Hệ thống làm tiếp.") if going_on else _("Đã dừng; có thể làm tiếp sau."),
              "success")  # fmt: skip
    return redirect(url_for("codes.order", code=code, order=order), 303)


@bp.post("/<int:order>/file")
def fetch(code: str, order: int) -> ResponseReturnValue:
    """Hand the file of an order out, this once; then it is destroyed."""
    if not ConfirmForm().validate_on_submit():
        return redirect(url_for("codes.order", code=code, order=order), 303)
    shelf = context.jobs().codes.shelf
    try:
        with context.database().write() as db:
            codes.order(db, code, order)
            fetched = delivery.fetch(
                db, order, shelf, actor=current_user.email, now=context.now()
            )  # fmt: skip
    except ConflictError as error:
        return refused(error, code, order)
    delivery.forget(order, shelf)
    ending = fetched.name.rpartition(".")[2]
    return Response(
        fetched.content,
        content_type=MEDIA[ending],
        headers={"Content-Disposition": f'attachment; filename="{fetched.name}"'},
    )
