"""The same answers by several rules: how far apart these are, and how sure that is."""

import math

import numpy as np
import pytest
from hypothesis import given

from analysis.index.alternatives import alternatives, parts, spread, with_differences
from analysis.index.evaluate import Measure, evaluate
from tests.analysis.samples import leaf, mean_of, method, one_psu_each, samples

NODES = (
    mean_of("overall", {"first": 0.6, "second": 0.4})
    + leaf("first", "top_box", "a")
    + leaf("second", "pooled_top_box", "bc")
    + leaf("pooled", "pooled_top_box", "abc")
    + leaf("every", "all_items_top_box", "abc")
    + leaf("score", "mean_score", "abc")
)
INDEX = method(NODES, alternatives=["pooled", "every", "score"])
COLUMNS = {
    "a": np.array([5, 5, 4, 2, 1]),
    "b": np.array([5, 4, 2, 4, 1]),
    "c": np.array([5, 1, 2, 4, 4]),
}


def test_every_rule_stands_beside_the_index():
    """a 3/5, b 3/5, c 3/5; pooled 9/15; satisfied with everything: the first person alone."""
    found = alternatives(INDEX, COLUMNS, one_psu_each(5))
    assert [one.node for one in found] == ["overall", "pooled", "every", "score"]
    assert [one.estimate.value for one in found] == pytest.approx([0.6, 0.6, 0.2, 49 / 15])
    assert found[0].difference is None
    assert found[1].difference.value == pytest.approx(0, abs=1e-15)
    assert found[2].difference.value == pytest.approx(-0.4)


def test_what_is_counted_otherwise_is_not_subtracted():
    found = alternatives(INDEX, COLUMNS, one_psu_each(5))
    assert found[3].difference is None


def test_the_spread_leaves_rules_about_whole_people_out():
    """0.6 and 0.6; that one person in five is satisfied with everything is another matter."""
    found = alternatives(INDEX, COLUMNS, one_psu_each(5))
    assert spread(INDEX, found) == pytest.approx(0, abs=1e-15)
    others = {item: answers[::-1] if item == "a" else answers for item, answers in COLUMNS.items()}
    moved = alternatives(INDEX, others | {"a": np.array([5, 5, 5, 5, 5])}, one_psu_each(5))
    # a 5/5: 0.6 + 0.4 * 6/10 = 0.84, and 11 of 15 pooled.
    assert spread(INDEX, moved) == pytest.approx(0.84 - 11 / 15)


def test_the_error_of_a_difference_is_that_of_differences():
    """Persons: every is 1, 0, 0, 0, 0; the index is 0.6 a + 0.2 b + 0.2 c."""
    satisfied = {item: (answers >= 4).astype(float) for item, answers in COLUMNS.items()}
    of_person = 0.6 * satisfied["a"] + 0.2 * satisfied["b"] + 0.2 * satisfied["c"]
    distance = np.array([1, 0, 0, 0, 0]) - of_person
    found = alternatives(INDEX, COLUMNS, one_psu_each(5))[2].difference
    assert found.value == pytest.approx(distance.mean())
    assert found.standard_error == pytest.approx(distance.std(ddof=1) / math.sqrt(5))


def test_a_tenth_of_weight_moves_the_index_by_a_tenth_of_the_distance_of_its_parts():
    found = parts(INDEX, {"first": 0.9, "second": 0.7})
    assert (found.first, found.second, found.weight) == ("first", "second", pytest.approx(0.4))
    assert found.per_tenth == pytest.approx(-0.02)
    assert parts(method(NODES, index="pooled"), {"first": 0.9, "second": 0.7}) is None


def test_the_national_parts_of_2024_matter_little():
    """83.84 and 84.09: whatever their weights, the index moves by less than 0.03 a tenth."""
    assert parts(INDEX, {"first": 83.84, "second": 84.09}).per_tenth == pytest.approx(0.025)


@given(samples())
def test_the_figures_of_the_method_stay_what_they_are(sample):
    plain = evaluate(INDEX, sample.columns, sample.design, {})
    more = evaluate(with_differences(INDEX), sample.columns, sample.design, {})
    assert repr(more[: len(plain)]) == repr(plain)
    assert all(one.measure is Measure.VALUE for one in more[len(plain) :])
