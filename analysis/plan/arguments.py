"""The command line, explained in the language of its user."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Mapping, Sequence
from typing import Any, Final, NoReturn

from analysis.plan.words import LANGUAGES, language_of_environment, word

_COMPLAINTS: Final[Mapping[str, re.Pattern[str]]] = {
    "arguments-missing": re.compile(r"the following arguments are required: (?P<names>.*)"),
    "argument-choice": re.compile(
        r"argument (?P<name>.*?): invalid choice: (?P<value>.*?) \(choose from (?P<known>.*)\)"
    ),
    "argument-value": re.compile(r"argument (?P<name>.*?): expected .*argument.*"),
    "arguments-unknown": re.compile(r"unrecognized arguments: (?P<names>.*)"),
}
"""What the parser of the standard library complains of."""


class Parser(argparse.ArgumentParser):
    """A parser whose help and complaints are in one language.

    Parameters
    ----------
    language : str
        ``"vi"`` or ``"en"``.
    """

    def __init__(self, *, language: str, **given: Any) -> None:
        self.language = language
        super().__init__(add_help=False, formatter_class=argparse.RawTextHelpFormatter, **given)
        self.add_argument("-h", "--help", action="help", help=word("help-help", language))
        for group in self._action_groups:
            group.title = word(f"help-{group.title}", language)

    def format_usage(self) -> str:
        """Return how the command is called."""
        return self._named(super().format_usage())

    def format_help(self) -> str:
        """Return the whole explanation."""
        return self._named(super().format_help())

    def _named(self, text: str) -> str:
        return text.replace("usage:", word("help-usage", self.language), 1)

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the arguments and end."""
        said = message
        for code, pattern in _COMPLAINTS.items():
            found = pattern.fullmatch(message)
            if found is not None:
                said = word(code, self.language).format(**found.groupdict())
        self.print_usage(sys.stderr)
        self.exit(2, f"{self.prog}: {said}\n")


def language_of(arguments: Sequence[str]) -> str:
    """Return the language that arguments ask for, before they are parsed."""
    for number, argument in enumerate(arguments):
        name, _, value = argument.partition("=")
        if name == "--lang":
            asked = value or next(iter(arguments[number + 1 :]), "")
            return asked if asked in LANGUAGES else language_of_environment()
    return language_of_environment()


def parser(language: str) -> Parser:
    """Return the parser of ``python -m analysis``.

    Returns
    -------
    Parser
        What it parses has ``command``, ``"describe"``, ``"check"`` or ``"run"``,
        and the arguments of each.
    """

    def text(key: str) -> str:
        return word(f"help-{key}", language)

    whole = Parser(
        language=language,
        prog="python -m analysis",
        description=text("program"),
        epilog=text("examples"),
    )
    whole.add_argument("--lang", choices=LANGUAGES, help=text("lang"))
    commands = whole.add_subparsers(
        dest="command",
        required=True,
        metavar="describe | check | run",
        title=text("commands"),
    )
    describing, checking, running = (
        commands.add_parser(name, language=language, help=text(name), description=text(name))
        for name in ("describe", "check", "run")
    )
    for one in (describing, checking, running):
        one.add_argument("--lang", choices=LANGUAGES, default=argparse.SUPPRESS, help=text("lang"))
    describing.add_argument("file", metavar=text("FILE"), help=text("file"))
    describing.add_argument("--plan", metavar="PLAN.toml", dest="begin", help=text("begin"))
    for one in (checking, running):
        one.add_argument("plan", metavar="PLAN.toml", help=text("plan"))
    metavar = text("FILE")
    running.add_argument("--out", action="append", default=[], metavar=metavar, help=text("out"))
    running.add_argument("--weights", metavar=metavar, help=text("weights"))
    running.add_argument("--quiet", action="store_true", help=text("quiet"))
    return whole
