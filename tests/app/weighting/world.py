"""A small drawn sample with answers, whose weights can be worked out by hand.

The frame has 24 dossiers of centre A and 16 of centre B, half of each about land, half about
marriage. 8 of each centre were drawn: weights 3 and 2, together 40. Of A 4 answered, 2 refused, 1
has a wrong address, 1 was no dossier at all; of B 6 answered, 2 were never reached.
"""

from datetime import UTC, date, datetime
from uuid import uuid4

from sqlalchemy import insert, select, update

from app.models import Draw, Response, Round, SampleCase
from app.services.cases.making import CaseRow, make_cases
from tests.app import builders
from tests.app.cases import samples

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
CODE = "mau-2026"
COMMUNES = {"A": ("06652", "Phường Hồng Gai"), "B": ("06700", "Xã Quảng La")}
N = {"A": 24, "B": 16}
WEIGHT = {"A": 3.0, "B": 2.0}
FIELDS = ("dat-dai", "ho-tich")
OUTCOMES = {
    "A": ["interview"] * 4 + ["refusal"] * 2 + ["wrong-address", "no-dossier"],
    "B": ["interview"] * 6 + ["non-contact"] * 2,
}


def dossiers():
    """Columns of the frame."""
    rows = [(place, number) for place, n in N.items() for number in range(n)]
    return {
        "key": [f"{place}{number:03d}" for place, number in rows],
        "field": [FIELDS[number % 2] for _place, number in rows],
        "centre": [f"hcc-{place.lower()}" for place, _number in rows],
        "commune": [COMMUNES[place][0] for place, _number in rows],
        "home_commune": [COMMUNES[place][0] for place, _number in rows],
        "returned_on": ["2026-03-01"] * len(rows),
        "prn": list(range(len(rows))),
    }


def case_rows(reserves=0):
    """Lines of the list: 8 main cases of each centre, then its reserves."""
    number = 0
    for place, outcomes in OUTCOMES.items():
        for at in range(len(outcomes) + reserves):
            number += 1
            yield CaseRow(
                number=number,
                frame_key=f"{place}{at:03d}",
                position=None,
                stratum=place,
                psu=f"{place}{at:03d}",
                ssu=None,
                stages=({"unit": "row", "code": f"{place}{at:03d}", "stratum": place,
                         "probability": 1 / WEIGHT[place]},),
                inclusion_probability=1 / WEIGHT[place],
                base_weight=WEIGHT[place],
                reserve=max(0, at - len(outcomes) + 1),
                group=place,
                commune=COMMUNES[place][0],
            )  # fmt: skip


def build(
    db, province, var_dir, *, reserves=0, state="closed", outcomes=OUTCOMES, lost=0, psus="own"
):
    """Add units, frame, round, draw, cases with their outcomes, and answers of who answered."""
    for code, name in COMMUNES.values():
        known = select(builders.Unit.id).where(builders.Unit.code == code)
        if db.scalar(known) is None:
            builders.commune(db, province, code, name)
    frame = builders.frozen_frame(db, province, var_dir, dossiers(), simulated=True)
    round_ = builders.sampled_round(
        db, builders.campaign(db, province), "desk", code=CODE, min_n=1, state=state
    )
    draw = samples.drawn(
        db, round_, frame, n_main=16, n_reserve=2 * reserves, frame_hash=frame.content_hash
    )
    make_cases(db, draw.id, case_rows(reserves), actor="x", now=NOW)
    tell(db, outcomes)
    answer(db, round_, outcomes, lost, psus)
    return round_


def tell(db, outcomes=OUTCOMES):
    """Say what became of the cases."""
    for place, told in outcomes.items():
        for at, outcome in enumerate(told):
            db.execute(
                update(SampleCase)
                .where(SampleCase.frame_key == f"{place}{at:03d}")
                .values(disposition=outcome, active=True)
            )


def answer(db, round_, outcomes=OUTCOMES, leave_out=0, psus="own"):
    """Add the answers of those interviewed."""
    rows = answer_rows(round_, outcomes, psus)[leave_out:]
    if rows:
        db.execute(insert(Response), rows)


def answer_rows(round_, outcomes=OUTCOMES, psus="own"):
    """Answers of those interviewed: each a PSU under a number of its own, or under the
    PSU of the draw, or in surrogates of two.
    """
    rows = []
    for place, told in outcomes.items():
        for at, outcome in enumerate(told):
            if outcome != "interview":
                continue
            rows.append(
                {
                    "round_id": round_.id, "source": "sample", "mode": "phone", "language": "vi",
                    "answered_on": date(2026, 10, 1), "stratum": place,
                    "psu": {
                        "own": f"p{len(rows):03d}", "shared": f"{place}{at:03d}",
                        "other": f"p{len(rows) // 2:03d}",
                    }[psus],
                    "base_weight": WEIGHT[place],
                    "submission_key": uuid4(),
                    "domains": {
                        "commune": COMMUNES[place][0], "centre": f"hcc-{place.lower()}",
                        "field": FIELDS[at % 2],
                    },
                    "answers": {
                        "officials_1": 5 if at % 3 else 2, "results_1": 4 if at % 2 else 3,
                        "late": "no", "sex": "male" if at % 2 else "female",
                    },
                }
            )  # fmt: skip
    return rows


def the_round(db):
    return db.scalars(select(Round).where(Round.code == CODE)).one()


def the_draw(db):
    return db.scalars(select(Draw)).one()
