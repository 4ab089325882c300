"""The simulated sample of the demo: planned, drawn before made-up witnesses, worked on."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.config import Settings
from app.db import Database
from app.demo import province
from app.models import Draw, Frame, Round, SampleCase, ServiceCentre, Unit
from app.services.cases import outcome_import
from app.services.cases.outcome_file import Place, ReturnedRow
from app.services.draws import announce, perform
from app.services.draws.perform import Seed
from app.services.sampling import plans
from app.services.sampling.choices import Choices
from surveys.sampling.frame import Frame as FrozenFrame
from surveys.sampling.frame import read_frame

PLAN_NAME = "Chọn mẫu mô phỏng"
# Interviews wanted; the plan draws more because some do not answer.
INTERVIEWS = 1_650
RESPONSE = 0.75
_SEED = Seed(
    text="4 6 1 1 3 5 2 6 1 4",
    source="Mô phỏng: mười lần gieo xúc xắc",
    place="Mô phỏng: phòng họp Sở Nội vụ",
    witnesses=(
        {"name": "Người chứng kiến mô phỏng 1", "position": "Ủy viên", "organisation": "MTTQ"},
        {"name": "Người chứng kiến mô phỏng 2", "position": "Hội viên", "organisation": "Hội CCB"},
    ),
)
# What becomes of those who do not answer, and how often: invented.
_WITHOUT = (("refusal", 0.35), ("non-contact", 0.4), ("wrong-address", 0.15), ("moved", 0.1))
_CHANCE = 20_261_015
_PHONE = "phone"
# Tried in the morning of one day, the afternoon of the next, the evening of the third.
_HOURS = (0, 6, 10)
_WORKED_BEFORE = timedelta(days=20)


@dataclass(frozen=True, slots=True)
class Respondent:
    """Who answered: where, and with which weight. ``psu`` is no key of the frame."""

    stratum: str
    psu: str
    base_weight: float
    commune: str
    is_urban: bool
    centre: str
    field: str


def is_drawn(database: Database) -> bool:
    """Whether the sampled round has its draw."""
    with database.read() as db:
        found = select(Draw.id).join(Round, Draw.round_id == Round.id)
        return db.scalar(found.where(Round.code == province.SAMPLE_ROUND)) is not None


def draw(database: Database, settings: Settings, frame_code: str, now: datetime) -> int:
    """Plan the sample, announce it, and draw it; the id of the draw."""
    with database.write() as db:
        made = plans.create(
            db, frame_code, PLAN_NAME, var_dir=settings.var_dir, actor=province.ACTOR, now=now
        )
        choices = Choices.from_json(made.choices).changed(
            size_by="total", total=INTERVIEWS, allocation="square-root", response=RESPONSE,
            expected_rate=0.9, minimum=province.MIN_N,
        )  # fmt: skip
        plans.change(
            db, made.id, choices, version=made.version, var_dir=settings.var_dir,
            actor=province.ACTOR, now=now,
        )  # fmt: skip
        announced = announce.request(
            db, province.SAMPLE_ROUND, made.id, var_dir=settings.var_dir, actor=province.ACTOR,
            now=now,
        )  # fmt: skip
        draw_id = announced.id
    with database.write() as db:
        perform.draw(
            db, draw_id, _SEED, var_dir=settings.var_dir, secret_key=settings.secret_key,
            code_version=settings.code_version, actor=province.ACTOR, now=now,
        )  # fmt: skip
    return draw_id


def work(database: Database, draw_id: int, now: datetime) -> None:
    """Record a simulated outcome for every case, as a list that came back from the Post."""
    generator = np.random.default_rng(_CHANCE)
    names = [name for name, _ in _WITHOUT]
    shares = [share for _, share in _WITHOUT]
    first = (now - _WORKED_BEFORE).replace(hour=2, minute=0, second=0, microsecond=0)
    with database.write() as db:
        numbers = db.scalars(
            select(SampleCase.number)
            .where(SampleCase.draw_id == draw_id, SampleCase.active)
            .order_by(SampleCase.number)
        ).all()
        rows = []
        for number in numbers:
            answers = generator.random() < RESPONSE
            outcome = "interview" if answers else str(generator.choice(names, p=shares))
            times = 1 if answers else 3
            attempts = tuple(
                (f"attempt_{time + 1}", first + timedelta(days=time, hours=_HOURS[time]))
                for time in range(times)
            )
            place = Place("Mô phỏng", number + 1, {"code": ("A", "Mã", str(number))})
            rows.append(ReturnedRow(place, number, outcome, _PHONE, attempts, None, None))
        done = outcome_import.record_all(
            db, draw_id, rows, file_hash="0" * 64, actor=province.ACTOR, now=now
        )
        if not isinstance(done, outcome_import.Recorded):
            raise TypeError(f"the simulated outcomes were refused: {done[:3]}")


def respondents(db: Session, var_dir: Path) -> tuple[Respondent, ...]:
    """List those who answered, in an order that says nothing of theirs in the frame."""
    drawn = db.execute(
        select(Draw.id, Frame.file_name)
        .join(Round, Draw.round_id == Round.id)
        .join(Frame, Draw.frame_id == Frame.id)
        .where(Round.code == province.SAMPLE_ROUND, Draw.state == "drawn")
    ).one()
    frame = read_frame(var_dir / "frames" / str(drawn.file_name))
    cases = db.scalars(
        select(SampleCase)
        .where(SampleCase.draw_id == drawn.id, SampleCase.disposition == "interview")
        .order_by(SampleCase.number)
    ).all()
    rows = {key: row for row, key in enumerate(frame.keys)}
    urban = set(db.scalars(select(Unit.code).where(Unit.type_name == "Phường")))
    centres = set(db.scalars(select(ServiceCentre.code)))
    order = np.random.default_rng(_CHANCE).permutation(len(cases))
    found = []
    for place, at in enumerate(order.tolist(), start=1):
        case = cases[at]
        row = rows[case.frame_key]
        commune = _label(frame, "home_commune", row)
        centre = _label(frame, "centre", row)
        if centre not in centres:
            raise TypeError(f"no centre {centre}")
        found.append(
            Respondent(
                stratum=case.stratum,
                # A number of its own, so that an answer does not lead back to a dossier.
                psu=f"p{place:05d}",
                base_weight=case.base_weight,
                commune=commune,
                is_urban=commune in urban,
                centre=centre,
                field=_label(frame, "field", row),
            )
        )
    return tuple(found)


def _label(frame: FrozenFrame, column: str, row: int) -> str:
    categories = frame.categories[column]
    return categories.labels[int(categories.codes[row])]
