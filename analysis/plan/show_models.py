"""Models and tests on the screen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from analysis.plan.align import aligned, short
from analysis.plan.words import note_sentence, word

Row = Mapping[str, Any]

VALUES = ("value", "standard_error", "low", "high", "statistic", "df", "p_value")
COMPARED = ("estimate", "standard_error", "low", "high", "level")
RATIOS = ("test-statistic", "df_numerator", "df_denominator", "p_value")


def model_tables(model: Row, language: str) -> Iterator[str]:
    """Yield the tables of one regression."""
    about = f"{model['name']} ({model['kind']}, {100 * model['level']:g}%, n = {model['n']:,})"
    for part in ("coefficients", "margins", "differences"):
        if model[part]:
            heading = f"{about}: {word(part, language)}"
            yield _table(heading, model[part], "term", VALUES, model["notes"], language)
    if model["terms"]:
        heading = f"{about}: {word('tests-of-terms', language)}"
        yield _table(heading, model["terms"], "term", RATIOS, (), language)


def test_tables(tests: Sequence[Row], language: str) -> Iterator[str]:
    """Yield a table of all tests, and one of the figures that t tests are about."""
    if tests:
        notes = [note for row in tests for note in row["notes"]]
        rows = [{**row, "name": f"{row['name']} ({row['kind']})"} for row in tests]
        yield _table(word("test", language), rows, "name", RATIOS, notes, language)
    compared = [row for row in tests if row.get("estimate") is not None]
    if compared:
        yield _table(word("compared", language), compared, "name", COMPARED, (), language)


def _table(
    heading: str,
    rows: Sequence[Row],
    label: str,
    numbers: Sequence[str],
    notes: Sequence[Row],
    language: str,
) -> str:
    keys = ["statistic" if name == "test-statistic" else name for name in numbers]
    body = [[str(row[label]), *(short(row[key]) for key in keys)] for row in rows]
    head = ["", *(word(name, language) for name in numbers)]
    return "\n".join([heading, *aligned([head, *body], 1), *noted(notes, language)])


def noted(notes: Sequence[Row], language: str) -> list[str]:
    """Return the sentences of reservations, each once."""
    said = {note_sentence(note["code"], note["detail"], language): None for note in notes}
    return [f"  {sentence}" for sentence in said]
