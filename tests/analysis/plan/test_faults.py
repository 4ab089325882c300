"""Whatever is wrong with a plan is said at once, with the line."""

import ast
import importlib
import pkgutil
import re
from pathlib import Path
from string import Formatter

import pytest

import analysis
from analysis.errors import AnalysisError
from analysis.plan.faults import PlanFault, PlanFaults, nearest
from analysis.plan.read import parse_plan, read_plan
from analysis.plan.words import MODULES, fault_sentence, note_sentence, sentences
from tests.analysis.plan.written import HEAD, faults, only

ONE = '[[estimate]]\nname = "a"\nkind = "mean"\nof = "income"\n'


def of_text(text, folder=Path()):
    with pytest.raises(PlanFaults) as caught:
        parse_plan(text, folder)
    return [(fault.code, fault.line) for fault in caught.value.faults]


def test_all_faults_are_said_at_once_in_the_order_of_lines():
    text = (
        'plan = 1\ntitel = "x"\n[data]\nfiel = "a.csv"\nfile = 3\n[design]\nstrata = ["a",\n 7]\n'
        'lonely = "fial"\nweight = "w"\n[[estimate]]\nname = "a"\nkind = "meen"\nof = "x"\n'
        '[[estimate]]\nname = "a"\nkind = "mean"\n'
    )
    assert of_text(text) == [
        ("unknown-key-near", 2),
        ("unknown-key-near", 4),
        ("wrong-type", 5),
        ("wrong-type", 8),
        ("unknown-choice", 9),
        ("unknown-choice", 13),
        ("missing-key", 15),
        ("name-twice", 16),
    ]


CASES = {
    "[[estimate]]\nname = 'a'\nkind = 'mean'\nof = []\n": ("list-too-short", 11),
    "[[estimate]]\nname = ''\nkind = 'count'\n": ("empty-text", 9),
    "[[estimate]]\nname = 'a'\nkind = 'count'\nlevel = 1.0\n": ("out-of-range", 11),
    "[[estimate]]\nname = 'a'\nkind = 'count'\nlevel = nan\n": ("not-finite", 11),
    "[[estimate]]\nname = 'a'\nkind = 'count'\nlevel = true\n": ("wrong-type", 11),
    "[[estimate]]\nname = 'a'\nkind = 'count'\nquantiles = [0.5]\n": ("key-of-other-kind", 11),
    "[[estimate]]\nname = 'a'\nkind = 'count'\nwhere = 'q1 >'\n": ("bad-sql", 11),
    "[[estimate]]\nname = 'a'\nkind = 'count'\nwhere = 'q1 + 1'\n": ("not-a-condition", 11),
    "[[estimate]]\nname = 'a'\nkind = 'count'\nwhere = 'q1 > 9'\n": ("nobody-inside", 11),
    "[[estimate]]\nname = 'a'\nkind = 'count'\nby = 'q1'\nwhere = 'q1 IS NULL'\n": (
        "no-domains",
        11,
    ),
    "[[estimate]]\nname = 'a'\nkind = 'count'\nwhere = 'sex > 1'\n": ("sql-fails", 11),
    "[[estimate]]\nname = 'a'\nkind = 'proportion'\nof = 'income'\n": ("not-categories", 11),
    "[[estimate]]\nname = 'a'\nkind = 'count'\nof = 'sex'\ncategories = ['x']\n": (
        "no-such-category",
        12,
    ),
    "[[estimate]]\nname = 'a'\nkind = 'icc'\nof = 'q1'\ninterval = 'logit'\n": (
        "unknown-choice",
        12,
    ),
    "[estimate]\nname = 'a'\nkind = 'count'\n": ("single-brackets", 8),
    "[[model]]\nname = 'm'\nkind = 'linear'\nresponse = 'q1'\nterms = ['q2']\n": (
        "unknown-column",
        12,
    ),
    "[[weights]]\nstep = 'calibrate'\nterms = ['1']\ntotals = { '1' = 9, x = 3 }\n": (
        "total-unknown",
        11,
    ),
    "[[weights]]\nstep = 'rake'\nmargins = [\n{ by = 'sex', totals = { f = 1 } } ]\n": (
        "cells-without-total",
        8,
    ),
    "[[weights]]\nstep = 'trim'\nlower = 5\nupper = 4\n": ("lower-not-below-upper", 10),
    "[[derive]]\nname = 'x'\nexpression = 'nothing + 1'\n": ("unknown-column-sql", 10),
    "[[derive]]\nname = 'x'\nexpression = '1 / (q1 - 1)'\n": ("infinite-number", 10),
}


@pytest.mark.parametrize(("body", "wanted"), CASES.items(), ids=[w[0] for w in CASES.values()])
def test_a_fault_names_its_line(tmp_path, body, wanted):
    found = faults(tmp_path, body)
    assert (found[0].code, found[0].line) == wanted


DESIGNS = {
    'weight = "w"\nfpc_kind = "size"\n': ("key-needs-key", 6),
    'clusters = "commune"\n': ("design-without-weight", 4),
    'strata = ["region", "sex"]\nweight = "w"\n': ("stages-without-clusters", 4),
    'weight = "w"\nselection = "pps-joint"\nprobability = "income"\n': ("key-needed-with", 4),
    'weight = "w"\nprobability = "income"\n': ("key-only-with", 6),
    'weight = "w"\n[design.replicates]\nmake = "jk1"\ncolumns = "r*"\n': ("keys-exclude", 7),
    'weight = "w"\n[design.replicates]\nmake = "bootstrap"\n': ("key-needed-with", 6),
    'weight = "w"\n[design.replicates]\ncolumns = "rep*"\nmethod = "jk1"\n': ("unknown-column", 7),
    'weight = "w"\n[design.replicates]\ncolumns = ["w"]\nmethod = "jkn"\n': (
        "jkn-needs-rscales",
        6,
    ),
    'weight = "w"\nfpc = { x = 5 }\n': ("fpc-table-without-strata", 6),
    'strata = "region"\nweight = "w"\nfpc = { north = 5 }\n': ("fpc-without-stratum", 7),
    'strata = "region"\nweight = "w"\nfpc = 3\n': ("size-too-small", 7),
    'strata = "region"\nclusters = "q1"\nweight = "w"\n': ("missing-design-cell", 6),
    'strata = "sex"\nclusters = "commune"\nnested = false\nweight = "w"\n': (
        "psu-in-two-strata",
        6,
    ),
}


@pytest.mark.parametrize(("body", "wanted"), DESIGNS.items(), ids=[w[0] for w in DESIGNS.values()])
def test_a_fault_of_the_design_names_its_line(tmp_path, body, wanted):
    head = HEAD.split("[design]")[0] + "[design]\n" + body
    found = faults(tmp_path, ONE, head=head)
    assert (found[0].code, found[0].line) == wanted


def test_strata_with_one_unit_are_refused_with_what_can_be_done(tmp_path):
    fault = only(faults(tmp_path, ONE, head=HEAD.replace('"region"', '"commune"')))
    assert (fault.code, fault.place) == ("lonely-psu", "estimate[1]")
    assert "adjust" in fault_sentence(fault, "vi")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", [("missing-version", 0), ("missing-section", 0), ("missing-section", 0)]),
        ("plan = 1\nplan = 2\n", [("not-toml", 2)]),
        ("plan = 1\n[data\n", [("not-toml", 2)]),
        ("plan = 1\ntitle = “Khảo sát”\n", [("curly-quotes", 2)]),
        ("plan = 1\nx = { Nam = 1, Nữ = 2 }\n", [("key-needs-quotes", 2)]),
        ("plan = 1\n[design]\nđợt = 3\n", [("key-needs-quotes", 3)]),
        ("plan = 1\nx = { Nam = 1, ho khac = 2 }\n", [("key-needs-quotes", 2)]),
        ("plan = 1\nlevel = 0,95  # mức\n", [("decimal-comma", 2)]),
        ("plan = 2\n[data]\nfile='a'\n[design]\nweight='w'\n", [("other-version", 1)]),
        ("plan = " + "[" * 5000 + "]" * 5000, [("not-toml", 0)]),
    ],
)
def test_what_is_no_plan_at_all(text, wanted):
    assert of_text(text) == wanted


def test_a_plan_that_is_not_there_or_not_text_is_said(tmp_path):
    for content in (None, b"\xff\xfe\x00"):
        if content:
            (tmp_path / "p.toml").write_bytes(content)
        with pytest.raises(PlanFaults) as caught:
            read_plan(tmp_path / "p.toml")
        assert caught.value.faults[0].code == ("plan-not-utf8" if content else "no-plan-file")


def test_a_plan_from_windows_is_read(tmp_path):
    text = (HEAD + ONE).replace("\n", "\r\n").encode("utf-8-sig")
    (tmp_path / "p.toml").write_bytes(text)
    assert read_plan(tmp_path / "p.toml").estimates[0].name == "a"


def test_the_nearest_word_is_one_that_looks_alike():
    assert nearest("Lonley", ["lonely", "level"]) == "lonely"
    assert nearest("xyz", ["lonely", "level"]) == ""


# ---- sentences -----------------------------------------------------------------------------------


def calls(name, argument):
    """Return the constants that functions of a name are called with, by position."""
    found = set()
    for path in Path(analysis.__file__).parent.joinpath("plan").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or len(node.args) <= argument:
                continue
            called = getattr(node.func, "attr", getattr(node.func, "id", ""))
            value = node.args[argument]
            if called == name and isinstance(value, ast.Constant):
                found.add(value.value)
    return found


def errors(cls=AnalysisError):
    for one in cls.__subclasses__():
        yield one
        yield from errors(one)


NOT_FROM_PLANS = {
    "analysis",
    "joint-probability",
    "method-faults",
    "plan-faults",
    "snapshot-damaged",
    "unequal-lengths",
    "unknown-item",
    "wrong-source",
    "wrong-statistics",
}
"""Errors a plan cannot meet, or that are told otherwise."""


def test_every_fault_and_every_error_has_a_sentence():
    for module in pkgutil.walk_packages(analysis.__path__, "analysis."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    codes = calls("fault", 1) | calls("FileFault", 0) | calls("PlanFault", 0)
    assert len(codes) > 60
    met = {one.code for one in errors() if not one.__module__.startswith("analysis.columnar")}
    codes |= {code for code in met if isinstance(code, str)} - NOT_FROM_PLANS
    known = {**sentences("en", "FAULTS"), **sentences("en", "WORDS")}
    assert codes <= set(known)


def test_every_note_has_a_sentence():
    written = set()
    for path in Path(analysis.__file__).parent.rglob("*.py"):
        written |= set(re.findall(r'Note\(\s*"([^"]+)"', path.read_text(encoding="utf-8")))
    notes = {code for code in written if not code.startswith("suppressed.")}
    assert len(notes) > 8
    assert notes <= set(sentences("en", "NOTES"))


def names(template):
    return {field for _, field, _, _ in Formatter().parse(template) if field}


@pytest.mark.parametrize("kind", ["FAULTS", "NOTES", "WORDS"])
def test_both_languages_say_the_same_things(kind):
    vietnamese, english = sentences("vi", kind), sentences("en", kind)
    if kind != "WORDS":
        assert set(vietnamese) == set(english)
    for code in set(vietnamese) & set(english):
        assert names(vietnamese[code]) == names(english[code]), code


def test_no_sentence_is_in_two_files():
    for modules in MODULES.values():
        for kind in ("FAULTS", "NOTES", "WORDS"):
            listed = [code for one in modules for code in getattr(one, kind, {})]
            assert len(listed) == len(set(listed))


def test_what_has_no_sentence_is_said_by_its_code():
    said = fault_sentence(PlanFault("new", "a", 3, {"x": "1"}), "en", "p.toml")
    assert said == "p.toml, line 3 (a): the statistics refuse: new (x = 1)."
    assert note_sentence("new", "x", "vi") == "new: x"
