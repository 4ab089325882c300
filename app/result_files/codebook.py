"""The codebook of a file of answers: every variable, its values, and how often each was given.

Counts are left out of a variable as a whole where any of its values was given by fewer people than
the publication's own rule lets be counted, and for places and the design always: nobody is to be
found in it.
"""

from dataclasses import dataclass
from typing import Final

from app.services.microdata.table import Table
from app.services.microdata.variables import Category, Role, Variable

_COUNTED: Final = (Role.ANSWER, Role.PROFILE)


@dataclass(frozen=True, slots=True)
class Counted:
    """A value and how many gave it, unweighted; None where that is not told."""

    category: Category
    n: int | None


@dataclass(frozen=True, slots=True)
class Entry:
    """A variable in the codebook.

    Attributes
    ----------
    n_valid, n_missing : int or None
        Rows with and without an answer; None where that is not told.
    """

    variable: Variable
    values: tuple[Counted, ...]
    n_valid: int | None
    n_missing: int | None


def entries(table: Table, min_cell: int) -> tuple[Entry, ...]:
    """Describe the variables of a table in their order."""
    return tuple(_entry(table, variable, min_cell) for variable in table.variables)


def _entry(table: Table, variable: Variable, min_cell: int) -> Entry:
    if not variable.categories or variable.role not in _COUNTED:
        return Entry(
            variable, tuple(Counted(each, None) for each in variable.categories), None, None
        )
    column = table.rows[variable.name]
    counts = {each.value: int((column == each.value).sum()) for each in variable.categories}
    n_missing = int(column.null_count())
    told = [n for n in (*counts.values(), n_missing) if n]
    if any(n < min_cell for n in told):
        return Entry(
            variable, tuple(Counted(each, None) for each in variable.categories), None, None
        )
    values = tuple(Counted(each, counts[each.value]) for each in variable.categories)
    n_valid = sum(counts[each.value] for each in variable.categories if not each.is_missing)
    return Entry(variable, values, n_valid, len(column) - n_valid)
