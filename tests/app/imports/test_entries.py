"""What people write in cells, and what it means."""

import pytest

from app.services.imports.check import Accepted, check_file
from app.services.imports.design import Unreadable, weight
from app.services.imports.mapping import Columns
from tests.app.imports.files import ROW, check, codes, visit_round, without, write_csv, write_xlsx


def answers(tmp_path, row, columns=None) -> dict:
    """Stored answers of a row that is in order."""
    outcome = check_file(write_csv(tmp_path / "a.csv", [row]), visit_round(), columns or Columns())
    assert isinstance(outcome, Accepted), outcome.problems.listed
    import json

    line = b"".join(outcome.spool.responses(1, ())).decode().split("\t")
    outcome.spool.close()
    return json.loads(line[5].replace("\\\\", "\\"))


@pytest.mark.parametrize(
    "entry",
    [
        "4",
        "4.0",
        "Hài lòng",
        "HÀI LÒNG",
        "hai long",
        "Satisfied",
        "4. Hài lòng",
        "4 - Satisfied",
        " 4 ",
    ],
)
def test_scales_by_code_or_wording(tmp_path, entry):
    if entry == "4.0":
        path = write_xlsx(tmp_path / "a.xlsx", [ROW | {"seats": 4.0}])
        assert codes(path) == []
    else:
        assert answers(tmp_path, ROW | {"seats": entry})["seats"] == 4


@pytest.mark.parametrize("entry", ["6", "4.5", "Tốt", "4,5", "4;5", "-4", "٤", "Hài lòng lắm"])
def test_entries_that_are_no_level_of_the_scale(tmp_path, entry):
    assert check(write_csv(tmp_path / "a.csv", [ROW | {"seats": entry}])) == [
        (2, "E", entry, "answer.not-an-option")
    ]


@pytest.mark.parametrize("entry", ["female", "Nữ", "nu", "Female"])
def test_choices_by_code_or_wording(tmp_path, entry):
    assert answers(tmp_path, ROW | {"sex": entry})["sex"] == "female"


@pytest.mark.parametrize(
    ("entry", "code"), [("yes", "yes"), ("Có", "yes"), ("1", "yes"), ("không", "no"), ("0", "no")]
)
def test_yes_and_no(tmp_path, entry, code):
    assert answers(tmp_path, ROW | {"late": entry, "told": "no"})["late"] == code


@pytest.mark.parametrize(
    "entry", ["radio;internet", "Internet; Loa, đài", "radio | internet", "radio, internet"]
)
def test_several_choices_in_one_cell(tmp_path, entry):
    assert answers(tmp_path, ROW | {"channels": entry})["channels"] == ["radio", "internet"]


def test_a_choice_whose_wording_has_a_comma(tmp_path):
    assert answers(tmp_path, ROW | {"channels": "Loa, đài"})["channels"] == ["radio"]


def test_choices_that_exclude_each_other(tmp_path):
    row = ROW | {"channels": "radio; none"}
    assert check(write_csv(tmp_path / "a.csv", [row])) == [
        (2, "H", "radio; none", "answer.exclusive")
    ]


@pytest.mark.parametrize("mark", ["1", "x", "X", "Có", "true", "radio", "Loa, đài", "✓"])
def test_an_option_in_a_column_of_its_own(tmp_path, mark):
    row = ROW | {"channels_radio": mark, "channels_internet": "0", "channels_none": ""}
    assert answers(tmp_path, row)["channels"] == ["radio"]


def test_a_mark_that_says_neither(tmp_path):
    path = write_csv(tmp_path / "a.csv", [ROW | {"channels_radio": "?", "channels_internet": "1"}])
    assert check(path) == [(2, "H", "?", "answer.not-a-mark")]


def test_both_forms_at_once_contradict_each_other(tmp_path):
    row = ROW | {"channels": "radio", "channels_internet": "1"}
    assert codes(write_csv(tmp_path / "a.csv", [row])) == ["column.both-forms"]


def test_the_text_behind_other_is_free_text(tmp_path):
    row = ROW | {"channels": "other", "channels_other": "Hàng xóm"}
    outcome = check_file(write_csv(tmp_path / "a.csv", [row]), visit_round(), Columns())
    assert isinstance(outcome, Accepted)
    assert b"H\xc3\xa0ng x\xc3\xb3m" in b"".join(outcome.spool.texts())
    assert b"H\xc3\xa0ng" not in b"".join(outcome.spool.responses(1, ()))
    outcome.spool.close()


@pytest.mark.parametrize("entry", ["30/4/2026", "2026-04-30", "2026-04-30 10:15:00"])
def test_days(tmp_path, entry):
    assert answers(tmp_path, ROW | {"received": entry})["received"] == "2026-04-30"


@pytest.mark.parametrize("entry", ["31/4/2026", "29/02/2027", "tháng 4", "4/2026"])
def test_days_that_do_not_exist(tmp_path, entry):
    assert codes(write_csv(tmp_path / "a.csv", [ROW | {"received": entry}])) == [
        "answer.not-a-date"
    ]


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ("31/12/2025", "date.outside-round"), ("1/1/2027", "date.outside-round"),
        ("29/02/2026", "answer.not-a-date"), ("hôm qua", "answer.not-a-date"),
        ("", "field.required"),
    ],
)  # fmt: skip
def test_the_day_of_an_answer_lies_in_the_round(tmp_path, entry, code):
    given = [ROW | {"date": entry}, ROW | {"date": "31/12/2026 23:59", "key": "K2"}]
    assert codes(write_csv(tmp_path / "a.csv", given)) == [code]


def test_unanswered_items_that_are_required(tmp_path):
    given = [ROW | {"late": ""}, ROW | {"key": "K2", "late": "yes"}]
    assert check(write_csv(tmp_path / "a.csv", given)) == [
        (2, "G", "", "answer.required"),
        (3, None, "", "answer.required"),  # told: there is no such column
    ]


def test_answers_off_the_path_are_left_out_and_counted(tmp_path):
    outcome = check_file(
        write_csv(tmp_path / "a.csv", [ROW | {"told": "yes"}]), visit_round(), Columns()
    )
    assert isinstance(outcome, Accepted)
    assert outcome.remarks.off_path == {"told": 1}
    assert b"told" not in b"".join(outcome.spool.responses(1, ()))
    outcome.spool.close()


@pytest.mark.parametrize("entry", ["06652", "6652", "Phường Hồng Gai", "phuong hong gai"])
def test_communes_by_code_or_name(tmp_path, entry):
    assert codes(write_csv(tmp_path / "a.csv", [ROW | {"commune": entry}])) == []


@pytest.mark.parametrize("entry", ["06653", "00006652", "Hà Nội", "6652.5"])
def test_communes_that_are_not_there(tmp_path, entry):
    assert check(write_csv(tmp_path / "a.csv", [ROW | {"commune": entry}])) == [
        (2, "H", entry, "commune.unknown")
    ]


def test_a_counter_belongs_to_its_centre(tmp_path):
    row = ROW | {"counter": "hcc-1-05", "centre": "hcc-2"}
    assert codes(write_csv(tmp_path / "a.csv", [row])) == ["counter.of-other-centre"]
    assert codes(write_csv(tmp_path / "a.csv", [ROW | {"counter": "hcc-1-05"}])) == []


def test_a_psu_lies_in_one_stratum(tmp_path):
    given = [ROW, ROW | {"key": "K2", "stratum": "xã"}]
    assert check(write_csv(tmp_path / "a.csv", given)) == [
        (3, "C", "06652-1", "psu.in-other-stratum")
    ]
    within = Columns(psu_numbered_within_stratum=True)
    assert codes(write_csv(tmp_path / "a.csv", given), within) == []
    row = ROW | {"psu": "06652-old"}
    assert codes(write_csv(tmp_path / "a.csv", [row])) == ["psu.in-other-stratum-before"]


@pytest.mark.parametrize("field", ["key", "stratum", "psu", "base_weight"])
def test_fields_that_must_not_be_empty(tmp_path, field):
    path = write_csv(tmp_path / "a.csv", [ROW | {field: "  "}])
    assert [each[3] for each in check(path)] == ["field.required"]


@pytest.mark.parametrize("entry", ["tablet", "Máy tính bảng", "may tinh bang"])
def test_ways_of_answering(tmp_path, entry):
    assert codes(write_csv(tmp_path / "a.csv", [ROW | {"mode": entry}])) == []


@pytest.mark.parametrize(
    ("entry", "code"), [("fax", "mode.unknown"), ("Phiếu giấy", "mode.not-of-round")]
)
def test_ways_of_answering_the_round_does_not_have(tmp_path, entry, code):
    assert codes(write_csv(tmp_path / "a.csv", [ROW | {"mode": entry}])) == [code]


def test_stated_meanings_go_before_wordings(tmp_path):
    columns = Columns(
        values={
            "sex": {"1": "male", "Nam": "female", "9": ""},
            "satisfaction": {"Tốt": "5"},
            "mode": {"TT": "tablet"},
        },
        missing=("KTL", "99"),
    )
    row = ROW | {"sex": "Nam", "seats": "Tốt", "mode": "TT", "age": "99", "opinion": "KTL"}
    found = answers(tmp_path, row, columns)
    assert (found["sex"], found["seats"]) == ("female", 5)
    assert "age" not in found
    assert "sex" not in answers(tmp_path, ROW | {"sex": "9"}, columns)


def test_what_is_the_same_in_every_row(tmp_path):
    columns = Columns(
        fixed={"stratum": "A", "base_weight": "2,5", "item:late": "Không", "date": "2026-05-03"}
    )
    row = {
        key: value for key, value in ROW.items() if key not in ("stratum", "base_weight", "late")
    }
    assert answers(tmp_path, row, columns)["late"] == "no"
    assert codes(write_csv(tmp_path / "a.csv", [ROW]), columns) == ["column.also-fixed"] * 3


def test_numbers_and_booleans_of_spreadsheets(tmp_path):
    row = ROW | {"late": True, "told": False, "sex": "Nam", "age": 34.0, "hours": 1.5}
    assert codes(write_xlsx(tmp_path / "a.xlsx", [row])) == []
    assert codes(write_xlsx(tmp_path / "a.xlsx", [ROW | {"age": 34.5}])) == ["answer.not-a-number"]


@pytest.mark.parametrize(
    ("written", "decimal", "value"),
    [
        ("1.5", None, 1.5), ("1,5", None, 1.5), ("12", None, 12.0), (" 12 ", None, 12.0),
        ("1.234,5", None, 1234.5), ("1,234.5", None, 1234.5), ("1e3", None, 1000.0),
        ("1,500", ".", 1500.0), ("1,500", ",", 1.5), ("1.500", ",", 1500.0),
        ("1.500", None, 1.5), ("1,234,567", None, 1234567.0), ("0,125", None, 0.125),
    ],
)  # fmt: skip
def test_weights_written_as_text(written, decimal, value):
    assert weight(written, written, decimal) == value


def test_a_comma_that_may_be_either_is_refused_unless_the_file_says():
    with pytest.raises(Unreadable, match=r"ambiguous"):
        weight("1,500", "1,500", None)
    assert weight("1,500", "1,500", None, comma_likely=True) == 1.5
    with pytest.raises(Unreadable, match=r"ambiguous"):
        weight("1.500", "1.500", None, comma_likely=True)


@pytest.mark.parametrize("written", ["abc", "1.5.2", "1,5,2", "0x10", "1_000", "١٢", "12 kg", ""])
def test_weights_that_are_no_numbers(written):
    with pytest.raises(Unreadable, match=r"weight\."):
        weight(written, written, None)


def test_semicolons_go_with_decimal_commas(tmp_path):
    given = [ROW | {"base_weight": "12,125"}]
    assert codes(write_csv(tmp_path / "a.csv", given, separator=";")) == []
    assert codes(write_csv(tmp_path / "a.csv", given)) == ["weight.ambiguous"]
    assert codes(write_csv(tmp_path / "a.csv", given), Columns(decimal=",")) == []


def test_an_item_without_a_column_is_named_in_the_row_that_lacks_it(tmp_path):
    given = [*without("key", [ROW]), {**without("key", [ROW])[0], "late": "yes"}]
    found = check_file(write_csv(tmp_path / "a.csv", given), visit_round(), Columns())
    (problem,) = found.problems.listed
    assert (problem.row, problem.column, problem.header) == (3, None, "told")
