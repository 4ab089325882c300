"""The standalone script draws what the engine draws, bit for bit, and knows a changed frame."""

import csv
import io
import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from surveys.sampling import replay
from surveys.sampling.chance import Chance
from surveys.sampling.frame import frame_bytes, parse_frame
from surveys.sampling.listing import list_bytes, list_hash
from surveys.sampling.plan import Plan, Reserves, Stage, dump_plan, plan_hash, read_plan
from surveys.sampling.plan_fit import check_plan
from surveys.sampling.schema import METHODS, PPS
from surveys.sampling.select import select
from tests.surveys.sampling.places import area_columns, dossier_columns
from tests.surveys.sampling.plans import plans

CONTENT = {
    "area": frame_bytes("area", area_columns()),
    "dossier": frame_bytes("dossier", dossier_columns(n_people=250)),
}
FRAMES = {kind: parse_frame(content) for kind, content in CONTENT.items()}
SCRIPT = Path(replay.__file__)


def columns_of(content):
    rows = list(csv.reader(io.StringIO(content.decode(), newline="")))
    return {name: [row[at] for row in rows[1:]] for at, name in enumerate(rows[0])}


COLUMNS = {kind: columns_of(content) for kind, content in CONTENT.items()}


def replayed(plan, kind, seed):
    document = tomllib.loads(dump_plan(plan), parse_float=str)
    chance = replay.Chance(FRAMES[kind].content_hash, plan_hash(plan), seed)
    draw = replay.Draw(COLUMNS[kind], document, chance)
    return replay.write_list(draw, draw.run())


def drawn(plan, kind, seed):
    frame = FRAMES[kind]
    return list_bytes(
        select(plan, frame, Chance.from_seed(frame.content_hash, plan_hash(plan), seed))
    )


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_both_draw_the_same_by_any_plan(data):
    kind = data.draw(st.sampled_from(["area", "dossier"]))
    plan = data.draw(plans(kind, FRAMES[kind]))
    if check_plan(plan, FRAMES[kind]):
        return
    seed = data.draw(st.text(max_size=12))
    assert drawn(plan, kind, seed) == replayed(plan, kind, seed)


@pytest.mark.parametrize("method", METHODS)
def test_both_draw_the_same_by_each_method_in_three_stages(method):
    size = "people" if method in PPS else ""
    plan = Plan(
        frame="area",
        stages=(
            Stage(unit="commune", method=method, strata=("district",), size=size,
                  **({} if method == "all" else {"take": 2})),
            Stage(unit="row", method=method, size=size,
                  **({} if method == "all" else {"take": 3})),
            Stage(unit="position", method="srs", positions="people", take=20),
        ),
        reserves=Reserves(take=10),
    )  # fmt: skip
    found = drawn(plan, "area", "08 17 23")
    assert found.count(b"\n") > 30
    assert found == replayed(plan, "area", "08 17 23")


def run(folder, *arguments):
    """Run the script where only the standard library and numpy can be imported."""
    only = folder / "only"
    only.mkdir(exist_ok=True)
    home = Path(np.__file__).parent
    for name in ("numpy", "numpy.libs"):
        if (home.parent / name).exists() and not (only / name).exists():
            (only / name).symlink_to(home.parent / name)
    program = (
        "import runpy, sys; sys.path.append(sys.argv[1]); sys.argv = sys.argv[2:]; "
        "runpy.run_path(sys.argv[0], run_name='__main__')"
    )
    command = [sys.executable, "-I", "-S", "-c", program, str(only), str(SCRIPT), *arguments]
    return subprocess.run(
        command, cwd=folder, capture_output=True, encoding="utf-8", errors="replace", check=False
    )


@pytest.fixture
def protocol(tmp_path):
    """Frame, plan and list of a draw, as an appendix of its protocol holds them."""
    plan = read_plan(
        dump_plan(
            Plan(
                title="Đợt 2026",
                frame="area",
                stages=(
                    Stage(unit="commune", method="sampford", size="households", take=5),
                    Stage(unit="row", method="pps-systematic", size="households", take=2),
                    Stage(unit="position", method="srs", positions="households", take=4),
                ),
                reserves=Reserves(take=2),
            )
        )
    )
    frame = FRAMES["area"]
    chance = Chance.from_seed(frame.content_hash, plan_hash(plan), "12 07 45")
    selection = select(plan, frame, chance)
    (tmp_path / "frame.csv").write_bytes(CONTENT["area"])
    (tmp_path / "plan.toml").write_text(
        dump_plan(plan, frame_hash=frame.content_hash), encoding="utf-8"
    )
    (tmp_path / "list.csv").write_bytes(list_bytes(selection))
    return tmp_path, selection, plan


def test_the_script_alone_repeats_a_draw(protocol):
    folder, selection, plan = protocol
    outcome = run(folder, "frame.csv", "plan.toml", "12  07 45 ", "list.csv")
    assert outcome.returncode == 0, outcome.stderr
    assert list_hash(selection) in outcome.stdout
    assert plan_hash(plan) in outcome.stdout
    assert selection.frame.content_hash in outcome.stdout
    assert "KHỚP" in outcome.stdout
    assert (folder / "replayed-list.csv").read_bytes() == (folder / "list.csv").read_bytes()


def test_one_changed_cell_of_the_frame_is_caught(protocol):
    folder, selection, _ = protocol
    content = CONTENT["area"]
    at = content.index(b",no,")
    (folder / "frame.csv").write_bytes(content[:at] + b",yes," + content[at + 4 :])
    outcome = run(folder, "frame.csv", "plan.toml", "12 07 45", "list.csv")
    assert outcome.returncode != 0
    assert selection.frame.content_hash in outcome.stderr
    found = parse_frame((folder / "frame.csv").read_bytes()).content_hash
    assert found in outcome.stderr
    assert not (folder / "replayed-list.csv").exists()


def test_another_seed_or_another_plan_does_not_give_the_list(protocol):
    folder, _, _ = protocol
    outcome = run(folder, "frame.csv", "plan.toml", "12 07 46", "list.csv")
    assert outcome.returncode != 0
    assert "KHÔNG KHỚP" in outcome.stderr
    plan = (folder / "plan.toml").read_text(encoding="utf-8")
    (folder / "plan.toml").write_text(plan.replace("Đợt 2026", "Đợt 2027"), encoding="utf-8")
    outcome = run(folder, "frame.csv", "plan.toml", "12 07 45", "list.csv")
    assert outcome.returncode != 0


def test_comments_and_line_ends_of_the_plan_do_not_matter(protocol):
    folder, _, _ = protocol
    plan = (folder / "plan.toml").read_text(encoding="utf-8")
    changed = "# opened in an editor\n" + plan
    (folder / "plan.toml").write_bytes(changed.replace("\n", "\r\n").encode())
    outcome = run(folder, "frame.csv", "plan.toml", "12 07 45", "list.csv")
    assert outcome.returncode == 0, outcome.stderr


def test_a_plan_that_names_no_frame_is_not_enough(protocol):
    folder, _, plan = protocol
    (folder / "plan.toml").write_text(dump_plan(plan), encoding="utf-8")
    assert run(folder, "frame.csv", "plan.toml", "12 07 45").returncode != 0


def test_without_files_it_says_how_it_is_used(tmp_path):
    outcome = run(tmp_path)
    assert outcome.returncode != 0
    assert "FRAME.csv PLAN.toml" in outcome.stderr


def test_the_script_runs_where_it_lies(tmp_path):
    """Beside it lie files that have names of Python's own, such as select.py."""
    outcome = subprocess.run(
        [sys.executable, str(SCRIPT)], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert "FRAME.csv PLAN.toml" in outcome.stderr
    assert "Traceback" not in outcome.stderr


def test_the_script_is_short_enough_to_read_and_needs_nothing_else():
    text = SCRIPT.read_text(encoding="utf-8")
    assert len(text.splitlines()) < 400
    imported = {
        line.split()[1].partition(".")[0]
        for line in text.splitlines()
        if line.startswith(("import ", "from "))
    }
    assert imported - set(sys.stdlib_module_names) == {"numpy"}
