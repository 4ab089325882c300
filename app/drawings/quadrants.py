"""Importance against performance: where to act first, with lines at the means."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from app.drawings.charts import Heading
from app.drawings.svg import DARK, SOFT, Drawing, Pair, document, mark, tag, text

# Kinds of quadrants by (is important, is good), and how their dots are told apart without colour.
_FILLS = {"act": "#9c2a1d", "keep": "#0b5563", "watch": "#fff", "enough": "#c9dde1"}
_RADIUS = 10.0
# Where a dot may go whose own place is taken by another.
_ASIDE = tuple(
    (round(far * math.cos(turn * math.pi / 4), 1), round(far * math.sin(turn * math.pi / 4), 1))
    for far in (22.0, 34.0)
    for turn in (0, 4, 7, 5, 1, 3, 6, 2)
)
_STEPS = (1, 2, 5, 10, 20, 25, 50, 100, 200)
_MOST_TICKS = 6
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
    body += "".join(_spot(plane, spot, place) for spot, place in _placed(plane, spots))
    ident = f"{heading.ident}-{name}"
    said = (heading.title, heading.description)
    return Drawing(document(ident, name, (width, height), said, body, font), width, height)


def _plane(spots: Sequence[Spot], lines: tuple[float, float], size: tuple[float, float]) -> _Plane:
    width, height = size
    ends = [end for s in spots for end in (s.performance_low, s.performance_high)] + [lines[1]]
    x0, x1 = math.floor(min(ends) * 50) / 50, min(math.ceil(max(ends) * 50) / 50, 1.0)
    tall = [end for s in spots for end in (s.importance_low, s.importance_high)] + [lines[0], 0.0]
    y0, y1 = math.floor(min(tall) * 20) / 20, math.ceil(max(tall) * 20) / 20
    return _Plane(x0, x1, y0, y1, 58.0, width - 18, 24.0, height - 46)


def _ticks(plane: _Plane) -> str:
    """Label both axes at round values, at most six of them."""
    across = "".join(
        text("tick", plane.x(value), plane.bottom + 16, f"{100 * value:.0f}%")
        for value in _round_values(plane.x0, plane.x1)
    )
    return across + "".join(
        text(
            "tick-left", plane.left - 6, plane.y(value) + 4, f"{100 * value:.0f}".replace("-", "−")
        )
        for value in _round_values(plane.y0, plane.y1)
    )


def _round_values(low: float, high: float) -> list[float]:
    """Choose whole percents between two ends, in steps that are easy to read."""
    first, last = math.ceil(100 * low - 1e-9), math.floor(100 * high + 1e-9)
    step = next(size for size in _STEPS if (last - first) // size < _MOST_TICKS)
    return [value / 100 for value in range(-(-first // step) * step, last + 1, step)]


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


def _placed(plane: _Plane, spots: Sequence[Spot]) -> list[tuple[Spot, tuple[float, float]]]:
    """Find a place for every dot: its own, or one beside it where that is taken."""
    taken: list[tuple[float, float]] = []
    for spot in spots:
        own = (plane.x(spot.performance), plane.y(spot.importance))
        places = [own, *((own[0] + right, own[1] + down) for right, down in _ASIDE)]
        free = [place for place in places if _is_free(plane, place, taken)]
        taken.append(free[0] if free else own)
    return list(zip(spots, taken, strict=True))


def _is_free(
    plane: _Plane, place: tuple[float, float], taken: Sequence[tuple[float, float]]
) -> bool:
    inside = plane.left <= place[0] <= plane.right and plane.top <= place[1] <= plane.bottom
    return inside and all(math.dist(place, other) >= 2 * _RADIUS + 1 for other in taken)


def _spot(plane: _Plane, spot: Spot, place: tuple[float, float]) -> str:
    """Draw a dot with its number; one that stands aside is tied to where it belongs."""
    own = (plane.x(spot.performance), plane.y(spot.importance))
    x, y = round(place[0], 1), round(place[1], 1)
    drawn = ""
    if place != own:
        tie = f"M{own[0]:g} {own[1]:g}L{x:g} {y:g}"
        drawn += tag("path", d=tie, stroke=DARK, stroke_width=1, fill="none")
        drawn += tag("circle", cx=own[0], cy=own[1], r=2.5, fill=DARK)
    drawn += tag(
        "circle", cx=x, cy=y, r=_RADIUS, fill=_FILLS[spot.kind], stroke=DARK, stroke_width=1.5
    )
    ink = "#fff" if spot.kind in {"act", "keep"} else DARK
    return drawn + tag(
        "text", str(spot.number), x=x, y=y + 4, text_anchor="middle", font_size=11,
        font_weight=700, fill=ink,
    )  # fmt: skip
