"""Methods on lists short enough to draw with a pencil."""

import itertools
import math

import numpy as np
import pytest

from surveys.sampling.joint import circular_joint, sampford_joint
from surveys.sampling.methods import listed, ordered, sampford
from surveys.sampling.methods.probabilities import equal, proportional


def one_group(n):
    return np.zeros(n, dtype=np.int32)


def at_intervals(size, n, start):
    size = np.array(size)
    found = listed.at_intervals(
        np.arange(len(size)), one_group(len(size)), size, np.array([n]), np.array([start])
    )
    return np.flatnonzero(found).tolist()


def test_a_systematic_sample_by_hand():
    # Interval 10 / 4 = 2.5, points 0.25 + 2.5 k: 0.25, 2.75, 5.25, 7.75.
    assert at_intervals([1] * 10, 4, 0.1) == [0, 2, 5, 7]
    assert at_intervals([1] * 10, 4, 0.999) == [2, 4, 7, 9]


def test_a_systematic_sample_proportional_to_size_by_hand():
    # Interval 5, points 2, 7, 12, 17 on the running sum 5, 6, 10, 11, 15, 20.
    assert at_intervals([5, 1, 4, 1, 4, 5], 4, 0.4) == [0, 2, 4, 5]
    # A point at the very beginning of a unit's part is the unit's.
    assert at_intervals([5, 1, 4, 1, 4, 5], 4, 0.0) == [0, 1, 3, 5]


def test_every_start_draws_n_units_and_each_unit_as_often_as_its_size_says():
    size = [7, 2, 0, 5, 9, 4, 3]
    total, n = sum(size), 3
    counts = np.zeros(len(size))
    for start in range(total):
        drawn = at_intervals(size, n, start / total)
        assert len(drawn) == n
        counts[drawn] += 1
    assert counts.tolist() == [n * x for x in size]


def test_a_circular_sample_by_hand():
    found = listed.round_the_circle(
        np.arange(10), one_group(10), np.array([4]), np.array([0.87])
    )  # from 8: 8, 8 + 2, 8 + 5, 8 + 7 round ten places
    assert np.flatnonzero(found).tolist() == [0, 3, 5, 8]


@pytest.mark.parametrize(("count", "n"), [(10, 4), (7, 7), (9, 2), (13, 5), (5, 1), (6, 0)])
def test_every_start_of_a_circle_draws_n_and_each_unit_n_times(count, n):
    counts = np.zeros(count)
    for start in range(count):
        found = listed.round_the_circle(
            np.arange(count), one_group(count), np.array([n]), np.array([start / count])
        )
        assert found.sum() == n
        counts += found
    assert counts.tolist() == [n] * count


def test_joint_probabilities_of_a_circle_count_the_starts():
    count, n = 11, 4
    expected = np.zeros((count, count))
    for start in range(count):
        found = listed.round_the_circle(
            np.arange(count), one_group(count), np.array([n]), np.array([start / count])
        ).astype(float)
        expected += np.outer(found, found) / count
    assert circular_joint(count, n, np.arange(count)) == pytest.approx(expected)


def test_groups_are_drawn_apart():
    group = np.array([0, 1, 0, 1, 1, 0], dtype=np.int32)
    order = np.argsort(group, kind="stable")
    found = listed.at_intervals(
        order, group, np.array([1, 2, 1, 2, 4, 1]), np.array([1, 2]), np.array([0.5, 0.5])
    )
    # Group 0: point 1.5 of 3. Group 1: points 2 and 6 of 2, 4, 8.
    assert found.tolist() == [False, False, True, True, True, False]


def test_large_units_are_certain_and_the_rest_share_what_is_left():
    # 3 * 80 >= 100; of the others 2 * 14 >= 20; then 1 * size / 6.
    size = np.array([80, 14, 3, 2, 1])
    found = proportional(one_group(5), 1, size, np.array([3.0]), None)
    assert found.at(np.arange(5), one_group(5)) == pytest.approx([1, 1, 1 / 2, 1 / 3, 1 / 6])
    assert found.is_certain.tolist() == [True, True, False, False, False]


def test_named_units_are_certain_whatever_their_size():
    named = np.array([False, False, False, True])
    found = proportional(one_group(4), 1, np.array([10, 20, 10, 0]), np.array([2.0]), named)
    assert found.at(np.arange(4), one_group(4)) == pytest.approx([0.25, 0.5, 0.25, 1])
    found = equal(one_group(4), np.array([4.0]), np.array([2.0]), named)
    assert found.at(np.arange(4), one_group(4)) == pytest.approx([1 / 3, 1 / 3, 1 / 3, 1])


def test_units_without_size_cannot_be_drawn():
    found = proportional(one_group(3), 1, np.array([0, 5, 5]), np.array([1.0]), None)
    assert found.at(np.arange(3), one_group(3)).tolist() == [0, 0.5, 0.5]
    nothing = proportional(one_group(2), 1, np.array([0, 0]), np.array([1.0]), None)
    assert nothing.at(np.arange(2), one_group(2)).tolist() == [0, 0]


def probability_of(sample, p):
    """Sampford's probability of a sample, not yet divided by the sum over all samples."""
    return sum(1 - p[i] for i in sample) * math.prod(p[i] / (1 - p[i]) for i in sample)


def test_sampford_draws_each_sample_with_its_probability():
    p, n = np.array([0.6, 0.2, 0.5, 0.4, 0.3]), 2
    samples = list(itertools.combinations(range(5), n))
    weights = np.array([probability_of(sample, p) for sample in samples])
    random = np.random.default_rng(7)
    draws = 40_000
    seen = dict.fromkeys(samples, 0)
    for _ in range(draws):
        seen[tuple(np.flatnonzero(sampford.draw(p, n, random.random(5))).tolist())] += 1
    expected = weights / weights.sum()
    error = 4.5 * np.sqrt(expected * (1 - expected) / draws)
    assert (np.abs(np.array(list(seen.values())) / draws - expected) < error).all()


def test_sampford_has_the_probabilities_it_was_given():
    p, n = np.array([0.85, 0.15, 0.45, 0.7, 0.6, 0.25]), 3
    joint = sampford_joint(p, n, np.arange(6))
    assert np.diag(joint) == pytest.approx(p)
    assert joint.sum(axis=1) == pytest.approx(n * p)  # each with the n of the sample


@pytest.mark.parametrize("u", [0.0, 1 - 2**-53])
def test_sampford_draws_n_units_at_the_ends_of_chance(u):
    p = np.array([0.999999, 1e-6, 0.5, 0.5, 1.0 - 1e-6, 1e-6])
    assert sampford.draw(p * 3 / p.sum(), 3, np.full(6, u)).sum() == 3


def test_sampford_with_one_unit_or_none():
    p = np.array([0.5, 0.25, 0.25])
    assert sampford.draw(p, 1, np.array([0.1, 0.1, 0.1])).sum() == 1
    assert sampford.draw(p, 0, np.array([0.1, 0.1, 0.1])).sum() == 0
    assert sampford_joint(p, 1, np.arange(3)).tolist() == np.diag(p).tolist()


def test_order_and_reserves_by_hand():
    group = np.array([0, 0, 1, 0, 1, 1], dtype=np.int32)
    keys = np.array([0.9, 0.1, 0.5, 0.4, 0.2, 0.8])
    found = ordered.first_of(group, keys, None, np.array([1, 2]), np.array([1, 5]))
    assert found.place.tolist() == [1, 3, 4, 2, 5]
    assert found.group.tolist() == [0, 0, 1, 1, 1]
    assert found.order.tolist() == [1, 2, 1, 2, 3]
    assert found.reserve.tolist() == [0, 1, 0, 0, 1]


def test_equal_keys_stay_in_order():
    keys = np.array([0.5, 0.5, 0.5, 0.1])
    found = ordered.first_of(one_group(4), keys, None, np.array([3]), np.array([0]))
    assert found.place.tolist() == [3, 0, 1]


def test_choosing_the_first_of_many_is_sorting_all():
    random = np.random.default_rng(3)
    group = random.integers(0, 40, 60_000).astype(np.int32)
    keys = random.random(60_000)
    n, spare = random.integers(0, 30, 40), random.integers(0, 9, 40)
    found = ordered.first_of(group, keys, None, n, spare)
    for number in range(40):
        own = np.flatnonzero(group == number)
        expected = own[np.argsort(keys[own])][: n[number] + spare[number]]
        assert found.place[found.group == number].tolist() == expected.tolist()


def test_keys_that_are_not_spread_evenly_are_sorted_too():
    random = np.random.default_rng(3)
    group = random.integers(0, 40, 60_000).astype(np.int32)
    keys = 0.9 + random.random(60_000) / 10
    found = ordered.first_of(group, keys, None, np.full(40, 5), np.zeros(40, dtype=np.int64))
    assert len(found.place) == 200


def order(columns, *, ties=None, is_serpentine=False, group=None):
    n = len(columns[0]) if columns else len(ties)
    group = one_group(n) if group is None else np.array(group, dtype=np.int32)
    arrays = [np.array(column) for column in columns]
    ties = None if ties is None else np.array(ties)
    return listed.list_order(group, arrays, ties, is_serpentine=is_serpentine).tolist()


def test_lists_are_ordered_by_one_column_within_another():
    assert order([[2, 1, 2, 1], [5, 8, 3, 7]]) == [3, 1, 2, 0]
    assert order([[1, 0, 1, 0]], ties=[9, 8, 2, 7]) == [3, 1, 2, 0]
    assert order([], ties=[9, 8, 2, 7]) == [2, 3, 1, 0]


def test_a_serpentine_turns_every_second_block_round():
    district = [0, 0, 0, 0, 1, 1, 1, 1, 2, 2]
    commune = [0, 0, 1, 1, 0, 0, 1, 1, 0, 1]
    # d0: c0 (0, 1), c1 turned (3, 2); d1 as a whole turned: (4, 5, 7, 6) backwards; d2: 8, 9.
    assert order([district, commune], is_serpentine=True) == [0, 1, 3, 2, 6, 7, 5, 4, 8, 9]


def test_serpentines_of_groups_begin_anew():
    found = order([[1, 0, 1, 0, 0, 1]], is_serpentine=True, group=[0, 0, 0, 1, 1, 1])
    assert found == [1, 2, 0, 3, 4, 5]
