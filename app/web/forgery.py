"""Forms posted by other sites are refused: token of Flask-WTF, and what the browser says itself."""

from urllib.parse import urlsplit

from flask import Blueprint, Flask, abort, request
from flask_wtf import CSRFProtect

from app.web import guards

_protect = CSRFProtect()
# Of citizens, and of systems that show a token of their own.
_WITHOUT_SESSION = frozenset({guards.same_site.__name__, "bearer"})
_CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})


def install(app: Flask) -> None:
    """Check every request that changes something."""
    app.config.update(
        # The token lives as long as the session.
        WTF_CSRF_TIME_LIMIT=None,
        # No page sends a Referer; `refuse_other_sites` looks at what browsers send instead.
        WTF_CSRF_SSL_STRICT=False,
    )
    _protect.init_app(app)

    @app.before_request
    def refuse_other_sites() -> None:
        if request.method in _CHANGING and not _has_no_session() and not _from_own_pages():
            abort(403)


def exempt_without_session(blueprint: Blueprint) -> None:
    """Ask no token of pages that have no session a foreign page could abuse.

    Such pages say so by their guard.
    """
    if guards.guard_of(blueprint.name) in _WITHOUT_SESSION:
        _protect.exempt(blueprint)


def _has_no_session() -> bool:
    return guards.guard_of(request.blueprint or "") in _WITHOUT_SESSION


def _from_own_pages() -> bool:
    """Whether the browser says that one of our own pages sent the request, or says nothing."""
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    origin = request.headers.get("Origin", "null")
    # Pages with the policy no-referrer send "null" even to their own site.
    return site in ("same-origin", "none") and (
        origin == "null" or urlsplit(origin).netloc == request.host
    )
