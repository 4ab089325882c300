"""Draws the charts that `app.drawings.charts` lays out."""

from collections.abc import Mapping, Sequence
from html import escape

from app.drawings.charts import Chart, DotRow, PartsRow
from app.drawings.measures import Key, Text
from app.drawings.svg import ACCENT, NEUTRAL, document, hatches, mark, tag, text


def svg(chart: Chart) -> str:
    """Draw a chart."""
    body = [legend(chart.legend, chart.ident)]
    if chart.dots:
        body += _axis(chart)
        body += [_dot(row) for row in chart.dots]
    if chart.parts:
        body = [hatches(chart.ident), *body]
        body += [
            tag(
                "g",
                _part(head.kind, chart.ident, x=-16, y=-11, width=16, height=12),
                transform=f"translate({head.x:g} {head.y:g})",
            )
            for head in chart.heads
        ]
        body += [_bar(row, chart.ident) for row in chart.parts]
    return document(
        chart.ident,
        chart.frame.shape,
        (chart.width, chart.height),
        (chart.heading.title, chart.heading.description),
        "".join(body),
        chart.frame.font,
    )


def legend(keys: Sequence[Key], ident: str) -> str:
    """Draw the entries of a legend where they were placed."""
    return "".join(
        tag(
            "g",
            _sample(key.kind, ident) + mark("text", "key", escape(key.text), x=32),
            transform=f"translate({key.x:g} {key.y:g})",
        )
        for key in keys
    )


def lines(texts: Sequence[Text], kind: str) -> str:
    """Draw lines of text that look alike."""
    return "".join(text(kind, one.x, one.y, one.text) for one in texts)


_SAMPLES: Mapping[str, str] = {
    "estimate": mark("circle", "mark", cx=12, cy=-5, r=5),
    "earlier": mark("circle", "mark-open", cx=12, cy=-5, r=5),
    "interval": mark("path", "whisker", d="M2-5h20M2-9v8M22-9v8"),
    "target": mark("path", "target", d="M12-13v16"),
    "reference": mark("path", "reference", d="M12-13v16"),
    "break": mark("path", "break", d="M12-13v16"),
    "apart": mark("path", "stem-apart", d="M12-13v16")
    + mark("circle", "dot-apart", cx=12, cy=-5, r=4),
    "changed": mark("path", "arrow", d="M2-5h12") + mark("path", "head", d="M14-11l9 6l-9 6z"),
    "unsure": mark("path", "arrow-unsure", d="M2-5h12")
    + mark("path", "head-unsure", d="M14-11l8 6l-8 6z"),
}


def _sample(kind: str, ident: str) -> str:
    """Show what a mark of the legend looks like."""
    return _SAMPLES.get(kind) or _part(kind, ident, x=4, y=-12, width=16, height=14)


def _part(kind: str, ident: str, **place: float) -> str:
    fill = {"satisfied": ACCENT, "neutral": NEUTRAL, "dissatisfied": f"url(#{ident}-warn)"}
    return mark("rect", "part", **place, fill=fill.get(kind, NEUTRAL))


def _axis(chart: Chart) -> list[str]:
    drawn = []
    for tick in chart.ticks:
        drawn.append(mark("path", "grid", d=f"M{tick.x:g} {chart.top:g}V{chart.bottom:g}"))
        drawn.append(text("tick", tick.x, tick.y, tick.text))
    if chart.reference is not None:
        path = f"M{chart.reference:g} {chart.top:g}V{chart.bottom:g}"
        drawn.append(mark("path", "reference", d=path))
    return drawn


def _dot(row: DotRow) -> str:
    main = "-main" if row.is_main else ""
    drawn = [lines(row.lines, f"label{main}")]
    if row.reason:
        drawn.append(text("reason", row.reason.x, row.reason.y, row.reason.text))
    if row.target is not None:
        drawn.append(mark("path", "target", d=f"M{row.target:g} {row.y:g}m0-11v22"))
    if row.low is not None and row.high is not None:
        path = f"M{row.low:g} {row.y:g}m0-5v10m0-5H{row.high:g}m0-5v10"
        drawn.append(mark("path", f"whisker{main}", d=path))
    if row.value is not None:
        drawn.append(
            mark("circle", f"mark{main}", cx=row.value, cy=row.y, r=7 if row.is_main else 5)
        )
    drawn.append(text(f"shown{main}", row.shown.x, row.shown.y, row.shown.text))
    above = text("section", row.section.x, row.section.y, row.section.text) if row.section else ""
    return above + tag("g", "".join(drawn), class_="main" if row.is_main else None)


def _bar(row: PartsRow, ident: str) -> str:
    drawn = [lines(row.lines, "label-main" if row.is_main else "label")]
    for part in row.segments:
        drawn.append(
            _part(part.kind, ident, x=part.x, y=row.y, width=part.width, height=row.height)
        )
        if part.text:
            drawn.append(text("within", part.text.x, part.text.y, part.text.text))
    drawn.append(lines(row.beside, "beside"))
    return tag("g", "".join(drawn), class_="main" if row.is_main else None)
