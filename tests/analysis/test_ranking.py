"""Order among units, bands and rounding."""

import math
from decimal import Decimal

import pytest

from analysis.ranking import Rank, band, rank
from analysis.rounding import percent, round_half_up

NAN = math.nan
BANDS = (("A", 90.0), ("B", 80.0), ("C", 70.0), ("D", 0.0))


def places(values, groups=None):
    return [found.place for found in rank(values, groups)]


def test_the_highest_is_first():
    assert places([80.0, 95.0, 90.0]) == [3, 1, 2]


def test_equal_values_share_the_better_place():
    assert places([90.0, 95.0, 90.0, 80.0]) == [2, 1, 2, 4]
    assert [found.is_tied for found in rank([90.0, 95.0, 90.0])] == [True, False, True]


def test_values_that_differ_only_by_rounding_are_equal():
    assert places([0.1 + 0.2, 0.3]) == [1, 1]
    assert places([0.3001, 0.3]) == [1, 2]


def test_units_compete_within_their_group():
    groups = ["commune", "centre", "commune"]
    assert places([80.0, 70.0, 90.0], groups) == [2, 1, 1]
    assert rank([80.0, 70.0, 90.0], groups)[0].of == 2


def test_a_unit_without_a_value_has_no_place_and_takes_none():
    assert rank([NAN, 80.0]) == (Rank(None, 1, False), Rank(1, 1, False))
    assert rank([NAN]) == (Rank(None, 0, False),)


def test_values_and_groups_belong_together():
    with pytest.raises(ValueError, match="shorter"):
        rank([1.0, 2.0], ["a"])


@pytest.mark.parametrize(
    ("value", "name"),
    [(95.0, "A"), (90.0, "A"), (89.996, "B"), (80.0, "B"), (79.9, "C"), (0.0, "D"), (-1.0, None)],
)
def test_a_lower_end_belongs_to_its_own_band(value, name):
    assert band(value, BANDS) == name


def test_a_band_forgives_what_arithmetic_loses():
    assert 0.3 * 3 < 0.9
    assert band(0.3 * 3, (("A", 0.9), ("B", 0.0))) == "A"


def test_no_value_has_no_band():
    assert band(NAN, BANDS) is None


@pytest.mark.parametrize(
    ("value", "digits", "shown"),
    [
        (2.675, 2, "2.68"), (0.125, 2, "0.13"), (-0.125, 2, "-0.13"), (1.005, 2, "1.01"),
        (83.94, 0, "84"), (0.5, 0, "1"), (1e-9, 2, "0.00"), (90.0, 2, "90.00"),
    ],
)  # fmt: skip
def test_halves_are_rounded_up(value, digits, shown):
    assert str(round_half_up(value, digits)) == shown


def test_percentages_are_rounded_once():
    assert percent(0.28555, 2) == Decimal("28.56")
    assert percent(0.9117, 2) == Decimal("91.17")
    assert percent(1.0, 1) == Decimal("100.0")
