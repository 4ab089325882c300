"""A small round of the test form "desk" whose figures can be worked out by hand.

Two strata of 20 PSUs with 4 people each; weights 10 in the first, 30 in the second, so the weights
add up to 3,200. Of the 4 people of a PSU, those satisfied with the officials are 3 or 4 by turns in
the first stratum and 2 or 3 in the second; those satisfied with the result are 4 in the first and 3
or 4 by turns in the second.

Shares satisfied: officials (10·70 + 30·50) / 3200 = 0.6875,
results (10·80 + 30·70) / 3200 = 0.90625.
"""

from uuid import uuid4

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.models import Response, Round
from tests.app import builders

N_PSU, PER_PSU = 20, 4
# Commune → PSUs of which stratum: 12, 68, 4, 20 and 56 people.
COMMUNES = {
    "07000": ("Đặc khu Cô Tô", "A", range(3)),
    "06652": ("Phường Hồng Gai", "A", range(3, 20)),
    "06967": ("Xã Cái Chiên", "B", range(1)),
    "06700": ("Xã Quảng La", "B", range(1, 6)),
    "06709": ("Xã Thống Nhất", "B", range(6, 20)),
}
SATISFIED = {
    ("officials_1", "A"): (3, 4),
    ("officials_1", "B"): (2, 3),
    ("results_1", "A"): (4, 4),
    ("results_1", "B"): (3, 4),
}
WEIGHT = {"A": 10.0, "B": 30.0}
# Answers of the satisfied, then of the first, second … who is not.
LEVELS = (5, 3, 2)


def people() -> list[dict]:
    """Stratum, PSU, weight, domains and answers of all 160 people."""
    return [
        {
            "stratum": stratum,
            "psu": f"{stratum}{psu:02d}",
            "base_weight": WEIGHT[stratum],
            "domains": {"commune": commune},
            "answers": {
                "officials_1": _level("officials_1", stratum, psu, person),
                "results_1": _level("results_1", stratum, psu, person),
                "late": "yes" if person == 0 else "no",
                "sex": "male" if person < 2 else "female",
            },
        }
        for commune, (_, stratum, psus) in COMMUNES.items()
        for psu in psus
        for person in range(PER_PSU)
    ]


def _level(item: str, stratum: str, psu: int, person: int) -> int:
    satisfied = SATISFIED[item, stratum][psu % 2]
    return LEVELS[0] if person < satisfied else LEVELS[1 + person - satisfied]


def communes(db: Session, province) -> None:
    for code, (name, _, _) in COMMUNES.items():
        kind = next(kind for kind in ("Đặc khu", "Phường", "Xã") if name.startswith(kind))
        builders.commune(db, province, code, name, type_name=kind)


def sampled_round(db: Session, campaign, rows: list[dict] | None = None, **values) -> Round:
    """Add the round as a probability sample, closed, with the answers of `people`."""
    given = {"code": "mau-2026", "min_n": 30, "state": "closed"} | values
    made = builders.sampled_round(db, campaign, "desk", **given)
    answer(db, made, people() if rows is None else rows)
    return made


def open_round(db: Session, campaign, rows: list[dict] | None = None, **values) -> Round:
    """Add the round as answers of whoever answered, closed, at two counters of one centre."""
    given = {"code": "quay-2026", "min_n": 30, "state": "closed"} | values
    made = builders.open_round(db, campaign, "desk", **given)
    answer(db, made, visitors() if rows is None else rows)
    return made


def visitors() -> list[dict]:
    """Answers of the same people without a design, at counters 01 and 05 of one centre."""
    return [
        {
            "domains": {"centre": "hcc-22", "counter": "hg-05" if number % 4 else "hg-01"},
            "answers": person["answers"],
        }
        for number, person in enumerate(people())
    ]


def answer(db: Session, made: Round, rows: list[dict]) -> None:
    common = {
        "round_id": made.id,
        "source": made.source,
        "mode": "web",
        "language": "vi",
        "answered_on": builders.FIRST_DAY,
        "domains": {},
    }
    db.execute(insert(Response), [common | {"submission_key": uuid4()} | row for row in rows])
