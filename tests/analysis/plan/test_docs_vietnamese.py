"""The Vietnamese page: its plans run, its figures are theirs, no key and no note is left out."""

import re

import pytest

from analysis.plan.read import parse_plan
from analysis.plan.result import result_of
from analysis.plan.run import run
from analysis.plan.show import show
from analysis.plan.words import sentences
from tests.analysis.plan.keys import own_keys, sections
from tests.analysis.plan.make_vietnamese import FOLDER, files
from tests.analysis.plan.test_docs import DOCS

PAGE = (DOCS / "analysis-plan.vi.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
FIRST, WHOLE, CHANGE = range(3)


@pytest.fixture(scope="module")
def results():
    return [result_of(run(parse_plan(example, DOCS))) for example in EXAMPLES]


def test_every_plan_of_the_page_runs_and_is_shown_in_vietnamese(results):
    assert len(results) == 3
    for found in results:
        assert found["estimates"]
        assert "sai số chuẩn" in show(found, "vi")


def test_the_recipe_goes_from_weights_to_comparison(results):
    found = results[WHOLE]
    assert [step["step"] for step in found["weights"]] == [
        "unknown-eligibility",
        "nonresponse",
        "rake",
    ]
    for part in ("indices", "contrasts", "models", "tests"):
        assert found[part], part


def in_vietnamese(share, decimals=1):
    return f"{100 * share:.{decimals}f}".replace(".", ",")


def test_the_sentences_for_a_report_hold_figures_of_the_plan(results):
    text = " ".join(PAGE.split())
    rate = next(row for row in results[WHOLE]["estimates"] if row["name"] == "ty_le")
    low, high = in_vietnamese(rate["low"]), in_vietnamese(rate["high"])
    assert f"{in_vietnamese(rate['value'])}% người sử dụng dịch vụ hài lòng" in text
    assert f"khoảng tin cậy 95%: {low}% đến {high}%; {rate['n']} người trả lời" in text
    change = next(
        row
        for row in results[WHOLE]["contrasts"]
        if (row["variable"], row["category"]) == ("chung", "satisfied")
    )
    assert f"thấp hơn đô thị {in_vietnamese(-change['value'])} điểm phần trăm" in text
    ends = (in_vietnamese(-change["high"]), in_vietnamese(-change["low"]))
    assert f"từ {ends[0]} đến {ends[1]} điểm" in text


def test_the_table_that_is_shown_is_that_of_the_plan(results):
    lines = show(results[FIRST], "vi").splitlines()
    start = lines.index("ty_le (tỷ lệ, 95%)")
    for line in lines[start : start + 3]:
        assert f"    {line}\n" in PAGE


def test_the_change_is_compared_among_the_same_communes(results):
    assert results[CHANGE]["data"]["notes"] == []
    assert len(results[CHANGE]["contrasts"]) == 1


ROWS = {
    name: re.findall(r"`([a-z_]+)`", meaning)
    for name, meaning in re.findall(r"<!-- (\w+) --> \| (.*) \|$", PAGE, re.MULTILINE)
}


@pytest.mark.parametrize(
    "cls", [one for one in sections() if own_keys(one)], ids=lambda cls: cls.__name__
)
def test_every_key_is_in_the_table(cls):
    assert set(own_keys(cls)) <= set(ROWS[cls.__name__])


def test_no_section_is_in_the_table_that_does_not_exist():
    assert set(ROWS) == {one.__name__ for one in sections() if own_keys(one)}


def test_every_note_is_in_the_list():
    part = PAGE[PAGE.index("**Ghi chú**") : PAGE.index("**Lỗi thường gặp**")]
    listed = {
        code
        for line in part.splitlines()
        if line.startswith("| `")
        for code in re.findall(r"`([a-z-]+)`", line.split(" | ")[0])
    }
    assert listed == set(sentences("vi", "NOTES"))


@pytest.mark.parametrize("name", sorted(files()))
def test_files_of_the_page_are_made_again_alike(name):
    assert (FOLDER / name).read_text(encoding="utf-8") == files()[name]
