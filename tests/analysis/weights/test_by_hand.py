"""Adjustments one can count by hand."""

import numpy as np
import pytest

from analysis.results import Note
from analysis.weights import (
    Calibrate,
    Cells,
    Collapse,
    CombineRounds,
    DistanceKind,
    FixedFactor,
    InverseProbability,
    Margin,
    Nonresponse,
    Poststratify,
    Propensity,
    Rake,
    Redistribution,
    Restricted,
    Scale,
    Shares,
    Spread,
    Trim,
    UnknownEligibility,
    apply_steps,
    base_weight,
)

SEX = np.array(["f", "f", "f", "m"])
ONES = np.ones(4)


def test_a_base_weight_is_one_over_the_product_of_the_probabilities():
    weight = base_weight([np.array([0.1, 0.5]), np.array([0.5, 1.0])])
    assert weight.tolist() == [20.0, 2.0]


def test_a_further_stage_divides_by_its_probability():
    step = InverseProbability(np.array([0.5, 1.0]))
    assert step.apply(np.array([3.0, 3.0])).after.tolist() == [6.0, 3.0]


def test_unknown_cases_are_spread_over_eligible_and_ineligible_ones():
    # North: 30 known, 10 unknown; south: everybody is known.
    cells = Cells.from_columns([np.array(["n", "n", "n", "s", "s"])])
    known = np.array([True, True, False, True, True])
    found = UnknownEligibility(cells, known).apply(np.array([20.0, 10, 10, 5, 5]))
    np.testing.assert_allclose(found.after, [20 * 4 / 3, 10 * 4 / 3, 0, 5, 5])
    assert found.cells.n.tolist() == [2, 2]
    np.testing.assert_allclose(found.cells.factor, [4 / 3, 1])


def test_respondents_carry_their_class_and_ineligible_cases_keep_their_weight():
    region = np.array(["n", "n", "n", "s", "s"])
    responded = np.array([True, False, False, True, False])
    eligible = np.array([True, True, False, True, True])
    step = Nonresponse.by_class([region], responded, eligible=eligible)
    found = step.apply(np.array([2.0, 4, 7, 3, 3]))
    assert found.after.tolist() == [6.0, 0, 7, 6, 0]
    assert found.factor.tolist() == [3.0, 0, 1, 2, 0]
    assert found.notes == (Note("thin-cells", "2"),)


def test_one_class_needs_no_column():
    found = Nonresponse.by_class([], np.array([True, False])).apply(np.array([1.0, 3.0]))
    assert found.after.tolist() == [4.0, 0.0]


def test_inverse_propensities_of_a_single_group_are_the_response_rate():
    responded = np.array([True, True, False, True])
    found = Propensity(np.ones((4, 1)), responded, classes=0).apply(np.array([1.0, 2, 5, 2]))
    np.testing.assert_allclose(found.after, [2, 4, 0, 4])
    assert found.fit.coefficients == pytest.approx([0])


def test_propensity_classes_are_quantiles_of_cases():
    answering = np.repeat([0.0, 1.0], 4)
    responded = np.array([1, 0, 0, 0, 1, 1, 1, 0], dtype=bool)
    columns = np.column_stack([np.ones(8), answering])
    found = Propensity(columns, responded, classes=2).apply(np.ones(8))
    np.testing.assert_allclose(found.after, [4, 0, 0, 0, 4 / 3, 4 / 3, 4 / 3, 0])
    assert found.cells.n.tolist() == [1, 3]


def test_poststrata_get_their_totals():
    found = Poststratify(Margin.of([SEX], {"f": 6, "m": 4}, "sex")).apply(ONES)
    assert found.after.tolist() == [2, 2, 2, 4]
    assert found.totals.names == ("sex:f", "sex:m")
    np.testing.assert_allclose(found.totals.distance_before, [0.5, 0.75])
    assert found.totals.distance_after.tolist() == [0, 0]
    assert found.calibration.auxiliary.tolist() == [[1, 0], [1, 0], [1, 0], [0, 1]]
    assert found.calibration.base_weight is found.before


def test_independent_margins_are_raked_in_one_round():
    a, b = np.array(["x", "x", "y", "y"]), np.array([1, 2, 1, 2])
    margins = [
        Margin.of([a], {"x": 30, "y": 10}, "a"),
        Margin.of([b], {"1": 4, "2": 36}, "b"),
    ]
    found = Rake.to(margins).apply(ONES)
    np.testing.assert_allclose(found.after, [3, 27, 1, 9])
    assert found.totals.names == ("a:x", "a:y", "b:1", "b:2")
    assert found.fit.distance < 1e-10


def test_a_linear_calibration_to_a_size_and_a_mean_is_a_line():
    # Weights 1 + a + b x over x = -1, 0, 1: three people more, and 4 more of x.
    columns = np.column_stack([np.ones(3), [-1.0, 0.0, 1.0]])
    found = Calibrate.to(columns, np.array([6.0, 4.0])).apply(np.ones(3))
    np.testing.assert_allclose(found.after, [0, 2, 4], atol=1e-12)


def test_bounded_linear_calibration_leaves_weights_at_the_bound():
    columns = np.column_stack([np.ones(3), [-1.0, 0.0, 1.0]])
    step = Calibrate.to(columns, np.array([6.0, 3.8]), bounds=(0.3, None))
    found = step.apply(np.ones(3))
    np.testing.assert_allclose(found.after, [0.3, 1.6, 4.1], atol=1e-12)
    assert Note("at-bounds", "1") in found.notes


def test_unbounded_linear_calibration_says_when_weights_are_negative():
    columns = np.column_stack([np.ones(3), [-1.0, 0.0, 1.0]])
    found = Calibrate.to(columns, np.array([6.0, 5.0])).apply(np.ones(3))
    np.testing.assert_allclose(found.after, [-0.5, 2, 4.5], atol=1e-12)
    assert found.notes == (Note("negative-weights", "1"),)


def test_dependent_variables_are_calibrated_when_their_totals_depend_alike():
    both = np.column_stack([ONES, SEX == "f", SEX == "m"])
    found = Calibrate.to(both, np.array([10.0, 6, 4]), distance=DistanceKind.RAKING).apply(ONES)
    np.testing.assert_allclose(found.after, [2, 2, 2, 4])


def test_what_is_cut_off_is_given_to_the_others():
    weight = np.array([1.0, 2, 3, 10])
    loose = Trim(upper=4, strict=False).apply(weight)
    assert loose.after.tolist() == [3, 4, 5, 4]
    assert loose.notes == (Note("trimmed", "1"), Note("outside-bounds", "1"))
    strict = Trim(upper=4.5).apply(weight)
    np.testing.assert_allclose(strict.after, [3, 4, 4.5, 4.5], atol=1e-12)
    share = Trim(upper=4, strict=False, redistribution=Redistribution.PROPORTIONALLY)
    np.testing.assert_allclose(share.apply(weight).after, [2, 4, 6, 4])
    gone = Trim(upper=4, redistribution=Redistribution.NONE).apply(weight)
    assert gone.after.tolist() == [1, 2, 3, 4]


def test_weights_can_be_trimmed_at_their_quantiles():
    weight = np.array([0.0, 1, 2, 3, 4, 5])
    found = Trim(quantiles=(0.25, 0.75)).apply(weight)
    assert found.after[0] == 0
    np.testing.assert_allclose(found.after[1:], [2, 2, 3, 4, 4])


def test_trimming_keeps_the_total_of_every_region():
    region = Cells.from_columns([np.array(["n", "n", "s", "s"])])
    found = Trim(upper=6, within=region).apply(np.array([1.0, 9, 2, 2]))
    assert found.after.tolist() == [4, 6, 2, 2]


def test_scaling_to_the_sample_makes_weights_of_mean_one():
    cells = Cells.from_columns([np.array(["a", "a", "b", "b"])])
    found = Scale(cells).apply(np.array([1.0, 3, 5, 0]))
    assert found.after.tolist() == [0.5, 1.5, 1, 0]
    again = found.step.repeat(found).apply(np.array([1.0, 0, 5, 0]))
    assert again.after.tolist() == [2, 0, 1, 0]


def test_rounds_are_combined_by_their_shares():
    rounds = Cells.from_columns([np.array([2025, 2025, 2026])])
    weight = np.array([10.0, 10, 30])
    by = {
        Shares.EQUAL: [5, 5, 15],
        Shares.SAMPLE: [20 / 3, 20 / 3, 10],
        Shares.EFFECTIVE: [20 / 3, 20 / 3, 10],
    }
    for shares, expected in by.items():
        np.testing.assert_allclose(CombineRounds(rounds, shares).apply(weight).after, expected)
    uneven = CombineRounds(rounds).apply(np.array([3.0, 1, 4]))
    np.testing.assert_allclose(uneven.cells.factor, [1.6 / 2.6, 1 / 2.6])
    given = CombineRounds(rounds, np.array([0.25, 0.75])).apply(weight)
    assert given.after.tolist() == [2.5, 2.5, 22.5]


def test_a_step_for_some_rows_leaves_the_others_alone():
    rows = np.array([True, True, True, False, False])
    step = Poststratify(Margin.of([np.array(["f", "f", "m"])], {"f": 6, "m": 4}))
    found = Restricted(step, rows).apply(np.array([1.0, 2, 1, 7, 9]))
    assert found.after.tolist() == [2, 4, 4, 7, 9]
    assert found.calibration.auxiliary.tolist() == [[1, 0], [1, 0], [0, 1], [0, 0], [0, 0]]
    assert found.calibration.base_weight.tolist() == [1, 2, 1, 7, 9]


def test_kish_counts_what_unequal_weights_cost():
    spread = Spread.of(np.array([0.0, 1.0, 1.0, 4.0]))
    assert (spread.n, spread.n_zero, spread.total) == (3, 1, 6)
    assert spread.effective_n == 2
    assert spread.design_effect == 1.5
    assert spread.quantiles[3] == 1


def test_nothing_to_describe_has_no_design_effect():
    spread = Spread.of(np.zeros(2))
    assert (spread.n, spread.n_zero, spread.effective_n) == (0, 2, 0)
    assert np.isnan(spread.design_effect)


def test_diagnostics_hide_nothing():
    found = FixedFactor(np.array([2.0, 0.5, 0.0])).apply(np.array([1.0, 4.0, 5.0]))
    described = found.diagnostics()
    assert described.before.total == 10
    assert (described.after.n, described.after.n_zero) == (2, 1)
    assert (described.factor.smallest, described.factor.largest) == (0.5, 2)
    assert described.factor.n_zero == 1


COLUMNS = [np.array(list("aaaaaabb")), np.array(list("xxxyyzxy"))]
RESPONDED = np.array([1, 1, 1, 1, 1, 0, 1, 1], dtype=bool)


def merged_labels(thin, minimum):
    step = Nonresponse.by_class(COLUMNS, RESPONDED, thin=thin, minimum=minimum)
    return step.cells.labels, step.merged


def test_a_thin_class_gives_up_its_last_column_with_its_siblings():
    labels, merged = merged_labels(Collapse.PARENT, 1)
    assert labels == (("a", "*"), ("b", "x"), ("b", "y"))
    assert merged == ((("a", "x"), ("a", "y"), ("a", "z")),)
    assert merged_labels(Collapse.PARENT, 3)[0] == (("*", "*"),)
    assert merged_labels(Collapse.PARENT, 2)[0] == (("a", "*"), ("b", "*"))


def test_a_thin_class_joins_the_thinner_neighbour():
    labels, merged = merged_labels(Collapse.NEIGHBOUR, 1)
    assert labels == (("a", "x"), ("a", "y+z"), ("b", "x"), ("b", "y"))
    assert merged == ((("a", "y"), ("a", "z")),)
    found = Nonresponse.by_class(COLUMNS, RESPONDED, thin=Collapse.NEIGHBOUR, minimum=1)
    adjusted = found.apply(np.ones(8))
    np.testing.assert_allclose(adjusted.after, [1, 1, 1, 1.5, 1.5, 0, 1, 1])
    assert Note("cells-merged", "1") in adjusted.notes


def test_steps_follow_each_other():
    weighted = apply_steps(
        [
            Nonresponse.by_class([], np.array([True, True, True, False])),
            Poststratify(Margin.of([np.array(["f", "f", "m", ""])], {"f": 6, "m": 4})),
        ],
        ONES,
    )
    assert weighted.weight.tolist() == [3, 3, 4, 0]
    assert weighted.steps[1].before is weighted.steps[0].after
    assert len(weighted.calibrations) == 1
    assert apply_steps([], ONES).weight.tolist() == [1, 1, 1, 1]
