"""Which of the answers that wait may leave together, and with how much detail.

Pure: what waits in, batches out. Nobody leaves in company of fewer than ``least``.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

# From most detail to least; those who found no company at one level are asked at the next.
LEVELS: Final = ("field", "centre", "round")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A sealed answer that waits, as far as may be known without opening it."""

    id: UUID
    kind: str
    centre_id: int | None
    field_code: str | None
    received_on: date
    is_due: bool = True


@dataclass(frozen=True, slots=True)
class Rule:
    """When answers may leave.

    Attributes
    ----------
    least : int
        Fewest that leave together.
    days : int
        Days after which an answer without company gives up a level of detail.
    whole : bool
        The round's answers are one cell: a sample whose design says where they belong.
    over : bool
        The round takes no more answers, so there is no company to wait for.
    """

    least: int
    days: int
    whole: bool = False
    over: bool = False


@dataclass(frozen=True, slots=True)
class Batch:
    """Answers that leave together; what they say of their place is the same for all of them."""

    kind: str
    level: str
    centre_id: int | None
    field_code: str | None
    ids: tuple[UUID, ...]


def batches(waiting: Iterable[Waiting], rule: Rule, today: date) -> tuple[Batch, ...]:
    """Form the batches of a round that may leave today."""
    found: list[Batch] = []
    by_kind: dict[str, list[Waiting]] = defaultdict(list)
    for each in waiting:
        if each.is_due or rule.over:
            by_kind[each.kind].append(each)
    for kind, rest in sorted(by_kind.items()):
        left = rest
        for step, level in enumerate(LEVELS):
            if rule.whole and level != "round":
                continue
            patience = 0 if rule.over or rule.whole else step * rule.days
            asked = [each for each in left if (today - each.received_on).days >= patience]
            made = list(_of_level(kind, level, asked, rule.least))
            gone = {id_ for batch in made for id_ in batch.ids}
            left = [each for each in left if each.id not in gone]
            found += made
    return tuple(found)


def parts(ids: Sequence[UUID], most: int) -> Iterator[Sequence[UUID]]:
    """Cut a long batch into parts of about the same size, none longer than `most`."""
    n = -(-len(ids) // most)
    size, longer = divmod(len(ids), n)
    start = 0
    for number in range(n):
        end = start + size + (number < longer)
        yield ids[start:end]
        start = end


def _of_level(kind: str, level: str, asked: Iterable[Waiting], least: int) -> Iterator[Batch]:
    cells: dict[tuple[int | None, str | None], list[UUID]] = defaultdict(list)
    for each in asked:
        cells[_cell(each, level)].append(each.id)
    for (centre_id, field_code), ids in cells.items():
        if len(ids) >= least:
            yield Batch(kind, level, centre_id, field_code, tuple(ids))


def _cell(each: Waiting, level: str) -> tuple[int | None, str | None]:
    if level == "round":
        return (None, None)
    return (each.centre_id, each.field_code if level == "field" else None)
