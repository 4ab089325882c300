"""Codes on paper: what was written is read back, a slip is noticed."""

import doctest

from hypothesis import assume, given
from hypothesis import strategies as st

from surveys.fieldwork import case_code

DRAW, NUMBER = st.integers(1, 9_999), st.integers(1, 99_999)


def test_the_examples_are_true():
    outcome = doctest.testmod(case_code)
    assert outcome.attempted >= 3
    assert outcome.failed == 0


@given(DRAW, NUMBER)
def test_a_code_is_read_back(draw, number):
    assert case_code.read(case_code.write(draw, number)) == (draw, number)


@given(DRAW, NUMBER, st.integers(0, 20), st.characters(codec="ascii", categories=["Nd"]))
def test_one_wrong_digit_is_noticed(draw, number, at, digit):
    code = case_code.write(draw, number)
    assume(at < len(code) and code[at].isdigit() and code[at] != digit)
    assert case_code.read(code[:at] + digit + code[at + 1 :]) is None


@given(DRAW, NUMBER, st.integers(0, 20))
def test_neighbours_exchanged_are_noticed(draw, number, at):
    code = case_code.write(draw, number)
    pair = code[at : at + 2]
    assume(len(pair) == 2 and pair.isdigit() and pair[0] != pair[1])
    assert case_code.read(code[:at] + pair[::-1] + code[at + 2 :]) is None


@given(st.text(max_size=30))
def test_any_other_text_is_no_code(text):
    found = case_code.read(text)
    assert found is None or all(isinstance(part, int) for part in found)
