"""Which questionnaire a counter's code opens, remembered for a moment.

Answering a form costs one transaction; looking up counter, centre, province and round for each of
its three pages would cost three more. What was found is used for one second. A round that is closed
or opened meanwhile is therefore seen at most a second late, and only by pages: the statement that
stores an answer looks at the round itself.
"""

import time
from collections.abc import Callable
from datetime import date

from app.db import Database
from app.services import interview
from app.services.interview import Opened, Shut

SECONDS = 1.0
MOST = 5_000


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
        self._clock = clock
        self._found: dict[tuple[str, date], tuple[float, Opened]] = {}

    def counter(self, code: str, today: date) -> Opened | Shut:
        """Open the questionnaire behind a counter's code."""
        now = self._clock()
        kept = self._found.get((code, today))
        if kept is not None and now - kept[0] < self.seconds:
            return kept[1]
        with self._database.read() as db:
            opened = interview.open_counter(db, code, today)
        if isinstance(opened, Opened):
            if len(self._found) >= MOST:
                self._found.clear()
            self._found[code, today] = (now, opened)
        return opened
