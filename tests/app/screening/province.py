"""A round of one-time codes and one of open answers, in eleven centres of which one stands out."""

from datetime import date, timedelta
from uuid import uuid4

import numpy as np
from sqlalchemy import insert

from app.models import ClosedDossier, DossierUpload, Invitation, Response
from tests.app import builders

N_CENTRES, PER_CENTRE = 11, 40
FIRST = date(2026, 3, 2)
ODD = 4
"""Centre that adds 20 forms in a day, all of them the best."""


def centres(db, province):
    made = []
    for number in range(N_CENTRES):
        commune = builders.commune(db, province, f"07{number:03d}", f"Xã Số {number}")
        made.append(builders.centre(db, commune, code=f"hcc-{number:02d}"))
    return made


def open_round(db, campaign, places, **values):
    """Add forms of two questions at the counters of all centres, and 20 more of one of them."""
    made = builders.open_round(db, campaign, "counter_2026", code="quay", state="closed", **values)
    rng = np.random.default_rng(1)
    rows = []
    for number, centre in enumerate(places):
        rows += [_row(made, centre, _levels(rng), FIRST + timedelta(days=int(day)))
                 for day in rng.integers(0, 30, PER_CENTRE)]  # fmt: skip
        if number == ODD:
            rows += [_row(made, centre, [5] * 9, FIRST + timedelta(days=12)) for _ in range(20)]
    db.execute(insert(Response), rows)
    return made


def _levels(rng):
    return [int(level) for level in rng.integers(1, 6, 9)]


def scale_codes(made):
    from app.services import instruments

    instrument = instruments.instrument_of(made.instrument_version)
    return [item.code for item in instrument.items if item.scale is not None]


def _row(made, centre, levels, day):
    return {
        "round_id": made.id, "source": made.source, "mode": "web", "language": "vi",
        "answers": dict(zip(scale_codes(made), levels, strict=False)), "answered_on": day,
        "domains": {"centre": centre.code}, "centre_id": centre.id, "submission_key": uuid4(),
    }  # fmt: skip


def coded_round(db, campaign, places, **values):
    """Add a round with a code for each of 100 dossiers of every centre.

    30 of a hundred answer, 75 of those of the centre that stands out.
    """
    made = builders.sampled_round(
        db, campaign, "counter_2026", code="ma", state="closed", per_dossier=True, **values
    )
    upload = builders.add(
        db,
        DossierUpload(
            round_id=made.id, channel="file", file_name="a.csv", file_hash="x", state="taken",
            uploaded_by="x", created_at=builders.MADE_AT,
        ),
    )  # fmt: skip
    rng = np.random.default_rng(2)
    n_used = [75 if number == ODD else 30 for number in range(len(places))]
    dossiers = [
        {
            "round_id": made.id, "code": f"{centre.code}-{k}", "centre_id": centre.id,
            "closed_on": FIRST + timedelta(days=k % 25), "upload_id": upload.id,
        }
        for centre in places
        for k in range(100)
    ]  # fmt: skip
    ids = db.scalars(
        insert(ClosedDossier).returning(ClosedDossier.id, sort_by_parameter_order=True), dossiers
    ).all()
    codes = [
        {
            "round_id": made.id, "token_digest": uuid4().bytes * 2, "dossier_id": ids[place],
            "state": "used" if place % 100 < n_used[place // 100] else "unused",
            "expires_at": builders.FAR, "centre_id": places[place // 100].id, "domains": {},
        }
        for place in range(len(ids))
    ]  # fmt: skip
    db.execute(insert(Invitation), codes)
    answers = [
        _row(made, centre, _levels(rng), date(2026, 4, 1))
        | {"stratum": centre.code, "psu": uuid4().hex, "base_weight": 1.0}
        for number, centre in enumerate(places)
        for _ in range(n_used[number])
    ]
    db.execute(insert(Response), answers)
    return made
