"""Higher, lower or cannot be told: only whole intervals decide."""

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.reports import standing
from app.reports.standing import Side

SHARES = st.floats(0, 1)
TRIPLES = st.tuples(SHARES, SHARES, SHARES).map(sorted)


def figure(value, low=None, high=None, name="A"):
    return SimpleNamespace(
        main=SimpleNamespace(value=value, low=low, high=high), node=SimpleNamespace(code=name)
    )


@pytest.mark.parametrize(
    ("low", "high", "side"),
    [
        (0.81, 0.9, Side.ABOVE),
        (0.8, 0.9, Side.UNDECIDED),
        (0.7, 0.8, Side.UNDECIDED),
        (0.7, 0.79, Side.BELOW),
        (None, None, Side.UNDECIDED),
    ],
)
def test_a_figure_is_beside_a_value_with_its_whole_interval(low, high, side):
    assert standing.side(figure(0.8, low, high), 0.8) is side


def test_what_is_hidden_stands_nowhere():
    assert standing.side(figure(None), 0.8) is Side.HIDDEN
    assert standing.apart(figure(None), figure(0.5, 0.4, 0.6)) is Side.HIDDEN


@given(TRIPLES, TRIPLES)
def test_apart_is_the_other_way_round_from_the_other_side(one, other):
    a, b = (figure(value, low, high) for low, value, high in (one, other))
    turned = {Side.ABOVE: Side.BELOW, Side.BELOW: Side.ABOVE, Side.UNDECIDED: Side.UNDECIDED}
    assert standing.apart(b, a) is turned[standing.apart(a, b)]
    if standing.apart(a, b) is Side.ABOVE:
        assert a.main.value > b.main.value


@given(st.lists(TRIPLES, max_size=30), SHARES)
def test_every_unit_is_in_one_group(triples, whole):
    units = [figure(value, low, high) for low, value, high in triples] + [figure(None)]
    found = standing.against_whole(units, figure(whole, whole, whole))
    assert found.n == len(units)
    assert len(found.hidden) == 1
    assert all(unit.main.high < whole for unit in found.below)
    assert all(unit.main.low > whole for unit in found.above)
    values = [unit.main.value for unit in found.below]
    assert values == sorted(values)


@given(st.lists(TRIPLES, min_size=1, max_size=9))
def test_the_lowest_comes_with_all_that_cannot_be_told_from_it(triples):
    figures = [figure(value, low, high) for low, value, high in triples]
    first, *others = standing.lowest(figures)
    assert first.main.value == min(one.main.value for one in figures)
    for one in figures:
        if one is not first:
            assert (one in others) == (one.main.low <= first.main.high)


def test_without_any_value_there_is_no_lowest():
    assert standing.lowest([figure(None)]) == ()
