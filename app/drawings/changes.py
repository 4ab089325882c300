"""Arrows from an earlier value to a later one, on one axis of shares.

A change that the intervals do not bear out is drawn dashed and hollow, so that nobody reads a
difference into it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from app.drawings import paint
from app.drawings.charts import Heading
from app.drawings.measures import Axis, Frame, Key
from app.drawings.svg import Drawing, Pair, document, mark, tag, text

_WIDE = Frame("wide", 760, 262, 610, 15, above=False, step=36)
_NARROW = Frame("narrow", 340, 12, 236, 14, above=True, step=24)


@dataclass(frozen=True, slots=True)
class Change:
    """One row: shares from 0 to 1 before and after, and the difference as written.

    ``is_sure`` says whether the change can be told from none; ``reason`` stands in place of a
    change that is not known.
    """

    label: str
    before: float | None
    after: float | None
    shown: str
    is_sure: bool
    is_main: bool = False
    reason: str = ""


def change_chart(heading: Heading, rows: Sequence[Change], legend: Sequence[Key]) -> Pair:
    """Draw changes as arrows."""
    ends = [end for row in rows for end in (row.before, row.after) if end is not None] or [0.0]
    start = min(max(math.floor(min(ends) * 10 + 1e-9) / 10, 0.0), 0.9)
    wide, narrow = (_draw(frame, heading, rows, legend, start) for frame in (_WIDE, _NARROW))
    return Pair(wide, narrow)


def _draw(
    frame: Frame, heading: Heading, rows: Sequence[Change], legend: Sequence[Key], start: float
) -> Drawing:
    ident = f"{heading.ident}-{frame.shape}"
    keys, top = frame.legend(legend)
    axis = Axis(start, frame.left + 4, frame.right - 8)
    y = top + frame.font
    ticks = frame.ticks(axis, y)
    first = y + 6
    y += 10
    drawn = []
    for row in rows:
        written, y = _row(frame, axis, row, y)
        drawn.append(written)
    grid = [
        mark("path", "grid", d=f"M{tick.x:g} {first:g}V{y:g}")
        + text("tick", tick.x, tick.y, tick.text)
        for tick in ticks
    ]
    height = round(y + 4, 1)
    body = paint.legend(keys, ident) + "".join(grid) + "".join(drawn)
    said = (heading.title, heading.description)
    return Drawing(
        document(ident, frame.shape, (frame.width, height), said, body, frame.font),
        frame.width,
        height,
    )


def _row(frame: Frame, axis: Axis, row: Change, y: float) -> tuple[str, float]:
    lines, middle, end = frame.row(row.label, y, is_main=row.is_main)
    main = "-main" if row.is_main else ""
    drawn = [paint.lines(lines, f"label{main}")]
    baseline = frame.baseline(middle)
    if row.reason:
        drawn.append(text("reason", axis.left, baseline, row.reason))
    if row.before is not None and row.after is not None:
        drawn.append(_arrow(axis.at(row.before), axis.at(row.after), middle, is_sure=row.is_sure))
    drawn.append(text(f"shown{main}", frame.width - 2, baseline, row.shown))
    return tag("g", "".join(drawn)), end


def _arrow(before: float, after: float, y: float, *, is_sure: bool) -> str:
    kind = "" if is_sure else "-unsure"
    dot = mark("circle", "mark-open", cx=before, cy=y, r=4)
    length = after - before
    if abs(length) < 1:
        return dot
    forward = 1 if length > 0 else -1
    # A head never longer than the arrow.
    head = min(9.0, abs(length))
    neck = round(after - forward * head, 1)
    shaft = mark("path", f"arrow{kind}", d=f"M{before:g} {y:g}H{neck:g}")
    point = mark(
        "path", f"head{kind}", d=f"M{neck:g} {y - 6:g}L{after:g} {y:g}L{neck:g} {y + 6:g}z"
    )
    return shaft + point + dot
