"""The answers of a publication with their weights, for files, pictures and models."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl
from sqlalchemy.orm import Session

from analysis.snapshot import Layout
from app.models import Publication, WeightSet
from app.queries.publications import PublicationFacts
from app.services import snapshots
from app.services.weighting import store
from app.services.weighting.names import BASE

# Names of items and of places have no such beginning, so it cannot be mistaken for an answer.
FINAL: Final = "weight.final"


@dataclass(frozen=True, slots=True, eq=False)
class WeightedRows:
    """The answers of a snapshot, in its order, with columns of weights.

    Attributes
    ----------
    rows : polars.DataFrame
        Columns of the snapshot, then ``base``, one per step, and ``final``.
    layout : Layout
        What the columns of the snapshot are.
    base, final : str
        Columns of the weights as drawn and after the last step; without a set of weights
        they hold the same.
    steps : tuple of str
        Columns of the weights after each step, in order; none without a set of weights.
    """

    rows: pl.DataFrame
    layout: Layout
    base: str
    final: str
    steps: tuple[str, ...]


def weighted_rows(db: Session, facts: PublicationFacts, var_dir: Path) -> WeightedRows:
    """Read the answers that a publication of a sampled round rests on, with their weights.

    Raises
    ------
    SnapshotDamagedError
        The snapshot is missing or changed.
    WeightsDamagedError
        The file of weights is missing or changed.
    """
    snapshot = snapshots.read_taken(db.get_one(Publication, facts.id).snapshot, var_dir)
    rows, layout = snapshot.rows, snapshot.layout
    if facts.weight_set_id is None:
        base = rows[layout.weight]
        return WeightedRows(
            rows.with_columns(base.alias(BASE), base.alias(FINAL)), layout, BASE, FINAL, ()
        )
    found = db.get_one(WeightSet, facts.weight_set_id)
    kept = store.read(found.file_name, found.content_hash, var_dir)
    weights = kept.table.head(len(rows))
    steps = tuple(str(name) for name in kept.about["steps"])
    last = weights[steps[-1] if steps else BASE].alias(FINAL)
    columns = [weights[BASE], *(weights[name] for name in steps), last]
    return WeightedRows(rows.with_columns(columns), layout, BASE, FINAL, steps)
