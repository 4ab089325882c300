"""Every operation of an index, counted by hand."""

import math

import numpy as np
import pytest

from analysis.answers import MISSING, join_choices
from analysis.design import Design
from analysis.errors import BadColumnError, LonelyPsuError, UnequalLengthsError, UnknownItemError
from analysis.estimate import mean, proportion, ratio
from analysis.index.evaluate import Measure, evaluate
from analysis.index.method import ItemScale
from analysis.results import IntervalMethod, Note
from analysis.variance.lonely import LonelyPolicy
from tests.analysis.samples import method, one_psu_each

NONE = MISSING
COLUMNS = {
    "a": np.array([5, 4, 3, 2, NONE]),
    "b": np.array([4, 3, NONE, 9, NONE]),
    "c": np.array([1, 5, 5, NONE, NONE]),
}
LEAVES = """
[nodes.a]
operation = "top_box"
items = ["a"]
[nodes.b]
operation = "top_box"
items = ["b"]
"""


BASE_YEAR = 'operation = "min_max"\nof = ["a"]\nminimum = 0.25\nmaximum = 1\n'


def figures(nodes, columns=COLUMNS, domains=None, **options):
    chosen = method(nodes, **{key: options.pop(key) for key in ("scales",) if key in options})
    n = len(next(iter(columns.values())))
    found = evaluate(
        chosen, columns, options.pop("design", one_psu_each(n)), domains or {}, **options
    )
    return {(f.node, f.measure.value, f.domain_code): f.estimate for f in found}


def value(nodes, measure="value", node="x"):
    return figures(nodes + LEAVES)[node, measure, ""].value


def test_pooled_shares_count_answers():
    found = figures('[nodes.x]\noperation = "pooled_top_box"\nitems = ["a", "b"]')
    # Rated: 5 4 3 2 and 4 3 ("no opinion" is not rated); satisfied 3 of 6.
    assert found["x", "satisfied", ""].value == pytest.approx(3 / 6)
    assert found["x", "neutral", ""].value == pytest.approx(2 / 6)
    assert found["x", "dissatisfied", ""].value == pytest.approx(1 / 6)
    assert found["x", "satisfied", ""].n == 4
    assert found["x", "satisfied", ""].df == 3


def test_mean_of_rates_counts_criteria():
    found = figures('[nodes.x]\noperation = "mean_top_box"\nitems = ["a", "b", "c"]')
    assert found["x", "satisfied", ""].value == pytest.approx((2 / 4 + 1 / 2 + 2 / 3) / 3)
    assert found["x", "dissatisfied", ""].value == pytest.approx((1 / 4 + 0 + 1 / 3) / 3)


def test_satisfied_on_every_item_counts_persons():
    found = figures('[nodes.x]\noperation = "all_items_top_box"\nitems = ["a", "b"]')
    # Person 1 is satisfied with both; 2 and 3 are not with all; 4 rated one only.
    assert found["x", "satisfied", ""].value == pytest.approx(1 / 4)
    assert {measure for _, measure, _ in found} == {"satisfied"}


def test_satisfied_on_every_item_means_every_item_rated():
    columns = {"a": np.array([5, NONE]), "b": np.array([NONE, 2]), "c": np.array([1, 1])}
    found = figures('[nodes.x]\noperation = "all_items_top_box"\nitems = ["a", "b"]', columns)
    assert found["x", "satisfied", ""].value == 0.5


def test_option_shares_read_words():
    scales = {"late": ItemScale(codes=("yes", "no", "unsure"))}
    columns = {"late": np.array(["yes", "no", "", None, "unsure"], dtype=object)}
    found = figures(
        '[nodes.x]\noperation = "option_share"\nitems = ["late"]\noptions = ["yes", "unsure"]',
        columns,
        scales=scales,
    )
    assert found["x", "value", ""].value == pytest.approx(2 / 3)
    assert found["x", "value", ""].interval.method is IntervalMethod.LOGIT


def test_option_shares_of_multiple_choice_count_persons():
    scales = {"channel": ItemScale(codes=("radio", "web", "other"))}
    columns = {"channel": join_choices([["radio", "web"], ["web"], ["other"], None, []])}
    found = figures(
        '[nodes.x]\noperation = "option_share"\nitems = ["channel"]\noptions = ["radio", "web"]',
        columns,
        scales=scales,
    )
    assert found["x", "value", ""].value == pytest.approx(2 / 3)
    assert found["x", "value", ""].n == 3


def test_mean_scores_pool_answers():
    found = figures('[nodes.x]\noperation = "mean_score"\nitems = ["a", "b"]')
    assert found["x", "value", ""].value == pytest.approx((5 + 4 + 3 + 2 + 4 + 3) / 6)
    assert found["x", "value", ""].interval.method is IntervalMethod.MEAN


def test_scaled_means_lie_between_the_ends_of_the_scale():
    found = figures('[nodes.x]\noperation = "scaled_mean"\nitems = ["a"]')
    assert found["x", "value", ""].value == pytest.approx((1 + 0.75 + 0.5 + 0.25) / 4)


def test_a_scale_that_runs_down_is_turned_round():
    scales = {"a": ItemScale(codes=(4, 3, 2, 1), satisfied=(1, 2))}
    found = figures(
        '[nodes.x]\noperation = "scaled_mean"\nitems = ["a"]',
        {"a": np.array([1, 4, 4, 4])},
        scales=scales,
    )
    assert found["x", "value", ""].value == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('operation = "sum"\nof = ["a", "b"]', 1.0),
        ('operation = "linear_points"\nof = ["a"]\npoints = 10', 5.0),
        ('operation = "piecewise_points"\nof = ["a"]\nknots = [[0, 0], [0.4, 4], [0.6, 8]]', 6.0),
        ('operation = "piecewise_points"\nof = ["a"]\nknots = [[0.6, 1], [0.7, 2]]', 1.0),
        (BASE_YEAR, 1 / 3),
        (BASE_YEAR + "to = [1, 10]", 4.0),
        (BASE_YEAR + "to = [1, 10]\nreversed = true", 7.0),
        ('operation = "min_max"\nof = ["a"]\nminimum = 0.6\nmaximum = 1', -0.25),
        ('operation = "deduct"\nof = ["a"]\namount = 0.2', 0.3),
        ('operation = "deduct"\nof = ["a", "b"]', 0.0),
        ('operation = "cap"\nof = ["a"]\nlimit = 0.4', 0.4),
        ('operation = "cap"\nof = ["a"]\nlimit = 0.8', 0.5),
        ('operation = "floor"\nof = ["a"]\nlimit = 0.8', 0.8),
        ('operation = "floor"\nof = ["a"]\nlimit = 0.4', 0.5),
    ],
)
def test_inner_operations(body, expected):
    assert value(f"[nodes.x]\n{body}\n") == pytest.approx(expected)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('operation = "mean"\nof = ["a", "b"]', 0.5),
        ('operation = "weighted_mean"\nof = ["a", "b"]\nweights = [1, 3]', 0.5),
        ('operation = "weighted_mean"\nof = ["a"]\nweights = [5]', 0.5),
    ],
)
def test_means_of_shares_keep_the_three_measures(body, expected):
    found = figures(f"[nodes.x]\n{body}\n{LEAVES}")
    assert found["x", "satisfied", ""].value == pytest.approx(expected)
    three = [found["x", measure, ""].value for measure in ("satisfied", "neutral", "dissatisfied")]
    assert sum(three) == pytest.approx(1)


def test_a_straight_operation_scales_the_error():
    nodes = '[nodes.x]\noperation = "linear_points"\nof = ["a"]\npoints = 10\n' + LEAVES
    found = figures(nodes)
    error = found["a", "satisfied", ""].standard_error
    assert found["x", "value", ""].standard_error == pytest.approx(10 * error)
    assert found["x", "value", ""].interval.method is IntervalMethod.MEAN


# Where the share of PSUs drawn is told there are no replicates, and pieces are linearised.
SHARE_TOLD = Design.from_columns(np.zeros(5), np.arange(5), np.ones(5), fraction=np.full(5, 1e-12))


def test_the_slope_of_a_piece_scales_the_error():
    nodes = (
        '[nodes.x]\noperation = "piecewise_points"\nof = ["a"]\n'
        "knots = [[0, 0], [0.4, 4], [0.6, 8]]\n" + LEAVES
    )
    found = figures(nodes, design=SHARE_TOLD)
    error = found["a", "satisfied", ""].standard_error
    assert found["x", "value", ""].standard_error == pytest.approx(20 * error)


def test_at_a_corner_the_steeper_side_counts():
    nodes = (
        '[nodes.x]\noperation = "piecewise_points"\nof = ["a"]\n'
        "knots = [[0, 0], [0.5, 1], [1, 10]]\n" + LEAVES
    )
    found = figures(nodes, design=SHARE_TOLD)
    error = found["a", "satisfied", ""].standard_error
    assert found["x", "value", ""].standard_error == pytest.approx(18 * error)


def test_components_agree_with_single_estimators():
    rng = np.random.default_rng(7)
    n = 300
    columns = {item: rng.integers(1, 6, n) for item in "abc"}
    design = Design.from_columns(np.arange(n) % 4, np.arange(n) // 10, rng.uniform(1, 9, n))
    nodes = """
[nodes.pooled]
operation = "pooled_top_box"
items = ["a", "b"]
[nodes.c]
operation = "top_box"
items = ["c"]
[nodes.score]
operation = "mean_score"
items = ["c"]
"""
    sex = rng.choice(["f", "m"], n)
    found = figures(nodes, columns, {"sex": sex}, design=design, level=0.9)
    satisfied = {item: (answers >= 4).astype(float) for item, answers in columns.items()}
    both = satisfied["a"] + satisfied["b"]
    women = sex == "f"
    assert_equal(found["c", "satisfied", ""], proportion(columns["c"] >= 4, design, level=0.9))
    assert_equal(
        found["pooled", "satisfied", "f"],
        ratio(both, np.full(n, 2.0), design, women, is_share=True, level=0.9),
    )
    assert_equal(found["score", "value", "f"], mean(columns["c"], design, women, level=0.9))


def assert_equal(first, second):
    assert first.value == pytest.approx(second.value, rel=1e-12)
    assert first.standard_error == pytest.approx(second.standard_error, rel=1e-12)
    assert first.interval.low == pytest.approx(second.interval.low, rel=1e-12)
    assert first.design_effect == pytest.approx(second.design_effect, rel=1e-12)
    assert (first.n, first.df) == (second.n, second.df)


def test_domains_come_sorted_after_the_whole_and_missing_codes_belong_to_none():
    domains = {
        "unit": np.array(["u2", "u1", "u2", None, ""], dtype=object),
        "year": np.array([2024, 2023, 2024, NONE, 2023]),
    }
    found = evaluate(method(LEAVES), COLUMNS, one_psu_each(5), domains)
    order = list(dict.fromkeys((f.domain_kind, f.domain_code) for f in found))
    assert order == [
        ("", ""), ("unit", "u1"), ("unit", "u2"), ("year", "2023"), ("year", "2024"),
    ]  # fmt: skip
    n = {(f.domain_code, f.node): f.estimate.n for f in found if f.measure is Measure.SATISFIED}
    assert n["u1", "a"] == 1
    assert n["u2", "a"] == 2
    assert n["", "a"] == 4


MEAN_OF_TWO = '[nodes.x]\noperation = "mean"\nof = ["a", "b"]\n'


def absent_in_domain(nodes):
    """A domain in which nobody rated item b."""
    columns = COLUMNS | {"b": np.array([4, 2, NONE, NONE, 9])}
    domains = {"half": np.array([1, 1, 2, 2, 2])}
    return figures(nodes + LEAVES, columns, domains)


def test_an_absent_branch_gives_up_its_weight_and_is_named():
    found = absent_in_domain(MEAN_OF_TWO)
    assert found["b", "satisfied", "2"].n == 0
    assert math.isnan(found["b", "satisfied", "2"].value)
    assert found["b", "satisfied", "2"].notes == (Note("empty-domain"),)
    assert found["x", "satisfied", "2"].value == found["a", "satisfied", "2"].value
    assert Note("branch-absent", "b") in found["x", "satisfied", "2"].notes
    assert Note("branch-absent", "b") not in found["x", "satisfied", "1"].notes


def test_an_absent_branch_can_spoil_the_mean():
    found = absent_in_domain(MEAN_OF_TWO + 'when_absent = "fail"\n')
    assert math.isnan(found["x", "satisfied", "2"].value)
    assert math.isnan(found["x", "satisfied", "2"].standard_error)
    assert found["x", "satisfied", "1"].value == pytest.approx(0.75)


def test_an_absent_branch_spoils_a_sum():
    found = absent_in_domain('[nodes.x]\noperation = "sum"\nof = ["a", "b"]\n')
    assert math.isnan(found["x", "value", "2"].value)


def test_an_absent_criterion_is_named_too():
    found = absent_in_domain('[nodes.x]\noperation = "mean_top_box"\nitems = ["a", "b"]\n')
    assert Note("branch-absent", "b") in found["x", "satisfied", "2"].notes


def test_a_reservation_is_passed_on_to_the_parents():
    found = absent_in_domain(
        MEAN_OF_TWO + '[nodes.y]\noperation = "linear_points"\nof = ["x"]\npoints = 10\n'
    )
    assert Note("branch-absent", "b") in found["y", "value", "2"].notes


def test_a_branch_without_weight_is_not_missed():
    found = absent_in_domain(
        '[nodes.x]\noperation = "weighted_mean"\nof = ["a", "b"]\nweights = [1, 0]\n'
        'when_absent = "fail"\n'
    )
    assert found["x", "satisfied", "2"].value == 0
    assert Note("branch-absent", "b") not in found["x", "satisfied", "2"].notes


def test_best_possible_scores_are_not_certain():
    found = figures(
        '[nodes.x]\noperation = "mean_score"\nitems = ["a"]\n'
        '[nodes.y]\noperation = "linear_points"\nof = ["x"]\npoints = 2\n',
        {"a": np.full(30, 5)},
    )
    score, points = found["x", "value", ""], found["y", "value", ""]
    assert score.value == 5
    assert 1 < score.interval.low < score.interval.high == 5
    assert points.interval.low == pytest.approx(2 * score.interval.low)
    assert Note("no-variation") in score.notes


def test_floats_with_nan_and_objects_with_none_are_read_alike():
    integers = COLUMNS["a"]
    floats = np.where(integers == NONE, np.nan, integers.astype(float))
    objects = np.array([None if a == NONE else int(a) for a in integers], dtype=object)
    leaf = '[nodes.x]\noperation = "top_box"\nitems = ["a"]'
    values = [
        figures(leaf, {"a": column})["x", "satisfied", ""] for column in (integers, floats, objects)
    ]
    assert values[0] == values[1] == values[2]


@pytest.mark.parametrize("bad", [6, 0, -1, 7, 32767])
def test_an_answer_off_the_scale_is_an_error(bad):
    with pytest.raises(BadColumnError) as caught:
        figures('[nodes.x]\noperation = "top_box"\nitems = ["a"]', {"a": np.array([5, bad])})
    assert caught.value.context == {"item": "a", "value": str(bad)}


def test_half_an_answer_is_an_error():
    with pytest.raises(BadColumnError):
        figures('[nodes.x]\noperation = "top_box"\nitems = ["a"]', {"a": np.array([5, 3.5])})


def test_words_where_numbers_belong_are_an_error():
    with pytest.raises(BadColumnError):
        figures('[nodes.x]\noperation = "top_box"\nitems = ["a"]', {"a": np.array(["5", "4"])})


def test_an_unknown_option_is_an_error():
    with pytest.raises(BadColumnError):
        figures(
            '[nodes.x]\noperation = "option_share"\nitems = ["late"]\noptions = ["yes"]',
            {"late": np.array(["yes", "maybe"], dtype=object)},
            scales={"late": ItemScale(codes=("yes", "no"))},
        )


def test_columns_and_domains_must_fit():
    chosen = method(LEAVES)
    with pytest.raises(UnknownItemError):
        evaluate(chosen, {"a": np.ones(2)}, one_psu_each(2), {})
    with pytest.raises(UnequalLengthsError):
        evaluate(chosen, {"a": np.ones(2), "b": np.ones(3)}, one_psu_each(2), {})
    with pytest.raises(UnequalLengthsError):
        evaluate(chosen, {"a": np.ones(2), "b": np.ones(2)}, one_psu_each(3), {})
    with pytest.raises(UnequalLengthsError):
        evaluate(chosen, {"a": np.ones(2), "b": np.ones(2)}, one_psu_each(2), {"d": np.ones(3)})


def test_lonely_strata_can_be_refused():
    design = Design.from_columns(np.array([0, 0, 1]), np.arange(3), np.ones(3))
    columns = {"a": np.array([5, 4, 3]), "b": np.array([5, 4, 3])}
    with pytest.raises(LonelyPsuError):
        evaluate(method(LEAVES), columns, design, {}, lonely=LonelyPolicy.FAIL)
    found = evaluate(method(LEAVES), columns, design, {})
    assert found[0].estimate.notes == (Note("lonely-psu", "adjust"),)


def test_a_scale_of_words_measures_satisfaction_too():
    scales = {"ok": ItemScale(codes=("yes", "no"), satisfied=("yes",), dissatisfied=("no",))}
    columns = {"ok": np.array(["yes", "yes", "no", None], dtype=object)}
    found = figures('[nodes.x]\noperation = "top_box"\nitems = ["ok"]', columns, scales=scales)
    assert found["x", "satisfied", ""].value == pytest.approx(2 / 3)
