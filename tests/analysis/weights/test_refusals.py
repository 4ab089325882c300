"""What cannot be adjusted is refused by name, with everything that is wrong."""

import numpy as np
import pytest

from analysis.errors import BadWeightError, UnequalLengthsError
from analysis.weights import (
    BoundsOn,
    Calibrate,
    Cells,
    Collapse,
    CombineRounds,
    DistanceKind,
    InverseProbability,
    Margin,
    Nonresponse,
    Poststratify,
    Propensity,
    Rake,
    Scale,
    Trim,
    base_weight,
)
from analysis.weights import errors as wrong

AGE = np.array(["20", "20", "40", "60"])
ONES = np.ones(4)


def test_probabilities_are_above_zero_and_at_most_one():
    for bad in (0.0, 1.5, np.nan):
        with pytest.raises(wrong.BadProbabilityError):
            base_weight([np.array([0.5, bad])])
        with pytest.raises(wrong.BadProbabilityError):
            InverseProbability(np.array([bad]))
    with pytest.raises(UnequalLengthsError):
        base_weight([np.ones(2), np.ones(3)])


def test_all_classes_without_respondents_are_named():
    step = Nonresponse.by_class([AGE], np.array([True, True, False, False]))
    with pytest.raises(wrong.EmptyCellsError) as found:
        step.apply(ONES)
    assert found.value.cells == (("40",), ("60",))
    assert found.value.code == "empty-cells"
    # Nobody of these ages has weight in this replicate: nothing is missing.
    assert step.apply(np.array([1.0, 1, 0, 0])).after.tolist() == [1, 1, 0, 0]


def test_thin_classes_can_be_refused():
    with pytest.raises(wrong.ThinCellsError) as found:
        Nonresponse.by_class([AGE], np.ones(4, bool), thin=Collapse.FAIL, minimum=2)
    assert found.value.cells == (("40",), ("60",))


def test_all_cells_that_only_the_population_has_are_named():
    margin = Margin.of([AGE], {"20": 1, "40": 1, "60": 1, "80": 1, "90": 2, "100": 0})
    with pytest.raises(wrong.EmptyCellsError) as found:
        Poststratify(margin).apply(ONES)
    assert found.value.cells == (("80",), ("90",))
    with pytest.raises(wrong.EmptyCellsError):
        Rake.to([margin]).apply(ONES)


def test_all_cells_that_only_the_sample_has_are_named():
    margin = Margin.of([AGE], {"20": 5, "60": 0})
    with pytest.raises(wrong.CellsWithoutTotalError) as found:
        Poststratify(margin).apply(ONES)
    assert found.value.cells == (("40",), ("60",))
    # Without weight they are no contradiction.
    assert Poststratify(margin).apply(np.array([1.0, 1, 0, 0])).after.tolist() == [2.5, 2.5, 0, 0]


def test_who_has_weight_needs_a_category():
    margin = Margin.of([np.array(["a", "a", "", "b"])], {"a": 1, "b": 1})
    for step in (Poststratify(margin), Rake.to([margin])):
        with pytest.raises(wrong.MissingCategoryError):
            step.apply(ONES)
        assert step.apply(np.array([1.0, 1, 0, 1])).after.tolist() == [0.5, 0.5, 0, 1]


def test_totals_are_numbers_for_these_cells():
    for bad in ({"20": -1.0}, {"20": np.inf}, {"20": np.nan}, {("20", "f"): 1.0}):
        with pytest.raises(wrong.BadTotalError):
            Margin.of([AGE], bad)
    with pytest.raises(wrong.BadTotalError):
        Margin(Cells.from_columns([AGE]), np.ones(2))
    with pytest.raises(wrong.BadTotalError):
        Cells.from_codes(np.array([0, 2], dtype=np.int8), [("a",), ("b",)])
    with pytest.raises(wrong.BadTotalError):
        Scale(Cells.whole(4), np.array([-1.0]))


def test_margins_of_different_populations_are_refused_or_scaled_to_the_first():
    sex = np.array(["f", "m", "f", "m"])
    margins = [
        Margin.of([AGE], {"20": 4, "40": 3, "60": 3}, "age"),
        Margin.of([sex], {"f": 5, "m": 6}, "sex"),
    ]
    with pytest.raises(wrong.TotalsDisagreeError) as found:
        Rake.to(margins)
    assert found.value.context == {"age": "10.0", "sex": "11.0"}
    raked = Rake.to(margins, reconcile=True).apply(ONES)
    assert raked.after.sum() == pytest.approx(10)
    assert raked.after[[0, 2]].sum() == pytest.approx(50 / 11)


def test_raking_that_cannot_end_says_how_far_it_came():
    # Only two joint cells: both margins fix the same two sums, differently.
    a, b = np.array(["x", "y"]), np.array(["p", "q"])
    margins = [Margin.of([a], {"x": 3, "y": 1}, "a"), Margin.of([b], {"p": 2, "q": 2}, "b")]
    with pytest.raises(wrong.CalibrationNotConvergedError) as found:
        Rake.to(margins, max_iterations=7).apply(np.ones(2))
    assert found.value.context["iterations"] == "7"
    assert float(found.value.context["distance"]) > 0.1


@pytest.mark.parametrize("kind", DistanceKind)
def test_dependent_variables_with_independent_totals_are_impossible(kind):
    columns = np.column_stack([ONES, AGE == "20", AGE != "20"])
    bounds = (0.1, 10.0) if kind is DistanceKind.LOGIT else (None, None)
    names = ("1", "young", "old")
    step = Calibrate.to(columns, np.array([10.0, 5, 4]), names, distance=kind, bounds=bounds)
    with pytest.raises(wrong.CalibrationImpossibleError) as found:
        step.apply(ONES)
    assert found.value.context == {"reason": "totals-disagree", "totals": "1, young, old"}


def test_a_variable_nobody_has_cannot_have_a_total():
    columns = np.column_stack([ONES, np.zeros(4)])
    with pytest.raises(wrong.CalibrationImpossibleError) as found:
        Calibrate.to(columns, np.array([4.0, 1.0]), ("1", "rare")).apply(ONES)
    assert found.value.context["totals"] == "rare"
    assert Calibrate.to(columns, np.array([8.0, 0.0])).apply(ONES).after == pytest.approx(2 * ONES)


@pytest.mark.parametrize(
    ("kind", "bounds", "bounds_on", "total"),
    [
        (DistanceKind.LINEAR, (0.5, 2.0), BoundsOn.RATIO, 9.0),
        (DistanceKind.RAKING, (0.5, 2.0), BoundsOn.RATIO, 9.0),
        (DistanceKind.LOGIT, (0.5, 2.0), BoundsOn.RATIO, 9.0),
        (DistanceKind.LINEAR, (0.5, 2.0), BoundsOn.WEIGHT, 1.0),
        (DistanceKind.RAKING, (None, None), BoundsOn.RATIO, -1.0),
    ],
)
def test_totals_out_of_reach_are_proved_impossible(kind, bounds, bounds_on, total):
    columns = np.column_stack([ONES, [0.0, 1, 2, 3]])
    target = np.array([total, total * 1.5])
    step = Calibrate.to(columns, target, distance=kind, bounds=bounds, bounds_on=bounds_on)
    with pytest.raises(wrong.CalibrationImpossibleError) as found:
        step.apply(ONES)
    assert found.value.context["reason"] == "bounds"


def test_too_few_iterations_are_not_called_impossible():
    columns = np.column_stack([ONES, [0.0, 1, 2, 3]])
    step = Calibrate.to(
        columns, np.array([40.0, 90.0]), distance=DistanceKind.RAKING, max_iterations=1
    )
    with pytest.raises(wrong.CalibrationNotConvergedError):
        step.apply(ONES)


def test_bounds_leave_room():
    columns = np.ones((4, 1))
    for kind, bounds in (
        (DistanceKind.LINEAR, (2.0, 1.0)),
        (DistanceKind.RAKING, (-2.0, -1.0)),
        (DistanceKind.LOGIT, (None, 2.0)),
        (DistanceKind.LOGIT, (1.5, 2.0)),
    ):
        with pytest.raises(wrong.BadBoundsError):
            Calibrate.to(columns, np.array([5.0]), distance=kind, bounds=bounds)
    on_weight = Calibrate.to(
        columns,
        np.array([5.0]),
        distance=DistanceKind.LOGIT,
        bounds=(2.0, 3.0),
        bounds_on=BoundsOn.WEIGHT,
    )
    with pytest.raises(wrong.BadBoundsError):
        on_weight.apply(ONES)
    with pytest.raises(wrong.BadBoundsError):
        Trim(lower=3, upper=2)
    with pytest.raises(wrong.BadBoundsError):
        Trim(quantiles=(0.9, 0.1))


def test_auxiliary_variables_fit_their_totals():
    with pytest.raises(UnequalLengthsError):
        Calibrate.to(np.ones((4, 2)), np.ones(3))
    with pytest.raises(wrong.BadTotalError):
        Calibrate.to(np.array([[1.0], [np.nan]]), np.ones(1), ("age",))
    with pytest.raises(wrong.BadTotalError):
        Calibrate.to(np.ones((2, 1)), np.array([np.inf]))


def test_totals_that_bounds_cannot_hold_are_not_trimmed():
    with pytest.raises(wrong.TrimmingImpossibleError):
        Trim(upper=2).apply(np.array([1.0, 9.0]))
    cells = Cells.from_columns([np.array(["n", "n", "s"])])
    with pytest.raises(wrong.TrimmingImpossibleError) as found:
        Trim(upper=5, strict=False, within=cells).apply(np.array([1.0, 2, 9]))
    assert found.value.cells == (("s",),)


def test_propensities_need_respondents_and_a_finite_model():
    columns = np.column_stack([ONES, [0.0, 0, 1, 1]])
    with pytest.raises(wrong.PropensityError):
        Propensity(columns, np.zeros(4, dtype=bool)).apply(ONES)
    # Nobody of the first two answered: their class has nobody to stand for them.
    separated = Propensity(columns, np.array([False, False, True, True]), classes=2)
    with pytest.raises((wrong.PropensityError, wrong.EmptyCellsError)):
        separated.apply(ONES)
    with pytest.raises(UnequalLengthsError):
        Propensity(columns, np.ones(3, dtype=bool))


def test_shares_of_rounds_add_up_to_one():
    rounds = Cells.from_columns([np.array([1, 2])])
    for shares in ([0.5, 0.6], [-0.5, 1.5], [1.0]):
        with pytest.raises(wrong.BadShareError):
            CombineRounds(rounds, np.array(shares))
    for step in (CombineRounds(rounds), Scale(rounds)):
        with pytest.raises(wrong.EmptyCellsError):
            step.apply(np.array([1.0, 0.0]))


def test_weights_are_finite_and_not_negative():
    step = Poststratify(Margin.of([AGE], {"20": 1, "40": 1, "60": 1}))
    for bad in (np.nan, np.inf, -1.0):
        with pytest.raises(BadWeightError):
            step.apply(np.array([1.0, 1, bad, 1]))
    with pytest.raises(UnequalLengthsError):
        step.apply(np.ones(3))
    with pytest.raises(UnequalLengthsError):
        Nonresponse.by_class([AGE], np.ones(3, dtype=bool))
    with pytest.raises(UnequalLengthsError):
        Cells.from_columns([AGE, np.ones(3)])
    with pytest.raises(UnequalLengthsError):
        Rake.to([Margin.of([AGE], {}), Margin.of([np.ones(3)], {})])
