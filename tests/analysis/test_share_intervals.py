"""Intervals of shares: what each says at the ends and what holds for all of them."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.stats import beta as beta_distribution

from analysis.intervals import (
    asin_interval,
    likelihood_interval,
    logit_interval,
    share_interval,
    t_quantile,
)
from analysis.results import IntervalMethod

law = settings(max_examples=200, deadline=None, derandomize=True)

FOR_SHARES = (
    IntervalMethod.MEAN,
    IntervalMethod.LOGIT,
    IntervalMethod.XLOGIT,
    IntervalMethod.ASIN,
    IntervalMethod.BETA,
    IntervalMethod.WILSON,
    IntervalMethod.LIKELIHOOD,
)
inner = st.floats(0.001, 0.999)
sizes = st.integers(2, 5000)


def array(value):
    return np.array([float(value)])


def ends(method, share, effective_n, n, df=20, level=0.95):
    """The interval of one share whose effective size is known."""
    error = math.sqrt(share * (1 - share) / effective_n)
    low, high, is_flat = share_interval(
        method,
        array(share),
        array(error),
        n=array(n),
        flat_n=array(effective_n),
        df=array(df),
        level=level,
    )
    return float(low[0]), float(high[0]), bool(is_flat[0])


def test_asin_by_hand():
    # asin(sqrt(1/2)) = pi/4; with t = sqrt(n) the half width is 1/2.
    t = float(t_quantile(array(10), 0.95)[0])
    low, high = asin_interval(array(0.5), array(t**2), array(10), 0.95)
    assert low[0] == pytest.approx(math.sin(math.pi / 4 - 0.5) ** 2, rel=1e-14)
    assert high[0] == pytest.approx(math.sin(math.pi / 4 + 0.5) ** 2, rel=1e-14)


def test_asin_stops_at_the_end_of_its_scale():
    low, high = asin_interval(array(0.01), array(20), array(10), 0.95)
    assert low[0] == 0
    assert high[0] > 0.1
    low, high = asin_interval(array(0.99), array(20), array(10), 0.95)
    assert high[0] == 1
    assert low[0] < 0.9


@law
@given(inner, sizes, st.integers(2, 10_000), st.integers(1, 200))
def test_ends_of_the_likelihood_interval_are_where_it_is_cut(share, size, n, df):
    args = array(share), array(size), array(n), array(df)
    low, high = (float(end[0]) for end in likelihood_interval(*args, 0.95))
    cut = float(t_quantile(array(df), 0.95)[0]) ** 2 * n / (n - 1)
    assert 0 <= low < share < high <= 1
    for x in (low, high):
        if 1e-9 < x < 1 - 1e-9:
            distance = share * math.log(share / x) + (1 - share) * math.log((1 - share) / (1 - x))
            assert 2 * size * distance == pytest.approx(cut, rel=1e-6)


def test_likelihood_at_the_ends_has_width():
    args = array(30), array(30), array(10)
    cut = float(t_quantile(array(10), 0.95)[0]) ** 2 * 30 / 29 / 60
    low, high = likelihood_interval(array(0.0), *args, 0.95)
    assert (low[0], high[0]) == (0, pytest.approx(1 - math.exp(-cut), rel=1e-12))
    low, high = likelihood_interval(array(1.0), *args, 0.95)
    assert (low[0], high[0]) == (pytest.approx(math.exp(-cut), rel=1e-12), 1)


def test_in_large_samples_all_intervals_are_the_same():
    found = [ends(method, 0.3, 1e8, 1e8, df=1e8)[:2] for method in FOR_SHARES]
    for low, high in found:
        assert (low, high) == pytest.approx(found[0], abs=1e-7)


@law
@given(st.sampled_from(FOR_SHARES), inner, sizes, st.integers(2, 10_000), st.integers(1, 200))
def test_the_interval_of_a_share_is_the_mirror_of_that_of_the_others(method, share, size, n, df):
    low, high, _ = ends(method, share, size, n, df)
    mirrored_low, mirrored_high, _ = ends(method, 1 - share, size, n, df)
    assert low == pytest.approx(1 - mirrored_high, abs=1e-9)
    assert high == pytest.approx(1 - mirrored_low, abs=1e-9)


@law
@given(st.sampled_from(FOR_SHARES), inner, sizes, st.integers(1, 10_000), st.integers(1, 200))
def test_an_interval_holds_its_share_and_widens_with_the_level(method, share, size, more, df):
    n = df + more  # never fewer respondents than PSUs
    narrow = ends(method, share, size, n, df, level=0.8)
    wide = ends(method, share, size, n, df, level=0.95)
    assert wide[0] <= narrow[0] <= share <= narrow[1] <= wide[1]
    assert narrow[1] - narrow[0] > 0
    if method is not IntervalMethod.MEAN:
        assert wide[0] >= 0
        assert wide[1] <= 1


@law
@given(st.sampled_from(FOR_SHARES), st.sampled_from([0.0, 1.0]), sizes, st.integers(1, 200))
def test_where_everybody_or_nobody_has_the_trait_every_interval_has_width(method, share, n, df):
    low, high, is_flat = ends(method, share, n, n, df)
    assert is_flat
    assert 0 <= low < high <= 1
    assert share in {low, high}


def test_where_nothing_varies_the_interval_is_clopper_and_pearsons():
    low, high, _ = ends(IntervalMethod.LIKELIHOOD, 0.0, 30, 30, df=29)
    assert low == 0
    assert high == pytest.approx(beta_distribution.ppf(0.975, 1, 30), rel=1e-12)


@pytest.mark.parametrize("method", FOR_SHARES)
@pytest.mark.parametrize("share", [0.0, 0.4, 1.0])
def test_without_degrees_of_freedom_there_are_no_ends(method, share):
    low, high, _ = ends(method, share, 30, 30, df=0)
    assert math.isnan(low)
    assert math.isnan(high)


@pytest.mark.parametrize("method", [IntervalMethod.NONE, IntervalMethod.SCORE])
def test_what_is_not_an_interval_of_shares_gives_none(method):
    low, high, _ = ends(method, 0.4, 30, 30)
    assert math.isnan(low)
    assert math.isnan(high)


@law
@given(inner, st.floats(1e-4, 0.3), st.integers(1, 100))
def test_logit_and_xlogit_are_one_formula(share, error, df):
    assume(share * (1 - share) > error)
    args = array(share), array(error)
    common = {"n": array(50), "flat_n": array(50), "df": array(df), "level": 0.9}
    logit = share_interval(IntervalMethod.LOGIT, *args, **common)
    xlogit = share_interval(IntervalMethod.XLOGIT, *args, **common)
    assert (logit[0], logit[1]) == (xlogit[0], xlogit[1])
    assert logit[0] == logit_interval(*args, array(df), 0.9)[0]
