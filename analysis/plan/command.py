"""``python -m analysis``: describe a file, check a plan, run it."""

from __future__ import annotations

import argparse
import sys
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final, TextIO

from analysis.plan.arguments import language_of, parser
from analysis.plan.begin import starting_plan
from analysis.plan.describe import describe
from analysis.plan.faults import PlanFault, PlanFaults
from analysis.plan.numerals import NUMERALS
from analysis.plan.profile import profile_file
from analysis.plan.read import read_plan
from analysis.plan.result import notes_of, result_of
from analysis.plan.run import Progress, prepare, run
from analysis.plan.show import show
from analysis.plan.show_models import noted
from analysis.plan.words import fault_sentence, word
from analysis.plan.write import check_endings, write_result, write_weights

FAULT = 2
"""What the program ends with if the plan or the file is at fault."""

PATIENCE = 2.0
"""Seconds before progress is worth a line."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says.

    Returns
    -------
    int
        0, or 2 if something is wrong with the plan or the file.
    """
    asked = sys.argv[1:] if arguments is None else list(arguments)
    language = language_of(asked)
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="replace")
    given = parser(language).parse_args(asked)
    try:
        with warnings.catch_warnings():
            # What matters of them comes as a note or a fault.
            if not sys.warnoptions:
                warnings.simplefilter("ignore")
            COMMANDS[given.command](given, language)
    except PlanFaults as faults:
        name = Path(given.file if given.command == "describe" else given.plan).name
        for fault in faults.faults:
            sys.stderr.write(fault_sentence(fault, language, name) + "\n")
        return FAULT
    except BrokenPipeError:
        return 0
    return 0


def _describe(given: argparse.Namespace, language: str) -> None:
    profile = profile_file(Path(given.file))
    sys.stdout.write(describe(profile, language) + "\n")
    plan = starting_plan(profile, language)
    if given.begin is None:
        sys.stdout.write(plan)
        return
    path = Path(given.begin)
    if path.exists():
        raise PlanFaults([PlanFault("file-exists", context={"file": str(path)})])
    try:
        path.write_text(plan, encoding="utf-8")
    except OSError as error:
        context = {"file": str(path), "reason": str(error.strerror)}
        raise PlanFaults([PlanFault("cannot-write", context=context)]) from error


def _check(given: argparse.Namespace, language: str) -> None:
    plan = read_plan(Path(given.plan))
    prepared = prepare(plan)
    design, numerals = prepared.design, NUMERALS[language]
    sys.stdout.write(
        word("plan-in-order", language).format(
            n=numerals.whole(design.n),
            n_strata=numerals.whole(design.n_strata),
            n_psu=numerals.whole(design.n_psu),
            df=numerals.freedom(design.df),
        )
        + "\n"
    )
    for line in noted(notes_of(prepared.notes), language):
        sys.stdout.write(line + "\n")


def _run(given: argparse.Namespace, language: str) -> None:
    outputs = [Path(path) for path in given.out]
    weights = None if given.weights is None else Path(given.weights)
    check_endings(outputs, weights)
    tell = _progress(sys.stderr, language)
    outcome = run(read_plan(Path(given.plan)), tell, needs_rows=weights is not None)
    result = result_of(outcome)
    if not given.quiet:
        sys.stdout.write(show(result, language))
    for path in outputs:
        write_result(result, path)
    if weights is not None and outcome.prepared is not None:
        write_weights(outcome.prepared.design.weight, outcome.facts.steps, weights)


COMMANDS: Final[Mapping[str, Callable[[argparse.Namespace, str], None]]] = {
    "describe": _describe,
    "check": _check,
    "run": _run,
}


def _progress(stream: TextIO, language: str) -> Progress:
    """Tell what is being done once it has taken a while."""
    began = time.monotonic()

    def tell(code: str, name: str) -> None:
        if time.monotonic() - began > PATIENCE:
            stream.write(f"{word('doing-' + code, language)} {name}".rstrip() + " …\n")
            stream.flush()

    return tell
