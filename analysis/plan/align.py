"""Short numbers in aligned columns."""

from __future__ import annotations

import math
from collections.abc import Sequence

DIGITS = 6
"""Significant digits on the screen; files have all of them."""


def short(value: object) -> str:
    """Write a number for reading; an empty text where there is none."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "—"
    if not isinstance(value, int | float):
        return str(value)
    if float(value).is_integer() and abs(value) < 1e12:
        return f"{value:,.0f}"
    if abs(value) >= 1e12 or abs(value) < 1e-6:
        return f"{value:.3e}"
    if abs(value) >= 10_000:
        return f"{value:,.1f}"
    return f"{value:.{DIGITS}g}" if abs(value) >= 0.001 else f"{value:.3g}"


def aligned(
    table: Sequence[Sequence[str]], labels: int, *, last_is_text: bool = False
) -> list[str]:
    """Return lines whose first columns stand to the left, the others to the right."""
    widths = [max(len(line[c]) for line in table) for c in range(len(table[0]))]
    lines = []
    for line in table:
        cells = [
            text.ljust(width)
            if c < labels or (last_is_text and c == len(line) - 1)
            else text.rjust(width)
            for c, (text, width) in enumerate(zip(line, widths, strict=True))
        ]
        lines.append(("  " + "  ".join(cells)).rstrip())
    return lines
