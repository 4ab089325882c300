"""Mistakes that look like statistics, shown next to what is right."""

import numpy as np
import pytest
from statsmodels.stats import weightstats

from analysis.design import Design
from analysis.estimate import proportion, total
from analysis.results import IntervalMethod


def clustered_sample():
    """Twelve communes that differ, ten people in each, unequal weights."""
    rng = np.random.default_rng(11)
    psu = np.repeat(np.arange(12), 10)
    leaning = rng.uniform(0.4, 0.95, 12)[psu]
    weight = rng.uniform(50, 400, psu.size)
    return Design.from_columns(psu % 3, psu, weight), rng.random(psu.size) < leaning


def test_statsmodels_takes_weights_for_repeated_people():
    design, is_satisfied = clustered_sample()
    estimate = proportion(is_satisfied, design)
    # The ban in the lint rules exists because of this figure.
    numbers = is_satisfied.astype(float)
    naive = weightstats.DescrStatsW(numbers, weights=design.weight)  # noqa: TID251
    assert naive.mean == pytest.approx(estimate.value)
    assert naive.std_mean < estimate.standard_error / 10
    # And it shrinks when the same weights are written in other units.
    again = weightstats.DescrStatsW(numbers, weights=design.weight * 100)  # noqa: TID251
    assert again.std_mean < naive.std_mean / 9
    scaled = Design.from_columns(design.stratum, design.psu, design.weight * 100)
    assert proportion(is_satisfied, scaled).standard_error == pytest.approx(estimate.standard_error)


def test_ignoring_the_design_makes_the_error_too_small():
    design, is_satisfied = clustered_sample()
    estimate = proportion(is_satisfied, design)
    as_if_drawn_one_by_one = np.sqrt(estimate.value * (1 - estimate.value) / (estimate.n - 1))
    assert estimate.design_effect > 1.5
    assert estimate.standard_error > 1.2 * as_if_drawn_one_by_one


def test_a_domain_where_nobody_has_the_trait_is_not_known_to_be_zero():
    design, is_satisfied = clustered_sample()
    estimate = proportion(np.zeros_like(is_satisfied), design, design.stratum == 0)
    assert estimate.value == 0
    assert estimate.interval.low == 0
    assert estimate.interval.high > 0.05
    assert estimate.interval.method is IntervalMethod.BETA


@pytest.mark.parametrize("method", list(IntervalMethod))
def test_no_interval_method_gives_zero_width(method):
    design, is_satisfied = clustered_sample()
    for trait in (np.zeros_like(is_satisfied), np.ones_like(is_satisfied)):
        interval = proportion(trait, design, interval=method).interval
        assert interval.high - interval.low > 0.02


def test_dropping_rows_drops_psus_and_with_them_variance():
    design, is_satisfied = clustered_sample()
    # A group that lives in two of the four communes of each stratum.
    inside = np.isin(design.psu % 4, [0, 1])
    kept = total(is_satisfied, design, inside)
    part = Design.from_columns(design.stratum[inside], design.psu[inside], design.weight[inside])
    dropped = total(is_satisfied[inside], part)
    assert dropped.value == pytest.approx(kept.value)
    # The group might as well have lived in others: that chance is part of the error.
    assert dropped.standard_error < 0.6 * kept.standard_error
