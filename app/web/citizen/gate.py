"""What stands before every page of citizens."""

import structlog
from flask import current_app, request
from werkzeug.exceptions import TooManyRequests

from app.web.citizen.desk import Desk
from app.web.citizen.doubts import Stamps
from app.web.citizen.limits import Allowance
from app.web.citizen.together import Together
from app.web.context import today

# What a request costs of the allowance of its network, in answers handed in.
ANSWER = 1.0
TURN = 0.1

_log = structlog.get_logger("longdan")


def desk() -> Desk:
    """Return what opens counters."""
    found: Desk = current_app.extensions["longdan.desk"]
    return found


def stamps() -> Stamps:
    """Return what signs the times of forms."""
    found: Stamps = current_app.extensions["longdan.stamps"]
    return found


def admit(cost: float, counter: str = "") -> None:
    """Let a network through, or ask it to wait; the first crowd is noted and let through.

    Answers are counted by this process first, then by all of them together, for the network and
    for the counter they are about.
    """
    allowance: Allowance = current_app.extensions["longdan.allowance"]
    taken = allowance.take(request.remote_addr, cost)
    if taken.wait > 0:
        raise TooManyRequests(retry_after=int(taken.wait) + 1)
    if cost >= ANSWER:
        together: Together = current_app.extensions["longdan.together"]
        wait = together.wait(request.remote_addr, counter, today())
        if wait > 0:
            raise TooManyRequests(retry_after=int(wait) + 1)
    if taken.crowded:
        _log.warning("many-from-one-network", network=allowance.name(request.remote_addr))
