"""Every plan of this folder, run as the public command runs it, against figures made outside."""

import json

import pytest

from analysis.plan.command import main
from tests.analysis.oracles.plans.compare import HERE, differences, read_expected

EXPECTED = read_expected()


def run(plan, out):
    code = main(["run", str(HERE / plan), "--out", str(out), "--quiet"])
    assert code == 0
    return json.loads(out.read_text(encoding="utf-8"))


@pytest.mark.parametrize("plan", sorted(EXPECTED))
def test_a_plan_gives_the_figures_made_outside(plan, tmp_path):
    found = differences(run(plan, tmp_path / "out.json"), EXPECTED[plan])
    assert not found, "\n".join(found)


def test_a_stratum_with_one_psu_is_refused_unless_a_policy_is_named(capsys):
    assert main(["run", str(HERE / "single_psu_fail.toml"), "--lang", "en", "--quiet"]) == 2
    assert "single_psu_fail.toml" in capsys.readouterr().err


def test_every_plan_has_figures_and_every_figure_a_plan():
    plans = {path.name for path in HERE.glob("*.toml")}
    plans -= {"single_psu_fail.toml", "index_method.toml"}
    assert plans == set(EXPECTED)


def test_there_are_figures_of_every_section():
    figures = [one for expected in EXPECTED.values() for one in expected]
    assert len({one.id for one in figures}) == len(figures)
    sections = [one.figure["section"] for one in figures]
    for section, least in {
        "estimates": 4000,
        "contrasts": 100,
        "models": 600,
        "tests": 150,
    }.items():
        assert sections.count(section) >= least
