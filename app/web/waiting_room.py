"""How many requests a process works on at once, and how many may wait; others come back later.

Without it everyone waits when more come than can be served, until nobody is served in time. With it
those who are let in are served soon, and the others are told at once that nothing was saved.
"""

import random
import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# Seconds somebody waits for their turn at most, and after which others may come back.
PATIENCE: Final = 1.0
COME_BACK: Final = (3, 10)
_OPEN: Final = ("/healthz", "/readyz")
_PAGE: Final = """<!doctype html>
<html lang="vi"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Đang có nhiều người gửi phiếu · Lòng Dân</title></head>
<body><main><h1>Đang có nhiều người gửi phiếu</h1>
<p>Câu trả lời của ông/bà chưa được lưu. Xin chờ ít giây, quay lại trang trước rồi gửi lại.</p>
<p lang="en">Many people are answering right now. Your answers were not saved. Please wait a few
seconds, go back and send them again.</p></main></body></html>
""".encode()


class WaitingRoom:
    """Lets so many requests in at once, lets some wait, and refuses the others with 503.

    Parameters
    ----------
    app : WSGI application
        What serves those who are let in.
    places : int
        Requests worked on at once.
    seats : int
        Requests that may wait for a place.
    patience : float
        Seconds a request waits at most.
    """

    def __init__(
        self, app: "WSGIApplication", places: int, seats: int, patience: float = PATIENCE
    ) -> None:
        self._app = app
        self._places = threading.Semaphore(places)
        self._seats = threading.Semaphore(seats)
        self._patience = patience

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Serve a request, or ask it to come back."""
        if environ.get("PATH_INFO") in _OPEN:
            return self._app(environ, start_response)
        if not self._places.acquire(blocking=False) and not self._sit_down():
            return _refuse(start_response)
        try:
            # The whole answer is made here: Granian asks for its parts in the same thread.
            return self._app(environ, start_response)
        finally:
            self._places.release()

    def _sit_down(self) -> bool:
        """Wait for a place; False when there is no seat, or for too long."""
        if not self._seats.acquire(blocking=False):
            return False
        try:
            return self._places.acquire(timeout=self._patience)
        finally:
            self._seats.release()


def _refuse(start_response: "StartResponse") -> Iterable[bytes]:
    # Not everybody at the same moment.
    seconds = random.randint(*COME_BACK)  # noqa: S311 - nobody gains by guessing it
    headers = [
        ("Content-Type", "text/html; charset=utf-8"),
        ("Content-Length", str(len(_PAGE))),
        ("Cache-Control", "no-store"),
        ("Retry-After", str(seconds)),
        ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),
    ]
    start_response("503 Service Unavailable", headers)
    return (_PAGE,)
