"""Citizens who send until they are thanked, and write down for what."""

import http.client
import random
import socket
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from bench.chaos.world import Sending

_HEADERS = {
    "Content-Type": "application/x-www-form-urlencoded",
    "Sec-Fetch-Site": "same-origin",
    "Accept-Language": "vi",
}
_TIMEOUT = 15.0
_LONGEST_PAUSE = 0.5
# What browsers do not show: a kept line was closed between two requests, and they open another.
KEPT_LINE_CLOSED = "kept line closed"


@dataclass
class Ledger:
    """What clients were told.

    Attributes
    ----------
    acknowledged : set of int
        Numbers of the answers for which somebody was thanked.
    outcomes : Counter
        Replies by status, and attempts that got none.
    faults : list of str
        Replies that must not come: a refusal without Retry-After, another status.
    """

    acknowledged: set[int] = field(default_factory=set)
    outcomes: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass(frozen=True, slots=True)
class Manner:
    """How clients behave.

    Attributes
    ----------
    drops : float
        Share of attempts whose reply they do not wait for, before they try again.
    tries : int or None
        Attempts before they go away; None until they are thanked.
    """

    drops: float = 0.05
    tries: int | None = None


class Crowd:
    """Clients who share a supply of answers to send.

    Parameters
    ----------
    port : int
        Port on 127.0.0.1.
    sendings : sequence of Sending
        What is sent, each by one client.
    deadline : float
        Monotonic moment after which nobody tries again.
    """

    def __init__(
        self, port: int, sendings: Sequence[Sending], manner: Manner, deadline: float
    ) -> None:
        self.ledger = Ledger()
        self._port = port
        self._supply = iter(sendings)
        self._manner = manner
        self._deadline = deadline
        self._threads: list[threading.Thread] = []

    def start(self, n: int) -> None:
        """Let so many clients begin."""
        self._threads = [
            threading.Thread(target=self._live, args=(number,), daemon=True) for number in range(n)
        ]
        for each in self._threads:
            each.start()

    @property
    def at_work(self) -> bool:
        """Whether somebody still has something to send."""
        return any(each.is_alive() for each in self._threads)

    def join(self) -> None:
        """Wait until everyone has gone."""
        for each in self._threads:
            each.join()

    def _live(self, number: int) -> None:
        chance = random.Random(number)
        connection: http.client.HTTPConnection | None = None
        while time.monotonic() < self._deadline:
            with self.ledger.lock:
                sending = next(self._supply, None)
            if sending is None:
                break
            connection = self._send(sending, connection, chance)
        if connection is not None:
            connection.close()

    def _send(
        self,
        sending: Sending,
        connection: http.client.HTTPConnection | None,
        chance: random.Random,
    ) -> http.client.HTTPConnection | None:
        """Send until thanked; the connection that may be used again."""
        attempts = 0
        while time.monotonic() < self._deadline:
            attempts += 1
            if chance.random() < self._manner.drops:
                self._drop(sending)
                continue
            kept = connection is not None
            if connection is None:
                connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=_TIMEOUT)
            began = time.monotonic()
            try:
                connection.request("POST", sending.path, sending.body, _HEADERS)
                reply = connection.getresponse()
                reply.read()
            except (OSError, http.client.HTTPException) as error:
                connection.close()
                connection = None
                closed = isinstance(error, ConnectionResetError | BrokenPipeError)
                self._note(
                    KEPT_LINE_CLOSED if kept and closed else f"no reply: {type(error).__name__}"
                )
            else:
                if self._told(sending, reply, time.monotonic() - began):
                    return connection
            if self._manner.tries is not None and attempts >= self._manner.tries:
                return connection
            time.sleep(chance.uniform(0.01, min(_LONGEST_PAUSE, 0.02 * 2 ** min(attempts, 9))))
        return connection

    def _told(self, sending: Sending, reply: http.client.HTTPResponse, seconds: float) -> bool:
        location = reply.getheader("Location", "")
        thanked = reply.status == 303 and location.endswith("/cam-on")
        with self.ledger.lock:
            self.ledger.outcomes[str(reply.status)] += 1
            if thanked:
                self.ledger.acknowledged.add(sending.number)
                self.ledger.seconds.append(seconds)
            elif reply.status in (429, 503):
                if reply.getheader("Retry-After") is None:
                    self.ledger.faults.append(f"{reply.status} without Retry-After")
            else:
                self.ledger.faults.append(f"status {reply.status} {location}")
        return thanked

    def _drop(self, sending: Sending) -> None:
        """Send, and lose the line before a reply comes."""
        head = "".join(f"{name}: {value}\r\n" for name, value in _HEADERS.items())
        request = (
            f"POST {sending.path} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\n{head}"
            f"Content-Length: {len(sending.body)}\r\n\r\n"
        ).encode() + sending.body
        try:
            with socket.create_connection(("127.0.0.1", self._port), timeout=1) as line:
                line.sendall(request)
                time.sleep(0.03)
        except OSError:
            pass
        self._note("reply not waited for")

    def _note(self, outcome: str) -> None:
        with self.ledger.lock:
            self.ledger.outcomes[outcome] += 1
