"""Quantiles, spread, intervals, design effects and intraclass correlations against R."""

import json
import math
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from analysis.design import Design, Replicates, StageColumns
from analysis.estimate.design_effect import (
    DesignEffectKind,
    coefficient_of_variation,
    design_effect,
)
from analysis.estimate.domains import Domains
from analysis.estimate.icc import IntraclassCorrelation
from analysis.estimate.means import Means
from analysis.estimate.quantile import Quantiles, replicated_quantiles, woodruff
from analysis.estimate.quantile_rules import QuantileRule
from analysis.estimate.spread import Spread, SpreadKind, spread_estimates
from analysis.intervals import share_interval
from analysis.results import IntervalMethod
from analysis.variance.joint import infer

HERE = Path(__file__).parent
FIGURES = json.loads((HERE / "distribution.json").read_text())["figures"]
SAMPLES = ("srs", "strat", "clus1", "clus2", "unequal", "elementary")

# Where R takes the second value, or one below the smallest, for a share below the first.
BELOW_THE_FIRST = {
    ("clus2", QuantileRule.HF3): [
        (("meals", "mean"), "low", 0),
        (("meals", "mean"), "error", 0),
    ],
    ("unequal", QuantileRule.HF4): [
        (("api00", "mean"), "low", 0),
        (("api00", "mean"), "error", 0),
    ],
}


def close(ours, theirs, rel=1e-9):
    """Say whether two numbers are the same; null means NaN."""
    if theirs is None:
        return math.isnan(ours)
    return math.isclose(ours, theirs, rel_tol=rel, abs_tol=1e-13)


def column(rows, name):
    return rows[name].cast(pl.Float64).to_numpy()


def load(name):
    """Read the rows, the design and the domain of one of R's designs."""
    file = {"unequal": "clus1", "elementary": "clus1", "jackknife": "clus1"}.get(name, name)
    rows = pl.read_csv(HERE / f"{file}.csv", infer_schema_length=None)
    domains = None
    if name == "clus2":
        stages = [
            StageColumns(rows["dnum"].to_numpy(), size=column(rows, "fpc1")),
            StageColumns(rows["snum"].to_numpy(), size=column(rows, "fpc2")),
        ]
        return rows, Design.from_stages(stages), domains
    weight = column(rows, "pw")
    if name == "unequal":
        weight = weight * (1 + column(rows, "school") % 3)
        return rows, Design.from_stages([StageColumns(rows["dnum"].to_numpy())], weight), domains
    stratum = rows["stype"].to_numpy() if name == "strat" else None
    cluster = rows["dnum" if file == "clus1" else "school"].to_numpy()
    stages = [StageColumns(cluster, stratum, size=column(rows, "fpc"))]
    if name == "elementary":
        domains = Domains.of_mask(rows["stype"].to_numpy() == "E")
    return rows, Design.from_stages(stages, weight), domains


def inside(rows, domains):
    return np.ones(len(rows), dtype=bool) if domains is None else domains.code == 0


def wrong(found, theirs, what):
    """List figures of a row of quantiles that are not those of R."""
    ours = {
        "value": found.value[0],
        "low": found.low[0],
        "high": found.high[0],
        "error": found.standard_error[0],
    }
    return [
        (what, name, k, ours[name][k], row[name])
        for k, row in enumerate(theirs)
        for name in ours
        if not close(ours[name][k], row.get(name))
    ]


@pytest.mark.parametrize("rule", list(QuantileRule))
@pytest.mark.parametrize("name", SAMPLES)
def test_quantiles_are_those_of_svyquantile(name, rule):
    rows, design, domains = load(name)
    chosen = [row for row in FIGURES[name]["quantiles"] if row["rule"] == rule.value]
    assert len(chosen) >= 10
    found = []
    for interval in {row["interval"] for row in chosen}:
        for variable in ("api00", "meals"):
            theirs = [
                row for row in chosen if (row["interval"], row["variable"]) == (interval, variable)
            ]
            if not theirs:
                continue
            shares = [row["share"] for row in theirs]
            quantiles = Quantiles(column(rows, variable), shares, rule=rule, domains=domains)
            figures = woodruff(quantiles, design, interval=IntervalMethod(interval))
            found += wrong(figures, theirs, (variable, interval))
    known = BELOW_THE_FIRST.get((name, rule), ())
    assert [difference[:3] for difference in found] == list(known)
    for _, end, _, ours, _ in found:
        assert end != "low" or ours == column(rows, known[0][0][0]).min()


def test_a_share_below_the_first_is_reached_by_the_smallest_value():
    rows, design, _ = load("srs")
    quantiles = Quantiles(column(rows, "api00"), [0.004])
    tie = FIGURES["tie"]
    assert quantiles.value(design.weight) == [tie["smallest"]]
    assert tie["below_first"] > tie["smallest"]


def test_a_sum_of_weights_meets_a_share_as_in_quantile_whatever_the_rounding():
    rows, design, _ = load("srs")
    quantiles = Quantiles(column(rows, "api00"), [0.1])
    tie = FIGURES["tie"]
    assert quantiles.value(design.weight) == [tie["base"]]
    assert tie["survey"] > tie["base"]


@pytest.mark.parametrize("name", SAMPLES)
def test_score_intervals_hold_what_no_test_rejects(name):
    rows, design, domains = load(name)
    theirs = FIGURES[name]["score"]
    shares = [row["share"] for row in theirs]
    quantiles = Quantiles(column(rows, "api00"), shares, domains=domains)
    figures = woodruff(quantiles, design, interval=IntervalMethod.SCORE)
    for k, row in enumerate(theirs):
        assert row["changes"] == 2, "there would be several intervals"
        assert (figures.low[0, k], figures.high[0, k]) == (row["low"], row["high"])


def test_score_intervals_of_svyquantile_stop_at_these_values_or_the_next():
    rows, design, _ = load("srs")
    theirs = FIGURES["srs"]["own_score"]
    api00 = np.sort(column(rows, "api00"))
    quantiles = Quantiles(api00, [row["share"] for row in theirs])
    figures = woodruff(quantiles, design, interval=IntervalMethod.SCORE)
    for k, row in enumerate(theirs):
        for ours, name in ((figures.low[0, k], "low"), (figures.high[0, k], "high")):
            assert 0 <= np.searchsorted(api00, ours) - np.searchsorted(api00, row[name]) <= 1


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize(
    ("method", "key", "rel"),
    [
        (IntervalMethod.MEAN, "mean", 1e-9),
        (IntervalMethod.XLOGIT, "xlogit", 1e-9),
        (IntervalMethod.ASIN, "asin", 1e-9),
        (IntervalMethod.BETA, "beta", 1e-9),
        (IntervalMethod.LIKELIHOOD, "exact", 1e-9),
        # R fits a logistic regression and stops when its deviance stands still.
        (IntervalMethod.LOGIT, "logit", 1e-6),
        # R reads these off a spline; see likelihood_interval.
        (IntervalMethod.LIKELIHOOD, "profile", 1e-4),
    ],
)
def test_intervals_of_shares_are_those_of_svyciprop(name, method, key, rel):
    rows, design, domains = load(name)
    has = Means.of(column(rows, "met_target"), domains=domains)
    share = infer(has, design)
    for theirs in FIGURES[name]["intervals"]:
        assert close(share.value[0], theirs["value"])
        assert close(share.standard_errors()[0], theirs["error"])
        assert share.df == theirs["df"]
        n = np.array([float(theirs["n"])])
        low, high, is_flat = share_interval(
            method,
            share.value,
            share.standard_errors(),
            n=n,
            flat_n=n,
            df=np.array([share.df]),
            level=theirs["level"],
        )
        assert not is_flat[0]
        ends = theirs[key] if key in theirs else theirs["likelihood"][key]
        assert close(low[0], ends[0], rel)
        assert close(high[0], ends[1], rel)


@pytest.mark.parametrize("name", SAMPLES)
def test_spread_is_that_of_svyvar(name):
    rows, design, domains = load(name)
    theirs = FIGURES[name]["spread"]
    scores = np.column_stack([column(rows, "api00"), column(rows, "api99")])
    joint = infer(Spread(scores, SpreadKind.COVARIANCE, domains=domains), design)
    np.testing.assert_allclose(joint.value, theirs["covariance"], rtol=1e-9)
    np.testing.assert_allclose(joint.standard_errors(), theirs["error"], rtol=1e-9)
    assert close(joint.covariance()[0, 2], theirs["between"])
    for kind, key in (
        (SpreadKind.STANDARD_DEVIATION, "deviation"),
        (SpreadKind.CORRELATION, "correlation"),
    ):
        figure = infer(Spread(scores, kind, domains=domains), design)
        assert close(figure.value[0], theirs[key])
        assert close(figure.standard_errors()[0], theirs[f"{key}_error"])


@pytest.mark.parametrize("name", SAMPLES)
def test_variances_of_domains_are_those_of_svyvar(name):
    rows, design, domains = load(name)
    theirs = FIGURES[name]["spread"]
    for variable in ("meals", "enroll"):
        values = column(rows, variable)
        found = spread_estimates(values, SpreadKind.VARIANCE, design, domains=domains)[0][0]
        assert close(found.value, theirs[variable])
        assert close(found.standard_error, theirs[f"{variable}_error"])
        if variable == "meals":
            assert close(found.interval.low, theirs["ends"][0])
            assert close(found.interval.high, theirs["ends"][1])


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize(("figure", "variable"), [("mean", "api00"), ("share", "met_target")])
def test_design_effects_by_both_definitions_are_those_of_svymean(name, figure, variable):
    rows, design, domains = load(name)
    values = column(rows, variable)
    mean = infer(Means.of(values, domains=domains), design)
    counted = inside(rows, domains)
    n, weight = np.array([counted.sum()]), np.array([design.weight[counted].sum()])
    spread = Spread(values, SpreadKind.VARIANCE, domains=domains)
    unit_variance = spread.value(design.weight) / n
    variance = mean.standard_errors() ** 2
    theirs = FIGURES[name]["effects"][figure]
    for kind, key in (
        (DesignEffectKind.WITH_REPLACEMENT, "replace"),
        (DesignEffectKind.WITHOUT_REPLACEMENT, "without"),
    ):
        ours = design_effect(variance, unit_variance, n, weight, kind)
        assert close(ours[0], theirs[key])
    if figure == "mean":
        cv = coefficient_of_variation(mean.value, mean.standard_errors())
        assert close(cv[0], FIGURES[name]["effects"]["cv"])


def test_replicates_give_the_quantiles_and_variances_of_r():
    rows, design, _ = load("jackknife")
    weight = pl.read_csv(HERE / "jackknife.csv").to_numpy()
    theirs = FIGURES["jackknife"]
    replicates = Replicates("jk1", theirs["scale"], np.ones(weight.shape[1]), weight=weight)
    design = Design(design.cluster, design.weight, design.clusters, replicates=replicates)
    quantiles = Quantiles(column(rows, "api00"), [row["share"] for row in theirs["mean"]])
    assert wrong(woodruff(quantiles, design), theirs["mean"], "mean") == []
    own = replicated_quantiles(quantiles, design)
    assert wrong(own, theirs["quantile"], "quantile") == []
    variance = infer(Spread(column(rows, "api00"), SpreadKind.VARIANCE), design)
    assert close(variance.value[0], theirs["variance"]["value"])
    assert close(variance.standard_errors()[0], theirs["variance"]["error"])


def test_intraclass_correlation_is_that_of_analysis_of_variance():
    rows, design, _ = load("clus1")
    api00, district = column(rows, "api00"), rows["dnum"].to_numpy()
    found = IntraclassCorrelation(api00, [district]).value(design.weight)
    assert close(found[0], FIGURES["icc"]["anova"])


def test_with_clusters_of_one_size_restricted_likelihood_agrees():
    rows, design, _ = load("clus1")
    theirs = FIGURES["icc"]
    inside = np.isin(column(rows, "school"), theirs["schools"])
    found = IntraclassCorrelation(
        column(rows, "api00"), [rows["dnum"].to_numpy()], domains=Domains.of_mask(inside)
    ).components(design.weight)
    np.testing.assert_allclose(found[0], theirs["reml"], rtol=1e-6)


def test_variance_components_solve_the_expected_values_of_their_sums_of_squares():
    rows, design, _ = load("unequal")
    api00, district = column(rows, "api00"), rows["dnum"].to_numpy()
    stype = rows["stype"].to_numpy()
    theirs = FIGURES["icc"]
    one = IntraclassCorrelation(api00, [district]).components(design.weight)
    np.testing.assert_allclose(one[0], theirs["weighted"], rtol=1e-9)
    two = IntraclassCorrelation(api00, [district, stype]).components(design.weight)
    np.testing.assert_allclose(two[0], theirs["two_stages"], rtol=1e-9)
    rows, design, _ = load("strat")
    fives = column(rows, "school").astype(int) // 5
    within = IntraclassCorrelation(
        column(rows, "api00"), [fives], within=rows["stype"].to_numpy()
    ).components(design.weight)
    np.testing.assert_allclose(within[0], theirs["within"], rtol=1e-9)
