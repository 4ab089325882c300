"""What a batch becomes: responses and own words in random order, no finer than its cell."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, TypeAlias
from uuid import uuid4

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from app.models import FreeText, Invitation, Response, Round, ServiceCentre
from app.services.mixing import masks
from app.services.mixing.plan import Batch, Rule
from app.services.mixing.sealed import Contribution

# Stands for the stratum of answers that gave up the name of their centre.
MERGED: Final = "*"

_chance: Final = secrets.SystemRandom()
_Row: TypeAlias = dict[str, Any]
_Place: TypeAlias = Callable[[Contribution], _Row]


@dataclass(frozen=True, slots=True)
class Left:
    """An answer that left the spool, opened."""

    invitation_id: int | None
    received_on: date
    content: Contribution


def store(db: Session, round_: Round, batch: Batch, rule: Rule, left: Sequence[Left]) -> None:
    """Write a batch: its rows in random order, and its latest day for all of them."""
    order = list(left)
    _chance.shuffle(order)
    day = max(each.received_on for each in order)
    if batch.kind == "answer":
        place = _drawn if rule.whole else _celled(db, round_, batch)
        rows = [_response(round_, day, each.content) | place(each.content) for each in order]
        db.execute(insert(Response), rows)
    centre_id = None if rule.whole else batch.centre_id
    texts = [row for each in order for row in _texts(round_, centre_id, day, each.content)]
    _chance.shuffle(texts)
    if texts:
        db.execute(insert(FreeText), texts)


def forget_design(db: Session, round_: Round, left: Sequence[Left]) -> None:
    """Empty what invitations said of the sample; the centre of a dossier is known anyway."""
    ids = [each.invitation_id for each in left if each.invitation_id is not None]
    if not ids:
        return
    empty: _Row = {
        "counter_id": None, "stratum": None, "psu": None, "base_weight": None, "domains": {},
    }  # fmt: skip
    if not round_.per_dossier:
        empty["centre_id"] = None
    db.execute(update(Invitation).where(Invitation.id.in_(ids)).values(**empty))


def _response(round_: Round, day: date, given: Contribution) -> _Row:
    return {
        "id": uuid4(),
        "round_id": round_.id,
        "source": round_.source,
        "mode": given.mode,
        "language": given.language,
        "answers": given.answers,
        "answered_on": day,
        "consent_hash": given.consent_hash,
        "submission_key": uuid4(),
    }


def _drawn(given: Contribution) -> _Row:
    """Keep the design that somebody was drawn with: estimates of the sample need it."""
    design = given.design
    return {
        "centre_id": design.centre_id,
        "counter_id": design.counter_id,
        "stratum": design.stratum,
        "psu": design.psu,
        "base_weight": design.base_weight,
        "domains": dict(design.domains or {}),
    }


def _celled(db: Session, round_: Round, batch: Batch) -> _Place:
    """Say of the place what the whole batch says."""
    domains: dict[str, str] = {}
    if batch.centre_id is not None:
        domains["centre"] = db.get_one(ServiceCentre, batch.centre_id).code
    if batch.field_code is not None:
        domains["field"] = batch.field_code

    def place(given: Contribution) -> _Row:
        row = {"centre_id": batch.centre_id, "counter_id": None, "domains": dict(domains)}
        commune = (given.design.domains or {}).get("commune")
        # A centre lies in one commune, which says no more of anybody than the centre does.
        if batch.centre_id is not None and commune is not None:
            row["domains"] = domains | {"commune": commune}
        sampled = round_.source == "sample"
        # Nobody was drawn together with anybody: each dossier is a unit of its own.
        return row | {
            "stratum": domains.get("centre", MERGED) if sampled else None,
            "psu": uuid4().hex if sampled else None,
            "base_weight": given.design.base_weight if sampled else None,
        }

    return place


def _texts(round_: Round, centre_id: int | None, day: date, given: Contribution) -> list[_Row]:
    rows = []
    for own in given.texts:
        masked = masks.mask(own.text)
        rows.append(
            {
                "id": uuid4(),
                "round_id": round_.id,
                "item": own.item,
                "text": masked,
                "language": given.language,
                "centre_id": centre_id,
                "month": day.replace(day=1),
                "names_somebody": masks.names_somebody(masked),
            }
        )
    return rows
