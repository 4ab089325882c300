"""Devices on which someone signed in before: a signed cookie, sent to office pages only.

It opens nothing. It only keeps strangers who guess at an account from slowing down its owner.
"""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Self

from flask import Response, after_this_request, current_app, request
from itsdangerous import BadSignature, URLSafeTimedSerializer

from app import identity
from app.web import context

KEPT = timedelta(days=180)
# People who share one computer.
MOST_ACCOUNTS = 8


@dataclass(frozen=True, slots=True)
class Device:
    """The device of a request.

    Attributes
    ----------
    name : str
        Random; made new for a device without a valid cookie.
    accounts : tuple of str
        Marks of the accounts that signed in on it, latest last.
    """

    name: str
    accounts: tuple[str, ...]

    @classmethod
    def of_request(cls) -> Self:
        """Read the cookie; a forged, expired or missing one is a new device."""
        try:
            name, accounts = _serializer().loads(
                request.cookies.get(_cookie_name(), ""), max_age=int(KEPT.total_seconds())
            )
        except BadSignature:
            return cls(secrets.token_urlsafe(16), ())
        return cls(name, tuple(accounts))

    def name_for(self, email: str) -> str | None:
        """Name of the device, if this account signed in on it before."""
        return self.name if _mark(email) in self.accounts else None

    def remember(self, email: str) -> None:
        """Note with the response that this account signed in here."""
        mark = _mark(email)
        others = [known for known in self.accounts if known != mark]
        value = _serializer().dumps((self.name, [*others, mark][-MOST_ACCOUNTS:]))

        @after_this_request
        def set_cookie(response: Response) -> Response:
            response.set_cookie(
                _cookie_name(),
                value,
                max_age=KEPT,
                path="/office",
                secure=context.settings().https,
                httponly=True,
                samesite="Lax",
            )
            return response


def _mark(email: str) -> str:
    return identity.account_digest(email, context.settings().secret_key)[:9].hex()


def _cookie_name() -> str:
    return "__Secure-device" if context.settings().https else "device"


def _serializer() -> URLSafeTimedSerializer:
    keys = [*current_app.config["SECRET_KEY_FALLBACKS"], current_app.config["SECRET_KEY"]]
    return URLSafeTimedSerializer(keys, salt="device")
