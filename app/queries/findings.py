"""Ranks, verdicts, changes and drivers of a publication, read as frozen rows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from app.models import (
    Publication,
    PublishedChange,
    PublishedDriver,
    PublishedFinding,
    PublishedRank,
    PublishedVerdict,
    Round,
)

Scope = Sequence[tuple[str, str]] | None


@dataclass(frozen=True, slots=True)
class RankRow:
    """What can be said of one unit's rank by one node; 1 is the highest.

    Attributes
    ----------
    n_ranked : int
        Units compared with one another.
    low, high : int
        Interval of this unit's rank alone.
    joint_low, joint_high, region_low, region_high : int
        Intervals of all units together, from differences and from intervals of values.
    p_top : float
        Probability of being among the highest `top`.
    groups : tuple of str
        Units that share one cannot be told apart.
    """

    node: str
    domain_kind: str
    domain_code: str
    n_ranked: int
    low: int
    high: int
    joint_low: int
    joint_high: int
    region_low: int
    region_high: int
    top: int
    p_top: float
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VerdictRow:
    """Where one figure stands against its target, alone and judged with the others."""

    node: str
    domain_kind: str
    domain_code: str
    target: float
    source: str
    verdict: str
    p_value: float | None
    n_family: int
    p_holm: float | None
    p_bh: float | None
    verdict_holm: str
    verdict_bh: str


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """Later minus earlier, with its interval."""

    node: str
    domain_kind: str
    domain_code: str
    value: float
    standard_error: float | None
    df: float | None
    low: float | None
    high: float | None
    p_value: float | None
    n_family: int
    p_holm: float | None
    p_bh: float | None


@dataclass(frozen=True, slots=True)
class DriverRow:
    """Importance and performance of one criterion; ``reason`` says what is missing and why."""

    component: str
    item: str
    importance: float | None
    importance_se: float | None
    importance_low: float | None
    importance_high: float | None
    importance_p: float | None
    inflation: float | None
    performance: float | None
    performance_se: float | None
    performance_low: float | None
    performance_high: float | None
    n: int | None
    df: float | None
    quadrant: str | None
    is_clear: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything a publication says beyond its figures.

    Attributes
    ----------
    bases : mapping of str to mapping
        Part (``ranking``, ``targets``, ``changes``, ``drivers``) → how it was worked out. Empty
        for a publication made before there were findings, or of self-selected answers.
    """

    bases: Mapping[str, Mapping[str, Any]]
    ranks: tuple[RankRow, ...] = ()
    verdicts: tuple[VerdictRow, ...] = ()
    changes: tuple[ChangeRow, ...] = ()
    drivers: tuple[DriverRow, ...] = ()

    @property
    def exist(self) -> bool:
        """Whether the publication has findings at all."""
        return bool(self.bases)


@dataclass(frozen=True, slots=True)
class Compared:
    """The publication that changes are counted from."""

    round_code: str
    round_name: str
    round_name_en: str
    number: int
    public: bool


def findings(db: Session, publication_id: int, scope: Scope = None) -> Findings:
    """Read the findings of a publication.

    Parameters
    ----------
    scope : sequence of (kind, code), optional
        Only rows about these domains; drivers are about the whole, ("", "").
    """
    bases = db.execute(
        select(PublishedFinding.part, PublishedFinding.basis).where(
            PublishedFinding.publication_id == publication_id
        )
    )
    sees_whole = scope is None or ("", "") in scope
    drivers = _rows(db, PublishedDriver, DriverRow, publication_id, None) if sees_whole else ()
    return Findings(
        bases={row.part: row.basis for row in bases},
        ranks=tuple(
            RankRow(**row | {"groups": tuple(row["groups"])})
            for row in _rows(db, PublishedRank, RankRow, publication_id, scope)
        ),
        verdicts=tuple(
            VerdictRow(**row)
            for row in _rows(db, PublishedVerdict, VerdictRow, publication_id, scope)
        ),
        changes=tuple(
            ChangeRow(**row) for row in _rows(db, PublishedChange, ChangeRow, publication_id, scope)
        ),
        drivers=tuple(DriverRow(**row) for row in drivers),
    )


def compared_with(db: Session, publication_id: int) -> Compared | None:
    """Find the publication that a basis of changes names."""
    row = db.execute(
        select(Round.code, Round.name, Round.name_en, Publication.number, Publication.public)
        .join(Publication.round)
        .where(Publication.id == publication_id)
    ).first()
    return None if row is None else Compared(*row)


def _rows(
    db: Session, table: Any, of: type, publication_id: int, scope: Scope
) -> Iterator[dict[str, Any]]:
    """Select the columns that the row type names, in their order."""
    names = [field.name for field in fields(of)]
    wanted = select(*(getattr(table, name) for name in names))
    wanted = wanted.where(table.publication_id == publication_id)
    if scope is not None:
        wanted = wanted.where(tuple_(table.domain_kind, table.domain_code).in_(scope))
    for row in db.execute(wanted.order_by(table.position)):
        yield dict(zip(names, row, strict=True))
