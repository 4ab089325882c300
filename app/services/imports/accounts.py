"""Read what became of a file, for the pages and files that show it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, Select, func, select, text
from sqlalchemy.orm import Session, defer

from app.errors import NotFoundError
from app.models import ImportBatch, InstrumentVersion, Round
from app.services import instruments
from app.services.imports.batches import ENDED
from app.services.imports.check import Remarks
from app.services.imports.problems import CellProblem, ProblemGroup
from surveys.instrument.model import Instrument

RECENT: Final = 50
_GREATEST: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Account:
    """A file of a round and what became of it.

    Attributes
    ----------
    n_rows : int
        Rows with answers in the file; while it is being read, about how many.
    n_done, n_imported, n_unchanged : int
        Rows read, rows stored, and rows that were there already.
    n_problems, n_listed : int
        Problems found, and how many of them are listed one by one.
    """

    id: int
    round_code: str
    round_name: str
    round_name_en: str
    file_name: str
    stored_name: str | None
    state: str
    n_rows: int
    n_done: int
    n_imported: int
    n_unchanged: int
    n_problems: int
    n_listed: int
    groups: tuple[ProblemGroup, ...] = field(repr=False)
    remarks: Remarks
    mapping: Mapping[str, Any] = field(repr=False)
    uploaded_by: str
    created_at: datetime
    finished_at: datetime | None

    @property
    def is_ended(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in ENDED

    @property
    def n_rejected(self) -> int:
        """Rows that were not taken: rows in = imported + unchanged + rejected."""
        return self.n_rows - self.n_imported - self.n_unchanged if self.is_ended else 0


def account(db: Session, batch_id: int) -> Account:
    """Read the account of one file.

    Raises
    ------
    NotFoundError
        ``import.unknown``
    """
    # A number in an address may be longer than any the database could compare it with.
    query = _query().where(ImportBatch.id == batch_id) if batch_id <= _GREATEST else None
    row = None if query is None else db.execute(query).one_or_none()
    if row is None:
        raise NotFoundError("import.unknown", batch=batch_id)
    return _account(row)


def recent(db: Session, round_code: str | None = None) -> tuple[Account, ...]:
    """Read the latest accounts, of one round or of all, the newest first."""
    query = _query().order_by(ImportBatch.id.desc()).limit(RECENT)
    if round_code is not None:
        query = query.where(Round.code == round_code)
    return tuple(_account(row) for row in db.execute(query))


def listed_problems(
    db: Session, batch_id: int, *, offset: int = 0, limit: int | None = None
) -> tuple[CellProblem, ...]:
    """Read problems of a file in the order of its rows, from the one numbered ``offset`` on."""
    found = db.scalars(
        text(
            "SELECT each.problem FROM import_batch, "
            "jsonb_array_elements(problems) WITH ORDINALITY AS each (problem, place) "
            "WHERE id = :batch ORDER BY place OFFSET :offset LIMIT :limit"
        ),
        {"batch": batch_id, "offset": offset, "limit": limit},
    )
    return tuple(CellProblem.from_json(problem) for problem in found)


def instrument_of_round(db: Session, round_code: str) -> Instrument:
    """Return the questionnaire of a round, whose wording names what a column should hold.

    Raises
    ------
    NotFoundError
        ``round.unknown``
    """
    found = db.scalar(
        select(InstrumentVersion)
        .join(Round, Round.instrument_version_id == InstrumentVersion.id)
        .where(Round.code == round_code)
    )
    if found is None:
        raise NotFoundError("round.unknown", round=round_code)
    return instruments.instrument_of(found)


def _query() -> Select[ImportBatch, str, str, str, int]:
    """Everything but the long list of problems."""
    return (
        select(
            ImportBatch,
            Round.code,
            Round.name,
            Round.name_en,
            func.jsonb_array_length(ImportBatch.problems),
        )
        .join(Round, Round.id == ImportBatch.round_id)
        .options(defer(ImportBatch.problems))
    )


def _account(row: Row[ImportBatch, str, str, str, int]) -> Account:
    batch, code, name, name_en, n_listed = row
    return Account(
        id=batch.id,
        round_code=code,
        round_name=name,
        round_name_en=name_en,
        file_name=batch.file_name,
        stored_name=batch.stored_name,
        state=batch.state,
        n_rows=batch.rows_total,
        n_done=batch.rows_done,
        n_imported=batch.rows_imported,
        n_unchanged=batch.rows_unchanged,
        n_problems=batch.n_problems,
        n_listed=n_listed,
        groups=tuple(ProblemGroup.from_json(each) for each in batch.problem_groups),
        remarks=Remarks.from_json(batch.remarks),
        mapping=batch.mapping,
        uploaded_by=batch.uploaded_by,
        created_at=batch.created_at,
        finished_at=batch.finished_at,
    )
