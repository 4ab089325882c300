"""Ranks that say how sure they are."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm, t

from analysis.ranking.draws import joint_errors, standard_normals, symmetric_root
from analysis.ranking.groups import indistinguishable
from analysis.ranking.pairs import all_pairs, normal_score, told_apart
from analysis.ranking.scale import Compared, as_log_odds
from analysis.ranking.uncertain import rank_uncertainly

MANY = 1e6


def units(values, errors, df=MANY, covariance=None):
    p = len(values)
    matrix = np.diag(np.square(errors)) if covariance is None else covariance
    return Compared(np.array(values, dtype=float), matrix, np.broadcast_to(float(df), p).copy())


def ranges(ranking, which=""):
    return [(getattr(unit, f"{which}low"), getattr(unit, f"{which}high")) for unit in ranking.units]


def test_the_seed_is_the_stream():
    """Raw numbers of Philox are guaranteed by numpy; the first ones by the inverse."""
    raw = np.random.Philox(key=7).random_raw(2)
    shares = ((raw >> np.uint64(11)).astype(float) + 0.5) / 2**53
    assert standard_normals(1, 2, 7).ravel() == pytest.approx(norm.ppf(shares), rel=1e-12)
    assert (standard_normals(3, 2, 7) == standard_normals(3, 2, 7)).all()
    assert not (standard_normals(3, 2, 7) == standard_normals(3, 2, 8)).any()


def test_drawn_errors_have_the_covariance():
    wanted = np.array([[4.0, 1.0, 0.0], [1.0, 1.0, 0.5], [0.0, 0.5, 9.0]])
    found = np.cov(joint_errors(wanted, 50_000, 1).T)
    assert found == pytest.approx(wanted, abs=0.12)


def test_a_root_of_a_singular_matrix():
    matrix = np.array([[1.0, -1.0], [-1.0, 1.0]])
    root = symmetric_root(matrix)
    assert root @ root == pytest.approx(matrix, abs=1e-12)


def test_far_apart_everything_is_known():
    ranking = rank_uncertainly(units([3.0, 1.0, 2.0], [0.01, 0.01, 0.01]), top=1)
    for which in ("", "joint_", "region_"):
        assert ranges(ranking, which) == [(1, 1), (3, 3), (2, 2)]
    assert [unit.p_top for unit in ranking.units] == [1.0, 0.0, 0.0]
    assert [unit.groups for unit in ranking.units] == [(0,), (2,), (1,)]


def test_nothing_known_everything_is_possible():
    ranking = rank_uncertainly(units([3.0, 1.0, 2.0], [50.0, 50.0, 50.0]), top=1)
    for which in ("", "joint_", "region_"):
        assert ranges(ranking, which) == [(1, 3)] * 3
    assert [unit.groups for unit in ranking.units] == [(0,)] * 3
    assert [unit.p_top for unit in ranking.units] == pytest.approx([1 / 3] * 3, abs=0.03)


def test_two_units_are_a_two_sided_test():
    """One pair: apart when the difference exceeds the quantile of one normal."""
    error = np.sqrt(0.5)
    for difference, is_apart in ((1.93, False), (1.99, True)):
        ranking = rank_uncertainly(units([difference, 0.0], [error, error]), n_draws=200_000)
        assert (ranges(ranking)[0] == (1, 1)) is is_apart
        assert (ranges(ranking, "joint_")[0] == (1, 1)) is is_apart
        assert ranking.limit == pytest.approx(1.96, abs=0.02)


def test_few_degrees_of_freedom_ask_for_more():
    """With 8 and 8 degrees of freedom and equal errors the pair has 16: t needs 2.12."""
    pairs = all_pairs(units([2.05, 0.0], [np.sqrt(0.5)] * 2, df=8))
    assert pairs.score[0] == pytest.approx(norm.isf(t.sf(2.05, 16)))
    assert normal_score(np.array([2.0]), np.array([MANY]))[0] == pytest.approx(2.0, abs=1e-5)
    assert normal_score(np.array([-300.0]), np.array([MANY]))[0] == -37.0


def test_units_that_vary_together_are_told_apart_sooner():
    values, errors = [1.0, 0.0], [1.0, 1.0]
    together = np.array([[1.0, 0.98], [0.98, 1.0]])
    assert ranges(rank_uncertainly(units(values, errors))) == [(1, 2), (1, 2)]
    joined = rank_uncertainly(units(values, errors, covariance=together))
    assert ranges(joined) == [(1, 1), (2, 2)]


def test_units_that_vary_alike_and_differ_not_are_not_apart():
    same = np.ones((2, 2))
    assert ranges(rank_uncertainly(units([1.0, 1.0], [1, 1], covariance=same))) == [(1, 2), (1, 2)]


def test_a_step_down_finds_what_one_step_does_not():
    """Once the far unit is apart, the family is smaller and so is the limit."""
    errors = [np.sqrt(0.5)] * 3
    everything = rank_uncertainly(units([60.0, 2.3, 0.0], errors), n_draws=100_000)
    assert everything.limit == pytest.approx(2.34, abs=0.03)
    assert ranges(everything, "joint_") == [(1, 1), (2, 2), (3, 3)]
    closer = rank_uncertainly(units([60.0, 2.0, 0.0], errors), n_draws=100_000)
    assert ranges(closer, "joint_") == [(1, 1), (2, 3), (2, 3)]


def test_groups_share_a_letter_if_and_only_if_they_cannot_be_told_apart():
    apart = np.zeros((3, 3), dtype=bool)
    apart[0, 2] = apart[2, 0] = True
    assert indistinguishable(apart, [0, 1, 2]) == ((0, 1), (1, 2))
    assert indistinguishable(~np.eye(3, dtype=bool), [2, 1, 0]) == ((0,), (1,), (2,))
    assert indistinguishable(np.zeros((0, 0), dtype=bool), []) == ()


def test_everybody_satisfied_is_near_the_end_but_not_certain():
    """30 of 30: log-odds log(61), variance 1 / 30.5 + 1 / 0.5."""
    found = as_log_odds(
        np.array([1.0, 0.5]), np.diag([0.0, 0.01]), np.array([9.0, 9.0]), np.array([30.0, 25.0])
    )
    assert found.value == pytest.approx([np.log(61.0), 0.0])
    assert np.diag(found.covariance) == pytest.approx([1 / 30.5 + 2.0, 0.01 * 16])


def test_the_whole_table_is_the_top_when_it_is_short():
    ranking = rank_uncertainly(units([1.0, 0.0], [1.0, 1.0]), top=5)
    assert [unit.p_top for unit in ranking.units] == [1.0, 1.0]


@st.composite
def samples(draw):
    p = draw(st.integers(2, 8))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    values = rng.normal(0, draw(st.sampled_from([0.1, 1.0, 5.0])), p)
    loadings = rng.normal(0, 1, (p, p + 2))
    return units(values, None, draw(st.sampled_from([4, 30, MANY])), loadings @ loadings.T / p)


@settings(max_examples=60, deadline=None)
@given(samples())
def test_laws_of_rank_intervals(one):
    p = len(one.value)
    ranking = rank_uncertainly(one, n_draws=2_000, top=2)
    order = np.argsort(-one.value, kind="stable")
    place = np.empty(p, dtype=int)
    place[order] = np.arange(1, p + 1)
    for k, unit in enumerate(ranking.units):
        assert unit.low <= place[k] <= unit.high
        assert unit.joint_low <= place[k] <= unit.joint_high
        assert unit.region_low <= place[k] <= unit.region_high
        # Together costs more than alone, but for the chance in 2,000 draws.
        assert unit.joint_high - unit.joint_low >= unit.high - unit.low - 1
        assert unit.groups
    if p > 2:
        assert sum(unit.p_top for unit in ranking.units) == pytest.approx(2.0, abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(samples(), st.randoms(use_true_random=False))
def test_the_order_of_units_does_not_matter_to_who_is_apart(one, random):
    p = len(one.value)
    moved = random.sample(range(p), p)
    again = Compared(one.value[moved], one.covariance[np.ix_(moved, moved)], one.df[moved])
    errors = joint_errors(one.covariance, 2_000, 3)

    def apart(compared, drawn):
        pairs = all_pairs(compared)
        signs, _ = told_apart(pairs, drawn, 0.95)
        return pairs, signs

    pairs, signs = apart(one, errors)
    other_pairs, other_signs = apart(again, errors[:, moved])
    found = np.zeros((p, p), dtype=int)
    found[pairs.first, pairs.second], found[pairs.second, pairs.first] = signs, -signs
    other = np.zeros((p, p), dtype=int)
    other[other_pairs.first, other_pairs.second] = other_signs
    other[other_pairs.second, other_pairs.first] = -other_signs
    assert (found[np.ix_(moved, moved)] == other).all()


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 9), st.randoms(use_true_random=False))
def test_groups_are_exactly_the_pairs_that_are_not_apart(p, random):
    apart = np.zeros((p, p), dtype=bool)
    for i in range(p):
        for j in range(i):
            apart[i, j] = apart[j, i] = random.random() < 0.4
    order = random.sample(range(p), p)
    groups = indistinguishable(apart, order)
    for i in range(p):
        for j in range(p):
            share = any(i in group and j in group for group in groups)
            assert share == (not apart[order[i], order[j]])
    for one in groups:
        assert not any(set(one) < set(other) for other in groups)
