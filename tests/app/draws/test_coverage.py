"""Estimates from samples of every shape: unbiased, as precise as promised, intervals that hold."""

import pytest

from tests.app.draws.shapes import SHAPES, simulate


@pytest.mark.parametrize("shape", SHAPES)
def test_a_few_draws_of_each_shape_come_near_the_truth(shape):
    found = simulate(shape, 30)
    assert abs(found.bias) < 4
    assert found.covered > 0.75
    assert found.wanted * 0.98 <= found.drawn <= found.wanted * 1.1


@pytest.mark.slow
@pytest.mark.parametrize("shape", SHAPES)
def test_intervals_hold_the_truth_and_margins_are_what_was_promised(shape):
    """2,000 draws: coverage within 94 to 96.5 %; a margin has a standard error of 1.6 %."""
    found = simulate(shape, 2000)
    assert abs(found.bias) < 3
    assert 0.94 <= found.covered <= 0.965
    assert 0.9 <= found.ratio <= 1.1
    assert found.reached <= found.promised * 1.04
