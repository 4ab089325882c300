"""Handing codes to another system by a call, only to addresses that the settings name.

A name is looked up once; every address it leads to must be one that may be called, and the
connection is made to that very address, so that a second look-up cannot lead elsewhere. Redirects
are not followed. The body is signed by this installation's key.
"""

import http.client
import ipaddress
import json
import socket
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from app.errors import ConflictError, UnavailableError
from app.services import signing

BATCH: Final = 200
_SECONDS: Final = 15
_MOST_READ: Final = 4_096
_PORTS: Final = {"https": 443, "http": 80}

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolve = Callable[[str, int], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Allowed:
    """What may be called: whole addresses, and networks that are not of the open internet."""

    urls: tuple[str, ...]
    networks: tuple[Network, ...] = ()

    @classmethod
    def of(cls, urls: Sequence[str], networks: Sequence[str]) -> "Allowed":
        """Read the settings."""
        return cls(tuple(urls), tuple(ipaddress.ip_network(each) for each in networks))


@dataclass(frozen=True, slots=True)
class Destination:
    """Where to connect: a pinned address, and the name that its certificate must bear."""

    address: str
    host: str
    port: int
    path: str
    is_secure: bool


def look_up(host: str, port: int) -> Sequence[str]:
    """Ask the system where a name leads."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(each[4][0]) for each in found]


def destination(url: str, allowed: Allowed, resolve: Resolve = look_up) -> Destination:
    """Find where an address leads, if it may be called.

    Raises
    ------
    ConflictError
        ``webhook.not-allowed``: the settings do not name it, or it leads where nothing may be
        called.
    UnavailableError
        ``webhook.unreachable``: the name leads nowhere just now.
    """
    if url not in allowed.urls:
        raise ConflictError("webhook.not-allowed")
    parts = urlsplit(url)
    try:
        port = parts.port or _PORTS[parts.scheme]
    except (KeyError, ValueError):
        raise ConflictError("webhook.not-allowed") from None
    host = parts.hostname
    if not host or parts.username is not None or parts.password is not None or parts.fragment:
        raise ConflictError("webhook.not-allowed")
    try:
        found = [ipaddress.ip_address(each.partition("%")[0]) for each in resolve(host, port)]
    except (OSError, ValueError):
        raise UnavailableError("webhook.unreachable") from None
    if not found:
        raise UnavailableError("webhook.unreachable")
    is_secure = parts.scheme == "https"
    # All of them: a name that leads to two places may lead to the other one next time.
    if not all(_may_be_called(each, allowed, is_secure=is_secure) for each in found):
        raise ConflictError("webhook.not-allowed")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Destination(str(found[0]), host, port, path, is_secure)


def post(where: Destination, body: bytes, *, key: str, secret_key: str) -> None:
    """Send a body and see that it was taken.

    Parameters
    ----------
    key : str
        The same for the same body: whoever receives it twice can tell.

    Raises
    ------
    UnavailableError
        ``webhook.unreachable``, ``webhook.refused``: to be tried again.
    """
    signature, public_key = signing.sign(body, secret_key)
    headers = {
        "Content-Type": "application/json",
        "Idempotency-Key": key,
        "Longdan-Signature": signature.hex(),
        "Longdan-Public-Key": public_key.hex(),
        "User-Agent": "longdan",
    }
    connection = _Pinned(where)
    try:
        connection.request("POST", where.path, body, headers)
        response = connection.getresponse()
        response.read(_MOST_READ)
        status = response.status
    except (OSError, http.client.HTTPException):
        raise UnavailableError("webhook.unreachable") from None
    finally:
        connection.close()
    if not 200 <= status < 300:
        raise UnavailableError("webhook.refused", status=status)


def body_of(order_id: int, round_code: str, codes: Sequence[dict[str, Any]]) -> bytes:
    """Write what is sent: no names and no telephone numbers, which the receiver has."""
    said = {"order": order_id, "round": round_code, "codes": list(codes)}
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


class _Pinned(http.client.HTTPConnection):
    """A connection to an address that was checked, under the name it was found by."""

    def __init__(self, where: Destination) -> None:
        super().__init__(where.host, where.port, timeout=_SECONDS)
        self._where = where
        if where.is_secure:
            self.default_port = _PORTS["https"]

    def connect(self) -> None:
        """Connect to the pinned address."""
        plain = socket.create_connection((self._where.address, self._where.port), _SECONDS)
        if not self._where.is_secure:
            self.sock = plain
            return
        context = ssl.create_default_context()
        self.sock = context.wrap_socket(plain, server_hostname=self._where.host)


def _may_be_called(address: Address, allowed: Allowed, *, is_secure: bool) -> bool:
    """Whether a network is named in the settings, or it is the open internet and encrypted."""
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    plain = mapped or address
    if any(plain.version == each.version and plain in each for each in allowed.networks):
        return True
    return is_secure and plain.is_global and not plain.is_multicast
