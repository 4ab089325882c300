"""What docs/sampling.md says of plans and draws is what the code does."""

import dataclasses
import re
import textwrap
from pathlib import Path

import pytest

from surveys.sampling.design import NOTE_CODES
from surveys.sampling.plan import FAULT_CODES, Coordination, Plan, Reserves, Stage, read_plan
from surveys.sampling.schema import METHODS, ROUNDINGS, SORTS, TIES
from surveys.sampling.warnings import Warned

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "sampling.md").read_text(encoding="utf-8")
DRAWING = PAGE[PAGE.index("\n## Plan\n") :]
MODULES = (
    "chance", "circle", "design", "drawing", "evaluate", "frame", "joint", "layout", "listing",
    "plan", "plan_fit", "positions", "preview", "schema", "select", "selection", "takes", "units",
    "methods/listed", "methods/ordered", "methods/probabilities", "methods/sampford",
)  # fmt: skip


def section(title, marks="##"):
    after = PAGE.split(f"\n{marks} {title}\n", 1)[1]
    return re.split(rf"^#{{2,{len(marks)}}} ", after, maxsplit=1, flags=re.MULTILINE)[0]


def first_cells(text):
    return re.findall(r"^\| (`.*?`[^|]*) \|", text, re.MULTILINE)


@pytest.mark.parametrize("text", re.findall(r"```toml\n(.*?)```", DRAWING, re.DOTALL))
def test_the_plans_of_the_page_are_plans(text):
    assert read_plan(text).stages


def test_every_key_is_explained_and_no_other():
    text = section("Keys", "###")
    explained = {name for cell in first_cells(text) for name in re.findall(r"`(\w+)`", cell)}
    names = {field.name for kind in (Plan, Stage) for field in dataclasses.fields(kind)}
    assert explained == names - {"stages"} | {"sampling", "stage"}
    for kind in (Reserves, Coordination):
        for field in dataclasses.fields(kind):
            assert f"`{field.name}`" in text


def test_every_word_a_key_may_have_is_named():
    text = section("Keys", "###")
    for word in (*ROUNDINGS, *SORTS, *TIES):
        assert f"`{word}`" in text or f'"{word}"' in text
    methods = [cell.strip("`") for cell in first_cells(section("Selection"))]
    assert [method for method in methods if "," not in method][: len(METHODS)] == list(METHODS)


def test_every_fault_warning_and_note_is_explained_and_no_other():
    faults = re.findall(r"`([a-z]+\.[a-z-]+)`", ", ".join(first_cells(section("Faults", "###"))))
    assert sorted(faults) == sorted(FAULT_CODES)
    warned = re.findall(
        r"`([a-z]+\.[a-z-]+)`", ", ".join(first_cells(section("What is to be expected", "###")))
    )
    assert sorted(warned) == sorted(Warned.CODES)
    assert set(re.findall(r"`(variance\.[a-z-]+)`", DRAWING)) == NOTE_CODES


def test_the_example_of_a_draw_runs():
    examples = re.findall(r"(?:^(?:    .*|)\n)+", section("The draw"), re.MULTILINE)
    code = [textwrap.dedent(block) for block in examples if "import" in block]
    assert len(code) == 1
    exec(code[0], {})  # noqa: S102 - our own page


def test_every_source_is_in_the_references():
    known = set(re.findall(r"\*\*\[(\w+)\]\*\*", (ROOT / "docs/references.md").read_text()))
    folder = ROOT / "surveys" / "sampling"
    texts = [DRAWING, *((folder / f"{name}.py").read_text(encoding="utf-8") for name in MODULES)]
    key = re.compile(r"\b([A-Z][A-Za-z]+(?:19|20)\d\d)\b")
    for text in texts:
        cited = {name for part in re.findall(r"\[([^\]]*)\]", text) for name in key.findall(part)}
        assert cited <= known
