"""Plans of the right form and with any content, drawn from the declared keys."""

from __future__ import annotations

import json

from hypothesis import strategies as st

from analysis.plan.faults import PlanFaults
from analysis.plan.read import parse_plan
from analysis.plan.reader import keys_of
from analysis.plan.schema.columns import Derive
from analysis.plan.schema.contrasts import Contrast, Input
from analysis.plan.schema.design import DesignSection
from analysis.plan.schema.estimates import ESTIMATES
from analysis.plan.schema.hypotheses import HYPOTHESES
from analysis.plan.schema.known_totals import KnownTotals
from analysis.plan.schema.models import MODELS
from analysis.plan.schema.scales import ScaleSection
from analysis.plan.schema.weights import STEPS
from analysis.plan.shapes import (
    Choice,
    Code,
    Column,
    Expression,
    Flag,
    Holds,
    Number,
    OneOf,
    Part,
    Several,
    Table,
    Text,
    Whole,
)
from analysis.plan.terms import Term
from tests.analysis.plan.make_examples import FOLDER

COLUMNS = ["area", "commune", "village", "pair", "sex", "age_group", "status"]
NUMBERS = ["w", "n_communes", "n_people", "age", "q1", "q2", "minutes", "visits", "online"]
NUMBERS += ["on_time", "responded", "half", "odd", "flat", "person"]
CODES = ["rural", "urban", "female", "male", "1", "4", "18-39", "unknown", "C01", "none"]
FORMULAS = ["a - b", "a / b", "log(a)", "a", "sqrt(a * b)", "b ** a", "a + nothing"]
CONDITIONS = [
    "q1 >= 4",
    "sex = 'female'",
    "area = 'urban' AND age < 50",
    "q1 IS NULL",
    "minutes / 0 > 1",
    "commune = 'C01'",
    "age > 1000",
    "status = 'respondent'",
]
FORMS = [
    "q1 + q2",
    "minutes / (visits - 1)",
    "CASE WHEN q1 > 3 THEN 1 ELSE 0 END",
    "w * 0",
    "-w",
    "age > 50",
    "area || sex",
    "LN(minutes - 30)",
    "1.0 / n_people",
    "NULL",
    "COUNT(*) OVER (PARTITION BY commune)",
]
PATHS = ["examples/joint.csv", "examples/method.toml", "examples/population.csv", "no.csv"]
TERMS = ["1", "0", "age", "sex", "area", "q1", "age:sex", "area:sex", "minutes", "commune", "flat"]
HEAD = """\
plan = 1
[data]
file = "examples/{file}"
[[derive]]
name = "half"
expression = "0.5"
[[derive]]
name = "odd"
expression = "CASE WHEN person % 7 = 0 THEN NULL WHEN person % 3 = 0 THEN 0 ELSE person / 50.0 END"
[[derive]]
name = "flat"
expression = "3"
"""
FILES = ["people_2026.csv", "drawn_2026.csv", "people_replicates.csv"]


def values(shape, name=""):  # noqa: C901, PLR0911, PLR0912  one line for each shape
    """Return a strategy for what may stand at a key."""
    match shape:
        case Column(is_pattern=True):
            return st.sampled_from(["rw*", "rw1", "q*"])
        case Column(holds=Holds.NUMBERS):
            return st.sampled_from(NUMBERS)
        case Column():
            return st.sampled_from(COLUMNS * 2 + NUMBERS)
        case Term():
            return st.sampled_from(TERMS)
        case Expression():
            return st.sampled_from(FORMS if name == "expression" else CONDITIONS)
        case Text(name="path"):
            return st.sampled_from(PATHS)
        case Text(name="formula"):
            return st.sampled_from(FORMULAS)
        case Text():
            return st.sampled_from(["e1", "e2", "m1", "q1", "minutes", "on_time/visits"])
        case Choice():
            return st.sampled_from(shape.words)
        case Code():
            return st.sampled_from(CODES)
        case Flag():
            return st.booleans()
        case Whole():
            return st.sampled_from(
                [n for n in (0, 1, 2, 5, 20, 40) if shape.low <= n <= shape.high]
            )
        case Number():
            numbers = [0.0, 1.0, 0.5, 0.05, 0.95, 2.0, 25.0, 5000.0, -1.0, 1e9]
            inside = [x for x in numbers if shape.low <= x <= shape.high]
            return st.sampled_from([x for x in inside if not shape.is_open or x != shape.low])
        case Several():
            least = shape.least
            return st.lists(
                values(shape.of, name), min_size=least, max_size=3, unique_by=json.dumps
            )
        case Table():
            return st.dictionaries(st.sampled_from([*COLUMNS, "a", "b", "rural"]), values(shape.of))
        case OneOf():
            return st.one_of([values(one, name) for one in shape.shapes.values()])
        case Part():
            return tables(shape.section)
        case KnownTotals():
            return totals()
        case _:
            return st.sampled_from([1, 3, 4, "fast"])


def totals():
    """Return a strategy for known totals, right ones among them."""
    by_area = {"rural": 41000, "upland": 9000, "urban": 16000}
    return st.sampled_from(
        [
            by_area,
            {"female": 34320, "male": 31680},
            {"1": 66000, "age": 3.2e6},
            {"1": 66000, **{f"area:{k}": v for k, v in by_area.items()}},
            {"1": 66000, "sex:male": 31680},
            {k: {"female": v * 0.52, "male": v * 0.48} for k, v in by_area.items()},
            {"rural": 0, "urban": -5},
            "examples/population.csv",
        ]
    )


@st.composite
def tables(draw, cls, **fixed):
    """Draw a section: what it needs, and some of the rest."""
    table = dict(fixed)
    for name, declared in keys_of(cls).items():
        is_needed = declared.metadata["is_required"]
        if name not in table and (is_needed or draw(st.integers(0, 5)) == 0):
            table[name] = draw(values(declared.metadata["shape"], name))
    return table


@st.composite
def designs(draw):
    """Draw a design, often a usual one."""
    usual = st.sampled_from(
        [
            {"strata": "area", "clusters": "commune", "weight": "w"},
            {"strata": "pair", "clusters": ["commune", "village"], "weight": "w"},
            {"weight": "w", "lonely": "adjust"},
        ]
    )
    if draw(st.integers(0, 2)):
        design = dict(draw(usual))
        if draw(st.booleans()):
            make = draw(st.sampled_from(["jk1", "jkn", "jk2", "brr", "fay", "bootstrap", "sdr"]))
            design["replicates"] = {"make": make}
            if make == "bootstrap":
                design["replicates"] |= {"n": 20, "seed": 1}
            if make == "fay":
                design["replicates"]["rho"] = 0.5
        return design
    return draw(tables(DesignSection))


def contrasts():
    """Return a strategy for contrasts of every form."""
    figure = tables(Input, estimate="e1")
    by = st.dictionaries(st.sampled_from(["area", "sex"]), st.sampled_from(CODES), max_size=2)
    return st.one_of(
        tables(Contrast),
        st.builds(
            lambda a, b, text: {"name": "c", "inputs": {"a": a, "b": b}, "expression": text},
            figure,
            figure,
            st.sampled_from(FORMULAS),
        ),
        st.builds(lambda a: {"name": "c", "estimate": "e1", "against": a}, by),
        st.builds(lambda a, b: {"name": "c", "estimate": "e1", "difference": [a, b]}, by, by),
    )


@st.composite
def plans(draw):
    """Draw a whole plan."""
    text = HEAD.format(file=draw(st.sampled_from(FILES)))
    parts = [("derive", draw(st.lists(tables(Derive), max_size=1)))]
    parts.append(("weights", [draw(of_kind(STEPS, "step")) for _ in range(draw(upto(2)))]))
    parts.append(("scales", draw(st.lists(tables(ScaleSection), max_size=1))))
    estimates = [draw(of_kind(ESTIMATES, "kind", name=f"e{k + 1}")) for k in range(draw(upto(2)))]
    parts.append(("estimate", estimates))
    parts.append(("contrast", draw(st.lists(contrasts(), max_size=1))))
    parts.append(
        ("model", [draw(of_kind(MODELS, "kind", name="m1"))] if draw(st.booleans()) else [])
    )
    parts.append(("test", [draw(of_kind(HYPOTHESES, "kind"))] if draw(st.booleans()) else []))
    design = "[design]\n" + lines(draw(designs()))
    if not is_in_order(text + design) and draw(st.integers(0, 9)):
        design = '[design]\nstrata = "area"\nclusters = ["commune", "village"]\nweight = "w"\n'
    text += design
    for name, sections in parts:
        for section in sections:
            added = f"[[{name}]]\n" + lines(section)
            # Mostly plans that are right in themselves: the rest is found out soon.
            if is_in_order(text + added) or not draw(st.integers(0, 19)):
                text += added
    return text


def is_in_order(text):
    """Say whether a plan has no fault in itself."""
    try:
        parse_plan(text, FOLDER.parent)
    except PlanFaults:
        return False
    return True


def upto(most):
    return st.integers(0, most)


def of_kind(kinds, selector, **fixed):
    """Return a strategy for a section of any kind."""
    return st.sampled_from(sorted(kinds)).flatmap(
        lambda kind: tables(kinds[kind], **{selector: kind}, **fixed)
    )


def lines(table):
    """Write a table, one key a line."""
    return "".join(f"{json.dumps(name)} = {written(value)}\n" for name, value in table.items())


def written(value):
    """Write a value as TOML."""
    match value:
        case bool():
            return str(value).lower()
        case float():
            return repr(value)
        case int():
            return str(value)
        case dict():
            inside = ", ".join(f"{json.dumps(k)} = {written(v)}" for k, v in value.items())
            return "{ " + inside + " }"
        case list():
            return "[" + ", ".join(written(one) for one in value) + "]"
        case _:
            return json.dumps(str(value)).replace("\x7f", "\\u007f")
