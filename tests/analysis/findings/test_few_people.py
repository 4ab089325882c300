"""Combinations of sums about too few people: found where there are any, by every way of looking."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.few_people import UndecidedError, about_few

K = 10


def there_is_one(sums, sizes):
    """Try all sets of classes with few people: is a combination nought outside, not inside?"""
    rank = np.linalg.matrix_rank(sums)
    places = range(sums.shape[1])
    for k in range(1, len(places) + 1):
        for inside in combinations(places, k):
            if sizes[list(inside)].sum() >= K:
                continue
            outside = [place for place in places if place not in inside]
            if not outside or np.linalg.matrix_rank(sums[:, outside]) < rank:
                return rank > 0
    return False


@st.composite
def spaces(draw):
    n_classes = draw(st.integers(1, 8))
    rows = st.lists(st.integers(-1, 2), min_size=n_classes, max_size=n_classes)
    sums = np.array(draw(st.lists(rows, min_size=1, max_size=7)), dtype=float)
    sizes = draw(st.lists(st.integers(1, 9), min_size=n_classes, max_size=n_classes))
    return sums, np.array(sizes, dtype=float)


@given(spaces())
@settings(max_examples=300, deadline=None)
def test_a_combination_is_found_exactly_where_trying_everything_finds_one(space):
    sums, sizes = space
    found = about_few(sums, sizes[None], K)
    assert (found is not None) == there_is_one(sums, sizes)
    if found is not None:
        about = np.abs(found) > 1e-7
        assert 0 < sizes[about].sum() < K
        made = np.linalg.lstsq(sums.T, found, rcond=None)[0] @ sums
        assert made == pytest.approx(found, abs=1e-7)


def test_a_sum_with_signs_is_found():
    """Two pairs of groups of four: (A + B) - (B + C) tells by how many A are more than C."""
    sums = np.array([[1.0, 1.0, 0.0], [0.0, 1.0, 1.0]])
    found = about_few(sums, np.array([[4.0, 6.0, 4.0]]), K)
    assert found is not None
    assert np.flatnonzero(np.abs(found) > 1e-7).tolist() == [0, 2]


def test_people_who_came_and_people_who_went_are_counted_apart():
    """Six came and six went: nobody can say more than what became of six."""
    sums = np.array([[1.0, -1.0]])
    came_and_went = np.array([[6.0, 0.0], [0.0, 6.0]])
    assert about_few(sums, came_and_went, K) is not None
    assert about_few(sums, came_and_went.sum(axis=0)[None], K) is None


def test_what_does_not_count_is_passed_over():
    sums = np.eye(2)
    sizes = np.array([[3.0, 4.0]])
    found = about_few(sums, sizes, K, lambda v: abs(v[1]) > 1e-7)
    assert found is not None
    assert found[1] != 0
    assert about_few(sums, sizes, K, lambda _: False) is None


def test_a_search_that_would_take_too_long_says_so():
    rng = np.random.default_rng(0)
    sums = rng.integers(0, 2, (12, 40)).astype(float)
    with pytest.raises(UndecidedError):
        about_few(sums, np.ones((1, 40)), 25, most_steps=10)


def blocks_of(rng, n_blocks, n_rows, n_columns):
    """Many small sums about a few people each, beside one another."""
    sums = np.zeros((n_blocks * n_rows, n_blocks * n_columns))
    for block in range(n_blocks):
        here = np.s_[block * n_rows : (block + 1) * n_rows]
        sums[here, block * n_columns : (block + 1) * n_columns] = rng.integers(
            0, 2, (n_rows, n_columns)
        )
    return sums


def groups_of(rng, n_people, kinds):
    """Everybody is in one group of each kind: one sum for each group."""
    codes = [rng.integers(0, n_groups, n_people) for n_groups in kinds]
    return np.concatenate([np.eye(n)[:, code] for n, code in zip(kinds, codes, strict=True)])


KINDS = (12, 10, 6, 5, 3, 2)


def test_a_large_table_is_decided_without_looking_into_it_class_by_class():
    """The same takes more than 1,000 steps where nothing is narrowed."""
    sums = groups_of(np.random.default_rng(5), 600, KINDS)
    assert about_few(sums, np.ones((1, 600)), K, most_steps=2) is None


@pytest.mark.parametrize("n_inside", [1, 4, 9, K])
def test_few_people_are_found_in_a_large_table(n_inside):
    """Two of its groups differ by some people; everybody else is in both."""
    rng = np.random.default_rng(6)
    sums = groups_of(rng, 600, KINDS)
    added = rng.choice(np.flatnonzero(sums[0] == 0), n_inside, replace=False)
    larger = sums[0].copy()
    larger[added] = 1.0
    found = about_few(np.vstack([sums, larger]), np.ones((1, 600)), K)
    if n_inside == K:
        assert found is None
    else:
        assert found is not None
        assert set(np.flatnonzero(np.abs(found) > 1e-7).tolist()) == set(added.tolist())


@given(st.integers(0, 10**6), st.integers(0, 2))
@settings(max_examples=25, deadline=None, derandomize=True)
def test_narrowing_loses_nothing(seed, n_counts):
    """Small tables beside one another: about few people as soon as one of them is."""
    rng = np.random.default_rng(seed)
    sums = blocks_of(rng, 5, 3, 18)
    sizes = rng.integers(1, 5, (1 + n_counts, sums.shape[1])).astype(float)
    found = about_few(sums, sizes, K, most_steps=10**6)
    alone = [
        about_few(sums[3 * k : 3 * k + 3, 18 * k : 18 * k + 18], sizes[:, 18 * k : 18 * k + 18], K)
        is not None
        for k in range(5)
    ]
    # Fifteen dimensions are narrowed, three are not.
    assert (found is not None) == any(alone)
    if found is not None:
        assert (sizes[:, np.abs(found) > 1e-7].sum(axis=1) < K).all()
