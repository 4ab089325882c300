"""Every plan of this folder, run as the public command runs it, against figures made outside."""

import json

import pytest

from analysis.plan.command import main
from tests.analysis.oracles.plans.compare import HERE, differences, read_expected

EXPECTED = read_expected()

WAITING = (
    "calibrate_bounds_on_weights.toml",
    "calibrate_linear_bounded.toml",
    "calibrate_linear_one_stage.toml",
    "calibrate_linear_two_stages.toml",
    "calibrate_logit.toml",
    "calibrate_raking.toml",
    "calibrate_then_trim.toml",
    "calibrate_twice.toml",
    "chain_by_class.toml",
    "chain_by_class_alone.toml",
    "chain_by_propensity.toml",
    "chain_by_propensity_classes.toml",
    "made_jk1.toml",
    "made_jk1_fpc.toml",
    "made_jk1_two_stages.toml",
    "made_jkn.toml",
    "made_jkn_fpc.toml",
    "models_brr.toml",
    "models_nhanes.toml",
    "models_people.toml",
    "models_stratified.toml",
    "models_two_stages.toml",
    "moments_domains.toml",
    "moments_people.toml",
    "moments_stratified.toml",
    "moments_two_stages.toml",
    "people_bootstrap.toml",
    "people_brr.toml",
    "people_brr_mean.toml",
    "people_fay.toml",
    "people_jk1.toml",
    "people_jk2.toml",
    "people_jkn.toml",
    "people_other.toml",
    "people_sdr.toml",
    "poststratify_cells.toml",
    "poststratify_one_stage.toml",
    "poststratify_two_stages.toml",
    "quantiles_brr.toml",
    "quantiles_one_stage.toml",
    "quantiles_people.toml",
    "quantiles_stratified.toml",
    "quantiles_tied.toml",
    "rake_one_stage.toml",
    "rake_two_stages.toml",
    "replicates_calibrated.toml",
    "replicates_not_adjusted.toml",
    "replicates_poststratified.toml",
    "replicates_raked.toml",
    "tests_nhanes.toml",
    "tests_people.toml",
    "tests_stratified.toml",
    "tests_two_stages.toml",
    "trim_once.toml",
    "trim_quantiles.toml",
    "trim_strict.toml",
)
"""Plans for what the runner cannot do yet."""


def run(plan, out):
    code = main(["run", str(HERE / plan), "--out", str(out), "--quiet"])
    assert code == 0
    return json.loads(out.read_text(encoding="utf-8"))


@pytest.mark.parametrize("plan", sorted(EXPECTED.keys() - set(WAITING)))
def test_a_plan_gives_the_figures_made_outside(plan, tmp_path):
    found = differences(run(plan, tmp_path / "out.json"), EXPECTED[plan])
    assert not found, "\n".join(found)


def test_a_stratum_with_one_psu_is_refused_unless_a_policy_is_named(capsys):
    assert main(["run", str(HERE / "single_psu_fail.toml"), "--lang", "en", "--quiet"]) == 2
    assert "single_psu_fail.toml" in capsys.readouterr().err


def test_every_plan_has_figures_and_every_figure_a_plan():
    plans = {path.name for path in HERE.glob("*.toml")} - {"single_psu_fail.toml"}
    assert plans == set(EXPECTED)


def test_there_are_figures_of_every_section():
    figures = [one for expected in EXPECTED.values() for one in expected]
    assert len({one.id for one in figures}) == len(figures)
    sections = [one.figure["section"] for one in figures]
    for section, least in {"estimates": 2000, "contrasts": 50, "models": 100, "tests": 50}.items():
        assert sections.count(section) >= least
