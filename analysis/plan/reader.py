"""Reading the tables of a plan into frozen sections, collecting every fault."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from typing import Any, ClassVar, Protocol, TypeAlias, TypeVar

from analysis.plan.faults import Place, PlanFault, nearest, shown_place
from analysis.plan.positions import Positions

S = TypeVar("S", bound="Section")
Rows: TypeAlias = Callable[[int], Mapping[str, str]]


class Shape(Protocol):
    """What may stand at a key."""

    @property
    def name(self) -> str:
        """Its name in the documentation."""
        ...

    def read(self, value: Any, place: Place, reader: Reader) -> Any:
        """Return the value in its own type; None after noting a fault."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A table of the plan.

    Attributes
    ----------
    place : Place
        Where it stands.
    """

    selector: ClassVar[str] = ""
    """Key that says which kind of section it is, e.g. ``"step"``."""

    place: Place


def key(shape: Shape, *, default: Any = MISSING, shown: str | None = None) -> Any:
    """Declare a key of a section.

    Parameters
    ----------
    shape : Shape
        What may stand there.
    default : object
        What it is when left out; without it the key is required.
    shown : str, optional
        How the documentation words the default, where it is not a constant.
    """
    metadata = {"shape": shape, "is_required": default is MISSING, "shown": shown}
    if isinstance(default, dict):
        return field(default_factory=dict, metadata=metadata)
    return field(default=default, metadata=metadata)


def keys_of(section: type[Section]) -> dict[str, Field[Any]]:
    """Return the keys a section may have, in order."""
    return {one.name: one for one in fields(section) if "shape" in one.metadata}


class Reader:
    """Where faults are noted while a plan is read and run.

    Parameters
    ----------
    positions : Positions
        Lines of the plan.
    rows : callable, optional
        From a row of the data to what a sentence needs to say where it stands.
    """

    def __init__(self, positions: Positions, rows: Rows | None = None) -> None:
        self.positions = positions
        self.rows = rows
        self.faults: list[PlanFault] = []

    def fault(self, place: Place, code: str, /, **context: object) -> None:
        """Note a fault; the same fault at the same place only once.

        A ``row`` is one of the data, from 1; the files say where it stands.
        """
        said = {name: str(value) for name, value in context.items()}
        if self.rows is not None and said.get("row", "").isdigit() and "line" not in said:
            said |= self.rows(int(said["row"]))
        found = PlanFault(code, shown_place(place), self.positions.line(place), said)
        if found not in self.faults:
            self.faults.append(found)

    def is_clean(self, place: Place) -> bool:
        """Say whether nothing is wrong at a place or within it."""
        here = shown_place(place)
        return not any(
            fault.place == here or fault.place.startswith((here + ".", here + "["))
            for fault in self.faults
        )

    def section(self, cls: type[S], table: object, place: Place) -> S | None:
        """Read a table; None if what it needs is missing or not as it should be."""
        if not isinstance(table, Mapping):
            self.fault(place, "wrong-type", expected="table", found=kind_of(table))
            return None
        known = keys_of(cls)
        for written in table:
            if written not in known:
                meant = nearest(written, (name for name in known if name not in table))
                self._unknown(written, meant, list(known), (*place, written))
        found: dict[str, Any] = {}
        is_whole = True
        for name, declared in known.items():
            if name in table:
                value = declared.metadata["shape"].read(table[name], (*place, name), self)
                if value is not None:
                    found[name] = value
                    continue
            elif declared.metadata["is_required"]:
                self.fault(place, "missing-key", key=name)
            is_whole &= not declared.metadata["is_required"]
        return cls(place=place, **found) if is_whole else None

    def _unknown(self, written: str, meant: str, known: list[str], place: Place) -> None:
        if meant:
            self.fault(place, "unknown-key-near", key=written, meant=meant)
        else:
            self.fault(place, "unknown-key", key=written, known=", ".join(known))

    def variant(
        self,
        kinds: Mapping[str, type[Section]],
        selector: str,
        table: object,
        place: Place,
    ) -> Any:
        """Read a table whose keys depend on what one of them says."""
        if not isinstance(table, Mapping):
            self.fault(place, "wrong-type", expected="table", found=kind_of(table))
            return None
        if selector not in table:
            self.fault(place, "missing-choice", key=selector, known=", ".join(kinds))
            return None
        chosen = table[selector]
        if not isinstance(chosen, str) or chosen not in kinds:
            self.unknown_choice(chosen, list(kinds), (*place, selector))
            return None
        cls = kinds[chosen]
        own = keys_of(cls)
        for written in table:
            others = [name for name, other in kinds.items() if written in keys_of(other)]
            if written not in own and others:
                self.fault(
                    (*place, written),
                    "key-of-other-kind",
                    key=written,
                    kind=chosen,
                    others=", ".join(others),
                )
        shared = {name for other in kinds.values() for name in keys_of(other)}
        kept = {name: value for name, value in table.items() if name in own or name not in shared}
        return self.section(cls, kept, place)

    def unknown_choice(self, value: object, known: list[str], place: Place) -> None:
        """Note a word that is not on a list of words."""
        meant = nearest(value, known) if isinstance(value, str) else ""
        self.fault(place, "unknown-choice", value=value, known=", ".join(known), meant=meant)


def kind_of(value: object) -> str:
    """Name the kind of a TOML value."""
    match value:
        case bool():
            return "flag"
        case int() | float():
            return "number"
        case str():
            return "text"
        case list():
            return "list"
        case Mapping():
            return "table"
        case _:
            return "date"
