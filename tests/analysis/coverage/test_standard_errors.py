"""Standard errors after weighting are as large as the estimates scatter; naive ones are not.

The ratio of the two is known to ``1 / sqrt(2 * samples)``: 1.8 % with 1,500.
"""

import numpy as np
import pytest

from tests.analysis.coverage.population import Group, build, draw
from tests.analysis.coverage.simulation import FEW
from tests.analysis.coverage.weighting import (
    BOOTSTRAP,
    BRR,
    FIELDWORKS,
    JKN,
    JKN_FIXED,
    NAIVE,
    POSTSTRATIFIED,
    RAKED,
    RESIDUALS,
    SAMPLES,
    UNADJUSTED,
    WEIGHTED_AGAIN,
    study_replicates,
    study_weighting,
)

pytestmark = pytest.mark.slow

FITTED = (RAKED, POSTSTRATIFIED)


def noise(n_samples):
    """Three Monte-Carlo standard errors of a ratio."""
    return 3 / np.sqrt(2 * n_samples)


def test_nonresponse_is_mended_by_the_known_totals():
    assert study_weighting(UNADJUSTED)["share"].bias > 2
    for adjustment in FITTED:
        for study in study_weighting(adjustment).values():
            assert abs(study.bias) < 0.15


@pytest.mark.parametrize("adjustment", FITTED)
@pytest.mark.parametrize("name", ["share", "number"])
def test_standard_errors_from_residuals_are_right(adjustment, name):
    study = study_weighting(adjustment)[name]
    assert study.ratio(RESIDUALS) == pytest.approx(1, abs=noise(SAMPLES))


@pytest.mark.parametrize("adjustment", FITTED)
def test_naive_standard_errors_are_too_large_where_the_totals_explain_something(adjustment):
    studies = study_weighting(adjustment)
    assert studies["share"].ratio(NAIVE) > 1 + noise(SAMPLES)
    assert studies["number"].ratio(NAIVE) > 1.4


@pytest.mark.parametrize("adjustment", FITTED)
@pytest.mark.parametrize("name", ["share", "number"])
def test_replicates_that_are_weighted_again_agree_with_residuals(adjustment, name):
    study = study_weighting(adjustment, is_replicated=True)[name]
    for kind in (JKN, BOOTSTRAP):
        assert study.against(kind, RESIDUALS) == pytest.approx(1.015, abs=0.025)
        assert study.ratio(kind) == pytest.approx(1, abs=noise(WEIGHTED_AGAIN))


@pytest.mark.parametrize("adjustment", FITTED)
def test_replicates_with_fixed_weights_repeat_the_naive_mistake(adjustment):
    studies = study_weighting(adjustment, is_replicated=True)
    assert studies["number"].against(JKN_FIXED, NAIVE) == pytest.approx(1, rel=1e-9)
    assert studies["share"].against(JKN_FIXED, RESIDUALS) > 1.05


@pytest.mark.parametrize(
    ("name", "allowed"),
    [("8 PSUs in 4 strata", 0.08), ("10 PSUs in 3 strata", 0.06), ("64 PSUs in 8 strata", 0.015)],
)
def test_replicates_agree_with_linearisation_the_more_psus_the_better(name, allowed):
    study = study_replicates(FIELDWORKS[name])
    assert (BRR in study.errors) == (name == "8 PSUs in 4 strata")
    for kind in study.errors:
        assert 0.99 < study.against(kind, RESIDUALS) < 1 + allowed


def test_weights_are_as_unequal_as_in_the_field():
    rng = np.random.default_rng(3)
    samples = draw(rng, build(rng, 3, share=0.5, icc=0.1, group=Group()), FEW, 300)
    n = np.bincount(samples.sample)
    kish = np.bincount(samples.sample, samples.weight) ** 2
    kish /= np.bincount(samples.sample, samples.weight**2)
    assert 0.4 < np.sqrt(np.mean(n / kish) - 1) < 0.6
