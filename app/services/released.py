"""What earlier publications of a round told of the people behind a snapshot."""

from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.releases import same_people
from analysis.snapshot import Snapshot as SnapshotFile
from analysis.snapshot import Source
from app.models import Publication
from app.queries import publications
from app.services import results, snapshots
from app.services.figures import Before, EstimateFigure, TallyFigure, release_of


def before(
    db: Session, round_id: int, number: int, file: SnapshotFile, var_dir: Path
) -> Before | None:
    """Gather what the publications of a round before a number told.

    Parameters
    ----------
    number : int
        Of the publication that is made or verified.
    file : SnapshotFile
        Its snapshot.

    Returns
    -------
    Before or None
        None if it is the first.

    Raises
    ------
    SnapshotDamagedError
        The snapshot of an earlier publication is missing or changed, so that nobody can tell
        what may be published beside it.
    """
    ids = db.scalars(
        select(Publication.id)
        .where(Publication.round_id == round_id, Publication.number < number)
        .order_by(Publication.number)
    ).all()
    if not ids:
        return None
    earlier = [publications.by_id(db, each) for each in ids]
    files = [snapshots.read(one.snapshot_file, one.snapshot_hash, var_dir) for one in earlier]
    person, *others = same_people([file.rows, *(one.rows for one in files)])
    releases = []
    for facts, own, numbers in zip(earlier, files, others, strict=True):
        method, _instrument = results.rule_of(db, facts)
        is_sample = own.layout.source is Source.SAMPLE
        figures: list[EstimateFigure | TallyFigure] = []
        if is_sample:
            figures += [EstimateFigure.of(row) for row in publications.estimates(db, facts.id)]
        else:
            figures += [TallyFigure.of(row) for row in publications.tallies(db, facts.id)]
        answers = own.sampled() if is_sample else own.open()
        releases.append(release_of(method, answers, figures, numbers))
    return Before(person, tuple(releases))
