"""Estimates from totals alone are those from rows."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings

from analysis.columnar import Number, Request, StageNames, TotalsSample, Trait, reduce_parquet
from analysis.design import Design
from analysis.estimate import mean
from analysis.finish import Estimand, Options, finish
from analysis.results import IntervalMethod
from analysis.variance.lonely import LonelyPolicy
from tests.analysis.columnar.tables import Table, tables

OPTIONS = Options(lonely=LonelyPolicy.ADJUST)
MEAN_OF_A = Request(
    (StageNames("psu", "stratum"),),
    "weight",
    (Number("a"), Trait(("a",)), Number("a", is_squared=True)),
    (Trait(("a",)),),
    (("domain",),),
)


def mean_of_first(found):
    """The estimand: the first total over the second, in every domain."""
    top, bottom = found.layout.of_totals[:2]
    return lambda totals: [
        Estimand(totals[top] / totals[bottom], 0, None, IntervalMethod.MEAN, columns=(top, bottom))
    ]


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(tables(least=8))
def test_means_and_design_effects_are_those_of_rows(tmp_path, table):
    found = reduce_parquet(table.write(tmp_path / "a.parquet"), MEAN_OF_A)
    sample = TotalsSample.of(found, products={(0, 0): 2, (0, 1): 0, (1, 1): 1})
    estimates = finish(mean_of_first(found), sample, OPTIONS)[0]
    weight = table.array("weight")
    plain = Design.from_columns(table.array("stratum"), table.array("psu"), weight + 1.0)
    design = Design(plain.cluster, weight, plain.clusters)
    answers = np.array(table.array("a"), dtype=float)
    domain = np.array([np.nan if d is None else d for d in table.array("domain")], dtype=float)
    levels = [] if not len(found.parts[0].domains) else found.parts[0].domains[0].tolist()
    for level, ours in zip(levels, estimates, strict=True):
        inside = domain == level
        if not (inside & ~np.isnan(answers) & (weight > 0)).any():
            assert np.isnan(ours.value)
            continue
        theirs = mean(answers, design, inside, lonely=LonelyPolicy.ADJUST)
        # Squares nearly cancel where one weight outweighs all others.
        loss = 1.0 if np.isnan(theirs.effective_n) else max(theirs.effective_n / theirs.n, 1.0)
        for name in ("value", "standard_error", "n", "df", "effective_n", "design_effect"):
            one, other = getattr(ours, name), getattr(theirs, name)
            assert one == pytest.approx(other, rel=1e-9 * loss, abs=1e-12, nan_ok=True), name


def test_no_design_effect_without_the_squares(tmp_path):
    table = Table(
        {
            "stratum": pa.array([1, 1, 1]),
            "psu": pa.array([1, 2, 3]),
            "weight": pa.array([1.0, 2.0, 1.0]),
            "domain": pa.array([1, 1, 1]),
            "a": pa.array([1, 5, 2]),
        }
    )
    found = reduce_parquet(table.write(tmp_path / "a.parquet"), MEAN_OF_A)
    estimate = finish(mean_of_first(found), TotalsSample.of(found), OPTIONS)[0][0]
    assert estimate.value == 3.25
    assert np.isnan(estimate.design_effect)
    assert estimate.standard_error > 0
