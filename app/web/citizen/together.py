"""The second level of limits: processes count together, through buckets in the database.

Behind the process's own buckets, which refuse a flood for nothing. A process takes a few answers of
a shared bucket at a time and remembers an empty one until it has something again, so most answers
and nearly all of a flood cost the database nothing. Keys are digests made with the installation's
secret and the day: the table holds no address, and nothing in it can be followed to the next day.
"""

import hashlib
import threading
import time
from collections.abc import Callable, Sequence
from datetime import date

from app.db import Database
from app.errors import UnavailableError
from app.services.shared_limits import Bucket, Granted, take
from app.web.citizen.limits import network_of

# Buckets remembered at most; then all are asked for anew.
MOST_KEYS = 50_000
# What was taken and not used within so many seconds is let go.
LEASE_SECONDS = 60.0


class Together:
    """Answers that all processes let through together.

    Parameters
    ----------
    database : Database
        Holds the buckets.
    secret : str
        Makes the digests.
    network, counter : tuple of float
        Answers that flow in per minute and that a full bucket holds, of a network and of a
        counter; no limit where nothing flows in.
    clock : callable
        Seconds that only grow.
    """

    def __init__(
        self,
        database: Database,
        secret: str,
        network: tuple[float, float],
        counter: tuple[float, float],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._secret = hashlib.blake2b(
            secret.encode(), digest_size=32, person=b"longdan-limit"
        ).digest()
        self._measures = {b"n": network, b"c": counter}
        self._clock = clock
        # Key → what is left of what was taken and until when; nothing left until then if it is 0.
        self._held: dict[bytes, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def wait(self, address: str | None, counter: str, today: date) -> float:
        """Take one answer; seconds to wait if there is none, else 0.

        Parameters
        ----------
        address : str or None
            Of the client.
        counter : str
            Code of the counter; empty for pages that belong to none.
        today : date
        """
        named = [(b"n", network_of(address or "")), (b"c", counter)]
        buckets = [
            Bucket(self._key(kind, name, today), burst, per_minute / 60)
            for kind, name in named
            if name
            for per_minute, burst in (self._measures[kind],)
            if per_minute > 0
        ]
        now = self._clock()
        with self._lock:
            held = {each.key: self._held.get(each.key) for each in buckets}
        known = {key: found for key, found in held.items() if found and found[1] > now}
        empty = [until - now for left, until in known.values() if left < 1]
        if empty:
            return max(empty)
        granted = self._take([each for each in buckets if each.key not in known])
        if granted is None:
            # The database is away: what stores the answer will say so.
            return 0.0
        return self._use(buckets, granted, now)

    def _use(
        self, buckets: Sequence[Bucket], granted: dict[bytes, Granted], now: float
    ) -> float:  # fmt: skip
        """Take one answer of what is held of each bucket."""
        waits = [0.0]
        with self._lock:
            if len(self._held) >= MOST_KEYS:
                self._held.clear()
            for each in buckets:
                got = granted.get(each.key)
                if got is not None and got.n < 1:
                    self._held[each.key] = (0.0, now + got.wait)
                    waits.append(got.wait)
                    continue
                left, until = self._held.get(each.key, (0.0, 0.0))
                if got is not None:
                    kept = left if until > now else 0.0
                    left, until = kept + got.n, now + LEASE_SECONDS
                if left - 1 > 0:
                    self._held[each.key] = (left - 1, until)
                else:
                    self._held.pop(each.key, None)
        return max(waits)

    def _take(self, buckets: Sequence[Bucket]) -> dict[bytes, Granted] | None:
        if not buckets:
            return {}
        try:
            with self._database.alone() as db:
                return take(db, buckets)
        except UnavailableError:
            return None

    def _key(self, kind: bytes, name: str, today: date) -> bytes:
        said = b"\0".join((kind, today.isoformat().encode(), name.encode()))
        return hashlib.blake2b(said, key=self._secret, digest_size=16).digest()
