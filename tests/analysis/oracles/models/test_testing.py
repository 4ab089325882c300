"""Tables and t tests against R's survey package."""

import numpy as np
import pytest

from analysis.coding import encode
from analysis.testing import (
    Statistic,
    independence,
    make_table,
    t_test_groups,
    t_test_mean,
    t_test_pairs,
)
from tests.analysis.oracles.models.rows import (
    ORACLE,
    assert_close,
    columns_of,
    design_of,
    where_of,
)

STATISTICS = {
    "F": Statistic.F,
    "Chisq": Statistic.CHI_SQUARE,
    "Wald": Statistic.WALD,
    "adjWald": Statistic.ADJUSTED_WALD,
}
REL = 1e-9


def table_of(theirs):
    columns = columns_of(theirs["design"])
    return make_table(
        encode(columns[theirs["rows"]]),
        encode(columns[theirs["columns"]]),
        design_of(theirs["design"]),
        where=where_of(theirs["design"], theirs["where"]),
    )


def numbered(entries):
    return [pytest.param(one, id=f"{number}-{one['design']}") for number, one in enumerate(entries)]


@pytest.mark.parametrize("theirs", numbered(ORACLE["tables"]))
def test_tables_and_their_tests_are_those_of_svychisq(theirs):
    table = table_of(theirs)
    assert table.n == theirs["n"]
    # R's cells have the rows running fastest.
    assert_close(table.shares.T, theirs["shares"], REL)
    assert_close(table.standard_errors.T, theirs["error"], REL)
    for test in theirs["tests"]:
        if test["statistic"] in STATISTICS:
            ours = independence(table, STATISTICS[test["statistic"]])
            assert_close(ours.statistic, test["value"], REL)
            assert_close(ours.p_value, test["p"], REL * 10)
            dfs = np.ravel(test["parameter"])
            assert_close(ours.df_numerator, dfs[0], REL)
            assert_close(ours.df_denominator, dfs[1] if len(dfs) > 1 else np.inf, REL)


@pytest.mark.parametrize("theirs", numbered(ORACLE["tables"]))
def test_the_distribution_of_pearsons_statistic_is_that_of_imhofs_integral(theirs):
    # svychisq(statistic = "lincom") itself takes a saddle point approximation, up to 40% off here,
    # where the package CompQuadForm is missing, and leaves out the df of replicate designs.
    lincom = next(test for test in theirs["tests"] if test["statistic"] == "lincom")
    ours = independence(table_of(theirs), Statistic.MIXTURE)
    assert_close(ours.statistic, lincom["value"], REL)
    assert_close(ours.design_effects[::-1], theirs["effects"], REL * 10)
    assert abs(ours.p_value - theirs["exact"]) < 1e-10


@pytest.mark.parametrize("theirs", numbered(ORACLE["t_tests"]))
def test_t_tests_are_those_of_svyttest(theirs):
    columns, design = columns_of(theirs["design"]), design_of(theirs["design"])
    where = where_of(theirs["design"], theirs["where"])
    of = columns[theirs["of"]]
    against = theirs["against"] or 0.0
    if theirs["by"] is not None:
        ours = t_test_groups(of, encode(columns[theirs["by"]]), design, where=where)
    elif theirs["minus"] is not None:
        ours = t_test_pairs(of, columns[theirs["minus"]], design, where=where)
    else:
        ours = t_test_mean(of, design, value=against, where=where)
    assert ours.df == theirs["df"]
    assert_close([ours.statistic, ours.p_value], [theirs["t"], theirs["p"]], REL * 10)
    assert_close(ours.value - against, theirs["estimate"], REL)
    assert_close(ours.interval.low - against, theirs["low"], REL)
    assert_close(ours.interval.high - against, theirs["high"], REL)
