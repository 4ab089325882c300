"""The mapping file: what it may say, and how its faults are told."""

import pytest

from app.services.imports.mapping import Columns, parse
from app.services.imports.refusals import MappingRefusedError
from app.services.imports.targets import target_of, targets
from tests.app.imports.files import ROW, check, visit_round, write_csv

FULL = """
sheet = "Phiếu"
header_row = 3
decimal = ","
missing = [99, "KTL"]
by_name = false
psu_numbered_within_stratum = true
identical_rows_are_new = true

[columns]
stratum = "Tầng"
psu = "@F"
seats = "Câu 1"
"channels.radio" = "Loa"
"item:sex" = ""

[values.sex]
1 = "male"
2 = "female"

[values.satisfaction]
"Tốt" = 5

[fixed]
mode = "paper"
date = 2026-05-03
base_weight = 1
late = "no"
"""


def test_everything_that_may_be_said():
    assert parse(FULL, visit_round().instrument) == Columns(
        sheet="Phiếu",
        header_row=3,
        decimal=",",
        missing=("99", "KTL"),
        by_name=False,
        psu_numbered_within_stratum=True,
        identical_rows_are_new=True,
        columns={
            "stratum": "Tầng",
            "psu": "@F",
            "item:seats": "Câu 1",
            "item:channels.radio": "Loa",
            "item:sex": "",
        },
        values={"sex": {"1": "male", "2": "female"}, "satisfaction": {"Tốt": "5"}},
        fixed={"mode": "paper", "date": "2026-05-03", "base_weight": "1", "item:late": "no"},
    )


def test_every_fault_is_told_at_once():
    text = """
unknown = 1
header_row = 0
decimal = "x"
missing = "99"
by_name = "yes"
[columns]
nope = "A"
seats = 1
[values]
nope = { a = "b" }
sex = "male"
[values.late]
a = { b = 1 }
[fixed]
key = "K"
"channels.radio" = "1"
"""
    with pytest.raises(MappingRefusedError) as refused:
        parse(text, visit_round().instrument)
    assert refused.value.code == "mapping.faults"
    assert dict(refused.value.context["faults"]) == {
        "unknown": "mapping.unknown-key",
        "header_row": "mapping.not-a-row",
        "decimal": "mapping.not-allowed",
        "missing": "mapping.not-a-list",
        "by_name": "mapping.not-a-switch",
        "columns.nope": "mapping.unknown-target",
        "columns.seats": "mapping.not-text",
        "values.nope": "mapping.unknown-target",
        "values.sex": "mapping.not-a-table",
        "values.late.a": "mapping.not-text",
        "fixed.key": "mapping.unknown-target",
        "fixed.channels.radio": "mapping.unknown-target",
    }


@pytest.mark.parametrize("text", ["[columns", "a = b", "a" * 300_000])
def test_what_is_no_toml(text):
    with pytest.raises(MappingRefusedError, match=r"mapping\.(not-toml|too-large)"):
        parse(text, visit_round().instrument)


def test_stated_columns_go_before_names(tmp_path):
    path = write_csv(tmp_path / "a.csv", [{**ROW, "Câu 1": "9"}])
    assert check(path) == []
    assert check(path, Columns(columns={"item:seats": "câu 1"})) == [
        (2, "H", "9", "answer.not-an-option")
    ]


def test_a_column_that_is_stated_and_not_there(tmp_path):
    path = write_csv(tmp_path / "a.csv", [ROW])
    assert check(path, Columns(columns={"item:seats": "Câu 99"})) == [
        (None, None, "", "column.not-found")
    ]


def test_without_names_only_stated_columns_are_read(tmp_path):
    path = write_csv(tmp_path / "a.csv", [ROW])
    found = check(path, Columns(by_name=False, columns={"stratum": "stratum"}))
    assert [each[3] for each in found] == ["column.missing"] * 5


def test_targets_have_one_written_form():
    instrument = visit_round().instrument
    for written, target in targets(instrument).items():
        assert str(target) == written
        assert target_of(written, instrument) == target
    assert str(target_of("seats", instrument)) == "item:seats"
    assert str(target_of("channels_other", instrument)) == "item:channels_other"
    assert target_of("item:nope", instrument) is None
