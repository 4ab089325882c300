"""Regressions, tests of terms and margins against R's survey package."""

import numpy as np
import pytest
from scipy.stats import f

from analysis.models import (
    Averaging,
    Link,
    ModelKind,
    fit_model,
    likelihood_ratio_test,
    predicted_margins,
)
from tests.analysis.oracles.models.rows import (
    ORACLE,
    assert_close,
    columns_of,
    design_of,
    where_of,
)

LINEAR, ITERATED = 1e-9, 1e-6
# R's own iterations stop at a relative 1e-15 of the deviance: far better than it need be.
FITTED = 1e-8


def named(entries):
    return [pytest.param(one, id=f"{number}-{one['design']}") for number, one in enumerate(entries)]


def listed(terms):
    return [terms] if isinstance(terms, str) else terms


def fitted(one, **options):
    return fit_model(
        ModelKind(one["kind"]),
        one["response"],
        listed(one["terms"]),
        columns_of(one["design"]),
        design_of(one["design"]),
        where=where_of(one["design"], one.get("where")),
        **options,
    )


@pytest.mark.parametrize("theirs", [pytest.param(o, id=o["name"]) for o in ORACLE["regressions"]])
def test_regressions_are_those_of_svyglm(theirs):
    fit = fitted(theirs)
    rel = LINEAR if theirs["kind"] == "linear" else FITTED
    ours = fit.coefficients()
    plain = [name.replace("[", "").replace("]", "") for name in fit.names]
    assert [name.replace("(intercept)", "(Intercept)") for name in plain] == theirs["names"]
    assert fit.df == theirs["df"]
    assert_close([one.value for one in ours], theirs["value"], rel)
    assert_close([one.standard_error for one in ours], theirs["error"], rel)
    assert_close([one.p_value for one in ours], theirs["p"], rel)
    assert_close([one.interval.low for one in ours], theirs["low"], rel)
    assert_close([one.interval.high for one in ours], theirs["high"], rel)
    scale = np.abs(np.array(theirs["covariance"])).max()
    assert np.abs(fit.joint.covariance().ravel() - theirs["covariance"]).max() < rel * scale


LINEARISED = [one for one in ORACLE["regressions"] if not one["name"].startswith("replicates")]


@pytest.mark.parametrize("theirs", [pytest.param(o, id=o["name"]) for o in LINEARISED])
def test_dispersions_are_those_of_svyglm_but_for_its_scale_of_weights(theirs):
    fit = fitted(theirs)
    weight, used = fit.design.weight, fit.matrix.rows
    where = where_of(theirs["design"], theirs.get("where"))
    everybody = np.ones(fit.design.n, dtype=bool) if where is None else where
    # R divides the weights by their mean over the rows used after the fit, but by that over all
    # rows, with and without an answer, before: only where all answered do the two cancel.
    off = weight[used].mean() / weight[everybody].mean()
    assert_close(fit.dispersion * off, theirs["dispersion"], FITTED)


@pytest.mark.parametrize("theirs", [pytest.param(o, id=o["name"]) for o in ORACLE["regressions"]])
def test_tests_of_terms_are_those_of_regtermtest(theirs):
    fit = fitted(theirs)
    rel = LINEAR if theirs["kind"] == "linear" else FITTED
    assert theirs["wald"]
    for wald in theirs["wald"]:
        ours = fit.wald(wald["label"])
        assert (ours.df_numerator, ours.df_denominator) == (wald["df"], wald["ddf"])
        assert_close([ours.statistic, ours.p_value], [wald["f"], wald["p"]], rel * 10)
        ours = fit.wald(wald["label"], df=np.inf)
        assert_close([ours.statistic, ours.p_value], [wald["chisq"], wald["chisq_p"]], rel * 10)


@pytest.mark.parametrize("theirs", named(ORACLE["likelihood_ratios"]))
def test_working_likelihood_ratios_are_those_of_regtermtest(theirs):
    ours = likelihood_ratio_test(fitted(theirs), theirs["test"])
    rel = LINEAR if theirs["kind"] == "linear" else FITTED
    assert_close(ours.chi_square, theirs["chisq"], rel)
    assert_close(ours.scales[::-1], theirs["lambda"], rel * 10)
    assert ours.df_denominator == theirs["ddf"]
    # regTermTest takes a saddle point approximation, 4% off for a single coefficient.
    assert abs(ours.p_value - theirs["exact"]) < 1e-8
    if len(np.ravel(theirs["lambda"])) == 1:
        ratio = theirs["chisq"] / theirs["lambda"]
        assert_close(ours.p_value, f.sf(ratio, 1, theirs["ddf"]), FITTED)


@pytest.mark.parametrize("theirs", named(ORACLE["ordinal"]))
def test_ordinal_models_are_those_of_svyolr(theirs):
    # What svyolr calls cloglog is the log-log link of others.
    link = {"logistic": Link.LOGIT, "probit": Link.PROBIT, "cloglog": Link.LOGLOG}[theirs["method"]]
    fit = fitted(theirs | {"kind": "ordinal"}, link=link)
    plain = [name.replace("[", "").replace("]", "") for name in fit.names]
    assert plain == theirs["names"]
    ours = fit.coefficients()
    assert_close([one.value for one in ours], theirs["value"], ITERATED)
    assert_close([one.standard_error for one in ours], theirs["error"], ITERATED)
    assert fit.df == theirs["df"]
    wald = fit.wald(listed(theirs["terms"])[-1])
    assert_close([wald.statistic, wald.p_value], [theirs["f"], theirs["p"]], ITERATED * 10)


def test_ordinal_models_under_replicates_are_those_of_polr():
    fit = fitted(
        {"kind": "ordinal", "response": "band", "terms": ["ell", "stype"], "design": "clus1_jk1"}
    )
    assert_close(fit.joint.value, ORACLE["ordinal_replicates"]["value"], ITERATED)
    assert_close(fit.joint.standard_errors(), ORACLE["ordinal_replicates"]["error"], ITERATED)


@pytest.mark.parametrize("theirs", named(ORACLE["margins"]))
def test_predicted_margins_are_those_of_svypredmeans(theirs):
    rel = LINEAR if theirs["kind"] == "linear" else FITTED
    fit = fitted(theirs)
    ours = predicted_margins(fit, theirs["at"])
    assert [one[theirs["at"]] for one in ours.settings] == theirs["levels"]
    assert_close(ours.joint.value, theirs["value"], rel)
    fixed = predicted_margins(fit, theirs["at"], averaging=Averaging.FIXED)
    assert_close(fixed.joint.covariance(), theirs["coefficient_covariance"], rel * 100)


@pytest.mark.parametrize("theirs", named(ORACLE["margins"]))
def test_margins_vary_with_the_covariance_that_svypredmeans_leaves_out(theirs):
    rel = LINEAR if theirs["kind"] == "linear" else FITTED
    ours = predicted_margins(fitted(theirs), theirs["at"])
    assert_close(ours.joint.covariance(), theirs["joint_covariance"], rel * 100)
    # R adds the variances of coefficients and of averaging as if they were independent.
    assert not np.allclose(ours.joint.standard_errors(), theirs["separate_error"], rtol=1e-3)


def test_margins_under_replicates_are_those_of_glm_and_predict():
    fit = fitted(
        {"kind": "logistic", "response": "sch", "terms": ["ell", "stype"], "design": "clus1_jk1"}
    )
    ours = predicted_margins(fit, "stype")
    assert_close(ours.joint.value, ORACLE["margin_replicates"]["value"], FITTED)
    assert_close(ours.joint.covariance(), ORACLE["margin_replicates"]["covariance"], ITERATED)
