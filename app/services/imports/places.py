"""Check where a row stands in the sample: stratum, PSU, weight, and its other facts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TypeVar

from app.services.imports import design
from app.services.imports.design import Register, Unreadable
from app.services.imports.plan import Plan, text_of
from app.services.imports.problems import ProblemList
from app.services.imports.reader import Cell, Row
from app.services.imports.rounds import ImportRound
from app.services.imports.targets import DOMAINS, FIELDS, REQUIRED_FIELDS

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Place:
    """The facts of a row beside its answers, as a response keeps them."""

    key: str
    stratum: str
    psu: str
    base_weight: float
    mode: str
    answered_on: date
    centre_id: int | None
    counter_id: int | None
    domains: dict[str, str]


class PlaceRule:
    """Reads the place of each row, and sees that the rows agree with one another.

    Parameters
    ----------
    comma_likely : bool
        As in :func:`app.services.imports.design.weight`.
    """

    def __init__(
        self,
        plan: Plan,
        target: ImportRound,
        problems: ProblemList,
        *,
        comma_likely: bool,
    ) -> None:
        self._plan = plan
        self._target = target
        self._problems = problems
        self._comma_likely = comma_likely
        self._missing = frozenset(plan.columns.missing)
        self._columns = {field: plan.fields.get(field) for field in FIELDS}
        self._fixed = {
            field: value for field, value in plan.columns.fixed.items() if field in FIELDS
        }
        modes = plan.columns.values.get("mode", {})
        self._read_mode = lru_cache(1_000)(lambda text: design.mode(text, target.modes, modes))
        self._only_mode = target.modes[0] if len(target.modes) == 1 else None
        self._domains = [
            (each, _finder(each, target.registers[each]))
            for each in DOMAINS
            if self._is_given(each)
        ]
        self._keys: dict[str, int] = {}
        self._psus: dict[str, tuple[str, int | None]] = {
            psu: (stratum, None) for psu, stratum in target.strata.items()
        }

    def read(self, row: Row) -> Place | None:
        """Read the place of a row; None, and problems, if something is missing or wrong."""
        key = self._read(row, "key", design.code_text)
        stratum = self._read(row, "stratum", design.code_text)
        psu = self._read(row, "psu", design.code_text)
        weight = self._weight(row)
        mode = self._read(row, "mode", self._read_mode) or self._only_mode
        # Without a column of days the first of the round stands for all: always the same one, so
        # that rows read again tomorrow are still known again.
        answered_on = self._read(row, "date", self._day_of) or self._target.opens_on
        domains = self._domains_of(row)
        if key:
            self._see_key(row, key)
        if mode is None and not self._entry(row, "mode")[1]:
            self._refuse(row, "mode", "field.required")
        if not stratum or not psu or weight is None or mode is None:
            return None
        if self._plan.columns.psu_numbered_within_stratum:
            psu = f"{stratum}/{psu}"
        self._see_psu(row, psu, stratum)
        registers = self._target.registers
        return Place(
            key=key or "",
            stratum=stratum,
            psu=psu,
            base_weight=weight,
            mode=mode,
            answered_on=answered_on,
            centre_id=registers["centre"].ids.get(domains.get("centre", "")),
            counter_id=registers["counter"].ids.get(domains.get("counter", "")),
            domains=domains,
        )

    def _is_given(self, field: str) -> bool:
        return self._columns[field] is not None or field in self._fixed

    def _entry(self, row: Row, field: str) -> tuple[Cell, str]:
        """Return the cell of a field and its text; empty if it means "no answer"."""
        index = self._columns[field]
        if index is None:
            cell: Cell = self._fixed.get(field)
        else:
            cell = row.cells[index] if index < len(row.cells) else None
        text = text_of(cell)
        return (None, "") if self._missing and text.strip() in self._missing else (cell, text)

    def _read(self, row: Row, field: str, read: Callable[[str], _T]) -> _T | None:
        text = self._entry(row, field)[1]
        if not text:
            if field in REQUIRED_FIELDS or (field in ("key", "date") and self._is_given(field)):
                self._refuse(row, field, "field.required")
            return None
        try:
            design.refuse_controls(text)
            return read(text)
        except Unreadable as error:
            self._refuse(row, field, error.code, **error.context)
            return None

    def _weight(self, row: Row) -> float | None:
        cell = self._entry(row, "base_weight")[0]
        return self._read(
            row,
            "base_weight",
            lambda text: design.weight(
                cell, text, self._plan.columns.decimal, comma_likely=self._comma_likely
            ),
        )

    def _day_of(self, text: str) -> date:
        return design.day(text, self._target.opens_on, self._target.closes_on)

    def _domains_of(self, row: Row) -> dict[str, str]:
        found: dict[str, str] = {}
        for field, find in self._domains:
            code = self._read(row, field, find)
            if code is not None:
                found[field] = code
        counter = found.get("counter")
        if counter is not None:
            centre = self._target.centre_of[counter]
            if found.setdefault("centre", centre) != centre:
                self._refuse(row, "counter", "counter.of-other-centre", centre=centre)
        return found

    def _see_key(self, row: Row, key: str) -> None:
        earlier = self._keys.setdefault(key, row.number)
        if earlier != row.number:
            self._refuse(row, "key", "key.twice", other=str(earlier))

    def _see_psu(self, row: Row, psu: str, stratum: str) -> None:
        known, at = self._psus.setdefault(psu, (stratum, row.number))
        if known == stratum:
            return
        if at is None:
            self._refuse(row, "psu", "psu.in-other-stratum-before", stratum=known)
        else:
            self._refuse(row, "psu", "psu.in-other-stratum", stratum=known, other=str(at))

    def _refuse(self, row: Row, field: str, code: str, **context: str) -> None:
        index = self._columns[field]
        cell = row.cells[index] if index is not None and index < len(row.cells) else None
        text = text_of(cell) if index is not None else self._fixed.get(field, "")
        self._problems.cell(row.number, index, text, code, field, **context)


def _finder(field: str, register: Register) -> Callable[[str], str]:
    def find(text: str) -> str:
        code = register.find(text)
        if code is None:
            raise Unreadable(f"{field}.unknown")
        return code

    return find
