"""Replicates against R: factors we make, and weights that both are given.

Where R's scaling or Hadamard matrix is its own, the difference is named here.
"""

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from analysis.variance.lonely import LonelyPolicy
from analysis.variance.replicate import (
    ReplicateFactors,
    brr,
    canty_davison,
    default_scales,
    fay,
    jk1,
    jkn,
    jkn_rscales,
    rao_wu_yue,
    replicate_df,
)

HERE = Path(__file__).parent
ORACLE = json.loads((HERE / "replicates.json").read_text())["figures"]
ESTIMATES = ("total", "mean", "ratio")
CENTRES = ("estimate", "mean")


def sums_of(name):
    """Read totals of PSUs: stratum numbers, and weights, w x and w y."""
    rows = pl.read_csv(HERE / f"{name}.csv")
    stratum = np.unique(rows["stratum"].to_numpy(), return_inverse=True)[1]
    return stratum, rows.select("w", "wx", "wy").to_numpy()


def figures_of(sums):
    """Total of x, mean of y and ratio of y to x, from totals of shape (..., 3)."""
    w, x, y = np.moveaxis(sums, -1, 0)
    return np.stack([x, y / w, y / x], axis=-1)


def standard_errors(made, sums, centre):
    replicated = figures_of(made.factor.T @ sums)
    middle = figures_of(sums.sum(0)) if centre == "estimate" else replicated.mean(0)
    return np.sqrt(made.scale * (made.rscales @ (replicated - middle) ** 2))


def assert_is_r(made, sums, theirs, centre):
    errors = standard_errors(made, sums, centre)
    for name, error in zip(ESTIMATES, errors, strict=True):
        assert error == pytest.approx(theirs[name], rel=1e-9), name


def share_of_schools(stratum):
    size = pl.read_csv(HERE / "apistrat_size.csv")["size"].to_numpy()
    return np.bincount(stratum) / size


def fifteen_of_757_districts(_):
    return np.array([15 / 757])


MADE = {
    "scd_brr": ("scd", brr, None),
    "scd_jkn": ("scd", jkn, None),
    "scd_fay": ("scd", lambda stratum: fay(stratum, 0.3), None),
    "apistrat_jkn": ("apistrat", jkn, None),
    "apistrat_jkn_fpc": ("apistrat", jkn, share_of_schools),
    "apiclus1_jk1": ("apiclus1", jk1, None),
    "apiclus1_jk1_fpc": ("apiclus1", jk1, fifteen_of_757_districts),
    "nhanes_jkn": ("nhanes", jkn, None),
}


@pytest.mark.parametrize("centre", CENTRES)
@pytest.mark.parametrize("name", MADE)
def test_made_replicates_are_those_of_r(name, centre):
    columns, make, fraction = MADE[name]
    stratum, sums = sums_of(columns)
    options = {} if fraction is None else {"fraction": fraction(stratum)}
    made = make(stratum, **options)
    assert_is_r(made, sums, ORACLE[name][centre], centre)
    assert made.df == ORACLE[name][centre]["df"] == replicate_df(made.factor)


@pytest.mark.parametrize("centre", CENTRES)
@pytest.mark.parametrize("name", ["nhanes_brr", "nhanes_fay"])
def test_half_samples_of_a_health_survey_are_those_of_r(name, centre):
    rows = pl.read_csv(HERE / "nhanes.csv").filter(pl.col("stratum") != 86)
    stratum = np.unique(rows["stratum"].to_numpy(), return_inverse=True)[1]
    made = brr(stratum) if name == "nhanes_brr" else fay(stratum, 0.5)
    sums = rows.select("w", "wx", "wy").to_numpy()
    assert_is_r(made, sums, ORACLE[name][centre], centre)
    assert made.df == ORACLE[name][centre]["df"]


@pytest.mark.parametrize("theirs", ORACLE["pairs"], ids=lambda case: str(case["n_strata"]))
def test_ratios_of_half_samples_are_those_of_r_for_many_numbers_of_strata(theirs):
    stratum, sums = sums_of("pairs")
    is_in = stratum < theirs["n_strata"]
    made = brr(stratum[is_in])
    assert made.factor.shape[1] == theirs["n_replicates"]
    assert_is_r(made, sums[is_in], theirs["figures"], "estimate")
    assert replicate_df(made.factor) == theirs["figures"]["df"]


def given(name):
    """Read replicate factors of 15 districts as a method."""
    factor = pl.read_csv(HERE / "factors.csv").to_numpy().astype(np.float64)
    if name in {"jkn", "other"}:
        scale, rscales = (1.0 if name == "jkn" else 0.3), np.arange(1, 13) / 20
    elif name == "jkn_guessed":
        scale, rscales = 1.0, jkn_rscales(factor)
    else:
        scale, rscales = default_scales(name, 12, rho=0.4)
    return ReplicateFactors(factor, scale, rscales, name, replicate_df(factor))


GIVEN = ("jk1", "jk2", "brr", "fay", "bootstrap", "sdr", "jkn", "jkn_guessed", "other")


@pytest.mark.parametrize("centre", CENTRES)
@pytest.mark.parametrize("name", GIVEN)
def test_given_replicates_are_scaled_as_r_scales_them(name, centre):
    theirs = ORACLE[f"given_{name}"][centre]
    _, sums = sums_of("apiclus1")
    assert_is_r(given(name), sums, theirs, centre)
    assert given(name).df == theirs["df"]


def test_the_scales_of_the_bootstraps_are_those_of_r():
    stratum = np.repeat([0, 1, 2], [2, 3, 5])
    canty = canty_davison(stratum, 40, seed=1)
    rao = rao_wu_yue(stratum, 40, seed=1)
    assert canty.scale == pytest.approx(ORACLE["canty_davison_scale"], rel=1e-12)
    assert rao.scale == pytest.approx(ORACLE["rao_wu_yue_scale"], rel=1e-12)


def lonely_error(policy):
    z = 2.0 * np.array([3, 8, 4, 9, 1, 6])
    made = jkn(np.array([0, 0, 0, 1, 2, 2]), lonely=LonelyPolicy(policy))
    return np.sqrt(made.scale * made.rscales @ (made.factor.T @ z - z.sum()) ** 2), z


@pytest.mark.parametrize("policy", ["remove", "certainty", "average"])
def test_a_lonely_psu_is_what_r_makes_of_it_between_psus(policy):
    error, _ = lonely_error(policy)
    assert error == pytest.approx(ORACLE["lonely"][policy]["between"], rel=1e-9)


def test_for_lonely_psus_the_jackknife_of_r_is_not_its_own_variance_between_psus():
    for policy in ("average", "adjust"):
        theirs = ORACLE["lonely"][policy]
        assert theirs["jackknife"] != pytest.approx(theirs["between"], rel=0.01)
    # Adjusting means: from the mean of all PSUs. R 4.1 forgets the mean for totals between PSUs,
    # and takes the mean of the strata's totals in the jackknife.
    error, z = lonely_error("adjust")
    removed = ORACLE["lonely"]["remove"]["between"]
    assert error**2 == pytest.approx(removed**2 + (z[3] - z.mean()) ** 2, rel=1e-9)
