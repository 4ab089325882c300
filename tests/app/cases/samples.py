"""A small drawn sample: two communes, in each a group of main cases and reserves in order."""

from datetime import UTC, date, datetime

from app.models import Draw, Frame
from app.services.cases.making import CaseRow, make_cases
from tests.app import builders

DRAWN_AT = datetime(2026, 10, 1, 2, 0, tzinfo=UTC)
# A Monday in Vietnam, 9:30.
MONDAY = datetime(2026, 11, 2, 2, 30, tzinfo=UTC)
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
ASKER, OTHER = "buudien@quangninh.gov.vn", "giamsat@quangninh.gov.vn"
PLAN = """sampling = 1
frame = "dossier"

[[stage]]
unit = "row"
method = "srs"
strata = ["commune"]
take = 4

[reserves]
take = 2
"""
COMMUNES = (("06652", "Phường Hồng Gai"), ("06700", "Xã Quảng La"))


def frame(db, province, kind="dossier", **values):
    """Add a frozen frame."""
    given = {
        "code": f"khung-{kind}", "name": "Hồ sơ năm 2026", "kind": kind,
        "province_id": province.id, "period_from": date(2026, 1, 1),
        "period_to": date(2026, 9, 30), "state": "frozen", "content_hash": "ab" * 32,
        "file_name": "x.csv", "n_rows": 1000, "created_by": "lan@quangninh.gov.vn",
        "created_at": builders.MADE_AT, "frozen_by": "lan@quangninh.gov.vn",
        "frozen_at": builders.MADE_AT, "account": {}, "simulated": True,
    }  # fmt: skip
    return builders.add(db, Frame(**(given | values)))


def drawn(db, round_, frame_, *, n_main=8, n_reserve=4, **values):
    """Add a draw that has been made."""
    given = {
        "round_id": round_.id, "number": 1, "frame_id": frame_.id, "state": "drawn",
        "frame_hash": "ab" * 32, "plan_name": "Phương án A",
        "plan_text": PLAN, "plan_hash": "cd" * 32, "code_version": "1",
        "requested_by": "lan@quangninh.gov.vn", "requested_at": DRAWN_AT,
        "announced_at": DRAWN_AT, "seed_text": "12345", "seed_source": "xúc xắc",
        "drawn_by": "lan@quangninh.gov.vn", "drawn_at": DRAWN_AT, "n_main": n_main,
        "n_reserve": n_reserve, "list_hash": "ef" * 32, "list_name": "list.csv",
    }  # fmt: skip
    return builders.add(db, Draw(**(given | values)))


def rows(per_group=4, reserves=2, communes=COMMUNES, kind="dossier"):
    """Lines of the list: of each commune its main cases, then its reserves in order."""
    number = 0
    for code, name in communes:
        for place in range(per_group + reserves):
            number += 1
            reserve = max(0, place - per_group + 1)
            yield CaseRow(
                number=number,
                frame_key=f"H{number:05d}" if kind == "dossier" else f"{code}-01",
                position=None if kind == "dossier" else place + 1,
                stratum=name.split()[0],
                psu=code,
                ssu=None,
                stages=({"unit": "row", "code": f"H{number}", "stratum": "", "probability": 0.1},),
                inclusion_probability=0.1,
                base_weight=10.0,
                reserve=reserve,
                group=code,
                commune=code,
                village=None if kind == "dossier" else "Thôn 1",
            )  # fmt: skip


def sample(db, province, kind="dossier", **values):
    """Add a sampled round with a draw of 8 cases and 4 reserves; gives the draw."""
    campaign = builders.campaign(db, province, code=f"qn-{kind}", name=f"Khảo sát mẫu {kind}")
    round_ = builders.sampled_round(db, campaign, code=values.pop("round_code", f"mau-{kind}"))
    made = drawn(db, round_, frame(db, province, kind), **values)
    make_cases(db, made.id, rows(kind=kind), actor="lan@quangninh.gov.vn", now=DRAWN_AT)
    return made
