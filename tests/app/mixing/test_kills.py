"""The mixer is killed at any moment: no answer is lost, none is there twice, no key is missing."""

import os
import random
import signal
import time
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from app.db import Database
from app.models import Response, Spooled, SpoolKey
from app.services.mixing.work import Mixer
from tests.app import builders
from tests.app.mixing.conftest import NOW

N = 240


@pytest.fixture
def numbered(world, database):
    with database.write() as db:
        world.round = builders.sampled_round(db, world.town.campaign, "numbered", per_dossier=True)
    return world


def mixer_process(world):
    """Run the mixer as a process of its own, with connections of its own."""
    child = os.fork()
    if child:
        return child
    try:
        database = Database(world.database.url)
        Mixer(database, world.settings).run(NOW + timedelta(days=2), most=40)
    finally:
        # Nothing of the test run that was forked may run on in here.
        os._exit(0)


def numbers(world):
    return Counter(row.answers["number"] for row in world.rows(Response))


def fill(world, n, start=0):
    for number in range(start, start + n):
        world.answer(entered={"number": [str(number)]}, field=("a", "b", "c")[number % 3])


def kill_at_random(world, kills, seed):
    """Kill the mixer again and again; whenever all is mixed, there is more to mix."""
    chance = random.Random(seed)
    fill(world, N)
    handed_in, killed, finished = N, 0, 0
    began = time.monotonic()
    os.waitpid(mixer_process(world), 0)
    longest = 1.1 * (time.monotonic() - began)
    assert not world.count(Spooled)
    while killed < kills:
        if not world.count(Spooled):
            fill(world, N, handed_in)
            handed_in += N
        child = mixer_process(world)
        began = time.monotonic()
        wait = chance.uniform(0, longest)
        while time.monotonic() - began < wait:
            if os.waitpid(child, os.WNOHANG)[0]:
                finished += 1
                break
        else:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            killed += 1
            if killed % 50 == 0:
                print(
                    f"{handed_in} answers, {killed} kills, {finished} runs to their end", flush=True
                )
        check(world, handed_in)
    return handed_in, killed, finished


def check(world, handed_in):
    """Every answer is in exactly one place, and every one that waits can be opened."""
    with world.database.read() as db:
        # One moment for both tables: the server may still be ending what the killed one began.
        both = db.execute(
            text("SELECT (SELECT count(*) FROM response), (SELECT count(*) FROM spooled)")
        ).one()
        needed = db.scalars(
            select(SpoolKey.public_key).where(SpoolKey.id.in_(select(Spooled.key_id)))
        ).all()
    assert sum(both) == handed_in
    assert all(world.shelf.find(public) is not None for public in needed)


def run(world, kills, seed):
    handed_in, killed, finished = kill_at_random(world, kills, seed)
    world.close()
    world.mix(NOW + timedelta(days=3))
    assert numbers(world) == Counter(range(handed_in))
    assert world.count(Spooled) == 0
    assert len(world.shelf.names()) == world.count(SpoolKey) == 1
    print(f"{handed_in} answers, {killed} kills, {finished} runs to their end")


def test_a_mixer_killed_at_random_loses_nothing_and_doubles_nothing(numbered):
    run(numbered, 25, seed=1)


@pytest.mark.slow
def test_the_same_with_five_hundred_kills(numbered):
    run(numbered, 500, seed=2)


def test_a_mixer_that_dies_between_commit_and_destroying_is_swept_after(numbered, monkeypatch):
    class Died(BaseException):
        pass

    def die(_self, _name):
        raise Died

    fill(numbered, 60)
    with monkeypatch.context() as patch:
        patch.setattr(type(numbered.shelf), "destroy", die)
        with pytest.raises(Died):
            numbered.mix(NOW + timedelta(days=2))
    assert len(numbered.shelf.names()) == 2
    numbered.mix(NOW + timedelta(days=2))
    assert len(numbered.shelf.names()) == 1
    assert numbers(numbered) == Counter(range(60))
