"""Steps of weighting from a plan: what they aim at is met, what they leave out is left."""

import pytest

from analysis.plan.read import parse_plan
from analysis.plan.result import result_of
from analysis.plan.run import run
from tests.analysis.plan.test_docs import DOCS
from tests.analysis.plan.written import faults, figure, only, result

COUNTS = (
    '[[estimate]]\nname = "sex"\nkind = "count"\nby = "sex"\n'
    '[[estimate]]\nname = "region"\nkind = "count"\nby = "region"\n'
    '[[estimate]]\nname = "both"\nkind = "count"\nby = ["region", "sex"]\n'
    '[[estimate]]\nname = "q1"\nkind = "total"\nof = "q1"\n'
)


def counts(found, name):
    return [row["value"] for row in found["estimates"] if row["name"] == name]


def weighted(folder, step):
    return result(folder, f"[[weights]]\n{step}\n{COUNTS}")


def test_cells_of_a_table_within_a_table_are_met(tmp_path):
    step = (
        'step = "poststratify"\nby = ["region", "sex"]\n'
        "totals = { north = { f = 1, m = 2 }, south = { f = 3, m = 4 } }"
    )
    assert counts(weighted(tmp_path, step), "both") == pytest.approx([1, 2, 3, 4])


def test_a_file_of_totals_is_the_table(tmp_path):
    (tmp_path / "t.csv").write_text("sex,note,total,region\nf,x,1,north\nm,x,2,north\n")
    with (tmp_path / "t.csv").open("a") as file:
        file.write("f,x,3,south\nm,x,4,south\n")
    step = 'step = "poststratify"\nby = ["region", "sex"]\ntotals = "t.csv"'
    assert counts(weighted(tmp_path, step), "both") == pytest.approx([1, 2, 3, 4])


def test_a_table_from_excel_in_vietnamese_has_semicolons_and_decimal_commas(tmp_path):
    (tmp_path / "t.csv").write_text(
        "region;sex;tong\nnorth;f;1,5\nnorth;m;2\nsouth;f;3\nsouth;m;4\n"
    )
    step = 'step = "poststratify"\nby = ["region", "sex"]\ntotals = "t.csv"'
    assert counts(weighted(tmp_path, step), "both") == pytest.approx([1.5, 2, 3, 4])


def test_margins_are_met_together(tmp_path):
    step = (
        'step = "rake"\nmargins = [{ by = "sex", totals = { f = 60, m = 40 } },'
        '{ by = "region", totals = { north = 30, south = 70 } }]'
    )
    found = weighted(tmp_path, step)
    assert counts(found, "sex") == pytest.approx([60, 40], rel=1e-9)
    assert counts(found, "region") == pytest.approx([30, 70], rel=1e-9)
    assert found["weights"][0]["iterations"] >= 1
    # What is calibrated to does not vary.
    for row in found["estimates"][:4]:
        assert row["standard_error"] == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize(
    "extra", ["", 'distance = "raking"', 'distance = "logit"\nbounds = [0, 9]']
)
def test_totals_of_variables_are_met(tmp_path, extra):
    # q1 is missing once; who has no answer takes no part.
    step = (
        'step = "calibrate"\nterms = ["1", "sex", "q1"]\n'
        f'totals = {{ "1" = 100, "sex:f" = 45, q1 = 380 }}\nwhere = "q1 IS NOT NULL"\n{extra}'
    )
    found = weighted(tmp_path, step)
    assert counts(found, "q1") == pytest.approx([380], rel=1e-8)
    known = result(
        tmp_path,
        f"[[weights]]\n{step}\n" + COUNTS.replace('by = "sex"', 'by = "sex"\nwhere = "q1 > 0"'),
    )
    assert counts(known, "sex") == pytest.approx([45, 55], rel=1e-8)
    # The one without an answer kept the weight.
    assert sum(counts(found, "sex")) == pytest.approx(110)


def test_all_categories_or_all_but_one_give_the_same(tmp_path):
    both = 'step = "calibrate"\nterms = ["1", "sex"]\ntotals = { "1" = 100, "sex:f" = 45'
    found = [counts(weighted(tmp_path, both + more), "both") for more in (" }", ', "sex:m" = 55 }')]
    assert found[0] == pytest.approx(found[1], rel=1e-9)


def test_products_of_terms_have_totals_by_their_names(tmp_path):
    step = (
        'step = "calibrate"\nterms = ["region:sex"]\ntotals = { "region:north:sex:f" = 1, '
        '"region:north:sex:m" = 2, "region:south:sex:f" = 3, "region:south:sex:m" = 4 }'
    )
    assert counts(weighted(tmp_path, step), "both") == pytest.approx([1, 2, 3, 4])


def test_respondents_of_a_class_stand_for_those_who_did_not_answer(tmp_path):
    step = (
        'step = "nonresponse"\nresponded = "r"\nwithin = "region"\n[[derive]]\nname = "r"\n'
        'expression = "CASE WHEN q1 IS NULL THEN 0 ELSE 1 END"'
    )
    found = weighted(tmp_path, step)
    assert counts(found, "region") == pytest.approx([40, 80])
    assert counts(found, "both") == pytest.approx([80 / 3, 40 / 3, 40, 40])
    assert [cell["factor"] for cell in found["weights"][0]["cells"]] == pytest.approx([4 / 3, 1])


def test_a_further_stage_divides_by_its_probability(tmp_path):
    step = (
        'step = "base"\nprobability = "p"\n[[derive]]\nname = "p"\n'
        "expression = \"CASE WHEN sex = 'f' THEN 0.5 ELSE 1.0 END\""
    )
    assert counts(weighted(tmp_path, step), "sex") == [120, 60]


@pytest.mark.parametrize(
    ("step", "wanted"),
    [
        ('to = "sample"', [4, 4]),
        ('to = "population"\ntotal = 12', [4, 8]),
        ('to = "sample"\nwithin = "region"', [4, 4]),
        ('to = "population"\nwithin = "region"\ntotals = { north = 5, south = 6 }', [5, 6]),
    ],
)
def test_weights_are_scaled(tmp_path, step, wanted):
    found = weighted(tmp_path, f'step = "scale"\n{step}')
    if "within" in step or "population" in step:
        assert counts(found, "region") == pytest.approx(wanted)
    assert sum(counts(found, "region")) == pytest.approx(sum(wanted))


def test_trimming_keeps_the_total_unless_told_otherwise(tmp_path):
    kept = weighted(tmp_path, 'step = "trim"\nupper = 15\nstrict = false')
    assert counts(kept, "region") == pytest.approx([60, 60])
    lost = weighted(tmp_path, 'step = "trim"\nupper = 15\nredistribute = false')
    assert counts(lost, "region") == pytest.approx([40, 60])


def test_rounds_are_weighed_together():
    text = (
        "plan = 1\n[data]\nrounds = [\n"
        '{ file = "examples/people_2025.csv", round = "2025" },\n'
        '{ file = "examples/people_2026.csv", round = "2026" } ]\n'
        '[design]\nstrata = "area"\nclusters = "commune"\nweight = "w"\nSTEP'
        '[[estimate]]\nname = "e"\nkind = "total"\nof = "visits"\n'
        '[[estimate]]\nname = "by"\nkind = "total"\nof = "visits"\nby = "round"\n'
    )
    plain = result_of(run(parse_plan(text.replace("STEP", ""), DOCS)))
    step = '[[weights]]\nstep = "combine"\nshares = { 2025 = 0.25, 2026 = 0.75 }\n'
    found = result_of(run(parse_plan(text.replace("STEP", step), DOCS)))
    before, after = (row["value"] for row in plain["estimates"][1:])
    assert figure(found, "e")["value"] == pytest.approx(0.25 * before + 0.75 * after)


def test_replicates_go_through_the_steps_again_unless_told_not_to():
    text = (
        'plan = 1\n[data]\nfile = "examples/people_2026.csv"\n[design]\nstrata = "area"\n'
        'clusters = "commune"\nweight = "w"\n[design.replicates]\nmake = "jkn"\nadjust = ADJUST\n'
        '[[weights]]\nstep = "poststratify"\nby = "sex"\ntotals = { female = 60, male = 40 }\n'
        '[[estimate]]\nname = "sex"\nkind = "count"\nby = "sex"\n'
    )
    again = result_of(run(parse_plan(text.replace("ADJUST", "true"), DOCS)))
    fixed = result_of(run(parse_plan(text.replace("ADJUST", "false"), DOCS)))
    assert counts(again, "sex") == pytest.approx([60, 40])
    assert counts(again, "sex") == pytest.approx(counts(fixed, "sex"))
    for one, other in zip(again["estimates"], fixed["estimates"], strict=True):
        assert one["standard_error"] == pytest.approx(0, abs=1e-9)
        assert other["standard_error"] > 1


CASES = {
    'step = "poststratify"\nby = "sex"\ntotals = { f = 60 }': "cells-without-total",
    'step = "poststratify"\nby = "sex"\ntotals = { f = 60, m = 1, x = 2 }': "empty-cells",
    'step = "poststratify"\nby = "sex"\ntotals = { f = { x = 60 } }': "totals-depth",
    'step = "poststratify"\nby = "q1"\ntotals = { "1" = 60 }': "missing-category",
    'step = "poststratify"\nby = "sex"\ntotals = "no.csv"': "no-file",
    'step = "poststratify"\nby = "sex"\ntotals = "rows.csv"': "repeated",
    'step = "calibrate"\nterms = ["sex"]\ntotals = { "sex:f" = 60 }': "total-missing",
    'step = "calibrate"\nterms = ["1"]\ntotals = { "1" = 60, "sx:f" = 1 }': "total-unknown",
    'step = "calibrate"\nterms = ["q1"]\ntotals = { q1 = 60 }': "missing-in-step",
    'step = "nonresponse"\nresponded = "income"': "not-zero-or-one",
    'step = "propensity"\nresponded = "w"\nterms = ["sex"]': "not-zero-or-one",
    'step = "unknown-eligibility"\nstatus = "sex"\nunknown = ["x"]': "no-such-category",
    'step = "unknown-eligibility"\nstatus = "sex"': "known-or-unknown",
    'step = "combine"': "missing-key",
    'step = "combine"\nrounds = "sex"\nshares = { f = 1 }': "shares-of-rounds",
    'step = "base"\nprobability = "income"': "missing-in-step",
    'step = "base"\nprobability = "w"': "bad-probability",
    'step = "trim"': "trim-without-bounds",
    'step = "trim"\nlower = 30': "trimming-impossible",
    'step = "scale"\nto = "population"': "scale-form",
}


@pytest.mark.parametrize(("step", "code"), CASES.items(), ids=list(CASES.values()))
def test_what_a_step_cannot_do_is_said_where_the_step_stands(tmp_path, step, code):
    fault = only(faults(tmp_path, f"[[weights]]\n{step}\n{COUNTS}"))
    assert fault.code == code
    assert fault.place.startswith("weights[1]")
    assert 8 <= fault.line <= 11
