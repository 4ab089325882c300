"""Tiles lie where their places lie, each legible, and their classes are what they say."""

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.drawings.placing import Cell, place
from app.drawings.tiles import HIDDEN, bounds, class_of

POINTS = st.tuples(st.floats(20, 22), st.floats(106, 108))


def test_four_corners_take_the_four_corners():
    found = place([(22, 106), (22, 108), (20, 106), (20, 108)], n_columns=3)
    assert found.cells == (Cell(0, 0), Cell(2, 0), Cell(0, 1), Cell(2, 1))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.none() | POINTS, min_size=1, max_size=60))
def test_every_place_has_a_cell_of_its_own(points):
    found = place(points)
    assert len(set(found.cells)) == len(points)
    for cell in found.cells:
        assert 0 <= cell.column < found.n_columns
        assert 0 <= cell.row < found.n_rows


@settings(max_examples=60, deadline=None)
@given(st.lists(st.none() | POINTS, min_size=1, max_size=30))
def test_places_without_a_point_stand_below_all_others(points):
    found = place(points, n_columns=5)
    known = [cell.row for cell, point in zip(found.cells, points, strict=True) if point]
    unknown = [cell.row for cell, point in zip(found.cells, points, strict=True) if not point]
    if known and unknown:
        assert max(known) < min(unknown)


@settings(max_examples=30, deadline=None)
@given(st.lists(POINTS, min_size=4, max_size=5, unique=True))
def test_no_other_way_of_giving_out_the_cells_is_nearer(points):
    """Held against every permutation of the same cells."""
    found = place(points, n_columns=3)
    east = [point[1] for point in points]
    south = [-point[0] for point in points]

    def spread(values, n):
        low, high = min(values), max(values)
        if high <= low:
            return [(n - 1) / 2 for _ in values]
        return [(value - low) / (high - low) * (n - 1) for value in values]

    # Rows left empty are taken out afterwards; with these few none is.
    n_rows = -(-len(points) * 13 // 30)
    if found.n_rows != n_rows:
        return
    x, y = spread(east, 3), spread(south, n_rows)

    def cost(cells):
        return sum(
            (x[k] - cell.column) ** 2 + (y[k] - cell.row) ** 2 for k, cell in enumerate(cells)
        )

    best = min(cost(cells) for cells in permutations(found.cells))
    assert cost(found.cells) <= best + 1e-9


@pytest.mark.parametrize(
    ("values", "ends"),
    [
        ([0.913, 0.948], (0.91, 0.92, 0.93, 0.94, 0.95)),
        ([0.72, 0.88], (0.7, 0.75, 0.8, 0.85, 0.9)),
        # Eight classes of five points would be too many: the lowest four become one.
        ([0.61, 0.99], (0.6, 0.8, 0.85, 0.9, 0.95, 1.0)),
        ([0.9], (0.9, 0.91)),
        ([], ()),
    ],
)
def test_classes_have_round_ends(values, ends):
    assert bounds(values) == pytest.approx(ends)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=60))
def test_every_value_lies_in_its_class(values):
    ends = bounds(values)
    assert 2 <= len(ends) <= 6
    for value in values:
        k = class_of(value, ends)
        assert 0 <= k <= len(ends) - 2
        assert ends[k] - 1e-9 <= value <= ends[k + 1] + 1e-9


def test_what_is_not_published_has_no_class():
    assert class_of(None, (0.8, 0.9, 1.0)) == HIDDEN
