"""Simulated ratings at counters, handed in through the same service as anybody's."""

from collections.abc import Mapping
from datetime import date, timedelta
from uuid import UUID

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.demo.people import Opinions
from app.demo.sample_file import BASE_2017
from app.models import Counter, ServiceCentre, Unit
from app.services import interview
from app.services.consent import consents
from app.services.mixing.keys import PublicKey
from surveys.instrument.rules import AnswerValue

SEED = 5
# People who rate on their own account at the counter are kinder than those drawn at random.
KINDNESS = 0.35
_AT_PROVINCE, _AT_COMMUNE = (24, 46), (2, 9)
_COMMENTS = (
    "Cán bộ hướng dẫn tận tình, dễ hiểu.",
    "Chờ hơi lâu vào buổi sáng.",
    "Nên có thêm ghế ngồi chờ và quạt mát.",
    "Làm thủ tục nhanh hơn trước nhiều.",
    "Biển chỉ dẫn chưa rõ, tôi phải hỏi hai lần mới tìm được quầy.",
)


def hand_in(db: Session, today: date, sealing: PublicKey) -> int:
    """Hand in the ratings of the last four weeks; how many there were.

    What they wrote themselves is sealed with a key of the spool.
    """
    generator = np.random.default_rng(SEED)
    opinions = Opinions(BASE_2017, generator, shift=KINDNESS)
    total = 0
    for code, level, commune in _counters(db):
        opened = interview.open_counter(db, code, today)
        if not isinstance(opened, interview.Opened):
            raise TypeError(f"counter {code} takes no answers: {opened.reason}")
        low, high = _AT_PROVINCE if level == "province" else _AT_COMMUNE
        consent = consents(opened.instrument)["vi"]
        for _ in range(int(generator.integers(low, high))):
            answers = opinions.answer(opened.instrument, commune, code)
            entered = entered_of(answers)
            if generator.random() < 0.08:
                entered["comment"] = [str(generator.choice(_COMMENTS))]
            key = UUID(bytes=generator.bytes(16), version=4)
            day = today - timedelta(days=int(generator.integers(0, 28)))
            submission = interview.Submission(entered, "vi", consent, key)
            outcome = interview.submit_open(db, opened, submission, sealing, day)
            if not isinstance(outcome, interview.Accepted):
                raise TypeError(f"a simulated rating was refused: {outcome}")
            total += 1
    return total


def _counters(db: Session) -> list[tuple[str, str, str]]:
    rows = db.execute(
        select(Counter.code, ServiceCentre.level, Unit.code)
        .join(ServiceCentre, ServiceCentre.id == Counter.centre_id)
        .join(Unit, Unit.id == ServiceCentre.unit_id)
        .where(Counter.closed_on.is_(None))
        .order_by(Counter.code)
    )
    return [(code, level, unit) for code, level, unit in rows]


def entered_of(answers: Mapping[str, AnswerValue]) -> dict[str, list[str]]:
    """Write stored answers the way a form sends them."""
    return {
        code: value if isinstance(value, list) else [str(value)] for code, value in answers.items()
    }
