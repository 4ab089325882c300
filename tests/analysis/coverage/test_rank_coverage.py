"""Rank intervals hold the true ranks as often as they say."""

import pytest

from tests.analysis.coverage.ranks import SITUATIONS, study

# Below 95 by no more than three standard errors of 400 samples.
LEAST = 0.95 - 3 * (0.95 * 0.05 / 400) ** 0.5


@pytest.mark.slow
@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda one: one.name)
def test_rank_intervals_cover(situation):
    found = study(situation, 400)
    assert found["marginal, mean"] >= LEAST
    assert found["simultaneous"] >= LEAST
    assert found["joint region"] >= LEAST
