"""Models and tests on the screen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from analysis.plan.nodes import NUMBER, SHARE
from analysis.plan.numerals import NUMERALS
from analysis.plan.show_figures import Column, fixed, labelled, measured_cells, table
from analysis.plan.words import note_sentence, word

Row = Mapping[str, Any]

VALUES = ("value", "standard_error", "low", "high")
COMPARED = ("estimate", "standard_error", "low", "high")
MOST_ALIKE = 5
"""Notes of one kind that are shown; a hundred replicates may have failed alike."""

OF_SHARES = frozenset({"logistic", "ordinal"})
"""Models whose margins are shares."""


def model_tables(model: Row, language: str) -> Iterator[str]:
    """Yield the tables of one regression."""
    n = NUMERALS[language].whole(model["n"])
    kind = word(f"model-{model['kind']}", language)
    about = f"{model['name']} ({kind}, {_level(model, language)}, n = {n})"
    of_shares = model["kind"] in OF_SHARES
    for part in ("coefficients", "margins", "differences"):
        if not model[part]:
            continue
        unit = SHARE if of_shares and part != "coefficients" else NUMBER
        rows = [{**row, "unit": unit, "notes": ()} for row in model[part]]
        heading = f"{about}: {word(part, language)}"
        sign = "%"
        if unit == SHARE and part == "differences":
            heading, sign = f"{heading}, {word('percentage-points', language)}", ""
        columns = [_names(rows, "term"), *_values(rows, VALUES, language, sign)]
        columns += _tested(rows, ("t", "df", "p_value"), language)
        yield "\n".join([table(heading, columns, rows, language), *noted(model["notes"], language)])
    if model["terms"]:
        rows = [{**row, "notes": ()} for row in model["terms"]]
        columns = [_names(rows, "term"), *_ratios(rows, language)]
        yield table(f"{about}: {word('tests-of-terms', language)}", columns, rows, language)


def test_tables(result: Row, language: str) -> Iterator[str]:
    """Yield a table of all tests, one of the figures of t tests, and those of chi-squares."""
    tests: Sequence[Row] = result["tests"]
    if tests:
        rows = [{**row, "name": f"{row['name']} ({row['kind']})"} for row in tests]
        columns = [_names(rows, "name"), *_ratios(rows, language)]
        yield table(word("test", language), columns, rows, language)
    compared = [{**row, "unit": NUMBER} for row in tests if row.get("estimate") is not None]
    if compared:
        values = [measured_cells([row], COMPARED, NUMERALS[language])[0] for row in compared]
        columns = [_names(compared, "name")]
        columns += [
            Column(word(name, language), [cells[c] for cells in values])
            for c, name in enumerate(COMPARED)
        ]
        levels = [_level(row, language) for row in compared]
        columns.append(Column(word("level", language), levels))
        yield table(word("compared", language), columns, compared, language)
    for test in tests:
        if test.get("table") is not None:
            yield _cross_table(test, result["data"]["labels"], language)


def _cross_table(test: Row, known: Mapping[str, Mapping[str, str]], language: str) -> str:
    """Write the table of a chi-square: shares within each column, and how many people."""
    cells, numerals = test["table"], NUMERALS[language]
    shares: list[list[float]] = cells["shares"]
    of_column = [sum(column) for column in zip(*shares, strict=True)]
    of_row = [sum(row) for row in shares]
    of_rows, of_columns = known.get(cells["row_variable"]), known.get(cells["column_variable"])
    labels = [labelled(level, of_rows) for level in cells["rows"]]
    labels += [word("together", language), "n"]
    columns = [Column(cells["row_variable"], labels, is_text=True)]
    for c, head in enumerate(cells["columns"]):
        n = sum(row[c] for row in cells["count"])
        within = [row[c] / of_column[c] if of_column[c] else None for row in shares]
        texts = [numerals.percent(share) for share in (*within, 1.0)]
        title = f"{cells['column_variable']} {labelled(head, of_columns)}"
        columns.append(Column(title, [*texts, numerals.whole(n)]))
    n = sum(sum(row) for row in cells["count"])
    texts = [numerals.percent(share) for share in (*of_row, sum(of_row))]
    columns.append(Column(word("together", language), [*texts, numerals.whole(n)]))
    heading = f"{test['name']} ({word('of-column', language)})"
    return table(heading, columns, [{"notes": ()}] * len(labels), language)


def _names(rows: Sequence[Row], key: str) -> Column:
    return Column("", [str(row[key]) for row in rows], is_text=True)


def _values(rows: Sequence[Row], fields: Sequence[str], language: str, sign: str) -> list[Column]:
    cells = measured_cells(rows, fields, NUMERALS[language], sign)
    return [
        Column(word(name, language), [line[c] for line in cells]) for c, name in enumerate(fields)
    ]


def _ratios(rows: Sequence[Row], language: str) -> list[Column]:
    return _tested(rows, ("test-statistic", "df_numerator", "df_denominator", "p_value"), language)


def _tested(rows: Sequence[Row], names: Sequence[str], language: str) -> list[Column]:
    """Return the columns of a statistic with its degrees of freedom and its p value."""
    numerals = NUMERALS[language]
    columns = []
    for name in names:
        key = "statistic" if name in {"t", "test-statistic"} else name
        if key == "statistic":
            cells = [fixed(row[key], 2, language) for row in rows]
        else:
            written = numerals.p_value if key == "p_value" else numerals.freedom
            cells = [written(row[key]) for row in rows]
        columns.append(Column(word("statistic" if name == "t" else name, language), cells))
    return columns


def _level(row: Row, language: str) -> str:
    return NUMERALS[language].brief(round(100 * row["level"], 6)) + "%"


def noted(notes: Sequence[Row], language: str) -> list[str]:
    """Return the sentences of reservations, each once; of many alike the first ones."""
    said: dict[str, dict[str, None]] = {}
    for note in notes:
        sentence = note_sentence(note["code"], note["detail"], language)
        said.setdefault(note["code"], {})[sentence] = None
    lines = []
    for sentences in said.values():
        lines += [f"  {sentence}" for sentence in list(sentences)[:MOST_ALIKE]]
        if len(sentences) > MOST_ALIKE:
            more = NUMERALS[language].whole(len(sentences) - MOST_ALIKE)
            lines.append("  " + word("more-alike", language).format(n=more))
    return lines
