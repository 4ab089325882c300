"""Which questionnaire a code opens, that of a counter or one for a person, remembered for a moment.

Answering a form costs one transaction; looking up counter, centre, province and round for each of
its three pages would cost three more. What was found is used for one second. A round that is closed
or opened meanwhile is therefore seen at most a second late, and only by pages: the statement that
stores an answer looks at the round itself.

Of a code for one person its own row is looked up for the form; for the answers that come back from
it only when this process does not know it any more. Codes are remembered by their digests.
"""

import threading
import time
from collections.abc import Callable
from datetime import date, datetime
from typing import Generic, TypeAlias, TypeVar

from app.db import Database
from app.queries.interview import CodeStanding, code_standing
from app.services import interview, invitations, paging
from app.services.interview import Opened, Shut, Surroundings

SECONDS = 1.0
# How long it is known which questionnaire a code opened while somebody answers it.
KEPT_SECONDS = 600.0
MOST = 20_000
# Round, centre and counter.
_Where: TypeAlias = tuple[int, int | None, int | None]
Key = TypeVar("Key")
Value = TypeVar("Value")


class Memory(Generic[Key, Value]):
    """What was found of things, and when; the oldest is forgotten when there is too much.

    Parameters
    ----------
    clock : callable
        Seconds that only grow.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._kept: dict[Key, tuple[float, Value]] = {}
        self._lock = threading.Lock()

    def get(self, key: Key, seconds: float) -> Value | None:
        """Return what was found within so many seconds."""
        kept = self._kept.get(key)
        return kept[1] if kept is not None and self._clock() - kept[0] < seconds else None

    def keep(self, key: Key, value: Value) -> None:
        """Remember what was found just now."""
        with self._lock:
            self._kept.pop(key, None)
            if len(self._kept) >= MOST:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = (self._clock(), value)


class Desk:
    """Opens questionnaires.

    Parameters
    ----------
    database : Database
        Where counters and rounds are.
    seconds : float
        How long what was found is used.
    clock : callable
        Seconds that only grow.
    """

    def __init__(
        self,
        database: Database,
        seconds: float = SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self.seconds = seconds
        self._counters: Memory[tuple[str, date], Opened] = Memory(clock)
        self._around: Memory[_Where, Surroundings] = Memory(clock)
        self._codes: Memory[bytes, CodeStanding] = Memory(clock)

    def counter(self, code: str, today: date) -> Opened | Shut:
        """Open the questionnaire behind a counter's code."""
        kept = self._counters.get((code, today), self.seconds)
        if kept is not None:
            return kept
        with self._database.read() as db:
            opened = interview.open_counter(db, code, today)
        if isinstance(opened, Opened):
            self._counters.keep((code, today), opened)
        return opened

    def code(
        self,
        token: str,
        now: datetime,
        today: date,
        *,
        replacing: bool = False,
        handing_in: bool = False,
    ) -> Opened | Shut:
        """Open the questionnaire behind a one-time code; see `interview.admit`.

        Parameters
        ----------
        handing_in : bool
            All answers come with this request: what was found when their form was made will do,
            for the statement that stores them looks at the code itself. It only opens; before
            somebody is turned away, the code is looked up.
        """
        digest = invitations.digest_of(token)
        if digest is None:
            return Shut("code.unknown")
        if handing_in:
            kept = self._codes.get(digest, KEPT_SECONDS)
            opened = interview.admit(token, kept, self._of(kept), now, today, replacing=replacing)
            if isinstance(opened, Opened):
                return opened
        found = self._find(digest, now)
        around = self._of(found)
        if found is not None and around is not None and paging.is_short(around.instrument):
            self._codes.keep(digest, found)
        return interview.admit(token, found, around, now, today, replacing=replacing)

    def handed_in(self, token: str, now: datetime) -> None:
        """Note that answers came with a code, for the page of thanks that follows."""
        digest = invitations.digest_of(token)
        found = None if digest is None else self._codes.get(digest, KEPT_SECONDS)
        if digest is not None and found is not None:
            self._codes.keep(digest, interview.as_used(found, now))

    def used(self, token: str, now: datetime, today: date) -> Opened | Shut:
        """Open what a used code was about; see `interview.admit_used`."""
        digest = invitations.digest_of(token)
        if digest is None:
            return Shut("code.unknown")
        found = self._codes.get(digest, self.seconds)
        if found is None or found.state != "used":
            found = self._find(digest, now)
        return interview.admit_used(found, self._of(found), now, today)

    def _find(self, digest: bytes, now: datetime) -> CodeStanding | None:
        with self._database.alone() as db:
            return code_standing(db, digest, now)

    def _of(self, found: CodeStanding | None) -> Surroundings | None:
        if found is None:
            return None
        where = found.round_id, found.code.centre_id, found.code.counter_id
        around = self._around.get(where, self.seconds)
        if around is None:
            with self._database.read() as db:
                around = interview.surroundings(db, *where)
            self._around.keep(where, around)
        return around
