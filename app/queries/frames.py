"""Frames as the office reads them, and the register of places their names are matched with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.errors import NotFoundError
from app.models import (
    Field,
    Frame,
    FrameFile,
    Procedure,
    ServiceCentre,
    Unit,
    UnitSuccession,
)


@dataclass(frozen=True, slots=True)
class KnownUnit:
    """A unit of a province or of what became part of it, now or before."""

    id: int
    kind: str
    code: str
    name: str
    short_name: str
    type_name: str
    parent_id: int | None
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class KnownWay:
    """That one unit was followed by another, wholly or in part."""

    predecessor_id: int
    successor_id: int
    effective_on: date
    whole: bool
    main: bool


@dataclass(frozen=True, slots=True)
class KnownCentre:
    """A service centre and the unit it belongs to."""

    code: str
    name: str
    level: str
    unit_id: int


@dataclass(frozen=True, slots=True)
class PlaceFacts:
    """Everything a written place of a province can mean."""

    province: KnownUnit
    units: tuple[KnownUnit, ...]
    ways: tuple[KnownWay, ...]
    centres: tuple[KnownCentre, ...]


@dataclass(frozen=True, slots=True)
class Names:
    """Codes of fields and procedures by their names."""

    fields: tuple[tuple[str, str], ...]
    procedures: tuple[tuple[str, str], ...]


def place_facts(db: Session, province_id: int) -> PlaceFacts:
    """Read the units of a province, of all times, and its service centres."""
    roots = select(Unit.id).where(
        (Unit.id == province_id)
        | Unit.id.in_(
            select(UnitSuccession.predecessor_id).where(UnitSuccession.successor_id == province_id)
        )
    )
    below = select(Unit.id).where(Unit.id.in_(roots)).cte("below", recursive=True)
    below = below.union(select(Unit.id).join(below, Unit.parent_id == below.c.id))
    units = tuple(
        KnownUnit(*row)
        for row in db.execute(
            select(
                Unit.id, Unit.kind, Unit.code, Unit.name, Unit.short_name, Unit.type_name,
                Unit.parent_id, Unit.valid_from, Unit.valid_to,
            )
            .where(Unit.id.in_(select(below.c.id)))
            .order_by(Unit.code, Unit.id)
        )
    )  # fmt: skip
    ways = db.execute(
        select(
            UnitSuccession.predecessor_id, UnitSuccession.successor_id,
            UnitSuccession.effective_on, UnitSuccession.whole, UnitSuccession.main,
        ).where(UnitSuccession.predecessor_id.in_(select(below.c.id)))
    )  # fmt: skip
    centres = db.execute(
        select(ServiceCentre.code, ServiceCentre.name, ServiceCentre.level, ServiceCentre.unit_id)
        .where(ServiceCentre.unit_id.in_(select(below.c.id)))
        .order_by(ServiceCentre.code)
    )
    return PlaceFacts(
        province=next(unit for unit in units if unit.id == province_id),
        units=units,
        ways=tuple(KnownWay(*row) for row in ways),
        centres=tuple(KnownCentre(*row) for row in centres),
    )


def names(db: Session) -> Names:
    """Read the registers of fields and procedures."""
    return Names(
        fields=tuple((code, name) for code, name in db.execute(select(Field.code, Field.name))),
        procedures=tuple(
            (code, name) for code, name in db.execute(select(Procedure.code, Procedure.name))
        ),
    )


@dataclass(frozen=True, slots=True)
class FrameSummary:
    """A frame and where it stands.

    Attributes
    ----------
    kind : {'dossier', 'area'}
        What it lists.
    state : {'gathering', 'freezing', 'frozen', 'withdrawn'}
        Where it stands.
    n_rows : int
        Rows of a frozen frame.
    account : mapping
        As `app.services.frames.account.Account` stores itself.
    is_settled : bool
        Whether the account holds for the files and decisions of now.
    failure : mapping or None
        Why the last attempt to draw up the account, or to freeze, came to nothing.
    n_files, n_pending, n_asking : int
        Files that were not removed; those on their way; those that wait for their columns.
    """

    id: int
    code: str
    name: str
    kind: str
    province_id: int
    province_name: str
    period_from: date | None
    period_to: date | None
    state: str
    content_hash: str | None
    file_name: str | None
    n_rows: int
    account: Mapping[str, Any] = field(repr=False)
    settled_revision: int
    is_settled: bool
    failure: Mapping[str, Any] | None
    contacts_delete_on: date | None
    contacts_deleted_at: datetime | None
    simulated: bool
    created_by: str
    created_at: datetime
    frozen_by: str | None
    frozen_at: datetime | None
    n_files: int
    n_pending: int
    n_asking: int


@dataclass(frozen=True, slots=True)
class FileSummary:
    """A file of a frame and what became of its rows.

    Attributes
    ----------
    head : mapping or None
        Its beginning while it asks for its columns; afterwards how it was read.
    excluded : mapping of str to int
        Rows left out, by rule.
    problems : mapping of str to int
        How often each problem was met.
    refusal : mapping or None
        Why it is not read.
    """

    id: int
    name: str
    file_hash: str
    state: str
    mapping: Mapping[str, Any] = field(repr=False)
    signature: str | None
    head: Mapping[str, Any] | None = field(repr=False)
    stored_name: str | None
    rows_total: int
    rows_done: int
    n_accepted: int
    n_rejected: int
    n_waiting: int
    excluded: Mapping[str, int]
    n_problems: int
    problems: Mapping[str, int] = field(repr=False)
    refusal: Mapping[str, Any] | None
    uploaded_by: str
    created_at: datetime
    finished_at: datetime | None

    @property
    def is_pending(self) -> bool:
        """Whether it is still to be read."""
        return self.state in ("waiting", "reading")

    @property
    def sheet(self) -> str:
        """Sheet it was read from; empty for a .csv."""
        told = self.head or self.mapping
        return told.get("sheet") or ""


def every_frame(db: Session) -> tuple[FrameSummary, ...]:
    """List all frames, the newest first, those that were given up last."""
    found = (_summary(row) for row in db.execute(_frames().order_by(Frame.id.desc())))
    return tuple(sorted(found, key=lambda frame: frame.state == "withdrawn"))


def by_code(db: Session, code: str) -> FrameSummary:
    """Read a frame.

    Raises
    ------
    NotFoundError
        ``frame.unknown``
    """
    row = db.execute(_frames().where(Frame.code == code)).one_or_none()
    if row is None:
        raise NotFoundError("frame.unknown", frame=code)
    return _summary(row)


def files_of(db: Session, frame_id: int, *, removed: bool = False) -> tuple[FileSummary, ...]:
    """List the files of a frame in the order they came; removed ones only if asked for."""
    query = select(FrameFile).where(FrameFile.frame_id == frame_id).order_by(FrameFile.id)
    if not removed:
        query = query.where(FrameFile.state != "removed")
    return tuple(_file(file) for file in db.scalars(query))


def file_of(db: Session, frame_id: int, file_id: int) -> FileSummary:
    """Read a file of a frame.

    Raises
    ------
    NotFoundError
        ``file.unknown``
    """
    found = db.get(FrameFile, file_id) if file_id < 2**63 else None
    if found is None or found.frame_id != frame_id:
        raise NotFoundError("file.unknown", file=file_id)
    return _file(found)


def _frames() -> Select[Any]:
    """Select frames with how many files they have."""

    def counted(*states: str) -> Any:
        chosen = FrameFile.state.in_(states) if states else FrameFile.state != "removed"
        return (
            select(func.count())
            .where(FrameFile.frame_id == Frame.id, chosen)
            .correlate(Frame)
            .scalar_subquery()
        )

    return select(
        Frame, Unit.name, counted(), counted("waiting", "reading"), counted("uploaded")
    ).join(Unit, Unit.id == Frame.province_id)


def _summary(row: Any) -> FrameSummary:
    frame, province, n_files, n_pending, n_asking = row
    return FrameSummary(
        id=frame.id,
        code=frame.code,
        name=frame.name,
        kind=frame.kind,
        province_id=frame.province_id,
        province_name=province,
        period_from=frame.period_from,
        period_to=frame.period_to,
        state=frame.state,
        content_hash=frame.content_hash,
        file_name=frame.file_name,
        n_rows=frame.n_rows,
        account=frame.account,
        settled_revision=frame.settled_revision,
        is_settled=frame.revision == frame.settled_revision,
        failure=frame.failure,
        contacts_delete_on=frame.contacts_delete_on,
        contacts_deleted_at=frame.contacts_deleted_at,
        simulated=frame.simulated,
        created_by=frame.created_by,
        created_at=frame.created_at,
        frozen_by=frame.frozen_by,
        frozen_at=frame.frozen_at,
        n_files=n_files,
        n_pending=n_pending,
        n_asking=n_asking,
    )


def _file(file: FrameFile) -> FileSummary:
    return FileSummary(
        id=file.id,
        name=file.file_name,
        file_hash=file.file_hash,
        state=file.state,
        mapping=file.mapping,
        signature=file.header_signature,
        head=file.head,
        stored_name=file.stored_name,
        rows_total=file.rows_total,
        rows_done=file.rows_done,
        n_accepted=file.n_accepted,
        n_rejected=file.n_rejected,
        n_waiting=file.n_pending,
        excluded=file.excluded,
        n_problems=file.n_problems,
        problems=file.problem_counts,
        refusal=file.refusal,
        uploaded_by=file.uploaded_by,
        created_at=file.created_at,
        finished_at=file.finished_at,
    )
