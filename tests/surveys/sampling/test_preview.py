"""What is expected of a plan before there is a seed, and what there is to know about it."""

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from surveys.sampling.frame import CIRCLE, frame_bytes, parse_frame
from surveys.sampling.plan import Coordination, Plan, PlanRefusedError, Reserves, Stage
from surveys.sampling.preview import expect, expect_by
from surveys.sampling.select import select
from surveys.sampling.warnings import Warned
from tests.surveys.sampling.places import area_columns, area_frame, chance, dossier_frame

FRAME = area_frame()
PEOPLE = FRAME.measures["people"]
COMMUNE = FRAME.categories["commune"].codes
PAPI = Plan(
    frame="area",
    stages=(
        Stage(unit="commune", method="pps-systematic", size="people", strata=("district",), take=2),
        Stage(unit="row", method="pps-systematic", size="people", take=2),
        Stage(unit="position", method="srs", positions="people", take=20),
    ),
    reserves=Reserves(take=10),
)


def one(frame="area", reserves=None, coordination=None, **keys):
    keys = {"unit": "row", "method": "srs", "take": 5} | keys
    stage = Stage(**{name: value for name, value in keys.items() if value is not None})
    return Plan(frame=frame, stages=(stage,), reserves=reserves, coordination=coordination)


def test_a_plan_of_three_stages_is_seen_stage_by_stage():
    said = expect(PAPI, FRAME)
    assert said.cases == pytest.approx(3 * 2 * 2 * 20)
    assert said.reserves == pytest.approx(3 * 2 * 2 * 10)
    assert said.population == PEOPLE.sum()
    assert [len(groups) for groups in said.stages] == [3, 12, 120]
    first = said.stages[0][0]
    assert (first.above, first.stratum, first.population, first.take) == ("", "d0", 4, 2.0)
    communes = np.bincount(COMMUNE, weights=PEOPLE)[::3]
    assert first.size == communes.sum()
    assert first.lowest == pytest.approx(2 * communes.min() / communes.sum())
    assert first.highest == pytest.approx(2 * communes.max() / communes.sum())
    second = said.stages[1][0]
    assert (second.above, second.population) == ("c00", 10)
    assert second.above_probability == pytest.approx(2 * communes[0] / communes.sum())
    assert second.expected == pytest.approx(2 * second.above_probability)
    third = said.stages[2][1]
    assert third.above == "c01|v0001"
    assert third.population == PEOPLE[1]
    assert third.lowest == third.highest == pytest.approx(20 / PEOPLE[1])
    assert third.reserves == pytest.approx(third.expected / 2)


def test_what_is_expected_comes_out_on_average():
    """Cases per commune over 400 draws, within 4.5 standard errors."""
    said = {part.label: part for part in expect_by(PAPI, FRAME, "commune")}
    counts = np.zeros((400, 12))
    for number in range(400):
        found = select(PAPI, FRAME, chance(number))
        counts[number] = np.bincount(COMMUNE[found.row[found.reserve == 0]], minlength=12)
    expected = np.array([part.expected for part in said.values()])
    error = counts.std(axis=0, ddof=1) / np.sqrt(400)
    assert (np.abs(counts.mean(axis=0) - expected) < 4.5 * error).all()
    assert [part.population for part in said.values()] == np.bincount(
        COMMUNE, weights=PEOPLE
    ).tolist()


def test_equal_weights_cost_nothing_and_unequal_ones_do():
    equal = Plan(frame="area", stages=(PAPI.stages[1], PAPI.stages[2]))
    assert expect(equal, FRAME).weighting_effect == pytest.approx(1)
    fixed = one(strata=("district",), take={"d0": 20, "*": 5})
    w = np.repeat([2.0, 8.0, 8.0], [20, 5, 5])
    assert expect(fixed, FRAME).weighting_effect == pytest.approx(
        len(w) * (w**2).sum() / w.sum() ** 2
    )


def test_a_faulty_plan_is_refused():
    with pytest.raises(PlanRefusedError):
        expect(one(strata=("ward",)), FRAME)


def odd_frame():
    columns = area_columns()
    columns["people"][:3] = 0
    columns["people"][5] = 100_000
    columns["difficult"][7] = ""
    return parse_frame(frame_bytes("area", columns))


WARNED = [
    (one(strata=("commune",), take=12), Warned("take.above-population", 1, 12,
     ("c00", "c01", "c02", "c03", "c04"))),
    (one(strata=("district",), take={"d1": 0, "*": 5}), Warned("take.zero", 1, 1, ("d1",))),
    (one(unit="commune", strata=("district",), take={"d1": 1, "*": 2}),
     Warned("stratum.one-unit", 1, 1, ("d1",))),
    (one(method="pareto", size="people", strata=("district",)),
     Warned("size.zero", 1, 3, ("v0000", "v0001", "v0002"))),
    (one(method="sampford", size="people"), Warned("probability.capped", 1, 1, ("v0005",))),
    (Plan(frame="area", stages=(Stage(unit="row", method="srs", take=4),
                                Stage(unit="position", method="srs", positions="people", take=3))),
     Warned("unit.empty", 2, 3, ("v0000", "v0001", "v0002"))),
    (one(strata=("difficult",), take=9), Warned("label.empty", 1, 1, ("difficult",))),
    (one(strata=("commune",), take=8, reserves=Reserves(take=5)), Warned("reserves.short", 1, 12,
     ("c00", "c01", "c02", "c03", "c04"))),
    (one(take=30, coordination=Coordination(avoid=((1, 2),), room=Decimal("0.2"))),
     Warned("coordination.room-short", 1, 1, ("",))),
    (one(take=0), Warned("sample.empty", 0, 1)),
]  # fmt: skip


@pytest.mark.parametrize(("plan", "warned"), WARNED)
def test_what_there_is_to_know_is_said(plan, warned):
    assert warned in expect(plan, odd_frame()).warnings


def test_people_with_several_dossiers_are_counted():
    frame = dossier_frame(n=400, n_people=100)
    person = frame.measures["prn"]
    several = sum((person == one).sum() > 1 for one in person)
    plan = one(frame="dossier")
    assert Warned("person.several", 0, several) in expect(plan, frame).warnings
    assert expect(replace(plan, one_per_person=True), frame).warnings == ()
    assert expect(plan, dossier_frame()).warnings == ()


def test_a_sound_plan_needs_no_warning():
    assert expect(PAPI, FRAME).warnings == ()
    plan = one(take=20, coordination=Coordination(avoid=((1, CIRCLE // 2),), room=Decimal("0.2")))
    assert expect(plan, FRAME).warnings == ()


def test_every_warning_is_met_in_a_test():
    assert {warned.code for _, warned in WARNED} | {"person.several"} == Warned.CODES
