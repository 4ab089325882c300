"""Units in which something is far more frequent than in the others."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import betabinom, binom

from analysis.screening.excess import excess


def test_among_units_that_are_alike_it_is_the_binomial_tail():
    """Nineteen units with 2 of 20 each, and one with 12: the others say 38.5 of 381."""
    found, n = np.array([2] * 19 + [12]), np.full(20, 20)
    told = excess(found, n)
    assert told.share == pytest.approx(38.5 / 381)
    assert told.correlation == 0.0
    assert told.expected[-1] == pytest.approx(20 * 38.5 / 381)
    assert told.p_value[-1] == pytest.approx(binom.sf(11, 20, 38.5 / 381))


def test_where_units_differ_much_honestly_less_stands_out():
    rng = np.random.default_rng(5)
    n = np.full(200, 100)
    same = rng.binomial(n, 0.2)
    different = rng.binomial(n, rng.beta(4, 16, 200))
    same[0] = different[0] = 35
    assert excess(same, n).p_value[0] < 0.001 < excess(different, n).p_value[0]


def test_correlation_and_share_are_those_of_the_simulation():
    rng = np.random.default_rng(7)
    n = rng.integers(50, 400, 4_000)
    told = excess(rng.binomial(n, rng.beta(6, 24, 4_000)), n)
    assert told.share == pytest.approx(0.2, abs=0.01)
    assert told.correlation == pytest.approx(1 / 31, rel=0.15)


def test_p_values_of_honest_units_are_no_smaller_than_chance():
    """Of 4,000 units drawn as the model says, at most 5 % may have p ≤ 5 %, and so on."""
    rng = np.random.default_rng(11)
    n = rng.integers(50, 400, 4_000)
    p = excess(rng.binomial(n, rng.beta(6, 24, 4_000)), n).p_value
    for level in (0.05, 0.01, 0.001):
        assert (p <= level).mean() <= level + 3 * np.sqrt(level / 4_000)


def test_a_tenth_of_stuffed_units_do_not_hide_one_another():
    rng = np.random.default_rng(3)
    n = np.full(300, 100)
    found = rng.binomial(n, rng.beta(4, 36, 300))
    found[:30] = rng.binomial(100, 0.4, 30)
    told = excess(found, n)
    assert told.share == pytest.approx(0.1, abs=0.02)
    assert (told.p_value[:30] < 0.01).mean() > 0.9


def test_nothing_to_look_at_and_nothing_found_is_no_reason():
    assert excess(np.array([0, 0]), np.array([0, 30])).p_value.tolist() == [1.0, 1.0]


@given(
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=30),
)
def test_p_values_are_probabilities_and_more_found_is_never_more_usual(pairs):
    found = np.array([min(pair) for pair in pairs])
    n = np.array([max(pair) for pair in pairs])
    told = excess(found, n)
    assert ((told.p_value >= 0) & (told.p_value <= 1)).all()
    assert 0 <= told.correlation < 1
    if told.correlation > 0 and n[0] > 1:
        a = told.share * (1 / told.correlation - 1)
        b = (1 - told.share) * (1 / told.correlation - 1)
        assert told.p_value[0] == pytest.approx(betabinom.sf(found[0] - 1, n[0], a, b))
