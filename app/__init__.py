"""Lòng Dân: citizens' satisfaction with public administration, measured checkably."""

from collections.abc import Callable
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from app import cli, i18n, web
from app.config import Settings
from app.db import Database
from app.jobs import Jobs
from app.startup import open_database
from app.web.waiting_room import WaitingRoom


class _Application(Flask):
    """Flask, without asking every function of every request whether it is a coroutine: none is."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function as it is."""
        return func


def create_app(settings: Settings, database: Database | None = None) -> Flask:
    """Build the web application.

    Parameters
    ----------
    settings : Settings
        All settings.
    database : Database, optional
        Used instead of the one the settings name, e.g. by tests.
    """
    app = _Application(__name__)
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SECRET_KEY_FALLBACKS=list(settings.secret_key_fallbacks),
        TRUSTED_HOSTS=list(settings.trusted_hosts),
        MAX_CONTENT_LENGTH=settings.max_body_bytes,
        MAX_FORM_MEMORY_SIZE=512 * 1024,
        MAX_FORM_PARTS=1000,
        SESSION_COOKIE_NAME="__Host-sid" if settings.https else "sid",
        SESSION_COOKIE_SECURE=settings.https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
    )
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # of Flask's default provider
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.extensions["longdan.settings"] = settings
    database = database or open_database(settings)
    app.extensions["longdan.database"] = database
    app.extensions["longdan.jobs"] = Jobs(database, settings)
    if settings.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=settings.proxies
        )
    if settings.places:
        app.wsgi_app = WaitingRoom(  # type: ignore[method-assign]
            app.wsgi_app, settings.places, settings.seats
        )
    i18n.install(app)
    web.install(app)
    cli.install(app)
    return app
