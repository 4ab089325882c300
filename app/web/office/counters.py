"""Service centres and their counters: list, name, close, and print what hangs at them."""

from collections.abc import Iterable
from typing import TypeVar
from urllib.parse import urlsplit

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from wtforms import Form

from app.channel_words import HELD
from app.errors import ConflictError
from app.queries import centres as queries
from app.queries.centres import CentreDetail, CounterItem
from app.queries.channels import held
from app.queries.posters import SheetRow, logo_of
from app.sentences import sentence
from app.services import centres, counters, posters
from app.services.posters.numbers import number_of
from app.web import context, guards
from app.web.forms.counters import CentreForm, CodeForm, CounterForm, NewCounterForm
from app.web.forms.rounds import ConfirmForm
from app.web.office.posters import address_of, file, pdf

bp = Blueprint("centres", __name__, url_prefix="/office/centres")
guards.guard(bp, guards.office)

# Which field of a form a refusal of the service speaks of.
FIELDS = {
    "code.malformed": "code",
    "counter.code-taken": "code",
    "counter.number-malformed": "number",
    "counter.number-taken": "number",
    "name.malformed": "name",
}
# Host names that only the machine itself understands.
_OWN_MACHINE = {"127.0.0.1", "localhost", "::1"}

_AnyCounterForm = TypeVar("_AnyCounterForm", bound=CounterForm)


@bp.get("/")
def index() -> ResponseReturnValue:
    """List the centres, or those a search finds."""
    text = request.args.get("q", "").strip()
    page = request.args.get("page", 1, type=int)
    with context.database().read() as db:
        found = queries.list_centres(db, text, page=page)
        holds = held(db)
    return render_template(
        "office/centres/index.html", found=found, text=text, holds=holds, whys=HELD
    )


@bp.get("/<centre>")
def show(centre: str) -> ResponseReturnValue:
    """Show a centre with its counters."""
    return render_template(
        "office/centres/show.html",
        centre=_detail(centre),
        address_of=address_of,
        own_machine_only=_own_machine_only(),
    )


@bp.route("/<centre>/edit", methods=["GET", "POST"])
def edit(centre: str) -> ResponseReturnValue:
    """Change name and address of a centre."""
    shown = _detail(centre)
    form = CentreForm(data={"name": shown.name, "address": shown.address})
    if form.validate_on_submit():
        try:
            with context.database().write() as db:
                centres.rename(
                    db, centre, name=form.name.data or "", address=form.address.data,
                    actor=current_user.email,
                )  # fmt: skip
        except ConflictError as error:
            _show_on(form, error)
        else:
            flash(_("Đã lưu. Tờ đã in vẫn ghi tên cũ; hãy in lại nếu cần."), "success")
            return redirect(url_for(".show", centre=centre), 303)
    return _form_page("office/centres/edit.html", form, centre=shown)


@bp.route("/<centre>/close", methods=["GET", "POST"])
def close(centre: str) -> ResponseReturnValue:
    """Ask once more, then close a centre with its counters."""
    form = ConfirmForm()
    if form.validate_on_submit():
        with context.database().write() as db:
            centres.close(db, centre, on=context.today(), actor=current_user.email)
        flash(_("Trung tâm và các quầy của trung tâm đã đóng."), "success")
        return redirect(url_for(".show", centre=centre), 303)
    return render_template("office/centres/close.html", centre=_detail(centre), form=form)


@bp.post("/<centre>/reopen")
def reopen(centre: str) -> ResponseReturnValue:
    """Open a closed centre again."""
    with context.database().write() as db:
        centres.reopen(db, centre, actor=current_user.email)
    flash(_("Trung tâm đã mở lại, cùng các quầy đóng trong cùng ngày."), "success")
    return redirect(url_for(".show", centre=centre), 303)


@bp.get("/<centre>/posters.pdf")
def posters_pdf(centre: str) -> ResponseReturnValue:
    """Send the sheets of all open counters of a centre."""
    shown = _detail(centre)
    open_now = [counter for counter in shown.counters if counter.closed_on is None]
    if not open_now:
        raise ConflictError("centre.no-open-counter", centre=centre)
    return _sheets(shown, open_now, centre)


@bp.route("/<centre>/counters/new", methods=["GET", "POST"])
def new_counter(centre: str) -> ResponseReturnValue:
    """Add a counter."""
    shown = _detail(centre)
    form = _with_fields(NewCounterForm())
    if form.validate_on_submit():
        try:
            with context.database().write() as db:
                made = counters.add(
                    db,
                    centre,
                    number=form.number.data or "",
                    name=form.name.data or "",
                    field_code=form.field.data or None,
                    code=form.code.data or None,
                    actor=current_user.email,
                )
        except ConflictError as error:
            _show_on(form, error)
        else:
            flash(_("Đã thêm quầy. Hãy in tờ mã QR và dán tại quầy."), "success")
            return redirect(url_for(".show_counter", centre=centre, counter=made.code), 303)
    return _form_page("office/centres/new_counter.html", form, centre=shown)


@bp.get("/<centre>/counters/<counter>")
def show_counter(centre: str, counter: str) -> ResponseReturnValue:
    """Show a counter with its code and what can be done with it."""
    shown = _detail(centre)
    return render_template(
        "office/centres/counter.html",
        centre=shown,
        counter=shown.counter(counter),
        address=address_of(counter),
        digits=number_of(shown.counter(counter).id),
        own_machine_only=_own_machine_only(),
    )


@bp.route("/<centre>/counters/<counter>/edit", methods=["GET", "POST"])
def edit_counter(centre: str, counter: str) -> ResponseReturnValue:
    """Change number, name and field of a counter."""
    shown = _detail(centre)
    item = shown.counter(counter)
    form = _with_fields(
        CounterForm(data={"number": item.number, "name": item.name, "field": item.field_code or ""})
    )
    if form.validate_on_submit():
        try:
            with context.database().write() as db:
                counters.rename(
                    db,
                    counter,
                    number=form.number.data or "",
                    name=form.name.data or "",
                    field_code=form.field.data or None,
                    actor=current_user.email,
                )
        except ConflictError as error:
            _show_on(form, error)
        else:
            flash(_("Đã lưu. Tờ đã in vẫn ghi tên cũ; hãy in lại nếu cần."), "success")
            return redirect(url_for(".show_counter", centre=centre, counter=counter), 303)
    return _form_page("office/centres/edit_counter.html", form, centre=shown, counter=item)


@bp.route("/<centre>/counters/<counter>/code", methods=["GET", "POST"])
def recode_counter(centre: str, counter: str) -> ResponseReturnValue:
    """Explain what another code means, then give it."""
    shown = _detail(centre)
    item = shown.counter(counter)
    form = CodeForm()
    if form.validate_on_submit():
        try:
            with context.database().write() as db:
                made = counters.recode(
                    db, counter, new_code=form.code.data or "", on=context.today(),
                    actor=current_user.email,
                )  # fmt: skip
        except ConflictError as error:
            _show_on(form, error)
        else:
            flash(_("Đã đổi mã. Tờ in với mã cũ vẫn dùng được; nên in lại tờ mới."), "success")
            return redirect(url_for(".show_counter", centre=centre, counter=made.code), 303)
    return _form_page(
        "office/centres/recode_counter.html",
        form,
        centre=shown,
        counter=item,
        address=address_of(counter),
    )


@bp.route("/<centre>/counters/<counter>/close", methods=["GET", "POST"])
def close_counter(centre: str, counter: str) -> ResponseReturnValue:
    """Ask once more, then close a counter."""
    shown = _detail(centre)
    item = shown.counter(counter)
    form = ConfirmForm()
    if form.validate_on_submit():
        with context.database().write() as db:
            counters.close(db, counter, on=context.today(), actor=current_user.email)
        flash(_("Quầy đã đóng, không nhận thêm ý kiến."), "success")
        return redirect(url_for(".show_counter", centre=centre, counter=counter), 303)
    return render_template(
        "office/centres/close_counter.html", centre=shown, counter=item, form=form
    )


@bp.post("/<centre>/counters/<counter>/reopen")
def reopen_counter(centre: str, counter: str) -> ResponseReturnValue:
    """Open a closed counter again."""
    _detail(centre).counter(counter)
    try:
        with context.database().write() as db:
            counters.reopen(db, counter, actor=current_user.email)
    except ConflictError as error:
        flash(sentence(error.code, **error.context), "error")
    else:
        flash(_("Quầy đã mở lại."), "success")
    return redirect(url_for(".show_counter", centre=centre, counter=counter), 303)


@bp.get("/<centre>/counters/<counter>/qr.svg")
def qr_svg(centre: str, counter: str) -> ResponseReturnValue:
    """Send a counter's code as a drawing."""
    _detail(centre).counter(counter)
    drawing = posters.qr_svg(address_of(counter)).encode()
    return file(drawing, "image/svg+xml", f"{counter}-qr.svg")


@bp.get("/<centre>/counters/<counter>/qr.png")
def qr_png(centre: str, counter: str) -> ResponseReturnValue:
    """Send a counter's code as a picture."""
    _detail(centre).counter(counter)
    return file(posters.qr_png(address_of(counter)), "image/png", f"{counter}-qr.png")


@bp.get("/<centre>/counters/<counter>/poster.pdf")
def poster_pdf(centre: str, counter: str) -> ResponseReturnValue:
    """Send a counter's sheet."""
    shown = _detail(centre)
    return _sheets(shown, [shown.counter(counter)], counter)


def _detail(centre: str) -> CentreDetail:
    with context.database().read() as db:
        return queries.detail(db, centre)


def _sheets(centre: CentreDetail, shown: Iterable[CounterItem], name: str) -> Response:
    with context.database().read() as db:
        logo = logo_of(db, centre.province_id)
    rows = [
        SheetRow(
            counter_id=counter.id,
            code=counter.code,
            number=counter.number,
            counter=counter.name,
            centre=centre.name,
            province=centre.province_name,
            simulated=centre.simulated,
        )
        for counter in shown
    ]
    return pdf(rows, logo, name)


def _own_machine_only() -> bool:
    """Whether printed addresses would open on this machine only."""
    return urlsplit(context.settings().public_url).hostname in _OWN_MACHINE


def _with_fields(form: _AnyCounterForm) -> _AnyCounterForm:
    with context.database().read() as db:
        fields = queries.fields(db)
    form.field.choices = [("", _("Không gắn với một lĩnh vực"))]
    form.field.choices += [(field.code, field.name) for field in fields]
    return form


def _form_page(template: str, form: Form, **values: object) -> ResponseReturnValue:
    return render_template(template, form=form, **values), 422 if form.errors else 200


def _show_on(form: Form, error: ConflictError) -> None:
    """Put a refusal beside the field it speaks of, or above the form."""
    text = sentence(error.code, **error.context)
    field = FIELDS.get(error.code)
    if field is not None and field in form:
        form[field].errors = [*form[field].errors, text]
    else:
        form.form_errors.append(text)
