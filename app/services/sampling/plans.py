"""Plans that the office works on: made, changed, copied to another frame."""

from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import ConflictError, NotFoundError
from app.models import Draw, Frame, SamplePlan
from app.queries.earlier_rates import rates_of
from app.services import audit
from app.services.codes import checked_name
from app.services.sampling.build import Arc, plan_of
from app.services.sampling.choices import EXPERT, SHAPES, Choices
from app.services.sampling.frames import frozen_frame
from app.services.sampling.sizes import sizing
from surveys.sampling.errors import SamplingError
from surveys.sampling.plan import dump_plan, read_plan
from surveys.sampling.table import Refused

_A_YEAR = timedelta(days=365)


def create(
    db: Session, frame_code: str, name: str, *, var_dir: Path, actor: str, now: datetime
) -> SamplePlan:
    """Make a plan with the recommended choices.

    Raises
    ------
    NotFoundError
        ``frame.unknown``
    ConflictError
        ``name.malformed``, ``draw.frame-not-frozen``
    """
    frame = _frame(db, frame_code)
    return _add(db, frame, name, Choices.for_frame(frame.kind), var_dir, actor, now)


def copy(
    db: Session, plan_id: int, frame_code: str, name: str, *, var_dir: Path, actor: str,
    now: datetime,
) -> SamplePlan:  # fmt: skip
    """Make a plan for another frame with the choices of an earlier one.

    Raises
    ------
    ConflictError
        ``plan.other-kind``: the frame is of another kind, besides those of `create`.
    """
    earlier, frame = find(db, plan_id), _frame(db, frame_code)
    if frame.kind != earlier.frame.kind:
        raise ConflictError("plan.other-kind", frame=frame.name)
    choices = Choices.from_json(earlier.choices)
    if choices.shape == EXPERT:
        return _insert(db, frame, name, choices, earlier.text, actor, now)
    return _add(db, frame, name, choices, var_dir, actor, now)


def from_text(
    db: Session, frame_code: str, name: str, text: str, *, actor: str, now: datetime
) -> SamplePlan:
    """Keep a plan written by hand.

    Raises
    ------
    PlanRefusedError
        With every fault of the text.
    ConflictError
        ``plan.other-kind``, besides those of `create`.
    """
    frame, plan = _frame(db, frame_code), read_plan(text)
    if plan.frame != frame.kind:
        raise ConflictError("plan.other-kind", frame=frame.name)
    choices = Choices.for_frame(frame.kind).changed(shape=EXPERT)
    return _insert(db, frame, name, choices, dump_plan(plan), actor, now)


def change(
    db: Session, plan_id: int, choices: Choices, *, version: int, var_dir: Path, actor: str,
    now: datetime,
) -> SamplePlan:  # fmt: skip
    """Keep other choices, and write the plan anew.

    Raises
    ------
    ConflictError
        ``plan.changed-meanwhile``: somebody else changed it since it was shown.
    """
    plan = db.get(SamplePlan, plan_id, with_for_update=True)
    if plan is None:
        raise NotFoundError("plan.unknown", plan=plan_id)
    if plan.version != version:
        raise ConflictError("plan.changed-meanwhile")
    plan.choices = choices.to_json()
    plan.text = _text(db, plan.frame, choices, plan.name, var_dir, now)
    plan.version += 1
    plan.updated_at = now
    audit.record(db, actor, "plan.change", str(plan.id), choices=plan.choices)
    return plan


def find(db: Session, plan_id: int) -> SamplePlan:
    """Find a plan.

    Raises
    ------
    NotFoundError
        ``plan.unknown``
    """
    plan = db.get(SamplePlan, plan_id)
    if plan is None:
        raise NotFoundError("plan.unknown", plan=plan_id)
    return plan


def _frame(db: Session, code: str) -> Frame:
    frame = db.scalar(select(Frame).where(Frame.code == code))
    if frame is None:
        raise NotFoundError("frame.unknown", frame=code)
    if frame.state != "frozen" or frame.kind not in SHAPES:
        raise ConflictError("draw.frame-not-frozen", frame=frame.name)
    return frame


def _add(
    db: Session, frame: Frame, name: str, choices: Choices, var_dir: Path, actor: str, now: datetime
) -> SamplePlan:
    return _insert(
        db, frame, name, choices, _text(db, frame, choices, name, var_dir, now), actor, now
    )


def _insert(
    db: Session, frame: Frame, name: str, choices: Choices, text: str, actor: str, now: datetime
) -> SamplePlan:
    title = checked_name(name)
    plan = SamplePlan(
        frame=frame, name=title, choices=choices.to_json(),
        text=text, created_by=actor, created_at=now, updated_at=now,
    )  # fmt: skip
    db.add(plan)
    db.flush()
    audit.record(db, actor, "plan.create", str(plan.id), frame=frame.code, name=plan.name)
    return plan


def arcs_of_last_year(db: Session, frame: Frame, now: datetime) -> tuple[Arc, ...]:
    """List the arcs of permanent random numbers that co-ordinated draws of a year used."""
    found = db.scalars(
        select(Draw)
        .join(Frame, Draw.frame_id == Frame.id)
        .where(
            Frame.province_id == frame.province_id,
            Draw.state == "drawn",
            Draw.drawn_at > now - _A_YEAR,
        )
        .order_by(Draw.id)
    )
    arcs = (draw.summary.get("used_arc") for draw in found)
    return tuple(dict.fromkeys((int(arc[0]), int(arc[1])) for arc in arcs if arc))


def _text(
    db: Session, frame: Frame, choices: Choices, name: str, var_dir: Path, now: datetime
) -> str:
    """Write the plan of the choices; '' where they do not lead to one, and the page says why."""
    if not frame.file_name or not frame.content_hash:
        raise ConflictError("draw.frame-not-frozen", frame=frame.name)
    loaded = frozen_frame(var_dir, frame.file_name, frame.content_hash)
    try:
        rates = rates_of(db, choices.rates_from, choices.report_by) if choices.rates_from else {}
        table = sizing(loaded, choices, rates).chosen
    except SamplingError:
        return ""
    if isinstance(table, Refused):
        return ""
    avoid = arcs_of_last_year(db, frame, now) if choices.once_a_year else ()
    return dump_plan(plan_of(choices, loaded, table, title=name, avoid=avoid))
