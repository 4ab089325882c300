"""What the weight step is told of the cases of a draw."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import NotFoundError
from app.models import CaseSubstitution, Draw, Frame, SampleCase
from surveys.fieldwork.substitution import DrawnCase, WeightedCase, weighted_cases


def cases_for_weights(db: Session, draw_id: int) -> tuple[WeightedCase, ...]:
    """Say of every case of a draw, in order of numbers, its role, outcome and weight.

    See `surveys.fieldwork.substitution` for what is to be done with it.

    Raises
    ------
    NotFoundError
        ``draw.unknown``.
    """
    kind = db.scalar(
        select(Frame.kind).join(Draw, Draw.frame_id == Frame.id).where(Draw.id == draw_id)
    )
    if kind is None:
        raise NotFoundError("draw.unknown", draw=draw_id)
    replaced = select(CaseSubstitution.case_id).where(CaseSubstitution.state == "given")
    rows = db.execute(
        select(
            SampleCase.number, SampleCase.group_code, SampleCase.reserve, SampleCase.active,
            SampleCase.id.in_(replaced), SampleCase.disposition, SampleCase.base_weight,
        )
        .where(SampleCase.draw_id == draw_id)
        .order_by(SampleCase.number)
    )  # fmt: skip
    return weighted_cases([DrawnCase(*row) for row in rows], kind)
