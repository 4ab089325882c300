"""Announcing a draw: frame and plan are fixed and shown before there is a seed."""

from datetime import datetime
from pathlib import Path

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.errors import ConflictError, NotFoundError
from app.models import Draw, Frame, Round, SamplePlan
from app.services import audit
from app.services.draws.counts import expected_strata
from app.services.draws.seeds import printable
from app.services.draws.statement import hash_of, statement_of
from app.services.sampling.frames import frozen_frame
from surveys.sampling.plan import PlanRefusedError, dump_plan, plan_hash, read_plan


def request(
    db: Session,
    round_code: str,
    plan_id: int,
    *,
    var_dir: Path,
    actor: str,
    now: datetime,
    reason: str | None = None,
) -> Draw:
    """Fix a plan and its frame for the draw of a round.

    The first draw of a round is announced at once. A further one keeps the one before, needs a
    reason, and waits for a second person.

    Raises
    ------
    NotFoundError
        ``round.unknown``, ``plan.unknown``.
    ConflictError
        ``draw.round-not-sampled``, ``draw.round-closed``, ``draw.other-province``,
        ``draw.frame-not-frozen``, ``draw.frame-simulated``, ``draw.plan-faulty``,
        ``draw.waiting`` (one is announced or requested already), ``draw.reason-missing``.
    """
    round_ = _round_for(db, round_code)
    plan = db.get(SamplePlan, plan_id)
    if plan is None:
        raise NotFoundError("plan.unknown", plan=plan_id)
    frame = _frame_for(db, plan, round_)
    try:
        design = read_plan(plan.text)
        loaded = frozen_frame(var_dir, frame.file_name or "", frame.content_hash or "")
        strata = expected_strata(design, loaded)
    except PlanRefusedError as error:
        raise ConflictError("draw.plan-faulty", plan=plan.name) from error
    earlier = _earlier(db, round_)
    reason = printable(reason or "") or None
    if earlier is not None and reason is None:
        raise ConflictError("draw.reason-missing", number=earlier.number)
    draw = Draw(
        round=round_,
        number=1 + (db.scalar(_last_number(round_)) or 0),
        frame=frame,
        sample_plan_id=plan.id,
        state="announced" if earlier is None else "requested",
        frame_hash=frame.content_hash,
        plan_name=plan.name,
        plan_text=dump_plan(design, frame_hash=frame.content_hash),
        plan_hash=plan_hash(design),
        code_version="",
        replaces=earlier,
        reason=reason if earlier is not None else None,
        requested_by=actor,
        requested_at=now,
        announced_at=now if earlier is None else None,
        witnesses=[],
        n_main=sum(each["main"] for each in strata),
        n_reserve=sum(each["reserve"] for each in strata),
        summary={"strata": strata},
    )
    db.add(draw)
    db.flush()
    _record(db, draw, actor, "draw.announce" if earlier is None else "draw.request")
    return draw


def approve(db: Session, draw_id: int, *, actor: str, now: datetime) -> Draw:
    """Let a further draw be announced, as the second person.

    Raises
    ------
    ConflictError
        ``draw.not-requested``, or ``draw.same-person``: whoever asks cannot approve.
    """
    draw = find(db, draw_id, lock=True)
    if draw.state != "requested":
        raise ConflictError("draw.not-requested")
    if actor == draw.requested_by:
        raise ConflictError("draw.same-person")
    draw.approved_by, draw.approved_at = actor, now
    draw.state, draw.announced_at = "announced", now
    _record(db, draw, actor, "draw.approve")
    return draw


def withdraw(db: Session, draw_id: int, *, actor: str, now: datetime) -> Draw:
    """Give up a draw that has no seed yet; it stays in the list of the round's draws.

    Raises
    ------
    ConflictError
        ``draw.over``: it was drawn, or withdrawn before.
    """
    draw = find(db, draw_id, lock=True)
    if draw.state not in ("requested", "announced"):
        raise ConflictError("draw.over")
    draw.state, draw.withdrawn_by, draw.withdrawn_at = "withdrawn", actor, now
    _record(db, draw, actor, "draw.withdraw")
    return draw


def find(db: Session, draw_id: int, *, lock: bool = False) -> Draw:
    """Find a draw; with `lock`, nobody else changes it until the transaction ends.

    Raises
    ------
    NotFoundError
        ``draw.unknown``
    """
    draw = db.get(Draw, draw_id, with_for_update=lock or None)
    if draw is None:
        raise NotFoundError("draw.unknown", draw=draw_id)
    return draw


def _round_for(db: Session, code: str) -> Round:
    # Two who announce at once come one after another.
    round_ = db.scalar(select(Round).where(Round.code == code).with_for_update())
    if round_ is None:
        raise NotFoundError("round.unknown", round=code)
    if round_.source != "sample":
        raise ConflictError("draw.round-not-sampled", round=code)
    if round_.state not in ("draft", "open"):
        raise ConflictError("draw.round-closed", round=code)
    return round_


def _frame_for(db: Session, plan: SamplePlan, round_: Round) -> Frame:
    frame = db.get_one(Frame, plan.frame_id)
    if frame.state != "frozen":
        raise ConflictError("draw.frame-not-frozen", frame=frame.name)
    if frame.province_id != round_.campaign.province_id:
        raise ConflictError("draw.other-province", frame=frame.name)
    if frame.simulated and not round_.campaign.simulated:
        raise ConflictError("draw.frame-simulated", frame=frame.name)
    return frame


def _earlier(db: Session, round_: Round) -> Draw | None:
    """Find the draw that a new one would replace: the last that was drawn."""
    found = db.scalars(
        select(Draw)
        .where(Draw.round_id == round_.id, Draw.state != "withdrawn")
        .order_by(Draw.number.desc())
        .limit(1)
    ).first()
    if found is not None and found.state != "drawn":
        raise ConflictError("draw.waiting", number=found.number)
    return found


def _last_number(round_: Round) -> Select[int]:
    return select(func.max(Draw.number)).where(Draw.round_id == round_.id)


def _record(db: Session, draw: Draw, actor: str, action: str) -> None:
    audit.record(
        db, actor, action, f"{draw.round.code}/{draw.number}",
        statement=hash_of(statement_of(draw)), frame_hash=draw.frame_hash,
        plan_hash=draw.plan_hash, reason=draw.reason,
    )  # fmt: skip
