"""The distribution of weighted sums of chi-squares, where it is known otherwise."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2, f

from analysis.testing.mixture import mixture_above

law = settings(max_examples=100, deadline=None, derandomize=True)


@law
@given(st.floats(0.01, 300), st.integers(1, 12), st.floats(0.01, 1e4))
def test_equal_coefficients_make_a_chi_square(x, k, scale):
    ours = mixture_above(x * scale, np.full(k, scale))
    assert ours == pytest.approx(chi2.sf(x, k), rel=1e-9)


@law
@given(st.floats(0.01, 100), st.integers(1, 12), st.floats(1, 500))
def test_equal_coefficients_over_a_denominator_make_an_f_ratio(x, k, df):
    ours = mixture_above(x, np.ones(k), df)
    assert ours == pytest.approx(f.sf(x / k, k, df), rel=1e-8)


@law
@given(st.floats(0.01, 60), st.floats(0.05, 0.95))
def test_coefficients_in_pairs_make_a_sum_of_exponentials(x, b):
    exact = (np.exp(-x / 2) - b * np.exp(-x / (2 * b))) / (1 - b)
    assert mixture_above(x, np.array([1.0, 1.0, b, b])) == pytest.approx(exact, rel=1e-9)


@pytest.mark.parametrize(("x", "above"), [(1, 0.9458), (7, 0.5064), (20, 0.1240)])
def test_the_first_form_of_imhofs_table(x, above):
    # Imhof (1961), table 1: 6 chi2(1) + 3 chi2(1) + chi2(1).
    assert mixture_above(x, np.array([6.0, 3.0, 1.0])) == pytest.approx(above, abs=5e-5)


def test_a_large_denominator_is_none():
    coefficients = np.array([2.0, 0.7, 0.1])
    assert mixture_above(5, coefficients, 1e9) == pytest.approx(
        mixture_above(5, coefficients), rel=1e-6
    )


def test_coefficients_that_are_rounding_errors_add_nothing():
    assert mixture_above(3, np.array([1.0, 1e-17, -1e-17])) == pytest.approx(
        chi2.sf(3, 1), rel=1e-9
    )
    assert mixture_above(0, np.ones(2)) == 1
    assert np.isnan(mixture_above(1, np.zeros(2)))
    assert np.isnan(mixture_above(np.nan, np.ones(2)))
