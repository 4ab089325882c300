"""A chain made again in every replicate, and what residuals say of the same chain."""

import numpy as np
import pytest

from analysis.design import Calibration, Design
from analysis.estimate import mean
from analysis.weights import (
    Calibrate,
    DistanceKind,
    Margin,
    Nonresponse,
    Poststratify,
    Rake,
    Trim,
    apply_steps,
)

N = 1200


def sample():
    """Return two categories that belong together, a variable they explain, and weights."""
    chance = np.random.default_rng(11)
    a = chance.integers(0, 2, N)
    b = np.where(chance.random(N) < 0.8, a, 1 - a)
    y = 10.0 * a + 10.0 * b + chance.normal(size=N)
    weight = 10.0 * (1 + 4 * (chance.random(N) < 0.3) * (b == 1))
    return a, b, y, weight


def jackknifed(weighted, y):
    """Delete one person after the other and make every step again."""
    full = weighted.base
    replicates = np.repeat(full[:, None], N, axis=1) * (N / (N - 1))
    replicates[np.arange(N), np.arange(N)] = 0.0
    found = weighted.replicate(replicates)
    assert found.failures == ()
    values = (y @ found.weight) / found.weight.sum(axis=0)
    centre = (y @ weighted.weight) / weighted.weight.sum()
    return np.sqrt((N - 1) / N * np.sum((values - centre) ** 2))


def linearised(weighted, y):
    design = Design.from_columns(np.zeros(N), np.arange(N), weighted.weight)
    for calibration in weighted.calibrations:
        design = design.weighted(weighted.weight, calibration)
    return mean(y, design).standard_error


A, B, Y, WEIGHT = sample()
POSTSTRATA = Poststratify(Margin.of([A], {"0": 26_000, "1": 26_000}, "a"))
SECOND = Poststratify(Margin.of([B], {"0": 30_000, "1": 22_000}, "b"))
LINEAR = Calibrate.to(
    np.column_stack([np.ones(N), A, B]).astype(float), np.array([52_000.0, 26_000, 22_000])
)


@pytest.mark.parametrize(
    "steps",
    [[POSTSTRATA], [LINEAR], [POSTSTRATA, SECOND], [SECOND, POSTSTRATA]],
    ids=["poststratified", "linear", "first a then b", "first b then a"],
)
def test_residuals_say_what_repeating_the_steps_says(steps):
    weighted = apply_steps(steps, WEIGHT)
    assert linearised(weighted, Y) == pytest.approx(jackknifed(weighted, Y), rel=0.02)


def test_forgetting_the_known_totals_exaggerates():
    weighted = apply_steps([POSTSTRATA, SECOND], WEIGHT)
    naive = mean(Y, Design.from_columns(np.zeros(N), np.arange(N), weighted.weight))
    assert naive.standard_error > 2 * jackknifed(weighted, Y)


def raked_to(share_a, share_b):
    """Rake to shares of the second category of both columns."""
    total = WEIGHT.sum()
    margins = [
        Margin.of([column], {"0": total * (1 - share), "1": total * share}, name)
        for name, column, share in (("a", A, share_a), ("b", B, share_b))
    ]
    return apply_steps([Rake.to(margins)], WEIGHT)


def test_residuals_after_raking_are_close_where_weights_need_not_move_far():
    """The regression uses the weights before, as R's does; the derivative those after."""
    shares = [WEIGHT[column == 1].sum() / WEIGHT.sum() for column in (A, B)]
    weighted = raked_to(shares[0] - 0.01, shares[1] - 0.02)
    crossed = Y + 5 * A * B
    assert linearised(weighted, crossed) == pytest.approx(jackknifed(weighted, crossed), rel=0.02)


def test_after_raking_far_only_the_weights_after_give_the_derivative():
    weighted = raked_to(0.6, 0.2)
    crossed = Y + 5 * A * B
    repeated = jackknifed(weighted, crossed)
    assert linearised(weighted, crossed) > 1.2 * repeated
    (calibration,) = weighted.calibrations
    design = Design.from_columns(np.zeros(N), np.arange(N), weighted.weight)
    derivative = Calibration(calibration.auxiliary, weighted.weight)
    exact = mean(crossed, design.weighted(weighted.weight, derivative)).standard_error
    assert exact == pytest.approx(repeated, rel=0.02)


def test_steps_that_cannot_be_made_in_a_replicate_are_counted():
    chance = np.random.default_rng(2)
    group = np.array(["rare", *["often"] * 9])
    known = Poststratify(Margin.of([group], {"rare": 2, "often": 18}))
    weighted = apply_steps([known], np.ones(10))
    replicates = chance.uniform(0.5, 1.5, (10, 3))
    replicates[0, 1] = 0.0
    found = weighted.replicate(replicates)
    assert found.failures == ((1, "empty-cells"),)
    assert np.isnan(found.weight[:, 1]).all()
    assert not np.isnan(found.weight[:, [0, 2]]).any()


def test_replicates_feel_nonresponse_and_raking_but_keep_the_factors_of_trimming():
    chance = np.random.default_rng(4)
    responded = chance.random(N) < 0.6
    trim = Trim(quantiles=(0.0, 0.95))
    steps = [Nonresponse.by_class([A], responded), trim, POSTSTRATA]
    weighted = apply_steps(steps, WEIGHT)
    doubled = weighted.replicate(2 * WEIGHT[:, None]).weight[:, 0]
    np.testing.assert_allclose(doubled, weighted.weight, rtol=1e-12)
    half = np.where(np.arange(N) % 2 == 0, 2 * WEIGHT, 0.0)
    replicate = weighted.replicate(half[:, None]).weight[:, 0]
    assert replicate[A == 0].sum() == pytest.approx(26_000)
    again = weighted.again()[1]
    np.testing.assert_allclose(again.apply(half).factor, np.where(half > 0, again.factor, 1.0))


def test_trimming_can_be_done_again_at_the_bounds_of_the_full_sample():
    weight = np.array([1.0, 2, 3, 10])
    trim = Trim(quantiles=(0.0, 0.8), redo=True)
    found = trim.apply(weight)
    again = found.step.repeat(found)
    assert again.apply(weight).after.tolist() == found.after.tolist()
    assert again.apply(weight[::-1]).after.tolist() == found.after[::-1].tolist()
    assert again.apply(np.ones(4)).after.tolist() == [1, 1, 1, 1]


def test_bounded_distances_converge_from_far_away():
    """Weights of one person each, calibrated to thousands, in a few dozen steps."""
    columns = np.column_stack([np.ones(N), A, Y])
    target = np.array([1e6, 3e5, 8e6])
    for kind, bounds in ((DistanceKind.RAKING, (None, None)), (DistanceKind.LINEAR, (1.0, 5000.0))):
        found = Calibrate.to(columns, target, distance=kind, bounds=bounds).apply(np.ones(N))
        np.testing.assert_allclose(found.after @ columns, target, rtol=1e-9)
        assert found.fit.iterations < 60
