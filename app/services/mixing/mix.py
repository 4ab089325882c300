"""Batches leave the spool: in one transaction they become responses that nobody can trace.

Rows of a batch are written in random order with fresh ids, one day for all of them, and nothing
finer than the batch's cell about their place. PostgreSQL's own bookkeeping (``xmin``, ``ctid``)
therefore says of a response which batch it left with, and no more.
"""

import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, TypeAlias
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from sqlalchemy import Row, delete, select, text, update
from sqlalchemy.orm import Session

from app.models import MixRun, Round, Spooled, SpoolKey
from app.services import audit
from app.services.mixing import plan, responses
from app.services.mixing.plan import Batch, Rule, Waiting
from app.services.mixing.responses import Left
from app.services.mixing.sealed import SpoolSealError, about, seal, unseal
from app.services.mixing.shelf import KeyShelf

ACTOR: Final = "mixer"
_MOST: Final = 5_000
_LOCK: Final = 7_201_961
_chance: Final = secrets.SystemRandom()

_SpooledRow: TypeAlias = Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Mixed:
    """A batch that left."""

    round_code: str
    kind: str
    level: str
    n: int


def lock(db: Session) -> None:
    """Let one mixer after the other at the spool."""
    db.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})


def rounds_waiting(db: Session) -> list[int]:
    """Ids of the rounds of which answers wait."""
    return list(db.scalars(select(Spooled.round_id).distinct().order_by(Spooled.round_id)))


def rule_of(round_: Round, least: int, days: int) -> Rule:
    """Say when answers of a round may leave."""
    return Rule(
        least,
        days,
        whole=round_.source == "sample" and not round_.per_dossier,
        over=round_.state in ("closed", "published"),
    )


def readable(db: Session, shelf: KeyShelf) -> dict[int, X25519PrivateKey]:
    """Find the private halves that are here, by the id of their key."""
    found = {id_: shelf.find(public) for id_, public in db.execute(
        select(SpoolKey.id, SpoolKey.public_key).where(
            SpoolKey.id.in_(select(Spooled.key_id).distinct())
        )
    )}  # fmt: skip
    return {id_: private for id_, private in found.items() if private is not None}


def ready(
    db: Session,
    round_: Round,
    rule: Rule,
    now: datetime,
    today: date,
    keys: frozenset[int] | None = None,
) -> tuple[Batch, ...]:
    """Form the batches of a round that may leave now, of what is sealed with some keys or any."""
    return plan.batches(_waiting(db, round_.id, now, keys), rule, today)


def mix_next(
    db: Session,
    round_: Round,
    rule: Rule,
    shelf: KeyShelf,
    now: datetime,
    today: date,
    most: int = _MOST,
) -> Mixed | None:
    """Let the next batch of a round leave; None when none may.

    The transaction of `db` is all of it: responses and own words come, the sealed rows go, the
    invitations forget their design, and the keys are retired.
    """
    lock(db)
    keys = readable(db, shelf)
    batches = plan.batches(_waiting(db, round_.id, now, frozenset(keys)), rule, today)
    for batch in batches:
        ids = list(batch.ids)
        _chance.shuffle(ids)
        opened = _opened(db, next(plan.parts(ids, most)), keys)
        # What does not open stays and is counted; without it the rest may be too few.
        if len(opened) < rule.least:
            continue
        left = [each for _row, each in opened]
        _take_out(db, [row for row, _each in opened], now)
        responses.store(db, round_, batch, rule, left)
        responses.forget_design(db, round_, left)
        db.add(
            MixRun(
                round_id=round_.id, kind=batch.kind, level=batch.level, mixed_on=today, n=len(left)
            )
        )
        audit.record(
            db, ACTOR, "spool.mix", round_.code, kind=batch.kind, level=batch.level, n=len(left)
        )
        return Mixed(round_.code, batch.kind, batch.level, len(left))
    return None


def reseal(db: Session, shelf: KeyShelf, current: tuple[int, bytes]) -> frozenset[bytes]:
    """Seal what stays behind under the current key, so that retired keys can go.

    Returns
    -------
    frozenset of bytes
        Public halves of the retired keys that nothing is sealed with any more; their rows are
        deleted, and once that is committed nobody needs their private halves.
    """
    lock(db)
    # Waits for answers on their way in that were sealed with these keys.
    retired: dict[int, bytes] = {
        row.id: row.public_key
        for row in db.execute(
            select(SpoolKey.id, SpoolKey.public_key)
            .where(SpoolKey.retired_at.is_not(None))
            .with_for_update()
        )
    }
    for key_id, public in retired.items():
        private = shelf.find(public)
        if private is not None:
            _move(db, key_id, private, current)
    used = set(db.scalars(select(Spooled.key_id).where(Spooled.key_id.in_(retired)).distinct()))
    free = set(retired) - used
    db.execute(delete(SpoolKey).where(SpoolKey.id.in_(free)))
    return frozenset(retired[key_id] for key_id in free)


def retire_unused(db: Session, current: int, moment: datetime) -> None:
    """Retire keys older than the current one that nothing is sealed with."""
    db.execute(
        update(SpoolKey)
        .where(
            SpoolKey.id < current,
            SpoolKey.retired_at.is_(None),
            SpoolKey.id.not_in(select(Spooled.key_id)),
        )
        .values(retired_at=moment)
    )


def _waiting(
    db: Session, round_id: int, now: datetime, keys: frozenset[int] | None
) -> list[Waiting]:
    query = select(
        Spooled.id, Spooled.kind, Spooled.centre_id, Spooled.field_code, Spooled.received_on,
        Spooled.due_at <= now,
    ).where(Spooled.round_id == round_id)  # fmt: skip
    if keys is not None:
        query = query.where(Spooled.key_id.in_(keys))
    return [Waiting(*row) for row in db.execute(query)]


def _opened(
    db: Session, ids: Sequence[UUID], keys: Mapping[int, X25519PrivateKey]
) -> list[tuple[_SpooledRow, Left]]:
    """Open rows; those that do not open are left out."""
    rows = db.execute(
        select(
            Spooled.id, Spooled.kind, Spooled.round_id, Spooled.centre_id, Spooled.field_code,
            Spooled.key_id, Spooled.sealed, Spooled.invitation_id, Spooled.received_on,
        ).where(Spooled.id.in_(ids)).with_for_update()
    ).all()  # fmt: skip
    opened: list[tuple[_SpooledRow, Left]] = []
    for row in rows:
        where = about(row.kind, row.round_id, row.centre_id, row.field_code)
        private = keys.get(row.key_id)
        if private is not None:
            with suppress(SpoolSealError):
                content = unseal(row.sealed, private, where)
                opened.append((row, Left(row.invitation_id, row.received_on, content)))
    return opened


def _take_out(db: Session, rows: Sequence[_SpooledRow], now: datetime) -> None:
    """Delete rows, and let nothing more be sealed with their keys."""
    db.execute(delete(Spooled).where(Spooled.id.in_([row.id for row in rows])))
    db.execute(
        update(SpoolKey)
        .where(SpoolKey.id.in_({row.key_id for row in rows}), SpoolKey.retired_at.is_(None))
        .values(retired_at=now)
    )


def _move(db: Session, key_id: int, private: X25519PrivateKey, current: tuple[int, bytes]) -> None:
    rows = db.execute(
        select(
            Spooled.id, Spooled.kind, Spooled.round_id, Spooled.centre_id, Spooled.field_code,
            Spooled.sealed,
        ).where(Spooled.key_id == key_id).with_for_update()
    ).all()  # fmt: skip
    for row in rows:
        where = about(row.kind, row.round_id, row.centre_id, row.field_code)
        try:
            content = unseal(row.sealed, private, where)
        except SpoolSealError:
            continue
        db.execute(
            update(Spooled)
            .where(Spooled.id == row.id)
            .values(key_id=current[0], sealed=seal(content, current[1], where))
        )
