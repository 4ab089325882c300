"""What files say is what is calculated with."""

import numpy as np
import polars as pl
import pyreadstat
import pytest

from analysis.plan.result import without_nan
from tests.analysis.plan.written import HEAD, ROWS, faults, figure, only, result

MEAN = '[[estimate]]\nname = "m"\nkind = "mean"\nof = "income"\n'
BY_AREA = '[[estimate]]\nname = "m"\nkind = "count"\nby = "area.code"\n'


def head_for(name):
    return HEAD.replace("rows.csv", name)


def test_codes_with_leading_zeros_stay_as_they_are(tmp_path):
    rows = result(tmp_path, BY_AREA)["estimates"]
    assert [row["domain"]["area.code"] for row in rows] == ["01", "02", "03", "04"]


def test_missing_answers_are_a_domain(tmp_path):
    found = figure(result(tmp_path, MEAN), "m")
    assert found["value"] == pytest.approx(
        (15 + 25 + 40 + 60 + 20 + 40 + 110) / (10 * 3 + 20 * 4), rel=1e-12
    )
    assert found["n"] == 7
    assert found["df"] == 2


def same_everywhere(tmp_path, name, head=None):
    (tmp_path / "rows.csv").write_text(ROWS)
    wanted = result(tmp_path, MEAN + BY_AREA.replace('"m"', '"c"'))
    found = result(tmp_path, MEAN + BY_AREA.replace('"m"', '"c"'), head=head or head_for(name))
    assert without_nan(found["estimates"]) == without_nan(wanted["estimates"])


@pytest.mark.parametrize("name", ["rows.parquet", "rows.sav", "rows.dta"])
def test_the_same_rows_in_any_format_give_the_same_figures(tmp_path, name):
    (tmp_path / "rows.csv").write_text(ROWS)
    frame = pl.read_csv(tmp_path / "rows.csv", schema_overrides={"area.code": pl.String})
    if name == "rows.parquet":
        frame.write_parquet(tmp_path / name)
        same_everywhere(tmp_path, name)
        return
    # Neither format allows dots in names.
    frame = frame.rename({"area.code": "area_code"})
    write = pyreadstat.write_sav if name.endswith("sav") else pyreadstat.write_dta
    write(frame, str(tmp_path / name))
    head = head_for(name) + '[[derive]]\nname = "area.code"\nexpression = "area_code"\n'
    same_everywhere(tmp_path, name, head)


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("utf-8", ""),
        ("utf-8-sig", ""),
        ("utf-16", ""),
        ("windows-1258", 'encoding = "windows-1258"\n'),
    ],
)
def test_names_are_read_whatever_the_encoding(tmp_path, encoding, said):
    rows = ROWS.replace("region", "vùng").replace("north", "Đông bằng")
    # This code page has letters and tone marks apart.
    if encoding == "windows-1258":
        rows = rows.replace("ằ", "ă\u0300")
    (tmp_path / "rows.csv").write_bytes(rows.encode(encoding))
    head = HEAD.replace("[design]", said + "[design]").replace('"region"', '"vùng"')
    body = '[[estimate]]\nname = "c"\nkind = "count"\nby = "vùng"\n'
    found = result(tmp_path, body, head=head, rows=None)["estimates"]
    assert [row["domain"]["vùng"] for row in found] == ["south", "Đông bằng"]


def test_names_are_the_same_however_their_accents_are_written(tmp_path):
    composed, apart = "\u1ed9", "o\u0323\u0302"
    rows = ROWS.replace("region", f"h{apart}").replace("north", f"b{apart}")
    head = HEAD.replace('"region"', f'"h{composed}"')
    body = f'[[estimate]]\nname = "c"\nkind = "count"\nwhere = "h{composed} = \'b{composed}\'"\n'
    assert figure(result(tmp_path, body, head=head, rows=rows), "c")["value"] == 40


def test_a_file_that_is_not_utf8_is_refused_with_advice(tmp_path):
    (tmp_path / "rows.csv").write_bytes(ROWS.replace("north", "Đông").encode("windows-1258"))
    fault = only(faults(tmp_path, MEAN, rows=None))
    assert (fault.code, fault.line) == ("not-utf8", 3)


def test_semicolons_and_decimal_commas(tmp_path):
    rows = ROWS.replace(",", ";").replace(".5", ",5").replace(".0", ",0")
    head = HEAD.replace("[design]", 'separator = ";"\ndecimal = ","\n[design]')
    wanted = result(tmp_path, MEAN)["estimates"]
    assert result(tmp_path, MEAN, head=head, rows=rows)["estimates"] == wanted


def test_a_wrong_separator_is_guessed(tmp_path):
    fault = only(faults(tmp_path, MEAN, rows=ROWS.replace(",", ";")))
    assert (fault.code, fault.context["meant"]) == ("other-separator", ";")


def test_files_are_parts_of_one_sample(tmp_path):
    lines = ROWS.splitlines(keepends=True)
    (tmp_path / "a.csv").write_text("".join(lines[:5]))
    (tmp_path / "b.csv").write_text(lines[0] + "".join(lines[5:]))
    head = HEAD.replace('file = "rows.csv"', 'files = ["a.csv", "b.csv"]')
    wanted = result(tmp_path, MEAN)["estimates"]
    assert result(tmp_path, MEAN, head=head)["estimates"] == wanted


def test_types_are_found_over_all_files(tmp_path):
    lines = ROWS.splitlines(keepends=True)
    (tmp_path / "a.csv").write_text("".join(lines[:5]).replace(",01\n", ",1\n"))
    (tmp_path / "b.csv").write_text(lines[0] + "".join(lines[5:]))
    head = HEAD.replace('file = "rows.csv"', 'files = ["a.csv", "b.csv"]')
    rows = result(tmp_path, BY_AREA, head=head)["estimates"]
    assert [row["domain"]["area.code"] for row in rows] == ["1", "02", "03", "04"]


def test_rounds_make_a_column(tmp_path):
    (tmp_path / "b.csv").write_text(ROWS)
    head = HEAD.replace(
        'file = "rows.csv"',
        'rounds = [{ file = "rows.csv", round = 2025 }, { file = "b.csv", round = "2026" }]',
    )
    found = result(tmp_path, MEAN + 'by = "round"\n', head=head)
    alone = figure(result(tmp_path, MEAN), "m")
    for name in ("2025", "2026"):
        row = figure(found, "m", domain={"round": name})
        assert row["standard_error"] == pytest.approx(alone["standard_error"], rel=1e-12)
    assert found["design"]["n_strata"] == 4


def test_a_column_that_is_nearly_numbers_is_pointed_out(tmp_path):
    fault = only(faults(tmp_path, MEAN, rows=ROWS.replace("2.5,", "refused,")))
    assert fault.code == "almost-numbers"
    assert (fault.context["row"], fault.context["cell"]) == ("2", "refused")


def test_missing_cells_are_those_the_plan_lists(tmp_path):
    head = HEAD.replace("[design]", 'missing = ["", "refused"]\n[design]')
    found = result(tmp_path, MEAN, head=head, rows=ROWS.replace("2.5,", "refused,"))
    assert figure(found, "m")["n"] == 6


def test_a_type_can_be_said(tmp_path):
    head = HEAD.replace("[design]", 'types = { income = "category" }\n[design]')
    rows = result(tmp_path, MEAN, head=head)["estimates"]
    assert [row["category"] for row in rows] == ["1.0", "1.5", "2.0", "2.5", "3.0", "4.0", "5.5"]


def test_nan_in_parquet_is_missing_and_not_large(tmp_path):
    frame = pl.read_csv(ROWS.encode()).with_columns(
        pl.Series("income", [1.5, 2.5, np.nan, 4, 3, 1, 2, 5.5])
    )
    frame.write_parquet(tmp_path / "rows.parquet")
    body = '[[derive]]\nname = "rich"\nexpression = "income >= 3"\n' + MEAN.replace(
        '"income"', '"rich"'
    )
    assert figure(result(tmp_path, body, head=head_for("rows.parquet")), "m")["n"] == 7


@pytest.mark.parametrize(
    ("change", "code", "line"),
    [
        (('"w"', '"ww"'), "unknown-column", 7),
        (('"w"', '"sex"'), "not-numbers", 7),
        (('"region"', '"regoin"'), "unknown-column", 5),
        (('"rows.csv"', '"row.csv"'), "no-file", 3),
        (('"rows.csv"', '"rows.xlsx"'), "no-file", 3),
    ],
)
def test_faults_about_columns_and_files_name_the_line(tmp_path, change, code, line):
    fault = only(faults(tmp_path, MEAN, head=HEAD.replace(*change)))
    assert (fault.code, fault.line) == (code, line)


def test_an_unknown_column_comes_with_the_one_that_was_meant(tmp_path):
    fault = only(faults(tmp_path, MEAN.replace("income", "Incom")))
    assert fault.context["meant"] == "income"
    assert "commune, w, q1" in fault.context["known"]
    assert fault.line == 11


def test_a_weight_that_is_missing_is_refused_with_its_row(tmp_path):
    fault = only(faults(tmp_path, MEAN, rows=ROWS.replace("c2,10,1", "c2,,1")))
    assert (fault.code, fault.line, fault.context["row"]) == ("missing-weight", 7, "3")


def test_a_dotted_name_in_sql_needs_quotes_and_is_told_so(tmp_path):
    fault = only(faults(tmp_path, MEAN + "where = \"area.code = '01'\"\n"))
    assert (fault.code, fault.context["meant"]) == ("quote-column", "area.code")
    quoted = MEAN + """where = '"area.code" < $02$'\n""".replace("$", '"')
    assert only(faults(tmp_path, quoted)).code == "unknown-column-sql"
    good = MEAN + 'where = """"area.code" = \'01\'"""\n'
    assert figure(result(tmp_path, good), "m")["n"] == 2


def test_two_columns_of_one_name_are_refused(tmp_path):
    fault = only(faults(tmp_path, MEAN, rows=ROWS.replace("sex", "w", 1)))
    assert (fault.code, fault.context["column"]) == ("column-twice", "w")
