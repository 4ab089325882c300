"""Means, totals, ratios and shares on the api data against R."""

import json

import numpy as np
import polars as pl
import pytest

from analysis.design import Design
from analysis.estimate import mean, proportion, ratio, total
from analysis.results import IntervalMethod
from tests.analysis.oracles.compare import HERE, close

ORACLE = json.loads((HERE / "api.json").read_text())["figures"]
DESIGNS = tuple(ORACLE)


def load(name):
    """Read the rows and the design of one of R's designs."""
    file, has_fpc = name.removesuffix("_fpc"), name.endswith("_fpc")
    rows = pl.read_csv(HERE / f"{file}.csv", infer_schema_length=None)
    n = len(rows)
    whole = np.zeros(n, dtype=np.int64)
    stratum = rows["stype"].to_numpy() if file == "apistrat" else whole
    psu = rows["school" if file == "apistrat" else "dnum"].to_numpy()
    fraction = None
    if has_fpc:
        drawn = {
            value: len(np.unique(psu[stratum == value])) for value in np.unique(stratum).tolist()
        }
        size = rows["fpc1" if file == "apiclus2" else "fpc"].to_numpy()
        fraction = np.array([drawn[value] for value in stratum.tolist()]) / size
    return rows, Design.from_columns(stratum, psu, rows["pw"].to_numpy(), fraction=fraction)


def places(name):
    """List the whole and the school types with what R says of each."""
    rows, design = load(name)
    stype = rows["stype"].to_numpy()
    found = [(rows, design, None, ORACLE[name]["whole"])]
    found += [(rows, design, stype == of["stype"], of) for of in ORACLE[name]["by_type"]]
    return found


def check(estimate, theirs, ends):
    assert close(estimate.value, theirs["value"])
    assert close(estimate.standard_error, theirs["error"])
    assert estimate.df == theirs["df"]
    low, high = theirs[ends]
    assert close(estimate.interval.low, low)
    assert close(estimate.interval.high, high)


@pytest.mark.parametrize("name", DESIGNS)
def test_means_are_those_of_svymean(name):
    for rows, design, domain, theirs in places(name):
        estimate = mean(rows["api00"].to_numpy(), design, domain)
        check(estimate, theirs["mean_api00"], "mean")
        assert close(estimate.design_effect, theirs["mean_api00"]["deff"])
        assert close(estimate.effective_n, estimate.n / theirs["mean_api00"]["deff"])


@pytest.mark.parametrize("name", DESIGNS)
def test_means_with_missing_answers_are_those_of_a_subset(name):
    for rows, design, domain, theirs in places(name):
        enrolled = rows["enroll"].cast(pl.Float64).to_numpy()
        check(mean(enrolled, design, domain), theirs["mean_enroll"], "mean")


@pytest.mark.parametrize("name", DESIGNS)
def test_totals_are_those_of_svytotal(name):
    for rows, design, domain, theirs in places(name):
        estimate = total(rows["met_target"].to_numpy(), design, domain)
        check(estimate, theirs["total_met_target"], "mean")
        assert close(estimate.design_effect, theirs["total_met_target"]["deff"])


@pytest.mark.parametrize("name", DESIGNS)
def test_ratios_are_those_of_svyratio(name):
    for rows, design, domain, theirs in places(name):
        estimate = ratio(rows["api00"].to_numpy(), rows["api99"].to_numpy(), design, domain)
        check(estimate, theirs["ratio_api"], "mean")
        assert close(estimate.design_effect, theirs["ratio_api"]["deff"])


@pytest.mark.parametrize("name", DESIGNS)
@pytest.mark.parametrize(
    ("method", "ends"),
    [
        (IntervalMethod.MEAN, "mean"),
        (IntervalMethod.LOGIT, "xlogit"),
        (IntervalMethod.LOGIT, "logit"),
        (IntervalMethod.BETA, "beta"),
    ],
)
def test_intervals_of_shares_are_those_of_svyciprop(name, method, ends):
    for rows, design, domain, theirs in places(name):
        estimate = proportion(rows["met_target"].to_numpy(), design, domain, interval=method)
        check(estimate, theirs["share_met_target"], ends)


@pytest.mark.parametrize("name", DESIGNS)
def test_standard_errors_of_domains_are_those_of_svyby(name):
    rows, design = load(name)
    for theirs in ORACLE[name]["svyby"]:
        domain = rows["stype"].to_numpy() == theirs["stype"]
        estimate = proportion(rows["met_target"].to_numpy(), design, domain)
        assert close(estimate.value, theirs["value"])
        assert close(estimate.standard_error, theirs["error"])
