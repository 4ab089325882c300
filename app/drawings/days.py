"""Counts by day as columns, with the days that stand out and what other days let expect."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.drawings import paint
from app.drawings.charts import Heading
from app.drawings.measures import Frame, Key
from app.drawings.svg import Drawing, Pair, document, hatches, mark, tag, text

_WIDE = Frame("wide", 760, 40, 748, 14, above=False, step=0)
_NARROW = Frame("narrow", 340, 34, 334, 13, above=False, step=0)
_HEIGHT = {"wide": 190.0, "narrow": 160.0}
_LABELS = {"wide": 6, "narrow": 3}


@dataclass(frozen=True, slots=True)
class Day:
    """One day: how many there were and how many were to be expected."""

    label: str
    count: int
    expected: float
    stands_out: bool


def day_chart(heading: Heading, days: Sequence[Day], legend: Sequence[Key]) -> Pair:
    """Draw counts by day.

    Parameters
    ----------
    legend : sequence of Key
        Of the kinds ``satisfied`` (days), ``dissatisfied`` (days that stand out) and ``interval``
        (what is expected).
    """
    wide, narrow = (_draw(frame, heading, days, legend) for frame in (_WIDE, _NARROW))
    return Pair(wide, narrow)


def _draw(frame: Frame, heading: Heading, days: Sequence[Day], legend: Sequence[Key]) -> Drawing:
    ident = f"{heading.ident}-{frame.shape}"
    keys, top = frame.legend(legend)
    top += 12
    bottom = top + _HEIGHT[frame.shape]
    most = max([1.0, *(max(day.count, day.expected) for day in days)])
    step = (frame.right - frame.left) / max(len(days), 1)
    scale = (bottom - top) / most

    def height(count: float) -> float:
        return round(bottom - count * scale, 1)

    drawn = [hatches(ident), paint.legend(keys, ident)]
    for tick in sorted({0, round(most / 2), round(most)}):
        drawn.append(mark("path", "grid", d=f"M{frame.left:g} {height(tick):g}H{frame.right:g}"))
        drawn.append(text("tick-left", frame.left - 6, round(height(tick) + 4, 1), str(tick)))
    line = []
    for place, day in enumerate(days):
        x = round(frame.left + step * place, 1)
        if day.count:
            drawn.append(_column(day, ident, (x, height(day.count), step, bottom)))
        line.append(f"{x:g} {height(day.expected):g}H{x + step:.1f}")
    if line:
        drawn.append(mark("path", "whisker", d="M" + "L".join(line)))
    drawn += _labels(days, frame, step, bottom)
    bottom = round(bottom + 26, 1)
    said = (heading.title, heading.description)
    made = document(ident, frame.shape, (frame.width, bottom), said, "".join(drawn), frame.font)
    return Drawing(made, frame.width, bottom)


def _column(day: Day, ident: str, place: tuple[float, float, float, float]) -> str:
    x, y, step, bottom = place
    fill = f"url(#{ident}-warn)" if day.stands_out else "#0b5563"
    gap = min(step * 0.15, 2.0)
    return tag(
        "rect", x=round(x + gap, 1), y=y, width=round(max(step - 2 * gap, 0.6), 1),
        height=round(bottom - y, 1), fill=fill,
    )  # fmt: skip


def _labels(days: Sequence[Day], frame: Frame, step: float, bottom: float) -> list[str]:
    """Write the days below, as many as there is room for."""
    every = max(1, -(-len(days) // _LABELS[frame.shape]))
    return [
        text("tick", round(frame.left + step * (place + 0.5), 1), round(bottom + 18, 1), day.label)
        for place, day in enumerate(days)
        if place % every == every // 2
    ]
