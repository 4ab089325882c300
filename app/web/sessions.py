"""Sessions of staff: a signed cookie, idle half an hour at most, twelve hours in all.

Citizens' pages and files have no session: no cookie of staff is read there, none is set, and the
cost is that of one comparison.
"""

import time
from datetime import timedelta

from flask import Flask, Request, Response
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
# What Flask-Security calls the moment of signing in.
SIGNED_IN_AT = "fs_paa"
WITHOUT = ("/c/", "/r/", "/static/", "/bootstrap/", "/ket-qua/", "/healthz", "/readyz")


class NoSession(SecureCookieSession):
    """The session of a page that has none; what is written to it is a mistake."""


class StaffSessions(SecureCookieSessionInterface):
    """Open and keep the sessions of staff."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Read the session from its cookie; one older than the longest allowed is empty."""
        if request.path.startswith(WITHOUT):
            return NoSession()
        found = super().open_session(app, request)
        if found and found.get(SIGNED_IN_AT, time.time()) + ABSOLUTE.total_seconds() < time.time():
            found.clear()
        return found

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write the session's cookie; every page that is opened begins the idle time anew."""
        if not isinstance(session, NoSession):
            super().save_session(app, session, response)
        elif session:
            raise RuntimeError("this page keeps no session")


def install(app: Flask) -> None:
    """Use these sessions."""
    app.session_interface = StaffSessions()
    app.permanent_session_lifetime = IDLE
