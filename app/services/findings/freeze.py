"""Findings written with their publication, and worked out again to verify them."""

from collections.abc import Mapping
from dataclasses import asdict
from itertools import zip_longest
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from analysis.snapshot import Source
from app.models import (
    Publication,
    PublishedChange,
    PublishedDriver,
    PublishedFinding,
    PublishedRank,
    PublishedVerdict,
    Round,
)
from app.queries import findings as stored
from app.queries import publications
from app.queries.findings import Findings
from app.queries.publications import PublicationFacts
from app.services import comparability
from app.services.findings.basis import Earlier, Goal, Key, Measured
from app.services.findings.measured import measured_by
from app.services.findings.work import work_out

_TABLES = (
    ("ranks", PublishedRank),
    ("verdicts", PublishedVerdict),
    ("changes", PublishedChange),
    ("drivers", PublishedDriver),
)


def freeze(db: Session, publication: Publication, round_: Round, var_dir: Path) -> int:
    """Work out and write the findings of a publication whose figures are written already.

    Returns
    -------
    int
        How many rows there are; 0 for self-selected answers, of which nothing is inferred.
    """
    if round_.source != Source.SAMPLE:
        return 0
    db.flush()
    facts = publications.of_round(db, round_.code, public_only=False, number=publication.number)
    if facts is None:
        raise TypeError("the publication is not written")
    goals = {
        (target.node, target.domain_kind, target.domain_code): Goal(target.value, target.source)
        for target in round_.targets
    }
    earlier_id = _earlier_publication(db, round_)
    found = _worked_out(db, facts, var_dir, goals, earlier_id)
    for part, basis in found.bases.items():
        db.add(PublishedFinding(publication_id=publication.id, part=part, basis=dict(basis)))
    db.flush()
    n_rows = 0
    for name, table in _TABLES:
        rows = [
            _written(row) | {"publication_id": publication.id, "position": position}
            for position, row in enumerate(getattr(found, name))
        ]
        if rows:
            db.execute(insert(table), rows)
        n_rows += len(rows)
    return n_rows


def verify(db: Session, facts: PublicationFacts, var_dir: Path) -> tuple[int, int]:
    """Work the findings of a publication out again.

    Returns
    -------
    n_rows, n_different : int
        Both 0 for a publication without findings.

    Raises
    ------
    SnapshotDamagedError
        A snapshot they rest on is missing or changed.
    """
    frozen = stored.findings(db, facts.id)
    if not frozen.exist:
        return 0, 0
    # Targets are facts, not results: they are taken as they were then.
    goals = {
        (row.node, row.domain_kind, row.domain_code): Goal(row.target, row.source)
        for row in frozen.verdicts
    }
    earlier_id = frozen.bases["changes"].get("earlier")
    again = _worked_out(db, facts, var_dir, goals, earlier_id)
    n_different = sum(
        dict(frozen.bases[part]) != dict(basis) for part, basis in again.bases.items()
    )
    n_rows = len(again.bases)
    for name, _table in _TABLES:
        pairs = list(zip_longest(getattr(frozen, name), getattr(again, name)))
        n_rows += len(pairs)
        n_different += sum(was != would_be for was, would_be in pairs)
    return n_rows, n_different


def seed_of(facts: PublicationFacts) -> int:
    """Return the seed of a publication's simulations: the beginning of its snapshot's hash."""
    return int(facts.snapshot_hash.removeprefix("sha256:")[:13], 16)


def _worked_out(
    db: Session,
    facts: PublicationFacts,
    var_dir: Path,
    goals: Mapping[Key, Goal],
    earlier_id: int | None,
) -> Findings:
    measured = measured_by(db, facts, var_dir)
    return work_out(measured, goals, _earlier(db, facts, earlier_id, var_dir), seed_of(facts))


def _earlier_publication(db: Session, round_: Round) -> int | None:
    """Find the newest publication of the sampled round before this one in its campaign."""
    return db.scalar(
        select(Publication.id)
        .join(Publication.round)
        .where(
            Round.campaign_id == round_.campaign_id,
            Round.source == Source.SAMPLE.value,
            Round.closes_on < round_.closes_on,
        )
        .order_by(Round.closes_on.desc(), Round.id.desc(), Publication.number.desc())
        .limit(1)
    )


def _earlier(
    db: Session, facts: PublicationFacts, publication_id: int | None, var_dir: Path
) -> Earlier:
    if publication_id is None:
        return Earlier("first")
    before = publications.by_id(db, publication_id)
    broken = comparability.why_not(facts, before)
    if broken:
        return Earlier(f"{broken}-changed", publication_id)
    measured: Measured = measured_by(db, before, var_dir)
    return Earlier("compared", publication_id, measured)


def _written(row: Any) -> dict[str, Any]:
    values = asdict(row)
    if "groups" in values:
        values["groups"] = list(values["groups"])
    return values
