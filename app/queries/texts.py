"""What respondents wrote, as the office may read it: many together, by chance, without a day."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import FreeText, Round

# As many as leave the spool together: of fewer, one text would too easily be somebody's.
FEWEST: Final = 20
MOST_AT_ONCE: Final = 100


@dataclass(frozen=True, slots=True)
class Written:
    """A text; ``names_somebody`` if it seems to name a person."""

    text: str
    names_somebody: bool


@dataclass(frozen=True, slots=True)
class ItemTexts:
    """What was written under one question.

    Attributes
    ----------
    n : int
        How many texts there are.
    texts : tuple of Written
        Some of them, drawn and ordered by chance, anew each time; none while they are too few.
    """

    item: str
    n: int
    texts: tuple[Written, ...]


def of_round(db: Session, round_code: str) -> tuple[ItemTexts, ...]:
    """Read the texts of a round by question; of a question with too few only their number."""
    counts = db.execute(
        select(FreeText.round_id, FreeText.item, func.count())
        .join(Round, Round.id == FreeText.round_id)
        .where(Round.code == round_code)
        .group_by(FreeText.round_id, FreeText.item)
        .order_by(FreeText.item)
    ).all()
    return tuple(
        ItemTexts(item, n, _some(db, round_id, item) if n >= FEWEST else ())
        for round_id, item, n in counts
    )


def _some(db: Session, round_id: int, item: str) -> tuple[Written, ...]:
    rows = db.execute(
        select(FreeText.text, FreeText.names_somebody)
        .where(FreeText.round_id == round_id, FreeText.item == item)
        .order_by(func.random())
        .limit(MOST_AT_ONCE)
    )
    return tuple(Written(*row) for row in rows)
