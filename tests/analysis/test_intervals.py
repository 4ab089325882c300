"""Intervals against textbooks and other libraries."""

import math

import numpy as np
import pytest
from scipy.stats import beta
from statsmodels.stats.proportion import proportion_confint

from analysis.intervals import (
    beta_interval,
    kish_n,
    logit_interval,
    mean_interval,
    t_quantile,
    wilson_interval,
)

MANY = np.array([1e9])


def one(ends):
    return float(ends[0][0]), float(ends[1][0])


def at(*values):
    return (np.array([float(value)]) for value in values)


def test_without_degrees_of_freedom_there_is_no_quantile():
    assert np.isnan(t_quantile(np.array([0.0, -1.0, np.nan]), 0.95)).all()


def test_with_many_the_quantile_is_the_normal_one():
    assert t_quantile(MANY, 0.95)[0] == pytest.approx(1.959963984540054, rel=1e-8)


def test_wilson_is_that_of_statsmodels_when_df_is_large():
    share, n = at(0.9, 50)
    low, high = one(wilson_interval(share, n, MANY, 0.95))
    theirs = proportion_confint(45, 50, method="wilson")
    assert (low, high) == pytest.approx(theirs, rel=1e-7)


def test_wilson_reaches_the_ends_but_is_never_of_zero_width():
    share, n = at(1.0, 50)
    low, high = one(wilson_interval(share, n, np.array([20.0]), 0.95))
    assert high == 1
    assert low < 0.95


def test_beta_is_clopper_and_pearson_without_clustering():
    share, n, size, df = at(0.9, 50, 50, 49)
    low, high = one(beta_interval(share, n, size, df, 0.95))
    theirs = proportion_confint(45, 50, method="beta")
    assert (low, high) == pytest.approx(theirs, rel=1e-9)


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_beta_at_the_ends_has_width(share):
    p, n, size, df = at(share, 30, 30, 29)
    low, high = one(beta_interval(p, n, size, df, 0.95))
    width = 1 - beta.ppf(0.025, 30, 1)
    assert high - low == pytest.approx(width, rel=1e-9)
    assert share in {low, high}


def test_beta_widens_with_few_degrees_of_freedom():
    p, n, size = at(1.0, 30, 30)
    widths = []
    for df in (29.0, 10.0, 3.0, 1.0):
        low, high = one(beta_interval(p, n, size, np.array([df]), 0.95))
        widths.append(high - low)
    assert widths == sorted(widths)


def test_no_interval_without_degrees_of_freedom():
    p, se, df, n = at(0.5, 0.1, 0, 20)
    for ends in (
        mean_interval(p, se, df, 0.95),
        logit_interval(p, se, df, 0.95),
        beta_interval(p, n, n, df, 0.95),
        beta_interval(np.ones(1), n, n, df, 0.95),
        wilson_interval(p, n, df, 0.95),
    ):
        assert all(math.isnan(end) for end in one(ends))


def test_logit_at_the_ends_is_not_an_interval():
    p, se, df = at(1.0, 0.0, 10)
    assert all(math.isnan(end) for end in one(logit_interval(p, se, df, 0.95)))


def test_kish_counts_equal_weights_as_people():
    assert kish_n(np.array([10.0]), np.array([10.0]))[0] == 10
    assert kish_n(np.array([4.0]), np.array([10.0]))[0] == pytest.approx(1.6)
    assert math.isnan(kish_n(np.array([0.0]), np.array([0.0]))[0])
