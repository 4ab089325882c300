"""Attempts to publish a round, as the office reads them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import NotFoundError
from app.models import Publication, PublicationRun, Round


@dataclass(frozen=True, slots=True)
class RunShown:
    """An attempt to publish.

    Attributes
    ----------
    doing : str or None
        The step it is at.
    failure : mapping or None
        Code and context of why it was refused.
    publication : int or None
        Number of the publication it made, or found to be there.
    """

    id: int
    state: str
    weight_set: int | None
    may_be_another: bool
    doing: str | None
    failure: Mapping[str, Any] | None
    publication: int | None
    started_by: str
    created_at: datetime

    @property
    def is_at_work(self) -> bool:
        """Whether it is not over."""
        return self.state in ("waiting", "running")


def run(db: Session, round_code: str, run_id: int) -> RunShown:
    """Find a run.

    Raises
    ------
    NotFoundError
        ``publication.run-unknown``.
    """
    row = db.execute(_runs().where(Round.code == round_code, PublicationRun.id == run_id)).first()
    if row is None:
        raise NotFoundError("publication.run-unknown", run=run_id)
    return _shown(*row)


def at_work(db: Session, round_code: str) -> RunShown | None:
    """Find the run of a round that is not over."""
    wanted = _runs().where(
        Round.code == round_code, PublicationRun.state.in_(("waiting", "running"))
    )
    row = db.execute(wanted).first()
    return None if row is None else _shown(*row)


def _runs() -> Any:
    return (
        select(PublicationRun, Publication.number)
        .join(Round, Round.id == PublicationRun.round_id)
        .outerjoin(Publication, Publication.id == PublicationRun.publication_id)
    )


def _shown(found: PublicationRun, number: int | None) -> RunShown:
    return RunShown(
        id=found.id,
        state=found.state,
        weight_set=found.weight_set,
        may_be_another=found.may_be_another,
        doing=found.doing,
        failure=found.failure,
        publication=number,
        started_by=found.started_by,
        created_at=found.created_at,
    )
