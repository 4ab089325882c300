"""Where every mark of a chart stands; macros/chart.html draws it as SVG, without JavaScript.

A chart is laid out twice, for wide and for narrow screens, because text in a drawing cannot
reflow. Units are those of the drawing's own `viewBox`.
"""

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

# Mean width of a letter in ems, generous for Vietnamese in any system font.
_LETTER = 0.53


@dataclass(frozen=True, slots=True)
class Dot:
    """One row of an interval chart: a share from 0 to 1 with its ends.

    ``shown`` is the value as written; ``reason`` stands in its place when there is none;
    ``section`` is a heading of the rows that begin with this one.
    """

    label: str
    value: float | None
    low: float | None
    high: float | None
    target: float | None
    shown: str
    reason: str = ""
    is_main: bool = False
    section: str = ""


@dataclass(frozen=True, slots=True)
class Parts:
    """One row of a parts chart: shares that add up to 1, and each as written."""

    label: str
    shares: tuple[float, ...]
    shown: tuple[str, ...]
    is_main: bool = False


@dataclass(frozen=True, slots=True)
class Key:
    """One entry of the legend; `kind` names how it is drawn."""

    kind: str
    text: str
    x: float = 0
    y: float = 0


@dataclass(frozen=True, slots=True)
class Text:
    """A line of text at a place."""

    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class DotRow:
    """A laid-out `Dot`."""

    lines: tuple[Text, ...]
    y: float
    shown: Text
    is_main: bool
    value: float | None
    low: float | None
    high: float | None
    target: float | None
    reason: Text | None
    section: Text | None


@dataclass(frozen=True, slots=True)
class Segment:
    """A laid-out share: its colour class is that of its place in the legend."""

    kind: str
    x: float
    width: float
    text: Text | None


@dataclass(frozen=True, slots=True)
class PartsRow:
    """A laid-out `Parts`."""

    lines: tuple[Text, ...]
    y: float
    height: float
    is_main: bool
    segments: tuple[Segment, ...]
    beside: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A laid-out chart in one of its two shapes."""

    ident: str
    shape: str
    title: str
    description: str
    width: float
    height: float
    font: float
    legend: tuple[Key, ...]
    ticks: tuple[Text, ...]
    top: float
    bottom: float
    dots: tuple[DotRow, ...] = ()
    parts: tuple[PartsRow, ...] = ()
    heads: tuple[Key, ...] = ()
    reference: float | None = None
    start: float = 0.0

    @property
    def starts_above_zero(self) -> bool:
        """Whether the axis leaves a part out, which the caption has to say."""
        return self.start > 0


@dataclass(frozen=True, slots=True)
class Both:
    """The same chart for wide and for narrow screens."""

    wide: Chart
    narrow: Chart


@dataclass(frozen=True, slots=True)
class Axis:
    """Shares from `start` to 1, drawn from `left` to `right`."""

    start: float
    left: float
    right: float

    def at(self, share: float) -> float:
        """Place of a share; what lies outside is drawn at the end."""
        inside = min(max(share, self.start), 1.0)
        place = self.left + (inside - self.start) / (1 - self.start) * (self.right - self.left)
        return round(place, 1)


@dataclass(frozen=True, slots=True)
class _Frame:
    """Measures of one shape of a chart; ``above`` puts labels over the bars."""

    shape: str
    width: float
    left: float
    right: float
    font: float
    above: bool
    step: float
    column: float = 0.0

    @property
    def letters(self) -> int:
        room = self.width if self.above else self.left - 14
        return int(room / (self.font * _LETTER))


_WIDE = _Frame("wide", 760, 262, 690, 15, above=False, step=44, column=62)
_NARROW = _Frame("narrow", 340, 12, 284, 14, above=True, step=26, column=52)
_WIDE_LIST = _Frame("wide", 760, 220, 690, 14, above=False, step=25)
_NARROW_LIST = _Frame("narrow", 340, 134, 284, 13, above=False, step=25)
_LINE = 1.25


def axis_start(dots: Sequence[Dot]) -> float:
    """Return the share at which the axis begins: the whole tenth below everything that is drawn."""
    ends = [end for dot in dots for end in (dot.low, dot.value, dot.target) if end is not None] or [
        0.0
    ]
    return min(max(math.floor(min(ends) * 10 + 1e-9) / 10, 0.0), 0.9)


def dot_chart(
    ident: str,
    title: str,
    description: str,
    dots: Sequence[Dot],
    legend: Sequence[Key],
    *,
    is_list: bool = False,
    reference: float | None = None,
) -> Both:
    """Lay out values with their intervals and targets.

    Parameters
    ----------
    ident : str
        Unique in the page.
    is_list : bool
        Many short rows (units) instead of a few with long names (components).
    reference : float, optional
        Share at which a line runs through all rows, e.g. that of the whole province.
    """
    frames = (_WIDE_LIST, _NARROW_LIST) if is_list else (_WIDE, _NARROW)
    start = axis_start(dots)
    wide, narrow = (
        _dot_chart(frame, ident, title, description, dots, legend, start, reference)
        for frame in frames
    )
    return Both(wide, narrow)


def parts_chart(
    ident: str, title: str, description: str, rows: Sequence[Parts], legend: Sequence[Key]
) -> Both:
    """Lay out shares that add up to 1 as divided bars."""
    wide, narrow = (
        _parts_chart(frame, ident, title, description, rows, legend) for frame in (_WIDE, _NARROW)
    )
    return Both(wide, narrow)


def _dot_chart(
    frame: _Frame,
    ident: str,
    title: str,
    description: str,
    dots: Sequence[Dot],
    legend: Sequence[Key],
    start: float,
    reference: float | None,
) -> Chart:
    keys, top = _legend(frame, legend)
    axis = Axis(start, frame.left + 4, frame.right - 8)
    ticks_y = top + frame.font
    y = ticks_y + 10
    rows: list[DotRow] = []
    for dot in dots:
        section = None
        if dot.section:
            y += frame.font * (1.0 if rows else 0.4)
            section = Text(0, round(y + frame.font, 1), dot.section)
            y += frame.font * 1.5
        lines, middle, y = _row(frame, dot.label, y, is_main=dot.is_main)
        rows.append(
            DotRow(
                lines=lines,
                y=middle,
                shown=Text(frame.width - 2, middle + frame.font * 0.36, dot.shown),
                is_main=dot.is_main,
                value=_place(axis, dot.value),
                low=_place(axis, dot.low),
                high=_place(axis, dot.high),
                target=_place(axis, dot.target),
                reason=Text(axis.left, middle + frame.font * 0.36, dot.reason)
                if dot.reason
                else None,
                section=section,
            )
        )
    return Chart(
        ident=f"{ident}-{frame.shape}",
        shape=frame.shape,
        title=title,
        description=description,
        width=frame.width,
        height=round(y + 4, 1),
        font=frame.font,
        legend=keys,
        ticks=_ticks(axis, ticks_y, frame),
        top=ticks_y + 6,
        bottom=round(y, 1),
        dots=tuple(rows),
        reference=_place(axis, reference),
        start=start,
    )


def _parts_chart(
    frame: _Frame,
    ident: str,
    title: str,
    description: str,
    rows: Sequence[Parts],
    legend: Sequence[Key],
) -> Chart:
    keys, top = _legend(frame, legend)
    # Small parts have no room for their share, so all but the first have a column beside the bars.
    columns = [frame.width - 2 - frame.column * k for k in range(len(legend) - 2, -1, -1)]
    left = 0.0 if frame.above else frame.left + 4
    axis = Axis(0.0, left, columns[0] - frame.column + 6)
    heads = tuple(
        Key(key.kind, "", x, round(top + frame.font * 0.8, 1))
        for key, x in zip(legend[1:], columns, strict=True)
    )
    y = top + frame.font + 2
    drawn = []
    for row in rows:
        lines, middle, y = _row(frame, row.label, y, is_main=row.is_main)
        height = 28.0 if row.is_main else 24.0
        baseline = round(middle + frame.font * 0.36, 1)
        drawn.append(
            PartsRow(
                lines=lines,
                y=round(middle - height / 2, 1),
                height=height,
                is_main=row.is_main,
                segments=_segments(frame, axis, row, legend, baseline),
                beside=tuple(
                    Text(x, baseline, shown)
                    for x, shown in zip(columns, row.shown[1:], strict=True)
                ),
            )
        )
    return Chart(
        ident=f"{ident}-{frame.shape}",
        shape=frame.shape,
        title=title,
        description=description,
        width=frame.width,
        height=round(y + 4, 1),
        font=frame.font,
        legend=keys,
        ticks=(),
        top=0,
        bottom=round(y, 1),
        parts=tuple(drawn),
        heads=heads,
    )


def _segments(
    frame: _Frame, axis: Axis, row: Parts, legend: Sequence[Key], baseline: float
) -> tuple[Segment, ...]:
    """Lay the parts of a bar side by side; the first has its share written in it if it fits."""
    segments = []
    done = 0.0
    for place, (share, key) in enumerate(zip(row.shares, legend, strict=True)):
        left, right = axis.at(done), axis.at(done + share)
        done += share
        width = round(right - left, 1)
        fits = place == 0 and width > len(row.shown[0]) * frame.font * _LETTER + 12
        text = Text(left + 10, baseline, row.shown[0])
        segments.append(Segment(key.kind, left, width, text if fits else None))
    return tuple(segments)


def _row(
    frame: _Frame, label: str, y: float, *, is_main: bool
) -> tuple[tuple[Text, ...], float, float]:
    """Place a label; return its lines, the middle of its bar, and where the next row begins."""
    # Bold letters are wider.
    letters = int(frame.letters * (0.92 if is_main else 1))
    texts = textwrap.wrap(label, letters) or [""]
    line = frame.font * _LINE
    if frame.above:
        lines = tuple(
            Text(0, round(y + frame.font + line * k, 1), text) for k, text in enumerate(texts)
        )
        middle = round(y + line * len(texts) + frame.step / 2 + 2, 1)
        return lines, middle, round(middle + frame.step / 2 + 8, 1)
    step = max(frame.step, line * len(texts) + 6)
    middle = round(y + step / 2, 1)
    first = middle - line * (len(texts) - 1) / 2 + frame.font * 0.36
    lines = tuple(Text(0, round(first + line * k, 1), text) for k, text in enumerate(texts))
    return lines, middle, round(y + step, 1)


def _legend(frame: _Frame, keys: Sequence[Key]) -> tuple[tuple[Key, ...], float]:
    """Place the entries of the legend in rows; return them and where they end."""
    placed = []
    x, y = 0.0, frame.font
    size = min(frame.font, 14)
    for key in keys:
        width = 34 + len(key.text) * size * 0.55 + 12
        if x and x + width > frame.width:
            x, y = 0.0, y + size * 1.7
        placed.append(Key(key.kind, key.text, round(x, 1), round(y, 1)))
        x += width
    return tuple(placed), (y + 10 if placed else 0.0)


def _ticks(axis: Axis, y: float, frame: _Frame) -> tuple[Text, ...]:
    span = 1 - axis.start
    step = next(
        step
        for step in (0.05, 0.1, 0.2, 0.25)
        if span / step * frame.font * 3.4 <= axis.right - axis.left or step == 0.25
    )
    first = math.ceil(axis.start / step - 1e-9)
    last = round(1 / step)
    return tuple(
        Text(axis.at(k * step), round(y, 1), f"{round(k * step * 100)}%")
        for k in range(first, last + 1)
    )


def _place(axis: Axis, share: float | None) -> float | None:
    return None if share is None else axis.at(share)
