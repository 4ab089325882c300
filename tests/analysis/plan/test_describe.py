"""What a file holds, and a plan that runs."""

import polars as pl
import pyreadstat
import pytest

from analysis.plan.begin import starting_plan
from analysis.plan.command import main
from analysis.plan.describe import describe
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


QUESTIONS = "xa,gioi_tinh,hoc_van,dan_toc,q1,q2,q3,q4,q5,q6,q7,phut\n" + "".join(
    f"{k % 5},{'Nam' if k % 2 else 'Nữ'},{k % 4},{k % 2}"
    + "".join(f",{(k + j) % 5 + 1 if (k + j) % 11 else 9}" for j in range(7))
    + f",{k * 7 % 45}\n"
    for k in range(80)
)


def test_all_questions_of_a_set_are_asked_first(tmp_path):
    (tmp_path / "rows.csv").write_text(QUESTIONS)
    profile = profile_file(tmp_path / "rows.csv")
    assert {one.role for one in profile.columns if one.name.startswith("q")} == {Role.ITEM}
    text = starting_plan(profile, "vi")
    estimates = parse_plan(text, tmp_path).estimates
    assert estimates[0].of == ("q1", "q2", "q3", "q4", "q5", "q6", "q7")
    assert [one.name for one in estimates[1:]] == ["gioi_tinh", "hoc_van", "dan_toc", "phut"]
    assert "# codes = [1, 2, 3, 4, 5]" in text
    assert "# not_rated = [9]" in text
    run(parse_plan(text, tmp_path))


def test_the_scale_that_is_proposed_is_one_of_a_plan(tmp_path):
    (tmp_path / "rows.csv").write_text(QUESTIONS)
    text = starting_plan(profile_file(tmp_path / "rows.csv"), "vi")
    scale = text[text.index("# [[scales]]") : text.index("# not_rated")].replace("# ", "")
    (section,) = parse_plan(text + "\n" + scale, tmp_path).scales
    assert (section.satisfied, section.neutral, section.dissatisfied) == ((4, 5), (3,), (1, 2))


@pytest.mark.parametrize(("name", "role"), [("rw", Role.REPLICATE), ("cau", Role.ITEM)])
def test_few_different_weights_are_replicates_if_they_are_called_so(tmp_path, name, role):
    header = ",".join(f"{name}{k}" for k in range(1, 9))
    rows = "".join(",".join(str((k + j) % 3 * 17) for j in range(8)) + "\n" for k in range(9))
    (tmp_path / "rows.csv").write_text(header + "\n" + rows)
    assert {one.role for one in profile_file(tmp_path / "rows.csv").columns} == {role}


def test_labels_of_questions_are_remarks_of_the_plan(tmp_path):
    frame = pl.DataFrame({f"c9_{k}": [1.0, 2.0, 3.0] * 4 for k in range(1, 5)})
    pyreadstat.write_sav(
        frame,
        str(tmp_path / "a.sav"),
        column_labels={"c9_1": "Thông tin\ndễ tìm"},
        variable_value_labels={"c9_1": {1.0: "Không hài lòng", 3.0: "Hài lòng"}},
    )
    text = starting_plan(profile_file(tmp_path / "a.sav"), "vi")
    assert '# Thông tin dễ tìm\n# 1 Không hài lòng, 3 Hài lòng\n[[estimate]]\nname = "c9"' in text
