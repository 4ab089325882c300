"""Criteria in the plane of importance and performance: round axes, every number legible."""

import math
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.drawings import quadrants
from app.drawings.charts import Heading
from app.drawings.quadrants import Spot, Words

WORDS = Words("Tỷ lệ hài lòng", "Mức độ", (("act", "Ưu tiên"), ("keep", "Giữ vững")))
LINES = (0.41, 0.936)


def spot(number, performance, importance):
    return Spot(
        number, importance, importance - 0.1, importance + 0.1, performance, performance - 0.01,
        min(performance + 0.01, 1.0), "keep",
    )  # fmt: skip


def drawn(spots, lines=LINES):
    return quadrants.quadrant_chart(Heading("q", "Tựa", "Mô tả"), spots, lines, WORDS)


def circles(drawing):
    """Places of the dots that bear numbers."""
    svg = str(drawing.svg)
    found = []
    for circle in re.findall(r"<circle[^>]*>", svg):
        place = dict(re.findall(r'(\w+)="([^"]*)"', circle))
        if place["r"] == "10":
            found.append((float(place["cx"]), float(place["cy"])))
    return found


def apart(drawing):
    places = circles(drawing)
    return all(
        math.dist(one, other) >= 20.9
        for k, one in enumerate(places)
        for other in places[:k]
    )  # fmt: skip


def test_two_criteria_at_one_place_are_both_legible():
    found = drawn(
        [spot(1, 0.93, 0.4), spot(2, 0.93, 0.4), spot(3, 0.9301, 0.4), spot(4, 0.96, 0.6)]
    )
    for drawing in (found.wide, found.narrow):
        assert len(circles(drawing)) == 4
        assert apart(drawing)


def test_who_stands_alone_stands_at_the_own_place():
    svg = str(drawn([spot(1, 0.90, 0.2), spot(2, 0.96, 0.6)]).wide.svg)
    assert 'r="2.5"' not in svg
    assert 'r="2.5"' in str(drawn([spot(1, 0.9, 0.2), spot(2, 0.9, 0.2)]).wide.svg)


@pytest.mark.parametrize(
    ("low", "high", "wanted"),
    [
        (0.88, 0.98, [0.88, 0.90, 0.92, 0.94, 0.96, 0.98]),
        (-0.1, 0.75, [0.0, 0.2, 0.4, 0.6]),
        (0.5, 1.0, [0.5, 0.6, 0.7, 0.8, 0.9, 1.0]),
        (-1.0, 1.0, [-1.0, -0.5, 0.0, 0.5, 1.0]),
    ],
)
def test_axes_have_round_values(low, high, wanted):
    assert quadrants._round_values(low, high) == pytest.approx(wanted)


@given(st.floats(-2, 1.99), st.floats(0.01, 2))
def test_values_of_axes_stay_between_their_ends(low, size):
    found = quadrants._round_values(low, low + size)
    assert len(found) <= 6
    assert all(low - 1e-6 <= value <= low + size + 1e-6 for value in found)


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(0.5, 1), st.floats(-0.2, 0.9)), min_size=1, max_size=22))
def test_every_criterion_is_drawn_inside_the_picture(places):
    spots = [spot(number, *place) for number, place in enumerate(places, start=1)]
    found = drawn(spots)
    for drawing in (found.wide, found.narrow):
        assert len(circles(drawing)) == len(spots)
        assert all(
            0 <= x <= drawing.width and 0 <= y <= drawing.height for x, y in circles(drawing)
        )
