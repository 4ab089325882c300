"""Rounds one after the other: what changed, and what must not be joined."""

import math

import pytest

from analysis.consecutive import Measured, difference, runs
from analysis.rounding import round_half_up

# National SIPAS, percent: measured otherwise since 2022, not at all in 2021.
NATIONAL = {2018: 82.99, 2019: 84.45, 2020: 85.48, 2022: 80.08, 2023: 82.66, 2024: 83.94}
RULE = {year: "2640" if year < 2021 else "979" for year in NATIONAL}


def test_the_national_series_is_two_lines_with_a_break_before_2022():
    years = list(NATIONAL)
    found = [[years[k] for k in run] for run in runs([RULE[year] for year in years])]
    assert found == [[2018, 2019, 2020], [2022, 2023, 2024]]


def test_what_was_published_rose_by():
    rises = [
        round_half_up(NATIONAL[b] - NATIONAL[a], 2)
        for a, b in ((2018, 2019), (2019, 2020), (2022, 2023), (2023, 2024))
    ]
    assert [str(rise) for rise in rises] == ["1.46", "1.03", "2.58", "1.28"]


def test_a_rule_that_comes_back_begins_a_new_line():
    assert runs("aabba") == ((0, 1), (2, 3), (4,))
    assert runs("") == ()


def test_two_independent_samples_by_hand():
    """Errors 0.03 and 0.04 make 0.05; df = 0.0025² / (0.0009² / 10 + 0.0016² / 20)."""
    found = difference(Measured(0.90, 0.03, 10), Measured(0.85, 0.04, 20))
    assert found.value == pytest.approx(0.05)
    assert found.standard_error == pytest.approx(0.05)
    assert found.df == pytest.approx(0.0025**2 / (0.0009**2 / 10 + 0.0016**2 / 20))
    # t of 29.9 degrees of freedom.
    assert found.high == pytest.approx(0.05 + 2.0425 * 0.05, abs=2e-4)
    assert found.direction == 0


def test_the_direction_is_told_only_beyond_the_interval():
    small = Measured(0.85, 0.01, 60)
    assert difference(Measured(0.90, 0.01, 60), small).direction == 1
    assert difference(small, Measured(0.90, 0.01, 60)).direction == -1


def test_a_base_known_exactly_leaves_the_freedom_of_the_other():
    found = difference(Measured(0.9, 0.02, 12), Measured(0.85, 0.0, math.inf))
    assert (found.standard_error, found.df) == (pytest.approx(0.02), pytest.approx(12))


@pytest.mark.parametrize("unknown", [Measured(0.8, math.nan, 5), Measured(0.8, 0.1, 0)])
def test_without_freedom_there_is_a_difference_and_no_interval(unknown):
    found = difference(Measured(0.9, 0.02, 12), unknown)
    assert found.value == pytest.approx(0.1)
    assert math.isnan(found.low)
    assert found.direction == 0
