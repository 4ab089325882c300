"""What holds for every regression of every sample."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from analysis.answers import MISSING
from analysis.design import Design, Replicates
from analysis.estimate import mean, proportion
from analysis.models import ModelKind, fit_model, predicted_margins
from analysis.models.errors import AliasedTermsError, NotConvergedError, OneLevelError
from analysis.models.margins import Averaging, MarginEstimator
from analysis.testing import t_test_groups
from analysis.variance.lonely import LonelyPolicy
from tests.analysis.samples import samples

law = settings(max_examples=40, deadline=None, derandomize=True)
REFUSED = (AliasedTermsError, NotConvergedError, OneLevelError)


def answers(sample, column="a"):
    found = sample.columns[column].astype(float)
    found[sample.columns[column] == MISSING] = np.nan
    return found


def columns_of(sample):
    a = answers(sample)
    return {
        "a": a,
        "high": np.where(np.isnan(a), np.nan, a >= 4),
        "b": answers(sample, "b"),
        "domain": sample.domain,
    }


RESPONSES = {
    ModelKind.LINEAR: "a",
    ModelKind.LOGISTIC: "high",
    ModelKind.POISSON: "a",
    ModelKind.ORDINAL: "a",
}
kinds = st.sampled_from(list(ModelKind))


def fit(kind, sample, terms, **options):
    """Fit, or set the sample aside if it has no such fit."""
    options.setdefault("lonely", LonelyPolicy.ADJUST)
    try:
        return fit_model(kind, RESPONSES[kind], terms, columns_of(sample), sample.design, **options)
    except REFUSED:
        assume(False)
    except Exception as error:
        # Fewer than three categories in a small sample.
        if getattr(error, "code", "") == "model.bad-response":
            assume(False)
        raise


def assert_same_fit(ours, theirs, rel=1e-7):
    assert ours.names == theirs.names
    np.testing.assert_allclose(ours.joint.value, theirs.joint.value, rtol=rel, atol=rel)
    # Where a model fits everybody, errors are rounding: zero on the scale of the coefficients.
    np.testing.assert_allclose(
        ours.joint.standard_errors(), theirs.joint.standard_errors(), rtol=rel, atol=1e-9
    )
    assert ours.df == theirs.df


@law
@given(samples())
def test_regression_on_nothing_is_the_mean(sample):
    ours = fit(ModelKind.LINEAR, sample, ["1"])
    theirs = mean(answers(sample), sample.design)
    assert ours.joint.value[0] == pytest.approx(theirs.value, rel=1e-12)
    assert ours.df == theirs.df
    if theirs.df > 0:
        assert ours.joint.standard_errors()[0] == pytest.approx(
            theirs.standard_error, rel=1e-9, abs=1e-9, nan_ok=True
        )


@law
@given(samples())
def test_regression_on_a_factor_gives_the_means_of_domains(sample):
    ours = fit(ModelKind.LINEAR, sample, ["0", "domain"])
    for name, value, error in zip(
        ours.names, ours.joint.value, ours.joint.standard_errors(), strict=True
    ):
        level = name.removeprefix("domain[").removesuffix("]")
        theirs = mean(answers(sample), sample.design, sample.domain == level)
        assert value == pytest.approx(theirs.value, rel=1e-10)
        if theirs.df > 0:
            assert error == pytest.approx(theirs.standard_error, rel=1e-8, abs=1e-8)


@law
@given(samples())
def test_logistic_regression_on_a_factor_gives_the_logits_of_shares(sample):
    ours = fit(ModelKind.LOGISTIC, sample, ["0", "domain"])
    for name, value, error in zip(
        ours.names, ours.joint.value, ours.joint.standard_errors(), strict=True
    ):
        level = name.removeprefix("domain[").removesuffix("]")
        theirs = proportion(columns_of(sample)["high"], sample.design, sample.domain == level)
        share = theirs.value
        assert value == pytest.approx(np.log(share / (1 - share)), rel=1e-9, abs=1e-9)
        if theirs.df > 0:
            slope = share * (1 - share)
            assert error * slope == pytest.approx(theirs.standard_error, rel=1e-7, abs=1e-8)


@law
@given(samples(), kinds)
def test_margins_of_one_factor_are_what_the_domains_say(sample, kind):
    assume(kind is not ModelKind.ORDINAL)
    ours = predicted_margins(fit(kind, sample, ["domain"]), "domain")
    y = columns_of(sample)[RESPONSES[kind]]
    for setting, value, error in zip(
        ours.settings, ours.joint.value, ours.joint.standard_errors(), strict=True
    ):
        theirs = mean(y, sample.design, sample.domain == setting["domain"])
        assert value == pytest.approx(theirs.value, rel=1e-9)
        if theirs.df > 0:
            assert error == pytest.approx(theirs.standard_error, rel=1e-7, abs=1e-8)


@law
@given(samples(), kinds, st.floats(0.01, 1000))
def test_scaling_every_weight_changes_nothing(sample, kind, factor):
    scaled = type(sample)(
        sample.stratum, sample.psu, sample.weight * factor, sample.columns, sample.domain
    )
    before = fit(kind, sample, ["b"])
    assert_same_fit(fit(kind, scaled, ["b"]), before)


@law
@given(samples(), kinds, st.randoms(use_true_random=False))
def test_the_order_of_respondents_changes_nothing(sample, kind, random):
    rows = list(range(len(sample.weight)))
    random.shuffle(rows)
    before = fit(kind, sample, ["b", "domain"])
    assert_same_fit(fit(kind, sample.taken(rows), ["b", "domain"]), before)


@law
@given(samples(), kinds)
def test_people_of_weight_zero_change_nothing(sample, kind):
    before = fit(kind, sample, ["b"])
    again = np.concatenate([np.arange(len(sample.weight)), np.arange(len(sample.weight))])
    doubled = sample.taken(again)
    weight = doubled.weight.copy()
    weight[len(sample.weight) :] = 0.0
    columns = dict(doubled.columns)
    columns["b"] = np.where(weight > 0, columns["b"], 3)
    with_zeros = type(sample)(doubled.stratum, doubled.psu, weight, columns, doubled.domain)
    assert_same_fit(fit(kind, with_zeros, ["b"]), before)


@law
@given(samples(), kinds)
def test_a_domain_is_zeros_not_deletion(sample, kind):
    inside = sample.domain != "z"
    assume(inside.any())
    zeros = type(sample)(
        sample.stratum,
        sample.psu,
        np.where(inside, sample.weight, 0.0),
        sample.columns,
        sample.domain,
    )
    assert_same_fit(fit(kind, sample, ["b"], where=inside), fit(kind, zeros, ["b"]))


@law
@given(samples(), kinds, st.floats(-3, 3), st.floats(0.2, 5))
def test_moving_and_scaling_a_number_moves_its_coefficient(sample, kind, shift, scale):
    before = fit(kind, sample, ["b"])
    columns = columns_of(sample)
    moved = fit_model(
        kind,
        RESPONSES[kind],
        ["b"],
        columns | {"b": shift + scale * columns["b"]},
        sample.design,
        lonely=LonelyPolicy.ADJUST,
    )
    slope = before.positions("b")[0]
    assert moved.joint.value[slope] * scale == pytest.approx(
        before.joint.value[slope], rel=1e-7, abs=1e-7
    )
    # As a share of all errors: an error of zero is one up to rounding.
    assert moved.joint.standard_errors()[slope] * scale == pytest.approx(
        before.joint.standard_errors()[slope], rel=1e-6, abs=1e-7
    )


@law
@given(samples(), kinds, st.integers(0, 10**6))
def test_influences_are_derivatives(sample, kind, pick):
    model = fit(kind, sample, ["b"])
    estimator, weight = model.estimator, sample.design.weight
    size = np.abs(model.joint.value).max()
    assume(size < 8)  # far out, where shares are 0 and 1, differences lose their digits
    margins = MarginEstimator(
        estimator,
        (model.matrix.values[:, 1 if kind is ModelKind.ORDINAL else 0 :],),
        averaging=Averaging.ESTIMATED,
        fixed_weight=weight,
    )
    row = model.matrix.rows[pick % len(model.matrix.rows)]
    for one in (estimator, margins):
        small = 1e-4 * weight[row]
        up, down = weight.copy(), weight.copy()
        up[row] += small
        down[row] -= small
        slope = (one.value(up) - one.value(down)) / (2 * small)
        influence = one.influence(weight, one.value(weight))[row]
        scale = np.abs(one.influence(weight, one.value(weight))).max()
        np.testing.assert_allclose(slope, influence, rtol=1e-4, atol=1e-5 * scale + 1e-11)


@law
@given(samples())
def test_the_t_test_of_two_groups_is_the_regression_on_the_group(sample):
    inside = sample.domain != "z"
    model = fit(ModelKind.LINEAR, sample, ["domain"], where=inside)
    ours = t_test_groups(
        answers(sample), sample.domain, sample.design, where=inside, lonely=LonelyPolicy.ADJUST
    )
    theirs = model.coefficients()[1]
    assert ours.name == "y - x"
    assert ours.df == theirs.df
    assert ours.value == pytest.approx(theirs.value, rel=1e-9, abs=1e-10)
    assert ours.standard_error == pytest.approx(theirs.standard_error, rel=1e-7, abs=1e-8)


def test_jackknife_and_linearisation_agree_as_the_sample_grows():
    rng = np.random.default_rng(20261120)
    distance = []
    for n in (40, 160, 640):
        x = rng.normal(size=n)
        y = (rng.random(n) < 1 / (1 + np.exp(-x))).astype(float)
        plain = Design.from_columns(np.zeros(n), np.arange(n), rng.uniform(1, 3, n))
        factor = (1 - np.eye(n)) * n / (n - 1)
        jackknife = Design(
            plain.cluster,
            plain.weight,
            plain.clusters,
            replicates=Replicates("jk1", (n - 1) / n, np.ones(n), factor=factor),
        )
        errors = [
            fit_model(ModelKind.LOGISTIC, "y", ["x"], {"x": x, "y": y}, one).joint.standard_errors()
            for one in (plain, jackknife)
        ]
        distance.append(np.abs(errors[1] / errors[0] - 1).max())
    assert distance[0] > distance[1] > distance[2]
    assert distance[2] < 0.02
