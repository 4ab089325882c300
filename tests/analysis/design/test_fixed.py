"""What the design fixes is known; what happens not to vary is not."""

import numpy as np
import pytest

from analysis.design import Calibration, Design
from analysis.estimate import mean, proportion, total
from analysis.results import IntervalMethod

N = 12
STRATUM = np.repeat(["a", "b"], 6)
WEIGHT = np.repeat([10.0, 30.0], 6)
DESIGN = Design.from_columns(STRATUM, np.arange(N), WEIGHT)


def notes(estimate):
    return [note.code for note in estimate.notes]


def test_the_share_of_a_stratum_is_known():
    found = proportion(STRATUM == "a", DESIGN)
    assert found.value == pytest.approx(0.25)
    assert found.standard_error == 0
    assert (found.interval.low, found.interval.high) == (found.value, found.value)
    assert found.interval.method is IntervalMethod.FIXED
    assert notes(found) == ["fixed-by-design"]
    assert found.design_effect == 0


def test_the_size_of_the_population_is_known_if_weights_say_so():
    found = total(np.ones(N), DESIGN)
    assert (found.value, found.standard_error) == (240, 0)
    assert notes(found) == ["fixed-by-design"]


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_that_nobody_or_everybody_is_satisfied_is_not_fixed(share):
    found = proportion(np.full(N, share), DESIGN)
    assert notes(found) == ["no-variation"]
    assert found.interval.high - found.interval.low > 0.1


def test_that_all_waited_equally_long_is_not_fixed():
    found = mean(np.full(N, 5.0), DESIGN)
    assert np.isnan(found.interval.low)
    assert notes(found) == ["no-variation"]


def test_that_all_psus_agree_by_chance_is_not_fixed():
    psu = np.repeat(np.arange(6), 2)
    satisfied = np.tile([0.0, 1.0], 6)
    found = proportion(satisfied, Design.from_columns(np.zeros(N), psu, np.ones(N)))
    assert found.standard_error == 0
    assert notes(found) == ["no-variation"]
    assert found.interval.low < 0.3


def test_a_group_that_weights_were_calibrated_to_is_known():
    group = np.array([0, 1, 1] * 4)
    indicators = np.column_stack([group == 0, group == 1]).astype(float)
    targets = np.array([100.0, 140.0])
    weight = WEIGHT * (targets / (WEIGHT @ indicators))[group]
    design = DESIGN.weighted(weight, Calibration(indicators, WEIGHT, weight))
    share, count = proportion(group == 1, design), total((group == 1).astype(float), design)
    assert share.value == pytest.approx(140 / 240)
    assert share.interval.low == share.interval.high == share.value
    assert (count.standard_error, count.interval.low) == (0, count.value)
    assert notes(share) == notes(count) == ["fixed-by-design"]
    other = proportion(STRATUM == "a", design)
    assert other.standard_error > 0.01
    assert notes(other) == []


def test_a_domain_of_a_stratum_varies():
    found = proportion(STRATUM == "a", DESIGN, np.arange(N) % 3 > 0)
    assert found.standard_error > 0.01
