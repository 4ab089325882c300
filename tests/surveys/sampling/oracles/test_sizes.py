"""Sizes and allocations against R."""

import json
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from surveys.sampling.allocate import allocate
from surveys.sampling.bounds import share_within_bounds
from surveys.sampling.effects import weighting_effect
from surveys.sampling.power import (
    Comparison,
    Sample,
    Scale,
    detectable_change,
    power_of_difference,
    size_for_change,
)
from surveys.sampling.strata import Strata
from surveys.sampling.table import Method
from surveys.sampling.targets import Target

ORACLE = json.loads((Path(__file__).parent / "sizes.json").read_text())


@pytest.mark.parametrize("row", ORACLE["power"])
def test_powers_sizes_and_detectable_rises_are_those_of_power_prop_test(row):
    pair, sides = (row["p1"], row["p2"]), row["sides"]
    usual = Comparison(sides=sides, scale=Scale.POOLED)
    chance = power_of_difference(*pair, Sample(450), Sample(450), usual)
    assert chance == pytest.approx(row["power"], rel=1e-9)
    strict = Comparison(level=0.9, sides=sides, scale=Scale.POOLED)
    assert size_for_change(*pair, power=0.9, test=strict).exact == pytest.approx(row["n"], rel=1e-7)
    seen = detectable_change(pair[0], Sample(700), Sample(700), test=usual)
    assert seen.rise == pytest.approx(row["rise"], rel=1e-6)


def stratified_sample():
    oracle = ORACLE["stratified"]
    strata = Strata.of(
        oracle["strata"],
        oracle["population"],
        means={name: oracle[name]["mean"] for name in ("api00", "big")},
        sds={name: oracle[name]["sd"] for name in ("api00", "big")},
        minimum=oracle["interviews"],
        maximum=oracle["interviews"],
    )
    return oracle, allocate(strata, sum(oracle["interviews"]), Method.EQUAL)


def test_the_error_of_a_stratified_sample_is_that_of_survey():
    oracle, table = stratified_sample()
    for expected in table.components:
        answer = oracle[expected.component]
        assert expected.precision.standard_error == pytest.approx(answer["error"], rel=1e-12)
        assert expected.design_effect == pytest.approx(answer["effect"], rel=0.01)


def test_the_effect_of_unequal_weights_is_that_of_survey():
    oracle, table = stratified_sample()
    # The weights of the data are kept in single precision.
    assert table.weighting_effect == pytest.approx(oracle["weighting"], rel=1e-7)
    weights = [row.weight for row in table.strata for _ in range(row.interviews)]
    assert weighting_effect(weights) == pytest.approx(oracle["weighting"], rel=1e-7)


def test_certainty_and_proportion_to_size_are_those_of_sampling():
    oracle = ORACLE["certain"]
    size = np.array(oracle["size"], dtype=float)
    shares = share_within_bounds(oracle["n"], size, np.zeros(len(size)), np.ones(len(size)))
    assert shares == pytest.approx(np.array(oracle["probabilities"]), rel=1e-12)


def optimum_strata(components):
    oracle = ORACLE["optimum"]
    return oracle, Strata.of(
        [f"s{index}" for index in range(len(oracle["population"]))],
        oracle["population"],
        rates={name: oracle[name] for name in components},
        interview_cost=oracle["cost"],
        minimum=oracle["minimum"],
    )


def test_neyman_is_what_a_solver_finds():
    oracle, strata = optimum_strata(["access"])
    table = allocate(strata, oracle["neyman"]["n"], Method.NEYMAN)
    exact = [row.exact for row in table.strata]
    assert exact == pytest.approx(oracle["neyman"]["interviews"], rel=1e-3)


def test_several_targets_cost_no_more_than_a_solver_finds():
    oracle, strata = optimum_strata(["access", "feedback"])
    answer = oracle["targets"]
    targets = (Target.each_unit(margin=answer["each"]), Target.overall(margin=answer["overall"]))
    table = allocate(strata, method=Method.TARGETS, targets=targets)
    exact = np.array([row.exact for row in table.strata])
    assert exact == pytest.approx(np.array(answer["interviews"]), rel=1e-3)
    assert strata.cost @ exact == pytest.approx(answer["cost"], rel=1e-6)
    assert all(row.is_reached for row in table.targets)


def test_the_margins_asked_of_the_solver_are_those_that_came_out():
    _, strata = optimum_strata(["access", "feedback"])
    targets = (Target.each_unit(margin=0.09),)
    table = allocate(strata, method=Method.TARGETS, targets=targets)
    z = stats.norm.ppf(0.975)
    for row in table.targets:
        assert z * row.expected <= 0.09 * (1 + 1e-9)
