"""Measures of drawings: places on an axis, lines of text, rows, legends.

Units are those of a drawing's own `viewBox`.
"""

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

# Mean width of a letter in ems, generous for Vietnamese in any system font.
LETTER = 0.53
_LINE = 1.25
# From the middle of a line of text down to where its letters stand, in ems.
_BASELINE = 0.36


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

    def maybe_at(self, share: float | None) -> float | None:
        """Place of a share that may be missing."""
        return None if share is None else self.at(share)


@dataclass(frozen=True, slots=True)
class Frame:
    """Measures of one shape of a chart.

    Attributes
    ----------
    left, right : float
        Where the bars begin and end.
    above : bool
        Whether labels stand above the bars instead of beside them.
    step : float
        Least height of a row.
    column : float
        Width of a column of shares beside the bars.
    """

    shape: str
    width: float
    left: float
    right: float
    font: float
    above: bool
    step: float
    column: float = 0.0

    def baseline(self, middle: float) -> float:
        """Where letters stand whose middle is at a height."""
        return round(middle + self.font * _BASELINE, 1)

    def row(self, label: str, y: float, *, is_main: bool) -> tuple[tuple[Text, ...], float, float]:
        """Place a label; return its lines, the middle of its bar, and where the next row begins."""
        room = self.width if self.above else self.left - 14
        # Bold letters are wider.
        letters = int(room / (self.font * LETTER) * (0.92 if is_main else 1))
        texts = textwrap.wrap(label, letters) or [""]
        line = self.font * _LINE
        if self.above:
            lines = tuple(
                Text(0, round(y + self.font + line * k, 1), text) for k, text in enumerate(texts)
            )
            middle = round(y + line * len(texts) + self.step / 2 + 2, 1)
            return lines, middle, round(middle + self.step / 2 + 8, 1)
        step = max(self.step, line * len(texts) + 6)
        middle = round(y + step / 2, 1)
        first = middle - line * (len(texts) - 1) / 2 + self.font * _BASELINE
        lines = tuple(Text(0, round(first + line * k, 1), text) for k, text in enumerate(texts))
        return lines, middle, round(y + step, 1)

    def legend(self, keys: Sequence[Key]) -> tuple[tuple[Key, ...], float]:
        """Place the entries of the legend in rows; return them and where they end."""
        placed = []
        x, y = 0.0, self.font
        size = min(self.font, 14)
        for key in keys:
            width = 34 + len(key.text) * size * 0.55 + 12
            if x and x + width > self.width:
                x, y = 0.0, y + size * 1.7
            placed.append(Key(key.kind, key.text, round(x, 1), round(y, 1)))
            x += width
        return tuple(placed), (y + 10 if placed else 0.0)

    def ticks(self, axis: Axis, y: float) -> tuple[Text, ...]:
        """Label the axis as densely as there is room for."""
        span = 1 - axis.start
        step = next(
            step
            for step in (0.05, 0.1, 0.2, 0.25)
            if span / step * self.font * 3.4 <= axis.right - axis.left or step == 0.25
        )
        first = math.ceil(axis.start / step - 1e-9)
        last = round(1 / step)
        return tuple(
            Text(axis.at(k * step), round(y, 1), f"{round(k * step * 100)}%")
            for k in range(first, last + 1)
        )
