"""Which criteria go with satisfaction as a whole."""

import math

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.answers import MISSING
from analysis.design import Design
from analysis.drivers.importance import explain, variance_inflation
from analysis.drivers.outcome import Outcome, blocks, criteria, overall_question, satisfied_with
from analysis.drivers.picture import Quadrant, drivers
from analysis.models.fit import fit_model
from analysis.models.margins import predicted_margins
from analysis.models.response import ModelKind
from tests.analysis.samples import LIKERT, method, one_psu_each

ITEMS = ("a1", "a2", "b1", "b2", "all")
TEXT = (
    '[nodes.a]\noperation = "pooled_top_box"\nitems = ["a1", "a2"]\n'
    '[nodes.b]\noperation = "pooled_top_box"\nitems = ["b1", "b2"]\n'
    '[nodes.index]\noperation = "mean"\nof = ["a", "b"]\n'
)
SCALES = dict.fromkeys(ITEMS, LIKERT)
PLAIN = method(TEXT, index="index", scales=SCALES, components=["a", "b"])
ASKED = method(
    TEXT + '[nodes.asked]\noperation = "top_box"\nitems = ["all"]\n',
    index="index", scales=SCALES, components=["a", "b"], alternatives=["asked"],
)  # fmt: skip


def simulated(n=1_500, seed=4, strength=(1.5, 0.0, 0.5, 0.5)):
    """Overall satisfaction depends on the criteria as told; 1 to 5, satisfied from 4."""
    rng = np.random.default_rng(seed)
    common = rng.normal(0, 0.6, n)
    satisfied = {item: (common + rng.logistic(0, 1, n) > -1.2).astype(float) for item in ITEMS[:4]}
    score = -1.0 + sum(s * satisfied[item] for s, item in zip(strength, ITEMS, strict=False))
    satisfied["all"] = (rng.logistic(0, 1, n) < score).astype(float)
    return {item: np.where(yes > 0, 5, 2) for item, yes in satisfied.items()}


def test_criteria_are_those_of_the_components_once_each():
    assert criteria(PLAIN) == {"a": ("a1", "a2"), "b": ("b1", "b2")}
    assert overall_question(PLAIN) is None
    assert overall_question(ASKED) == "all"


def test_not_rated_is_neither_satisfied_nor_not():
    found = satisfied_with(PLAIN, {"a1": np.array([5, 3, 9, MISSING, 1])}, "a1")
    assert found.tolist()[:2] == [1.0, 0.0]
    assert math.isnan(found[2])
    assert math.isnan(found[3])
    assert found[4] == 0.0


def test_without_an_overall_question_a_criterion_is_never_part_of_what_it_explains():
    columns = {
        "a1": np.array([5, 1, 5, 5]),
        "a2": np.array([5, 5, 1, MISSING]),
        "b1": np.array([5, 5, 2, MISSING]),
        "b2": np.array([4, MISSING, 5, MISSING]),
    }
    of_a, of_b = blocks(PLAIN, columns)
    assert of_a.outcome is Outcome.ALL_ELSE
    assert of_a.satisfied.tolist()[:3] == [1.0, 1.0, 0.0]
    assert math.isnan(of_a.satisfied[3])
    assert of_b.satisfied.tolist() == [1.0, 0.0, 0.0, 1.0]


def test_average_differences_are_those_of_an_ordinary_logistic_regression():
    columns = simulated()
    found = drivers(ASKED, columns, one_psu_each(1_500))
    matrix = sm.add_constant(np.column_stack([columns[i] == 5 for i in ITEMS[:4]]).astype(float))
    fit = sm.Logit((columns["all"] == 5).astype(float), matrix).fit(disp=0)
    wanted = fit.get_margeff(dummy=True).margeff
    assert [d.importance.difference.value for d in found.drivers] == pytest.approx(wanted, rel=1e-6)


def test_errors_are_those_of_predicted_margins():
    columns = simulated(600)
    rng = np.random.default_rng(0)
    design = Design.from_columns(
        rng.integers(0, 3, 600), rng.integers(0, 12, 600), rng.uniform(1, 4, 600)
    )
    (block,) = blocks(ASKED, columns)
    answers = {item: satisfied_with(ASKED, columns, item) for item in block.items}
    model, found = explain(block, answers, design, 0.95)
    fit = fit_model(ModelKind.LOGISTIC, "y", block.items, answers | {"y": block.satisfied}, design)
    for one in found:
        margins = predicted_margins(fit, one.item, at={one.item: [0.0, 1.0]})
        (difference,) = margins.differences()
        assert one.difference.value == pytest.approx(difference.value, rel=1e-9)
        assert one.difference.standard_error == pytest.approx(difference.standard_error, rel=1e-9)
    assert model.df == fit.df


def test_what_matters_is_found_and_what_does_not_is_not():
    found = {d.item: d for d in drivers(ASKED, simulated(3_000), one_psu_each(3_000)).drivers}
    strong, nothing = found["a1"].importance.difference, found["a2"].importance.difference
    assert strong.interval.low > 0.15
    assert nothing.interval.low < 0 < nothing.interval.high


def test_quadrants_by_hand():
    """Only a1 matters; its share is made the lowest, so it is where to act."""
    columns = simulated(3_000)
    columns["a1"] = np.where(np.arange(3_000) % 3 == 0, 2, columns["a1"])
    is_five = (columns["a1"] == 5) & (np.arange(3_000) % 7 > 0)
    columns["all"] = np.where(is_five | (np.arange(3_000) % 5 == 0), 5, 2)
    found = {d.item: d for d in drivers(ASKED, columns, one_psu_each(3_000)).drivers}
    assert found["a1"].quadrant is Quadrant.ACT
    assert found["a1"].is_clear
    assert {found[i].quadrant for i in ("a2", "b1", "b2")} == {Quadrant.ENOUGH}


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        (simulated(90), "few-persons"),
        ({**simulated(300), "all": np.where(np.arange(300) < 20, 2, 5)}, "few-events"),
    ],
)
def test_too_little_is_not_modelled_and_the_reason_told(columns, reason):
    found = drivers(ASKED, columns, one_psu_each(len(columns["a1"])))
    assert [model.reason for model in found.models] == [reason]
    assert all(one.importance is None and one.quadrant is None for one in found.drivers)
    assert math.isnan(found.mean_importance)


def test_a_criterion_nearly_everybody_rates_alike_is_left_out():
    columns = simulated(1_000) | {"b2": np.full(1_000, 5)}
    found = drivers(ASKED, columns, one_psu_each(1_000))
    assert found.models[0].left_out == (("b2", "few-dissatisfied"),)
    assert {d.item for d in found.drivers if d.importance} == {"a1", "a2", "b1"}


def test_the_same_criterion_twice_is_refused():
    columns = simulated(1_000)
    columns["a2"] = columns["a1"]
    (model,) = drivers(ASKED, columns, one_psu_each(1_000)).models
    assert model.reason == "model.aliased"


def test_few_places_give_no_model():
    columns = simulated(1_000)
    design = Design.from_columns(np.zeros(1_000), np.arange(1_000) % 9, np.ones(1_000))
    (model,) = drivers(ASKED, columns, design).models
    assert model.reason == "few-psus"


def test_inflation_by_hand():
    """Two columns that correlate by r inflate each other by 1 / (1 - r²)."""
    rng = np.random.default_rng(1)
    columns = rng.normal(size=(500, 2))
    columns[:, 1] += columns[:, 0]
    r = np.corrcoef(columns.T)[0, 1]
    assert variance_inflation(columns, np.ones(500)) == pytest.approx([1 / (1 - r**2)] * 2)
    same = np.column_stack([columns[:, 0], columns[:, 0]])
    assert np.isinf(variance_inflation(same, np.ones(500))).all()


def test_a_method_of_one_component_has_nothing_else():
    alone = method(
        '[nodes.a]\noperation = "pooled_top_box"\nitems = ["a1", "a2"]\n',
        index="a", scales=SCALES, components=["a"],
    )  # fmt: skip
    found = drivers(alone, simulated(300), one_psu_each(300))
    assert found.models == ()
    assert found.drivers == ()


@settings(max_examples=10, deadline=None)
@given(st.floats(0.1, 100.0), st.integers(0, 2**16))
def test_the_unit_of_weights_does_not_matter(unit, seed):
    columns = simulated(400, seed)
    rng = np.random.default_rng(seed)
    weight = rng.uniform(1, 3, 400)
    psu = np.arange(400) // 4
    one = drivers(PLAIN, columns, Design.from_columns(np.zeros(400), psu, weight))
    other = drivers(PLAIN, columns, Design.from_columns(np.zeros(400), psu, weight * unit))
    for left, right in zip(one.drivers, other.drivers, strict=True):
        assert (left.importance is None) == (right.importance is None)
        if left.importance:
            a, b = left.importance.difference, right.importance.difference
            assert b.value == pytest.approx(a.value, rel=1e-6, abs=1e-9)
            assert b.standard_error == pytest.approx(a.standard_error, rel=1e-6)
