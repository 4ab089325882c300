"""The page about plans says what plans are: every key, and examples that run."""

import math
import re
from pathlib import Path

import pytest

from analysis.plan.read import parse_plan
from analysis.plan.result import result_of, without_nan
from analysis.plan.run import run
from analysis.plan.schema.estimates import ESTIMATES
from analysis.plan.schema.hypotheses import HYPOTHESES
from analysis.plan.schema.models import MODELS
from analysis.plan.schema.weights import STEPS
from tests.analysis.plan.keys import own_keys, rows, sections
from tests.analysis.plan.make_examples import FOLDER, files

DOCS = Path(__file__).parents[3] / "docs"
PAGE = (DOCS / "analysis-plan.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
HEAD = EXAMPLES[0].split("[[estimate]]")[0]
TABLES = dict(re.findall(r"<!-- keys of (\w+) -->\n((?:\|.*\n)+)", PAGE))


def whole(example):
    """Return an example as a complete plan."""
    return example if example.startswith("plan = 1") else HEAD + example


def examples():
    for number, example in enumerate(EXAMPLES):
        yield pytest.param(example, id=f"{number}-{example.splitlines()[-1][:30]}")


@pytest.mark.parametrize("example", list(examples()))
def test_every_example_runs_and_gives_figures(example):
    found = without_nan(result_of(run(parse_plan(whole(example), DOCS))))
    figures = found["estimates"] + found["contrasts"]
    figures += [one for model in found["models"] for one in model["coefficients"]]
    assert figures
    for figure in figures:
        assert math.isfinite(figure["value"])
        assert figure["standard_error"] >= 0
        if figure.get("interval") != "none":
            assert figure["low"] <= figure["value"] <= figure["high"]
    for test in found["tests"]:
        assert 0 <= test["p_value"] <= 1


def test_every_kind_and_step_has_an_example():
    text = "\n".join(EXAMPLES)
    for words, key in (
        (ESTIMATES, "kind"),
        (MODELS, "kind"),
        (HYPOTHESES, "kind"),
        (STEPS, "step"),
    ):
        for one in words:
            assert f'{key} = "{one}"' in text, one


@pytest.mark.parametrize("key", ["selection", "make", "lonely", "distance"])
def test_every_choice_of_a_design_has_an_example(key):
    declared = next(own_keys(cls)[key] for cls in sections() if key in own_keys(cls))
    usual = declared.default
    for one in declared.metadata["shape"].words:
        is_shown = f'{key} = "{one}"' in "\n".join(EXAMPLES)
        assert is_shown or one == usual or key == "lonely", one


@pytest.mark.parametrize(
    "cls", [one for one in sections() if own_keys(one)], ids=lambda c: c.__name__
)
def test_every_key_is_documented_with_its_type_and_default(cls):
    lines = TABLES[cls.__name__].splitlines()[2:]
    cells = [re.split(r"(?<!\\) \| ", line.strip("| ")) for line in lines]
    assert [tuple(line[:3]) for line in cells] == rows(cls)
    assert all(len(line) == 4 and line[3].strip() for line in cells)


def test_nothing_is_documented_that_does_not_exist():
    assert set(TABLES) == {one.__name__ for one in sections() if own_keys(one)}


def test_fields_of_the_result_are_those_that_are_written():
    listed = {
        section: re.findall(r"`(\w+)`", text)
        for section, text in re.findall(r"^\| `(\w+)` \| (.*) \|$", PAGE, re.MULTILINE)
    }
    body = (
        'covariance = true\n[[contrast]]\nname = "c"\nestimate = "rate"\n'
        'difference = [{ sex = "male" }, { sex = "female" }]\n[[model]]\nname = "m"\n'
        'kind = "linear"\nresponse = "minutes"\nterms = ["sex"]\n[[test]]\nname = "t"\n'
        'kind = "t"\nof = "minutes"\nby = "sex"\n[[test]]\nname = "x"\nkind = "chi-square"\n'
        'rows = "q1"\ncolumns = "sex"\n[[weights]]\nstep = "rake"\n'
        'margins = [{ by = "sex", totals = { female = 1, male = 2 } }]\n'
    )
    found = result_of(run(parse_plan(EXAMPLES[0] + body, DOCS)))
    assert set(found) == {"plan", "data", *listed} & set(found)
    for section in ("data", "design", "weights", "estimates", "covariances", "contrasts", "tests"):
        several = found[section] if isinstance(found[section], list) else [found[section]]
        fields = {field for row in several for field in row}
        assert fields <= {*listed[section], "name", "kind", "level"}, section


@pytest.mark.parametrize("name", sorted(files()))
def test_files_of_the_examples_are_made_again_alike(name):
    assert (FOLDER / name).read_text(encoding="utf-8") == files()[name]
