"""Sentences about plans, in Vietnamese and in English."""

from __future__ import annotations

import os
from collections import ChainMap, defaultdict
from collections.abc import Mapping
from types import ModuleType
from typing import Final

from analysis.plan.faults import PlanFault
from analysis.plan.words import (
    english,
    english_engine,
    english_method,
    english_models,
    vietnamese,
    vietnamese_engine,
    vietnamese_method,
    vietnamese_models,
)

MODULES: Final[Mapping[str, tuple[ModuleType, ...]]] = {
    "vi": (vietnamese, vietnamese_engine, vietnamese_models, vietnamese_method),
    "en": (english, english_engine, english_models, english_method),
}
LANGUAGES: Final = tuple(MODULES)


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
    """Say what a reservation means."""
    template = sentences(language, "NOTES").get(code)
    if template is None:
        return f"{code}: {detail}" if detail else code
    return template.format(detail=word(detail, language))


def word(key: str, language: str) -> str:
    """Return a word of the screen."""
    return sentences(language, "WORDS").get(key, key)


def _context(fault: PlanFault, language: str) -> Mapping[str, str]:
    """Return what a sentence may name; what is not there is empty."""
    context: dict[str, str] = defaultdict(str, fault.context)
    for name in ("expected", "found", "reason", "what"):
        if name in context:
            context[name] = word(context[name], language)
    meant, known = context.get("meant"), context.get("known")
    context["did_you_mean"] = word("meant", language).format(meant=meant) if meant else ""
    context["listed"] = word("listed", language).format(known=known) if known else ""
    return context
