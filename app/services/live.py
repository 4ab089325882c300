"""Counts of a round of self-selected answers while it still takes them, for the office alone.

Nothing is stored: what is published later is counted from the snapshot of the closed round.
"""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.quality import QualityRules
from analysis.snapshot import Snapshot, Source
from app.errors import ConflictError, NotFoundError
from app.models import Round
from app.queries import domains, publications
from app.queries.publications import RoundFacts, TallyRow
from app.services import instruments, snapshots
from app.services.columns import Columns, domain_name
from app.services.figures import TallyFigure, tally_figures
from app.services.results import Figures


@dataclass(frozen=True, slots=True, eq=False)
class LiveTallies:
    """What a running round has so far.

    Attributes
    ----------
    n_responses : int
        Responses handed in, also those that no figure is shown for.
    """

    round: RoundFacts
    n_responses: int
    figures: Figures


def live_tallies(db: Session, round_code: str) -> LiveTallies:
    """Count the answers of a round as they are now, with small groups suppressed.

    Raises
    ------
    NotFoundError
        ``round.unknown``.
    ConflictError
        ``round.not-open-source``: a sample has no figures before it is closed.
    """
    round_ = db.scalar(select(Round).where(Round.code == round_code))
    if round_ is None:
        raise NotFoundError("round.unknown", round=round_code)
    if round_.source != Source.OPEN:
        raise ConflictError("round.not-open-source", round=round_code)
    instrument = instruments.instrument_of(round_.instrument_version)
    method = instruments.method_of(round_.method_version, instrument)
    made = snapshots.columns(db, round_)
    answers = _in_memory(made).open()
    found = tally_figures(method, answers, QualityRules(min_n=round_.min_n))
    places = domains.places(db, round_.opens_on, round_.closes_on)
    return LiveTallies(
        round=publications.round_facts(round_),
        n_responses=len(made.rows),
        figures=Figures(
            source=round_.source,
            level=round_.level,
            method=method,
            instrument=instrument,
            estimates=(),
            tallies=tuple(
                _row(
                    figure,
                    domain_name(figure.domain_kind, figure.domain_code, places.names, instrument),
                )
                for figure in found
            ),
        ),
    )


def _in_memory(made: Columns) -> Snapshot:
    """Read columns the way a snapshot is read, without writing one."""
    return Snapshot(snapshots.NOWHERE, made.layout, made.rows, "")


def _row(figure: TallyFigure, name: str) -> TallyRow:
    return TallyRow(
        subject=figure.subject,
        is_node=figure.is_node,
        domain_kind=figure.domain_kind,
        domain_code=figure.domain_code,
        domain_name=name,
        n=figure.n,
        n_ratings=figure.n_ratings,
        satisfied=figure.satisfied,
        neutral=figure.neutral,
        dissatisfied=figure.dissatisfied,
        counts=figure.counts,
        value=figure.value,
        suppressed=figure.suppressed,
        notes=figure.notes,
    )
