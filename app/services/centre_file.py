"""Service centres, counters, fields and procedures from a TOML file.

The file is for setting up: loading it adds what is missing and leaves alone what is there, so that
nothing the office has changed since is undone.
"""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import LongdanError
from app.models import Counter, CounterAlias, Field, Procedure, ServiceCentre
from app.queries import units
from app.services import centres, counters, procedures
from app.services.codes import canonical_code, checked_name, checked_number


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong in a file: a stable code, where, and what stands there."""

    code: str
    place: str
    value: str


class CentreFileError(LongdanError):
    """The file does not describe centres; ``faults`` holds everything that is wrong."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("centre-file.faults", faults=faults)
        self.faults = faults


@dataclass(frozen=True, slots=True)
class FieldLine:
    """A field of procedures."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class ProcedureLine:
    """A procedure and its field."""

    code: str
    name: str
    field: str


@dataclass(frozen=True, slots=True)
class CounterLine:
    """A counter; without a code it gets its centre's code and its number."""

    number: str
    name: str
    field: str | None
    code: str | None


@dataclass(frozen=True, slots=True)
class CentreLine:
    """A centre; without a name it is called after its unit."""

    code: str
    level: str
    unit: str
    name: str | None
    address: str | None
    counters: tuple[CounterLine, ...]

    def code_of(self, counter: CounterLine) -> str:
        """Code in the printed address of a counter."""
        return counter.code or f"{self.code}-{counter.number.lower()}"


@dataclass(frozen=True, slots=True)
class CentreFile:
    """What a file describes."""

    province: str
    fields: tuple[FieldLine, ...]
    procedures: tuple[ProcedureLine, ...]
    centres: tuple[CentreLine, ...]


@dataclass(frozen=True, slots=True)
class CentreLoad:
    """How many centres, counters, fields and procedures were added; how many were there."""

    added: int
    kept: int


def read(text: str) -> CentreFile:
    """Read a file.

    Raises
    ------
    CentreFileError
        With every fault, not only the first.
    """
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CentreFileError((Fault("file.not-toml", "", str(error)),)) from None
    reader = _Reader()
    described = reader.file(content)
    faults = (*reader.faults, *(() if reader.faults else _crossing_faults(described)))
    if faults:
        raise CentreFileError(faults)
    return described


def load_centres(db: Session, described: CentreFile, *, on: date, actor: str) -> CentreLoad:
    """Add what the file describes and the database lacks.

    A counter that has changed its code since counts as there.

    Parameters
    ----------
    on : date
        Day on which the units are looked up and from which new centres exist.

    Raises
    ------
    NotFoundError
        ``unit.unknown``: the units have to be loaded first.
    """
    added = 0
    for field in described.fields:
        if db.scalar(select(Field.id).where(Field.code == field.code)) is None:
            procedures.add_field(db, code=field.code, name=field.name, actor=actor)
            added += 1
    for line in described.procedures:
        if db.scalar(select(Procedure.id).where(Procedure.code == line.code)) is None:
            procedures.add_procedure(
                db, code=line.code, name=line.name, field_code=line.field, actor=actor
            )
            added += 1
    for centre in described.centres:
        added += _load_centre(db, centre, on, actor)
    total = len(described.fields) + len(described.procedures) + len(described.centres)
    total += sum(len(centre.counters) for centre in described.centres)
    return CentreLoad(added, total - added)


def _load_centre(db: Session, centre: CentreLine, on: date, actor: str) -> int:
    added = 0
    if db.scalar(select(ServiceCentre.id).where(ServiceCentre.code == centre.code)) is None:
        unit = units.by_code(db, centre.level, centre.unit, on)
        centres.add(
            db,
            code=centre.code,
            name=centre.name or centre_name(unit),
            level=centre.level,
            unit_id=unit.id,
            valid_from=on,
            address=centre.address,
            actor=actor,
        )
        added += 1
    for counter in centre.counters:
        code = centre.code_of(counter)
        known = db.scalar(select(Counter.id).where(Counter.code == code)) or db.scalar(
            select(CounterAlias.counter_id).where(CounterAlias.code == code)
        )
        if known is None:
            counters.add(
                db,
                centre.code,
                number=counter.number,
                name=counter.name,
                field_code=counter.field,
                code=code,
                actor=actor,
            )
            added += 1
    return added


def centre_name(unit: units.UnitItem) -> str:
    """Official name of the centre of a unit, e.g. "… hành chính công phường Hồng Gai"."""
    own_name = unit.name.removeprefix(unit.type_name)
    return f"Trung tâm Phục vụ hành chính công {unit.type_name.lower()}{own_name}"


def _crossing_faults(described: CentreFile) -> Iterator[Fault]:
    """Faults between lines: codes given twice, fields that do not exist."""
    fields = {field.code for field in described.fields}
    for place, code in (
        *((f"procedures: {line.code}", line.field) for line in described.procedures),
        *(
            (f"centres: {centre.code}: counters: {counter.number}", counter.field)
            for centre in described.centres
            for counter in centre.counters
        ),
    ):
        if code is not None and code not in fields:
            yield Fault("field.unknown", place, code)
    codes = {
        "fields": [field.code for field in described.fields],
        "procedures": [line.code for line in described.procedures],
        "centres": [centre.code for centre in described.centres],
        "counters": [
            centre.code_of(counter) for centre in described.centres for counter in centre.counters
        ],
    }
    for place, given in codes.items():
        for code in sorted({code for code in given if given.count(code) > 1}):
            yield Fault("code.twice", place, code)
    for centre in described.centres:
        numbers = [counter.number for counter in centre.counters]
        for number in sorted({number for number in numbers if numbers.count(number) > 1}):
            yield Fault("number.twice", f"centres: {centre.code}", number)


class _Reader:
    """Turns tables of TOML into lines and collects what is wrong on the way."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def file(self, content: Mapping[str, Any]) -> CentreFile:
        known = ("province", "fields", "procedures", "counter_sets", "centres")
        self._only(content, known, "")
        sets = content.get("counter_sets", {})
        if not isinstance(sets, dict):
            self.faults.append(Fault("key.not-tables", "counter_sets", str(sets)[:80]))
            sets = {}
        counter_sets = {
            name: tuple(
                self._counter(table, f"counter_sets.{name}[{index}]")
                for index, table in enumerate(self._tables(sets, name, "counter_sets."))
            )
            for name in sets
        }
        return CentreFile(
            province=self._text(content, "province", "") or "",
            fields=tuple(
                self._field(table, f"fields[{index}]")
                for index, table in enumerate(self._tables(content, "fields"))
            ),
            procedures=tuple(
                self._procedure(table, f"procedures[{index}]")
                for index, table in enumerate(self._tables(content, "procedures"))
            ),
            centres=tuple(
                self._centre(table, f"centres[{index}]", counter_sets)
                for index, table in enumerate(self._tables(content, "centres"))
            ),
        )

    def _field(self, table: Mapping[str, Any], place: str) -> FieldLine:
        self._only(table, ("code", "name"), place)
        return FieldLine(
            self._text(table, "code", place, canonical_code) or "",
            self._text(table, "name", place, checked_name) or "",
        )

    def _procedure(self, table: Mapping[str, Any], place: str) -> ProcedureLine:
        self._only(table, ("code", "name", "field"), place)
        return ProcedureLine(
            self._text(table, "code", place, checked_name) or "",
            self._text(table, "name", place, checked_name) or "",
            self._text(table, "field", place) or "",
        )

    def _counter(self, table: Mapping[str, Any], place: str) -> CounterLine:
        self._only(table, ("number", "name", "field", "code"), place)
        return CounterLine(
            number=self._text(table, "number", place, checked_number) or "",
            name=self._text(table, "name", place, checked_name) or "",
            field=self._text(table, "field", place, required=False),
            code=self._text(table, "code", place, canonical_code, required=False),
        )

    def _centre(
        self,
        table: Mapping[str, Any],
        place: str,
        counter_sets: Mapping[str, tuple[CounterLine, ...]],
    ) -> CentreLine:
        self._only(table, ("code", "level", "unit", "name", "address", "counters"), place)
        level = self._text(table, "level", place) or ""
        if level not in ("province", "commune", ""):
            self.faults.append(Fault("level.unknown", f"{place}.level", level))
        given = table.get("counters", [])
        if isinstance(given, str):
            if given not in counter_sets:
                self.faults.append(Fault("counter-set.unknown", f"{place}.counters", given))
            own = counter_sets.get(given, ())
        else:
            own = tuple(
                self._counter(line, f"{place}.counters[{index}]")
                for index, line in enumerate(self._tables(table, "counters", f"{place}."))
            )
        return CentreLine(
            code=self._text(table, "code", place, canonical_code) or "",
            level=level,
            unit=self._text(table, "unit", place) or "",
            name=self._text(table, "name", place, checked_name, required=False),
            address=self._text(table, "address", place, checked_name, required=False),
            counters=own,
        )

    def _tables(
        self, content: Mapping[str, Any], key: str, place: str = ""
    ) -> list[Mapping[str, Any]]:
        given = content.get(key, [])
        if not isinstance(given, list) or not all(isinstance(table, dict) for table in given):
            self.faults.append(Fault("key.not-tables", f"{place}{key}", str(given)[:80]))
            return []
        return given

    def _text(
        self,
        table: Mapping[str, Any],
        key: str,
        place: str,
        check: Callable[[str], str] = str,
        *,
        required: bool = True,
    ) -> str | None:
        where = f"{place}.{key}" if place else key
        given = table.get(key)
        if given is None:
            if required:
                self.faults.append(Fault("key.missing", where, ""))
            return None
        if not isinstance(given, str):
            self.faults.append(Fault("key.not-text", where, str(given)[:80]))
            return None
        try:
            return check(given)
        except LongdanError as error:
            self.faults.append(Fault(error.code, where, given[:80]))
            return None

    def _only(self, table: Mapping[str, Any], known: tuple[str, ...], place: str) -> None:
        for key in table:
            if key not in known:
                self.faults.append(Fault("key.unknown", place or "file", key))
