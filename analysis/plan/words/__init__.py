"""Sentences about plans, in Vietnamese and in English."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Mapping
from types import ModuleType
from typing import Final

from analysis.plan.faults import PlanFault
from analysis.plan.words import (
    english,
    english_engine,
    english_models,
    vietnamese,
    vietnamese_engine,
    vietnamese_models,
)

LANGUAGES: Final[Mapping[str, tuple[ModuleType, ModuleType]]] = {
    "vi": (vietnamese, vietnamese_engine),
    "en": (english, english_engine),
}

MODEL_WORDS: Final[Mapping[str, ModuleType]] = {"vi": vietnamese_models, "en": english_models}


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
    words, engine = LANGUAGES[language]
    template = words.FAULTS.get(fault.code) or engine.FAULTS.get(fault.code)
    template = template or MODEL_WORDS[language].FAULTS.get(fault.code)
    if template is None:
        details = ", ".join(f"{name} = {value}" for name, value in fault.context.items())
        template = words.UNKNOWN_FAULT
        said = str(template.format(code=fault.code, details=details or "—"))
    else:
        said = str(template.format_map(_context(fault, language)))
    if not fault.line:
        return f"{plan}: {said}" if plan else said
    return str(words.PLACE.format(plan=plan, line=fault.line, place=fault.place)) + said


def note_sentence(code: str, detail: str, language: str) -> str:
    """Say what a reservation means."""
    words, engine = LANGUAGES[language]
    template = engine.NOTES.get(code)
    if template is None:
        return f"{code}: {detail}" if detail else code
    return str(template.format(detail=words.WORDS.get(detail, detail)))


def word(key: str, language: str) -> str:
    """Return a word of the screen."""
    own = LANGUAGES[language][0].WORDS
    return str(own.get(key) or MODEL_WORDS[language].WORDS.get(key, key))


def _context(fault: PlanFault, language: str) -> Mapping[str, str]:
    """Return what a sentence may name; what is not there is empty."""
    words = LANGUAGES[language][0]
    context: dict[str, str] = defaultdict(str, fault.context)
    for name in ("expected", "found"):
        if name in context:
            context[name] = words.WORDS.get(context[name], context[name])
    meant, known = context.get("meant"), context.get("known")
    context["did_you_mean"] = words.MEANT.format(meant=meant) if meant else ""
    context["listed"] = words.LISTED.format(known=known) if known else ""
    return context
