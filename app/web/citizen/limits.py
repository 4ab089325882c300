"""How many answers one network may hand in.

A token bucket for each client address: it holds a hall full of people behind one wireless network,
and refills faster than a counter serves. Only what is far beyond that is refused. The buckets are
this process's own; ``together`` has those that processes share. docs/adr/0005-citizens-pages.md
says why it is not a library's.
"""

import hashlib
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address

# Networks remembered at most; those whose bucket is full again are forgotten first.
MOST_NETWORKS = 50_000
# An IPv6 client commands a whole /64.
_PREFIX_BYTES = 8


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a request.

    Attributes
    ----------
    wait : float
        Seconds until it would be let through; 0 when it was.
    crowded : bool
        The bucket has just become half empty: worth a line in the log, no reason to refuse.
    """

    wait: float
    crowded: bool = False


class Allowance:
    """Token buckets by network.

    Parameters
    ----------
    per_minute : float
        Answers that flow in; 0 lets everything through.
    burst : float
        Answers a full bucket holds.
    clock : callable
        Seconds that only grow.
    """

    def __init__(
        self, per_minute: float, burst: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.per_second = per_minute / 60
        self.burst = burst
        self._clock = clock
        self._buckets: dict[str, tuple[float, float]] = {}
        self._lock = threading.Lock()
        self._salt = secrets.token_bytes(16)

    def take(self, address: str | None, cost: float = 1.0) -> Taken:
        """Take from the bucket of a client's network."""
        if self.per_second <= 0:
            return Taken(0)
        network = network_of(address or "")
        now = self._clock()
        with self._lock:
            level, since = self._buckets.get(network, (self.burst, now))
            level = min(self.burst, level + (now - since) * self.per_second)
            if level < cost:
                self._buckets[network] = (level, now)
                return Taken((cost - level) / self.per_second)
            if network not in self._buckets and len(self._buckets) >= MOST_NETWORKS:
                self._forget(now)
            self._buckets[network] = (level - cost, now)
        return Taken(0, crowded=level >= self.burst / 2 > level - cost)

    def name(self, address: str | None) -> str:
        """Name a network in a log: the same within this process, and no address."""
        network = network_of(address or "").encode()
        return hashlib.blake2b(network, key=self._salt, digest_size=6).hexdigest()

    def _forget(self, now: float) -> None:
        """Forget full buckets; if that is not enough, the oldest half."""
        full_after = self.burst / self.per_second
        kept = [each for each in self._buckets.items() if now - each[1][1] < full_after]
        if len(kept) >= MOST_NETWORKS:
            kept.sort(key=lambda each: each[1][1])
            kept = kept[len(kept) // 2 :]
        self._buckets = dict(kept)


def network_of(address: str) -> str:
    """Name the network of a client: an IPv4 address, or the first half of an IPv6 address."""
    if ":" not in address:
        return address
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return address
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return found.packed[:_PREFIX_BYTES].hex()
