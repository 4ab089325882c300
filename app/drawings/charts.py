"""Where every mark of a chart of shares stands; `app.drawings.paint` draws it as SVG.

A chart is laid out twice, for wide and for narrow screens, because text in a drawing cannot
reflow.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from app.drawings.measures import LETTER, Axis, Frame, Key, Text


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
class Heading:
    """What a chart is called, in the page and for those who cannot see it.

    ``ident`` is unique in the page.
    """

    ident: str
    title: str
    description: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A laid-out chart in one of its two shapes."""

    heading: Heading
    frame: Frame
    height: float
    legend: tuple[Key, ...]
    bottom: float
    top: float = 0.0
    ticks: tuple[Text, ...] = ()
    dots: tuple[DotRow, ...] = ()
    parts: tuple[PartsRow, ...] = ()
    heads: tuple[Key, ...] = ()
    reference: float | None = None
    start: float = 0.0

    @property
    def ident(self) -> str:
        """Unique in the page: each chart is there in two shapes."""
        return f"{self.heading.ident}-{self.frame.shape}"

    @property
    def width(self) -> float:
        """Width of the drawing."""
        return self.frame.width

    @property
    def svg(self) -> str:
        """The chart as a drawing."""
        from app.drawings.paint import svg

        return svg(self)

    def __html__(self) -> str:
        """Stand in a page as the drawing itself."""
        return self.svg

    @property
    def starts_above_zero(self) -> bool:
        """Whether the axis leaves a part out, which the caption has to say."""
        return self.start > 0


@dataclass(frozen=True, slots=True)
class Both:
    """The same chart for wide and for narrow screens."""

    wide: Chart
    narrow: Chart


_WIDE = Frame("wide", 760, 262, 690, 15, above=False, step=44, column=62)
_NARROW = Frame("narrow", 340, 12, 284, 14, above=True, step=26, column=52)
_WIDE_LIST = Frame("wide", 760, 220, 690, 14, above=False, step=25)
_NARROW_LIST = Frame("narrow", 340, 134, 284, 13, above=False, step=25)


def axis_start(dots: Sequence[Dot]) -> float:
    """Return the share at which the axis begins: the whole tenth below everything that is drawn."""
    ends = [end for dot in dots for end in (dot.low, dot.value, dot.target) if end is not None] or [
        0.0
    ]
    return min(max(math.floor(min(ends) * 10 + 1e-9) / 10, 0.0), 0.9)


def dot_chart(
    heading: Heading,
    dots: Sequence[Dot],
    legend: Sequence[Key],
    *,
    is_list: bool = False,
    reference: float | None = None,
) -> Both:
    """Lay out values with their intervals and targets.

    Parameters
    ----------
    is_list : bool
        Many short rows (units) instead of a few with long names (components).
    reference : float, optional
        Share at which a line runs through all rows, e.g. that of the whole province.
    """
    frames = (_WIDE_LIST, _NARROW_LIST) if is_list else (_WIDE, _NARROW)
    start = axis_start(dots)
    wide, narrow = (_dot_chart(frame, heading, dots, legend, start, reference) for frame in frames)
    return Both(wide, narrow)


def parts_chart(heading: Heading, rows: Sequence[Parts], legend: Sequence[Key]) -> Both:
    """Lay out shares that add up to 1 as divided bars."""
    wide, narrow = (_parts_chart(frame, heading, rows, legend) for frame in (_WIDE, _NARROW))
    return Both(wide, narrow)


def _dot_chart(
    frame: Frame,
    heading: Heading,
    dots: Sequence[Dot],
    legend: Sequence[Key],
    start: float,
    reference: float | None,
) -> Chart:
    keys, top = frame.legend(legend)
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
        row, y = _dot_row(frame, axis, dot, y, section)
        rows.append(row)
    return Chart(
        heading=heading,
        frame=frame,
        height=round(y + 4, 1),
        legend=keys,
        ticks=frame.ticks(axis, ticks_y),
        top=ticks_y + 6,
        bottom=round(y, 1),
        dots=tuple(rows),
        reference=axis.maybe_at(reference),
        start=start,
    )


def _dot_row(
    frame: Frame, axis: Axis, dot: Dot, y: float, section: Text | None
) -> tuple[DotRow, float]:
    lines, middle, end = frame.row(dot.label, y, is_main=dot.is_main)
    baseline = frame.baseline(middle)
    row = DotRow(
        lines=lines,
        y=middle,
        shown=Text(frame.width - 2, baseline, dot.shown),
        is_main=dot.is_main,
        value=axis.maybe_at(dot.value),
        low=axis.maybe_at(dot.low),
        high=axis.maybe_at(dot.high),
        target=axis.maybe_at(dot.target),
        reason=Text(axis.left, baseline, dot.reason) if dot.reason else None,
        section=section,
    )
    return row, end


def _parts_chart(
    frame: Frame, heading: Heading, rows: Sequence[Parts], legend: Sequence[Key]
) -> Chart:
    keys, top = frame.legend(legend)
    # Small parts have no room for their share, so all but the first have a column beside the bars.
    columns = [frame.width - 2 - frame.column * k for k in range(len(legend) - 2, -1, -1)]
    left = 0.0 if frame.above else frame.left + 4
    axis = Axis(0.0, left, columns[0] - frame.column + 6)
    y = top + frame.font + 2
    drawn = []
    for parts in rows:
        lines, middle, y = frame.row(parts.label, y, is_main=parts.is_main)
        height = 28.0 if parts.is_main else 24.0
        baseline = frame.baseline(middle)
        drawn.append(
            PartsRow(
                lines=lines,
                y=round(middle - height / 2, 1),
                height=height,
                is_main=parts.is_main,
                segments=_segments(frame, axis, parts, legend, baseline),
                beside=tuple(
                    Text(x, baseline, shown)
                    for x, shown in zip(columns, parts.shown[1:], strict=True)
                ),
            )
        )
    return Chart(
        heading=heading,
        frame=frame,
        height=round(y + 4, 1),
        legend=keys,
        bottom=round(y, 1),
        parts=tuple(drawn),
        heads=tuple(
            Key(key.kind, "", x, round(top + frame.font * 0.8, 1))
            for key, x in zip(legend[1:], columns, strict=True)
        ),
    )


def _segments(
    frame: Frame, axis: Axis, row: Parts, legend: Sequence[Key], baseline: float
) -> tuple[Segment, ...]:
    """Lay the parts of a bar side by side; the first has its share written in it if it fits."""
    segments = []
    done = 0.0
    for place, (share, key) in enumerate(zip(row.shares, legend, strict=True)):
        left, right = axis.at(done), axis.at(done + share)
        done += share
        width = round(right - left, 1)
        fits = place == 0 and width > len(row.shown[0]) * frame.font * LETTER + 12
        text = Text(left + 10, baseline, row.shown[0])
        segments.append(Segment(key.kind, left, width, text if fits else None))
    return tuple(segments)
