"""Who may enter: one guard per blueprint, refused by default."""

from collections.abc import Callable
from typing import Final

from flask import Blueprint, Flask, abort, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.i18n import LANGUAGES

Guard = Callable[[], ResponseReturnValue | None]

_GUARDED: dict[str, str] = {}

# Guard → roles it lets in.
MAY_ENTER: Final[dict[str, tuple[str, ...]]] = {
    "office": ("office",),
    "watched": ("office", "supervisor"),
    "field": ("office", "supervisor", "fieldwork"),
    "staff": ("office", "unit_viewer", "supervisor", "fieldwork"),
}


def guard(blueprint: Blueprint, check: Guard) -> None:
    """Run `check` before every view of the blueprint; what it returns is the response."""
    blueprint.before_request(check)
    _GUARDED[blueprint.name] = check.__name__


def guard_registered(app: Flask, name: str, check: Guard) -> None:
    """Guard a blueprint that an extension has made and registered."""
    app.before_request_funcs.setdefault(name, []).append(check)
    _GUARDED[name] = check.__name__


def require_guard(blueprint: Blueprint) -> None:
    """Refuse to start with a blueprint that nobody guards."""
    if blueprint.name not in _GUARDED:
        raise RuntimeError(f"blueprint {blueprint.name} has no guard")


def guard_of(blueprint_name: str) -> str | None:
    """Name of a blueprint's guard."""
    return _GUARDED.get(blueprint_name)


def everyone() -> None:
    """Let everyone in: citizens' pages, published public results, health."""


def same_site() -> None:
    """Let everyone in, but no form posted from another site.

    Citizens have no session that a foreign page could abuse; this keeps other sites from having
    their visitors' browsers hand in answers.
    """
    if request.method == "POST" and request.headers.get("Sec-Fetch-Site") == "cross-site":
        abort(403)


def office() -> ResponseReturnValue | None:
    """Let the office in; send strangers to sign in; others find nothing here."""
    return _with_role(*MAY_ENTER["office"])


def watched() -> ResponseReturnValue | None:
    """Let the office in, and the supervisors who watch it: draws of samples."""
    return _with_role(*MAY_ENTER["watched"])


def field() -> ResponseReturnValue | None:
    """Let in those who work on cases or watch them."""
    return _with_role(*MAY_ENTER["field"])


def staff() -> ResponseReturnValue | None:
    """Let any signed-in member of staff in."""
    return _with_role(*MAY_ENTER["staff"])


def _language(written: str) -> str:
    if written not in LANGUAGES:
        raise ValueError(written)
    return written


def keep_language() -> None:
    """Keep the language chosen in the address for the pages that follow."""
    chosen = request.args.get("lang")
    if chosen in LANGUAGES and session.get("language") != chosen:
        session["language"] = chosen


def is_own_path(address: str) -> bool:
    """Whether an address is a path on this site, and nothing that a browser may read otherwise."""
    return (
        address.startswith("/")
        and address.isprintable()
        and not any(sign in address for sign in ("//", "\\", " "))
    )


def _with_role(*roles: str) -> ResponseReturnValue | None:
    if not current_user.is_authenticated:
        # One can come back to a page, not to a form that was sent.
        here = request.full_path.rstrip("?")
        comes_back = request.method == "GET" and is_own_path(here)
        return redirect(
            url_for(
                "security.login",
                next=here if comes_back else None,
                lang=request.args.get("lang", type=_language),
            )
        )
    if not any(current_user.has_role(role) for role in roles):
        abort(404)
    keep_language()
    return None
