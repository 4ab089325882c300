"""The test of kills is right about what it sees; a short run of it, with a control to catch."""

import pytest

from bench.chaos import runs
from bench.chaos.clients import Ledger
from bench.chaos.verdict import judge
from bench.chaos.world import Stored


def ledger(*acknowledged):
    return Ledger(acknowledged=set(acknowledged))


@pytest.mark.parametrize(
    ("acknowledged", "stored", "unfinished", "word"),
    [
        ((0, 1, 2), {0: 1, 1: 1, 2: 1}, "", "passed"),
        ((0, 1), {0: 1, 1: 1, 2: 1}, "", "passed"),  # stored, and the reply was lost
        ((0, 1, 2), {0: 1, 2: 1}, "", "FAILED"),
        ((0, 1, 2), {0: 1, 1: 2, 2: 1}, "", "FAILED"),
        ((0,), {0: 1, 7: 1}, "", "FAILED"),  # nobody sent it
        ((0, 1), {0: 1, 1: 1}, "only 2 of 3 were thanked in time", "inconclusive"),
    ],
)
def test_a_verdict_by_hand(acknowledged, stored, unfinished, word):
    found = judge("run", ledger(*acknowledged), Stored(stored, 0), 3, unfinished=unfinished)
    assert found.word == word


def test_what_could_not_be_mixed_is_no_verdict():
    assert judge("run", ledger(0), Stored({0: 1}, 2), 3).word == "inconclusive"


def test_a_refusal_that_says_nothing_of_coming_back_fails():
    told = ledger(0)
    told.faults.append("503 without Retry-After")
    assert judge("run", told, Stored({0: 1}, 0), 1).word == "FAILED"


@pytest.mark.slow
def test_nothing_is_lost_or_doubled_when_backends_are_killed():
    found = runs.kills("short", 150, least_kills=2, kinds=("backend",), every=(10, 40))
    assert found.word == "passed", found.line()


@pytest.mark.slow
def test_without_a_unique_key_the_same_clients_are_counted_twice():
    found = runs.kills("control", 400, least_kills=0, careless="twice", kinds=(), drops=0.3)
    assert found.doubled, found.line()
