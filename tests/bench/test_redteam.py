"""Screening finds stuffed units and leaves honest ones alone, in a simulated province."""

from dataclasses import replace

import numpy as np
import pytest

from analysis.screening.findings import scale_items
from bench import redteam
from bench.redteam import World

METHOD = redteam.method_22()
N_ITEMS = len(scale_items(METHOD))


def outcome(world, seed=redteam.SEED):
    made = redteam.make(world, N_ITEMS, np.random.default_rng(seed))
    found = redteam.look(METHOD, made)
    return made, found, redteam.caught(found, made.stuffs)


@pytest.mark.parametrize("way", redteam.WAYS)
def test_most_stuffed_units_are_found_and_few_honest_ones_flagged(way):
    _, _, told = outcome(World(n_units=200, size=100, way=way))
    assert told["any"].recall >= 0.6
    assert told["any"].false_alarms <= 0.03
    assert told["two or more"].false_alarms == 0


def test_stuffing_lifts_a_unit_by_about_two_fifths_of_a_point_and_the_recount_undoes_it():
    made, found, _ = outcome(World(n_units=200, size=100))
    moved = redteam.moved(made, found, "straight-lines")
    assert moved.points == pytest.approx(0.4, abs=0.05)
    assert abs(moved.without_surplus - moved.truth) < (moved.rate - moved.truth) / 2


def test_without_stuffing_nearly_nothing_is_flagged():
    _, _, told = outcome(World(n_units=200, size=100, stuffed=0.0))
    assert told["any"].false_alarms <= 0.03


@pytest.mark.slow
@pytest.mark.parametrize("way", redteam.WAYS)
@pytest.mark.parametrize("size", redteam.SIZES)
def test_the_table_of_the_documentation_holds(way, size):
    made, _, told = outcome(replace(World(), way=way, size=size))
    assert told["any"].recall >= 0.9
    assert told["any"].false_alarms <= 0.02
    share, _ = redteam.by_interviews(made)
    assert 0.1 <= share <= 0.6
