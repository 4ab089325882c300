"""Regressions one can work out by hand, and what they refuse."""

import math

import numpy as np
import pytest

from analysis.coding import encode
from analysis.design import Design, Replicates
from analysis.errors import BadWeightError, EmptyDomainError, LonelyPsuError
from analysis.models import (
    Averaging,
    Link,
    ModelKind,
    fit_model,
    likelihood_ratio_test,
    predicted_margins,
)
from analysis.models.errors import (
    AliasedTermsError,
    BadResponseError,
    BadTermError,
    NotConvergedError,
    UnknownColumnError,
)
from analysis.results import Note
from analysis.variance.lonely import LonelyPolicy
from tests.analysis.samples import one_psu_each


def linear(y, terms, columns, design, **options):
    return fit_model(ModelKind.LINEAR, "y", terms, columns | {"y": np.array(y)}, design, **options)


def test_a_line_through_three_points():
    # Slope 1, intercept 1/3; residuals -1/3, 2/3, -1/3; the influences x_i e_i A^-1 are
    # (-1/3)(-1)/2, 0, (-1/3)(1)/2 for the slope: 1/6, 0, -1/6, so 3/2 * (2/36) = 1/12.
    fit = linear([0.0, 2.0, 2.0], ["x"], {"x": np.array([0.0, 1.0, 2.0])}, one_psu_each(3))
    intercept, slope = fit.coefficients()
    assert (intercept.name, slope.name) == ("(intercept)", "x")
    assert intercept.value == pytest.approx(1 / 3, rel=1e-12)
    assert slope.value == pytest.approx(1, rel=1e-12)
    assert slope.standard_error == pytest.approx(math.sqrt(1 / 12), rel=1e-12)
    assert fit.df == 1  # 3 PSUs - 1 stratum + 1 - 2 coefficients
    # t with one degree of freedom is Cauchy's.
    p = 1 - 2 * math.atan(math.sqrt(12)) / math.pi
    assert slope.statistic == pytest.approx(math.sqrt(12), rel=1e-12)
    assert slope.p_value == pytest.approx(p, rel=1e-10)
    half = math.tan(math.pi * 0.475) * math.sqrt(1 / 12)
    assert slope.interval.high == pytest.approx(1 + half, rel=1e-10)
    # Residuals squared: (1 + 4 + 1) / 9, over n - 1.
    assert fit.dispersion == pytest.approx(1 / 3, rel=1e-12)


def test_a_weight_of_two_is_two_people():
    columns = {"x": np.array([0.0, 1.0, 2.0])}
    twice = linear(
        [0.0, 2.0, 3.0], ["x"], columns, Design.from_columns([1] * 3, [1, 2, 3], [1, 1, 2])
    )
    doubled = np.array([0, 1, 2, 2])
    same = linear(
        np.array([0.0, 2.0, 3.0])[doubled],
        ["x"],
        {"x": columns["x"][doubled]},
        Design.from_columns([1] * 4, doubled, [1.0] * 4),
    )
    assert twice.joint.value == pytest.approx(same.joint.value, rel=1e-12)
    assert twice.joint.covariance() == pytest.approx(same.joint.covariance(), rel=1e-12)


def test_missing_answers_and_domains_keep_their_place_in_the_design():
    y = [1.0, 2.0, np.nan, 4.0, 5.0, 9.0]
    x = np.array([1.0, 0.0, 1.0, np.nan, 0.0, 1.0])
    where = np.array([True, True, True, True, True, False])
    design = Design.from_columns([1, 1, 1, 2, 2, 2], [1, 2, 3, 1, 2, 3], [1.0] * 6)
    fit = linear(y, ["1"], {"x": x}, design, where=where)
    assert fit.joint.value == pytest.approx([3.0])
    # Influences -2/4 and -1/4 of three PSUs, and 1/4, 2/4 of three.
    spread = sum(
        3 / 2 * np.sum((np.array(z) - np.mean(z)) ** 2)
        for z in ([-0.5, -0.25, 0.0], [0.25, 0.5, 0.0])
    )
    assert fit.joint.covariance()[0, 0] == pytest.approx(spread, rel=1e-12)
    assert (fit.n, fit.df) == (4, 2)
    assert linear(y, ["x"], {"x": x}, design, where=where).n == 3


def test_a_logistic_model_of_a_category_predicts_the_last_one():
    answer = np.array(["no", "yes", "yes", "yes"], dtype=object)
    fit = fit_model(ModelKind.LOGISTIC, "y", ["1"], {"y": answer}, one_psu_each(4))
    assert fit.response_levels == ("no", "yes")
    assert fit.joint.value == pytest.approx([math.log(3)], rel=1e-12)
    turned = fit_model(
        ModelKind.LOGISTIC, "y", ["1"], {"y": answer}, one_psu_each(4), levels=["yes", "no"]
    )
    assert turned.joint.value == pytest.approx([-math.log(3)], rel=1e-12)


def test_a_poisson_model_of_one_group_is_the_logarithm_of_its_mean():
    fit = fit_model(ModelKind.POISSON, "y", ["1"], {"y": np.array([0, 1, 5])}, one_psu_each(3))
    assert fit.joint.value == pytest.approx([math.log(2)], rel=1e-12)
    # Influence (y - 2) / (3 * 2): -1/3, -1/6, 1/2.
    assert fit.joint.covariance()[0, 0] == pytest.approx(1.5 * (4 + 1 + 9) / 36, rel=1e-10)


@pytest.mark.parametrize("link", list(Link))
def test_thresholds_of_an_ordinal_model_without_terms_are_marginal_shares(link):
    inverse = {
        Link.LOGIT: lambda p: math.log(p / (1 - p)),
        Link.PROBIT: lambda p: math.sqrt(2) * _erfinv(2 * p - 1),
        Link.CLOGLOG: lambda p: math.log(-math.log(1 - p)),
        Link.LOGLOG: lambda p: -math.log(-math.log(p)),
    }[link]
    y = np.array([1, 2, 2, 3, 3, 3, 3, 3, 7, 7])
    fit = fit_model(ModelKind.ORDINAL, "y", ["1"], {"y": y}, one_psu_each(10), link=link)
    assert fit.names == ("1|2", "2|3", "3|7")
    assert fit.joint.value == pytest.approx([inverse(p) for p in (0.1, 0.3, 0.8)], rel=1e-9)
    assert fit.df == 9
    assert math.isnan(fit.dispersion)


def _erfinv(x):
    from scipy.special import erfinv

    return float(erfinv(x))


def test_ordinal_categories_can_be_put_in_order():
    y = np.array(["low", "mid", "high", "mid", "low", "mid"], dtype=object)
    fit = fit_model(
        ModelKind.ORDINAL, "y", ["1"], {"y": y}, one_psu_each(6), levels=["low", "mid", "high"]
    )
    assert fit.names == ("low|mid", "mid|high")
    assert fit.response_levels == ("low", "mid", "high")


def test_aliased_columns_are_named():
    x = np.array([1.0, 2.0, 4.0, 8.0, 9.0])
    columns = {
        "x": x,
        "double": 2 * x,
        "z": np.array([1.0, 0, 0, 1, 0]),
        "sum": x + np.array([1, 0, 0, 1, 0]),
    }
    with pytest.raises(AliasedTermsError, match="columns=double, sum"):
        linear(x, ["x", "double", "z", "sum"], columns, one_psu_each(5))
    with pytest.raises(AliasedTermsError, match="columns=one"):
        linear(x, ["one"], {"one": np.ones(5)}, one_psu_each(5))
    with pytest.raises(AliasedTermsError, match="columns=nothing"):
        linear(x, ["nothing"], {"nothing": np.zeros(5)}, one_psu_each(5))
    three = np.array(["a", "b", "c", "a", "b"], dtype=object)
    other = np.array(["p", "q", "q", "p", "q"], dtype=object)
    with pytest.raises(AliasedTermsError, match=r"columns=other\[q\]"):
        linear(x, ["three", "other"], {"three": three, "other": other}, one_psu_each(5))
    with pytest.raises(AliasedTermsError, match="columns=x"):
        fit_model(
            ModelKind.ORDINAL, "y", ["x"], {"x": np.ones(5), "y": np.arange(5)}, one_psu_each(5)
        )


def test_more_coefficients_than_people_are_aliased():
    columns = {"x": np.array([1.0, 2.0]), "z": np.array([0.0, 5.0])}
    with pytest.raises(AliasedTermsError, match="columns=z"):
        linear([1.0, 2.0], ["x", "z"], columns, one_psu_each(2))


def test_a_group_in_which_everybody_agrees_has_no_logistic_fit():
    y = np.array([0, 1, 0, 1, 1, 1, 1, 1])
    group = np.array(["a"] * 4 + ["b"] * 4, dtype=object)
    with pytest.raises(NotConvergedError, match=r"coefficients=g\[b\]"):
        fit_model(ModelKind.LOGISTIC, "y", ["g"], {"y": y, "g": group}, one_psu_each(8))


def test_a_number_that_separates_has_no_logistic_fit():
    y, x = np.array([0, 0, 0, 1, 1, 1]), np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
    with pytest.raises(NotConvergedError):
        fit_model(ModelKind.LOGISTIC, "y", ["x"], {"y": y, "x": x}, one_psu_each(6))
    with pytest.raises(NotConvergedError, match=r"coefficients=\(intercept\)"):
        fit_model(ModelKind.LOGISTIC, "y", ["1"], {"y": np.ones(6)}, one_psu_each(6))
    with pytest.raises(NotConvergedError):
        fit_model(ModelKind.ORDINAL, "y", ["x"], {"y": np.arange(6) // 2, "x": x}, one_psu_each(6))


def test_a_group_without_any_count_has_no_poisson_fit():
    y, group = np.array([1, 2, 0, 0]), np.array(["a", "a", "b", "b"], dtype=object)
    with pytest.raises(NotConvergedError, match=r"coefficients=g\[b\]"):
        fit_model(ModelKind.POISSON, "y", ["g"], {"y": y, "g": group}, one_psu_each(4))


def test_responses_of_the_wrong_kind_are_refused():
    design = one_psu_each(4)
    names = np.array(["a", "b", "c", "a"], dtype=object)
    for kind, y, reason in (
        (ModelKind.LINEAR, names, "not a number"),
        (ModelKind.POISSON, np.array([1, -1, 2, 3]), "value=-1"),
        (ModelKind.LOGISTIC, np.array([1, 2, 1, 2]), "value=2"),
        (ModelKind.LOGISTIC, names, "levels=a, b, c"),
        (ModelKind.ORDINAL, np.array([1, 2, 1, 2]), "levels=1, 2"),
    ):
        with pytest.raises(BadResponseError, match=reason):
            fit_model(kind, "y", ["1"], {"y": y}, design)
    with pytest.raises(BadResponseError, match="value=c, reason=not among the levels"):
        fit_model(ModelKind.ORDINAL, "y", ["1"], {"y": names}, design, levels=["a", "b"])
    with pytest.raises(UnknownColumnError, match="column=y"):
        fit_model(ModelKind.LINEAR, "y", ["1"], {}, design)
    with pytest.raises(BadTermError, match="thresholds"):
        fit_model(ModelKind.ORDINAL, "y", ["0", "y"], {"y": np.arange(4)}, design)
    with pytest.raises(EmptyDomainError):
        fit_model(ModelKind.LINEAR, "y", ["1"], {"y": np.full(4, np.nan)}, design)


def test_negative_weights_have_no_regression():
    design = one_psu_each(3)
    calibrated = Design(design.cluster, np.array([2.0, -1.0, 2.0]), design.clusters)
    with pytest.raises(BadWeightError, match="row=1"):
        linear([1.0, 2.0, 3.0], ["1"], {}, calibrated)
    outside = linear([1.0, 2.0, 3.0], ["1"], {}, calibrated, where=np.array([True, False, True]))
    assert outside.joint.value == pytest.approx([2.0])


def test_lonely_strata_fail_or_are_noted():
    design = Design.from_columns([1, 1, 2], [1, 2, 3], [1.0] * 3)
    fit = linear([1.0, 2.0, 3.0], ["1"], {}, design)
    with pytest.raises(LonelyPsuError):
        fit.coefficients()
    fit = linear([1.0, 2.0, 3.0], ["1"], {}, design, lonely=LonelyPolicy.ADJUST)
    assert fit.notes == (Note("lonely-psu", "adjust"),)
    assert fit.coefficients()[0].standard_error > 0


def test_without_degrees_of_freedom_there_is_neither_p_value_nor_interval():
    fit = linear(
        [0.0, 2.0, 1.0],
        ["x", "z"],
        {"x": np.arange(3.0), "z": np.arange(3.0) ** 2},
        one_psu_each(3),
    )
    assert fit.df == 0
    one = fit.coefficients()[1]
    assert math.isnan(one.p_value)
    assert math.isnan(one.interval.low)


def test_a_replicate_without_a_fit_is_noted():
    # Leaving out the first PSU leaves out all of group b.
    columns = {"g": np.array(["b", "a", "a", "a"], dtype=object)}
    design = one_psu_each(4)
    factor = (1 - np.eye(4)) * 4 / 3
    design = Design(
        design.cluster,
        design.weight,
        design.clusters,
        replicates=Replicates("jk1", 0.75, np.ones(4), factor=factor),
    )
    fit = linear([4.0, 1.0, 2.0, 6.0], ["g"], columns, design)
    assert [note.code for note in fit.notes] == ["replicates-without-value"]
    assert fit.joint.value == pytest.approx([3.0, 1.0])
    y = np.array([1, 0, 1, 0])
    assert fit_model(ModelKind.LINEAR, "y", ["1"], columns | {"y": y}, design).notes == ()


# --- terms, margins ---------------------------------------------------------------------------

ANSWERS = {
    "y": np.array([1.0, 3.0, 2.0, 8.0, 4.0, 7.0, 5.0, 9.0]),
    "g": np.array(["a", "a", "b", "b", "c", "c", "a", "c"], dtype=object),
    "x": np.array([1.0, 2.0, 2.0, 5.0, 1.0, 4.0, 2.0, 3.0]),
}


def test_the_wald_test_of_one_coefficient_is_its_t_squared():
    fit = linear(ANSWERS["y"], ["x", "g"], ANSWERS, one_psu_each(8))
    t = fit.coefficients()[1]
    test = fit.wald("x")
    assert test.statistic == pytest.approx(t.statistic**2, rel=1e-10)
    assert (test.df_numerator, test.df_denominator) == (1, fit.df)
    assert test.p_value == pytest.approx(t.p_value, rel=1e-9)
    assert fit.terms == ("x", "g")
    assert fit.wald("g").df_numerator == 2
    assert fit.wald(["g", "x"]).df_numerator == 3
    assert fit.wald(["1", "x"]).df_numerator == 2


def test_terms_that_are_not_in_the_model_cannot_be_tested():
    fit = linear(ANSWERS["y"], ["x", "g"], ANSWERS, one_psu_each(8))
    with pytest.raises(BadTermError, match="term=x:g"):
        fit.wald("x:g")
    with pytest.raises(UnknownColumnError):
        fit.wald("nobody")
    ordinal = fit_model(ModelKind.ORDINAL, "x", ["y"], ANSWERS, one_psu_each(8))
    with pytest.raises(BadTermError, match="thresholds"):
        ordinal.wald("1")


def test_more_hypotheses_than_clusters_can_tell_have_no_wald_test():
    design = Design.from_columns([1] * 8, [1, 1, 1, 2, 2, 2, 2, 2], [1.0] * 8)
    fit = linear(ANSWERS["y"], ["g"], ANSWERS, design)
    assert math.isnan(fit.wald("g").statistic)
    assert math.isnan(fit.wald("g").p_value)


def test_margins_of_a_model_with_one_factor_are_its_means():
    fit = linear(ANSWERS["y"], ["g"], ANSWERS, one_psu_each(8))
    margins = predicted_margins(fit, "g")
    assert margins.names == ("g[a]", "g[b]", "g[c]")
    assert margins.joint.value == pytest.approx([3.0, 5.0, 20 / 3], rel=1e-12)
    differences = margins.differences()
    assert [one.name for one in differences] == ["g[b] - g[a]", "g[c] - g[a]"]
    ours = fit.coefficients()[1:]
    for difference, coefficient in zip(differences, ours, strict=True):
        assert difference.value == pytest.approx(coefficient.value, rel=1e-10)
        assert difference.standard_error == pytest.approx(coefficient.standard_error, rel=1e-10)
    back = margins.differences(against=2)
    assert back[0].name == "g[a] - g[c]"
    assert back[0].value == pytest.approx(-ours[1].value, rel=1e-10)
    assert margins.equality().statistic == pytest.approx(fit.wald("g").statistic, rel=1e-9)


def test_a_linear_model_moves_every_margin_by_its_slope():
    fit = linear(ANSWERS["y"], ["x", "g"], ANSWERS, one_psu_each(8))
    margins = predicted_margins(fit, "x", at={"x": [0, 10]})
    slope = fit.coefficients()[1]
    difference = margins.differences()[0]
    assert margins.names == ("x[0]", "x[10]")
    assert difference.value == pytest.approx(10 * slope.value, rel=1e-10)
    assert difference.standard_error == pytest.approx(10 * slope.standard_error, rel=1e-10)
    with pytest.raises(BadTermError, match="numbers need values"):
        predicted_margins(fit, "x")


def test_fixed_people_have_smaller_errors_where_people_differ():
    fit = linear(ANSWERS["y"], ["x", "g"], ANSWERS, one_psu_each(8))
    estimated = predicted_margins(fit, "g").joint.standard_errors()
    fixed = predicted_margins(fit, "g", averaging=Averaging.FIXED).joint.standard_errors()
    assert (fixed < estimated).all()


def test_margins_of_products_are_made_for_every_combination():
    columns = ANSWERS | {"h": np.array(list("ppqqpqqp"), dtype=object)}
    fit = linear(ANSWERS["y"], ["g", "h"], columns, one_psu_each(8))
    margins = predicted_margins(fit, "g:h")
    assert margins.names[:3] == ("g[a]:h[p]", "g[a]:h[q]", "g[b]:h[p]")
    value = dict(zip(fit.names, fit.joint.value, strict=True))
    assert margins.joint.value[3] == pytest.approx(
        value["(intercept)"] + value["g[b]"] + value["h[q]"], rel=1e-12
    )


def test_margins_of_an_ordinal_model_are_shares_of_every_category():
    rng = np.random.default_rng(5)
    columns = {
        "y": rng.integers(1, 4, 60),
        "g": rng.choice(["a", "b"], 60),
        "x": rng.normal(size=60),
    }
    fit = fit_model(ModelKind.ORDINAL, "y", ["g", "x"], columns, one_psu_each(60))
    margins = predicted_margins(fit, "g")
    assert margins.names == ("g[a]=1", "g[a]=2", "g[a]=3", "g[b]=1", "g[b]=2", "g[b]=3")
    assert margins.joint.value[:3].sum() == pytest.approx(1, rel=1e-12)
    # One coefficient moves all the shares: the covariance tells one difference, not two.
    assert margins.differences()[0].value == pytest.approx(
        margins.joint.value[3] - margins.joint.value[0]
    )
    assert margins.differences()[0].name == "g[b]=1 - g[a]=1"


def test_a_likelihood_ratio_of_least_squares_is_the_drop_of_the_residual_sum():
    fit = linear(ANSWERS["y"], ["x", "g"], ANSWERS, one_psu_each(8))
    smaller = linear(ANSWERS["y"], ["x"], ANSWERS, one_psu_each(8))
    test = likelihood_ratio_test(fit, "g")
    assert test.chi_square == pytest.approx((smaller.dispersion - fit.dispersion) * 7, rel=1e-9)
    assert len(test.scales) == 2
    assert 0 < test.p_value < 1


def test_the_likelihood_ratio_does_not_depend_on_the_scale_of_weights():
    # That of svyolr in R survey 4.1 does: its deviance is scaled, its information is not.
    rng = np.random.default_rng(11)
    columns = {
        "y": rng.integers(1, 5, 80),
        "x": rng.normal(size=80),
        "g": rng.choice(["a", "b"], 80),
    }
    tests = []
    for scale in (1.0, 250.0):
        design = Design.from_columns(np.zeros(80), np.arange(80), np.full(80, scale))
        fit = fit_model(ModelKind.ORDINAL, "y", ["x", "g"], columns, design)
        tests.append(likelihood_ratio_test(fit, "g"))
    assert tests[1].p_value == pytest.approx(tests[0].p_value, rel=1e-8)
    assert tests[1].chi_square == pytest.approx(tests[0].chi_square, rel=1e-8)


def test_coded_numbers_are_categories_of_the_model():
    columns = {"g": encode(np.array([1, 1, 2, 2, 3, 3, 1, 3]))}
    fit = linear(ANSWERS["y"], ["g"], columns, one_psu_each(8))
    assert fit.names == ("(intercept)", "g[2]", "g[3]")
