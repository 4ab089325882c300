"""Files as they come from the field: what is odd is said, with a way out."""

import polars as pl
import pyreadstat
import pytest

from analysis.plan.begin import starting_plan
from analysis.plan.command import main
from analysis.plan.describe import describe
from analysis.plan.profile import Role, profile_file
from analysis.plan.read import parse_plan
from analysis.plan.result import result_of
from analysis.plan.run import run
from analysis.plan.show import show
from analysis.plan.words import fault_sentence
from tests.analysis.plan.written import faults, figure, only, result

HEADER = "STT;Vùng;Mã xã;Quyền số;Giới tính;C9.1;C9.2;C9.3;Chờ;Ghi chú"


def row(number):
    vung = "Đô thị" if number % 2 else "Nông thôn"
    weight = f"1.0{10 + number % 7},5" if number % 5 else "74,69"
    sex = ("Nam", "Nữ", "nữ ", "NAM")[number % 4] if number > 50 else ("Nam", "Nữ")[number % 2]
    answers = ";".join(
        "KTL"
        if (number + k) % 29 == 0
        else str(9 if (number + k) % 31 == 0 else number * k % 5 + 1)
        for k in (1, 2, 3)
    )
    return f"{number};{vung};{number % 10 + 1:03d};{weight};{sex};{answers};{number % 40},5;"


LINES = [row(number) for number in range(1, 121)]
MESSY = [*LINES[:30], LINES[30].replace("31,5", "45 phút"), *LINES[31:], "Tổng;;;99.999,5;;;;;;"]


@pytest.fixture
def messy(tmp_path):
    path = tmp_path / "khao_sat.csv"
    path.write_text("\r\n".join([HEADER, *MESSY]) + "\r\n", encoding="utf-8-sig", newline="")
    return profile_file(path)


def said(profile, code):
    return [fault_sentence(remark, "vi") for remark in profile.remarks if remark.code == code]


def test_a_row_of_totals_is_noticed(messy):
    (text,) = said(messy, "hollow-rows")
    assert "1 hàng cuối, từ dòng 122 của «khao_sat.csv» (hàng dữ liệu 121)" in text


def test_words_among_numbers_are_taken_for_no_answer(messy):
    (text,) = said(messy, "word-among-numbers")
    assert "«KTL» nằm giữa các số ở 3 cột (C9.1, C9.2, C9.3)" in text
    plan = starting_plan(messy, "vi")
    assert 'missing = ["", "NA", "KTL"]' in plan
    assert '# no_answer = { "C9.*" = [9] }' in plan
    assert {one.is_number for one in messy.columns if one.name.startswith("C9")} == {True}


def test_cells_that_are_no_numbers_are_named(messy):
    (text,) = said(messy, "odd-cells")
    assert "cột «Chờ» phần lớn là số, nhưng 1 ô không phải số: «45 phút»" in text
    assert "dòng 32 của «khao_sat.csv» (hàng dữ liệu 31)" in text


def test_categories_typed_in_several_ways_are_named(messy):
    (text,) = said(messy, "codes-typed-twice")
    assert "«NAM» = «Nam»; «Nữ» = «nữ »" in text


def test_thousands_may_be_set_apart_where_it_is_clear(messy):
    weight = next(one for one in messy.columns if one.name == "Quyền số")
    assert (weight.role, weight.low) == (Role.WEIGHT, "74.69")


def test_roles_are_found_in_spite_of_the_row_of_totals(messy):
    roles = {one.name: one.role for one in messy.columns}
    assert (roles["Vùng"], roles["Mã xã"]) == (Role.STRATUM, Role.CLUSTER)


def test_what_is_odd_is_on_the_screen(messy):
    for language, word in (("vi", "Cần xem lại:"), ("en", "To be looked at:")):
        assert word in describe(messy, language)
    assert "no_answer" in starting_plan(messy, "en")


def test_the_plan_says_which_row_to_delete_and_runs_after_that(messy, tmp_path, capsys):
    (tmp_path / "p.toml").write_text(starting_plan(messy, "vi"), encoding="utf-8")
    assert main(["run", str(tmp_path / "p.toml"), "--lang", "vi"]) == 2
    assert "hãy xóa khỏi tệp" in capsys.readouterr().err
    path = tmp_path / "khao_sat.csv"
    path.write_text("\n".join([HEADER, *MESSY[:-1]]) + "\n", encoding="utf-8")
    assert main(["run", str(tmp_path / "p.toml"), "--lang", "vi"]) == 0
    assert "Cột «Giới tính»: «NAM» và «Nam»" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "decimal", "separator"),
    [
        ("1.234,5", ",", ";"),
        ("1,234.5", ".", ";"),
        ("1.234.567,25", ",", ";"),
        ("12,345,678", ".", ";"),
    ],
)
def test_numbers_with_thousands_set_apart_are_numbers(tmp_path, text, decimal, separator):
    head = (
        f'plan = 1\n[data]\nfile = "rows.csv"\nseparator = "{separator}"\ndecimal = "{decimal}"\n'
        "[design]\nweight = 1\n"
    )
    body = '[[estimate]]\nname = "m"\nkind = "mean"\nof = "x"\n'
    found = result(tmp_path, body, head=head, rows=f"x;y\n{text};1\n{text};2\n")
    group = "." if decimal == "," else ","
    assert figure(found, "m")["value"] == float(text.replace(group, "").replace(decimal, "."))


def test_a_number_that_might_be_either_is_refused(tmp_path):
    data = 'file = "rows.csv"\nseparator = ";"\ndecimal = ","\n'
    head = f"plan = 1\n[data]\n{data}[design]\nweight = 1\n"
    body = '[[estimate]]\nname = "v"\nkind = "variance"\nof = "x"\n'
    fault = only(faults(tmp_path, body, head=head, rows="x;y\n74,5;1\n1.234;2\n"))
    assert (fault.code, fault.context["cell"], fault.context["row"]) == (
        "not-numbers",
        "1.234",
        "2",
    )


# ---- codes that mean no answer -------------------------------------------------------------------

NO_ANSWER = 'plan = 1\n[data]\nfile = "{file}"\nno_answer = {{ {codes} }}\n[design]\nweight = 1\n'
SHARES = '[[estimate]]\nname = "q"\nkind = "proportion"\nof = "q1"\n'


@pytest.mark.parametrize("codes", ['"q*" = [9, 99]', "q1 = [9, 99]", '"q1" = ["9", "99"]'])
def test_codes_without_answer_are_empty(tmp_path, codes):
    rows = "q1,q2,n\n1,1,9\n2,2,9\n9,3,9\n99,9,1\n2,1,1\n"
    body = SHARES + '[[estimate]]\nname = "n"\nkind = "mean"\nof = "n"\n'
    found = result(tmp_path, body, head=NO_ANSWER.format(file="rows.csv", codes=codes), rows=rows)
    shares = [row for row in found["estimates"] if row["name"] == "q"]
    assert [row["category"] for row in shares] == ["1", "2"]
    assert shares[0]["n"] == 3
    assert figure(found, "n")["n"] == 5


def test_codes_in_words_are_emptied_and_the_rest_are_numbers(tmp_path):
    rows = "q1\n1\n2\nKhông biết\n 4 \n"
    head = NO_ANSWER.format(file="rows.csv", codes='q1 = "Không biết"')
    body = '[[estimate]]\nname = "m"\nkind = "mean"\nof = "q1"\n'
    assert figure(result(tmp_path, body, head=head, rows=rows), "m")["value"] == pytest.approx(
        7 / 3
    )


def test_a_pattern_without_columns_is_refused(tmp_path):
    head = NO_ANSWER.format(file="rows.csv", codes='"c*" = 9')
    fault = only(faults(tmp_path, SHARES, head=head, rows="q1\n1\n2\n"))
    assert (fault.code, fault.line) == ("unknown-column", 4)


# ---- labels of SPSS ------------------------------------------------------------------------------


@pytest.fixture
def labelled(tmp_path):
    frame = pl.DataFrame({"q1": [1.0, 2.0, 9.0] * 10, "vung": [1.0] * 15 + [2.0] * 15})
    labels = {"q1": {1.0: "Hài lòng", 2.0: "Không hài lòng"}, "vung": {1.0: "Đô thị"}}
    pyreadstat.write_sav(frame, str(tmp_path / "a.sav"), variable_value_labels=labels)
    return tmp_path


def test_labels_stand_beside_codes_on_the_screen(labelled):
    text = NO_ANSWER.format(file="a.sav", codes="q1 = 9") + SHARES + 'by = "vung"\n'
    text += '[[test]]\nname = "t"\nkind = "chi-square"\nrows = "q1"\ncolumns = "vung"\n'
    found = result_of(run(parse_plan(text, labelled)))
    assert [row["category"] for row in found["estimates"][:2]] == ["1", "2"]
    assert found["data"]["labels"]["q1"] == {"1": "Hài lòng", "2": "Không hài lòng"}
    page = show(found, "vi")
    assert "  1 Đô thị  q1    1 Hài lòng" in page
    assert "q1                vung 1 Đô thị" in page


def test_labels_of_a_column_that_was_derived_anew_are_not_its_own(labelled):
    text = NO_ANSWER.format(file="a.sav", codes="q1 = 9")
    text += '[[derive]]\nname = "q1"\nexpression = "3 - q1"\n' + SHARES
    assert result_of(run(parse_plan(text, labelled)))["data"]["labels"] == {}


# ---- advice that can be copied -------------------------------------------------------------------


def test_advice_on_names_with_blanks_is_quoted_as_toml_and_sql_want_it(tmp_path):
    head = (
        'plan = 1\n[data]\nfile = "rows.csv"\n[design]\nclusters = "Mã xã"\nweight = "Quyền số"\n'
    )
    head += 'lonely = "certainty"\n'
    rows = "Mã xã,Quyền số\n01,5\n1,\n"
    body = '[[estimate]]\nname = "n"\nkind = "count"\n'
    zeros, empty = (
        fault_sentence(fault, "vi") for fault in faults(tmp_path, body, head=head, rows=rows)
    )
    assert 'types = { "Mã xã" = "number" }' in zeros
    cure = head.replace("[design]", 'types = { "Mã xã" = "number" }\n[design]')
    derive = empty[empty.index("expression") :].rstrip(".")
    body = f'[[derive]]\nname = "Quyền số"\n{derive}\n' + body
    assert result(tmp_path, body, head=cure, rows=rows)["design"]["n_psu"] == 1


def test_text_taken_for_a_column_is_told_to_stand_in_single_quotes(tmp_path):
    fault = only(
        faults(
            tmp_path,
            SHARES + "where = 'q1 = Nam'\n",
            head=NO_ANSWER.format(file="rows.csv", codes="q1 = 9"),
            rows="q1\n1\n2\n",
        )
    )
    assert "hãy đặt trong nháy đơn: 'Nam'" in fault_sentence(fault, "vi")


def test_a_quantile_without_an_end_says_why(tmp_path):
    rows = "x,psu\n" + "".join(f"{k},{k}\n" for k in range(4))
    head = 'plan = 1\n[data]\nfile = "rows.csv"\n[design]\nclusters = "psu"\nweight = 1\n'
    body = '[[estimate]]\nname = "q"\nkind = "quantile"\nof = "x"\nquantiles = [0.05]\n'
    (row,) = result(tmp_path, body, head=head, rows=rows)["estimates"]
    assert [note["code"] for note in row["notes"]] == ["end-beyond-data"]


def test_forms_entered_twice_are_noticed(tmp_path):
    path = tmp_path / "khao_sat.csv"
    path.write_text("\n".join([HEADER, *LINES, LINES[4], LINES[7]]) + "\n", encoding="utf-8")
    (text,) = said(profile_file(path), "rows-repeated")
    assert text.startswith("2 hàng giống hệt một hàng trước ở mọi cột, đầu tiên là dòng 122")
