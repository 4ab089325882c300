"""The keys of the spool: the newest seals, a key goes when nothing sealed with it is left.

A private half reaches the disk before the row that lets its public half be used; the row goes
before the private half does. Whoever seals holds a lock on the key's row until the sealed answer
is stored, so a key never goes while an answer sealed with it is on its way.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.db import Database
from app.errors import UnavailableError
from app.models import SpoolKey
from app.models.base import now
from app.services.mixing.shelf import KeyShelf, name_of

# The fewer answers wait under one key, the fewer a stolen key opens.
LIFE: Final = timedelta(hours=1)
_LOCK: Final = 7_201_960


@dataclass(frozen=True, slots=True)
class PublicKey:
    """The half of a key that seals."""

    id: int
    public: bytes


def newest(db: Session) -> PublicKey | None:
    """Return the key that seals now."""
    row = db.execute(
        select(SpoolKey.id, SpoolKey.public_key)
        .where(SpoolKey.retired_at.is_(None))
        .order_by(SpoolKey.id.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else PublicKey(*row)


def ensure(db: Session, shelf: KeyShelf, moment: datetime, life: timedelta = LIFE) -> PublicKey:
    """Return a key that seals and is younger than `life`; make one if there is none.

    Of keys whose private half is gone none is returned: nobody could open what they seal.
    """
    lock(db)
    found = newest(db)
    if found is not None:
        made_at = db.scalars(select(SpoolKey.made_at).where(SpoolKey.id == found.id)).one()
        if moment - made_at < life and shelf.find(found.public) is not None:
            return found
    return make(db, shelf, moment)


def make(db: Session, shelf: KeyShelf, moment: datetime) -> PublicKey:
    """Make a key; from the end of the transaction on it is the one that seals."""
    lock(db)
    row = SpoolKey(public_key=shelf.make(), made_at=moment)
    db.add(row)
    db.flush()
    return PublicKey(row.id, row.public_key)


def lock(db: Session) -> None:
    """Let nobody else make or sweep keys before this transaction ends."""
    db.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})


def unneeded_files(db: Session, shelf: KeyShelf) -> frozenset[str]:
    """Name the private halves of keys that no row knows. The keys must be locked."""
    lock(db)
    return shelf.names() - {name_of(each) for each in db.scalars(select(SpoolKey.public_key))}


class SealingKeys:
    """The key that seals, remembered for a moment by a process that takes answers.

    Parameters
    ----------
    database : Database
        Where the public halves are.
    shelf : KeyShelf
        Used only where there is no key at all: a new installation whose worker has not begun.
    seconds : float
        How long a key is used before it is looked up again.
    """

    def __init__(
        self,
        database: Database,
        shelf: KeyShelf,
        seconds: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._shelf = shelf
        self.seconds = seconds
        self._clock = clock
        self._found: tuple[float, PublicKey] | None = None
        self._lock = threading.Lock()

    def current(self) -> PublicKey:
        """Return the key that seals.

        Raises
        ------
        UnavailableError
            ``spool.no-key``: there is none, and none can be made here.
        """
        found, at = self._found, self._clock()
        if found is not None and at - found[0] < self.seconds:
            return found[1]
        with self._lock:
            found = self._found
            if found is None or at - found[0] >= self.seconds:
                found = (at, self._look_up())
                self._found = found
            return found[1]

    def forget(self) -> None:
        """Look it up anew the next time: the key remembered is gone."""
        self._found = None

    def _look_up(self) -> PublicKey:
        with self._database.read() as db:
            found = newest(db)
        if found is not None:
            return found
        try:
            with self._database.write() as db:
                return newest(db) or make(db, self._shelf, now())
        except OSError as error:
            raise UnavailableError("spool.no-key") from error
