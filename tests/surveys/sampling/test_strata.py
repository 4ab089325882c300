"""What may be said of strata before the draw."""

import numpy as np
import pytest

from surveys.sampling.errors import (
    BoundsReversedError,
    DuplicateStratumError,
    NoStrataError,
    OutOfRangeError,
    UnequalLengthsError,
    UnknownLabelError,
)
from surveys.sampling.strata import SHARE, Strata


def test_nothing_known_is_a_share_of_one_half():
    strata = Strata.of(["a", "b"], [101, 2])
    assert strata.components == (SHARE,)
    assert strata.mean.tolist() == [[0.5, 0.5]]
    assert strata.variance[0] == pytest.approx([0.25 * 101 / 100, 0.5])
    assert strata.units == ("a", "b")


def test_strata_belong_to_units_in_order_of_appearance():
    strata = Strata.of(["a1", "b1", "a2"], 10, units=["A", "B", "A"])
    assert strata.units == ("A", "B")
    assert strata.unit_of.tolist() == [0, 1, 0]


def test_interviews_end_where_answers_end():
    strata = Strata.of(["a", "b"], [100, 3], response=0.6, eligibility=0.9, minimum=30)
    # 54 of 100; of 3 cases 1.62 interviews are expected, so perhaps 2.
    assert strata.upper.tolist() == [54, 2]
    assert strata.lower.tolist() == [30, 2]


def test_whole_strata_have_no_choice():
    strata = Strata.of(["a", "b"], [100, 50], whole=[False, True], maximum=20)
    assert strata.lower.tolist() == [2, 50]
    assert strata.upper.tolist() == [20, 50]


def test_cases_drawn_in_vain_cost_too():
    strata = Strata.of(["a"], [100], response=0.5, interview_cost=10, case_cost=3)
    assert strata.cost.tolist() == [16]


def test_shares_and_means_stand_side_by_side():
    strata = Strata.of(["a"], [100], rates={"p": 0.2}, means={"score": 4}, sds={"score": 1.5})
    assert strata.components == ("p", "score")
    assert strata.is_share == (True, False)
    assert strata.variance[1].tolist() == [2.25]


def test_names_are_found_or_refused():
    strata = Strata.of(["a"], [100], rates={"p": 0.2})
    assert (strata.component("p"), strata.unit("a")) == (0, 0)
    for call in (strata.component, strata.unit):
        with pytest.raises(UnknownLabelError, match="z"):
            call("z")


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"labels": []}, NoStrataError),
        ({"labels": ["a", "a"]}, DuplicateStratumError),
        ({"population": [1, 2, 3]}, UnequalLengthsError),
        ({"units": ["A"]}, UnequalLengthsError),
        ({"population": [1, 0]}, OutOfRangeError),
        ({"population": [1, np.nan]}, OutOfRangeError),
        ({"response": 0}, OutOfRangeError),
        ({"eligibility": [1, 1.1]}, OutOfRangeError),
        ({"effect": -1}, OutOfRangeError),
        ({"interview_cost": 0}, OutOfRangeError),
        ({"minimum": -1}, OutOfRangeError),
        ({"rates": {"p": 1.2}}, OutOfRangeError),
        ({"rates": {"p": [0.1, 0.2, 0.3]}}, UnequalLengthsError),
        ({"minimum": 5, "maximum": [9, 4]}, BoundsReversedError),
        ({"means": {"m": 3}}, UnknownLabelError),
        ({"sds": {"m": 3}}, UnknownLabelError),
        ({"rates": {"m": 0.5}, "means": {"m": 1}, "sds": {"m": 1}}, UnknownLabelError),
    ],
)
def test_strata_that_make_no_sense_are_refused(given, error):
    with pytest.raises(error):
        Strata.of(**{"labels": ["a", "b"], "population": [50, 60]} | given)


def test_the_strata_at_fault_are_named():
    with pytest.raises(BoundsReversedError) as caught:
        Strata.of(["a", "b"], [50, 60], minimum=5, maximum=[9, 4])
    assert caught.value.context == {"labels": "b"}
