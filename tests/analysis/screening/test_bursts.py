"""Windows of days with more answers than the other days explain."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from analysis.screening.bursts import WIDTHS, day_dispersion, expected_shares, scan


def test_one_dense_day_by_hand():
    """Five of eight answers on one of four days: P(Bin(8, 1/4) ≥ 5), times four windows."""
    counts = np.array([[1, 5, 1, 1]])
    found = scan(counts, np.full((1, 4), 0.25), widths=(1,), dispersion=1.0)
    assert (found.first[0], found.last[0], found.found[0]) == (1, 1, 5)
    assert found.expected[0] == 2.0
    by_hand = sum(math.comb(8, k) * 3 ** (8 - k) for k in range(5, 9)) / 4**8
    assert found.p_value[0] == pytest.approx(4 * by_hand)


def test_a_busy_day_of_everybody_is_no_burst():
    counts = np.array([[2, 20, 2, 2]] * 10)
    shares = expected_shares(counts, np.ones(4, dtype=bool))
    assert shares.sum(axis=1) == pytest.approx(1.0)
    assert (scan(counts, shares).p_value > 0.5).all()


def test_a_window_of_several_days_is_found_whole():
    counts = np.full((1, 30), 2)
    counts[0, 10:13] = 9
    found = scan(counts, np.full((1, 30), 1 / 30), dispersion=1.0)
    assert (found.first[0], found.last[0], found.found[0]) == (10, 12, 27)


def test_without_answers_there_is_no_burst():
    found = scan(np.zeros((1, 5), dtype=int), np.full((1, 5), 0.2))
    assert found.p_value.tolist() == [1.0]


def test_days_that_vary_more_than_chance_everywhere_are_allowed_for():
    rng = np.random.default_rng(2)
    visits = rng.poisson(2.0, (200, 60))
    counts = visits * 3
    shares = np.full((200, 60), 1 / 60)
    assert day_dispersion(counts, shares) == pytest.approx(3.0, rel=0.1)
    assert day_dispersion(visits, shares) == pytest.approx(1.0, abs=0.1)
    assert scan(counts, shares, dispersion=1.0).p_value.min() < 1e-4
    assert (scan(counts, shares).p_value < 0.05).mean() < 0.05


def test_p_values_are_never_smaller_than_those_of_simulated_windows():
    """The bound against the distribution it bounds: 20,000 honest units, all windows."""
    rng = np.random.default_rng(4)
    share = np.full(40, 1 / 40)
    counts = rng.multinomial(80, share, size=20_000)
    p = scan(counts, np.tile(share, (20_000, 1)), dispersion=1.0).p_value
    for level in (0.2, 0.05, 0.01):
        assert (p <= level).mean() <= level
    # It is a bound, not a formality: bursts are found at a useful rate.
    burst = counts[:200].copy()
    burst[:, 7:9] += 8
    told = scan(burst, np.tile(share, (200, 1)), dispersion=1.0)
    assert (told.p_value < 0.05).mean() > 0.9


@given(st.integers(0, 2**32 - 1), st.integers(1, 12), st.integers(1, 40))
def test_the_window_is_among_those_looked_at_and_counted_right(seed, n_days, n):
    rng = np.random.default_rng(seed)
    counts = rng.multinomial(n, np.full(n_days, 1 / n_days), size=3)
    shares = np.full((3, n_days), 1 / n_days)
    found = scan(counts, shares, dispersion=1.0)
    for unit in range(3):
        window = slice(found.first[unit], found.last[unit] + 1)
        assert found.last[unit] - found.first[unit] + 1 in WIDTHS
        assert found.found[unit] == counts[unit, window].sum()
        share = (found.last[unit] - found.first[unit] + 1) / n_days
        tail = binom.sf(found.found[unit] - 1, n, min(share, 1.0))
        assert found.p_value[unit] >= min(1.0, tail) * (1 - 1e-9)


@given(st.integers(0, 2**32 - 1))
def test_turning_the_calendar_round_changes_no_p_value(seed):
    rng = np.random.default_rng(seed)
    counts = rng.poisson(2.0, (4, 20)) + 1
    shares = expected_shares(counts, np.ones(20, dtype=bool))
    one, other = scan(counts, shares), scan(counts[:, ::-1], shares[:, ::-1])
    assert other.p_value == pytest.approx(one.p_value)
