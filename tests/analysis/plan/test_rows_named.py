"""Sentences name rows so that they can be found: line of the file, and row of the data."""

import numpy as np
import polars as pl
import pytest

from analysis.plan.words import fault_sentence
from tests.analysis.plan.written import HEAD, ROWS, faults, only, result

MEAN = '[[estimate]]\nname = "a"\nkind = "mean"\nof = "income"\n'


def said(found, language="vi"):
    return fault_sentence(only(found), language, "p.toml")


def test_a_row_is_a_line_of_the_file_and_a_row_of_the_data(tmp_path):
    rows = ROWS.replace("south,c1,20,2", "south,,20,2")
    found = faults(tmp_path, MEAN, rows=rows)
    assert "trống ở 1 hàng, đầu tiên là dòng 6 của «rows.csv» (hàng dữ liệu 5)" in said(found)
    assert "empty in 1 row(s), first in line 6 of «rows.csv» (data row 5)" in said(found, "en")


def test_empty_lines_are_counted_as_they_are_seen(tmp_path):
    rows = ROWS.replace("south,c1,20,2", "\n\nsouth,,20,2")
    assert "dòng 8 của «rows.csv» (hàng dữ liệu 5)" in said(faults(tmp_path, MEAN, rows=rows))


def test_cells_of_several_lines_have_another_row_in_a_spreadsheet(tmp_path):
    rows = ROWS.replace("north,c1,10,5,f", 'north,c1,10,5,"f\n(nữ)"').replace(",c3,20,3", ",,20,3")
    wanted = "dòng 10 của «rows.csv» (hàng 9 trong Excel, hàng dữ liệu 8)"
    assert wanted in said(faults(tmp_path, MEAN, rows=rows))


def test_files_below_each_other_have_rows_of_their_own(tmp_path):
    (tmp_path / "one.csv").write_text(ROWS)
    (tmp_path / "two.csv").write_text(ROWS.replace("north,c2,10,1", "north,c2,,1"))
    head = HEAD.replace('file = "rows.csv"', 'files = ["one.csv", "two.csv"]')
    found = faults(tmp_path, MEAN, head=head, rows=None)
    assert "đầu tiên là dòng 4 của «two.csv» (hàng dữ liệu 3)" in said(found)


def test_files_without_lines_have_rows_of_the_data_only(tmp_path):
    frame = pl.read_csv(ROWS.encode()).with_columns(w=pl.Series([10.0] * 3 + [None] + [20.0] * 4))
    frame.write_parquet(tmp_path / "rows.parquet")
    head = HEAD.replace("rows.csv", "rows.parquet")
    assert "hàng dữ liệu 4 của «rows.parquet»" in said(faults(tmp_path, MEAN, head=head))


def test_rows_of_a_step_are_rows_of_the_data(tmp_path):
    body = '[[weights]]\nstep = "rake"\nwhere = "region = \'south\'"\nmargins = [{ by = "sex", '
    body += "totals = { f = 60, m = 40 } }]\n"
    first = (
        '[[weights]]\nstep = "calibrate"\nterms = ["1", "income"]\nwhere = "income IS NOT NULL"\n'
        'totals = { "1" = 100, income = 700 }\n'
    )
    found = faults(tmp_path, first + body + MEAN)
    text = said(found)
    row = int(text.split("hàng dữ liệu ")[1].split(")")[0])
    assert found[0].code == "bad-weight"
    assert row > 4


def test_a_table_of_totals_has_rows_of_its_own(tmp_path):
    (tmp_path / "t.csv").write_text("sex,total\nf,1\nm,\n")
    step = '[[weights]]\nstep = "poststratify"\nby = "sex"\ntotals = "t.csv"\n'
    assert "ở dòng 3 của «t.csv» (hàng dữ liệu 2)" in said(faults(tmp_path, step + MEAN))


SIZES = (
    ROWS.replace("code\n", "code,size\n").replace(",01\n", ",01,9\n").replace(",02\n", ",02,9\n")
)
SIZES = SIZES.replace(",03\n", ",03,7\n").replace(",04\n", ",04,7\n")


@pytest.mark.parametrize(
    ("old", "new", "code", "wanted"),
    [
        (
            "5.5,04,7",
            "5.5,04,8",
            "fractions-differ",
            "tầng south: dòng 9 của «rows.csv» (hàng dữ liệu 8) ghi 8, nhưng hàng dữ liệu 5",
        ),
        (",7\n", ",1\n", "size-too-small", "tầng south ghi có 1 đơn vị, nhưng đã chọn 2; hàng đầu"),
        (",7\n", ",0\n", "fpc-zero", "có 4 hàng ghi 0, đầu tiên là dòng 6 của «rows.csv»"),
        ("04,7\n", "04,\n", "missing-fpc", "trống ở 2 hàng, đầu tiên là dòng 8 của «rows.csv»"),
    ],
)
def test_sizes_at_fault_name_the_stratum_and_the_first_row_that_differs(
    tmp_path, old, new, code, wanted
):
    head = HEAD + 'fpc = "size"\n'
    found = faults(tmp_path, MEAN, head=head, rows=SIZES.replace(old, new))
    assert only(found).code == code
    assert wanted in said(found)


def test_without_strata_all_rows_share_one_size(tmp_path):
    head = HEAD.replace('strata = "region"\n', "") + 'fpc = "size"\n'
    assert "tầng gồm mọi hàng (không phân tầng): dòng 6" in said(
        faults(tmp_path, MEAN, head=head, rows=SIZES)
    )


@pytest.mark.parametrize("fpc", ["0", "{ north = 9, south = 0 }"])
def test_no_population_at_all_is_refused_wherever_it_is_written(tmp_path, fpc):
    found = faults(tmp_path, MEAN, head=HEAD + f"fpc = {fpc}\n")
    assert (only(found).code, only(found).line) == ("fpc-zero", 8)


def test_a_column_of_zeros_is_refused_in_large_parquet_files_too(tmp_path):
    n = 200_000
    generator = np.random.default_rng(1)
    frame = pl.DataFrame(
        {"psu": np.arange(n) % 500, "w": np.ones(n), "y": generator.random(n), "size": np.zeros(n)}
    )
    frame.write_parquet(tmp_path / "rows.parquet")
    head = HEAD.split("[design]")[0].replace("csv", "parquet")
    head += '[design]\nclusters = "psu"\nweight = "w"\nfpc = "size"\nfpc_kind = "fraction"\n'
    found = faults(tmp_path, MEAN.replace("income", "y"), head=head)
    assert "có 200.000 hàng ghi 0" in said(found)


def test_all_weights_zero_is_said_without_a_row(tmp_path):
    rows = ROWS.replace(",10,", ",0,").replace(",20,", ",0,")
    found = faults(tmp_path, MEAN, rows=rows)
    assert said(found) == "p.toml, dòng 7 (design.weight): mọi trọng số đều bằng 0."


@pytest.mark.parametrize("cell", ["inf", "-Infinity", "#DIV/0!", "#N/A"])
def test_numbers_among_which_something_went_wrong_are_no_categories(tmp_path, cell):
    rows = ROWS.replace("3.0", cell).replace("1.0", cell).replace("2.0", cell)
    found = faults(tmp_path, MEAN.replace("mean", "proportion"), rows=rows)
    assert only(found).code == "cells-without-value"
    assert f"«{cell}»" in said(found)
    assert "ở 3 hàng (hàng dữ liệu 5, 6, 7; đầu tiên là dòng 6" in said(found)
    head = HEAD.replace("[design]", f'missing = ["", "{cell}"]\n[design]')
    assert result(tmp_path, MEAN, head=head, rows=rows)["estimates"][0]["n"] == 4


def test_a_column_said_to_be_categories_may_hold_such_words(tmp_path):
    rows = ROWS.replace("3.0", "inf")
    head = HEAD.replace("[design]", 'types = { income = "category" }\n[design]')
    body = '[[estimate]]\nname = "a"\nkind = "proportion"\nof = "income"\n'
    assert "inf" in [
        row["category"] for row in result(tmp_path, body, head=head, rows=rows)["estimates"]
    ]


def test_margins_that_disagree_are_said_with_their_sums(tmp_path):
    step = (
        '[[weights]]\nstep = "rake"\nmargins = [{ by = "sex", totals = { f = 60, m = 40 } },\n'
        '{ by = "region", totals = { north = 3000, south = 70.5 } }]\n'
    )
    found = faults(tmp_path, step + MEAN)
    assert "sex = 100; region = 3.070,50" in said(found)
    assert "sex = 100; region = 3,070.50" in said(found, "en")


def test_an_unknown_level_to_compare_with_is_said_with_those_there_are(tmp_path):
    model = (
        '[[model]]\nname = "m"\nkind = "linear"\nresponse = "income"\nterms = ["sex"]\n'
        'reference = { sex = "female" }\n'
    )
    found = faults(tmp_path, model)
    assert only(found).line == 13
    assert said(found).endswith("cột «sex» không có nhóm «female». Có thể dùng: f, m.")


def test_numbers_have_no_level_to_compare_with(tmp_path):
    model = (
        '[[model]]\nname = "m"\nkind = "linear"\nresponse = "income"\nterms = ["q1"]\n'
        'reference = { q1 = "5" }\n'
    )
    assert 'types = { q1 = "category" }' in said(faults(tmp_path, model))
