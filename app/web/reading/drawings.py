"""Which figures a chart shows and what its legend says; `app.drawings` draws it."""

from collections.abc import Sequence

from flask_babel import gettext as _

from app.drawings import charts
from app.drawings.charts import Both, Dot, Heading, Parts
from app.drawings.measures import Key
from app.numbers import percent
from app.services.results import Quantity
from app.web.reading.tables import EstimateLine, EstimateTable, TallyTable


def of_nodes(table: EstimateTable, language: str) -> Both | None:
    """Draw the shares of a table of components with intervals and targets."""
    dots = _dots(table, language)
    if not any(dot.value is not None for dot in dots):
        return None
    legend = [Key("estimate", _("Tỷ lệ hài lòng")), Key("interval", _("Khoảng tin cậy"))]
    if any(dot.target is not None for dot in dots):
        legend.append(Key("target", _("Mục tiêu")))
    title = _("Tỷ lệ hài lòng và khoảng tin cậy")
    return charts.dot_chart(Heading(f"chart-{table.ident}", title, _said(dots)), dots, legend)


def of_domains(table: EstimateTable, reference: float | None, language: str) -> Both | None:
    """Draw one share in many domains, with that of the whole as a line through all of them."""
    dots = _dots(table, language)
    if not any(dot.value is not None for dot in dots):
        return None
    legend = [Key("estimate", _("Tỷ lệ hài lòng")), Key("interval", _("Khoảng tin cậy"))]
    if reference is not None:
        legend.append(Key("reference", _("Toàn tỉnh")))
    heading = Heading(f"chart-{table.ident}", table.caption, _said(dots))
    return charts.dot_chart(heading, dots, legend, is_list=True, reference=reference)


def of_parts(table: EstimateTable, language: str) -> Both | None:
    """Draw satisfied, neutral and dissatisfied shares of a table of components."""
    rows = []
    for line in table.lines:
        figure = line.figure
        values = [
            row.value
            for row in (figure.main, figure.neutral, figure.dissatisfied)
            if row is not None and row.value is not None
        ]
        if len(values) == 3:
            rows.append(_parts_row(line.label, values, language, is_main=line.is_main))
    return _parts(table.ident, rows)


def of_tallies(table: TallyTable, language: str) -> Both | None:
    """Draw satisfied, neutral and dissatisfied ratings of the components, as counted."""
    rows = [
        _parts_row(line.label, line.shares, language)
        for line in table.lines
        if line.shares is not None and line.count.node is not None and line.count.node.items
    ]
    return _parts(table.ident, rows)


def _parts_row(
    label: str, values: Sequence[float], language: str, *, is_main: bool = False
) -> Parts:
    shown = tuple(percent(value, language) for value in values)
    return Parts(label, tuple(values), shown, is_main=is_main)


def _parts(ident: str, rows: Sequence[Parts]) -> Both | None:
    if not rows:
        return None
    keys = [
        Key("satisfied", _("Hài lòng")),
        Key("neutral", _("Bình thường")),
        Key("dissatisfied", _("Không hài lòng")),
    ]
    said = "; ".join(
        f"{row.label}: "
        + ", ".join(f"{key.text} {shown}" for key, shown in zip(keys, row.shown, strict=True))
        for row in rows
    )
    title = _("Hài lòng, bình thường, không hài lòng")
    return charts.parts_chart(Heading(f"parts-{ident}", title, said), rows, keys)


def _dots(table: EstimateTable, language: str) -> list[Dot]:
    shares = [line for line in table.lines if line.figure.quantity is Quantity.SHARE]
    return [_dot(line, language) for line in shares]


def _dot(line: EstimateLine, language: str) -> Dot:
    row = line.figure.main
    return Dot(
        label=line.label,
        value=row.value,
        low=row.low,
        high=row.high,
        target=row.target,
        shown="" if row.value is None else percent(row.value, language),
        reason=line.short_reason,
        is_main=line.is_main,
        section=line.section,
    )


def _said(dots: Sequence[Dot]) -> str:
    """Say the chart in words, for those who cannot see it."""
    return "; ".join(f"{dot.label}: {dot.shown or dot.reason}" for dot in dots)
