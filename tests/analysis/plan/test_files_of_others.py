"""Files as other programs write them."""

import json
import unicodedata

import polars as pl
import pytest

from analysis.plan.command import main

PLAN = """
plan = 1
[data]
file = "{file}"
[design]
weight = "w"
[[estimate]]
name = "m"
kind = "mean"
of = "x"
by = "g"
"""


def run(folder, name, capsys):
    (folder / "plan.toml").write_text(PLAN.format(file=name))
    code = main(["run", str(folder / "plan.toml"), "--lang", "en", "--out", str(folder / "x.json")])
    if code:
        return capsys.readouterr().err
    return {
        row["domain"]["g"]: row["value"]
        for row in json.loads((folder / "x.json").read_text())["estimates"]
    }


@pytest.mark.parametrize(
    ("text", "row", "found"),
    [
        ("x,g,w,z\n1,5,2,2,7\n2,b,1,7\n", 2, 5),
        ("x,g,w,z\n1,a,2,7\n2,b\n", 3, 2),
        ("x,g,w,z\n1,a,2,7\n2,b,1,7,\n", 3, 5),
    ],
)
def test_rows_with_other_numbers_of_cells_are_refused(tmp_path, capsys, text, row, found):
    (tmp_path / "rows.csv").write_text(text)
    said = run(tmp_path, "rows.csv", capsys)
    place = f"line {row} of «rows.csv» (data row {row - 1})"
    assert f"{place}: {found} cells, the header has 4" in said


def test_quotes_line_ends_and_marks_are_no_cells(tmp_path, capsys):
    text = '\ufeffg,"x",w,z\r\n"Xã A, B",1,1,"two\nlines"\r\n"NA",2,1,\r\n\r\n"Xã A, B",3,1,k\r\n'
    (tmp_path / "rows.csv").write_bytes(text.encode())
    assert run(tmp_path, "rows.csv", capsys) == {"Xã A, B": 2.0}


@pytest.mark.parametrize("dtype", [pl.Categorical, pl.Enum(["b", "a"]), pl.String])
def test_columns_of_categories_are_text(tmp_path, capsys, dtype):
    frame = pl.DataFrame({"x": [1.0, 2.0, 4.0], "g": ["a", "b", "a"], "w": [1.0, 1.0, 1.0]})
    frame.with_columns(pl.col("g").cast(dtype)).write_parquet(tmp_path / "rows.parquet")
    assert run(tmp_path, "rows.parquet", capsys) == {"a": 2.5, "b": 2.0}


def test_marks_may_be_typed_either_way(tmp_path, capsys):
    rows = 'g,x,w\n"Xã A",1,1\n"Xã B",3,1\n'
    (tmp_path / "rows.csv").write_text(unicodedata.normalize("NFC", rows))
    text = PLAN.format(file="rows.csv") + "where = \"g = 'Xã A'\"\n"
    (tmp_path / "plan.toml").write_text(unicodedata.normalize("NFD", text))
    out = tmp_path / "x.json"
    assert main(["run", str(tmp_path / "plan.toml"), "--quiet", "--out", str(out)]) == 0
    (row,) = json.loads(out.read_text())["estimates"]
    assert (row["domain"], row["value"]) == ({"g": "Xã A"}, 1.0)
