"""Token buckets that all processes share: how many answers a network or a counter may hand in.

They stand in an unlogged table of PostgreSQL: no write to the disk, lost in a crash, after which
all are full. A process takes a few at a time, so most answers ask for nothing; the fewer are left,
the fewer it takes, so that processes count together to the last one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.db import Alone
from app.models import LimitBucket

# Taken at once of a full bucket, as a part of it, and at most.
PART: Final = 8
MOST_AT_ONCE: Final = 5
# Buckets that nobody touched for so long are full whatever their measure.
KEPT: Final = timedelta(hours=1)

# Keys in order, so that two processes never wait for each other.
_TAKE: Final = """
WITH asked AS (
    SELECT * FROM unnest(%(keys)s::bytea[], %(bursts)s::float8[], %(rates)s::float8[])
        AS each(key, burst, rate)
    ORDER BY key
), taken AS (
    INSERT INTO limit_bucket AS old (key, level, granted, at)
    SELECT key, burst - least(%(most)s, burst), least(%(most)s, burst), clock_timestamp() FROM asked
    ON CONFLICT (key) DO UPDATE SET (level, granted, at) = (
        SELECT had - give, give, clock_timestamp()
        FROM (
            SELECT had, CASE WHEN had < 1 THEN 0
                ELSE least(%(most)s, greatest(1, floor(had / %(part)s))) END AS give
            FROM (
                SELECT least(asked.burst, old.level + asked.rate * greatest(
                    0, extract(epoch FROM clock_timestamp() - old.at))) AS had
                FROM asked WHERE asked.key = old.key
            ) AS now
        ) AS split
    )
    RETURNING key, level, granted
)
SELECT array_agg(granted ORDER BY key), array_agg(level ORDER BY key) FROM taken
"""


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket asked of.

    Attributes
    ----------
    key : bytes
        Digest that stands for a network or a counter.
    burst : float
        What it holds when full.
    per_second : float
        What flows in.
    """

    key: bytes
    burst: float
    per_second: float


@dataclass(frozen=True, slots=True)
class Granted:
    """What was taken of a bucket: so many answers, or none and the seconds to wait for one."""

    n: float
    wait: float


def take(db: Alone, buckets: Sequence[Bucket]) -> dict[bytes, Granted]:
    """Take a few answers of every bucket, in one statement.

    Parameters
    ----------
    buckets : sequence of Bucket
        No key twice.
    """
    ordered = sorted(buckets, key=lambda each: each.key)
    granted, levels = db.row(
        _TAKE,
        {
            "keys": [each.key for each in ordered],
            "bursts": [float(each.burst) for each in ordered],
            "rates": [each.per_second for each in ordered],
            "most": float(MOST_AT_ONCE),
            "part": float(PART),
        },
    )
    return {
        each.key: Granted(n, 0.0 if n >= 1 else (1.0 - level) / each.per_second)
        for each, n, level in zip(ordered, granted, levels, strict=True)
    }


def forget_full(db: Session, now: datetime) -> None:
    """Delete buckets that are full again."""
    db.execute(delete(LimitBucket).where(LimitBucket.at < now - KEPT))
