"""What of a closed round is still to be mixed before figures are made of it, and what cannot be."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.config import Settings
from app.errors import ConflictError
from app.models import Round, Spooled
from app.services.mixing import mix
from app.services.mixing.shelf import KeyShelf

LEAST: Final = 20


@dataclass(frozen=True, slots=True)
class Spool:
    """Where answers wait.

    Attributes
    ----------
    least : int
        Fewest that leave together.
    shelf : KeyShelf or None
        Says what can be opened; without it all that waits counts as if it could be.
    """

    least: int = LEAST
    shelf: KeyShelf | None = None

    @classmethod
    def of(cls, settings: Settings) -> "Spool":
        """Take what the settings say."""
        return cls(settings.mix_batch, KeyShelf(settings.spool_keys))


@dataclass(frozen=True, slots=True)
class HeldBack:
    """Answers and texts that are too few to leave together; they stay sealed."""

    answers: int
    texts: int


def held_back(db: Session, round_id: int) -> HeldBack:
    """Count what of a round waits in the spool."""
    rows = db.execute(
        select(Spooled.kind, func.count().label("n"))
        .where(Spooled.round_id == round_id)
        .group_by(Spooled.kind)
    )
    counts: dict[str, int] = {row.kind: row.n for row in rows}
    return HeldBack(counts.get("answer", 0), counts.get("text", 0))


def require_mixed(db: Session, round_: Round, spool: Spool, now: datetime, today: date) -> HeldBack:
    """Make sure that nothing of a closed round waits that could be mixed; count what is held back.

    Raises
    ------
    ConflictError
        ``round.not-mixed``: the mixer has yet to come by.
    """
    rule = mix.rule_of(round_, spool.least, 0)
    keys = None if spool.shelf is None else frozenset(mix.readable(db, spool.shelf))
    due = mix.ready(db, round_, rule, now, today, keys)
    if due:
        n = sum(len(each.ids) for each in due)
        raise ConflictError("round.not-mixed", round=round_.code, n=n)
    return held_back(db, round_.id)
