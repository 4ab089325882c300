"""Estimates of nothing have the shapes of estimates."""

import numpy as np
import pytest

from analysis.design import Design
from analysis.finish import Options, finish, finish_columns
from analysis.index.corners import replicated
from analysis.reduce import Units, reduce
from tests.analysis.samples import one_psu_each

DOMAINS = 2


def sample_of(design: Design):
    """Six people in two domains."""
    units = Units(np.arange(6.0)[:, None], np.ones((6, 1), dtype=bool))
    return reduce(units, design, np.array([0, 0, 0, 1, 1, 1], dtype=np.int32), DOMAINS)


def with_replicates():
    return replicated(sample_of(one_psu_each(6)))


@pytest.mark.parametrize(
    "sample", [sample_of(one_psu_each(6)), with_replicates()], ids=["linearised", "replicated"]
)
@pytest.mark.parametrize("options", [Options(), Options(df=3.0, together=True)])
def test_nothing_asked_for_is_nothing_estimated(sample, options):
    asked = []

    def nothing(totals):
        asked.append(len(totals))
        return []

    found = finish_columns(nothing, sample, options)
    columns = (
        found.value, found.error, found.low, found.high, found.n, found.effective_n, found.df,
        found.design_effect, found.kish_n, found.method,
    )  # fmt: skip
    assert {column.shape for column in columns} == {(DOMAINS, 0)}
    assert found.notes == ()
    assert finish(nothing, sample, options) == ()
    assert set(asked) == {1}


def test_the_algebra_is_worked_out_once_where_weights_are_taken_as_they_are():
    asked = []

    def nothing(totals):
        asked.append(len(totals))
        return []

    assert finish(nothing, sample_of(one_psu_each(6)), Options()) == ()
    assert len(asked) == 1
