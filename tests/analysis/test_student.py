"""Quantiles of Student's t without scipy, against scipy's."""

import subprocess
import sys

import numpy as np
import pytest
from scipy.special import stdtrit

from analysis.student import MOST_DF, two_sided

DF = np.array([*range(1, 200), 499, 500, 4_999, 9_900, MOST_DF - 1, MOST_DF], dtype=float)


@pytest.mark.parametrize("level", [0.01, 0.5, 0.8, 0.9, 0.95, 0.99])
def test_whole_degrees_of_freedom_give_the_quantiles_of_scipy(level):
    assert two_sided(DF, level) == pytest.approx(stdtrit(DF, (1 + level) / 2), rel=2e-12)


def test_one_and_two_degrees_of_freedom_by_hand():
    assert two_sided(np.array([1.0, 2.0]), 0.5) == pytest.approx([1.0, 2 / np.sqrt(6)], rel=1e-14)


@pytest.mark.parametrize(
    ("df", "level"), [(2.5, 0.95), (0.5, 0.95), (np.inf, 0.95), (MOST_DF + 1, 0.9), (7, 1 - 1e-9)]
)
def test_fractions_many_degrees_and_high_levels_are_left_to_scipy(df, level):
    assert two_sided(np.array([df]), level)[0] == stdtrit(df, (1 + level) / 2)


def test_without_degrees_of_freedom_there_is_no_quantile():
    found = two_sided(np.array([[0.0, -3.0], [np.nan, 4.0]]), 0.95)
    assert np.isnan(found).tolist() == [[True, True], [True, False]]


def test_whole_degrees_of_freedom_do_not_import_scipy():
    program = (
        "import sys, numpy; from analysis.student import two_sided;"
        "two_sided(numpy.array([1.0, 30.0]), 0.95); sys.exit('scipy.special' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
