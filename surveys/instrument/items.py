"""Read one item of ``instrument.toml``: its kind and what goes with that kind."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import TypeVar

from surveys.instrument.model import MAX_INTEGER, TEXTS, Bound, ChoiceList, Item, Kind, Scale
from surveys.instrument.tables import Table

MAX_LENGTH = {Kind.SHORT_TEXT: 200, Kind.LONG_TEXT: 2_000}
"""Longest answer, in characters, of a text item that does not say."""

_LONGEST_TEXT = 10_000
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_BOUNDED = frozenset({Kind.INTEGER, Kind.DECIMAL, Kind.DATE})
_LISTED = frozenset({Kind.SINGLE, Kind.MULTIPLE})
_ANSWERED = frozenset(Kind) - {Kind.NOTE}

ONLY_FOR: Mapping[str, frozenset[Kind]] = {
    "scale": frozenset({Kind.SCALE}),
    "choices": _LISTED,
    "minimum": _BOUNDED,
    "maximum": _BOUNDED,
    "max_length": TEXTS,
    "required": _ANSWERED,
    "profile": _ANSWERED - TEXTS,
}
"""Keys of an item that make sense for some kinds only."""

_List = TypeVar("_List", Scale, ChoiceList)


def read_item(
    table: Table,
    scales: Mapping[str, Scale | None],
    choices: Mapping[str, ChoiceList | None],
) -> Item | None:
    """Read an item without its rule; ``None`` if it is faulty or uses a faulty list."""
    before = len(table.faults.found)
    code = table.name("code")
    group = table.name("group", optional=True) or None
    kind = _kind(table)
    if kind is None:
        return None
    scale = _listed(table, "scale", scales) if kind is Kind.SCALE else None
    options = _listed(table, "choices", choices) if kind in _LISTED else None
    minimum, maximum = _bounds(table, kind)
    item = Item(
        code,
        kind,
        scale=scale,
        choices=options,
        required=_flag(table, "required", kind, default=kind not in TEXTS),
        group=group,
        profile=_flag(table, "profile", kind, default=False),
        minimum=minimum,
        maximum=maximum,
        max_length=_max_length(table, kind),
    )
    incomplete = (kind is Kind.SCALE and scale is None) or (kind in _LISTED and options is None)
    return None if incomplete or len(table.faults.found) > before else item


def _kind(table: Table) -> Kind | None:
    """Read the kind and report the keys that do not go with it."""
    written = table.take("kind")
    if isinstance(written, str) and written in set(Kind):
        kind = Kind(written)
        for key, kinds in ONLY_FOR.items():
            if kind not in kinds and table.take(key) is not None:
                table.fault("item.key-not-for-kind", key, kind.value)
        return kind
    if written is None:
        table.fault("key.missing", "kind")
    else:
        table.fault("item.unknown-kind", "kind", written)
    for key in ONLY_FOR:
        table.take(key)
    return None


def _flag(table: Table, key: str, kind: Kind, *, default: bool) -> bool:
    return kind in ONLY_FOR[key] and table.flag(key, default=default)


def _max_length(table: Table, kind: Kind) -> int | None:
    if kind not in TEXTS:
        return None
    return table.integer("max_length", 1, _LONGEST_TEXT, MAX_LENGTH[kind])


def _listed(table: Table, key: str, lists: Mapping[str, _List | None]) -> _List | None:
    """Look up the scale or the list of choices an item names."""
    name = table.take(key)
    if name is None:
        table.fault(f"item.without-{key}", key)
    elif not isinstance(name, str) or name not in lists:
        table.fault(f"item.unknown-{key}", key, name)
    else:
        return lists[name]
    return None


def _bounds(table: Table, kind: Kind) -> tuple[Bound | None, Bound | None]:
    if kind not in _BOUNDED:
        return None, None
    minimum, maximum = (_bound(table, key, kind) for key in ("minimum", "maximum"))
    # Both are of the kind's own type, which the type checker cannot see.
    if minimum is not None and maximum is not None and minimum > maximum:  # type: ignore[operator]
        table.fault("item.bounds-reversed", "minimum", str(minimum))
    return minimum, maximum


def _bound(table: Table, key: str, kind: Kind) -> Bound | None:
    written = table.take(key)
    if written is None:
        return None
    bound = _date(written) if kind is Kind.DATE else _number(written, kind)
    if bound is None:
        table.fault("value.wrong-type", key, written)
    return bound


def _number(written: object, kind: Kind) -> int | Decimal | None:
    if type(written) is int and abs(written) <= MAX_INTEGER:
        return written if kind is Kind.INTEGER else Decimal(written)
    if kind is Kind.DECIMAL and isinstance(written, Decimal) and written.is_finite():
        return written if abs(written) <= MAX_INTEGER else None
    return None


def _date(written: object) -> date | None:
    """Read a TOML date, or an ISO date in a string."""
    if isinstance(written, date) and not isinstance(written, datetime):
        return written
    if isinstance(written, str) and _ISO_DATE.fullmatch(written):
        try:
            return date.fromisoformat(written)
        except ValueError:
            return None
    return None
