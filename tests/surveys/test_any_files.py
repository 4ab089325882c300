"""Whatever is in its files, the loader gives an instrument or its faults, never anything else."""

import json
import tomllib
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.instrument import catalogue
from surveys.instrument.answers import check_all
from surveys.instrument.faults import FAULT_CODES, InstrumentFaults
from surveys.instrument.load import load_files, read

LAW = settings(max_examples=120, deadline=None)
WHOLE = {
    name: text
    for name, text in read(catalogue.folder("counter_2026")).items()
    if name.endswith(".toml")
}
NAMES = st.sampled_from(sorted(WHOLE))
VALUES = st.recursive(
    st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.decimals()
    | st.dates()
    | st.text(max_size=8)
    | st.sampled_from(["yes", "late", "satisfaction", "scale", "multiple", "access_1", "vi"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["is", "not", "all", "any_of", "at_least", "answered", "codes", "x"]),
            inner,
            max_size=2,
        )
    ),
    max_leaves=5,
)


def load_or_faults(files):
    faults = ()
    try:
        instrument = load_files(files)
    except InstrumentFaults as refused:
        faults = refused.faults
    else:
        check_all(instrument, {item.code: ["1"] for item in instrument.items})
        return
    assert faults
    for fault in faults:
        assert fault.code in FAULT_CODES
        assert fault.place.split(":")[0].endswith(".toml")
        assert len(fault.value) < 500


def written(value):
    """TOML for a value; the loader is not tested with the writer of another library."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return ("nan" if value.is_nan() else f"{value:e}").lower().replace("infinity", "inf")
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    if isinstance(value, dict):
        inside = (f"{json.dumps(key)} = {written(each)}" for key, each in value.items())
        return "{ " + ", ".join(inside) + " }"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def document(tables):
    return "\n".join(f"{json.dumps(key)} = {written(each)}" for key, each in tables.items())


def places(value, here=()):
    """Every place in a tree of tables and lists."""
    yield here
    if isinstance(value, dict):
        for key, each in value.items():
            yield from places(each, (*here, key))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from places(each, (*here, index))


TREES = {name: tomllib.loads(text, parse_float=Decimal) for name, text in WHOLE.items()}
PLACES = {name: list(places(tree))[1:] for name, tree in TREES.items()}


def replaced(tree, place, change):
    """The tree with ``change`` made to the container that holds ``place``."""
    head, *rest = place
    copy = dict(tree) if isinstance(tree, dict) else list(tree)
    if rest:
        copy[head] = replaced(copy[head], rest, change)
    else:
        change(copy, head)
    return copy


def remove(container, key):
    del container[key]


def add_unknown(container, key):
    if isinstance(container, dict):
        container["unknown"] = 1
    else:
        container.append(container[key])


@pytest.mark.parametrize("name", sorted(WHOLE))
def test_the_writer_of_this_test_is_true(name):
    assert tomllib.loads(document(TREES[name]), parse_float=Decimal) == TREES[name]


@LAW
@given(NAMES, st.data())
def test_any_value_anywhere(name, data):
    place = data.draw(st.sampled_from(PLACES[name]))
    value = data.draw(VALUES)
    tree = replaced(TREES[name], place, lambda container, key: container.__setitem__(key, value))
    load_or_faults({**WHOLE, name: document(tree)})


@pytest.mark.parametrize("name", sorted(WHOLE))
@pytest.mark.parametrize("change", [remove, add_unknown])
def test_anything_removed_or_added_anywhere(name, change):
    for place in PLACES[name]:
        load_or_faults({**WHOLE, name: document(replaced(TREES[name], place, change))})


@LAW
@given(NAMES, st.data())
def test_lines_lost_repeated_or_out_of_place(name, data):
    lines = WHOLE[name].splitlines()
    some = st.lists(st.integers(0, len(lines) - 1), min_size=len(lines) - 2, max_size=len(lines))
    order = data.draw(st.permutations(range(len(lines))) | some)
    load_or_faults({**WHOLE, name: "\n".join(lines[index] for index in order)})


@LAW
@given(NAMES, st.data())
def test_a_file_cut_or_broken_anywhere(name, data):
    text = WHOLE[name]
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    junk = data.draw(st.text(st.characters(), max_size=4))
    load_or_faults({**WHOLE, name: text[:start] + junk + text[end:]})


@LAW
@given(st.dictionaries(NAMES | st.text(max_size=8), st.text(st.characters(), max_size=40)))
def test_any_text_at_all(files):
    load_or_faults(files)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        "a." * 3_000 + "a = 1",
        "when." * 3_000 + "x = 1",
        "[[pages]]\n" * 5_000,
        "pages = [" + "{ items = [{}, {}] }, " * 2_000 + "]",
        f"minutes = {'9' * 100_000}",
        f"minutes = 1e{'9' * 100}",
        "\0",
        "\ud800",
    ],
    ids=["brackets", "dots", "whens", "pages", "items", "digits", "exponent", "nul", "surrogate"],
)
def test_extreme_files(text):
    load_or_faults({**WHOLE, "instrument.toml": text})
