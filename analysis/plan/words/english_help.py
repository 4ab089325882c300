"""The command line in English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

WORDS: Final[Mapping[str, str]] = {
    "help-usage": "usage:",
    "help-positional arguments": "arguments",
    "help-options": "options",
    "help-help": "show this help and end",
    "help-program": (
        "Analyse a survey: say what a file holds, check a plan, work it out.\n"
        "A plan is a text file (TOML) that says what is to be estimated from which rows;\n"
        "docs/analysis-plan.md describes every key."
    ),
    "help-examples": (
        "examples:\n"
        "  python -m analysis describe answers.csv --plan plan.toml\n"
        "  python -m analysis check plan.toml\n"
        "  python -m analysis run plan.toml --out figures.json --out figures.csv"
    ),
    "help-commands": "commands",
    "help-describe": "say what a file holds and write a plan to begin with",
    "help-check": "say what is wrong with a plan, working nothing out",
    "help-run": "work out a plan, print tables and write the figures",
    "help-lang": "language: vi or en; else that of LANG",
    "help-FILE": "FILE",
    "help-file": "the file with the rows: .csv, .parquet, .sav or .dta",
    "help-begin": "where to write the plan; printed without it",
    "help-plan": "the plan",
    "help-out": (
        "where to write the figures, all digits: .json, .csv or .parquet;\n"
        "may be given several times"
    ),
    "help-weights": "where to write the weights of all rows: .csv or .parquet",
    "help-quiet": "print no tables",
    "arguments-missing": "missing: {names}. Say --help to see what is needed.",
    "argument-choice": "{name}: {value} is not possible; choose from {known}.",
    "argument-value": "{name} needs a value after it.",
    "arguments-unknown": "unknown: {names}. Say --help to see what is known.",
}
