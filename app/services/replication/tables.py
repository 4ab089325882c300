"""The tables of a bundle: rows, codes and nodes, as plain CSV that any program reads alike."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analysis.design import Calibration
from analysis.index.method import Method, Node
from analysis.index.tree import ItemScale
from analysis.snapshot import Layout
from app.services.columns import domain_kind

_NODE_FIELDS = (
    "node", "title", "operation", "items", "of", "weights", "options", "top", "when_absent",
    "points", "knots", "minimum", "maximum", "to", "is_reversed", "amount", "limit", "is_relative",
)  # fmt: skip
_ITEM_FIELDS = (
    "item", "code", "score", "scaled", "rated", "satisfied", "neutral", "dissatisfied",
)  # fmt: skip
_GIVEN_FIELDS = (
    "node", "domain_kind", "domain_code", "value", "error", "low", "high", "is_share",
)  # fmt: skip
_EVERYWHERE = "*"
_DOMAIN = "domain."

Values = NDArray[np.float64]


def rows(
    answers: pl.DataFrame, layout: Layout, weight: Values, more: pl.DataFrame | None = None
) -> bytes:
    """Write one line per respondent, then one per case that has no answers.

    Parameters
    ----------
    answers : polars.DataFrame
        Columns of the layout.
    weight : ndarray of float64
        Final weights of the answers, then of the cases without answers.
    more : polars.DataFrame, optional
        Stratum and PSU of those cases.
    """
    columns = [
        answers[layout.stratum].alias("stratum"),
        answers[layout.psu].alias("psu"),
        *(answers[name].alias(f"{_DOMAIN}{domain_kind(name)}") for name in layout.domains),
        *(_text(answers[item]) for item in layout.items),
    ]
    table = pl.DataFrame(columns)
    if more is not None and len(more):
        table = pl.concat([table, more.rename(dict(_ends(layout)))], how="diagonal")
    return _written(table.insert_column(2, pl.Series("weight", [repr(w) for w in weight.tolist()])))


def auxiliary(calibrations: Sequence[Calibration], weight: Values) -> bytes | None:
    """Write what the variance needs of the control totals, a line per line of the rows.

    Returns
    -------
    bytes or None
        None when weights were not adjusted to any totals.
    """
    if not calibrations:
        return None
    columns: dict[str, list[str]] = {}
    later = [*(each.base_weight for each in calibrations[1:]), weight]
    for number, (each, after) in enumerate(zip(calibrations, later, strict=True), start=1):
        regression = each.base_weight if each.regression_weight is None else each.regression_weight
        columns[f"{number}.after"] = _numbers(after if each.weight is None else each.weight)
        columns[f"{number}.regression"] = _numbers(regression)
        matrix = np.asarray(each.auxiliary, dtype=np.float64)
        for place in range(matrix.shape[1]):
            columns[f"{number}.x{place + 1}"] = _numbers(matrix[:, place])
    return _written(pl.DataFrame(columns))


def items(scales: Mapping[str, ItemScale], wanted: Iterable[str]) -> bytes:
    """Write what every code of the items that a method reads means."""
    lines: list[Sequence[object]] = []
    for item in wanted:
        scale = scales[item]
        for place, code in enumerate(scale.codes):
            is_number = isinstance(code, int)
            first, last = scale.codes[0], scale.codes[-1]
            scaled: float | str = ""
            if is_number and last != first:
                scaled = (float(code) - float(first)) / (float(last) - float(first))
            lines.append(
                (
                    item, code, code if is_number else place, scaled, 1,
                    *(int(code in codes) for codes in
                      (scale.satisfied, scale.neutral, scale.dissatisfied)),
                )
            )  # fmt: skip
        lines += [(item, code, "", "", 0, 0, 0, 0) for code in scale.not_rated]
    return lines_of(_ITEM_FIELDS, lines)


def nodes(method: Method, language: str) -> bytes:
    """Write the tree of a method."""
    return lines_of(_NODE_FIELDS, [_node(node, language) for node in method.nodes])


def given(method: Method) -> bytes | None:
    """Write what was not asked of anybody, a line per domain; ``*`` is every domain.

    Returns
    -------
    bytes or None
        None when the method asks for everything.
    """
    lines: list[Sequence[object]] = []
    for node in method.nodes:
        if node.given is None:
            continue
        known = node.given
        ends = (*map(repr, known.ends), int(known.unit == "share"))
        if known.value is not None:
            kind = "" if known.of_domains else _EVERYWHERE
            lines.append((node.code, kind, "", repr(known.value), repr(known.error), *ends))
        for kind, of in known.of_domains.items():
            errors = known.errors.get(kind, {})
            lines += [
                (node.code, kind, code, repr(value), repr(errors.get(code, 0.0)), *ends)
                for code, value in of.items()
            ]
    return lines_of(_GIVEN_FIELDS, lines) if lines else None


def settings(values: Mapping[str, object]) -> bytes:
    """Write names and values."""
    return lines_of(("name", "value"), list(values.items()))


def lines_of(header: Sequence[str], lines: Iterable[Sequence[object]]) -> bytes:
    """Write a small table: UTF-8, no mark, one line end."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(lines)
    return file.getvalue().encode()


def _node(node: Node, language: str) -> tuple[object, ...]:
    title = node.title.get(language) or next(iter(node.title.values()))
    return (
        node.code, title, node.operation.value, " ".join(node.items), " ".join(node.of),
        " ".join(repr(weight) for weight in node.weights), " ".join(node.options), node.top,
        node.when_absent.value, repr(node.points),
        " ".join(f"{x!r}:{y!r}" for x, y in node.knots), repr(node.minimum), repr(node.maximum),
        " ".join(repr(end) for end in node.to), int(node.is_reversed), repr(node.amount),
        repr(node.limit), int(node.is_relative),
    )  # fmt: skip


def _text(column: pl.Series) -> pl.Series:
    if column.dtype == pl.List(pl.String):
        return column.list.join(" ")
    return column.cast(pl.String)


def _ends(layout: Layout) -> tuple[tuple[str, str], ...]:
    return ((layout.stratum, "stratum"), (layout.psu, "psu"))


def _numbers(values: Values) -> list[str]:
    return [repr(value) for value in values.tolist()]


def _written(table: pl.DataFrame) -> bytes:
    return table.write_csv(line_terminator="\n", null_value="").encode()
