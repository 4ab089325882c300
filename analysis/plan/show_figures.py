"""Estimates and contrasts on the screen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analysis.plan.align import MOST_ROWS, SHOWN_ROWS, aligned
from analysis.plan.nodes import SHARE
from analysis.plan.numerals import NOTHING, NUMERALS, Numerals, decimals_of
from analysis.plan.words import note_sentence, word

Row = Mapping[str, Any]

LONGEST_LABEL = 40

MEASURED = ("value", "standard_error", "low", "high")
"""Fields in the unit of the figure."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table on the screen.

    Attributes
    ----------
    head : str
    cells : sequence of str
    is_text : bool
        Whether it holds words.
    """

    head: str
    cells: Sequence[str]
    is_text: bool = False


def estimate_tables(result: Row, language: str) -> Iterator[str]:
    """Yield one table per estimate."""
    indices = {index["name"]: index for index in result["indices"]}
    for rows in _grouped(result["estimates"], "name"):
        first = rows[0]
        about = indices.get(first["name"])
        heading = f"{first['name']} ({word(first['kind'], language)}, {_level(first, language)})"
        if about is not None:
            heading += f" – {about['method']}, {word('version', language)} {about['version']}"
        labels = result["data"]["labels"]
        columns = [*_labels(rows, about, labels, language), *_measured(rows, language)]
        columns += [
            _column("n", rows, NUMERALS[language].whole, language),
            _column("df", rows, NUMERALS[language].freedom, language),
            _column("design_effect", rows, lambda one: fixed(one, 2, language), language),
        ]
        if any(row.get("band") for row in rows):
            columns.append(Column(word("band", language), [_band(row) for row in rows], True))
        yield table(heading, columns, rows, language)


def contrast_tables(result: Row, language: str) -> Iterator[str]:
    """Yield one table per contrast; differences of shares in percentage points."""
    for rows in _grouped(result["contrasts"], "name", "unit"):
        first = rows[0]
        words = [word("contrast", language), _level(first, language)]
        if first["unit"] == SHARE:
            words.append(word("percentage-points", language))
        labels, about = result["data"]["labels"], _index_of(rows, result["indices"])
        columns = [*_labels(rows, about, labels, language), *_measured(rows, language, sign="")]
        columns += [
            _column("statistic", rows, lambda one: fixed(one, 2, language), language),
            _column("df", rows, NUMERALS[language].freedom, language),
            _column("p_value", rows, NUMERALS[language].p_value, language),
        ]
        yield table(f"{first['name']} ({', '.join(words)})", columns, rows, language)


def _index_of(rows: Sequence[Row], indices: Sequence[Row]) -> Row | None:
    """Return the index whose nodes and levels a contrast compares, if there is one."""
    compared = {(row["variable"], row["category"]) for row in rows}
    for index in indices:
        nodes = {(node["code"], measure) for node in index["nodes"] for measure in node["measures"]}
        if compared <= nodes:
            return index
    return None


def table(heading: str, columns: Sequence[Column], rows: Sequence[Row], language: str) -> str:
    """Align columns, the first rows of many, with the reservations of the rows below."""
    shown = rows if len(rows) <= MOST_ROWS else rows[:SHOWN_ROWS]
    marks, notes = _notes(shown, language)
    columns = [*columns, Column("", marks, is_text=True)]
    lines = [[column.head for column in columns]]
    lines += [[column.cells[k] for column in columns] for k in range(len(shown))]
    texts = {c for c, column in enumerate(columns) if column.is_text}
    made = [heading, *aligned(lines, texts, NUMERALS[language].decimal)]
    if len(shown) < len(rows):
        more = NUMERALS[language].whole(len(rows) - len(shown))
        made.append("  " + word("more-rows", language).format(n=more))
    return "\n".join([*made, *notes])


def fixed(value: float | None, decimals: int, language: str) -> str:
    """Write a number with so many decimals."""
    return NUMERALS[language].fixed(value, decimals)


def measured_cells(
    rows: Sequence[Row], fields: Sequence[str], numerals: Numerals, sign: str = "%"
) -> list[list[str]]:
    """Write values, errors and ends of rows that belong together.

    Parameters
    ----------
    rows : sequence of mapping
        All with the same variable; shares are told by ``unit``.
    fields : sequence of str
        Which fields; the second is the standard error.
    numerals : Numerals
    sign : str
        What follows a percentage.

    Returns
    -------
    list of list of str
        One list per row.
    """
    decimals = decimals_of(
        (row[fields[1]] for row in rows),
        (row[fields[0]] for row in rows),
    )

    def cell(row: Row, name: str) -> str:
        if row.get("unit") != SHARE:
            return numerals.fixed(row[name], decimals)
        text = numerals.percent(row[name])
        return text if text == NOTHING else text.removesuffix("%") + sign

    return [[cell(row, name) for name in fields] for row in rows]


def _measured(rows: Sequence[Row], language: str, sign: str = "%") -> list[Column]:
    """Return the columns of values, errors and ends, with decimals by variable."""
    cells: dict[int, list[str]] = {}
    variables: dict[tuple[object, ...], list[int]] = {}
    for number, row in enumerate(rows):
        variables.setdefault((row["variable"], row["unit"]), []).append(number)
    for numbers in variables.values():
        same = [rows[number] for number in numbers]
        made = measured_cells(same, MEASURED, NUMERALS[language], sign)
        cells |= dict(zip(numbers, made, strict=True))
    return [
        Column(word(name, language), [cells[number][c] for number in range(len(rows))])
        for c, name in enumerate(MEASURED)
    ]


def labelled(code: str, labels: Mapping[str, str] | None) -> str:
    """Write a code with what the file says it means."""
    label = " ".join((labels or {}).get(code, "").split())
    return f"{code} {label[:LONGEST_LABEL]}".rstrip()


def _labels(
    rows: Sequence[Row],
    about: Row | None,
    labels: Mapping[str, Mapping[str, str]],
    language: str,
) -> list[Column]:
    """Return the columns that say which figure a row is."""
    columns = [
        Column(
            name,
            [labelled(row["domain"].get(name, ""), labels.get(name)) for row in rows],
            is_text=True,
        )
        for name in dict.fromkeys(name for row in rows for name in row["domain"])
    ]

    def texts(name: str, written: Callable[[Any], str]) -> None:
        if any(row.get(name) is not None for row in rows):
            cells = ["" if row.get(name) is None else written(row[name]) for row in rows]
            head = "node" if about is not None and name == "variable" else name
            head = "measure" if about is not None and name == "category" else head
            columns.append(Column(word(head, language), cells, is_text=True))

    texts("variable", str)
    if about is not None:
        titles = {node["code"]: _title(node, language) for node in about["nodes"]}
        cells = [titles.get(row["variable"], "") for row in rows]
        columns.append(Column(word("title", language), cells, is_text=True))
        texts("category", lambda measure: word(f"measure-{measure}", language))
    else:
        cells = [
            labelled(row.get("category") or "", labels.get(row.get("variable") or ""))
            for row in rows
        ]
        if any(cells):
            columns.append(Column(word("category", language), cells, is_text=True))
    texts("quantile", NUMERALS[language].brief)
    return columns


def _title(node: Row, language: str) -> str:
    """Return the title of a node in a language, or in any."""
    titles: Mapping[str, str] = node["title"]
    return titles.get(language) or next(iter(titles.values()), "")


def _band(row: Row) -> str:
    """Write a band, with those that the interval reaches into."""
    if row.get("band") is None:
        return "" if row.get("band_high") is None else f"({NOTHING}–{row['band_high']})"
    ends = {row["band_low"] or NOTHING, row["band_high"] or NOTHING}
    if ends == {row["band"]}:
        return str(row["band"])
    return f"{row['band']} ({row['band_low'] or NOTHING}–{row['band_high'] or NOTHING})"


def _column(name: str, rows: Sequence[Row], written: Callable[[Any], str], language: str) -> Column:
    return Column(word(name, language), [written(row[name]) for row in rows])


def _level(row: Row, language: str) -> str:
    return NUMERALS[language].brief(round(100 * row["level"], 6)) + "%"


def _grouped(rows: Iterable[Row], *keys: str) -> list[list[Row]]:
    found: dict[tuple[object, ...], list[Row]] = {}
    for row in rows:
        found.setdefault(tuple(row[key] for key in keys), []).append(row)
    return list(found.values())


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
