"""The cases of a draw: one for every line of its list, made once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.errors import ConflictError, NotFoundError
from app.models import Draw, SampleCase
from app.services import audit
from surveys.fieldwork.dispositions import NOT_WORKED

_COLUMNS = (
    "draw_id", "number", "frame_key", "position", "stratum", "psu", "ssu", "selection",
    "inclusion_probability", "base_weight", "reserve", "group_code", "commune_code", "active",
    "disposition", "n_attempts", "version", "updated_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One line of the list of a draw.

    Attributes
    ----------
    number : int
        Place in the list, from 1.
    frame_key : str
        Key of its row in the frame; of people drawn by position, of their village.
    position : int or None
        Place on the village's list, from 1.
    stages : tuple of mapping
        One a stage: unit, code, stratum, probability.
    reserve : int
        0 in the main sample, else the place among the reserves of its group.
    group : str
        Within which a reserve may stand in.
    commune, village : str or None
        Where the person is to be visited.
    """

    number: int
    frame_key: str
    position: int | None
    stratum: str
    psu: str
    ssu: str | None
    stages: tuple[Mapping[str, Any], ...]
    inclusion_probability: float
    base_weight: float
    reserve: int
    group: str
    commune: str | None
    village: str | None = None


def make_cases(
    db: Session, draw_id: int, rows: Iterable[CaseRow], *, actor: str, now: datetime
) -> int:
    """Make the cases of a draw and say how many. Main cases are given out, reserves wait.

    Raises
    ------
    NotFoundError
        ``draw.unknown``.
    ConflictError
        ``draw.not-drawn``; ``cases.made-already``; ``cases.not-the-list``: the rows are not as many
        as were drawn.
    """
    draw = db.scalar(select(Draw).where(Draw.id == draw_id).with_for_update())
    if draw is None:
        raise NotFoundError("draw.unknown", draw=draw_id)
    if draw.state != "drawn":
        raise ConflictError("draw.not-drawn", draw=draw_id)
    if db.scalar(select(func.count()).where(SampleCase.draw_id == draw_id)):
        raise ConflictError("cases.made-already", draw=draw_id)
    db.flush()
    n_main = n_reserve = 0
    driver: Any = db.connection().connection.driver_connection
    with (
        driver.cursor() as cursor,
        cursor.copy(f"COPY sample_case ({', '.join(_COLUMNS)}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row(_line(draw_id, row, now))
            n_main, n_reserve = n_main + (row.reserve == 0), n_reserve + (row.reserve > 0)
    if (n_main, n_reserve) != (draw.n_main, draw.n_reserve):
        raise ConflictError("cases.not-the-list", n_main=n_main, n_reserve=n_reserve)
    audit.record(
        db, actor, "cases.make", f"draw {draw_id}",
        n_main=n_main, n_reserve=n_reserve, list_hash=draw.list_hash,
    )  # fmt: skip
    return n_main + n_reserve


def _line(draw_id: int, row: CaseRow, now: datetime) -> tuple[object, ...]:
    selection: dict[str, Any] = {"stages": [dict(stage) for stage in row.stages]}
    if row.village:
        selection["village"] = row.village
    return (
        draw_id, row.number, row.frame_key, row.position, row.stratum, row.psu, row.ssu,
        Jsonb(selection), row.inclusion_probability, row.base_weight, row.reserve, row.group,
        row.commune or None, row.reserve == 0, NOT_WORKED, 0, 1, now,
    )  # fmt: skip
