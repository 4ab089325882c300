"""Forms that a program may have filled in: too quick, or with a field that people never see.

Nobody is turned away for it: the same form comes back with everything in it and can be sent again.
The time a form was made travels in the form, signed together with its key, so it needs no cookie
and is good for one submission. It is never stored.
"""

import hashlib
import hmac
import time
from collections.abc import Callable, Sequence
from typing import Final
from uuid import UUID

TOO_QUICK: Final = "too-quick"
LURED: Final = "lured"
_SIGNATURE_BYTES: Final = 8


class Stamps:
    """Signed times in forms.

    Parameters
    ----------
    secrets : sequence of str
        The first signs; all of them are accepted.
    seconds : float
        A form that is handed in sooner was not read; 0 looks at nothing.
    clock : callable
        Seconds since 1970.
    """

    def __init__(
        self, secrets: Sequence[str], seconds: float, clock: Callable[[], float] = time.time
    ) -> None:
        self._keys = [
            hashlib.blake2b(each.encode(), digest_size=32, person=b"longdan-stamp").digest()
            for each in secrets
        ]
        self.seconds = seconds
        self._clock = clock

    def made(self, key: UUID, before: str = "") -> str:
        """Write the time of a form; that of an earlier page of the same form stays."""
        if before and self._read(before, key) is not None:
            return before
        moment = f"{int(self._clock() * 10):x}"
        return f"{moment}.{self._sign(self._keys[0], moment, key)}"

    def doubt(self, stamp: str, key: UUID, lure: str) -> str | None:
        """Say why a form may be a program's; None when nothing speaks for it."""
        if not self.seconds:
            return None
        if lure:
            return LURED
        made = self._read(stamp, key)
        if made is None or self._clock() - made < self.seconds:
            return TOO_QUICK
        return None

    def _read(self, stamp: str, key: UUID) -> float | None:
        """Read the time a form was made; None unless it was signed here with this key."""
        moment, _, signature = stamp.partition(".")
        if not moment.isalnum() or not moment.isascii() or not signature.isascii():
            return None
        if not any(
            hmac.compare_digest(signature, self._sign(each, moment, key)) for each in self._keys
        ):
            return None
        return int(moment, 16) / 10

    @staticmethod
    def _sign(secret: bytes, moment: str, key: UUID) -> str:
        said = moment.encode() + key.bytes
        return hashlib.blake2b(said, key=secret, digest_size=_SIGNATURE_BYTES).hexdigest()
