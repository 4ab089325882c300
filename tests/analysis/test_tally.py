"""Open answers are counted, and only counted."""

import dataclasses
import math
import typing

import numpy as np
import pytest

from analysis.answers import MISSING, OpenAnswers, SampledAnswers, join_choices
from analysis.design import Design
from analysis.errors import UnequalLengthsError
from analysis.index.method import ItemScale
from analysis.tally import Tally, tally, tally_open
from tests.analysis.samples import method

METHOD = method(
    """
[nodes.x]
operation = "mean"
of = ["ab", "c"]
[nodes.ab]
operation = "pooled_top_box"
items = ["a", "b"]
[nodes.c]
operation = "top_box"
items = ["c"]
"""
)
COLUMNS = {
    "a": np.array([5, 4, 3, 9]),
    "b": np.array([4, 1, MISSING, MISSING]),
    "c": np.array([2, MISSING, MISSING, MISSING]),
}
COUNTERS = {"counter": np.array(["05", "05", "06", None], dtype=object)}


def tallies(columns=COLUMNS, groups=COUNTERS, chosen=METHOD):
    return {(t.code, t.domain_code): t for t in tally(chosen, columns, groups)}


def test_answers_of_a_node_are_pooled():
    found = tallies()["ab", ""]
    assert found.is_node
    assert (found.n, found.n_answers) == (3, 5)
    assert (found.satisfied, found.neutral, found.dissatisfied, found.not_rated) == (3, 1, 1, 1)
    assert found.counts == (("1", 1), ("2", 0), ("3", 1), ("4", 2), ("5", 1), ("9", 1))
    assert found.satisfied_share == 0.6
    assert found.neutral_share == 0.2
    assert found.dissatisfied_share == 0.2
    assert found.value == pytest.approx(0.6)


def test_the_value_of_a_node_follows_the_rule_of_the_method():
    found = tallies()["x", ""]
    # The mean of 3/5 and 0/1, not 3 of 6 pooled.
    assert found.value == pytest.approx(0.3)
    assert found.satisfied_share == pytest.approx(0.5)
    assert found.n == 3


def test_items_are_counted_too():
    found = tallies()["a", "05"]
    assert not found.is_node
    assert (found.n, found.satisfied, found.value) == (2, 2, 1.0)
    assert found.counts[3:5] == (("4", 1), ("5", 1))


def test_groups_follow_the_whole_and_missing_groups_are_none():
    order = list(dict.fromkeys(t.domain_code for t in tally(METHOD, COLUMNS, COUNTERS)))
    assert order == ["", "05", "06"]
    assert tallies()["a", ""].not_rated == 1
    assert tallies()["a", "06"].not_rated == 0


def test_nobody_has_no_share():
    found = tallies()["c", "06"]
    assert (found.n, found.n_answers) == (0, 0)
    assert math.isnan(found.value)
    assert math.isnan(found.satisfied_share)


def test_multiple_choice_counts_every_code():
    chosen = method(
        '[nodes.x]\noperation = "option_share"\nitems = ["how"]\noptions = ["web"]',
        scales={"how": ItemScale(codes=("web", "radio"))},
    )
    columns = {"how": join_choices([["web", "radio"], ["radio"], None])}
    found = tallies(columns, {}, chosen)
    assert found["how", ""].counts == (("web", 1), ("radio", 2))
    assert found["how", ""].n == 2
    assert found["x", ""].value == 0.5
    assert math.isnan(found["how", ""].value)


def test_groups_must_fit():
    with pytest.raises(UnequalLengthsError):
        tally(METHOD, COLUMNS, {"counter": np.array(["05"])})


def test_a_tally_has_no_standard_error():
    names = {field.name for field in dataclasses.fields(Tally)}
    assert not {"standard_error", "interval", "df", "design_effect"} & names


def test_open_answers_cannot_become_a_design():
    assert typing.get_type_hints(Design.from_answers)["answers"] is SampledAnswers
    assert not issubclass(OpenAnswers, SampledAnswers)
    names = {field.name for field in dataclasses.fields(OpenAnswers)}
    assert names == {"columns", "groups"}
    with pytest.raises(AttributeError):
        Design.from_answers(OpenAnswers(COLUMNS, COUNTERS))


def test_open_answers_are_tallied_whole():
    groups = {"counter": np.array(["05", "05", "05", None], dtype=object)}
    assert tally_open(METHOD, OpenAnswers(COLUMNS, groups)) == tally(METHOD, COLUMNS, groups)
