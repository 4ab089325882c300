"""Every key of a TOML text is found on its line."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.plan.positions import find_positions

TEXT = '''# A comment with [brackets] and "quotes"
plan = 1

[data]
file = "a # no comment.csv"   # a comment
types = { x = "category", "y z" = "number" }
missing = [
  "",   # nothing
  "N]A",
]

[[estimate]]
name = """
several
lines"""
of = ["q1",
      'q2']
[[estimate]]
"na\\u006de" = "b"
[estimate.inner]
deep.er = 1
[[estimate.list]]
x = 1979-05-27T07:32:00Z
[[estimate.list]]
x = [[1, 2], [3,
4]]
'''

LINES = {
    ("plan",): 2,
    ("data",): 4,
    ("data", "file"): 5,
    ("data", "types"): 6,
    ("data", "types", "x"): 6,
    ("data", "types", "y z"): 6,
    ("data", "missing"): 7,
    ("data", "missing", 0): 8,
    ("data", "missing", 1): 9,
    ("estimate", 0): 12,
    ("estimate", 0, "name"): 13,
    ("estimate", 0, "of"): 16,
    ("estimate", 0, "of", 0): 16,
    ("estimate", 0, "of", 1): 17,
    ("estimate", 1): 18,
    ("estimate", 1, "name"): 19,
    ("estimate", 1, "inner"): 20,
    ("estimate", 1, "inner", "deep", "er"): 21,
    ("estimate", 1, "list", 0): 22,
    ("estimate", 1, "list", 0, "x"): 23,
    ("estimate", 1, "list", 1): 24,
    ("estimate", 1, "list", 1, "x", 1, 1): 26,
}


@pytest.mark.parametrize(("place", "line"), LINES.items(), ids=str)
def test_every_key_is_on_its_line(place, line):
    assert find_positions(TEXT).lines[place] == line


def test_a_place_that_is_not_there_is_on_the_line_of_what_holds_it():
    found = find_positions(TEXT)
    assert found.line(("estimate", 1, "inner", "no", "such")) == 20
    assert found.line(("nothing",)) == 0


def test_the_text_of_the_example_is_toml_with_these_keys():
    written = tomllib.loads(TEXT)
    for place in LINES:
        value = written
        for step in place:
            value = value[step]


def places(value, place=()):
    """List the places of a value."""
    if isinstance(value, dict):
        for name, entry in value.items():
            yield (*place, name)
            yield from places(entry, (*place, name))
    if isinstance(value, list):
        for number, entry in enumerate(value):
            yield (*place, number)
            yield from places(entry, (*place, number))


SCALARS = st.sampled_from(
    ["1", "-2.5e3", "true", '"a]},#"', "'b\"='", '"""x\n]"""', "'''y\n#'''", "2020-01-01", '"\\""']
)
GAPS = st.sampled_from(["", " ", "\n", " # [c], {d} = \n"])
KEYS = st.lists(
    st.sampled_from(["a", "b-1", "_c", '"d e"', "'f.g'"]), unique=True, min_size=1, max_size=4
)


@st.composite
def lists(draw, inner):
    entries = draw(st.lists(inner, max_size=3))
    gaps = [draw(GAPS) for _ in range(2 * len(entries) + 1)]
    text = gaps[0]
    for number, entry in enumerate(entries):
        text += gaps[2 * number + 1] + entry + gaps[2 * number + 2] + ","
    return f"[{text}]"


@st.composite
def tables(draw, inner):
    return "{" + ", ".join(f"{key} = {draw(inner)}" for key in draw(KEYS)) + "}"


VALUES = st.recursive(SCALARS, lambda inner: lists(inner) | tables(inner), max_leaves=8)


@st.composite
def documents(draw):
    text = "".join(f"{key} = {draw(VALUES)}\n" for key in draw(KEYS))
    for _ in range(draw(st.integers(0, 3))):
        text += "[[t]]\n" + "".join(f"{key} = {draw(VALUES)}\n" for key in draw(KEYS))
    return text


@given(documents())
def test_whatever_the_text_all_its_places_are_found_in_order(text):
    try:
        written = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    found = find_positions(text)
    wanted = list(places(written))
    assert set(wanted) <= set(found.lines)
    lines = [found.lines[place] for place in wanted]
    assert lines == sorted(lines)
    assert not lines or lines[-1] <= text.count("\n")
