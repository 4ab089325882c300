"""Where figures stand to one another, decided by published intervals alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.services.results import Figure


class Side(StrEnum):
    """Where an estimate stands to another value, given its uncertainty."""

    ABOVE = "above"
    BELOW = "below"
    UNDECIDED = "undecided"
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True)
class Sorted:
    """Figures by where they stand to the whole population, each group in order of values."""

    above: tuple[Figure, ...]
    below: tuple[Figure, ...]
    undecided: tuple[Figure, ...]
    hidden: tuple[Figure, ...]

    @property
    def n(self) -> int:
        """All figures."""
        return len(self.above) + len(self.below) + len(self.undecided) + len(self.hidden)


def side(figure: Figure, value: float | None) -> Side:
    """Compare a figure with a value: beside it only with the whole interval."""
    row = figure.main
    if row.value is None:
        return Side.HIDDEN
    if value is None or row.low is None or row.high is None:
        return Side.UNDECIDED
    if row.low > value:
        return Side.ABOVE
    return Side.BELOW if row.high < value else Side.UNDECIDED


def against_whole(figures: Sequence[Figure], whole: Figure | None) -> Sorted:
    """Sort figures of parts by where they stand to the whole; the farthest first."""
    value = None if whole is None else whole.main.value
    groups: dict[Side, list[Figure]] = {each: [] for each in Side}
    for figure in figures:
        groups[side(figure, value)].append(figure)
    rising = sorted(groups[Side.BELOW], key=_value)
    falling = sorted(groups[Side.ABOVE], key=_value, reverse=True)
    middle = sorted(groups[Side.UNDECIDED], key=_value, reverse=True)
    return Sorted(tuple(falling), tuple(rising), tuple(middle), tuple(groups[Side.HIDDEN]))


def apart(one: Figure, other: Figure) -> Side:
    """Compare two independent figures: apart only if their intervals do not overlap.

    Stricter than a test of the difference: what it calls different is different.
    """
    a, b = one.main, other.main
    if a.value is None or b.value is None:
        return Side.HIDDEN
    if a.low is None or a.high is None or b.low is None or b.high is None:
        return Side.UNDECIDED
    if a.low > b.high:
        return Side.ABOVE
    return Side.BELOW if a.high < b.low else Side.UNDECIDED


def lowest(figures: Sequence[Figure]) -> tuple[Figure, ...]:
    """Return the lowest figure and, after it, those that cannot be told apart from it."""
    known = sorted((figure for figure in figures if figure.main.value is not None), key=_value)
    if not known:
        return ()
    first, *others = known
    return (first, *(one for one in others if apart(first, one) is Side.UNDECIDED))


def _value(figure: Figure) -> float:
    value = figure.main.value
    return 0.0 if value is None else value
