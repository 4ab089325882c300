"""A lean load generator: citizens as asyncio protocols on kept-alive connections.

It is the browser's side only as far as timing needs it: requests are bytes made beforehand, replies
are cut at Content-Length. A citizen does one thing after the other and never pauses, so the number
of citizens is the number of requests under way.
"""

import asyncio
import time
import zlib
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field

# Longest wait for a whole run; what is unfinished by then counts as errors.
PATIENCE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server answered; ``seconds`` is from the first byte sent to the last received."""

    status: int
    head: bytes
    body: bytes
    seconds: float

    def header(self, name: bytes) -> bytes | None:
        """Value of a header, its name in lower case."""
        return header(self.head, name)

    def page(self) -> bytes:
        """Return the body, decompressed as a browser would."""
        if self.header(b"content-encoding") == b"gzip":
            return zlib.decompress(self.body, wbits=31)
        return self.body


def header(head: bytes, name: bytes) -> bytes | None:
    """Find a header in a raw head; its name in lower case."""
    at = head.lower().find(b"\r\n" + name + b":")
    if at < 0:
        return None
    start = at + len(name) + 3
    end = head.find(b"\r\n", start)
    return head[start : end if end >= 0 else len(head)].strip()


# Yields requests, is sent their replies; returning ends the citizen's present journey.
Script = Generator[bytes, Reply, None]


@dataclass(slots=True)
class Ledger:
    """What the citizens did and were told.

    Attributes
    ----------
    acknowledged : list of str
        Keys of the answers whose receipt the server confirmed.
    seconds : mapping of str to list of float
        Waiting times by phase.
    errors : Counter
        What went wrong, by kind.
    """

    acknowledged: list[str] = field(default_factory=list)
    seconds: dict[str, list[float]] = field(default_factory=dict)
    errors: Counter[str] = field(default_factory=Counter)
    finished: int = 0

    def expect(self, phase: str, reply: Reply, *statuses: int) -> bool:
        """Note the waiting time of a phase; False, and an error, if the status is another."""
        self.seconds.setdefault(phase, []).append(reply.seconds)
        if reply.status in statuses:
            return True
        self.errors[f"{phase}: status {reply.status}"] += 1
        return False


class Citizen(asyncio.Protocol):
    """One connection that plays script after script; reconnects when the server closes it."""

    def __init__(self, crowd: "Crowd") -> None:
        self._crowd = crowd
        self._transport: asyncio.Transport | None = None
        self._script: Script | None = None
        self._request = b""
        self._sent_at = 0.0
        self._received = bytearray()
        self._head_end = -1
        self._length = 0
        self._last = False  # the server closes the connection after this reply
        self._closing = False  # we have closed it

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._closing = False
        if self._script is not None:
            self._send()

    @property
    def connected(self) -> bool:
        """Whether there is a connection to send on."""
        return self._transport is not None

    def begin(self) -> None:
        """Start the next journey, or leave when there is none."""
        self._script = next(self._crowd.scripts, None)
        if self._script is None:
            self._leave()
            return
        self._request = next(self._script)
        self._go()

    def _go(self) -> None:
        if self._transport is None or self._closing:
            self._crowd.connect(self)
        else:
            self._send()

    def _send(self) -> None:
        assert self._transport is not None
        self._received.clear()
        self._head_end = -1
        self._sent_at = time.perf_counter()
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self._received += data
        if self._head_end < 0:
            self._head_end = self._received.find(b"\r\n\r\n")
            if self._head_end < 0:
                return
            head = bytes(self._received[: self._head_end])
            length = header(head, b"content-length")
            self._length = int(length) if length is not None else 0
            self._last = (header(head, b"connection") or b"").lower() == b"close"
        if len(self._received) < self._head_end + 4 + self._length:
            return
        reply = Reply(
            int(self._received[9:12]),
            bytes(self._received[: self._head_end]),
            bytes(self._received[self._head_end + 4 :]),
            time.perf_counter() - self._sent_at,
        )
        self._answer(reply)

    def _answer(self, reply: Reply) -> None:
        assert self._script is not None
        if self._last and self._transport is not None:
            self._closing = True
            self._transport.close()
            self._transport = None
        try:
            self._request = self._script.send(reply)
        except StopIteration:
            self._crowd.ledger.finished += 1
            self.begin()
            return
        self._go()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        if self._closing or self._script is None:
            return
        # Closed by the server while a request was under way: nobody can say what became of it.
        self._transport = None
        self.give_up("connection lost with a request under way")

    def give_up(self, why: str) -> None:
        """Count an error and go on with the next journey."""
        self._crowd.ledger.errors[why] += 1
        self.begin()

    def _leave(self) -> None:
        if self._transport is not None:
            self._closing = True
            self._transport.close()
        self._crowd.left()


class Crowd:
    """Citizens on one server, sharing a supply of scripts.

    Parameters
    ----------
    port : int
        Port on 127.0.0.1; no other host is ever addressed.
    scripts : iterator of Script
        Journeys still to be made.
    ledger : Ledger
        Where they are noted.
    """

    def __init__(self, port: int, scripts: Iterator[Script], ledger: Ledger) -> None:
        self.port = port
        self.scripts = scripts
        self.ledger = ledger
        self._present = 0
        self._all_left: asyncio.Future[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def connect(self, citizen: Citizen) -> None:
        """Open a new connection for a citizen."""
        task = asyncio.get_running_loop().create_task(self._connect(citizen))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _connect(self, citizen: Citizen) -> None:
        loop = asyncio.get_running_loop()
        try:
            await loop.create_connection(lambda: citizen, "127.0.0.1", self.port)
        except OSError:
            # Nobody listens any more: no use in trying the next journey.
            self.ledger.errors["connection refused"] += 1
            self.left()

    def left(self) -> None:
        """Note that a citizen has nothing more to do."""
        self._present -= 1
        if self._present == 0 and self._all_left is not None and not self._all_left.done():
            self._all_left.set_result(None)

    async def run(self, n_citizens: int) -> float:
        """Connect everyone, then start the clock; returns the seconds until the last one left."""
        loop = asyncio.get_running_loop()
        self._all_left = loop.create_future()
        self._present = n_citizens
        citizens = [Citizen(self) for _ in range(n_citizens)]
        for citizen in citizens:
            await self._connect(citizen)
        started = time.perf_counter()
        for citizen in citizens:
            if citizen.connected:
                citizen.begin()
        try:
            await asyncio.wait_for(self._all_left, PATIENCE_SECONDS)
        except TimeoutError:
            self.ledger.errors["unfinished when patience ended"] += self._present
        return time.perf_counter() - started


def run(
    port: int, n_citizens: int, scripts: Callable[[Ledger], Iterator[Script]]
) -> tuple[Ledger, float]:
    """Let citizens play scripts against 127.0.0.1.

    Returns
    -------
    tuple of Ledger and float
        What happened, and the seconds it took.
    """
    ledger = Ledger()
    crowd = Crowd(port, scripts(ledger), ledger)
    seconds = asyncio.run(crowd.run(n_citizens))
    return ledger, seconds
