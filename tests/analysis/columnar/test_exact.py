"""Sums without rounding."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.columnar.exact import Grid, add

sizes = st.floats(0.0, 12.0)


@st.composite
def grids_and_numbers(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n = draw(st.integers(1, 50))
    numbers = rng.normal(size=n) * np.exp2(rng.uniform(0, draw(sizes), n))
    return Grid.of(np.abs(numbers).max(), np.abs(numbers).min(), n * 5, 53), numbers


@given(grids_and_numbers())
def test_pieces_make_the_number_again(drawn):
    grid, numbers = drawn
    step = Fraction(2) ** grid.lowest
    pieces = grid.cut(numbers)
    for place, number in enumerate(numbers):
        whole = Fraction(0)
        for piece in pieces:
            whole = whole * 2**grid.bits + int(piece[place])
        assert whole * step == Fraction(float(number))


@given(grids_and_numbers(), st.integers(1, 5))
def test_sums_are_rounded_once_and_the_rest_is_kept(drawn, factor):
    grid, numbers = drawn
    sums = [np.array([int(piece.sum()) * factor]) for piece in grid.cut(numbers)]
    high, low = grid.total(sums)
    exact = factor * sum(Fraction(float(number)) for number in numbers)
    assert high[0] == float(exact)
    assert Fraction(float(high[0])) + Fraction(float(low[0])) == exact


@given(grids_and_numbers(), st.randoms())
def test_pairs_add_to_the_same_bits_in_any_order(drawn, chance):
    grid, numbers = drawn
    high, low = grid.total(grid.cut(numbers))
    found = set()
    for _ in range(3):
        order = list(range(len(numbers)))
        chance.shuffle(order)
        total = np.zeros(1), np.zeros(1)
        for place in order:
            total = add(*total, high[[place]], low[[place]])
        found.add((float(total[0][0]), float(total[1][0])))
    assert len(found) == 1
    assert found.pop()[0] == float(sum(Fraction(float(number)) for number in numbers))


def test_floats_added_one_by_one_are_not_exact():
    """What the pieces are for."""
    numbers = np.array([0.1] * 10)
    grid = Grid.of(0.1, 0.1, 10, 53)
    high, _ = grid.total([np.array([piece.sum()]) for piece in grid.cut(numbers)])
    assert sum(numbers.tolist()) != 1.0
    assert high[0] == 1.0


@pytest.mark.parametrize(
    ("largest", "smallest", "terms", "significant", "n_pieces"),
    [
        (300.0, 1.0, 1e7, 1, 1),  # whole weights: one integer is enough
        (300.0, 1.0, 1e7, 24, 1),  # float32
        (300.0, 1.0, 5e7, 53, 2),
        (300.0, 0.0, 5e7, 53, 2),  # the least is not known
        (300.0, 1.0, 5e9, 53, 3),
    ],
)
def test_no_more_pieces_than_needed(largest, smallest, terms, significant, n_pieces):
    assert Grid.of(largest, smallest, terms, significant).n_pieces == n_pieces


def test_numbers_beyond_the_grid_are_rounded_one_by_one():
    grid = Grid.of(1.0, 2.0**-200, 1e6, 53)
    tiny = np.full(3, 2.0**-150)
    assert grid.n_pieces * grid.bits <= 104
    assert all((piece == 0).all() for piece in grid.cut(tiny))
