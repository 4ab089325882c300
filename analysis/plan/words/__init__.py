"""Sentences about plans, in Vietnamese and in English."""

from __future__ import annotations

import os
import re
from collections import ChainMap, defaultdict
from collections.abc import Mapping
from types import ModuleType
from typing import Final, Self

from analysis.plan.faults import PlanFault
from analysis.plan.numerals import NUMERALS
from analysis.plan.words import (
    english,
    english_engine,
    english_files,
    english_help,
    english_method,
    english_models,
    vietnamese,
    vietnamese_engine,
    vietnamese_files,
    vietnamese_help,
    vietnamese_method,
    vietnamese_models,
)

MODULES: Final[Mapping[str, tuple[ModuleType, ...]]] = {
    "vi": (
        *(vietnamese, vietnamese_files, vietnamese_engine),
        *(vietnamese_models, vietnamese_method, vietnamese_help),
    ),
    "en": (
        *(english, english_files, english_engine),
        *(english_models, english_method, english_help),
    ),
}
LANGUAGES: Final = tuple(MODULES)

_BARE: Final = {
    "key": re.compile(r"[A-Za-z0-9_-]+"),
    "sql": re.compile(r"[^\W\d]\w*"),
}
"""Names that need no quotation marks."""

SEVERAL: Final = " | "
"""What stands between the parts of a reservation's detail."""


def sentences(language: str, kind: str) -> Mapping[str, str]:
    """Return ``"FAULTS"``, ``"NOTES"`` or ``"WORDS"`` of a language."""
    return ChainMap(*(getattr(module, kind, {}) for module in MODULES[language]))


def language_of_environment() -> str:
    """Return ``"vi"`` if the environment asks for Vietnamese, else ``"en"``."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value:
            return "vi" if value.lower().startswith("vi") else "en"
    return "en"


def fault_sentence(fault: PlanFault, language: str, plan: str = "") -> str:
    """Say what is wrong and where.

    Parameters
    ----------
    fault : PlanFault
    language : str
        ``"vi"`` or ``"en"``.
    plan : str
        Name of the plan's file.
    """
    template = sentences(language, "FAULTS").get(fault.code)
    if template is None:
        details = ", ".join(f"{name} = {value}" for name, value in fault.context.items())
        said = word("unknown-fault", language).format(code=fault.code, details=details or "—")
    else:
        said = template.format_map(_context(fault, language))
    if not fault.line:
        return f"{plan}: {said}" if plan else said
    where = "place" if fault.place else "place-line"
    return word(where, language).format(plan=plan, line=fault.line, place=fault.place) + said


def note_sentence(code: str, detail: str, language: str) -> str:
    """Say what a reservation means.

    Parameters
    ----------
    code : str
    detail : str
        One thing, or several with `` | `` between them: ``part[0]``, ``part[1]``.
    language : str
    """
    template = sentences(language, "NOTES").get(code)
    if template is None:
        return f"{code}: {detail}" if detail else code
    parts = [Said(part, language) for part in detail.split(SEVERAL)]
    return template.format(detail=Said(word(detail, language), language), part=parts)


def word(key: str, language: str) -> str:
    """Return a word of the screen."""
    return sentences(language, "WORDS").get(key, key)


def _place_of_row(context: Mapping[str, str], language: str) -> str:
    """Say where a row stands: as a row of the data, and as a line of its file."""
    key = "row-of-file" if "file" in context else "row-of-data"
    if "line" in context:
        is_same = context["line"] == context.get("sheet_row", context["line"])
        key = "line-of-file" if is_same else "line-and-sheet-row"
    return word(key, language).format_map(context)


class Said(str):
    """A text that may be written as a number, a percentage, a name in TOML or one in SQL.

    ``:n``, ``:.2f``, ``:%``, ``:key``, ``:sql``.
    """

    __slots__ = ("language",)

    def __new__(cls, text: str, language: str) -> Self:
        """Make it of a text in a language."""
        said = super().__new__(cls, text)
        said.language = language
        return said

    language: str

    def __format__(self, spec: str) -> str:
        """Write it as the sentence wants it; what is no number as it is."""
        if spec in {"key", "sql"}:
            bare = _BARE[spec].fullmatch(self)
            return str(self) if bare else f'"{self}"'
        if spec not in {"n", ".2f", "%"}:
            return str.__format__(self, spec)
        try:
            number = float(self)
        except ValueError:
            return str(self)
        numerals = NUMERALS[self.language]
        if spec == "%":
            return numerals.percent(number)
        is_long = spec == ".2f" and not number.is_integer()
        return numerals.fixed(number, 2) if is_long else numerals.brief(number)


def _context(fault: PlanFault, language: str) -> Mapping[str, str]:
    """Return what a sentence may name; what is not there is empty."""
    said = {name: Said(value, language) for name, value in fault.context.items()}
    context: dict[str, str] = defaultdict(str, said)
    if "row" in context:
        context["row"] = _place_of_row(fault.context, language)
    if context.get("stratum") == "":
        context["stratum"] = word("whole-sample", language)
    if context.get("not_rated") == "":
        context["not_rated"] = "—"
    # Margins are called as the columns of the plan are.
    context["sums"] = "; ".join(f"{name} = {total:.2f}" for name, total in said.items())
    for name in ("expected", "found", "reason", "what"):
        if name in context:
            context[name] = word(context[name], language)
    meant, known = context.get("meant"), context.get("known")
    context["did_you_mean"] = word("meant", language).format(meant=meant) if meant else ""
    context["listed"] = word("listed", language).format(known=known) if known else ""
    return context
