"""Values of successive rounds with their intervals.

Two values are joined only if they were measured alike. Where the method changed there is a gap,
a mark and a word, never a line.
"""

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from app.drawings import paint
from app.drawings.charts import Heading
from app.drawings.measures import LETTER, Frame, Key
from app.drawings.svg import Drawing, Pair, document, mark, text

_WIDE = Frame("wide", 760, 52, 744, 15, above=False, step=0)
_NARROW = Frame("narrow", 340, 44, 332, 13, above=False, step=0)
_HEIGHT = {"wide": 250.0, "narrow": 200.0}


@dataclass(frozen=True, slots=True)
class Moment:
    """A value of one round, a share from 0 to 1.

    Attributes
    ----------
    label : str
        Round and time, in few words.
    shown : str
        The value as written; of a value that is not published, why.
    breaks : str
        Why it cannot be compared with the moment before; empty if it can.
    """

    label: str
    value: float | None
    low: float | None
    high: float | None
    shown: str
    breaks: str = ""


def trend_chart(
    heading: Heading,
    moments: Sequence[Moment],
    legend: Sequence[Key],
    *,
    target: float | None = None,
) -> Pair:
    """Draw a trend.

    Parameters
    ----------
    target : float, optional
        Share at which a line runs from the first moment to the last.
    """
    wide, narrow = (_draw(frame, heading, moments, legend, target) for frame in (_WIDE, _NARROW))
    return Pair(wide, narrow)


def segments(moments: Sequence[Moment]) -> tuple[tuple[int, ...], ...]:
    """Places of the moments that a line may join: broken by method and by what is not known."""
    found: list[list[int]] = []
    open_ = False
    for place, moment in enumerate(moments):
        if moment.value is None:
            open_ = False
            continue
        if open_ and not moment.breaks:
            found[-1].append(place)
        else:
            found.append([place])
        open_ = True
    return tuple(tuple(each) for each in found)


@dataclass(frozen=True, slots=True)
class _Scale:
    start: float
    top: float
    bottom: float

    def at(self, share: float) -> float:
        inside = min(max(share, self.start), 1.0)
        height = (1 - inside) / (1 - self.start) * (self.bottom - self.top)
        return round(self.top + height, 1)


def _draw(
    frame: Frame,
    heading: Heading,
    moments: Sequence[Moment],
    legend: Sequence[Key],
    target: float | None,
) -> Drawing:
    ident = f"{heading.ident}-{frame.shape}"
    keys, top = frame.legend(legend)
    scale = _scale(moments, target, top + 24, top + _HEIGHT[frame.shape])
    step = (frame.right - frame.left) / max(len(moments), 1)
    xs = [round(frame.left + step * (place + 0.5), 1) for place in range(len(moments))]
    drawn = [paint.legend(keys, ident), _grid(frame, scale)]
    if target is not None:
        y = scale.at(target)
        drawn.append(
            mark("path", "target", d=f"M{frame.left:g} {y:g}H{frame.right:g}", stroke_width=2)
        )
    drawn += _breaks(moments, xs, step, scale)
    drawn += _joined(moments, xs, scale)
    drawn += [_moment(one, x, scale) for one, x in zip(moments, xs, strict=True)]
    below, height = _names(moments, xs, step, scale.bottom)
    body = "".join(drawn) + below
    said = (heading.title, heading.description)
    return Drawing(
        document(ident, frame.shape, (frame.width, height), said, body, frame.font),
        frame.width,
        height,
    )


def _scale(moments: Sequence[Moment], target: float | None, top: float, bottom: float) -> _Scale:
    ends = [end for one in moments for end in (one.low, one.value) if end is not None]
    ends += [target] if target is not None else []
    start = math.floor(min(ends or [0.0]) * 10 + 1e-9) / 10
    return _Scale(min(max(start, 0.0), 0.9), top, bottom)


def _grid(frame: Frame, scale: _Scale) -> str:
    step = 0.05 if scale.start >= 0.6 else 0.1 if scale.start >= 0.4 else 0.2
    first = math.ceil(scale.start / step - 1e-9)
    drawn = []
    for k in range(first, round(1 / step) + 1):
        y = scale.at(k * step)
        drawn.append(mark("path", "grid", d=f"M{frame.left:g} {y:g}H{frame.right:g}"))
        drawn.append(
            text("tick-left", frame.left - 6, round(y + 4, 1), f"{round(k * step * 100)}%")
        )
    return "".join(drawn)


def _breaks(
    moments: Sequence[Moment], xs: Sequence[float], step: float, scale: _Scale
) -> list[str]:
    """Mark the gaps between moments that cannot be compared."""
    drawn = []
    for place, one in enumerate(moments):
        if not one.breaks or place == 0:
            continue
        x = round((xs[place - 1] + xs[place]) / 2, 1)
        drawn.append(mark("path", "break", d=f"M{x:g} {scale.top - 4:g}V{scale.bottom:g}"))
        letters = max(int(step / (11 * LETTER)), 8)
        for k, line in enumerate(textwrap.wrap(one.breaks, letters)[:3]):
            y = round(scale.top - 14 + 12 * k, 1)
            drawn.append(
                text("break-said", x, y, line, paint_order="stroke", stroke="#fff", stroke_width=4)
            )
    return drawn


def _joined(moments: Sequence[Moment], xs: Sequence[float], scale: _Scale) -> list[str]:
    drawn = []
    for places in segments(moments):
        points = [
            f"{xs[place]:g} {scale.at(value):g}"
            for place in places
            if (value := moments[place].value) is not None
        ]
        if len(points) > 1:
            drawn.append(mark("path", "path", d="M" + "L".join(points)))
    return drawn


def _moment(one: Moment, x: float, scale: _Scale) -> str:
    if one.value is None:
        return text("reason", x, round(scale.bottom - 8, 1), one.shown, text_anchor="middle")
    y = scale.at(one.value)
    drawn = []
    above = y - 5
    if one.low is not None and one.high is not None:
        low, high = scale.at(one.low), scale.at(one.high)
        above = min(above, high)
        path = f"M{x - 5:g} {low:g}h10m-5 0V{high:g}m-5 0h10"
        drawn.append(mark("path", "whisker", d=path))
    drawn.append(mark("circle", "mark", cx=x, cy=y, r=5))
    drawn.append(
        # Above the interval: beside the dot the line to the next moment would cross it.
        text("shown", x, round(above - 7, 1), one.shown, text_anchor="middle",
             paint_order="stroke", stroke="#fff", stroke_width=3)
    )  # fmt: skip
    return "".join(drawn)


def _names(
    moments: Sequence[Moment], xs: Sequence[float], step: float, bottom: float
) -> tuple[str, float]:
    letters = max(int(step / (12 * LETTER)), 6)
    wrapped = [textwrap.wrap(one.label, letters) or [""] for one in moments]
    drawn = [
        text("tick", x, round(bottom + 18 + 15 * k, 1), line)
        for lines, x in zip(wrapped, xs, strict=True)
        for k, line in enumerate(lines)
    ]
    most = max((len(lines) for lines in wrapped), default=1)
    return "".join(drawn), round(bottom + 18 + 15 * most, 1)
