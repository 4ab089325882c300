"""Languages: Vietnamese is the language of the source texts, English their translation."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask import Flask, g, has_request_context, request, session
from flask_babel import Babel, format_date

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


def format_day(day: date) -> str:
    """Write a day as people here do: 30/9/2026, in English 30 Sep 2026."""
    return str(format_date(day, "d MMM y" if current_language() == "en" else "d/M/y"))


def format_moment(moment: datetime) -> str:
    """Write a moment with the time here: 14:05, 30/9/2026."""
    here = moment.astimezone(ZoneInfo(TIMEZONE))
    return f"{here:%H:%M}, {format_day(here.date())}"


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
    app.jinja_env.filters["day"] = format_day
