"""Systems that report closed dossiers: their tokens, and the keys they sign lists with."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app.errors import ConflictError, NotFoundError
from app.i18n import TIMEZONE
from app.queries import codes, rounds
from app.sentences import sentence
from app.services.dossiers import manifest, tokens
from app.services.signing import fingerprint
from app.web import context, guards
from app.web.forms.codes import SignerForm, TokenForm
from app.web.forms.options import options
from app.web.forms.rounds import ConfirmForm

bp = Blueprint("connections", __name__, url_prefix="/office/connections")
guards.guard(bp, guards.office)

_HERE = ZoneInfo(TIMEZONE)
_DAYS = 365


@bp.get("")
def show() -> ResponseReturnValue:
    """List tokens and keys, and offer to make new ones."""
    return _page(*_forms())


@bp.post("/tokens")
def add_token() -> ResponseReturnValue:
    """Make a token and show it this once."""
    form, signer_form = _forms(sent="token")
    if not form.validate_on_submit():
        return _page(form, signer_form)
    last = form.expires_on.data
    latest = context.today() + timedelta(days=tokens.LONGEST_DAYS)
    if last is None or not context.today() <= last <= latest:
        form.expires_on.errors = [_("Chọn một ngày từ hôm nay, trong vòng hai năm.")]
        return _page(form, signer_form)
    ends = datetime.combine(last + timedelta(days=1), time(), _HERE).astimezone(UTC)
    try:
        with context.database().write() as db:
            token = tokens.create(
                db, name=form.name.data or "", province_id=form.province_id.data,
                expires_at=ends, actor=current_user.email, now=context.now(),
            )  # fmt: skip
    except ConflictError as error:
        form.form_errors.append(sentence(error.code, **error.context))
        return _page(form, signer_form)
    return render_template("office/codes/token.html", name=form.name.data, token=token)


@bp.post("/tokens/<int:token>/revoke")
def revoke_token(token: int) -> ResponseReturnValue:
    """Take a token no longer."""
    if ConfirmForm().validate_on_submit():
        with context.database().write() as db:
            tokens.revoke(db, token, actor=current_user.email, now=context.now())
        flash(_("Đã thu hồi khóa kết nối; hệ thống dùng khóa này không gửi được nữa."), "success")
    return redirect(url_for(".show"), 303)


@bp.post("/signers")
def add_signer() -> ResponseReturnValue:
    """Register the key of a system."""
    token_form, form = _forms(sent="signer")
    if not form.validate_on_submit():
        return _page(token_form, form)
    try:
        with context.database().write() as db:
            manifest.add_signer(
                db, name=form.name.data or "", public_key=form.public_key.data or "",
                province_id=form.province_id.data, actor=current_user.email, now=context.now(),
            )  # fmt: skip
    except ConflictError as error:
        form.public_key.errors = [sentence(error.code, **error.context)]
        return _page(token_form, form)
    flash(_("Đã đăng ký khóa ký danh sách."), "success")
    return redirect(url_for(".show"), 303)


@bp.post("/signers/<int:signer>/revoke")
def revoke_signer(signer: int) -> ResponseReturnValue:
    """Trust a key no longer."""
    if ConfirmForm().validate_on_submit():
        try:
            with context.database().write() as db:
                manifest.revoke_signer(db, signer, actor=current_user.email, now=context.now())
        except NotFoundError:
            return redirect(url_for(".show"), 303)
        flash(_("Đã thu hồi khóa; danh sách ký bằng khóa này không được nhận nữa."), "success")
    return redirect(url_for(".show"), 303)


def _forms(sent: str | None = None) -> tuple[TokenForm, SignerForm]:
    with context.database().read() as db:
        provinces = rounds.provinces(db, context.today())
    nothing = {"formdata": None}
    token_form = TokenForm(prefix="token-", **({} if sent == "token" else nothing))
    signer_form = SignerForm(prefix="signer-", **({} if sent == "signer" else nothing))
    for form in (token_form, signer_form):
        form.province_id.choices = options((each.id, each.name) for each in provinces)
    if token_form.expires_on.data is None and sent != "token":
        token_form.expires_on.data = context.today() + timedelta(days=_DAYS)
    return token_form, signer_form


def _page(token_form: TokenForm, signer_form: SignerForm) -> ResponseReturnValue:
    with context.database().read() as db:
        known = codes.tokens(db)
        keys = codes.signers(db)
    return render_template(
        "office/codes/connections.html", tokens=known, signers=keys, token_form=token_form,
        signer_form=signer_form, form=ConfirmForm(), now=context.now(), fingerprint=fingerprint,
    ), 422 if token_form.errors or signer_form.errors else 200  # fmt: skip
