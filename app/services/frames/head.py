"""Find the headings of a table below its titles: in one row, or in several under one another."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from app.names import clean, search_key
from app.services.frames import targets, values
from app.services.imports.reader import Block

# Headings stand among the first rows, at most so many under one another.
_LOOKED_AT: Final = 40
_DEEPEST: Final = 3
_NUMBERING = re.compile(r"\(?(\d{1,2}|[A-Za-z])\)?|\(?\d{1,2}\)?\s*=.*")
_DATA = re.compile(r"\d{3}")

Rows = Sequence[tuple[int, Sequence[str | None]]]


@dataclass(frozen=True, slots=True)
class Head:
    """Where the headings stand, and what they say.

    Attributes
    ----------
    first, last : int
        Rows of the headings, as a spreadsheet program numbers them.
    data_from : int
        The first row below that is not a mere numbering of the columns.
    headings : tuple of str
        One per column, groups of columns before their own; empty where there is none.
    score : float
        How many of them are known, about.
    """

    first: int
    last: int
    data_from: int
    headings: tuple[str, ...]
    score: float = field(compare=False)

    @property
    def depth(self) -> int:
        """How many rows the headings take."""
        return self.last - self.first + 1

    def signature(self, kind: str) -> str:
        """Digest by which these headings are known again.

        The order of the columns counts only where a heading stands twice.
        """
        keys = [search_key(heading) for heading in self.headings]
        named = [key for key in keys if key]
        known = sorted(named) if len(set(named)) == len(named) else keys
        return hashlib.sha256("\n".join((kind, *known)).encode()).hexdigest()


def rows_of(block: Block) -> Rows:
    """Turn a block back into rows of cleaned text."""
    columns = [[cell and clean(cell) for cell in column] for column in block.columns]
    return [
        (number, [column[at] or None for column in columns])
        for at, number in enumerate(block.numbers)
    ]


def heads(rows: Rows, kind: str) -> list[Head]:
    """List what could be the headings, the likeliest first; empty if nothing could."""
    found = [
        _head(rows, at, depth, kind)
        for at in range(min(_LOOKED_AT, len(rows)))
        for depth in range(1, _DEEPEST + 1)
        if _can_be(rows[at : at + depth], depth)
    ]
    return sorted(found, key=lambda head: (-head.score, head.depth, head.first))


def head_at(rows: Rows, row: int, depth: int, kind: str) -> Head | None:
    """Take the headings from where a person says they stand; None if nothing stands there."""
    at = next((at for at, (number, _) in enumerate(rows) if number == row), None)
    if at is None:
        return None
    start = max(0, at - max(1, min(depth, _DEEPEST)) + 1)
    return _head(rows, start, at - start + 1, kind)


def fullest(rows: Rows, kind: str) -> Head | None:
    """Take the fullest of the first rows, where no heading is known, for a person to look at."""
    some = [row for row in rows[:20] if len(set(filter(None, row[1]))) >= 2] or rows[:1]
    if not some:
        return None
    number, _ = max(some, key=lambda row: len({cell for cell in row[1] if cell}))
    return head_at(rows, number, 1, kind)


def _can_be(rows: Rows, depth: int) -> bool:
    if len(rows) < depth or rows[-1][0] - rows[0][0] != depth - 1:
        return False
    return all(len(set(filter(None, cells))) >= 2 and not _is_data(cells) for _, cells in rows)


def _is_data(cells: Sequence[str | None]) -> bool:
    return any(
        cell is not None and (_DATA.search(cell) or values.read_day(cell) is not None)
        for cell in cells
    )


def _head(rows: Rows, at: int, depth: int, kind: str) -> Head:
    window = [cells for _, cells in rows[at : at + depth]]
    headings = tuple(_joined(window))
    below = rows[at + depth : at + depth + 1]
    skipped = bool(below) and _is_numbering(below[0][1])
    last = rows[at + depth - 1][0]
    return Head(
        first=rows[at][0],
        last=last,
        data_from=(below[0][0] if skipped else last) + 1,
        headings=headings,
        score=_score(headings, kind),
    )


def _joined(window: Sequence[Sequence[str | None]]) -> Iterator[str]:
    """Write every heading with the headings of its groups before it."""
    width = max(map(len, window))
    padded = [[*cells, *[None] * (width - len(cells))] for cells in window]
    for upper, lower in pairwise(padded):
        _spread(upper, lower)
    for column in range(width):
        parts: list[str] = []
        for cells in padded:
            text = cells[column]
            if text and text not in parts:
                parts.append(text)
        yield " ".join(parts)


def _spread(upper: list[str | None], lower: Sequence[str | None]) -> None:
    """Write a group's heading over all its columns, where the merging of cells was lost."""
    group = None
    for column, below in enumerate(lower):
        if upper[column]:
            group = upper[column] if below and below != upper[column] else None
        elif below and group:
            upper[column] = group
        else:
            group = None


def _is_numbering(cells: Sequence[str | None]) -> bool:
    """Whether a row only numbers the columns: (1) (2) (3), or A B 1 2."""
    texts = [cell for cell in cells if cell]
    if len(texts) < 3 or not all(_NUMBERING.fullmatch(text) for text in texts):
        return False
    numbers = [int(text.strip("()")) for text in texts if text.strip("()").isdecimal()]
    return numbers == sorted(set(numbers))


def _score(headings: Sequence[str], kind: str) -> float:
    """Sum the fits of the headings, each target counted once."""
    best: dict[str, float] = {}
    for heading in headings:
        fits = targets.fit(kind, heading)
        if fits:
            name, share = fits[0]
            best[name] = max(best.get(name, 0.0), share)
    return round(sum(best.values()), 6)
