"""One JSON line per request on standard error, and what else goes wrong.

A line names the route by its template, never the address that was asked for: addresses carry
one-time codes. Answers, form fields and headers are not written, and no network address where
citizens answer. An exception is written as its class and the lines of code it passed, without its
text, because texts of exceptions quote values.
"""

import json
import logging
import os
import sys
import time
import traceback
from typing import Any

import structlog
from flask import Flask, Response, g, got_request_exception, request
from flask_security.signals import user_authenticated

from app.config import Settings
from app.web import guards

REQUEST_ID = "X-Request-ID"
_BEGUN = "longdan.begun"
# Where staff work, the network address is part of the trace that an audit needs.
_WITH_ADDRESS = frozenset({*guards.MAY_ENTER, "sign_in_page"})

_log = structlog.get_logger("longdan")


class _StandardError:
    """Write lines to the standard error of the moment, so that it can be exchanged."""

    def msg(self, line: str) -> None:
        sys.stderr.write(line + "\n")

    debug = info = warning = error = critical = exception = msg


class _AsJson(logging.Handler):
    """Write what libraries log in the same form; their texts may quote values, so only sources."""

    def emit(self, record: logging.LogRecord) -> None:
        level = getattr(_log, record.levelname.lower(), _log.error)
        level("library", logger=record.name, where=f"{record.module}:{record.lineno}")


def install(app: Flask) -> None:
    """Log every request of the application."""
    settings: Settings = app.extensions["longdan.settings"]
    configure(settings.log_level)
    # Flask's own line on an exception has the address of the request in it.
    app.log_exception = _say_nothing  # type: ignore[method-assign]
    got_request_exception.connect(_failed, app)
    user_authenticated.connect(_signed_in, app)

    # Bound once: for a line per request, what structlog does first would cost as much as the line.
    log: Any = _log.bind()

    @app.before_request
    def begin() -> None:
        request.environ[_BEGUN] = (os.urandom(8).hex(), time.perf_counter())

    @app.after_request
    def end(response: Response) -> Response:
        about = _about_request()
        if about["id"] is not None:
            response.headers.add(REQUEST_ID, about["id"])
        log.info("request", status=response.status_code, **about)
        return response


def configure(level: str) -> None:
    """Let the program and its libraries write JSON lines to standard error."""
    number = logging.getLevelNamesMapping().get(level, logging.INFO)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(serializer=_json),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=lambda *_names: _StandardError(),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    for handler in [each for each in root.handlers if isinstance(each, _AsJson)]:
        root.removeHandler(handler)
    root.addHandler(_AsJson(level=logging.WARNING))
    # The development server writes a line with the address of every request.
    logging.getLogger("werkzeug").setLevel(logging.WARNING)


# Only ASCII: no character in a value can end the line or move a terminal's cursor.
_ENCODER = json.JSONEncoder(default=str)


def _json(event: dict[str, Any], **_options: Any) -> str:
    return _ENCODER.encode(event)


def _about_request() -> dict[str, Any]:
    asked = request._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - the proxy's own
    now = time.perf_counter()
    # A request that failed before it began, e.g. for another host, has neither.
    request_id, began = asked.environ.get(_BEGUN, (None, now))
    rule = asked.url_rule
    about: dict[str, Any] = {
        "id": request_id,
        "method": asked.method if rule is not None else None,
        "route": rule.rule if rule is not None else None,
        "ms": round((now - began) * 1000, 1),
    }
    if guards.guard_of(asked.blueprint or "") in _WITH_ADDRESS:
        about["address"] = asked.remote_addr
        # Looked at only if the request asked who it is: asking costs a read of the database.
        about["actor"] = getattr(g.get("_login_user"), "id", None)
    return about


def _say_nothing(exc_info: object) -> None:
    del exc_info


def _failed(_app: Flask, exception: BaseException) -> None:
    chain = []
    seen: BaseException | None = exception
    while seen is not None:
        frames = traceback.extract_tb(seen.__traceback__)
        chain.append(
            {
                "class": f"{type(seen).__module__}.{type(seen).__qualname__}",
                "code": getattr(seen, "code", None) if not callable(seen) else None,
                "lines": [
                    f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-12:]
                ],
            }
        )
        seen = seen.__cause__ or seen.__context__
    _log.error("exception", chain=chain, **_about_request())


def _signed_in(_app: Flask, user: Any, **_values: Any) -> None:
    _log.info("signed-in", **(_about_request() | {"actor": user.id}))
