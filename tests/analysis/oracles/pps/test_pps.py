"""Unequal probabilities without and with replacement, against R, on 40 counties."""

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from analysis.design import Design, StageColumns
from analysis.variance.between_psu import Cells, spread_of
from analysis.variance.lonely import LonelyPolicy
from analysis.variance.pps import (
    PairVariance,
    brewer_fraction,
    hartley_rao,
    overton,
    pair_matrix,
)

HERE = Path(__file__).parent
ORACLE = json.loads((HERE / "pps.json").read_text())["figures"]
COUNTIES = pl.read_csv(HERE / "election.csv")
JOINT = pl.read_csv(HERE / "election_joint.csv").to_numpy()
P = COUNTIES["p"].to_numpy()
STRATUM = COUNTIES["stratum"].to_numpy() - 1
VOTES = COUNTIES.select("Bush", "Kerry", "Nader").to_numpy()
KINDS = {"ht": PairVariance.HORVITZ_THOMPSON, "yg": PairVariance.YATES_GRUNDY}


class BetweenPsus:
    """The design's own variance, asked like a matrix of pairs."""

    def __init__(self, stratum, fraction):
        stage = StageColumns(
            cluster=np.arange(40), stratum=stratum, fraction=fraction, is_unequal=True
        )
        self.design = Design.from_stages([stage], 1 / P)

    def quadratic(self, influence):
        ordered = np.empty_like(influence)
        ordered[self.design.cluster] = influence
        cells = Cells.full(1, 40)
        clusters = self.design.clusters
        return spread_of(ordered, cells, clusters, LonelyPolicy.FAIL).covariances()[0]


def approximations():
    known = ORACLE["constant"]
    for short, kind in KINDS.items():
        yield f"joint_{short}", pair_matrix(JOINT, kind, probability=P)
        yield f"hartley_rao_{short}", hartley_rao(P, kind=kind)
        yield f"hartley_rao_known_{short}", hartley_rao(P, kind=kind, constant=known)
        yield f"overton_{short}", overton(P, kind=kind)
        yield f"hartley_rao_strata_{short}", hartley_rao(P, STRATUM, kind=kind)
        yield f"overton_strata_{short}", overton(P, STRATUM, kind=kind)
    yield "brewer", BetweenPsus(None, brewer_fraction(P))
    yield "brewer_strata", BetweenPsus(STRATUM, brewer_fraction(P))
    yield "with_replacement", BetweenPsus(None, None)


CASES = dict(approximations())


def error_of(pairs, influence):
    return np.sqrt(pairs.quadratic((influence / P)[:, None])[0, 0])


def mean_influence(y, domain):
    w = domain / P
    return domain * (y - np.sum(w * y) / w.sum()) / w.sum()


def ratio_influence(y, x, domain):
    w = domain / P
    ratio, total = np.sum(w * y) / np.sum(w * x), np.sum(w * x)
    return domain * (y - ratio * x) / total


@pytest.mark.parametrize("name", CASES)
def test_covariances_of_totals_are_those_of_r(name):
    # Variances of the candidates' totals are differences of far larger sums, in R as here.
    theirs = np.array(ORACLE[name]["covariance"])
    size = np.sqrt(np.outer(np.diag(theirs), np.diag(theirs)))
    ours = CASES[name].quadratic(VOTES / P[:, None])
    assert np.abs(ours - theirs).max() <= 1e-9 * size.min()
    assert np.diag(ours) == pytest.approx(np.diag(theirs), rel=1e-9)


@pytest.mark.parametrize("name", CASES)
def test_standard_errors_of_means_ratios_and_domains_are_those_of_r(name):
    pairs, theirs = CASES[name], ORACLE[name]
    bush, kerry, _ = VOTES.T
    everybody = np.ones(40)
    few = (COUNTIES["votes"].to_numpy() < 30000).astype(np.float64)
    ours = {
        "mean": error_of(pairs, mean_influence(bush, everybody)),
        "ratio": error_of(pairs, ratio_influence(bush, kerry, everybody)),
        "few": error_of(pairs, few * kerry),
        "few_ratio": error_of(pairs, ratio_influence(bush, kerry, few)),
    }
    for figure, error in ours.items():
        assert error == pytest.approx(theirs[figure], rel=1e-9), figure


def test_equal_probabilities_of_a_half_are_a_simple_random_sample_unlike_in_r():
    z = np.array([[3.0], [5.0], [9.0], [2.0]]) / 0.5
    half = np.full(4, 0.5)
    simple = ORACLE["half"]["simple"]
    for kind in KINDS.values():
        # The constant of the population: eight PSUs with p = 1/2.
        known = hartley_rao(half, kind=kind, constant=8 * 0.25 / 4)
        assert known.quadratic(z)[0, 0] == pytest.approx(simple, rel=1e-12)
        assert overton(half, kind=kind).quadratic(z)[0, 0] == pytest.approx(simple, rel=1e-12)
    # R takes pairs whose probabilities add up to exactly 1 for independent.
    assert ORACLE["half"]["hartley_rao"] == pytest.approx(238)
    assert ORACLE["half"]["overton"] == pytest.approx(simple)


def test_a_county_drawn_with_certainty_adds_nothing_unlike_in_r():
    p = np.array([0.3, 0.2, 0.4, 1.0])
    theirs = ORACLE["certain"]
    joint = np.array([[0.3, 0.04, 0.1], [0.04, 0.2, 0.06], [0.1, 0.06, 0.4]])
    whole = np.block([[joint, p[:3, None]], [p[None, :3], np.ones((1, 1))]])
    for certain in (200.0, 2000.0):
        z = (np.array([300.0, 500, 900, certain]) / p)[:, None]
        for kind in KINDS.values():
            for approximate in (overton, hartley_rao):
                alone = approximate(p[:3], kind=kind).quadratic(z[:3])
                assert approximate(p, kind=kind).quadratic(z) == pytest.approx(alone, rel=1e-12)
        exact = pair_matrix(whole, PairVariance.HORVITZ_THOMPSON).quadratic(z)[0, 0]
        assert np.sqrt(exact) == pytest.approx(theirs["joint"], rel=1e-9)
    # In R a county that is always in the sample changes the error of the total.
    for approximation in ("overton", "hartley_rao"):
        small, large = theirs[approximation]
        assert abs(large - small) > 0.01 * small
