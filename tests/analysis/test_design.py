"""How the sample was drawn."""

import numpy as np
import pytest

from analysis.answers import SampledAnswers
from analysis.design import Design
from analysis.errors import (
    BadFractionError,
    BadWeightError,
    EmptySampleError,
    MissingDesignError,
    UnequalLengthsError,
)


def test_psus_are_nested_in_strata():
    design = Design.from_columns(np.array(["a", "a", "b", "b"]), np.array([1, 2, 1, 1]), np.ones(4))
    assert design.n_strata == 2
    assert design.n_psu == 3
    assert design.psus_per_stratum.tolist() == [2, 1]
    assert design.psu.tolist() == [0, 1, 2, 2]
    assert design.df == 1


def test_codes_do_not_depend_on_row_order():
    names, psus = np.array(["b", "a", "b"]), np.array(["q", "p", "p"])
    forward = Design.from_columns(names, psus, np.arange(1, 4))
    backward = Design.from_columns(names[::-1], psus[::-1], np.arange(3, 0, -1))
    assert forward.psu.tolist() == backward.psu[::-1].tolist()
    assert forward.stratum.tolist() == backward.stratum[::-1].tolist()


def test_degrees_of_freedom_count_people_who_count():
    design = Design.from_columns(np.zeros(4), np.arange(4), np.array([1.0, 1.0, 1.0, 0.0]))
    assert design.df == 2
    assert design.n_psu == 4


@pytest.mark.parametrize("weight", [-1.0, np.nan, np.inf])
def test_a_bad_weight_is_named_by_its_row(weight):
    with pytest.raises(BadWeightError) as caught:
        Design.from_columns(np.zeros(2), np.arange(2), np.array([1.0, weight]))
    assert caught.value.context["row"] == "1"


def test_somebody_must_have_weight():
    with pytest.raises(BadWeightError):
        Design.from_columns(np.zeros(2), np.arange(2), np.zeros(2))


def test_a_missing_stratum_or_psu_is_named_by_its_row():
    with pytest.raises(MissingDesignError) as caught:
        Design.from_columns(np.array(["a", "a"]), np.array(["p", None], dtype=object), np.ones(2))
    assert caught.value.context == {"column": "psu", "row": "1"}


def test_nobody_is_not_a_sample():
    with pytest.raises(EmptySampleError):
        Design.from_columns(np.array([]), np.array([]), np.array([]))


def test_columns_have_one_length():
    with pytest.raises(UnequalLengthsError):
        Design.from_columns(np.zeros(2), np.arange(3), np.ones(2))


@pytest.mark.parametrize("fraction", [[0.5, 0.6], [1.5, 1.5], [-0.1, -0.1], [np.nan, np.nan]])
def test_a_fraction_belongs_to_a_stratum_and_lies_between_0_and_1(fraction):
    with pytest.raises(BadFractionError):
        Design.from_columns(np.zeros(2), np.arange(2), np.ones(2), fraction=np.array(fraction))


def test_a_design_comes_from_sampled_answers():
    answers = SampledAnswers({}, np.array(["a", "a"]), np.array([1, 2]), np.ones(2), {})
    assert Design.from_answers(answers).n_psu == 2
