"""Inclusion probabilities against R's package `sampling` (draws.R)."""

import json
from pathlib import Path

import numpy as np
import pytest

from surveys.sampling.chance import Chance
from surveys.sampling.frame import frame_bytes, parse_frame
from surveys.sampling.joint import joint_probabilities, sampford_joint, systematic_joint
from surveys.sampling.methods.probabilities import proportional
from surveys.sampling.plan import Plan, Stage
from surveys.sampling.select import select

FIGURES = json.loads(Path(__file__).with_name("draws.json").read_text())


def named(figure):
    return f"{figure['name']}-{figure['n']}"


def probabilities_of(size, n):
    group = np.zeros(len(size), dtype=np.int32)
    found = proportional(group, 1, np.array(size), np.array([float(n)]), None)
    return found.at(np.arange(len(size)), group)


@pytest.mark.parametrize("figure", FIGURES["first"], ids=named)
def test_probabilities_proportional_to_size(figure):
    found = probabilities_of(figure["size"], figure["n"])
    assert found == pytest.approx(figure["probabilities"], rel=1e-14)


@pytest.mark.parametrize("figure", FIGURES["sampford"], ids=named)
def test_joint_probabilities_of_sampford(figure):
    p = probabilities_of(figure["size"], figure["n"])[np.array(figure["open"]) - 1]
    n = round(p.sum())
    assert sampford_joint(p, n, np.arange(len(p))) == pytest.approx(
        np.array(figure["joint"]), rel=1e-9
    )


@pytest.mark.parametrize("figure", FIGURES["sampford"], ids=named)
def test_joint_probabilities_of_some_units_are_those_of_all(figure):
    p = probabilities_of(figure["size"], figure["n"])[np.array(figure["open"]) - 1]
    some = np.array([0, 2, len(p) - 1])
    joint = sampford_joint(p, round(p.sum()), some)
    assert joint == pytest.approx(np.array(figure["joint"])[np.ix_(some, some)], rel=1e-9)


@pytest.mark.parametrize("figure", FIGURES["systematic"], ids=named)
def test_joint_probabilities_of_systematic_samples(figure):
    size = np.array(figure["size"])[np.array(figure["open"]) - 1]
    n = round(figure["n"] - (len(figure["size"]) - len(size)))
    found = systematic_joint(size, n, np.arange(len(size)))
    assert found == pytest.approx(np.array(figure["joint"]), rel=1e-9, abs=1e-12)


def test_sampford_is_close_to_the_most_entropy():
    for ours, theirs in zip(FIGURES["sampford"], FIGURES["entropy"], strict=True):
        assert np.abs(np.array(ours["joint"]) - np.array(theirs["joint"])).max() < 0.02


@pytest.mark.parametrize("method", ["sampford", "pps-systematic"])
def test_a_draw_knows_the_joint_probabilities_of_its_units(method):
    key = "systematic" if method == "pps-systematic" else method
    figure = next(f for f in FIGURES[key] if named(f) == "uneven-6")
    size = figure["size"]
    names = [f"{i:02d}" for i in range(len(size))]
    frame = parse_frame(frame_bytes("area", {"key": names, "people": size}))
    plan = Plan(frame="area", stages=(Stage(unit="row", method=method, size="people", take=6),))
    joint = joint_probabilities(select(plan, frame, Chance(bytes(32))))
    whole = np.outer(*[probabilities_of(size, 6)] * 2)
    place = np.array(figure["open"]) - 1
    whole[np.ix_(place, place)] = figure["joint"]
    np.fill_diagonal(whole, probabilities_of(size, 6))
    drawn = [names.index(unit) for unit in joint.units]
    assert len(drawn) == 6
    assert joint.matrix == pytest.approx(whole[np.ix_(drawn, drawn)], rel=1e-9, abs=1e-12)
