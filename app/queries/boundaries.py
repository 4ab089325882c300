"""How the communes of one day became those of another."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.boundaries import Way
from app.models import Round, Unit, UnitSuccession


@dataclass(frozen=True, slots=True)
class Boundaries:
    """Communes of two days.

    Attributes
    ----------
    ways : tuple of Way
        From communes of the first day that have ended since, to those of the last.
    unchanged : frozenset of str
        Codes of communes that are on the last day what they were on the first.
    before, after : mapping of str to str
        Code → name, on the first and on the last day.
    """

    ways: tuple[Way, ...]
    unchanged: frozenset[str]
    before: Mapping[str, str]
    after: Mapping[str, str]

    @property
    def is_same(self) -> bool:
        """Whether nothing was merged or divided in between."""
        return not self.ways


def between(db: Session, first: date, last: date) -> Boundaries:
    """Follow the communes of one day to those of a later one."""
    communes = {
        unit.id: unit for unit in db.scalars(select(Unit).where(Unit.kind == "commune")).unique()
    }
    before = {unit.id: unit for unit in communes.values() if _exists(unit, first)}
    after = {unit.id: unit for unit in communes.values() if _exists(unit, last)}
    onward: dict[int, list[UnitSuccession]] = {}
    for row in db.scalars(
        select(UnitSuccession).where(
            UnitSuccession.effective_on > first, UnitSuccession.effective_on <= last
        )
    ):
        onward.setdefault(row.predecessor_id, []).append(row)
    ways: list[Way] = []
    for unit in before.values():
        if unit.id in after:
            continue
        for last_id, (is_whole, is_main) in _followed(unit.id, onward, set(after)).items():
            ways.append(Way(unit.code, after[last_id].code, is_whole, is_main))
    return Boundaries(
        ways=tuple(sorted(ways, key=lambda way: (way.before, way.after))),
        unchanged=frozenset(unit.code for unit in before.values() if unit.id in after),
        before={unit.code: unit.name for unit in before.values()},
        after={unit.code: unit.name for unit in after.values()},
    )


def _exists(unit: Unit, on: date) -> bool:
    return unit.valid_from <= on and (unit.valid_to is None or unit.valid_to > on)


def _followed(
    start: int, onward: Mapping[int, list[UnitSuccession]], last: set[int]
) -> dict[int, tuple[bool, bool]]:
    """Return the units a unit became, each with whether wholly and whether mainly."""
    found: dict[int, tuple[bool, bool]] = {}
    waiting = [(start, True, True)]
    seen: set[int] = set()
    while waiting:
        unit, is_whole, is_main = waiting.pop()
        if unit in last:
            was = found.get(unit, (False, False))
            found[unit] = (was[0] or is_whole, was[1] or is_main)
            continue
        if unit in seen:
            continue
        seen.add(unit)
        waiting.extend(
            (row.successor_id, is_whole and row.whole, is_main and row.main)
            for row in onward.get(unit, ())
        )
    return found


def codes_of_campaign(db: Session, round_code: str) -> frozenset[str]:
    """Name the rounds of the campaign that a round belongs to; none if there is no such round."""
    campaign = select(Round.campaign_id).where(Round.code == round_code).scalar_subquery()
    return frozenset(db.scalars(select(Round.code).where(Round.campaign_id == campaign)))
