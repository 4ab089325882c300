"""Figures of a plan agree with each other and with what can be counted by hand."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.plan.read import parse_plan
from analysis.plan.result import result_of
from analysis.plan.run import run
from tests.analysis.plan.test_docs import DOCS
from tests.analysis.plan.written import HEAD, figure, result

DATA = 'plan = 1\n[data]\nfile = "examples/people_2026.csv"\n'
DESIGNS = {
    "clusters": '[design]\nstrata = "area"\nclusters = "commune"\nweight = "w"\n',
    "stages": '[design]\nstrata = "area"\nclusters = ["commune", "village"]\n'
    'fpc = ["n_communes", "n_villages"]\nweight = "w"\n',
    "replicates": '[design]\nstrata = "area"\nclusters = "commune"\nweight = "w"\n'
    '[design.replicates]\nmake = "jkn"\n',
    "calibrated": '[design]\nstrata = "area"\nclusters = "commune"\nweight = "w"\n[[weights]]\n'
    'step = "rake"\nmargins = [{ by = "sex", totals = { female = 34320, male = 31680 } },'
    '{ by = "area", totals = { rural = 41000, upland = 9000, urban = 16000 } }]\n',
}
KINDS = {
    "mean": 'kind = "mean"\nof = ["minutes", "visits"]\n',
    "total": 'kind = "total"\nof = ["minutes", "online"]\n',
    "proportion": 'kind = "proportion"\nof = "q1"\n',
    "ratio": 'kind = "ratio"\nnumerator = ["on_time", "online"]\ndenominator = "visits"\n',
    "quantile": 'kind = "quantile"\nof = "minutes"\nquantiles = [0.4, 0.5]\n',
    "variance": 'kind = "variance"\nof = ["minutes", "visits"]\n',
    "correlation": 'kind = "correlation"\nof = ["minutes", "visits", "age"]\n',
    "icc": 'kind = "icc"\nof = "minutes"\n',
}


def outcome(design, body):
    return result_of(run(parse_plan(DATA + DESIGNS[design] + body, DOCS)))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("design", DESIGNS)
def test_differences_have_the_variance_that_the_covariances_say(design, kind):
    body = (
        f'[[estimate]]\nname = "e"\n{KINDS[kind]}by = "sex"\ncovariance = true\n'
        '[[contrast]]\nname = "c"\nestimate = "e"\n'
        'difference = [{ sex = "female" }, { sex = "male" }]\n'
    )
    found = outcome(design, body)
    figures, matrix = found["estimates"], np.array(found["covariances"][0]["matrix"])
    half = len(figures) // 2
    assert [row["domain"]["sex"] for row in figures] == ["female"] * half + ["male"] * half
    for k, row in enumerate(found["contrasts"]):
        one, other = k, k + half
        assert row["value"] == pytest.approx(figures[one]["value"] - figures[other]["value"])
        wanted = matrix[one, one] + matrix[other, other] - 2 * matrix[one, other]
        assert row["standard_error"] ** 2 == pytest.approx(wanted, rel=1e-9)
    errors = [row["standard_error"] ** 2 for row in figures]
    assert np.diag(matrix) == pytest.approx(errors, rel=1e-9)
    assert found["covariances"][0]["rows"] == [
        {key: row[key] for key in ("variable", "category", "quantile", "domain")} for row in figures
    ]


@pytest.mark.parametrize("design", DESIGNS)
def test_a_formula_of_figures_of_two_estimates_is_the_ratio_itself(design):
    body = (
        '[[estimate]]\nname = "top"\nkind = "total"\nof = "on_time"\n'
        '[[estimate]]\nname = "bottom"\nkind = "total"\nof = "visits"\n'
        '[[estimate]]\nname = "ratio"\nkind = "ratio"\nnumerator = "on_time"\n'
        'denominator = "visits"\n'
        '[[contrast]]\nname = "c"\nexpression = "a / b"\ninputs.a = { estimate = "top" }\n'
        'inputs.b = { estimate = "bottom" }\n'
    )
    found = outcome(design, body)
    ratio, contrast = figure(found, "ratio"), found["contrasts"][0]
    for field in ("value", "standard_error", "low", "high", "df"):
        assert contrast[field] == pytest.approx(ratio[field], rel=1e-9)


@pytest.mark.parametrize("design", DESIGNS)
def test_domains_by_condition_and_by_column_are_the_same(design):
    kinds = "".join(
        f'[[estimate]]\nname = "{kind}"\n{lines}by = "sex"\n' for kind, lines in KINDS.items()
    )
    crossed = outcome(design, kinds)
    alone = outcome(design, kinds.replace('by = "sex"', "where = \"sex = 'male'\""))
    of_men = [row for row in crossed["estimates"] if row["domain"]["sex"] == "male"]
    for one, other in zip(of_men, alone["estimates"], strict=True):
        for field in ("value", "standard_error", "low", "high", "n", "df", "design_effect"):
            assert one[field] == pytest.approx(other[field], rel=1e-9, nan_ok=True), field


def test_categories_add_up_to_the_whole(tmp_path):
    body = (
        '[[estimate]]\nname = "share"\nkind = "proportion"\nof = "q1"\n'
        '[[estimate]]\nname = "count"\nkind = "count"\nof = "q1"\n'
        '[[estimate]]\nname = "all"\nkind = "count"\nwhere = "q1 IS NOT NULL"\n'
        '[[estimate]]\nname = "mean"\nkind = "mean"\nof = "sex"\n'
    )
    found = result(tmp_path, body)
    shares = [row for row in found["estimates"] if row["name"] == "share"]
    counts = [row for row in found["estimates"] if row["name"] == "count"]
    assert [row["category"] for row in shares] == ["1", "2", "3", "4", "5"]
    assert sum(row["value"] for row in shares) == pytest.approx(1)
    assert sum(row["value"] for row in counts) == figure(found, "all")["value"] == 110
    assert [row["value"] for row in found["estimates"] if row["name"] == "mean"] == [0.5, 0.5]


def test_an_error_can_be_worked_out_by_hand(tmp_path):
    # Weighted totals of income by commune: north 40 and 40, south 80 and 150.
    found = figure(
        result(tmp_path, '[[estimate]]\nname = "t"\nkind = "total"\nof = "income"\n'), "t"
    )
    assert found["value"] == 40 + 40 + 80 + 150
    assert found["standard_error"] == pytest.approx(math.sqrt(2 * (35**2 + 35**2)))
    assert found["df"] == 2


def test_shares_of_numbers_are_shares_of_their_codes(tmp_path):
    body = (
        '[[derive]]\nname = "top"\nexpression = "q1 >= 4"\n'
        '[[estimate]]\nname = "a"\nkind = "proportion"\nof = "top"\n'
        '[[estimate]]\nname = "b"\nkind = "mean"\nof = "top"\n'
        '[[estimate]]\nname = "c"\nkind = "proportion"\nof = "q1"\ncategories = [4, 5]\n'
    )
    found = result(tmp_path, body)
    top = figure(found, "a", variable="top", category=None)
    parts = [row["value"] for row in found["estimates"] if row["name"] == "c"]
    assert len(parts) == 2
    assert top["value"] == pytest.approx(sum(parts)) == figure(found, "b")["value"]


def test_the_design_effect_without_replacement_is_larger(tmp_path):
    body = '[[estimate]]\nname = "a"\nkind = "mean"\nof = "income"\n'
    usual = figure(result(tmp_path, body), "a")
    other = figure(result(tmp_path, body + 'design_effect = "without-replacement"\n'), "a")
    none = figure(result(tmp_path, body + 'design_effect = "none"\n'), "a")
    assert other["design_effect"] == pytest.approx(usual["design_effect"] / (1 - 7 / 110))
    assert other["effective_n"] == pytest.approx(7 / other["design_effect"])
    assert math.isnan(none["design_effect"])
    assert none["standard_error"] == usual["standard_error"]


def test_rounds_that_overlap_have_another_error_than_rounds_that_do_not():
    text = (
        "plan = 1\n[data]\nrounds = [\n"
        '{ file = "examples/people_2025.csv", round = "2025" },\n'
        '{ file = "examples/people_2026.csv", round = "2026" } ]\n'
        '[design]\nstrata = "area"\nclusters = "commune"\nweight = "w"\nrounds = "KIND"\n'
        '[[estimate]]\nname = "e"\nkind = "mean"\nof = "q1"\nby = "round"\n'
        '[[contrast]]\nname = "c"\nestimate = "e"\n'
        'difference = [{ round = "2026" }, { round = "2025" }]\n'
    )
    found = {
        kind: result_of(run(parse_plan(text.replace("KIND", kind), DOCS)))
        for kind in ("independent", "overlapping")
    }
    before, after = found["independent"]["estimates"]
    alone = math.hypot(before["standard_error"], after["standard_error"])
    independent = found["independent"]["contrasts"][0]
    overlapping = found["overlapping"]["contrasts"][0]
    assert independent["standard_error"] == pytest.approx(alone, rel=1e-9)
    assert (independent["df"], overlapping["df"]) == (10, 5)
    assert overlapping["value"] == independent["value"]
    assert abs(overlapping["standard_error"] / alone - 1) > 0.01


def test_joint_probabilities_in_a_list_are_those_of_the_table(tmp_path):
    square = (DOCS / "examples/joint.csv").read_text().splitlines()
    names = square[0].split(",")
    pairs = ["i,j,probability"]
    for i, line in enumerate(square[1:]):
        pairs += [
            f"{names[i]},{names[j]},{share}" for j, share in enumerate(line.split(",")) if j >= i
        ]
    (tmp_path / "joint.csv").write_text("\n".join(pairs[:1] + pairs[:0:-1]) + "\n")
    (tmp_path / "offices.csv").write_text((DOCS / "examples/offices.csv").read_text())
    text = (
        'plan = 1\n[data]\nfile = "{0}offices.csv"\n[design]\nclusters = "office"\n'
        'selection = "pps-joint"\nprobability = "p"\njoint = "{0}joint.csv"\n'
        '[[estimate]]\nname = "e"\nkind = "total"\nof = "cases"\n'
    )
    wanted = result_of(run(parse_plan(text.format("examples/"), DOCS)))["estimates"]
    assert result_of(run(parse_plan(text.format(""), tmp_path)))["estimates"] == wanted


def test_a_table_of_joint_probabilities_in_another_order_is_read_by_name(tmp_path):
    square = [line.split(",") for line in (DOCS / "examples/joint.csv").read_text().splitlines()]
    order = [3, 0, 5, 1, 4, 2]
    rows = [[row[k] for k in order] for row in [square[0], *(square[1 + k] for k in order)]]
    (tmp_path / "joint.csv").write_text("\n".join(",".join(row) for row in rows) + "\n")
    text = (
        f'plan = 1\n[data]\nfile = "{DOCS}/examples/offices.csv"\n[design]\nclusters = "office"\n'
        'selection = "pps-joint"\nprobability = "p"\njoint = "JOINT"\n'
        '[[estimate]]\nname = "e"\nkind = "total"\nof = "cases"\n'
    )
    usual = str(DOCS / "examples/joint.csv")
    wanted = result_of(run(parse_plan(text.replace("JOINT", usual), tmp_path)))["estimates"]
    found = result_of(run(parse_plan(text.replace("JOINT", "joint.csv"), tmp_path)))["estimates"]
    for field in ("value", "standard_error"):
        assert found[0][field] == pytest.approx(wanted[0][field], rel=1e-12)


def test_given_replicates_of_independent_rounds_move_one_round_at_a_time(tmp_path):
    rows = (DOCS / "examples/people_replicates.csv").read_text()
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text(rows)
    text = (
        "plan = 1\n[data]\nrounds = [\n"
        '{ file = "a.csv", round = "a" }, { file = "b.csv", round = "b" } ]\n'
        '[design]\nweight = "w"\n[design.replicates]\ncolumns = "rw*"\nmethod = "other"\n'
        'scale = 0.5\n[[estimate]]\nname = "e"\nkind = "mean"\nof = "minutes"\nby = "round"\n'
        '[[contrast]]\nname = "c"\nestimate = "e"\n'
        'difference = [{ round = "a" }, { round = "b" }]\n'
    )
    found = result_of(run(parse_plan(text, tmp_path)))
    one, other = found["estimates"]
    assert one["standard_error"] == pytest.approx(other["standard_error"], rel=1e-12)
    wanted = math.sqrt(2) * one["standard_error"]
    assert found["contrasts"][0]["standard_error"] == pytest.approx(wanted, rel=1e-9)
    assert found["contrasts"][0]["value"] == pytest.approx(0, abs=1e-9)


@settings(max_examples=20, deadline=None)
@given(st.floats(0.01, 1000))
def test_scaling_every_weight_changes_no_mean(factor):
    body = f'[[derive]]\nname = "v"\nexpression = "w * {factor!r}"\n'
    estimate = '[[estimate]]\nname = "e"\nkind = "mean"\nof = "minutes"\nby = "area"\n'
    scaled = DESIGNS["clusters"].replace('"w"', '"v"')
    found = result_of(run(parse_plan(DATA + body + scaled + estimate, DOCS)))
    wanted = outcome("clusters", estimate)
    for one, other in zip(found["estimates"], wanted["estimates"], strict=True):
        for field in ("value", "standard_error", "design_effect"):
            assert one[field] == pytest.approx(other[field], rel=1e-9)


def test_a_number_as_weight_is_the_weight_of_everybody(tmp_path):
    body = '[[estimate]]\nname = "m"\nkind = "mean"\nof = "income"\n'
    head = HEAD.split("[design]")[0] + "[design]\nweight = 2.5\n"
    found = figure(result(tmp_path, body, head=head), "m")
    incomes = np.array([1.5, 2.5, 4.0, 3.0, 1.0, 2.0, 5.5])
    assert found["value"] == pytest.approx(incomes.mean())
    assert found["standard_error"] == pytest.approx(incomes.std(ddof=1) / math.sqrt(7), rel=0.02)
    assert found["df"] == 6


def test_margins_are_compared_with_the_reference_of_the_model(tmp_path):
    model = (
        '[[model]]\nname = "m"\nkind = "linear"\nresponse = "income"\nterms = ["sex"]\n'
        'margins = ["sex"]\nreference = { sex = "m" }\n'
    )
    (found,) = result(tmp_path, model)["models"]
    assert [row["term"] for row in found["differences"]] == ["sex[f] - sex[m]"]
    values = {row["term"]: row["value"] for row in found["margins"]}
    wanted = values["sex[f]"] - values["sex[m]"]
    assert found["differences"][0]["value"] == pytest.approx(wanted)
