"""Intervals of ranks: where a unit may stand among the others, never one bare place.

A thick bar is the interval of the unit by itself, a thin line the one that holds for all units
together.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from app.drawings import paint
from app.drawings.charts import Heading
from app.drawings.measures import Frame, Key
from app.drawings.svg import ACCENT, Drawing, Pair, document, mark, tag, text

_WIDE = Frame("wide", 760, 250, 660, 14, above=False, step=24)
_NARROW = Frame("narrow", 340, 134, 282, 13, above=False, step=24)
_THICK = 9


@dataclass(frozen=True, slots=True)
class Span:
    """One unit: its ranks by itself and together with all others, 1 being the highest.

    ``shown`` is the probability of being among the highest, as written.
    """

    label: str
    low: int
    high: int
    joint_low: int
    joint_high: int
    shown: str


def rank_chart(
    heading: Heading, spans: Sequence[Span], n_ranked: int, legend: Sequence[Key], column: str
) -> Pair:
    """Draw intervals of ranks, in the order given.

    Parameters
    ----------
    n_ranked : int
        Units that were compared; the axis runs from 1 to it.
    column : str
        Heading of what stands at the right.
    """
    wide, narrow = (
        _draw(frame, heading, spans, n_ranked, legend, column) for frame in (_WIDE, _NARROW)
    )
    return Pair(wide, narrow)


def _draw(
    frame: Frame,
    heading: Heading,
    spans: Sequence[Span],
    n_ranked: int,
    legend: Sequence[Key],
    column: str,
) -> Drawing:
    ident = f"{heading.ident}-{frame.shape}"
    keys, top = frame.legend(legend)
    left, right = frame.left + 4, frame.right - 8
    # Each rank is a place of its own width, so that the interval 3 to 3 is seen.
    width = (right - left) / n_ranked

    def start(rank: int) -> float:
        return round(left + (rank - 1) * width, 1)

    ticks_y = round(top + frame.font, 1)
    y = ticks_y + 10
    drawn = []
    for span in spans:
        lines, middle, y = frame.row(span.label, y, is_main=False)
        thin = mark(
            "path",
            "whisker",
            d=f"M{start(span.joint_low):g} {middle:g}H{start(span.joint_high + 1):g}",
        )
        thick = tag(
            "rect",
            class_="span",
            x=start(span.low),
            y=round(middle - _THICK / 2, 1),
            width=round(start(span.high + 1) - start(span.low), 1),
            height=_THICK,
            fill=ACCENT,
            stroke="#fff",
            stroke_width=1,
        )
        shown = text("shown", frame.width - 2, frame.baseline(middle), span.shown)
        drawn.append(tag("g", paint.lines(lines, "label") + thin + thick + shown))
    grid = "".join(
        mark("path", "grid", d=f"M{start(rank) + width / 2:g} {ticks_y + 6:g}V{y:g}")
        + text("tick", round(start(rank) + width / 2, 1), ticks_y, str(rank))
        for rank in _ticks(n_ranked)
    )
    head = text("tick", frame.width - 2, ticks_y, column, text_anchor="end")
    height = round(y + 4, 1)
    body = _legend(keys) + grid + head + "".join(drawn)
    said = (heading.title, heading.description)
    return Drawing(
        document(ident, frame.shape, (frame.width, height), said, body, frame.font),
        frame.width,
        height,
    )


def _ticks(n_ranked: int) -> list[int]:
    """Label the first, the last and round places between."""
    step = next(step for step in (1, 2, 5, 10, 20, 50, 100, 500, 5_000) if n_ranked / step <= 11)
    between = [rank for rank in range(step, n_ranked, step) if rank > 1]
    if between and step > 1 and n_ranked - between[-1] < step / 2:
        between.pop()
    return [1, *between, n_ranked] if n_ranked > 1 else [1]


def _legend(keys: Sequence[Key]) -> str:
    samples = {
        "span": tag("rect", x=2, y=-10, width=22, height=_THICK, fill=ACCENT),
        "joint": mark("path", "whisker", d="M2-5h22"),
    }
    return "".join(
        tag(
            "g",
            samples[key.kind] + text("key", 32, 0, key.text),
            transform=f"translate({key.x:g} {key.y:g})",
        )
        for key in keys
    )
