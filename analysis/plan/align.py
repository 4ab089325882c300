"""Texts in aligned columns: words to the left, numbers by their decimal signs."""

from __future__ import annotations

from collections.abc import Collection, Sequence

MOST_ROWS = 60
"""Longer tables are cut on the screen; files have all rows."""

SHOWN_ROWS = 40
"""How many rows of a longer table are shown."""


def aligned(
    table: Sequence[Sequence[str]],
    texts: Collection[int],
    decimal: str,
) -> list[str]:
    """Return the lines of a table.

    Parameters
    ----------
    table : sequence of sequence of str
        The headings, then one sequence per row.
    texts : collection of int
        Columns of words; the others hold numbers.
    decimal : str
        Decimal sign, by which numbers stand below each other.
    """
    columns = []
    for c in range(len(table[0])):
        head, *cells = (line[c] for line in table)
        if c not in texts:
            cells = _at_the_sign(cells, decimal)
        width = max(len(text) for text in (head, *cells))
        place = str.ljust if c in texts else str.rjust
        columns.append([place(text, width) for text in (head, *cells)])
    return [("  " + "  ".join(line)).rstrip() for line in zip(*columns, strict=True)]


def _at_the_sign(cells: Sequence[str], decimal: str) -> list[str]:
    """Fill numbers on the right so that their decimal signs stand below each other."""
    tails = [len(cell) - cell.rfind(decimal) if decimal in cell else 0 for cell in cells]
    longest = max(tails, default=0)
    return [cell + " " * (longest - tail) for cell, tail in zip(cells, tails, strict=True)]
