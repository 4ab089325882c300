"""Plans and draws, as the office and the supervisors read them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from app.errors import NotFoundError
from app.models import Draw, Frame, Round, SamplePlan, Staff


@dataclass(frozen=True, slots=True)
class Witness:
    """Someone who saw the seed come about."""

    name: str
    position: str
    organisation: str


@dataclass(frozen=True, slots=True)
class StratumCount:
    """Units of a stratum in the frame, and how many of them the draw takes."""

    name: str
    population: int
    main: int
    reserve: int


@dataclass(frozen=True, slots=True)
class DrawShown:
    """A draw with everything its pages and its protocol tell.

    Attributes
    ----------
    state : {'requested', 'announced', 'drawn', 'withdrawn'}
        Where it stands.
    replaces : int or None
        Number of the draw before it; ``replaced_by`` of the one after it, if that one counts.
    strata : tuple of StratumCount
        As expected before, as drawn after.
    """

    id: int
    number: int
    state: str
    round_code: str
    round_name: str
    round_name_en: str
    province_name: str
    frame_id: int
    frame_code: str
    frame_name: str
    frame_kind: str
    frame_file: str
    n_rows: int
    simulated: bool
    frame_hash: str
    plan_text: str
    plan_hash: str
    plan_name: str
    code_version: str
    replaces: int | None
    replaced_by: int | None
    reason: str | None
    requested_by: str
    requested_at: datetime
    approved_by: str | None
    approved_at: datetime | None
    announced_at: datetime | None
    withdrawn_by: str | None
    withdrawn_at: datetime | None
    seed_text: str | None
    seed_source: str | None
    place: str | None
    witnesses: tuple[Witness, ...]
    drawn_by: str | None
    drawn_at: datetime | None
    n_main: int
    n_reserve: int
    list_hash: str | None
    list_name: str | None
    strata: tuple[StratumCount, ...]
    signature: bytes | None
    public_key: bytes | None
    full_names: Mapping[str, str]

    def person(self, email: str | None) -> str | None:
        """Full name and e-mail address of who did something; the address alone if unknown."""
        if email is None or email not in self.full_names:
            return email
        return f"{self.full_names[email]} ({email})"


@dataclass(frozen=True, slots=True)
class PlanShown:
    """A plan that the office works on."""

    id: int
    name: str
    frame_id: int
    frame_code: str
    frame_name: str
    frame_kind: str
    frame_state: str
    simulated: bool
    choices: dict[str, Any]
    text: str
    version: int
    created_by: str
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class FrozenFrame:
    """A frame that samples can be drawn from."""

    id: int
    code: str
    name: str
    kind: str
    n_rows: int
    content_hash: str
    file_name: str
    simulated: bool
    frozen_at: datetime | None


def frozen_frames(db: Session) -> tuple[FrozenFrame, ...]:
    """List the frozen frames, newest first."""
    found = db.scalars(
        select(Frame).where(Frame.state == "frozen").order_by(Frame.frozen_at.desc())
    )
    return tuple(_frozen(frame) for frame in found)


def frozen_frame(db: Session, frame_id: int) -> FrozenFrame:
    """Read a frozen frame.

    Raises
    ------
    NotFoundError
        ``frame.unknown``
    """
    frame = db.get(Frame, frame_id)
    if frame is None or frame.state != "frozen":
        raise NotFoundError("frame.unknown", frame=frame_id)
    return _frozen(frame)


def by_id(db: Session, draw_id: int) -> DrawShown:
    """Read a draw.

    Raises
    ------
    NotFoundError
        ``draw.unknown``
    """
    found = db.scalar(_draws().where(Draw.id == draw_id))
    if found is None:
        raise NotFoundError("draw.unknown", draw=draw_id)
    return _shown(db, found)


def every_draw(db: Session) -> tuple[DrawShown, ...]:
    """List all draws, newest first."""
    return tuple(_shown(db, draw) for draw in db.scalars(_draws().order_by(Draw.id.desc())))


def of_round(db: Session, round_code: str) -> tuple[DrawShown, ...]:
    """List the draws of a round, newest first."""
    found = db.scalars(
        _draws().join(Round, Draw.round_id == Round.id).where(Round.code == round_code)
        .order_by(Draw.number.desc())
    )  # fmt: skip
    return tuple(_shown(db, draw) for draw in found)


def plan_by_id(db: Session, plan_id: int) -> PlanShown:
    """Read a plan.

    Raises
    ------
    NotFoundError
        ``plan.unknown``
    """
    found = db.scalar(_plans().where(SamplePlan.id == plan_id))
    if found is None:
        raise NotFoundError("plan.unknown", plan=plan_id)
    return _plan(found)


def every_plan(db: Session) -> tuple[PlanShown, ...]:
    """List all plans, the one changed last first."""
    return tuple(
        _plan(plan) for plan in db.scalars(_plans().order_by(SamplePlan.updated_at.desc()))
    )


def _frozen(frame: Frame) -> FrozenFrame:
    return FrozenFrame(
        id=frame.id,
        code=frame.code,
        name=frame.name,
        kind=frame.kind,
        n_rows=frame.n_rows,
        content_hash=frame.content_hash or "",
        file_name=frame.file_name or "",
        simulated=frame.simulated,
        frozen_at=frame.frozen_at,
    )


def _draws() -> Select[Draw]:
    return select(Draw).options(
        joinedload(Draw.round), joinedload(Draw.frame).joinedload(Frame.province),
        joinedload(Draw.replaces),
    )  # fmt: skip


def _plans() -> Select[SamplePlan]:
    return select(SamplePlan).options(joinedload(SamplePlan.frame))


def _plan(plan: SamplePlan) -> PlanShown:
    return PlanShown(
        id=plan.id,
        name=plan.name,
        frame_id=plan.frame.id,
        frame_code=plan.frame.code,
        frame_name=plan.frame.name,
        frame_kind=plan.frame.kind,
        frame_state=plan.frame.state,
        simulated=plan.frame.simulated,
        choices=plan.choices,
        text=plan.text,
        version=plan.version,
        created_by=plan.created_by,
        updated_at=plan.updated_at,
    )


def _shown(db: Session, draw: Draw) -> DrawShown:
    later = db.scalar(
        select(Draw.number).where(Draw.replaces_draw_id == draw.id, Draw.state == "drawn")
    )
    return DrawShown(
        **{name: getattr(draw, name) for name in _SAME},
        round_code=draw.round.code,
        round_name=draw.round.name,
        round_name_en=draw.round.name_en,
        province_name=draw.frame.province.name,
        frame_code=draw.frame.code,
        frame_name=draw.frame.name,
        frame_kind=draw.frame.kind,
        frame_file=draw.frame.file_name or "",
        n_rows=draw.frame.n_rows,
        simulated=draw.frame.simulated,
        replaces=None if draw.replaces is None else draw.replaces.number,
        replaced_by=later,
        witnesses=tuple(Witness(**witness) for witness in draw.witnesses),
        strata=tuple(StratumCount(**stratum) for stratum in draw.summary.get("strata", ())),
        full_names=_full_names(db, draw),
    )


def _full_names(db: Session, draw: Draw) -> dict[str, str]:
    """Name those who had a hand in a draw, by e-mail address."""
    acted = {draw.requested_by, draw.approved_by, draw.withdrawn_by, draw.drawn_by} - {None}
    rows = db.execute(select(Staff.email, Staff.full_name).where(Staff.email.in_(acted)))
    return {email: name for email, name in rows if name}


_SAME = (
    "id", "number", "state", "frame_id", "frame_hash", "plan_text", "plan_hash", "plan_name",
    "code_version", "reason", "requested_by", "requested_at", "approved_by", "approved_at",
    "announced_at", "withdrawn_by", "withdrawn_at", "seed_text", "seed_source", "place",
    "drawn_by", "drawn_at", "n_main", "n_reserve", "list_hash", "list_name", "signature",
    "public_key",
)  # fmt: skip
