"""Languages: Vietnamese is the language of the source texts, English their translation."""

from flask import Flask, g, has_request_context, request, session
from flask_babel import Babel

LANGUAGES = ("vi", "en")
TIMEZONE = "Asia/Ho_Chi_Minh"


def current_language() -> str:
    """Language of this request: chosen in the address, else kept from before, else Vietnamese."""
    if not has_request_context():
        return "vi"
    chosen: str | None = g.get("language")
    if chosen is None:
        chosen = request.args.get("lang")
        if chosen not in LANGUAGES and "sid" in "".join(request.cookies):
            chosen = session.get("language")
        if chosen not in LANGUAGES:
            chosen = "vi"
        g.language = chosen
    return chosen


def install(app: Flask) -> None:
    """Let Babel format numbers, dates and messages in the language of the request."""
    Babel(
        app,
        default_locale="vi",
        default_timezone=TIMEZONE,
        default_translation_directories="translations",
        locale_selector=current_language,
    )
    app.jinja_env.globals["current_language"] = current_language
