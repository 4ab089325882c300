"""What docs/sampling.md says of sizes and allocations is what the code does."""

import importlib
import inspect
import re
import textwrap
from pathlib import Path

import pytest

from surveys.sampling.errors import ERROR_CODES
from surveys.sampling.power import Scale
from surveys.sampling.precision import NOTE_CODES
from surveys.sampling.table import WITHHELD_CODES, Held, Method

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "sampling.md").read_text(encoding="utf-8")
KEY = re.compile(r"\b([A-Z][A-Za-z]+(?:19|20)\d\d)\b")
PLANNING = ("errors", "effects", "precision", "size", "slovin", "power", "bounds", "rounding",
            "strata", "targets", "bethel", "table", "expected", "allocate")  # fmt: skip


def section(title, marks="##"):
    after = PAGE.split(f"\n{marks} {title}\n", 1)[1]
    return re.split(rf"^#{{2,{len(marks)}}} ", after, maxsplit=1, flags=re.MULTILINE)[0]


def first_cells(text):
    return re.findall(r"^\| (`.*?`[^|]*) \|", text, re.MULTILINE)


def test_the_examples_of_sizes_and_allocations_run():
    text = section("Size") + section("Allocation")
    examples = re.findall(r"(?:^(?:    .*|)\n)+", text, re.MULTILINE)
    code = [textwrap.dedent(block) for block in examples if "import" in block]
    assert len(code) == 4
    exec("\n".join(code), {})  # noqa: S102 - our own page


def test_every_code_is_explained_and_no_other():
    codes = re.findall(r"`([a-z.-]+)`", ", ".join(first_cells(section("Codes", "###"))))
    assert sorted(codes) == sorted(ERROR_CODES | NOTE_CODES | WITHHELD_CODES)


def test_every_method_scale_and_hold_is_named():
    for name in (*Method, *Scale, *Held):
        assert f"`{name.value}`" in PAGE


def test_calls_are_listed_with_all_they_take():
    rows = re.findall(r"^\| `(\w+)` \| (.*?) \|", section("For a page", "###"), re.MULTILINE)
    calls = [
        (module, *call)
        for module, cell in rows
        for call in re.findall(r"`([\w.]+)\((.*?)\)`", cell)
    ]
    assert len(calls) >= 20
    for module, name, listed in calls:
        found = importlib.import_module(f"surveys.sampling.{module}")
        for part in name.split("."):
            found = getattr(found, part)
        assert listed.split(", ") == list(inspect.signature(found).parameters), name


@pytest.mark.parametrize("module", PLANNING)
def test_every_source_is_in_the_references(module):
    known = set(re.findall(r"\*\*\[(\w+)\]\*\*", (ROOT / "docs/references.md").read_text()))
    code = (ROOT / "surveys" / "sampling" / f"{module}.py").read_text(encoding="utf-8")
    for text in (code, section("Size"), section("Allocation")):
        cited = {key for part in re.findall(r"\[([^\]]*)\]", text) for key in KEY.findall(part)}
        assert cited <= known
