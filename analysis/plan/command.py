"""``python -m analysis``: describe a file, check a plan, run it."""

from __future__ import annotations

import argparse
import sys
import time
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from analysis.plan.describe import describe, starting_plan
from analysis.plan.faults import PlanFault, PlanFaults
from analysis.plan.profile import profile_file
from analysis.plan.read import read_plan
from analysis.plan.result import result_of
from analysis.plan.run import Progress, prepare, run
from analysis.plan.show import show
from analysis.plan.words import LANGUAGES, fault_sentence, language_of_environment, word
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
    given = _parser().parse_args(arguments)
    language = given.lang or language_of_environment()
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="replace")
    try:
        with warnings.catch_warnings():
            # What matters of them comes as a note or a fault.
            if not sys.warnoptions:
                warnings.simplefilter("ignore")
            given.command(given, language)
    except PlanFaults as faults:
        name = Path(getattr(given, "plan", given.file)).name
        for fault in faults.faults:
            sys.stderr.write(fault_sentence(fault, language, name) + "\n")
        return FAULT
    except BrokenPipeError:
        return 0
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m analysis", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="describe | check | run")
    language = argparse.ArgumentParser(add_help=False)
    language.add_argument("--lang", choices=tuple(LANGUAGES), help="language; else by LANG")
    describing = commands.add_parser(
        "describe", parents=[language], help="say what a file holds and write a plan to begin with"
    )
    describing.add_argument("file", metavar="FILE")
    describing.add_argument("--plan", metavar="PLAN.toml", dest="begin", help="where to write it")
    describing.set_defaults(command=_describe)
    check = commands.add_parser("check", parents=[language], help="say what is wrong with a plan")
    check.add_argument("plan", metavar="PLAN.toml")
    check.set_defaults(command=_check, file="")
    running = commands.add_parser("run", parents=[language], help="work out a plan")
    running.add_argument("plan", metavar="PLAN.toml")
    running.add_argument(
        "--out",
        action="append",
        default=[],
        metavar="FILE",
        help="where to write the result: .json, .csv or .parquet; may be given several times",
    )
    running.add_argument(
        "--weights", metavar="FILE", help="where to write the weights of all rows: .csv or .parquet"
    )
    running.add_argument("--quiet", action="store_true", help="print no tables")
    running.set_defaults(command=_run, file="")
    return parser


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
    design = prepared.design
    sys.stdout.write(
        word("plan-in-order", language).format(
            n=design.n, n_strata=design.n_strata, n_psu=design.n_psu, df=design.df
        )
        + "\n"
    )


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


def _progress(stream: TextIO, language: str) -> Progress:
    """Tell what is being done once it has taken a while."""
    began = time.monotonic()

    def tell(code: str, name: str) -> None:
        if time.monotonic() - began > PATIENCE:
            stream.write(f"{word('doing-' + code, language)} {name}".rstrip() + " …\n")
            stream.flush()

    return tell
