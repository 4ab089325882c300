"""Signing in and out, by Flask-Security with our own form, throttle and template."""

from datetime import timedelta
from typing import Any

from flask import Flask, Response, after_this_request, flash, g, redirect, request, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from flask_login import current_user, user_logged_out
from flask_security import LoginForm, Security
from flask_wtf.csrf import CSRFError
from wtforms import EmailField, PasswordField
from wtforms.validators import InputRequired

from app import identity
from app.db import Database
from app.identity import Credentials, Refused, SignedIn, StaffDirectory
from app.services import accounts
from app.services.throttle import Wait
from app.web import context, devices, guards, problems

PATH = "/office/sign-in"


class SignInForm(LoginForm):
    """E-mail address and password; validating it is signing in."""

    email = EmailField(
        lazy_gettext("Địa chỉ thư điện tử"),
        filters=[lambda typed: "".join(sign for sign in typed or "" if sign.isprintable())],
        validators=[InputRequired(lazy_gettext("Xin nhập địa chỉ thư điện tử."))],
        render_kw={"autocomplete": "username", "autocapitalize": "off", "spellcheck": "false"},
    )
    password = PasswordField(
        lazy_gettext("Mật khẩu"),
        validators=[InputRequired(lazy_gettext("Xin nhập mật khẩu."))],
        render_kw={"autocomplete": "current-password"},
    )
    # WTForms leaves out what a subclass sets to None.
    remember = None  # type: ignore[assignment]
    submit = None  # type: ignore[assignment]

    def validate(self, **kwargs: Any) -> bool:
        """Check the form, then the password."""
        # Past Flask-Security's own validation, which looks at the password without a throttle.
        if not super(LoginForm, self).validate(**kwargs):
            _answer_with(422)
            return False
        device = devices.Device.of_request()
        credentials = Credentials(
            email=self.email.data or "",
            password=self.password.data or "",
            address=request.remote_addr or "",
            device=device.name_for(self.email.data or ""),
        )
        outcome = identity.sign_in(
            context.database(),
            credentials,
            pepper=context.settings().secret_key,
            now=context.now(),
        )
        match outcome:
            case SignedIn():
                self.user = outcome
                _begin_session()
                device.remember(outcome.email)
                return True
            case Wait(seconds=seconds):
                self.form_errors.append(_wait_sentence(seconds))
                _answer_with(429, seconds)
            case Refused():
                self.form_errors.append(
                    _("Địa chỉ thư điện tử hoặc mật khẩu không đúng. Xin kiểm tra và nhập lại.")
                )
                _answer_with(422)
        return False


def install(app: Flask) -> None:
    """Set up Flask-Security: signing in and out, nothing else."""
    database: Database = app.extensions["longdan.database"]
    app.config.update(
        SECURITY_LOGIN_URL=PATH,
        SECURITY_LOGOUT_URL="/office/sign-out",
        SECURITY_LOGIN_USER_TEMPLATE="office/sign_in.html",
        SECURITY_POST_LOGIN_VIEW="/office/",
        SECURITY_POST_LOGOUT_VIEW=PATH,
        SECURITY_STATIC_FOLDER=None,
        # The headers of every page are those of app.web.headers.
        SECURITY_CACHE_CONTROL=None,
        SECURITY_CLI_USERS_NAME="",
        SECURITY_CLI_ROLES_NAME="",
        # Same hashes as app.services.passwords, for what Flask-Security may come to check itself.
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106 - a name
        SECURITY_PASSWORD_SCHEMES=["argon2"],
        SECURITY_PASSWORD_SINGLE_HASH=True,
        SECURITY_PASSWORD_NORMALIZE_FORM="NFKC",  # noqa: S106 - a name
        # Leaves out the page that asks for the password again.
        SECURITY_FRESHNESS=timedelta(seconds=-1),
    )
    security = Security(app, StaffDirectory(database), login_form=SignInForm)
    # Pages ask `current_user`, and only guards do: nobody's identity is loaded before a request,
    # and nobody signs in by a token in a header.
    security.principal.identity_loaders.clear()
    security.login_manager.request_loader(lambda _request: None)
    security.login_manager.session_protection = None
    guards.guard_registered(app, "security", sign_in_page)
    user_logged_out.connect(_end_sessions, app)
    app.register_error_handler(CSRFError, _form_too_old)


def sign_in_page() -> ResponseReturnValue | None:
    """Let everyone in, but follow no address that could lead to another site."""
    asked = (*request.args.getlist("next"), *request.form.getlist("next"))
    if not all(guards.is_own_path(path) for path in asked if path):
        return redirect(PATH)
    guards.keep_language()
    return None


def _begin_session() -> None:
    """Throw away everything a stranger may have put into the session."""
    language = session.get("language")
    session.clear()
    session.permanent = True
    if language is not None:
        session["language"] = language


def _end_sessions(_app: Flask, user: SignedIn) -> None:
    """End all sessions of the person who signs out, wherever copies of the cookie are."""
    with context.database().write() as db:
        accounts.end_sessions(db, user.id)
    language = session.get("language")
    session.clear()
    if language is not None:
        session["language"] = language
    g.pop("csrf_token", None)
    flash(_("Ông/bà đã đăng xuất trên mọi thiết bị."), "success")


def _form_too_old(_error: CSRFError) -> ResponseReturnValue:
    """Say that the session ended while a form was open, instead of that the request is bad."""
    if current_user.is_authenticated:
        return problems.page(403)
    flash(_("Phiên làm việc đã kết thúc, nội dung chưa được lưu. Xin đăng nhập lại."), "warning")
    return redirect(PATH, 303)


def _answer_with(status: int, retry_after: int | None = None) -> None:
    @after_this_request
    def set_status(response: Response) -> Response:
        response.status_code = status
        if retry_after is not None:
            response.headers["Retry-After"] = str(retry_after)
        return response


def _wait_sentence(seconds: int) -> str:
    if seconds < 60:
        wait = ngettext("%(num)d giây", "%(num)d giây", seconds)
    else:
        wait = ngettext("%(num)d phút", "%(num)d phút", -(-seconds // 60))
    return str(_("Đã thử quá nhiều lần. Xin đợi %(wait)s rồi thử lại.", wait=wait))
