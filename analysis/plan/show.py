"""The result as a page of text: aligned tables, short numbers, reservations below."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from analysis.plan.align import aligned, short
from analysis.plan.show_models import model_tables, test_tables
from analysis.plan.show_weights import step_tables
from analysis.plan.words import note_sentence, word

Row = Mapping[str, Any]
Cell = Callable[[Row], str]


def show(result: Mapping[str, Any], language: str) -> str:
    """Write the whole result for the screen."""
    parts = [_design(result, language), *step_tables(result["weights"], language)]
    parts += [
        _table(rows, _estimate_columns(rows), language) for rows in _by_name(result["estimates"])
    ]
    parts += [
        _table(rows, _contrast_columns(rows), language) for rows in _by_name(result["contrasts"])
    ]
    for model in result["models"]:
        parts += model_tables(model, language)
    parts += test_tables(result["tests"], language)
    return "\n\n".join(parts) + "\n"


def _design(result: Mapping[str, Any], language: str) -> str:
    design = result["design"]
    title = result["plan"]["title"]
    shown = {"rows": "n"} | {k: k for k in ("n_strata", "n_psu", "df", "sum_of_weights")}
    counts = [f"{word(name, language)}: {short(design[key])}" for name, key in shown.items()]
    return (title + "\n" if title else "") + " · ".join(counts)


def _by_name(rows: Iterable[Row]) -> list[list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row["name"], []).append(row)
    return list(found.values())


def _label_columns(rows: Sequence[Row]) -> dict[str, Cell]:
    """Return the columns that say which figure a row is."""
    columns: dict[str, Cell] = {}
    for name in dict.fromkeys(name for row in rows for name in row["domain"]):
        columns[name] = lambda row, name=name: row["domain"].get(name, "")  # type: ignore[misc]
    for name in ("variable", "category", "quantile", "term"):
        if any(row.get(name) is not None for row in rows):
            columns[name] = lambda row, name=name: short(row.get(name))  # type: ignore[misc]
    return columns


def _numbers(*names: str) -> dict[str, Cell]:
    return {name: lambda row, name=name: short(row[name]) for name in names}  # type: ignore[misc]


def _estimate_columns(rows: Sequence[Row]) -> dict[str, Cell]:
    shown = ("value", "standard_error", "low", "high", "n", "df", "design_effect")
    return _label_columns(rows) | _numbers(*shown)


def _contrast_columns(rows: Sequence[Row]) -> dict[str, Cell]:
    shown = ("value", "standard_error", "low", "high", "statistic", "df", "p_value")
    return _label_columns(rows) | _numbers(*shown)


def _table(rows: Sequence[Row], columns: Mapping[str, Cell], language: str) -> str:
    """Align columns; texts to the left, numbers to the right."""
    first = rows[0]
    kind = word(str(first.get("kind", "contrast")), language)
    head = [f"{first['name']} ({kind}, {100 * first['level']:g}%)"]
    body = [[cell(row) for cell in columns.values()] for row in rows]
    names = [word(name, language) for name in columns]
    marks, notes = _notes(rows, language)
    table = [[*names, ""], *([*cells, mark] for cells, mark in zip(body, marks, strict=True))]
    lines = aligned(table, len(_label_columns(rows)), last_is_text=True)
    return "\n".join([*head, *lines, *notes])


def _notes(rows: Sequence[Row], language: str) -> tuple[list[str], list[str]]:
    """Give every reservation a number; return the marks of rows and the sentences."""
    numbers: dict[tuple[str, str], int] = {}
    marks = []
    for row in rows:
        own = [
            numbers.setdefault((note["code"], note["detail"]), len(numbers) + 1)
            for note in row["notes"]
        ]
        marks.append(" ".join(f"[{number}]" for number in sorted(own)))
    sentences = [
        f"  [{number}] {note_sentence(code, detail, language)}"
        for (code, detail), number in numbers.items()
    ]
    return marks, sentences
