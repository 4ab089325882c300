"""The mixer at work: one transaction per batch, then the keys go.

It may be killed at any moment. A batch is in the spool or among the responses, never in both and
never in neither; a private half goes only after the rows that need it have gone for good, and what
was left lying is swept by the next run.
"""

import logging
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from app.config import Settings
from app.db import Database
from app.models import Round
from app.services.mixing import keys, mix
from app.services.mixing.mix import Mixed
from app.services.mixing.shelf import KeyShelf, name_of

_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Mixer:
    """Lets batches leave the spool of one installation."""

    database: Database
    settings: Settings

    @property
    def shelf(self) -> KeyShelf:
        """Where the private halves are."""
        return KeyShelf(self.settings.spool_keys)

    def run(self, now: datetime, *, most: int = 5_000) -> tuple[Mixed, ...]:
        """Let every batch leave that may, then destroy the keys they were sealed with.

        Parameters
        ----------
        most : int
            Answers in one transaction.
        """
        with self.database.write() as db:
            keys.ensure(db, self.shelf, now)
        done: list[Mixed] = []
        with self.database.read() as db:
            rounds = mix.rounds_waiting(db)
        for round_id in rounds:
            while (mixed := self._next(round_id, now, most)) is not None:
                done.append(mixed)
        self.sweep(now)
        return tuple(done)

    def sweep(self, now: datetime) -> None:
        """Seal anew what stays behind, and destroy the keys that nothing needs any more."""
        with self.database.write() as db:
            current = keys.newest(db)
            if current is None or self.shelf.find(current.public) is None:
                current = keys.make(db, self.shelf, now)
            mix.retire_unused(db, current.id, now)
        with self.database.write() as db:
            gone = mix.reseal(db, self.shelf, (current.id, current.public))
        for public in gone:
            self.shelf.destroy(name_of(public))
        # The lock keeps a key from being made between the look at the files and at the rows.
        with self.database.write() as db:
            for name in keys.unneeded_files(db, self.shelf):
                self.shelf.destroy(name)

    def _next(self, round_id: int, now: datetime, most: int) -> Mixed | None:
        today = now.astimezone(_ZONE).date()
        with self.database.write() as db:
            round_ = db.get_one(Round, round_id, with_for_update={"read": True})
            rule = mix.rule_of(round_, self.settings.mix_batch, self.settings.mix_wait_days)
            return mix.mix_next(db, round_, rule, self.shelf, now, today, most)
