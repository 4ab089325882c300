"""A map of places as tiles: one for each, where it lies among its neighbours, with name and value.

Colour and hatch say the class of the value, arrows say which places stand apart from the whole
with their whole interval, and a dashed empty tile says that nothing is published.
"""

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from app.drawings.charts import Heading
from app.drawings.measures import LETTER
from app.drawings.placing import Grid, place
from app.drawings.svg import (
    CLASSES,
    INK,
    ON_CLASSES,
    TARGET,
    Drawing,
    Pair,
    document,
    hatches,
    mark,
    tag,
    text,
)

HIDDEN = -1
"""Class of a place whose value is not published."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A place.

    Attributes
    ----------
    point : (latitude, longitude), optional
        In degrees.
    value : float, optional
        Share from 0 to 1; None if it is not published.
    shown : str
        The value as written.
    standing : int
        1: its whole interval lies above the whole population, -1: below it, 0: neither.
    url : str
        Page of the place; empty without one.
    """

    name: str
    point: tuple[float, float] | None
    value: float | None
    shown: str
    standing: int = 0
    url: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """What stands in the legend: of values that are hidden, above and below the whole.

    ``unplaced`` stands over the places of which nobody knows where they lie.
    """

    hidden: str
    above: str
    below: str
    unplaced: str


@dataclass(frozen=True, slots=True)
class _Shape:
    name: str
    width: float
    font: float
    height: float
    n_columns: int | None


_SHAPES = (_Shape("wide", 760, 12, 54, None), _Shape("narrow", 340, 10, 48, 5))
_GAP = 3.0
_STRIP = 8.0
# So many classes of five points at the low end may be one: few places are in them.
_MERGED = 3


def bounds(values: Sequence[float]) -> tuple[float, ...]:
    """Divide shares into at most five classes; return their ends, at round numbers.

    The lowest may be wider than the others.
    Class k goes from ``bounds[k]`` (within) to ``bounds[k + 1]`` (without; the last within).
    """
    if not values:
        return ()
    low, high = min(values), max(values)
    for step in (0.01, 0.02, 0.05, 0.1, 0.2):
        first = math.floor(low / step + 1e-9)
        last = max(math.ceil(high / step - 1e-9), first + 1)
        if last - first <= len(CLASSES) + (_MERGED if step == 0.05 else 0):
            ends = [k * step for k in range(max(first, last - len(CLASSES)), last + 1)]
            return tuple(round(end, 4) for end in (min(first * step, ends[0]), *ends[1:]))
    return (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)


def class_of(value: float | None, ends: Sequence[float]) -> int:
    """Class of a share, or `HIDDEN`."""
    if value is None:
        return HIDDEN
    return min(max(sum(value >= end - 1e-12 for end in ends) - 1, 0), max(len(ends) - 2, 0))


def tile_map(
    heading: Heading,
    tiles: Sequence[Tile],
    classes: Sequence[str],
    ends: Sequence[float],
    words: Words,
) -> Pair:
    """Draw the places as tiles.

    Parameters
    ----------
    classes : sequence of str
        What each class is called in the legend, from the lowest.
    ends : sequence of float
        Ends of the classes, as `bounds` gives them.
    """
    wide, narrow = (_draw(shape, heading, tiles, classes, ends, words) for shape in _SHAPES)
    return Pair(wide, narrow)


def _draw(
    shape: _Shape,
    heading: Heading,
    tiles: Sequence[Tile],
    classes: Sequence[str],
    ends: Sequence[float],
    words: Words,
) -> Drawing:
    ident = f"{heading.ident}-{shape.name}"
    grid = place([tile.point for tile in tiles], shape.n_columns)
    legend, top = _legend(shape, ident, classes, words)
    width = (shape.width + _GAP) / grid.n_columns - _GAP
    drawn = [hatches(ident), legend]
    aside = [cell.row for tile, cell in zip(tiles, grid.cells, strict=True) if tile.point is None]
    # Apart from the map, with a heading, so that nobody looks for them there.
    gap = 22.0 if aside else 0.0
    if aside:
        y = top + min(aside) * (shape.height + _GAP) + 14
        drawn.append(text("section", 0, round(y, 1), words.unplaced))
    for tile, cell in zip(tiles, grid.cells, strict=True):
        x = round(cell.column * (width + _GAP), 1)
        y = round(top + cell.row * (shape.height + _GAP), 1)
        y += gap if tile.point is None else 0
        drawn.append(_tile(shape, ident, tile, (x, y, round(width, 1)), class_of(tile.value, ends)))
    height = round(top + gap + _height(grid, shape), 1)
    said = (heading.title, heading.description)
    role = "group" if any(tile.url for tile in tiles) else "img"
    svg = document(ident, shape.name, (shape.width, height), said, "".join(drawn), shape.font, role)
    return Drawing(svg, shape.width, height)


def _height(grid: Grid, shape: _Shape) -> float:
    return grid.n_rows * (shape.height + _GAP) + 2


def _tile(shape: _Shape, ident: str, tile: Tile, place_: tuple[float, float, float], k: int) -> str:
    x, y, width = place_
    middle = round(x + width / 2, 1)
    ink = INK if k == HIDDEN else _inks(k)
    box = {"x": x, "y": y, "width": width, "height": shape.height, "rx": 2}
    drawn = [
        mark("rect", "tile-hidden", **box)
        if k == HIDDEN
        else mark("rect", "tile", **box, fill=CLASSES[k])
        + _strip(ident, k, x, y + shape.height - _STRIP, width)
    ]
    letters = max(int((width - 5) / (shape.font * LETTER)), 4)
    lines = textwrap.wrap(tile.name, letters)[:2]
    for at, line in enumerate(lines):
        base = y + shape.font * 1.15 * (at + 1) + (0 if len(lines) > 1 else shape.font * 0.5)
        drawn.append(text("tile-name", middle, round(base, 1), line, fill=ink))
    base = round(y + shape.height - _STRIP - 4, 1)
    drawn.append(text("tile-value", middle, base, tile.shown, fill=ink))
    if tile.standing:
        drawn.append(_standing(tile.standing, x + width - 8, y + shape.height - _STRIP - 9, ink))
    body = tag("title", escape(f"{tile.name}: {tile.shown}")) + "".join(drawn)
    return tag("a", body, href=tile.url) if tile.url else tag("g", body)


def _inks(k: int) -> str:
    return ON_CLASSES[k]


def _strip(ident: str, k: int, x: float, y: float, width: float) -> str:
    """Hatch the foot of a tile, so that its class shows without colour too."""
    fill = "#fff" if k == 0 else INK if k == len(CLASSES) - 1 else f"url(#{ident}-hatch-{k})"
    place_ = {"x": x + 1, "y": round(y, 1), "width": round(width - 2, 1), "height": _STRIP - 1}
    ground = tag("rect", **place_, fill="#fff")
    return ground + tag("rect", **place_, fill=fill)


def _standing(standing: int, x: float, y: float, ink: str) -> str:
    up = standing > 0
    path = f"M{x - 5:g} {y + 5:g}h10l-5 -10z" if up else f"M{x - 5:g} {y - 5:g}h10l-5 10z"
    fill = ink if up else TARGET
    return tag("path", d=path, fill=fill, stroke="#fff", stroke_width=1.2)


def _legend(shape: _Shape, ident: str, classes: Sequence[str], words: Words) -> tuple[str, float]:
    entries = [(k, name) for k, name in enumerate(classes)]
    entries.append((HIDDEN, words.hidden))
    x, y, drawn = 0.0, 2.0, []
    size = 12.0
    for k, name in entries:
        x, y, at = _next(shape, x, y, 30 + len(name) * size * 0.56 + 14)
        box = {"x": at, "y": y, "width": 22, "height": 16}
        drawn.append(
            mark("rect", "tile-hidden", **box)
            if k == HIDDEN
            else mark("rect", "tile", **box, fill=CLASSES[k]) + _strip(ident, k, at, y + 8, 22)
        )
        drawn.append(text("key", at + 28, y + 13, name, font_size=size))
    for standing, name in ((1, words.above), (-1, words.below)):
        x, y, at = _next(shape, x, y, 20 + len(name) * size * 0.56 + 14)
        drawn.append(_standing(standing, at + 8, y + 8, INK))
        drawn.append(text("key", at + 20, y + 13, name, font_size=size))
    return "".join(drawn), y + 28


def _next(shape: _Shape, x: float, y: float, width: float) -> tuple[float, float, float]:
    """Find room for an entry of the legend; return where the next begins, and where this does."""
    if x and x + width > shape.width:
        x, y = 0.0, y + 22
    return x + width, y, round(x, 1)
