"""Numbers for reading: one manner per language, one number of decimals per column."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.plan.align import aligned
from analysis.plan.numerals import NUMERALS, decimals_of

VIETNAMESE, ENGLISH = NUMERALS["vi"], NUMERALS["en"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "—"),
        (math.nan, "—"),
        (3.0, "3"),
        (1234567, "1.234.567"),
        (12345.678, "12.346"),
        (0.123456789, "0,1235"),
        (-0.5, "-0,5"),
        (1e-9, "1,0e-09"),
        (math.inf, "∞"),
        (-math.inf, "-∞"),
        (1e16, "1,000e+16"),
    ],
)
def test_numbers_on_their_own_are_short(value, text):
    assert VIETNAMESE.brief(value) == text


def test_shares_are_percentages_with_the_decimal_sign_of_the_language():
    assert VIETNAMESE.percent(0.83944) == "83,94%"
    assert ENGLISH.percent(0.83944) == "83.94%"
    assert ENGLISH.percent(math.nan) == "—"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.5e-23, "< 0,001"),
        (0.000999, "< 0,001"),
        (0.001, "0,001"),
        (0.04249, "0,042"),
        (1, "1,000"),
    ],
)
def test_very_small_p_values_are_said_to_be_small(value, text):
    assert VIETNAMESE.p_value(value) == text


def test_nothing_is_shown_as_a_negative_zero():
    assert ENGLISH.fixed(-0.0001, 2) == "0.00"
    assert ENGLISH.fixed(-0.01, 2) == "-0.01"


@pytest.mark.parametrize(
    ("errors", "values", "decimals"),
    [
        ([3.39, 8.25, 1.99], [22.4, 24.6, 29.6], 2),
        ([12_858.3], [210_612.5], 0),
        ([0.3, 0.0004], [1.0, 2.0], 4),
        ([math.nan, 0.0], [22.4137, None], 2),
        ([0.0], [2.0, 41_000.0], 0),
        ([], [], 0),
    ],
)
def test_decimals_follow_the_standard_errors(errors, values, decimals):
    assert decimals_of(errors, values) == decimals


def test_columns_stand_below_each_other_by_their_decimal_signs():
    table = [["", "x"], ["a", "1.234"], ["bc", "0,5%"], ["d", "—"], ["e", "< 0,001"]]
    assert aligned(table, {0}, ",") == [
        "              x",
        "  a   1.234",
        "  bc      0,5%",
        "  d       —",
        "  e     < 0,001",
    ]


@given(st.floats(allow_nan=False, min_value=-1e12, max_value=1e12), st.integers(0, 6))
def test_what_is_written_can_be_read_again(value, decimals):
    text = VIETNAMESE.fixed(value, decimals)
    again = float(text.replace(".", "").replace(",", "."))
    assert again == pytest.approx(value, abs=0.5001 * 10**-decimals, rel=1e-12)


@given(st.floats(), st.floats())
def test_any_number_is_written(value, other):
    for numerals in NUMERALS.values():
        assert numerals.fixed(value, 2)
        assert numerals.percent(value)
        assert numerals.p_value(value)
        assert numerals.freedom(value)
        assert numerals.brief(value)
    assert 0 <= decimals_of([value], [other]) <= 6
