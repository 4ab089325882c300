"""Tables, chi-squares and t tests, by hand and by laws."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from analysis.answers import MISSING
from analysis.coding import encode
from analysis.design import Design
from analysis.errors import BadColumnError, EmptyDomainError
from analysis.estimate import mean, proportion
from analysis.testing import (
    Statistic,
    chi_square,
    group_means,
    make_table,
    t_test_groups,
    t_test_mean,
    t_test_pairs,
    wald_test,
)
from analysis.testing.chi_square import OneCategoryError
from analysis.testing.t import GroupsError
from analysis.variance.lonely import LonelyPolicy
from tests.analysis.samples import one_psu_each, samples

law = settings(max_examples=40, deadline=None, derandomize=True)

# Ten people: 4 + 1 in the first row, 2 + 3 in the second.
ROWS = np.array(["a"] * 5 + ["b"] * 5, dtype=object)
COLUMNS = np.array(["p"] * 4 + ["q"] + ["p"] * 2 + ["q"] * 3, dtype=object)
# n (ad - bc)^2 over the product of the four margins.
PEARSON = 10 * 100 / 600


def test_a_table_of_people_drawn_one_by_one():
    table = make_table(ROWS, COLUMNS, one_psu_each(10))
    assert (table.row_levels, table.column_levels) == (("a", "b"), ("p", "q"))
    assert table.count.tolist() == [[4, 1], [2, 3]]
    assert table.n == 10
    assert table.shares == pytest.approx(np.array([[0.4, 0.1], [0.2, 0.3]]))
    assert table.standard_errors[0, 0] == pytest.approx(math.sqrt(0.4 * 0.6 / 9))
    within = table.within_rows()
    assert within.value == pytest.approx([0.8, 0.2, 0.4, 0.6])
    theirs = proportion(COLUMNS == "q", one_psu_each(10), ROWS == "b")
    assert within.standard_errors()[3] == pytest.approx(theirs.standard_error, rel=1e-12)


def test_drawn_one_by_one_pearsons_test_is_nearly_pearsons():
    # The covariance of shares is that of a multinomial, n / (n - 1) larger, and R takes expected
    # variances from the observed cells: with 2 x 2 cells the correction is a plain number.
    found = chi_square(ROWS, COLUMNS, one_psu_each(10))
    assert found.pearson == pytest.approx(PEARSON, rel=1e-12)
    assert found.design_effects == pytest.approx([10 / 9], rel=1e-12)
    assert found.statistic == pytest.approx(PEARSON * 9 / 10, rel=1e-12)
    assert (found.df_numerator, found.df_denominator) == (pytest.approx(1), pytest.approx(9))
    first = chi_square(ROWS, COLUMNS, one_psu_each(10), statistic=Statistic.CHI_SQUARE)
    assert first.statistic == pytest.approx(PEARSON)
    # A chi-square of one degree of freedom is a squared normal.
    assert first.p_value == pytest.approx(math.erfc(math.sqrt(PEARSON * 9 / 10 / 2)), rel=1e-9)
    assert (first.df_numerator, first.df_denominator) == (1, math.inf)


def test_with_one_design_effect_every_distribution_of_pearsons_test_is_f():
    found = chi_square(ROWS, COLUMNS, one_psu_each(10))
    whole = chi_square(ROWS, COLUMNS, one_psu_each(10), statistic=Statistic.MIXTURE)
    assert whole.p_value == pytest.approx(found.p_value, rel=1e-9)
    assert whole.statistic == found.pearson


def test_walds_test_of_two_by_two_cells():
    # Distance 10 * (0.4 - 0.5 * 0.6) = 1; the spread of ten influences, times 10/9.
    found = chi_square(ROWS, COLUMNS, one_psu_each(10), statistic=Statistic.WALD)
    row, column = ROWS == "b", COLUMNS == "q"
    z = (row & column) - 0.5 * column - 0.4 * row + 0.5 * 0.4
    variance = 10 / 9 * np.sum((z - z.mean()) ** 2)
    assert found.statistic == pytest.approx(1 / variance, rel=1e-12)
    assert (found.df_numerator, found.df_denominator) == (1, 9)
    adjusted = chi_square(ROWS, COLUMNS, one_psu_each(10), statistic=Statistic.ADJUSTED_WALD)
    assert adjusted.statistic == pytest.approx(found.statistic)


def test_a_wald_test_of_more_cells_than_clusters_can_tell_is_unknown():
    psu = np.array([1, 1, 1, 1, 2, 2, 2, 2, 3, 3])
    design = Design.from_columns(np.ones(10), psu, np.ones(10))
    many = np.array(list("abcdabcdab"), dtype=object)
    found = chi_square(many, COLUMNS, design, statistic=Statistic.WALD)
    assert math.isnan(found.p_value)
    adjusted = chi_square(many, COLUMNS, design, statistic=Statistic.ADJUSTED_WALD)
    assert adjusted.df_denominator == 0
    assert math.isnan(adjusted.p_value)


def test_an_empty_cell_can_be_tested():
    columns = np.array(["p"] * 5 + ["p"] * 2 + ["q"] * 3, dtype=object)
    found = chi_square(ROWS, columns, one_psu_each(10))
    assert 0 < found.p_value < 1
    assert found.table.count.tolist() == [[5, 0], [2, 3]]


def test_tables_of_one_row_or_of_nobody_are_refused():
    with pytest.raises(OneCategoryError, match="side=rows"):
        chi_square(ROWS, COLUMNS, one_psu_each(10), where=ROWS == "a")
    with pytest.raises(OneCategoryError, match="side=columns"):
        chi_square(ROWS, COLUMNS, one_psu_each(10), where=COLUMNS == "p")
    with pytest.raises(EmptyDomainError):
        make_table(ROWS, COLUMNS, one_psu_each(10), where=np.zeros(10, dtype=bool))


def test_people_without_an_answer_are_outside_the_table():
    rows = ROWS.copy()
    rows[0] = None
    table = make_table(rows, COLUMNS, one_psu_each(10))
    assert table.count.tolist() == [[3, 1], [2, 3]]
    # Nine people of ten: the one without an answer keeps its place among the PSUs.
    share = proportion((rows == "a") & (COLUMNS == "p"), one_psu_each(10), rows != None)  # noqa: E711
    assert table.standard_errors[0, 0] == pytest.approx(share.standard_error, rel=1e-12)
    assert table.joint.df == 8


STATISTICS = st.sampled_from(list(Statistic))


@law
@given(samples(), STATISTICS)
def test_turning_a_table_changes_nothing(sample, statistic):
    high = encode(np.where(sample.columns["a"] == MISSING, MISSING, sample.columns["a"] >= 4))
    assume(len(set(sample.domain)) > 1)
    assume(
        len(set(zip(high.codes[high.codes >= 0], sample.domain[high.codes >= 0], strict=True))) > 3
    )
    options = {"statistic": statistic, "lonely": LonelyPolicy.ADJUST}
    one = chi_square(high, sample.domain, sample.design, **options)
    other = chi_square(sample.domain, high, sample.design, **options)
    assert other.statistic == pytest.approx(one.statistic, rel=1e-6, nan_ok=True)
    assert other.p_value == pytest.approx(one.p_value, rel=1e-5, abs=1e-12, nan_ok=True)


@law
@given(samples(), STATISTICS, st.floats(0.01, 1000))
def test_scaling_every_weight_changes_no_test(sample, statistic, factor):
    high = encode(np.where(sample.columns["a"] == MISSING, MISSING, sample.columns["a"] >= 4))
    known = high.codes >= 0
    assume(len(set(zip(high.codes[known], sample.domain[known], strict=True))) > 3)
    scaled = Design.from_columns(sample.stratum, sample.psu, sample.weight * factor)
    options = {"statistic": statistic, "lonely": LonelyPolicy.ADJUST}
    one = chi_square(high, sample.domain, sample.design, **options)
    other = chi_square(high, sample.domain, scaled, **options)
    assert other.statistic == pytest.approx(one.statistic, rel=1e-7, nan_ok=True)
    assert other.pearson == pytest.approx(one.pearson, rel=1e-9)


@law
@given(samples())
def test_cells_add_up_to_the_shares_of_their_rows(sample):
    table = make_table(
        sample.columns["a"], sample.domain, sample.design, lonely=LonelyPolicy.ADJUST
    )
    rows = np.repeat(np.eye(table.shape[0]), table.shape[1], axis=1)
    margins = table.joint.contrast(rows)
    known = sample.columns["a"] != MISSING
    for level, value, error in zip(
        table.row_levels, margins.value, margins.standard_errors(), strict=True
    ):
        theirs = proportion(sample.columns["a"] == int(level), sample.design, known)
        assert value == pytest.approx(theirs.value, rel=1e-10)
        if theirs.df > 0:
            assert error == pytest.approx(theirs.standard_error, rel=1e-7, abs=1e-9)


# --- t tests ------------------------------------------------------------------------------------

Y = np.array([1.0, 2.0, 3.0, 4.0, 8.0, 6.0])
G = np.array(["a", "a", "a", "b", "b", "c"], dtype=object)


def test_two_groups_drawn_one_by_one():
    # Means 2 and 6; influences (-1, 0, 1) / 3 and (-2, 2) / 2 of five PSUs, six in all.
    found = t_test_groups(Y, G, one_psu_each(6), groups=["a", "b"])
    assert found.name == "b - a"
    assert found.value == pytest.approx(4)
    assert found.standard_error == pytest.approx(math.sqrt(6 / 5 * (2 / 9 + 2)), rel=1e-12)
    assert found.df == 3  # five PSUs with an answer, minus a stratum, minus 1
    turned = t_test_groups(Y, G, one_psu_each(6), groups=["b", "a"])
    assert (turned.name, turned.value) == ("a - b", pytest.approx(-4))
    assert turned.p_value == pytest.approx(found.p_value)
    wider = t_test_groups(Y, G, one_psu_each(6), groups=["a", "b"], df=4, level=0.99)
    assert wider.df == 4
    assert wider.interval.level == 0.99


def test_a_test_of_two_groups_needs_two():
    with pytest.raises(GroupsError, match="groups=a, b, c"):
        t_test_groups(Y, G, one_psu_each(6))
    with pytest.raises(GroupsError, match="groups=a, d"):
        t_test_groups(Y, G, one_psu_each(6), groups=["a", "d"])
    with pytest.raises(GroupsError, match="groups=d, e"):
        t_test_groups(Y, G, one_psu_each(6), groups=["d", "e"])
    with pytest.raises(BadColumnError, match="column=of"):
        t_test_groups(G, G, one_psu_each(6), groups=["a", "b"])


def test_one_mean_against_a_number():
    found = t_test_mean(Y, one_psu_each(6), value=3)
    error = math.sqrt(np.var(Y, ddof=1) / 6)
    assert found.value == pytest.approx(4)
    assert found.statistic == pytest.approx(1 / error, rel=1e-12)
    assert found.df == 4  # as svyttest: one less than the mean's own interval has
    assert found.interval.low < 4 < found.interval.high
    own = t_test_mean(Y, one_psu_each(6), value=3, df=5)
    theirs = mean(Y, one_psu_each(6))
    assert own.interval.low == pytest.approx(theirs.interval.low, rel=1e-9)


def test_pairs_are_a_mean_of_differences():
    later = Y + np.array([1.0, 0.0, 2.0, 1.0, np.nan, 3.0])
    found = t_test_pairs(later, Y, one_psu_each(6))
    assert found.value == pytest.approx(1.4)
    assert found.df == 3
    where = np.array([True, True, True, True, True, False])
    assert t_test_pairs(later, Y, one_psu_each(6), where=where).value == pytest.approx(1.0)


def test_contrasts_of_domains_share_their_covariance():
    means = group_means(Y, G, one_psu_each(6))
    assert means.levels == ("a", "b", "c")
    assert means.n == (3, 2, 1)
    one = means.contrast(np.array([[-1.0, 1.0, 0.0]]), ["b - a"])[0]
    assert one.value == pytest.approx(4)
    assert one.df == 5
    matrix = np.array([[-1.0, 1.0, 0.0], [0.0, -1.0, 1.0]])
    both = means.together(matrix)
    # Any two contrasts that say the same: the order of the groups does not matter.
    assert both.statistic == pytest.approx(
        means.together(np.array([[1.0, -1.0, 0.0], [1.0, 0.0, -1.0]])).statistic, rel=1e-9
    )
    equal = means.equality()
    assert equal.statistic == pytest.approx(both.statistic, rel=1e-9)
    assert (equal.df_numerator, equal.df_denominator) == (2, 3)
    chi = wald_test(means.joint.contrast(matrix), df=math.inf)
    assert chi.statistic == pytest.approx(2 * both.statistic, rel=1e-9)
    assert chi.p_value == pytest.approx(math.exp(-chi.statistic / 2), rel=1e-9)


def test_a_mean_that_does_not_vary_has_no_t():
    found = t_test_mean(np.ones(4), one_psu_each(4))
    assert math.isnan(found.statistic)
    assert math.isnan(found.p_value)
