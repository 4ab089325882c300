"""Putting thin cells together: an explicit choice, made once and reported."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from analysis.weights.cells import Cells
from analysis.weights.diagnostics import FEW_RESPONDENTS
from analysis.weights.errors import Label, ThinCellsError

ANY = "*"
"""Stands for every category of a column in the label of a merged cell."""


class Collapse(StrEnum):
    """What becomes of cells with few respondents.

    ``KEEP``: they are only pointed out.
    ``FAIL``: they are refused.
    ``PARENT``: the last column is given up for all cells that share the other
    columns, then the one before it, until nobody is alone.
    ``NEIGHBOUR``: the thinnest cell joins the thinner of the cells beside it in
    the last column, as often as needed; for columns whose order means something.
    """

    KEEP = "keep"
    FAIL = "fail"
    PARENT = "parent"
    NEIGHBOUR = "neighbour"


@dataclass(frozen=True, slots=True)
class _Group:
    label: Label
    members: tuple[int, ...]
    n: int


@dataclass(frozen=True, slots=True, eq=False)
class Collapsed:
    """Cells after thin ones were put together.

    Attributes
    ----------
    cells : Cells
    merged : tuple of tuple of tuple of str
        Old labels of the cells that became one, one tuple per merged cell.
    """

    cells: Cells
    merged: tuple[tuple[Label, ...], ...] = ()


def collapse(
    cells: Cells,
    counts: NDArray[np.int64],
    how: Collapse,
    minimum: int = FEW_RESPONDENTS,
) -> Collapsed:
    """Put thin cells together.

    Parameters
    ----------
    cells : Cells
    counts : ndarray of int, shape (n_cells,)
        Respondents of each cell; weights play no part, so replicates use the
        same cells.
    how : Collapse
    minimum : int
        Cells with fewer respondents are thin, those without any included.

    Raises
    ------
    ThinCellsError
        There are thin cells and ``how`` is to fail.

    Notes
    -----
    [KaltonFloresCervantes2003; Valliant2018, ch. 13].
    """
    groups = [
        _Group(label, (position,), int(n))
        for position, (label, n) in enumerate(zip(cells.labels, counts, strict=True))
    ]
    thin = [group.label for group in groups if group.n < minimum]
    if not thin or how is Collapse.KEEP:
        return Collapsed(cells)
    if how is Collapse.FAIL:
        raise ThinCellsError(thin, minimum=minimum)
    found = _to_parents(groups, minimum) if how is Collapse.PARENT else _beside(groups, minimum)
    place = np.empty(cells.n_cells, dtype=np.int64)
    for position, group in enumerate(found):
        place[list(group.members)] = position
    merged = tuple(
        tuple(cells.labels[member] for member in group.members)
        for group in found
        if len(group.members) > 1
    )
    return Collapsed(cells.merged(place, [group.label for group in found]), merged)


def _to_parents(groups: list[_Group], minimum: int) -> list[_Group]:
    """Give up columns from the last on wherever someone is too thin."""
    n_columns = len(groups[0].label)
    for depth in range(n_columns - 1, -1, -1):
        found: list[_Group] = []
        for family in _families(groups, depth):
            if len(family) > 1 and any(group.n < minimum for group in family):
                label = family[0].label[:depth] + (ANY,) * (n_columns - depth)
                found.append(_joined(family, label))
            else:
                found.extend(family)
        groups = found
    return groups


def _beside(groups: list[_Group], minimum: int) -> list[_Group]:
    """Join thin cells with a neighbour in the last column."""
    found: list[_Group] = []
    for family in _families(groups, len(groups[0].label) - 1):
        row = list(family)
        while len(row) > 1:
            thinnest = min(range(len(row)), key=lambda place: row[place].n)
            if row[thinnest].n >= minimum:
                break
            beside = [place for place in (thinnest - 1, thinnest + 1) if 0 <= place < len(row)]
            other = min(beside, key=lambda place: row[place].n)
            first, second = sorted((thinnest, other))
            pair = [row[first], row[second]]
            label = (*pair[0].label[:-1], f"{pair[0].label[-1]}+{pair[1].label[-1]}")
            row[first : second + 1] = [_joined(pair, label)]
        found.extend(row)
    return found


def _families(groups: list[_Group], depth: int) -> list[list[_Group]]:
    """Sort groups by the first columns of their labels."""
    families: dict[Label, list[_Group]] = {}
    for group in groups:
        families.setdefault(group.label[:depth], []).append(group)
    return list(families.values())


def _joined(groups: list[_Group], label: Label) -> _Group:
    members = tuple(member for group in groups for member in group.members)
    return _Group(label, members, sum(group.n for group in groups))
