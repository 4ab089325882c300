import pytest
from babel.numbers import format_percent
from hypothesis import given
from hypothesis import strategies as st

from app import numbers


@pytest.mark.parametrize(
    ("share", "shown"),
    [
        # Babel alone would round the first and the third to even.
        (0.9405, "94,1%"),
        (0.9415, "94,2%"),
        (0.0005, "0,1%"),
        (0.00049999, "0,0%"),
        (1.0, "100,0%"),
        (0.9999, "100,0%"),
        (0.796875, "79,7%"),
    ],
)
def test_halves_go_up(share, shown):
    assert numbers.percent(share, "vi") == shown


def test_babel_alone_would_not_do():
    assert format_percent(0.9405, "#,##0.0%", locale="vi") == "94,0%"


@pytest.mark.parametrize(
    ("language", "shown"), [("vi", ("1.593", "1,01", "94,1%")), ("en", ("1,593", "1.01", "94.1%"))]
)
def test_numbers_are_written_as_the_language_does(language, shown):
    assert numbers.count(1592.5, language) == shown[0]
    assert numbers.decimal(1.005, language) == shown[1]
    assert numbers.percent(0.94123, language) == shown[2]


@given(st.integers(0, 100_000))
def test_a_share_of_whole_thousandths_is_shown_as_it_is(thousandths):
    """What needs no rounding is not rounded."""
    whole, tenth = divmod(thousandths, 10)
    assert numbers.percent(thousandths / 1000, "en") == f"{whole:,}.{tenth}%"
