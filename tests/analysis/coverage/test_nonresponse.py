"""Weights repair what they can see: the bounds that ``docs/weighting-study.md`` promises."""

import numpy as np
import pytest

from tests.analysis.coverage.nonresponse import (
    FIELDWORKS,
    MARKED,
    PAGE,
    REPAIRABLE,
    drawn,
    province,
    study,
)

N = 500
# What chance may do to the mean of so many estimates and to a coverage near 95 %.
OFF, COVERED = 0.0025, 0.03


def test_the_drawing_is_fair():
    """Base weights add up to the people there are, and respondents are those described."""
    everybody = province(1.0)
    rng = np.random.default_rng(1)
    sums = [drawn(everybody, rng)[1].sum() for _ in range(200)]
    assert np.mean(sums) == pytest.approx(len(everybody.commune), rel=0.02)
    young = everybody.age == "18-34"
    assert everybody.propensity[young].mean() < 0.4 < everybody.propensity[~young].mean()


def test_a_few_samples_already_tell_raw_from_weighted():
    found = study(FIELDWORKS[1], 40)
    raw, base, final = found.bias
    assert min(raw, base) > 0.02
    assert abs(final) < 0.01
    assert found.covered[0] < 0.6 < found.covered[2]


@pytest.mark.slow
@pytest.mark.parametrize("how", REPAIRABLE, ids=lambda how: how.name)
def test_what_is_observed_is_repaired(how):
    found = study(how, N)
    raw, _base, final = found.bias
    assert raw > 0.03
    assert abs(final) < OFF
    assert found.covered[0] < 0.5
    assert abs(found.covered[2] - 0.95) < COVERED


@pytest.mark.slow
def test_what_nobody_can_see_is_not():
    found = study(FIELDWORKS[-1], N)
    assert found.bias[2] > 0.01
    assert found.covered[2] < 0.9


def test_the_page_shows_every_fieldwork():
    ((_, table),) = MARKED.findall(PAGE.read_text(encoding="utf-8"))
    for how in FIELDWORKS:
        assert f"| {how.name} |" in table
