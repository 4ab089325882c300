"""What a file holds, and a plan that runs."""

import polars as pl
import pyreadstat
import pytest

from analysis.plan.command import main
from analysis.plan.describe import describe, starting_plan
from analysis.plan.profile import Role, profile_file
from analysis.plan.read import parse_plan
from analysis.plan.run import run
from tests.analysis.oracles.plans.compare import HERE
from tests.analysis.plan.written import ROWS


def test_columns_are_described(tmp_path):
    (tmp_path / "rows.csv").write_text(ROWS)
    found = profile_file(tmp_path / "rows.csv")
    by_name = {column.name: column for column in found.columns}
    assert found.n_rows == 8
    assert by_name["income"].missing == 1
    assert (by_name["income"].low, by_name["income"].high) == ("1", "5.5")
    assert by_name["sex"].levels == (("f", 4), ("m", 4))
    assert [level for level, _ in by_name["area.code"].levels] == ["01", "02", "03", "04"]
    text = describe(found, "en")
    assert "8 rows, 7 columns" in text
    assert "1, 2, 3, 4, 5" in text


def test_roles_are_guessed_by_name(tmp_path):
    (tmp_path / "rows.csv").write_text(ROWS)
    roles = {column.name: column.role for column in profile_file(tmp_path / "rows.csv").columns}
    assert roles["region"] is Role.STRATUM
    assert roles["commune"] is Role.CLUSTER
    assert roles["w"] is Role.WEIGHT
    assert roles["q1"] is Role.ITEM


@pytest.mark.parametrize("path", sorted(HERE.glob("*.csv")), ids=lambda path: path.stem)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_plan_to_begin_with_runs_as_it_is(path, language):
    plan = parse_plan(starting_plan(profile_file(path), language), path.parent)
    outcome = run(plan)
    assert outcome.estimates or path.stem in {"apiclus2_cells", "fpc", "election_joint"}


def test_what_is_odd_about_a_csv_file_is_found_and_written_into_the_plan(tmp_path):
    rows = ROWS.replace(",", ";").replace(".5", ",5").replace(".0", ",0")
    (tmp_path / "rows.csv").write_bytes(rows.replace("north", "Đà").encode("windows-1258"))
    text = starting_plan(profile_file(tmp_path / "rows.csv"), "en")
    for line in ('separator = ";"', 'decimal = ","', 'encoding = "windows-1258"'):
        assert line in text
    run(parse_plan(text, tmp_path))


def test_labels_of_spss_are_shown(tmp_path):
    frame = pl.DataFrame({"q1": [1.0, 2.0, 1.0], "w": [1.0, 2.0, 3.0]})
    pyreadstat.write_sav(
        frame,
        str(tmp_path / "a.sav"),
        column_labels={"q1": "Hài lòng chung"},
        variable_value_labels={"q1": {1.0: "Có", 2.0: "Không"}},
    )
    text = describe(profile_file(tmp_path / "a.sav"), "vi")
    assert "Hài lòng chung" in text
    assert "1 Có, 2 Không" in text


def test_the_plan_is_written_once(tmp_path, capsys):
    (tmp_path / "rows.csv").write_text(ROWS)
    arguments = ["describe", str(tmp_path / "rows.csv"), "--plan", str(tmp_path / "p.toml")]
    assert main(arguments) == 0
    assert main(["run", str(tmp_path / "p.toml")]) == 0
    capsys.readouterr()
    assert main([*arguments, "--lang", "en"]) == 2
    assert "exists already" in capsys.readouterr().err


@pytest.mark.parametrize("content", [b"", b"\n", b"a,b\n", b"\xff\xfe\x00\x00", b"\x00" * 50])
def test_files_that_hold_nothing_are_refused_or_described(tmp_path, content, capsys):
    (tmp_path / "rows.csv").write_bytes(content)
    code = main(["describe", str(tmp_path / "rows.csv")])
    said = capsys.readouterr()
    assert code in {0, 2}
    assert bool(said.err) == (code == 2)


def test_vietnamese_headings_are_understood(tmp_path):
    rows = ["Mã xã;Loại đơn vị;Trọng số;Câu 1"]
    rows += [
        f"0{k % 5}1;{'Xã' if k % 5 < 3 else 'Phường'};{10 + k % 3},5;{k % 4 + 1}" for k in range(40)
    ]
    (tmp_path / "rows.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    roles = {one.name: one.role for one in profile_file(tmp_path / "rows.csv").columns}
    assert roles["Mã xã"] is Role.CLUSTER
    assert roles["Loại đơn vị"] is Role.STRATUM
    assert roles["Trọng số"] is Role.WEIGHT
    assert roles["Câu 1"] is Role.ITEM
