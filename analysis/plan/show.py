"""The result as a page of text: aligned tables, short numbers, reservations below."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analysis.plan.numerals import NUMERALS
from analysis.plan.show_figures import contrast_tables, estimate_tables
from analysis.plan.show_models import model_tables, noted, test_tables
from analysis.plan.show_weights import step_tables
from analysis.plan.words import word


def show(result: Mapping[str, Any], language: str) -> str:
    """Write the whole result for the screen."""
    parts = [_design(result, language), *step_tables(result["weights"], language)]
    parts += estimate_tables(result, language)
    parts += contrast_tables(result, language)
    for model in result["models"]:
        parts += model_tables(model, language)
    parts += test_tables(result, language)
    return "\n\n".join(parts) + "\n"


def _design(result: Mapping[str, Any], language: str) -> str:
    design, numerals = result["design"], NUMERALS[language]
    title = result["plan"]["title"]
    written = {
        "rows": numerals.whole(design["n"]),
        "n_strata": numerals.whole(design["n_strata"]),
        "n_psu": numerals.whole(design["n_psu"]),
        "df": numerals.freedom(design["df"]),
        "sum_of_weights": numerals.brief(design["sum_of_weights"]),
    }
    counts = [f"{word(name, language)}: {text}" for name, text in written.items()]
    lines = [title] if title else []
    notes = [*result["data"]["notes"], *design["notes"]]
    return "\n".join([*lines, " · ".join(counts), *noted(notes, language)])
