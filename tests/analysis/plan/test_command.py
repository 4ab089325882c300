"""The program: what it prints, what it writes, what it ends with."""

import csv
import json
import subprocess
import sys

import polars as pl
import pytest

from analysis.plan.command import main
from analysis.plan.words import language_of_environment
from tests.analysis.plan.written import HEAD, ROWS

BODY = (
    '[[weights]]\nstep = "scale"\nto = "population"\ntotal = 1000\n'
    '[[estimate]]\nname = "m"\nkind = "mean"\nof = ["income", "q1"]\nby = "sex"\n'
    '[[estimate]]\nname = "alone"\nkind = "mean"\nof = "income"\nwhere = "commune = \'c1\'"\n'
    '[[contrast]]\nname = "c"\nestimate = "m"\n'
    'difference = [{ sex = "f" }, { sex = "m" }]\n'
    '[[test]]\nname = "t"\nkind = "t"\nof = "income"\nby = "sex"\n'
)


@pytest.fixture
def plan(tmp_path):
    (tmp_path / "rows.csv").write_text(ROWS)
    (tmp_path / "p.toml").write_text(HEAD + BODY)
    return tmp_path / "p.toml"


def test_all_kinds_of_files_hold_the_same_figures_to_the_last_digit(plan, tmp_path):
    outs = [tmp_path / f"out.{ending}" for ending in ("json", "csv", "parquet")]
    arguments = [part for out in outs for part in ("--out", str(out))]
    assert main(["run", str(plan), "--quiet", *arguments]) == 0
    tree = json.loads(outs[0].read_text())
    lines = list(csv.DictReader(outs[1].open()))
    frame = pl.read_parquet(outs[2])
    assert [line["section"] for line in lines] == ["estimate"] * 5 + ["contrast"] * 2 + ["test"]
    figures = tree["estimates"] + tree["contrasts"]
    for row, line, stored in zip(figures, lines, frame.iter_rows(named=True), strict=False):
        for field in ("value", "standard_error", "low", "high"):
            if row[field] is None:
                assert line[field] == ""
                assert stored[field] is None
            else:
                assert row[field] == float(line[field]) == stored[field]
        assert line["domain.sex"] == row["domain"].get("sex", "")
    assert frame.columns[0] == "section"
    assert frame["notes"][4].startswith("no-degrees-of-freedom")


def test_the_screen_shows_figures_and_reservations(plan, capsys):
    assert main(["run", str(plan), "--lang", "vi"]) == 0
    said = capsys.readouterr().out
    assert "sai số chuẩn" in said
    assert "Không có bậc tự do" in said
    assert main(["run", str(plan), "--lang", "en"]) == 0
    said = capsys.readouterr().out
    assert "m (mean, 95%)" in said
    assert "[1] No degrees of freedom" in said


def test_weights_are_written_step_by_step(plan, tmp_path):
    for name in ("w.csv", "w.parquet"):
        assert main(["run", str(plan), "--quiet", "--weights", str(tmp_path / name)]) == 0
    found = pl.read_parquet(tmp_path / "w.parquet")
    assert found.columns == ["row", "base_weight", "step_1", "final_weight"]
    assert found["base_weight"].to_list() == [10.0] * 4 + [20.0] * 4
    assert found["final_weight"].sum() == pytest.approx(1000)
    assert pl.read_csv(tmp_path / "w.csv").equals(found)


def test_check_says_that_all_is_well_and_works_nothing_out(plan, capsys):
    assert main(["check", str(plan), "--lang", "en"]) == 0
    said = capsys.readouterr().out
    assert said == "The plan is in order: 8 rows, 2 strata, 4 PSUs, 2 degrees of freedom.\n"


def test_faults_end_with_two_and_nothing_is_written(plan, tmp_path, capsys):
    plan.write_text(HEAD + BODY.replace("income", "incom"))
    for command in (["check"], ["run", "--out", str(tmp_path / "out.json")]):
        assert main([*command, str(plan), "--lang", "en"]) == 2
    said = capsys.readouterr().err
    assert "p.toml, line 15 (estimate[1].of[1]): there is no column «incom»." in said
    assert "Did you mean «income»?" in said
    assert not (tmp_path / "out.json").exists()


@pytest.mark.parametrize(
    ("option", "code"), [("--out=x.txt", "must end in"), ("--out=no/x.csv", "does not exist")]
)
def test_a_place_that_cannot_be_written_is_refused_before_any_work(plan, option, code, capsys):
    assert main(["run", str(plan), option, "--lang", "en"]) == 2
    assert code in capsys.readouterr().err


def test_a_place_that_may_not_be_written_is_said(plan, tmp_path, capsys):
    (tmp_path / "out.json").mkdir()
    assert main(["run", str(plan), "--quiet", "--out", str(tmp_path / "out.json")]) == 2
    assert "out.json" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LANG": "vi_VN.UTF-8"}, "vi"),
        ({"LANG": "vi_VN.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({}, "en"),
    ],
)
def test_the_language_is_that_of_the_environment(monkeypatch, environment, language):
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert language_of_environment() == language


def test_the_program_starts_as_a_module(plan):
    command = [sys.executable, "-m", "analysis", "run", str(plan), "--lang", "vi"]
    done = subprocess.run(command, capture_output=True, check=False, env={"LC_ALL": "C"})
    assert done.returncode == 0
    assert "giá trị" in done.stdout.decode("utf-8")
    assert done.stderr == b""


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["describe", "-h"]])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_help_is_in_the_language_of_the_user(arguments, language, capsys):
    with pytest.raises(SystemExit) as caught:
        main([*arguments, "--lang", language])
    assert caught.value.code == 0
    said = capsys.readouterr().out
    foreign = {"vi": ("usage", "options", "show", "write"), "en": ("cách", "tùy chọn", "ghi")}
    assert not any(word in said for word in foreign[language])
    assert "--lang" in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run"], "còn thiếu: PLAN.toml"),
        (["run", "p.toml", "--out"], "--out cần có giá trị đi sau"),
        (["run", "p.toml", "--lang=fr"], "không có lựa chọn 'fr'"),
        (["run", "p.toml", "--new"], "không hiểu: --new"),
    ],
)
def test_wrong_arguments_are_explained_in_vietnamese(arguments, said, capsys, monkeypatch):
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    with pytest.raises(SystemExit):
        main(arguments)
    assert said in capsys.readouterr().err


def test_the_language_may_stand_before_the_command(plan, capsys):
    assert main(["--lang", "vi", "check", str(plan)]) == 0
    assert capsys.readouterr().out.startswith("Kế hoạch dùng được")


def test_what_the_system_says_is_said_in_vietnamese(tmp_path, capsys):
    assert main(["check", str(tmp_path / "no.toml"), "--lang", "vi"]) == 2
    assert "không có tệp hoặc thư mục này" in capsys.readouterr().err
