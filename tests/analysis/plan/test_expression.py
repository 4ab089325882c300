"""Formulas know their values and their derivatives, and nothing else can be written."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from analysis.plan.expression import BadFormulaError, parse_formula

NAMES = ["a", "b", "năm_2025"]


def test_a_formula_can_be_worked_out_by_hand():
    found = parse_formula("2 * a / b ** 2 - log(b)").evaluate(["a", "b"], np.array([3.0, 2.0]))
    assert found.value == pytest.approx(1.5 - math.log(2), rel=1e-15)
    assert found.slope == pytest.approx([0.5, -1.5 - 0.5], rel=1e-15)


LEAVES = st.sampled_from(NAMES) | st.sampled_from(["0.5", "2", "1e-1", "-3"])
FORMULAS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds("({} {} {})".format, inner, st.sampled_from(["+", "-", "*", "/"]), inner),
        st.builds(
            "{}({})".format, st.sampled_from(["exp", "log", "sqrt", "logit", "expit", "-"]), inner
        ),
        st.builds("({}) ** {}".format, inner, st.sampled_from(["2", "0.5", "-1", "a"])),
    ),
    max_leaves=6,
)


@given(FORMULAS, st.lists(st.floats(0.05, 3), min_size=3, max_size=3))
def test_derivatives_are_those_of_small_steps(text, values):
    formula = parse_formula(text)
    at = np.array(values)
    found = formula.evaluate(NAMES, at)
    for k in range(3):
        h = 1e-5 * np.eye(3)[k]
        steps = [formula.evaluate(NAMES, at + m * h).value for m in (-2, -1, 1, 2)]
        assume(np.isfinite([found.value, *steps]).all() and np.abs(steps).max() < 1e3)
        near = (steps[0] - 8 * steps[1] + 8 * steps[2] - steps[3]) / 12e-5
        again = (steps[2] - steps[1]) / 2e-5
        # Where even the differences disagree, the function bends too fast to compare with.
        assume(abs(near - again) < 1e-5 * max(1, abs(near)))
        # At the edge of a root there is a value, but no slope.
        assume(np.isfinite(found.slope[k]))
        assert found.slope[k] == pytest.approx(near, rel=1e-4, abs=1e-4)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a +",
        "a if b else c",
        "__import__('os').system('true')",
        "a.real",
        "a[0]",
        "exp(a, b)",
        "exp(*a)",
        "lambda: 1",
        "open('x')",
        "a < b",
        "a and b",
        "'text'",
        "True",
        "a // b",
        "1j",
        "(a := 1)",
        "9" * 400,
        "(" * 900 + "a" + ")" * 900,
        "a + " * 200 + "a",
        "a\x00b",
    ],
    ids=lambda text: text[:20],
)
def test_anything_but_arithmetic_is_refused(text):
    try:
        formula = parse_formula(text)
    except BadFormulaError:
        return
    # A long sum is arithmetic too.
    assert text.startswith("a + a")
    assert formula.evaluate(["a"], np.array([1.0])).value == 201


@given(st.text(max_size=40))
def test_no_text_does_worse_than_being_refused(text):
    try:
        formula = parse_formula(text)
    except BadFormulaError:
        return
    formula.evaluate(formula.names, np.ones(len(formula.names)))


def test_a_formula_without_value_is_nan():
    for text in ("log(0 - a)", "1 / (a - a)", "sqrt(0 - a)", "(0 - a) ** 0.5"):
        assert math.isnan(parse_formula(text).evaluate(["a"], np.array([2.0])).value)
