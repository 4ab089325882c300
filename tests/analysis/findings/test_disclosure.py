"""What a reader can work out where groups overlap and from release to release."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from analysis.coding import encode
from analysis.disclosure import Release, system_of, to_be_hidden, worked_out
from analysis.overlaps import People, protect_overlaps
from analysis.releases import same_people
from analysis.suppression import Cell

ITEMS = frozenset({"a"})
K = 10


def cell(kind, code, n, masked=False):
    return Cell("x", kind, code, n, is_masked=masked, is_shown=not masked, items=ITEMS)


def people_of(kinds, earlier=(), person=None):
    n = len(next(iter(kinds.values())))
    columns = {kind: np.array(codes, dtype=object) for kind, codes in kinds.items()}
    who = np.arange(n) if person is None else np.array(person)
    return People(columns, {ITEMS: np.ones(n, dtype=bool)}, who, earlier)


def cells_of(people):
    n = len(people.person)
    found = [cell("", "", n)]
    for kind, column in people.kinds.items():
        coded = encode(column)
        for place, code in enumerate(coded.levels):
            size = int((coded.codes == place).sum())
            found.append(cell(kind, code, size, masked=0 < size < K))
    return found


def shown(people):
    cells = cells_of(people)
    masked = protect_overlaps(cells, {}, K, people)
    return {(c.kind, c.code) for place, c in enumerate(cells) if place not in masked}


def release(people):
    """What was told when these were published by the same rule."""
    return Release(people.person, people.kinds, people.rated, {ITEMS: frozenset(shown(people))})


def test_a_field_that_is_a_centre_but_for_three_people():
    """Field F is served in centre C only, where three others came for G: C minus F are three."""
    kinds = {
        "centre": ["C"] * 43 + ["D"] * 60,
        "field": ["F"] * 40 + ["G"] * 3 + ["G"] * 60,
    }
    people = people_of(kinds)
    found = shown(people)
    assert ("", "") in found
    assert not {("centre", "C"), ("field", "F")} <= found


def test_groups_that_overlap_in_many_people_stay():
    rng = np.random.default_rng(0)
    kinds = {
        "centre": rng.choice(["C", "D"], 400).tolist(),
        "field": rng.choice(["F", "G"], 400).tolist(),
    }
    assert len(shown(people_of(kinds))) == 5


def test_three_more_answers_in_the_next_release_are_not_told():
    before = people_of({"centre": ["C"] * 50 + ["D"] * 50})
    now = people_of(
        {"centre": ["C"] * 53 + ["D"] * 50},
        earlier=[release(before)],
        person=[*range(50), 100, 101, 102, *range(50, 100)],
    )
    found = shown(now)
    # The whole differs by the same three, so neither it nor C may be told again.
    assert found == {("centre", "D")}


def test_many_more_answers_may_be_told():
    before = people_of({"centre": ["C"] * 50 + ["D"] * 50})
    now = people_of(
        {"centre": ["C"] * 65 + ["D"] * 50},
        earlier=[release(before)],
        person=[*range(50), *range(100, 115), *range(50, 100)],
    )
    assert len(shown(now)) == 3


def test_nothing_new_is_told_when_nothing_changed():
    before = people_of({"centre": ["C"] * 50 + ["D"] * 50})
    now = people_of({"centre": ["C"] * 50 + ["D"] * 50}, earlier=[release(before)])
    assert shown(now) == shown(before)


def test_a_corrected_answer_is_one_person():
    """One removed, one added: the difference of both releases is about one person."""
    before = people_of({"centre": ["C"] * 50 + ["D"] * 50})
    now = people_of(
        {"centre": ["C"] * 50 + ["D"] * 50},
        earlier=[release(before)],
        person=[*range(49), 100, *range(50, 100)],
    )
    assert shown(now) == {("centre", "D")}


def test_a_group_told_before_is_no_company_now():
    """C has 8 people now; D was told before, so whole minus D would be C."""
    earlier = people_of({"other": ["x"] * 60, "centre": ["D"] * 52 + [""] * 8})
    told = Release(
        earlier.person, earlier.kinds, earlier.rated, {ITEMS: frozenset({("centre", "D")})}
    )
    now = people_of({"centre": ["D"] * 52 + ["C"] * 8}, earlier=[told])
    assert ("", "") not in shown(now)


def test_rows_without_names_are_matched_as_often_as_they_occur():
    one = pl.DataFrame({"a": [1, 1, 2, None], "w": [0.5, 0.5, 1.0, 1.0]})
    other = pl.DataFrame({"a": [1, 2, 2, None], "w": [0.5, 1.0, 1.0, 1.0], "new": ["x"] * 4})
    first, second = same_people([one, other])
    assert len(set(first.tolist())) == 4
    assert len(set(first.tolist()) & set(second.tolist())) == 3
    assert same_people([]) == ()


def test_lists_and_texts_are_told_apart():
    one = pl.DataFrame({"m": [["a", "b"], ["ab"]], "t": ["x", ""]})
    other = pl.DataFrame({"m": [["ab"], ["a", "b"]], "t": ["", "x"]})
    first, second = same_people([one, other])
    assert first.tolist() == second.tolist()[::-1]


def determined(system, target):
    """An outside auditor: is the sum of some classes fixed by all that is told?"""
    free = [(0, None)] * system.sums.shape[1]
    sizes = system.kept + system.added + system.removed
    told = system.sums @ sizes
    low = linprog(target, A_eq=system.sums, b_eq=told, bounds=[(None, None)] * len(free))
    high = linprog(-target, A_eq=system.sums, b_eq=told, bounds=[(None, None)] * len(free))
    return low.status == 0 and high.status == 0 and abs(low.fun + high.fun) < 1e-6


@st.composite
def tables(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n = draw(st.integers(15, 120))
    kinds = {}
    for name in ("commune", "centre", "field")[: draw(st.integers(1, 3))]:
        shares = rng.dirichlet(np.full(draw(st.integers(1, 4)), 0.6))
        codes = np.array([f"{name}{k}" for k in range(len(shares))], dtype=object)
        column = rng.choice(codes, n, p=shares)
        column[rng.random(n) < draw(st.sampled_from([0.0, 0.03]))] = ""
        kinds[name] = column
    # Centres lie in communes, but for some.
    if "centre" in kinds and draw(st.booleans()):
        copied = rng.random(n) < 0.95
        kinds["centre"] = np.where(copied, kinds["commune"], kinds["centre"])
    return kinds, rng, draw(st.sampled_from([0, 0, 1, 4, 15]))


@settings(max_examples=120, deadline=None)
@given(tables())
def test_an_auditor_finds_no_small_group_in_one_release_or_two(made):
    kinds, rng, n_changed = made
    n = len(next(iter(kinds.values())))
    earlier, person = (), np.arange(n)
    if n_changed:
        # Some of those who were there have gone, some are new.
        was = np.arange(max(n - n_changed, 1))
        before = People(
            {kind: column[was] for kind, column in kinds.items()},
            {ITEMS: np.ones(len(was), dtype=bool)}, was,
        )  # fmt: skip
        earlier = (release(before),)
    people = People(kinds, {ITEMS: np.ones(n, dtype=bool)}, person, earlier)
    told = Release(people.person, people.kinds, people.rated, {ITEMS: frozenset(shown(people))})
    system = system_of(ITEMS, told, earlier)
    assert not any(to_be_hidden(ways, system.places, {}) for ways in worked_out(system, K))
    sizes = system.kept + np.maximum(system.added, system.removed)
    for target in small_sets(system, sizes, rng):
        assert not determined(system, target), (target, sizes)


def small_sets(system, sizes, rng):
    """Single classes, pairs, and parts of told groups with too few people."""
    m = len(sizes)
    singles = [np.eye(m)[k] for k in range(m) if sizes[k] < K]
    sums = [*system.sums, np.ones(m)]
    parts = [one * (1 - other) for one in sums for other in sums]
    parts += [one * other for one in sums for other in sums]
    random_sets = [(rng.random(m) < 0.2).astype(float) for _ in range(10)]
    wanted = [*singles, *parts, *random_sets]
    small = {tuple(one) for one in wanted if one.any() and 0 < system.people(one) < K}
    return [np.array(one) for one in sorted(small)][:12]


@pytest.mark.parametrize("n_told", [0, 1])
def test_nothing_told_nothing_worked_out(n_told):
    people = people_of({"centre": ["C"] * 3 + ["D"] * 50})
    told = {ITEMS: frozenset([("centre", "D")][:n_told])}
    system = system_of(ITEMS, Release(people.person, people.kinds, people.rated, told), ())
    assert list(worked_out(system, K)) == []
