"""What is suspicious about rounds, codes, weights, tests and domains is said."""

import numpy as np
import polars as pl
import pytest

from analysis.plan.alike import alike, bare
from analysis.plan.command import main
from analysis.plan.show import show
from analysis.plan.words import fault_sentence, note_sentence
from tests.analysis.plan.written import HEAD, ROWS, faults, only, result

MEAN = '[[estimate]]\nname = "a"\nkind = "mean"\nof = "x"\nby = "round"\n'
CHANGE = (
    '[[contrast]]\nname = "change"\nestimate = "a"\n'
    'difference = [{ round = "2" }, { round = "1" }]\n'
)


def head(rounds="overlapping", more=""):
    return (
        "plan = 1\n[data]\nrounds = [\n"
        '{ file = "one.csv", round = "1" },\n{ file = "two.csv", round = "2" },\n]\n'
        f'{more}[design]\nstrata = "h"\nclusters = "psu"\nweight = 1\nrounds = "{rounds}"\n'
    )


def write_rounds(folder, one, two, stratum=lambda code: code[-1] in "13579"):
    for name, codes, seed in (("one.csv", one, 1), ("two.csv", two, 2)):
        generator = np.random.default_rng(seed)
        lines = [
            f"{'ab'[stratum(code)]},{code},{generator.normal():.3f}\n"
            for code in codes
            for _ in "xyz"
        ]
        (folder / name).write_text("h,psu,x\n" + "".join(lines))


PADDED = [f"{number:03d}" for number in range(1, 21)]
STRIPPED = [str(number) for number in range(1, 21)]


# ---- codes that lost their zeros ----------------------------------------------------------------


def test_rounds_whose_codes_lost_their_zeros_are_refused_with_a_way_out(tmp_path):
    write_rounds(tmp_path, PADDED, STRIPPED)
    fault = only(faults(tmp_path, MEAN + CHANGE, head=head(), rows=None))
    assert (fault.code, fault.place, fault.line) == (
        "codes-differ-by-zeros",
        "design.clusters[1]",
        9,
    )
    said = fault_sentence(fault, "vi")
    assert "«001» và «1» của cột «psu» chỉ khác nhau ở số 0 đứng đầu (20 mã như vậy)" in said
    assert 'types = { psu = "number" }' in said


@pytest.mark.parametrize("cure", ["types", "derive"])
def test_either_way_out_gives_the_error_of_codes_typed_alike(tmp_path, cure):
    write_rounds(tmp_path, PADDED, PADDED)
    right = result(tmp_path, MEAN + CHANGE, head=head(), rows=None)["contrasts"][0]
    write_rounds(tmp_path, PADDED, STRIPPED)
    types, derive = 'types = { psu = "number" }\n', ""
    if cure == "derive":
        types = ""
        derive = '[[derive]]\nname = "psu"\nexpression = "LPAD(psu, 3, \'0\')"\n'
    body = derive + MEAN + CHANGE
    found = result(tmp_path, body, head=head(more=types), rows=None)["contrasts"][0]
    assert found["standard_error"] == pytest.approx(right["standard_error"], rel=1e-12)
    assert found["df"] == right["df"]


def test_codes_of_independent_rounds_need_not_be_typed_alike(tmp_path):
    write_rounds(tmp_path, PADDED, STRIPPED)
    found = result(tmp_path, MEAN, head=head("independent"), rows=None)
    assert found["design"]["n_psu"] == 40


def test_parts_of_one_sample_must_be_typed_alike(tmp_path):
    write_rounds(tmp_path, PADDED, STRIPPED)
    files = (
        'plan = 1\n[data]\nfiles = ["one.csv", "two.csv"]\n[design]\nclusters = "psu"\nweight = 1\n'
    )
    body = MEAN.replace('by = "round"\n', "")
    assert only(faults(tmp_path, body, head=files, rows=None)).code == "codes-differ-by-zeros"


def test_codes_alike_in_different_strata_are_different_units(tmp_path):
    rows = ROWS.replace("north,c1", "north,01").replace("south,c1", "south,1")
    assert result(tmp_path, "", rows=rows)["design"]["n_psu"] == 4


@pytest.mark.parametrize("stratum", ["North", "north ", "NORTH"])
def test_strata_typed_in_two_ways_are_refused(tmp_path, stratum):
    rows = ROWS.replace("north,c2,10,1", f"{stratum},c2,10,1")
    fault = only(faults(tmp_path, "", rows=rows))
    assert (fault.code, fault.place) == ("codes-alike", "design.strata[1]")


def test_large_parquet_files_are_looked_at_too(tmp_path):
    n = 200_000
    psu = np.array([f"{number:03d}" for number in range(1, 101)])[np.arange(n) % 100]
    psu[:1000] = [code.lstrip("0") for code in psu[:1000]]
    pl.DataFrame({"psu": psu, "w": np.ones(n), "x": np.arange(n) % 7}).write_parquet(
        tmp_path / "rows.parquet"
    )
    plan = 'plan = 1\n[data]\nfile = "rows.parquet"\n[design]\nclusters = "psu"\nweight = "w"\n'
    body = MEAN.replace('by = "round"\n', "")
    assert only(faults(tmp_path, body, head=plan, rows=None)).code == "codes-differ-by-zeros"


def test_categories_typed_in_two_ways_are_noted(tmp_path):
    rows = ROWS.replace("5,f,", "5,F,")
    body = '[[estimate]]\nname = "a"\nkind = "proportion"\nof = "sex"\n'
    found = result(tmp_path, body, rows=rows)
    assert found["data"]["notes"] == [{"code": "codes-alike", "detail": "sex | F | f"}]
    assert "Cột «sex»: «F» và «f» chỉ khác nhau ở cách viết" in show(found, "vi")


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ("007", "7"),
        ("000", "0"),
        ("101.0", "101"),
        (" Xã  A ", "xã a"),
        ("01a", "01a"),
        ("1.5", "1.5"),
        ("10", "10"),
    ],
)
def test_a_code_is_bared_of_what_programs_change(code, wanted):
    assert bare(code) == wanted


def test_codes_alike_are_grouped():
    assert alike(["1", "01", "2", "A", "a ", "b"]) == [("01", "1"), ("A", "a ")]


# ---- rounds --------------------------------------------------------------------------------------


def notes(found):
    return {note["code"]: note["detail"] for note in found["data"]["notes"]}


def test_overlapping_rounds_with_no_psu_in_common_are_refused(tmp_path):
    write_rounds(tmp_path, PADDED, [f"9{code}" for code in PADDED])
    fault = only(faults(tmp_path, MEAN, head=head(), rows=None))
    assert (fault.code, fault.place) == ("rounds-share-none", "design.rounds")


def test_overlapping_rounds_with_few_psus_in_common_are_noted(tmp_path):
    write_rounds(tmp_path, PADDED, PADDED[:4] + [f"9{code}" for code in PADDED[4:]])
    found = result(tmp_path, MEAN, head=head(), rows=None)
    assert notes(found) == {"rounds-share-few": "1 | 2 | 4 | 20 | 20"}
    assert "chỉ có 4 PSU chung (mỗi đợt 20 và 20)" in show(found, "vi")


def test_psus_that_changed_their_stratum_are_noted(tmp_path):
    write_rounds(tmp_path, PADDED, PADDED)
    text = (tmp_path / "two.csv").read_text().replace("a,002", "b,002")
    (tmp_path / "two.csv").write_text(text)
    found = result(tmp_path, MEAN, head=head(), rows=None)
    assert notes(found) == {"psus-changed-strata": "1 | 2 | 1"}


def test_independent_rounds_with_the_same_codes_are_asked_about(tmp_path):
    write_rounds(tmp_path, PADDED, PADDED)
    found = result(tmp_path, MEAN, head=head("independent"), rows=None)
    assert notes(found) == {"rounds-share-psus": "1 | 2 | 20 | 20 | 20"}
    assert notes(result(tmp_path, MEAN, head=head(), rows=None)) == {}


def test_check_says_so_too(tmp_path, capsys):
    write_rounds(tmp_path, PADDED, PADDED)
    (tmp_path / "p.toml").write_text(head("independent") + MEAN)
    assert main(["check", str(tmp_path / "p.toml"), "--lang", "vi"]) == 0
    assert "có 20 mã PSU chung" in capsys.readouterr().out


# ---- weights -------------------------------------------------------------------------------------

RAKE = (
    '[[weights]]\nstep = "rake"\nmargins = [{ by = "sex", totals = { f = 60, m = 40 } },'
    '{ by = "region", totals = { north = 30, south = 70 } }]\n'
)
TRIM = '[[weights]]\nstep = "trim"\nupper = 16\nstrict = false\n'
SCALE = '[[weights]]\nstep = "scale"\nto = "sample"\n'


def moved(found):
    return [
        [note["detail"] for note in step["notes"] if note["code"] == "totals-moved"]
        for step in found["weights"]
    ]


def test_trimming_after_raking_says_how_far_the_margins_moved(tmp_path):
    found = result(tmp_path, RAKE + TRIM)
    (_, (detail,)) = moved(found)
    number, step, name, distance = detail.split(" | ")
    sums = dict.fromkeys(("sex:f", "sex:m", "region:north", "region:south"), 0.0)
    body = RAKE + TRIM + '[[estimate]]\nname = "n"\nkind = "count"\nof = ["sex", "region"]\n'
    for row in result(tmp_path, body)["estimates"]:
        sums[f"{row['variable']}:{row['category']}"] = row["value"]
    target = {"sex:f": 60, "sex:m": 40, "region:north": 30, "region:south": 70}
    farthest = max(target, key=lambda one: abs(sums[one] / target[one] - 1))
    assert (number, step, name) == ("1", "rake", farthest)
    assert float(distance) == pytest.approx(abs(sums[name] / target[name] - 1), rel=1e-5)
    assert "Hãy hiệu chỉnh lại" in show(found, "vi")


def test_raking_once_more_is_what_helps(tmp_path):
    assert moved(result(tmp_path, RAKE + TRIM + RAKE))[2] == []


def test_a_second_step_that_moves_the_totals_of_the_first_is_noted(tmp_path):
    other = '[[weights]]\nstep = "poststratify"\nby = "q"\ntotals = { low = 40, high = 60 }\n'
    case = "CASE WHEN income > 2.2 THEN 'high' ELSE 'low' END"
    derive = f'[[derive]]\nname = "q"\nexpression = "{case}"\n'
    assert [len(one) for one in moved(result(tmp_path, derive + RAKE + other))] == [0, 1]


def test_scaling_is_not_taken_for_a_mistake(tmp_path):
    assert moved(result(tmp_path, RAKE + SCALE + TRIM)) == [[], [], []]


def test_fitted_to_some_rows_only_counts_these(tmp_path):
    step = RAKE.replace("margins", 'where = "q1 > 1"\nmargins')
    assert moved(result(tmp_path, step + TRIM))[0] == []
    assert len(moved(result(tmp_path, step + TRIM))[1]) == 1


# ---- tests without degrees of freedom ------------------------------------------------------------

TESTS = (
    '[[test]]\nname = "x"\nkind = "chi-square"\nrows = "q1"\ncolumns = "sex"\n'
    '[[test]]\nname = "xw"\nkind = "chi-square"\nrows = "q1"\ncolumns = "sex"\n'
    'statistic = "adjusted-wald"\n'
    '[[test]]\nname = "t"\nkind = "t"\nof = "income"\nby = "sex"\n'
    '[[model]]\nname = "m"\nkind = "linear"\nresponse = "income"\nterms = ["sex", "q1"]\n'
    '[[test]]\nname = "w"\nkind = "wald"\nmodel = "m"\nterms = ["sex"]\n'
    '[[estimate]]\nname = "e"\nkind = "mean"\nof = "income"\nby = "sex"\n'
    '[[contrast]]\nname = "c"\nestimate = "e"\ndifference = [{ sex = "f" }, { sex = "m" }]\n'
)
LONELY = HEAD.replace('strata = "region"', 'strata = "commune"\nlonely = "adjust"')
CENSUS = HEAD.replace('clusters = "commune"\nweight = "w"', "fpc = { north = 4, south = 4 }")


@pytest.mark.parametrize(
    ("head", "code"), [(LONELY, "no-freedom-to-test"), (CENSUS, "nothing-to-test")]
)
def test_no_p_value_without_a_reason(tmp_path, head, code):
    found = result(tmp_path, TESTS, head=head)
    tests = [*found["tests"], *found["contrasts"], *found["models"]]
    assert len(tests) == 6
    for test in tests:
        assert np.isnan(test.get("p_value", np.nan))
        assert code in {note["code"] for note in test["notes"]}, test["name"]
    for language in ("vi", "en"):
        assert note_sentence(code, "0", language) in show(found, language)


def test_more_hypotheses_than_psus_can_tell_apart_are_said_to_be_so(tmp_path):
    body = TESTS.split("[[test]]")[2].replace('"adjusted-wald"', '"wald"')
    (test,) = result(tmp_path, "[[test]]" + body)["tests"]
    assert [note["code"] for note in test["notes"]] == ["too-many-hypotheses"]


# ---- domains -------------------------------------------------------------------------------------


def test_hundreds_of_domains_are_asked_about(tmp_path):
    rows = "g,w\n" + "".join(f"{number % 150},1\n" for number in range(450))
    plan = HEAD.split("[design]")[0] + "[design]\nweight = 'w'\n"
    body = '[[estimate]]\nname = "people"\nkind = "count"\nby = "g"\n'
    found = result(tmp_path, body, head=plan, rows=rows)
    assert notes(found) == {"many-domains": "people | g | 150 | 3"}
    assert "150 nhóm theo g, một nửa số nhóm có không quá 3 người trả lời" in show(found, "vi")
    few = "g,w\n" + "".join(f"{number % 90},1\n" for number in range(450))
    assert notes(result(tmp_path, body, head=plan, rows=few)) == {}
