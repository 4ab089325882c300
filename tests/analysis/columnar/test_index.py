"""An index from files is the index from rows."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from analysis.answers import MISSING
from analysis.columnar import Request, StageNames, TotalsSample, Trait, reduce_parquet
from analysis.columnar.errors import NotColumnarError
from analysis.columnar.index import ColumnarIndex
from analysis.design import Design
from analysis.finish import Options, finish
from analysis.index.evaluate import evaluate
from analysis.index.leaves import Measure
from analysis.variance.lonely import LonelyPolicy
from analysis.variance.of_totals import joint_of_totals
from analysis.variance.within_domains import covariances
from tests.analysis.columnar.tables import ITEMS, tables
from tests.analysis.samples import AB_AND_C, LIKERT, ItemScale, leaf, method

in_files = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

INDEX = method(
    AB_AND_C
    + leaf("every", "all_items_top_box", "abc")
    + leaf("score", "mean_score", "ab")
    + leaf("scaled", "scaled_mean", "bc"),
    index="all",
)


def in_file(table, path, **options):
    index = ColumnarIndex.of(INDEX, **options)
    wanted = Request(
        (StageNames("psu", "stratum"),), "weight", index.traits, index.supports, (("domain",),)
    )
    return index, reduce_parquet(table.write(path), wanted)


def in_rows(table):
    """The same answers as columns of the row-by-row engine."""
    columns = {
        item: np.array([MISSING if a is None else a for a in table.array(item)]) for item in ITEMS
    }
    weight = table.array("weight")
    plain = Design.from_columns(table.array("stratum"), table.array("psu"), weight + 1.0)
    design = Design(plain.cluster, weight, plain.clusters)
    domain = np.array([MISSING if d is None else d for d in table.array("domain")])
    return columns, design, domain


@in_files
@given(tables(least=8))
def test_every_figure_is_that_of_rows(tmp_path, table):
    index, found = in_file(table, tmp_path / "a.parquet")
    ours = finish(index.algebra(found), TotalsSample.of(found), Options())
    columns, design, domain = in_rows(table)
    theirs = {
        (one.node, one.measure, one.domain_code): one.estimate
        for one in evaluate(INDEX, columns, design, {"d": domain})
        if one.domain_kind == "d"
    }
    levels = [str(level) for level in found.parts[0].domains[0].tolist()]
    assert len(theirs) == len(levels) * len(index.keys)
    for key, of_domains in zip(index.keys, ours, strict=True):
        for level, one in zip(levels, of_domains, strict=True):
            other = theirs[*key, level]
            for name in ("value", "standard_error", "n", "df"):
                expected = pytest.approx(getattr(other, name), rel=1e-9, abs=1e-12, nan_ok=True)
                assert getattr(one, name) == expected, (key, level, name)
            assert [note.code for note in one.notes] == [note.code for note in other.notes]


def test_only_what_the_wanted_figures_need():
    dissatisfied = Trait(("a",), (1, 2))
    assert dissatisfied in ColumnarIndex.of(INDEX).traits
    main = ColumnarIndex.of(INDEX, is_main_only=True)
    assert dissatisfied not in main.traits
    assert {key[1] for key in main.keys} == {Measure.SATISFIED, Measure.VALUE}


@in_files
@given(tables(least=8))
def test_covariances_are_those_between_figures_put_side_by_side(tmp_path, table):
    index, found = in_file(table, tmp_path / "a.parquet", is_main_only=True)
    sample = TotalsSample.of(found)
    estimands = index.algebra(found)(sample.totals.linears())
    matrices = covariances(
        [one.linear for one in estimands],
        [one.support for one in estimands],
        sample,
        LonelyPolicy.ADJUST,
    )
    for domain, matrix in enumerate(matrices):
        joint = joint_of_totals(
            lambda totals: [one.linear for one in index.algebra(found)(totals)],
            sample,
            [one.support for one in estimands],
            [(domain, k) for k in range(len(estimands))],
            lonely=LonelyPolicy.ADJUST,
        )
        exists = ~np.isnan(joint.value)
        assert np.isnan(matrix[~exists]).all()
        both = np.ix_(exists, exists)
        np.testing.assert_allclose(matrix[both], joint.covariance()[both], rtol=1e-9, atol=1e-12)


def test_answers_with_several_choices_and_mixed_scales_need_rows():
    several = ItemScale(codes=("x", "y"))
    share = method(
        '[nodes.s]\noperation = "option_share"\nitems = ["a"]\noptions = ["x"]',
        items=("a",),
        scales={"a": several},
    )
    with pytest.raises(NotColumnarError):
        ColumnarIndex.of(share)
    shorter = ItemScale(codes=(1, 2, 3), satisfied=(3,), neutral=(2,), dissatisfied=(1,))
    mixed = method(
        '[nodes.p]\noperation = "pooled_top_box"\nitems = ["a", "b"]',
        items=("a", "b"),
        scales={"a": LIKERT, "b": shorter},
    )
    with pytest.raises(NotColumnarError):
        ColumnarIndex.of(mixed)
