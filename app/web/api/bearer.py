"""Who calls: the holder of a token that the office made."""

from flask import current_app, g, request
from flask.typing import ResponseReturnValue

from app.services.dossiers import tokens
from app.services.dossiers.tokens import Holder
from app.web import context
from app.web.api.problem import of_status
from app.web.citizen.limits import Allowance

_LONGEST = 200
CALLS_PER_MINUTE, CALLS_AT_ONCE = 120, 240
_ALLOWANCE = "longdan.calls"


def bearer() -> ResponseReturnValue | None:
    """Let in whoever shows a token that counts; cookies and sessions mean nothing here."""
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    found = None
    if scheme.lower() == "bearer" and 0 < len(token) <= _LONGEST and token.isascii():
        with context.database().read() as db:
            found = tokens.find(db, token.strip(), context.now())
    if found is None:
        answer = of_status(401)
        answer.headers["WWW-Authenticate"] = 'Bearer realm="longdan"'
        return answer
    allowance: Allowance = current_app.extensions.setdefault(
        _ALLOWANCE, Allowance(CALLS_PER_MINUTE, CALLS_AT_ONCE)
    )
    taken = allowance.take(f"token {found.id}")
    if taken.wait > 0:
        answer = of_status(429)
        answer.headers["Retry-After"] = str(int(taken.wait) + 1)
        return answer
    g.holder = found
    return None


def holder() -> Holder:
    """Return whose token this request showed."""
    found: Holder = g.holder
    return found
