"""Importance against performance: where to act first, with lines at the means."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from app.drawings.charts import Heading
from app.drawings.svg import DARK, SOFT, Drawing, Pair, document, mark, tag, text

# Kinds of quadrants by (is important, is good), and how their dots are told apart without colour.
_FILLS = {"act": "#9c2a1d", "keep": "#0b5563", "watch": "#fff", "enough": "#c9dde1"}
_SHAPES = (("wide", 760.0, 470.0, 14.0), ("narrow", 340.0, 400.0, 12.0))


@dataclass(frozen=True, slots=True)
class Spot:
    """One criterion: number in the table, importance and performance with their ends."""

    number: int
    importance: float
    importance_low: float
    importance_high: float
    performance: float
    performance_low: float
    performance_high: float
    kind: str


@dataclass(frozen=True, slots=True)
class Words:
    """What stands in the picture: axes, and each quadrant by its kind."""

    performance: str
    importance: str
    quadrants: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Plane:
    """Places of values within a box."""

    x0: float
    x1: float
    y0: float
    y1: float
    left: float
    right: float
    top: float
    bottom: float

    def x(self, value: float) -> float:
        share = (min(max(value, self.x0), self.x1) - self.x0) / (self.x1 - self.x0)
        return round(self.left + share * (self.right - self.left), 1)

    def y(self, value: float) -> float:
        share = (min(max(value, self.y0), self.y1) - self.y0) / (self.y1 - self.y0)
        return round(self.bottom - share * (self.bottom - self.top), 1)


def quadrant_chart(
    heading: Heading, spots: Sequence[Spot], lines: tuple[float, float], words: Words
) -> Pair:
    """Draw criteria in the plane of performance and importance.

    Parameters
    ----------
    lines : (float, float)
        Mean importance and mean performance.
    """
    wide, narrow = (_draw(shape, heading, spots, lines, words) for shape in _SHAPES)
    return Pair(wide, narrow)


def _draw(
    shape: tuple[str, float, float, float],
    heading: Heading,
    spots: Sequence[Spot],
    lines: tuple[float, float],
    words: Words,
) -> Drawing:
    name, width, height, font = shape
    plane = _plane(spots, lines, (width, height))
    at, good = lines
    box = mark(
        "rect", "panel", x=plane.left, y=plane.top, width=plane.right - plane.left,
        height=plane.bottom - plane.top,
    )  # fmt: skip
    cross = mark("path", "reference", d=f"M{plane.x(good):g} {plane.top:g}V{plane.bottom:g}")
    cross += mark("path", "reference", d=f"M{plane.left:g} {plane.y(at):g}H{plane.right:g}")
    body = box + _ticks(plane) + cross + _corners(plane, words, font) + _axes(plane, words, height)
    body += "".join(_whiskers(plane, spot) for spot in spots)
    body += "".join(_spot(plane, spot) for spot in spots)
    ident = f"{heading.ident}-{name}"
    said = (heading.title, heading.description)
    return Drawing(document(ident, name, (width, height), said, body, font), width, height)


def _plane(spots: Sequence[Spot], lines: tuple[float, float], size: tuple[float, float]) -> _Plane:
    width, height = size
    ends = [end for s in spots for end in (s.performance_low, s.performance_high)] + [lines[1]]
    x0, x1 = math.floor(min(ends) * 50) / 50, min(math.ceil(max(ends) * 50) / 50, 1.0)
    tall = [end for s in spots for end in (s.importance_low, s.importance_high)] + [lines[0], 0.0]
    y0, y1 = math.floor(min(tall) * 20) / 20, math.ceil(max(tall) * 20) / 20
    return _Plane(x0, x1, y0, y1, 58.0, width - 10, 24.0, height - 46)


def _ticks(plane: _Plane) -> str:
    """Label both axes at four or five round values."""
    drawn = []
    for k in range(5):
        value = plane.x0 + (plane.x1 - plane.x0) * k / 4
        drawn.append(text("tick", plane.x(value), plane.bottom + 16, f"{100 * value:.0f}%"))
    for k in range(5):
        value = plane.y0 + (plane.y1 - plane.y0) * k / 4
        drawn.append(text("tick-left", plane.left - 6, plane.y(value) + 4, f"{100 * value:.0f}"))
    return "".join(drawn)


def _corners(plane: _Plane, words: Words, font: float) -> str:
    """Name the quadrants in the corners of the box."""
    places = {
        "act": (plane.left + 6, plane.top + font + 2, "start"),
        "keep": (plane.right - 6, plane.top + font + 2, "end"),
        "watch": (plane.left + 6, plane.bottom - 8, "start"),
        "enough": (plane.right - 6, plane.bottom - 8, "end"),
    }
    return "".join(
        text("section", places[kind][0], places[kind][1], said, text_anchor=places[kind][2])
        for kind, said in words.quadrants
    )


def _axes(plane: _Plane, words: Words, height: float) -> str:
    below = text("key", (plane.left + plane.right) / 2, height - 8, words.performance,
                 text_anchor="middle")  # fmt: skip
    return below + text("key", 0, 13, words.importance)


def _whiskers(plane: _Plane, spot: Spot) -> str:
    x, y = plane.x(spot.performance), plane.y(spot.importance)
    across = f"M{plane.x(spot.performance_low):g} {y:g}H{plane.x(spot.performance_high):g}"
    along = f"M{x:g} {plane.y(spot.importance_low):g}V{plane.y(spot.importance_high):g}"
    return tag("path", d=across + along, stroke=SOFT, stroke_width=1, fill="none", opacity=0.55)


def _spot(plane: _Plane, spot: Spot) -> str:
    x, y = plane.x(spot.performance), plane.y(spot.importance)
    circle = tag("circle", cx=x, cy=y, r=10, fill=_FILLS[spot.kind], stroke=DARK, stroke_width=1.5)
    ink = "#fff" if spot.kind in {"act", "keep"} else DARK
    number = tag(
        "text", str(spot.number), x=x, y=y + 4, text_anchor="middle", font_size=11,
        font_weight=700, fill=ink,
    )  # fmt: skip
    return circle + number
