"""The columns for variances lead to intervals that cover: bias and coverage over many draws."""

import subprocess
import sys

import numpy as np
import polars as pl
import pytest

from analysis.design import Design, StageColumns
from analysis.estimate import mean, ratio, total
from analysis.variance.lonely import LonelyPolicy
from analysis.variance.pps import PairVariance, hartley_rao, pair_matrix
from surveys.sampling.design import NOTE_CODES, describe_variance, design_columns, design_section
from surveys.sampling.frame import frame_bytes, parse_frame
from surveys.sampling.joint import (
    NoJointProbabilitiesError,
    joint_probabilities,
    systematic_joint,
)
from surveys.sampling.plan import Plan, Reserves, Stage
from surveys.sampling.select import select
from tests.surveys.sampling.places import area_frame, chance, dossier_frame

N_VILLAGES, N_COMMUNES = 480, 60


def population(large):
    """Villages in communes that differ, with one answer for each position of each village.

    One commune is ``large`` times as large as the others are.
    """
    random = np.random.default_rng(20261)
    commune = np.arange(N_VILLAGES) % N_COMMUNES
    people = np.maximum(8, random.gamma(4, 12, N_VILLAGES).astype(int))
    people[commune == 3] *= large
    level = 0.6 + random.normal(0, 0.08, N_COMMUNES)[commune]
    level += random.normal(0, 0.05, N_VILLAGES)
    frame = parse_frame(
        frame_bytes(
            "area",
            {
                "key": [f"v{i:03d}" for i in range(N_VILLAGES)],
                "district": [f"d{c % 3}" for c in commune],
                "commune": [f"c{c:02d}" for c in commune],
                "people": people,
            },
        )
    )
    answers = np.full((N_VILLAGES, people.max()), np.nan)
    for village in range(N_VILLAGES):
        answers[village, : people[village]] = random.random(people[village]) < level[village]
    return frame, answers


FRAME, ANSWERS = population(large=6)  # so that it is certain where size counts
PLAIN, PLAIN_ANSWERS = population(large=1)


def rows(method, **keys):
    return Stage(unit="row", method=method, **keys)


DESIGNS = {
    "strata": (rows("srs", strata=("district",), take=40),),
    "bernoulli": (rows("bernoulli", take=100),),
    "sampford": (rows("sampford", size="people", take=30),),
    "pareto": (rows("pareto", size="people", strata=("district",), take=30),),
    "poisson": (rows("poisson", size="people", take=80),),
    "shuffled": (rows("pps-systematic", size="people", take=60, ties="random"),),
    "clusters": (
        Stage(unit="commune", method="srs", strata=("district",), take=8),
        rows("srs", take=4),
    ),
    "three stages": (
        Stage(unit="commune", method="pps-systematic", size="people", take=20, ties="random"),
        rows("pps-systematic", size="people", take=3, ties="random"),
        Stage(unit="position", method="srs", positions="people", take=6),
    ),
    "self-weighting": (
        Stage(unit="commune", method="sampford", size="people", take=20),
        rows("srs", take=3),
        Stage(unit="position", method="srs", positions="people", overall_take=400,
              rounding="random"),
    ),
}  # fmt: skip
EXPECTED = {
    "strata": ("srs-fpc", ()),
    "bernoulli": ("srs-fpc", ("variance.size-left-to-chance",)),
    "sampford": ("sampford-joint", ()),
    "pareto": ("brewer", ("variance.pareto-as-brewer",)),
    "poisson": ("brewer", ("variance.poisson-as-brewer", "variance.size-left-to-chance")),
    "shuffled": ("hartley-rao", ()),
    "clusters": ("srs-fpc", ()),
    "three stages": (
        "brewer",
        ("variance.systematic-as-brewer", "variance.later-unequal-as-equal"),
    ),
    "self-weighting": ("brewer", ("variance.sampford-as-brewer",)),
}


def design_of(selection):
    """Build the design that the description and the columns say."""
    told, columns = describe_variance(selection), design_columns(selection)
    main = selection.reserve == 0
    stages = []
    for number, (stratum, cluster) in enumerate(zip(told.strata, told.clusters, strict=True)):
        fpc = told.fpc[number] if told.fpc else ""
        is_unequal = number == 0 and bool(told.probability)
        stages.append(
            StageColumns(
                cluster=np.array(columns[cluster])[main],
                stratum=np.array(columns[stratum])[main],
                size=columns[fpc][main] if fpc else None,
                fraction=columns[told.probability][main] if is_unequal else None,
                is_unequal=is_unequal,
                is_nested=True,
            )
        )
    weight = columns["weight"][main]
    design = Design.from_stages(stages, weight)
    first = design.clusters.first
    if told.selection == "pps-hartley-rao":
        pairs = hartley_rao(first.unit_fraction, first.unit_stratum, kind=PairVariance.YATES_GRUNDY)
        return Design.from_stages(stages, weight, pairs=pairs)
    if told.selection == "pps-joint":
        joint = joint_probabilities(selection)
        place = dict(zip(np.array(columns["psu"])[main].tolist(), design.psu.tolist(), strict=True))
        order = np.argsort([place[unit] for unit in joint.units])
        matrix = joint.matrix[np.ix_(order, order)]
        pairs = pair_matrix(matrix, PairVariance.YATES_GRUNDY)
        return Design.from_stages(stages, weight, pairs=pairs)
    return design


def place_of(stages):
    """Return the frame and the answers: a plain place where sizes do not count."""
    is_plain = all(stage.method in ("srs", "bernoulli") for stage in stages)
    return (PLAIN, PLAIN_ANSWERS) if is_plain else (FRAME, ANSWERS)


def what_is_estimated(stages):
    """Return the kind of figure: a mean or ratio where the number drawn is left to chance."""
    if stages[0].method == "poisson":
        return "ratio"
    is_mean = stages[0].method == "bernoulli" or len(stages) == 3
    return "mean" if is_mean else "total"


def answers_of(selection, stages):
    """Return the answers of the cases: of the person, or the sum of the village."""
    answers = place_of(stages)[1]
    if selection.position.any():
        return answers[selection.row, selection.position - 1]
    return np.nansum(answers, axis=1)[selection.row]


def estimates(stages, number):
    """Draw once and estimate."""
    selection = select(Plan(frame="area", stages=stages), place_of(stages)[0], chance(number))
    policy = LonelyPolicy(describe_variance(selection).lonely)
    answer, design = answers_of(selection, stages)[selection.reserve == 0], design_of(selection)
    if what_is_estimated(stages) == "ratio":
        return ratio(answer, FRAME.measures["people"][selection.row], design, lonely=policy)
    estimator = mean if what_is_estimated(stages) == "mean" else total
    return estimator(answer, design, lonely=policy)


def truth(stages):
    answers = place_of(stages)[1]
    if len(stages) == 3 or what_is_estimated(stages) == "ratio":
        return np.nanmean(answers)
    is_mean = what_is_estimated(stages) == "mean"
    return np.nansum(answers, axis=1).mean() if is_mean else np.nansum(answers)


def simulate(name, draws):
    stages = DESIGNS[name]
    found = [estimates(stages, number) for number in range(draws)]
    value = np.array([one.value for one in found])
    ends = np.array([(one.interval.low, one.interval.high) for one in found])
    covered = np.mean((ends[:, 0] <= truth(stages)) & (truth(stages) <= ends[:, 1]))
    bias = (value.mean() - truth(stages)) / (value.std(ddof=1) / np.sqrt(draws))
    spread = np.mean([one.standard_error**2 for one in found]) / value.var(ddof=1)
    return bias, covered, spread


@pytest.mark.parametrize("name", DESIGNS)
def test_estimates_are_unbiased_and_intervals_cover(name):
    """100 draws: coverage has a standard error of 2.2 %, the ratio of variances of 14 %."""
    bias, covered, spread = simulate(name, 100)
    assert abs(bias) < 3.5
    assert covered >= 0.88
    assert 0.6 <= spread <= 1.6


@pytest.mark.slow
@pytest.mark.parametrize("name", DESIGNS)
def test_intervals_cover_as_they_say(name):
    """2,000 draws: between 94 and 96.5 %, give or take two standard errors of 0.5 %."""
    bias, covered, spread = simulate(name, 2000)
    assert abs(bias) < 3
    assert 0.93 <= covered <= 0.975
    assert 0.9 <= spread <= 1.12


@pytest.mark.parametrize("name", DESIGNS)
def test_a_draw_says_how_its_variance_is_estimated(name):
    selection = select(
        Plan(frame="area", stages=DESIGNS[name]), place_of(DESIGNS[name])[0], chance()
    )
    told = describe_variance(selection)
    assert (told.approximation, told.notes) == EXPECTED[name]
    assert set(told.notes) <= NOTE_CODES
    assert told.methods == tuple(stage.method for stage in DESIGNS[name])
    columns = design_columns(selection)
    named = [*told.strata, *told.clusters, *filter(None, told.fpc), told.weight]
    assert {name for name in (*named, told.probability) if name} <= set(columns)
    assert all(len(column) == selection.n for column in columns.values())


def test_a_certain_commune_is_a_stratum_and_its_villages_are_the_units():
    stages = DESIGNS["three stages"]
    selection = select(Plan(frame="area", stages=stages), FRAME, chance())
    columns = design_columns(selection)
    certain = selection.stages[0].is_certain
    assert set(np.array(selection.codes(0))[certain]) == {"c03"}
    for row in np.flatnonzero(certain):
        assert columns["stratum1"][row] == "all||c03"
        assert columns["psu"][row] == selection.paths(1)[row]
        assert columns["ssu"][row] == columns["tsu"][row] == selection.paths(2)[row]
        assert columns["fpc1"][row] == 8
        assert columns["fpc3"][row] == 1
        assert columns["probability1"][row] == selection.stages[1].probability[row]
    row = int(np.flatnonzero(~certain)[0])
    assert columns["stratum1"][row] == "all"
    assert columns["psu"][row] == selection.codes(0)[row]
    assert columns["fpc1"][row] == N_COMMUNES - 1
    assert columns["fpc2"][row] == 8


def test_certain_units_of_the_last_stage_are_a_stratum_drawn_completely():
    plan = Plan(frame="area", stages=(rows("srs", take=10, certainty=("v007", "v099")),))
    selection = select(plan, FRAME, chance())
    columns = design_columns(selection)
    strata = dict(zip(selection.keys(), columns["stratum1"], strict=True))
    assert strata["v007"] == strata["v099"] == "||"
    fpc = dict(zip(columns["stratum1"], columns["fpc1"].tolist(), strict=True))
    assert fpc == {"||": 2, "all": N_VILLAGES - 2}
    estimate = total(np.ones(10), design_of(selection))
    assert estimate.value == pytest.approx(N_VILLAGES)
    assert estimate.standard_error == pytest.approx(0, abs=1e-6)


def test_reserves_have_the_columns_of_those_they_stand_in_for():
    plan = Plan(frame="area", stages=DESIGNS["clusters"], reserves=Reserves(take=2))
    selection = select(plan, FRAME, chance())
    columns = design_columns(selection)
    spare = np.flatnonzero(selection.reserve > 0)
    for row in spare:
        main = np.flatnonzero((selection.group == selection.group[row]) & (selection.reserve == 0))[
            0
        ]
        for name in ("stratum1", "psu", "fpc1", "fpc2", "weight"):
            assert columns[name][row] == columns[name][main]


def test_joint_probabilities_of_methods_without_any_are_refused():
    selection = select(Plan(frame="area", stages=DESIGNS["pareto"]), FRAME, chance())
    with pytest.raises(NoJointProbabilitiesError):
        joint_probabilities(selection)


def test_joint_probabilities_between_strata_are_products():
    frame = area_frame()
    stages = (rows("srs", strata=("district",), take=3, certainty=("v0000",)),)
    selection = select(Plan(frame="area", stages=stages), frame, chance())
    joint = joint_probabilities(selection)
    district = [
        frame.categories["district"].codes[frame.keys.to_list().index(u)] for u in joint.units
    ]
    p = np.diag(joint.matrix)
    certain = joint.units.index("v0000")
    assert p[certain] == 1
    for i in range(9):
        for j in range(i):
            if certain in (i, j) or district[i] != district[j]:
                expected = p[i] * p[j]
            elif district[i] == district[certain]:
                expected = 2 * 1 / (39 * 38)
            else:
                expected = 3 * 2 / (40 * 39)
            assert joint.matrix[i, j] == joint.matrix[j, i] == pytest.approx(expected)


def test_systematic_samples_know_that_pairs_are_missing():
    selection = select(
        Plan(frame="area", stages=(rows("systematic", take=4),)), area_frame(n=10), chance()
    )
    place = selection.row[np.argsort(selection.keys())]
    expected = systematic_joint(np.ones(10, dtype=np.int64), 4, np.sort(place))
    assert joint_probabilities(selection).matrix == pytest.approx(expected)
    circle = select(
        Plan(frame="area", stages=(rows("circular", take=4),)), area_frame(n=10), chance()
    )
    assert (np.diag(joint_probabilities(circle).matrix) == 0.4).all()


@pytest.mark.parametrize("name", ["sampford", "three stages", "clusters", "shuffled"])
def test_a_plan_of_analysis_reads_the_columns_as_they_are(name, tmp_path):
    """`python -m analysis` gives the figure and the error of the design built here."""
    stages = DESIGNS[name]
    selection = select(Plan(frame="area", stages=stages), place_of(stages)[0], chance(5))
    columns = {key: pl.Series(column) for key, column in design_columns(selection).items()}
    table = pl.DataFrame({**columns, "answer": answers_of(selection, stages)})
    table.write_csv(tmp_path / "answers.csv")
    if "joint" in design_section(selection):
        joint = joint_probabilities(selection)
        pl.DataFrame(joint.matrix, schema=list(joint.units)).write_csv(tmp_path / "joint.csv")
    (tmp_path / "plan.toml").write_text(
        'plan = 1\n[data]\nfile = "answers.csv"\n'
        + design_section(selection)
        + f'[[estimate]]\nname = "answer"\nkind = "{what_is_estimated(stages)}"\n'
        'of = "answer"\n',
        encoding="utf-8",
    )  # fmt: skip
    command = [sys.executable, "-m", "analysis", "run", str(tmp_path / "plan.toml"), "--quiet"]
    command += ["--out", str(tmp_path / "figures.csv")]
    outcome = subprocess.run(command, capture_output=True, text=True, check=False)
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    figures = pl.read_csv(tmp_path / "figures.csv")
    expected = estimates(stages, 5)
    assert figures["value"][0] == pytest.approx(expected.value)
    assert figures["standard_error"][0] == pytest.approx(expected.standard_error)


def test_a_first_stage_of_everything_leaves_the_variance_to_the_second():
    stages = (Stage(unit="centre", method="all"), rows("srs", take=9))
    selection = select(Plan(frame="dossier", stages=stages), dossier_frame(), chance())
    columns = design_columns(selection)
    assert set(columns["stratum1"]) == {f"all||t{number}" for number in range(6)}
    assert columns["psu"] == selection.paths(1)
    told = describe_variance(selection)
    assert told.selection == "simple"
    assert (columns["fpc1"] == selection.stages[1].population).all()
