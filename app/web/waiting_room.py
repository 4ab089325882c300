"""How many requests a process works on at once, and how many may wait; others come back later.

Without it everyone waits when more come than can be served, until nobody is served in time. With it
those who are let in are served soon, and the others are told at once that nothing was saved.
"""

import random
import threading
from collections import deque
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# Seconds somebody waits for their turn at most, and after which others may come back.
PATIENCE: Final = 1.5
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
        self._free = places
        self._seats = seats
        # Whoever waits holds a lock that is shut; a place is handed on by opening the first.
        self._line: deque[threading.Lock] = deque()
        self._lock = threading.Lock()
        self._patience = patience

    @property
    def seated(self) -> int:
        """How many wait."""
        return len(self._line)

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Serve a request, or ask it to come back."""
        if environ.get("PATH_INFO") in _OPEN:
            return self._app(environ, start_response)
        if not self._enter():
            return _refuse(start_response)
        try:
            # The whole answer is made here: Granian asks for its parts in the same thread.
            return self._app(environ, start_response)
        finally:
            self._leave()

    def _enter(self) -> bool:
        """Take a place, or wait for one; False when there is no seat, or for too long."""
        with self._lock:
            if self._free:
                self._free -= 1
                return True
            if len(self._line) >= self._seats:
                return False
            turn = threading.Lock()
            turn.acquire()
            self._line.append(turn)
        if turn.acquire(timeout=self._patience):
            return True
        with self._lock:
            if turn in self._line:
                self._line.remove(turn)
                return False
        # Its turn came while it was leaving.
        return True

    def _leave(self) -> None:
        """Hand the place to whoever has waited longest."""
        with self._lock:
            if self._line:
                self._line.popleft().release()
            else:
                self._free += 1


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
