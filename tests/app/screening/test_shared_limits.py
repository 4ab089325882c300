"""Buckets that processes share in the database."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlalchemy import func, select, text

from app.models import LimitBucket
from app.models.base import now
from app.services import shared_limits
from app.services.shared_limits import KEPT, MOST_AT_ONCE, Bucket, take

KEY = b"a network"


def bucket(key=KEY, burst=40.0, per_second=0.0001):
    return Bucket(key, burst, per_second)


def drain(database, one, tries=100):
    """Take until nothing is left; how much there was, and the wait at the end."""
    total = 0.0
    for _ in range(tries):
        with database.alone() as db:
            got = take(db, [one])[one.key]
        total += got.n
        if got.n < 1:
            return total, got.wait
    raise AssertionError("never empty")


def test_a_bucket_holds_its_burst_and_no_more(database):
    total, wait = drain(database, bucket())
    assert total == 40
    assert 0 < wait <= 10_000


def test_a_full_bucket_gives_some_at_once_and_a_nearly_empty_one_one_by_one(database):
    given = []
    for _ in range(30):
        with database.alone() as db:
            given.append(take(db, [bucket()])[KEY].n)
    assert given[0] == MOST_AT_ONCE
    assert given == sorted(given, reverse=True)
    assert 1.0 in given


def test_small_buckets_give_what_they_hold(database):
    assert drain(database, bucket(burst=2.0))[0] == 2


def test_it_flows_in_again(database):
    drain(database, bucket())
    with database.write() as db:
        db.execute(text("UPDATE limit_bucket SET at = at - interval '10 s'"))
    with database.alone() as db:
        assert take(db, [bucket(per_second=0.5)])[KEY].n == 1
    with database.write() as db:
        level = db.scalar(select(LimitBucket.level))
    assert 3.9 <= level <= 5


def test_a_bucket_never_holds_more_than_its_burst(database):
    with database.alone() as db:
        take(db, [bucket(burst=6.0)])
    with database.write() as db:
        db.execute(text("UPDATE limit_bucket SET at = at - interval '1 year'"))
    assert drain(database, bucket(burst=6.0))[0] == 6


def test_several_buckets_are_asked_in_one_statement(database):
    with database.alone() as db:
        got = take(db, [bucket(b"b", burst=1.0), bucket(b"a")])
    assert {key: one.n for key, one in got.items()} == {b"a": 5, b"b": 1}


def test_processes_count_together(database):
    """Eight at once take exactly what there is, and never wait for each other in a circle."""

    def one(number):
        keys = [bucket(b"x", burst=200.0), bucket(b"y", burst=200.0)]
        total = 0.0
        for _ in range(60):
            with database.alone() as db:
                got = take(db, keys if number % 2 else keys[::-1])
            total += got[b"x"].n
        return total

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(one, range(8))) == 200


def test_the_table_is_not_logged_and_full_buckets_are_forgotten(database):
    with database.alone() as db:
        take(db, [bucket()])
    with database.write() as db:
        kind = "SELECT relpersistence FROM pg_class WHERE relname = 'limit_bucket'"
        assert db.scalar(text(kind)) == "u"
        shared_limits.forget_full(db, now())
        assert db.scalar(select(func.count()).select_from(LimitBucket)) == 1
        shared_limits.forget_full(db, now() + KEPT + timedelta(seconds=1))
        assert db.scalar(select(func.count()).select_from(LimitBucket)) == 0
