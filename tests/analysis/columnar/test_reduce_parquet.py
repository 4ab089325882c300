"""Totals of Parquet files."""

from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.columnar import Number, Request, StageNames, Trait, files, merge, reduce_parquet
from analysis.columnar.errors import (
    BadColumnTypeError,
    DifferentRequestsError,
    NotKeptAsPartError,
    UnknownColumnError,
)
from analysis.columnar.exact import Grid
from analysis.columnar.grids import Grids
from analysis.columnar.layout import Layout
from analysis.columnar.numbering import Numbering, PairNumbering
from analysis.columnar.sums import Addends, Sums
from analysis.columnar.ways import Ways
from analysis.design import Design
from analysis.errors import BadWeightError, EmptySampleError, MissingDesignError
from analysis.reduce import Units, reduce
from tests.analysis.columnar.tables import Table, request, tables

in_files = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

BY_HAND = Table(
    {
        "stratum": pa.array([1, 1, 1, 1, 2, 2], pa.int8()),
        "psu": pa.array([1, 1, 2, 2, 1, 2], pa.int16()),
        "weight": pa.array([1.5, 2.0, 3.0, 0.0, 5.0, 7.0]),
        "domain": pa.array(["x", "x", "y", "y", "x", None]),
        "q": pa.array([5, None, 3, 4, 1, 2], pa.int8()),
    }
)
OF_HAND = Request(
    stages=(StageNames("psu", "stratum"),),
    weight="weight",
    totals=(Number("q"), Trait(("q",), (4, 5)), Trait(("q",))),
    supports=(Trait(("q",)),),
    by=(("domain",),),
)


def bits(totals):
    """Everything in the totals, so that equality means every bit."""
    return [
        totals.n_rows,
        *[column.tolist() for column in totals.clusters],
        *[
            [column.tolist() for column in (*part.domains, part.domain, part.cluster)]
            + [
                array.tobytes()
                for array in (
                    part.values.high,
                    part.values.low,
                    part.n,
                    part.squared_weight.high,
                    part.squared_weight.low,
                )
            ]
            for part in totals.parts
        ],
    ]


def test_counted_by_hand(tmp_path):
    found = reduce_parquet(BY_HAND.write(tmp_path / "a.parquet"), OF_HAND)
    totals, clusters = found.totals()
    assert found.parts[0].domains[0].tolist() == ["x", "y"]
    assert clusters.first.unit_stratum.tolist() == [0, 0, 1, 1]
    assert totals.domain.tolist() == [0, 0, 1]
    assert totals.cluster.tolist() == [0, 2, 1]
    order = list(found.layout.of_totals)
    assert totals.values[:, order].tolist() == [[7.5, 1.5, 1.5], [5, 0, 5], [9, 0, 3]]
    assert totals.n.tolist() == [[1], [1], [1]]
    assert totals.weight.tolist() == [[1.5], [5], [3]]
    assert totals.squared_weight.tolist() == [[2.25], [25], [9]]


def row_by_row(table, wanted, by):
    """The same totals from rows."""

    def domain_of(row):
        key = tuple(table.columns[name][row].as_py() for name in by)
        return None if None in key else key

    keys = [domain_of(row) for row in range(table.n)]
    levels = sorted({key for key in keys if key is not None})
    codes = np.array([-1 if key is None else levels.index(key) for key in keys], dtype=np.int32)
    design = Design.from_columns(
        table.array("stratum"), table.array("psu"), table.array("weight") + 1.0
    )
    design = Design(design.cluster, table.array("weight"), design.clusters)
    features = [feature_of(table, feature) for feature in wanted.totals]
    supports = np.column_stack([feature_of(table, trait) for trait in wanted.supports])
    units = Units(np.column_stack(features), supports.astype(bool))
    return reduce(units, design, codes, max(len(levels), 1)).totals, levels


def feature_of(table, feature):
    if isinstance(feature, Number):
        column = np.array(table.array(feature.column), dtype=float)
        return np.where(np.isnan(column), 0.0, column) ** (2 if feature.is_squared else 1)
    if not feature.columns:
        return np.ones(table.n)
    has = np.zeros(table.n, dtype=bool)
    for name in feature.columns:
        column = np.array(table.array(name), dtype=float)
        has |= ~np.isnan(column) if feature.codes is None else np.isin(column, feature.codes)
    return has.astype(float)


@in_files
@given(tables())
def test_as_row_by_row(tmp_path, table):
    wanted = request()
    found = reduce_parquet(table.write(tmp_path / "a.parquet"), wanted)
    for number, by in enumerate(wanted.by):
        totals, clusters = found.totals(number)
        expected, levels = row_by_row(table, wanted, by)
        assert list(zip(*found.parts[number].domains, strict=True)) == (levels if by else [])
        assert clusters.n_psu == len(set(table.columns["psu"].to_pylist()))
        np.testing.assert_array_equal(totals.domain, expected.domain)
        np.testing.assert_array_equal(totals.cluster, expected.cluster)
        size = np.abs(expected.values).max(initial=1.0)
        values = totals.values[:, list(found.layout.of_totals)]
        np.testing.assert_allclose(values, expected.values, rtol=1e-13, atol=1e-15 * size)
        supports = list(found.layout.of_supports)
        for name in ("n", "weight", "squared_weight"):
            ours, theirs = getattr(totals, name)[:, supports], getattr(expected, name)
            np.testing.assert_allclose(ours, theirs, rtol=1e-13, atol=1e-15 * theirs.max(initial=1))


@in_files
@given(tables(least=2), st.randoms(use_true_random=False), st.integers(1, 4))
def test_parts_in_any_order_make_the_same_bits(tmp_path, table, chance, n_parts):
    whole = bits(reduce_parquet(table.write(tmp_path / "whole.parquet"), request(), is_part=True))
    rows = list(range(table.n))
    chance.shuffle(rows)
    edges = sorted([0, *(chance.randint(0, table.n) for _ in range(n_parts - 1)), table.n])
    parts = [table.taken(rows[begin:end]) for begin, end in pairwise(edges) if end > begin]
    paths = [part.write(tmp_path / f"{place}.parquet") for place, part in enumerate(parts)]
    together = reduce_parquet(paths, request(), is_part=True)
    assert bits(together) == whole
    alone = [reduce_parquet(path, request(), is_part=True) for path in paths]
    first, backwards = bits(merge(alone)), bits(merge(alone[::-1]))
    assert first == backwards
    if len(alone) > 2:
        assert bits(alone[0] + (alone[1] + merge(alone[2:]))) == first
    of_merged, of_whole = merge(alone), together
    for ours, theirs in zip(of_merged.parts, of_whole.parts, strict=True):
        sums = ours.values.high[:, list(of_merged.layout.of_totals)]
        expected = theirs.values.high[:, list(of_whole.layout.of_totals)]
        is_whole = [feature != Number("income") for feature in request().totals]
        # Products with floats are rounded to steps that depend on the part.
        assert sums[:, is_whole].tobytes() == expected[:, is_whole].tobytes()
        size = np.abs(expected).max(initial=1)
        np.testing.assert_allclose(sums, expected, rtol=1e-15, atol=1e-18 * size)


@pytest.mark.parametrize("rows_per_group", [1, 7, 1000])
def test_row_groups_change_nothing(tmp_path, rows_per_group):
    rng = np.random.default_rng(1)
    n = 500
    table = Table(
        {
            "stratum": pa.array(np.zeros(n, dtype=np.int8)),
            "psu": pa.array(rng.integers(0, 9, n)),
            "weight": pa.array(rng.lognormal(3, 1, n)),
            "domain": pa.array(rng.choice(np.array(["x", "y"]), n)).dictionary_encode(),
            "q": pa.array(rng.integers(1, 6, n), mask=rng.random(n) < 0.1),
        }
    )
    path = table.write(tmp_path / "a.parquet", row_group_size=rows_per_group)
    plain = table.write(tmp_path / "b.parquet", write_statistics=False, use_dictionary=False)
    found = [reduce_parquet(one, OF_HAND, is_part=True) for one in (path, plain)]
    assert bits(found[0]) == bits(found[1])


@in_files
@given(tables(least=20, most=200))
def test_rows_at_a_time_change_nothing(tmp_path, table):
    path = table.write(tmp_path / "a.parquet")
    at_once = bits(reduce_parquet(path, request(), is_part=True))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "ROWS_PER_BATCH", 16)
        assert bits(reduce_parquet(path, request(), is_part=True)) == at_once


@given(st.integers(1, 40), st.floats(0, 1), st.integers(0, 2**32 - 1))
def test_the_way_of_summing_changes_nothing(n, share, seed):
    """What is chosen by the first rows is only a matter of speed."""
    rng = np.random.default_rng(seed)
    has = rng.random(n) < share
    grids = Grids(Grid(-20, 30, 2), Grid(-20, 30, 2), ())
    trait = Trait(("a",))
    layout = Layout((trait,), (), (trait,), (0,), (0,))
    weight = rng.lognormal(3, 1, n)
    cell = rng.integers(0, 3, n).astype(np.int32)
    pieces = np.concatenate(
        [grids.weight.cut(weight), grids.squared.cut(weight**2), np.ones((1, n), dtype=np.int64)]
    )
    found = []
    for expected_share in (0.0, 0.5, 1.0):
        ways = Ways.of(layout, [expected_share])
        dense = has.astype(np.int8)[:, None][:, : len(ways.dense)]
        exceptions = [np.flatnonzero(has if ways.few else ~has)] if ways.exceptions else []
        sums = Sums(layout, ways, grids)
        sums.grow(3)
        sums.add(cell, Addends(pieces, np.ascontiguousarray(pieces.T), dense, exceptions, []))
        exact = sums.exact(np.arange(3), is_part=True)
        found.append(
            [
                array.tobytes()
                for one in (exact.values, exact.squared_weight)
                for array in (one.high, one.low)
            ]
            + [exact.n.tolist()]
        )
    assert found[0] == found[1] == found[2]
    assert exact.n[:, 0].tolist() == np.bincount(cell, has, 3).tolist()


def test_columns_without_missing_answers_share_their_denominator(tmp_path):
    table = Table(BY_HAND.columns | {"q": pa.array([5, 1, 3, 4, 1, 2]), "r": pa.array([1] * 6)})
    wanted = Request(
        OF_HAND.stages,
        "weight",
        (Number("q"), Trait(("q",)), Number("r"), Trait(("r",))),
        (Trait(("q",)), Trait(("r",))),
    )
    layout = reduce_parquet(table.write(tmp_path / "a.parquet"), wanted).layout
    assert layout.of_totals == (0, 2, 1, 2)
    assert layout.of_supports == (0, 0)


def test_two_stages_with_population_sizes(tmp_path):
    table = Table(
        {
            "commune": pa.array([1, 1, 1, 2, 2, 2], pa.int32()),
            "village": pa.array(["a", "b", "b", "a", "c", "c"]),
            "communes": pa.array([10] * 6),
            "villages": pa.array([4, 4, 4, 8, 8, 8]),
            "weight": pa.array([1.0, 2, 3, 4, 5, 6]),
            "q": pa.array([1, 0, 1, 0, 1, 1]),
        }
    )
    stages = (
        StageNames("commune", size="communes"),
        StageNames("village", size="villages"),
    )
    wanted = Request(stages, "weight", (Number("q"),))
    totals, clusters = reduce_parquet(table.write(tmp_path / "a.parquet"), wanted).totals()
    assert [stage.unit_fraction.tolist() for stage in clusters.stages] == [
        [0.2, 0.2],
        [0.5, 0.5, 0.25, 0.25],
    ]
    assert totals.values[:, 0].tolist() == [1, 3, 0, 11]
    one_stage = Request((StageNames("commune"), stages[1]), "weight", (Number("q"),))
    totals, clusters = reduce_parquet(tmp_path / "a.parquet", one_stage).totals()
    assert len(clusters.stages) == 1
    assert totals.values[:, 0].tolist() == [4, 11]


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"psu": pa.array([1, 1, None, 2, 1, 2])}, MissingDesignError),
        ({"weight": pa.array([1.0, -1, 1, 1, 1, 1])}, BadWeightError),
        ({"weight": pa.array([1.0, None, 1, 1, 1, 1])}, BadWeightError),
        ({"weight": pa.array([1.0, float("inf"), 1, 1, 1, 1])}, BadWeightError),
        ({"q": pa.array([[1]] * 6)}, BadColumnTypeError),
        ({"q": pa.array(["1"] * 6)}, BadColumnTypeError),
        ({"domain": pa.array([[1]] * 6)}, BadColumnTypeError),
    ],
)
def test_refuses_what_cannot_be_totalled(tmp_path, changes, error):
    path = Table(BY_HAND.columns | changes).write(tmp_path / "a.parquet")
    with pytest.raises(error):
        reduce_parquet(path, OF_HAND)


def test_refuses_missing_columns_empty_files_and_different_requests(tmp_path):
    path = BY_HAND.write(tmp_path / "a.parquet")
    with pytest.raises(UnknownColumnError):
        reduce_parquet(path, Request(OF_HAND.stages, "weight", (Number("other"),)))
    other_type = Table(BY_HAND.columns | {"q": pa.array(["1"] * 6)}).write(tmp_path / "c.parquet")
    with pytest.raises(BadColumnTypeError):
        reduce_parquet([path, other_type], OF_HAND)
    empty = BY_HAND.taken(np.array([], dtype=int)).write(tmp_path / "b.parquet")
    with pytest.raises(EmptySampleError):
        reduce_parquet(empty, OF_HAND)
    other = Request(OF_HAND.stages, "weight", (Number("q"),))
    with pytest.raises(DifferentRequestsError):
        merge([reduce_parquet(path, OF_HAND), reduce_parquet(path, other)])
    with pytest.raises(NotKeptAsPartError):
        merge([reduce_parquet(path, OF_HAND), reduce_parquet(path, OF_HAND)])


@given(st.lists(st.lists(st.integers(0, 40), max_size=30), max_size=6), st.booleans())
def test_numbers_are_consecutive_and_stay(lists, is_wide):
    numbering = Numbering()
    known: dict[int, int] = {}
    for keys in lists:
        given_keys = np.array(keys, dtype=np.int64)
        bound = 2**40 if is_wide else max([0, *keys, *known]) + 1
        for key, number in zip(keys, numbering.number(given_keys, bound).tolist(), strict=True):
            assert known.setdefault(key, number) == number
    assert sorted(known.values()) == list(range(len(known)))
    assert all(numbering.keys[number] == key for key, number in known.items())


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), min_size=1, max_size=40))
def test_pairs_keep_their_numbers_while_codes_grow(pairs):
    numbering, known = PairNumbering(), {}
    most_outer = most_inner = 0
    for outer, inner in pairs:
        most_outer, most_inner = max(most_outer, outer), max(most_inner, inner)
        number = numbering.number(
            np.array([outer], np.int32), most_outer + 1, np.array([inner]), most_inner + 1
        )
        assert known.setdefault((outer, inner), int(number[0])) == int(number[0])
    outer, inner = numbering.pairs
    assert list(zip(outer.tolist(), inner.tolist(), strict=True)) == list(known)


def test_far_apart_numbers_are_numbered_as_near_ones(tmp_path):
    rng = np.random.default_rng(5)
    n = 4_000
    psu = rng.integers(0, 900, n)
    columns = {
        "stratum": pa.array(np.zeros(n, dtype=np.int8)),
        "psu": pa.array(psu),
        "weight": pa.array(rng.lognormal(3, 1, n)),
        "domain": pa.array(rng.integers(0, 5, n).astype(float)),
        "q": pa.array(rng.integers(1, 6, n)),
    }
    near = Table(columns).write(tmp_path / "near.parquet")
    columns["psu"] = pa.array(psu * 1_000_003 - 10**8)
    far = Table(columns).write(tmp_path / "far.parquet", row_group_size=1_000)
    found, expected = (reduce_parquet(path, OF_HAND).totals()[0] for path in (far, near))
    assert found.cluster.tolist() == expected.cluster.tolist()
    assert found.values.tobytes() == expected.values.tobytes()


def test_other_codes_of_items(tmp_path):
    table = Table(
        BY_HAND.columns
        | {
            "q": pa.array(["yes", "no", None, "yes", "", "yes"]).dictionary_encode(),
            "r": pa.array([True, False, True, None, True, True]),
            "s": pa.array([300, 400, 300, 300, 500, 300], pa.int16()),
        }
    )
    totals = (Trait(("q",), ("yes",)), Trait(("q",)), Number("r"), Trait(("s",), (300, 500)))
    wanted = Request(OF_HAND.stages, "weight", totals)
    found = reduce_parquet(table.write(tmp_path / "a.parquet"), wanted)
    sums = found.totals()[0].values.sum(axis=0)[list(found.layout.of_totals)]
    assert sums.tolist() == [8.5, 10.5, 16.5, 16.5]


def test_a_total_of_everybody_needs_no_support_of_everybody(tmp_path):
    path = BY_HAND.write(tmp_path / "a.parquet")
    wanted = Request(
        OF_HAND.stages, "weight", (Trait(), Number("q"), Trait(("q",))), (Trait(("q",)),), ((),)
    )
    totals, _ = reduce_parquet(path, wanted).totals()
    place = reduce_parquet(path, wanted).layout.of_totals
    weight = np.array(BY_HAND.columns["weight"].to_pylist())
    q = np.array([one or 0 for one in BY_HAND.columns["q"].to_pylist()])
    found = totals.values.sum(axis=0)[list(place)]
    assert found.tolist() == [weight.sum(), weight @ q, weight @ (q > 0)]
    assert totals.n.sum() == 4
