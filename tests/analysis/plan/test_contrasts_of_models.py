"""Contrasts of coefficients and of predicted margins agree with the model itself."""

import pytest

from analysis.plan.read import parse_plan
from analysis.plan.result import result_of
from analysis.plan.run import run
from tests.analysis.plan.test_docs import DOCS
from tests.analysis.plan.written import faults, only

HEAD = """\
plan = 1
[data]
file = "examples/people_2026.csv"
[design]
strata = "area"
clusters = "commune"
weight = "w"
REPLICATES
[[estimate]]
name = "minutes"
kind = "mean"
of = "minutes"
by = "area"
[[model]]
name = "m"
kind = "linear"
response = "minutes"
terms = ["sex", "age"]
margins = ["sex"]
[[model]]
name = "groups"
kind = "linear"
response = "minutes"
terms = ["area", "0"]
[[model]]
name = "answer"
kind = "ordinal"
response = "q1"
terms = ["sex"]
margins = ["sex"]
"""
DESIGNS = {"linearised": "", "jackknife": '[design.replicates]\nmake = "jkn"\n'}
FIELDS = ("value", "standard_error", "low", "high", "df", "statistic", "p_value")


def contrast(design, expression, **inputs):
    """Return the one contrast of a plan and the models it is made of."""
    text = HEAD.replace("REPLICATES", DESIGNS[design])
    text += f'[[contrast]]\nname = "c"\nexpression = "{expression}"\n'
    text += "".join(f"inputs.{name} = {{ {one} }}\n" for name, one in inputs.items())
    found = result_of(run(parse_plan(text, DOCS)))
    return found["contrasts"][0], {one["name"]: one for one in found["models"]}


def part(model, name, term):
    """Return the row of a model."""
    return next(row for row in model[name] if row["term"] == term)


def same(one, other):
    """Say whether two rows tell the same."""
    return [one[field] for field in FIELDS] == pytest.approx([other[f] for f in FIELDS], rel=1e-9)


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize(
    ("model", "rows", "key", "term"),
    [
        ("m", "coefficients", "coefficient", "sex[male]"),
        ("m", "margins", "margin", "sex[female]"),
        ("answer", "coefficients", "coefficient", "3|4"),
        ("answer", "margins", "margin", "sex[male]=4"),
    ],
)
def test_a_coefficient_or_margin_alone_is_itself(design, model, rows, key, term):
    found, models = contrast(design, "1 * a", a=f'model = "{model}", {key} = "{term}"')
    assert same(found, part(models[model], rows, term))


@pytest.mark.parametrize("design", DESIGNS)
def test_a_difference_of_margins_is_that_of_the_model(design):
    male, female = (f'model = "m", margin = "sex[{one}]"' for one in ("male", "female"))
    found, models = contrast(design, "a - b", a=male, b=female)
    assert same(found, models["m"]["differences"][0])


@pytest.mark.parametrize("design", DESIGNS)
def test_a_regression_on_groups_alone_has_nothing_but_their_means(design):
    found, models = contrast(
        design,
        "a - b",
        a='model = "groups", coefficient = "area[urban]"',
        b='estimate = "minutes", domain = { area = "urban" }',
    )
    own = part(models["groups"], "coefficients", "area[urban]")
    assert found["value"] == pytest.approx(0, abs=1e-9 * own["value"])
    assert found["standard_error"] == pytest.approx(0, abs=1e-9 * own["value"])
    # About all communes, with one degree of freedom lost for each further group.
    assert found["df"] == own["df"]


def test_as_many_degrees_of_freedom_are_lost_as_the_largest_model_loses():
    one = 'model = "m", coefficient = "age"'
    alone, models = contrast("linearised", "1 * a", a=one)
    both, _ = contrast(
        "linearised", "a / b", a=one, b='model = "groups", coefficient = "area[rural]"'
    )
    margin, _ = contrast("linearised", "1 * a", a='model = "m", margin = "sex[male]"')
    assert alone["df"] == both["df"] == models["m"]["df"]
    assert margin["df"] == alone["df"] + 2


BODY = """
[[estimate]]
name = "e"
kind = "mean"
of = "income"
[[model]]
name = "m"
kind = "linear"
response = "income"
terms = ["sex"]
[[contrast]]
name = "c"
expression = "1 * a"
"""


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ('model = "m", coefficient = "sex[x]"', "no-such-figure"),
        ('model = "m", margin = "sex[m]"', "no-such-figure"),
        ('model = "n", coefficient = "sex[m]"', "unknown-model"),
        ('model = "m"', "one-of-keys"),
        ('model = "m", coefficient = "sex[m]", margin = "sex[m]"', "keys-exclude"),
        ('model = "m", estimate = "e", coefficient = "sex[m]"', "keys-exclude"),
        ('model = "m", coefficient = "sex[m]", variable = "income"', "keys-exclude"),
        ('estimate = "e", coefficient = "sex[m]"', "key-needs-key"),
        ('variable = "income"', "one-of-keys"),
    ],
)
def test_what_is_wrong_with_an_input_is_told_with_its_line(tmp_path, given, code):
    found = only(faults(tmp_path, BODY + f"inputs.a = {{ {given} }}\n"))
    assert (found.code, found.line) == (code, 21)
