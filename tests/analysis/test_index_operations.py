"""Operations an index must be able to say, on answers small enough to count by hand."""

import math

import numpy as np
import pytest
from hypothesis import given

from analysis.answers import MISSING
from analysis.design import Design
from analysis.index.evaluate import Measure, evaluate
from analysis.index.method import ItemScale
from analysis.index.standing import bands_of, standings
from analysis.results import Estimate, Interval, IntervalMethod, Note
from tests.analysis.samples import method, one_psu_each, samples

REVERSED = ItemScale(codes=(1, 2, 3, 4), satisfied=(1, 2), dissatisfied=(3, 4))
A = '[nodes.a]\noperation = "top_box"\nitems = ["a"]\n'
B = '[nodes.b]\noperation = "top_box"\nitems = ["b"]\n'
C = '[nodes.c]\noperation = "top_box"\nitems = ["c"]\n'


def figures(nodes, columns, domains=None, design=None, **options):
    n = len(next(iter(columns.values())))
    made = method(nodes, **options)
    return made, evaluate(made, columns, design or one_psu_each(n), domains or {})


def by_node(found, kind="", code=""):
    return {
        one.node: one.estimate
        for one in found
        if (one.domain_kind, one.domain_code) == (kind, code)
        and one.measure in {Measure.SATISFIED, Measure.VALUE}
    }


RATED = {"a": np.array([5, 5, 4, 3, 1]), "b": np.array([5, 4, 4, 4, MISSING])}
EIGHT = {"a": np.array([5, 5, 4, 1, 5, 1, 4, 5])}
HALVES = {"a": np.tile([5, 1], 40)}


class TestTopBoxes:
    @pytest.mark.parametrize(
        ("body", "value"),
        [
            ('operation = "top_box"\nitems = ["a"]\ntop = 1', 2 / 5),
            ('operation = "top_box"\nitems = ["a"]\ntop = 2', 3 / 5),
            ('operation = "top_box"\nitems = ["a"]\ntop = 3', 4 / 5),
            ('operation = "pooled_top_box"\nitems = ["a", "b"]\ntop = 1', 3 / 9),
            ('operation = "mean_top_box"\nitems = ["a", "b"]\ntop = 1', (2 / 5 + 1 / 4) / 2),
            ('operation = "all_items_top_box"\nitems = ["a", "b"]\ntop = 1', 1 / 5),
        ],
    )
    def test_only_the_best_codes_count(self, body, value):
        _, found = figures(f"[nodes.x]\n{body}\n", RATED)
        assert [one.measure for one in found] == [Measure.SATISFIED]
        assert found[0].estimate.value == pytest.approx(value)

    def test_the_better_end_is_that_of_the_satisfied_codes(self):
        nodes = '[nodes.x]\noperation = "top_box"\nitems = ["r"]\ntop = 1\n'
        _, found = figures(nodes, {"r": np.array([1, 1, 2, 4])}, scales={"r": REVERSED})
        assert found[0].estimate.value == 0.5

    def test_two_codes_are_what_the_scale_calls_satisfied(self):
        nodes = '[nodes.x]\noperation = "pooled_top_box"\nitems = ["a", "b"]\n'
        _, named = figures(nodes, RATED)
        _, chosen = figures(nodes + "top = 2\n", RATED)
        assert chosen[0].estimate == named[0].estimate


class TestSums:
    NODES = (
        '[nodes.total]\noperation = "sum"\nof = ["p", "q"]\nwhen_absent = "rescale"\n'
        '[nodes.p]\noperation = "linear_points"\nof = ["a"]\npoints = 6\n'
        '[nodes.q]\noperation = "min_max"\nof = ["b"]\nminimum = 0\nmaximum = 1\nto = [1, 5]\n'
    )

    def test_what_is_absent_is_stretched_over(self):
        """a = 3/4: 4.5 of 6. Without b its 1 to 5 points are reached as far: 1 + 7.5."""
        columns = {"a": np.array([5, 5, 4, 1]), "b": np.full(4, MISSING)}
        _, found = figures(self.NODES + A + B, columns)
        total = by_node(found)["total"]
        assert total.value == pytest.approx(1 + 4.5 * 10 / 6)
        assert Note("branch-absent", "q") in total.notes

    def test_with_everything_there_it_is_the_sum(self):
        columns = {"a": np.array([5, 5, 4, 1]), "b": np.array([5, 1, 1, 1])}
        _, found = figures(self.NODES + A + B, columns)
        _, plain = figures(self.NODES.replace('when_absent = "rescale"\n', "") + A + B, columns)
        assert by_node(found)["total"].value == pytest.approx(4.5 + 2)
        assert by_node(found)["total"].standard_error == pytest.approx(
            by_node(plain)["total"].standard_error
        )

    def test_a_sum_has_no_value_where_a_branch_has_none_unless_told(self):
        columns = {"a": np.array([5, 5, 4, 1]), "b": np.full(4, MISSING)}
        _, found = figures(self.NODES.replace('when_absent = "rescale"\n', "") + A + B, columns)
        assert math.isnan(by_node(found)["total"].value)


class TestChange:
    NODES = (
        '[nodes.up]\noperation = "change"\nof = ["a", "before"]\n'
        '[nodes.relative]\noperation = "change"\nof = ["a", "before"]\nrelative = true\n'
        '[nodes.before]\noperation = "given"\nvalue = 0.5\nends = [0, 1]\nunit = "share"\n'
    )

    def test_it_is_this_year_less_last_year(self):
        _, found = figures(self.NODES + A, EIGHT)
        now = by_node(found)
        assert now["up"].value == pytest.approx(0.25)
        assert now["relative"].value == pytest.approx(0.5)
        assert now["up"].standard_error == pytest.approx(now["a"].standard_error)
        assert now["relative"].standard_error == pytest.approx(2 * now["a"].standard_error)

    def test_what_nobody_answered_is_no_estimate(self):
        _, found = figures(self.NODES + A, EIGHT)
        assert {one.node for one in found} == {"up", "relative", "a"}

    def test_an_uncertain_base_widens_the_interval_but_is_no_part_of_the_design_effect(self):
        _, sure = figures(self.NODES + A, EIGHT)
        _, unsure = figures(self.NODES + "standard_error = 0.12\n" + A, EIGHT)
        was, is_ = by_node(sure)["up"], by_node(unsure)["up"]
        assert is_.standard_error == pytest.approx(math.hypot(was.standard_error, 0.12))
        assert is_.interval.half_width > was.interval.half_width
        assert is_.design_effect == pytest.approx(was.design_effect)
        # d(now / before) = d now / before - now / before ** 2 * d before
        assert by_node(unsure)["relative"].standard_error == pytest.approx(
            math.hypot(was.standard_error / 0.5, 0.75 / 0.25 * 0.12)
        )

    def test_the_same_base_in_two_branches_counts_once(self):
        nodes = (
            '[nodes.mean]\noperation = "mean"\nof = ["up", "other"]\n'
            '[nodes.other]\noperation = "change"\nof = ["b", "before"]\n'
        )
        nodes += self.NODES + "standard_error = 0.12\n" + A + B
        columns = EIGHT | {"b": np.array([5, 1, 4, 1, 5, 1, 4, 1])}
        _, found = figures(nodes, columns)
        _, exact = figures(nodes.replace("standard_error = 0.12\n", ""), columns)
        sampled = by_node(exact)["mean"].standard_error
        # Both depend wholly on the base: its error does not average out.
        assert by_node(found)["mean"].standard_error == pytest.approx(math.hypot(sampled, 0.12))

    def test_units_have_bases_of_their_own(self):
        nodes = self.NODES + "[nodes.before.values.unit]\nu = 0.25\n" + A
        domains = {"unit": np.array(["u"] * 4 + ["v"] * 4, dtype=object)}
        _, found = figures(nodes, EIGHT, domains)
        assert by_node(found)["up"].value == pytest.approx(0.25)
        assert by_node(found, "unit", "u")["up"].value == pytest.approx(0.5)
        assert math.isnan(by_node(found, "unit", "v")["up"].value)


class TestCorners:
    """A cap at what is reached: half of the samples would be cut off."""

    NODES = (
        '[nodes.points]\noperation = "piecewise_points"\nof = ["a"]\n'
        "knots = [[0, 0], [0.5, 0], [1, 10]]\n"
    )
    DESIGN = Design.from_columns(np.repeat([0, 1], 40), np.arange(80), np.ones(80))

    def test_the_error_is_that_of_samples_drawn_again(self):
        """The share 1/2 stands on a corner: points are 20 · max(0, p − 1/2)."""
        _, found = figures(self.NODES + A, HALVES, design=self.DESIGN)
        points, share = by_node(found)["points"], by_node(found)["a"]
        assert points.value == 0.0
        linearised = 20 * share.standard_error
        # About zero: E max(0, Z) ** 2 = 1/2.
        assert points.standard_error == pytest.approx(linearised / math.sqrt(2), rel=0.12)

    def test_away_from_corners_both_agree(self):
        columns = {"a": np.tile([5, 5, 5, 1], 20)}
        _, found = figures(self.NODES + A, columns, design=self.DESIGN)
        points, share = by_node(found)["points"], by_node(found)["a"]
        assert points.standard_error == pytest.approx(20 * share.standard_error, rel=0.1)
        assert share.design_effect == pytest.approx(points.design_effect, rel=0.2)

    def test_the_same_answers_give_the_same_error(self):
        again = [figures(self.NODES + A, HALVES, design=self.DESIGN)[1] for _ in range(2)]
        assert repr(again[0]) == repr(again[1])

    def test_where_nothing_can_be_drawn_again_it_says_so(self):
        lonely = Design.from_columns(np.array([0] * 79 + [1]), np.arange(80), np.ones(80))
        _, found = figures(self.NODES + A, HALVES, design=lonely)
        assert Note("corner-linearised") in by_node(found)["points"].notes
        assert Note("corner-linearised") not in by_node(found)["a"].notes


class TestRankings:
    NODES = A + '[[rankings]]\nnode = "a"\ndomains = "unit"\nwithin = "kind"\n'

    def test_units_compete_within_their_kind_and_ties_share_the_better_place(self):
        units = [("u", 3), ("v", 3), ("w", 1), ("x", 2)]
        answers = np.array([5] * 3 + [1] + [5] * 3 + [1] + [5] + [1] * 3 + [5] * 2 + [1] * 2)
        domains = {"unit": np.repeat([code for code, _ in units], 4).astype(object)}
        made, found = figures(self.NODES, {"a": answers}, domains)
        within = {"unit": {"u": "xa", "v": "xa", "w": "xa", "x": "phuong"}}
        placed = standings(made, found, within)
        assert [(one.code, one.group, one.rank.place, one.rank.of) for one in placed] == [
            ("u", "xa", 1, 3), ("v", "xa", 1, 3), ("w", "xa", 3, 3), ("x", "phuong", 1, 1),
        ]  # fmt: skip
        assert [one.rank.is_tied for one in placed] == [True, True, False, False]

    def test_less_may_be_better(self):
        text = self.NODES.replace('within = "kind"', "lowest_first = true")
        domains = {"unit": np.repeat(["u", "v"], 4).astype(object)}
        made, found = figures(text, {"a": np.array([5, 5, 5, 1, 5, 1, 1, 1])}, domains)
        assert [one.rank.place for one in standings(made, found)] == [2, 1]


BANDS = (("A", 90.0), ("B", 80.0), ("C", 70.0), ("D", 0.0))


@pytest.mark.parametrize(
    ("value", "low", "high", "expected"),
    [
        (85.0, 81.0, 89.0, ("B",)),
        (80.0, 78.0, 82.0, ("B", "C")),
        (90.0, 69.9, 91.0, ("A", "B", "C", "D")),
        (85.0, math.nan, math.nan, ("B",)),
        (math.nan, math.nan, math.nan, (None,)),
        (5.0, -1.0, 11.0, ("D", None)),
    ],
)
def test_the_bands_an_interval_reaches_into(value, low, high, expected):
    interval = Interval(low, high, 0.95, IntervalMethod.MEAN)
    found = bands_of(Estimate(value, 1.0, interval, 100, 100.0, 30, 1.0), BANDS)
    assert found.possible == expected


@given(samples())
def test_a_constant_given_to_everything_moves_values_and_no_errors(sample):
    nodes = (
        '[nodes.total]\noperation = "sum"\nof = ["a", "more"]\n'
        '[nodes.more]\noperation = "given"\nvalue = 3.5\nends = [0, 5]\n'
    )
    made = method(nodes + A)
    found = evaluate(made, sample.columns, sample.design, {"d": sample.domain})
    values = {(one.node, one.domain_code, one.measure): one.estimate for one in found}
    for (node, code, measure), estimate in values.items():
        if node == "total":
            of_a = values["a", code, Measure.SATISFIED]
            assert measure is Measure.VALUE
            if of_a.is_known:
                assert estimate.value == pytest.approx(of_a.value + 3.5)
                assert estimate.standard_error == pytest.approx(of_a.standard_error, nan_ok=True)


def test_changes_are_told_from_what_is_made_of_them_on_a_scale_of_its_own():
    rule = method(
        """
[nodes.a]
operation = "top_box"
items = ["a"]
[nodes.b]
operation = "top_box"
items = ["b"]
[nodes.up]
operation = "change"
of = ["a", "b"]
[nodes.points]
operation = "linear_points"
of = ["up"]
points = 10
[nodes.both]
operation = "mean"
of = ["up", "points"]
[nodes.mixed]
operation = "mean"
of = ["a", "up"]
[nodes.scaled]
operation = "min_max"
of = ["up"]
minimum = -1
maximum = 1
to = [1, 10]
"""
    )
    assert rule.changes == {"up", "points", "both"}
