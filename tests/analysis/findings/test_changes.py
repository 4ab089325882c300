"""Change between rounds: independent, or over the PSUs they share."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.changes import RoundSample, changes, shares_psus
from analysis.design import Design
from analysis.index.evaluate import evaluate
from analysis.index.together import together
from tests.analysis.samples import method

METHOD = method('[nodes.x]\noperation = "top_box"\nitems = ["a"]\n', items=("a",))


def round_of(answers, psu, stratum=None, weight=None, domain=None):
    n = len(answers)
    strata = np.zeros(n, dtype=int) if stratum is None else np.array(stratum)
    weights = np.ones(n) if weight is None else np.array(weight, dtype=float)
    design = Design.from_columns(strata, np.array(psu), weights)
    sample = together(METHOD, {"a": np.array(answers)}, design, domain)
    return RoundSample(sample, strata, np.array(psu))


def test_by_hand_two_independent_rounds():
    """Shares 1/2 of 4 and 1 in 4: simple random samples, variance p q / (n - 1)."""
    later = round_of([5, 5, 1, 1], [1, 2, 3, 4])
    earlier = round_of([5, 1, 1, 1], [1, 2, 3, 4])
    (found,) = changes(later, earlier, "x", [""], overlapping=False)
    assert found.value == pytest.approx(0.25)
    assert found.standard_error == pytest.approx(np.sqrt(0.25 / 3 + 0.1875 / 3))
    assert found.df == 6
    assert found.low == pytest.approx(0.25 - 2.446912 * found.standard_error, abs=1e-6)


def test_by_hand_the_same_places():
    """The same four PSUs: the variance of four differences 0, 1, 0, 0 over four."""
    later = round_of([5, 5, 1, 1], [1, 2, 3, 4])
    earlier = round_of([5, 1, 1, 1], [1, 2, 3, 4])
    assert shares_psus(later, earlier)
    (found,) = changes(later, earlier, "x", [""])
    assert found.standard_error == pytest.approx(np.sqrt(np.var([0, 1, 0, 0], ddof=1) / 4))
    assert found.df == 3


def test_rounds_of_other_places_share_nothing():
    later, earlier = round_of([5, 1], [1, 2]), round_of([5, 1], [3, 4])
    assert not shares_psus(later, earlier)


def test_the_same_round_twice_has_not_changed():
    one = round_of([5, 5, 1, 5, 1, 1], [1, 1, 2, 3, 3, 4])
    (found,) = changes(one, one, "x", [""])
    assert found.value == 0.0
    assert found.standard_error == pytest.approx(0.0, abs=1e-12)


@st.composite
def pairs_of_rounds(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))

    def one():
        n = 60
        stratum = rng.integers(0, 2, n)
        psu = rng.integers(0, draw(st.integers(3, 6)), n)
        domain = rng.choice(np.array(["x", "y"], dtype=object), n)
        answers = rng.integers(1, 6, n)
        return answers, psu, stratum, rng.uniform(1, 5, n), domain

    return one(), one()


@settings(max_examples=40, deadline=None)
@given(pairs_of_rounds())
def test_stacking_both_rounds_in_one_design_says_the_same(both):
    """One design over the rows of both rounds, domains by round: the outside way."""
    later, earlier = (round_of(*one) for one in both)
    columns = [np.concatenate(parts) for parts in zip(*both, strict=True)]
    answers, psu, stratum, weight, domain = columns
    n = len(both[0][0])
    of_round = np.array(["now"] * n + ["then"] * n, dtype=object)
    for overlapping in (True, False):
        named = np.array(
            [
                f"{r}:{s}" if not overlapping else str(s)
                for r, s in zip(of_round, stratum, strict=True)
            ],
            dtype=object,
        )
        design = Design.from_columns(named, psu, weight)
        cells = np.array([f"{r}:{d}" for r, d in zip(of_round, domain, strict=True)], dtype=object)
        joint = together(METHOD, {"a": answers}, design, cells).joint(
            "x", ["now:x", "now:y", "then:x", "then:y"]
        )
        matrix = np.array([[1.0, 0, -1, 0], [0, 1.0, 0, -1]])
        wanted = joint.contrast(matrix)
        found = changes(later, earlier, "x", ["x", "y"], overlapping=overlapping)
        assert [one.value for one in found] == pytest.approx(wanted.value)
        assert [one.standard_error for one in found] == pytest.approx(wanted.standard_errors())


def test_joint_values_are_those_of_the_index():
    answers = np.array([5, 4, 1, 2, 5, 3, 4, 5])
    domain = np.array(list("xyxyxyxy"), dtype=object)
    design = Design.from_columns(np.zeros(8), np.array([1, 1, 2, 2, 3, 3, 4, 4]), np.arange(1.0, 9))
    joint = together(METHOD, {"a": answers}, design, domain).joint("x", ["y", "x"])
    figures = {
        f.domain_code: f.estimate
        for f in evaluate(METHOD, {"a": answers}, design, {"d": domain})
        if f.measure == "satisfied" and f.domain_kind
    }
    assert joint.value == pytest.approx([figures["y"].value, figures["x"].value])
    errors = [figures["y"].standard_error, figures["x"].standard_error]
    assert joint.standard_errors() == pytest.approx(errors)
    assert joint.covariance()[0, 1] != 0.0
