"""The key that seals what citizens hand in, and once more with the next when it has just gone."""

from collections.abc import Callable
from typing import TypeVar

from flask import current_app

from app.errors import UnavailableError
from app.services.interview import KeyGoneError
from app.services.mixing.keys import PublicKey, SealingKeys

_ATTEMPTS = 3
Outcome = TypeVar("Outcome")


def sealed_with_current_key(hand_in: Callable[[PublicKey], Outcome]) -> Outcome:
    """Hand answers in under the key that seals now.

    Raises
    ------
    UnavailableError
        ``spool.no-key``.
    """
    keys: SealingKeys = current_app.extensions["longdan.sealing"]
    for _ in range(_ATTEMPTS):
        try:
            return hand_in(keys.current())
        except KeyGoneError:
            keys.forget()
    raise UnavailableError("spool.no-key")
