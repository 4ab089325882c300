"""Small pictures side by side: the same places in every one of them, a node in each.

In a panel every place is a stem from the lower to the upper end of its interval, with a dot at its
value; the places stand in the order of their values. A stem that lies wholly beside the line of
the whole population is drawn thicker, with a ring.
"""

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from app.drawings import paint
from app.drawings.charts import Heading
from app.drawings.measures import LETTER, Frame, Key
from app.drawings.svg import Drawing, Pair, document, mark, text

_WIDE = Frame("wide", 760, 0, 760, 13, above=False, step=0)
_NARROW = Frame("narrow", 340, 0, 340, 13, above=False, step=0)
_N_COLUMNS = {"wide": 3, "narrow": 1}
_HEIGHT = 112.0
_GAP = 18.0
_AXIS = 38.0


@dataclass(frozen=True, slots=True)
class Stem:
    """A place in a panel: shares from 0 to 1."""

    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Panel:
    """One small picture; `foot` says what is not in it."""

    title: str
    stems: tuple[Stem, ...]
    whole: float | None
    foot: str = ""


def is_apart(stem: Stem, whole: float | None) -> bool:
    """Whether the whole interval lies beside the line."""
    if whole is None or stem.low is None or stem.high is None:
        return False
    return stem.high < whole or stem.low > whole


def panel_chart(heading: Heading, panels: Sequence[Panel], legend: Sequence[Key]) -> Pair:
    """Draw panels with one axis for all of them."""
    ends = [
        end
        for panel in panels
        for stem in panel.stems
        for end in (stem.value, stem.low)
        if end is not None
    ] or [0.0]
    start = min(max(math.floor(min(ends) * 10 + 1e-9) / 10, 0.0), 0.9)
    wide, narrow = (_draw(frame, heading, panels, legend, start) for frame in (_WIDE, _NARROW))
    return Pair(wide, narrow)


def _draw(
    frame: Frame, heading: Heading, panels: Sequence[Panel], legend: Sequence[Key], start: float
) -> Drawing:
    ident = f"{heading.ident}-{frame.shape}"
    keys, y = frame.legend(legend)
    n_columns = _N_COLUMNS[frame.shape]
    width = (frame.width - _GAP * (n_columns - 1)) / n_columns
    titles = [
        textwrap.wrap(panel.title, int(width / (frame.font * LETTER))) or [""] for panel in panels
    ]
    drawn = [paint.legend(keys, ident)]
    for first in range(0, len(panels), n_columns):
        row = panels[first : first + n_columns]
        lines = titles[first : first + n_columns]
        head = 17.0 * max(len(each) for each in lines)
        for at, panel in enumerate(row):
            x = round(at * (width + _GAP), 1)
            drawn.append(_panel(frame, panel, lines[at], (x, y, width, head), start))
        y = round(y + head + _HEIGHT + 30, 1)
    said = (heading.title, heading.description)
    return Drawing(
        document(ident, frame.shape, (frame.width, y), said, "".join(drawn), frame.font),
        frame.width,
        y,
    )


def _panel(
    frame: Frame,
    panel: Panel,
    lines: Sequence[str],
    place: tuple[float, float, float, float],
    start: float,
) -> str:
    x, y, width, head = place
    drawn = [
        text("label-main", x, round(y + frame.font + 17 * k, 1), line)
        for k, line in enumerate(lines)
    ]
    top, bottom = y + head + 8, y + head + _HEIGHT
    left, right = x + _AXIS, x + width

    def at(share: float) -> float:
        inside = min(max(share, start), 1.0)
        return round(bottom - (inside - start) / (1 - start) * (bottom - top), 1)

    for share in (start, (1 + start) / 2, 1.0):
        drawn.append(mark("path", "grid", d=f"M{left:g} {at(share):g}H{right:g}"))
        shown = f"{round(share * 100)}%"
        drawn.append(text("tick-left", left - 4, at(share) + 4, shown, font_size=11))
    step = (right - left) / max(len(panel.stems), 1)
    for k, stem in enumerate(sorted(panel.stems, key=lambda stem: stem.value)):
        middle = round(left + step * (k + 0.5), 1)
        kind = "-apart" if is_apart(stem, panel.whole) else ""
        if stem.low is not None and stem.high is not None:
            path = f"M{middle:g} {at(stem.low):g}V{at(stem.high):g}"
            drawn.append(mark("path", f"stem{kind}", d=path))
        drawn.append(
            mark("circle", f"dot{kind}", cx=middle, cy=at(stem.value), r=3.2 if kind else 2.2)
        )
    if panel.whole is not None:
        drawn.append(mark("path", "reference", d=f"M{left:g} {at(panel.whole):g}H{right:g}"))
    if panel.foot:
        drawn.append(text("tick-left", right, bottom + 16, panel.foot, font_size=11))
    return "".join(drawn)
