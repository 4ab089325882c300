"""Reading what respondents wrote: by the office alone, masked, and told to the audit log."""

from dataclasses import replace

from sqlalchemy.orm import Session

from app.queries import texts
from app.queries.texts import ItemTexts
from app.services import audit
from app.services.mixing import masks


def read(db: Session, round_code: str, *, actor: str) -> tuple[ItemTexts, ...]:
    """Read the texts of a round; who read how many of them is kept.

    They are masked when they are stored; those that came before that, by file or from paper, are
    masked here.
    """
    found = tuple(
        replace(
            each,
            texts=tuple(
                replace(
                    one,
                    text=masked,
                    names_somebody=one.names_somebody or masks.names_somebody(masked),
                )
                for one in each.texts
                if (masked := masks.mask(one.text))
            ),
        )
        for each in texts.of_round(db, round_code)
    )
    n_read = sum(len(each.texts) for each in found)
    if n_read:
        audit.record(db, actor, "texts.read", round_code, n=n_read)
    return found
