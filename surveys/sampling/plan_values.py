"""Values of a plan's TOML, read one by one with every fault noted."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Final

from surveys.sampling.frame import CIRCLE
from surveys.sampling.plan_faults import Fault, shown
from surveys.sampling.plan_lines import Path, line_at
from surveys.sampling.schema import Amount, Number

MOST_UNITS: Final = 10_000_000
"""No number of units a plan names is larger."""

DIGITS: Final = 6
"""Digits after the point that a share may have."""

_UNWANTED: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


class Faults:
    """Faults found so far, with their lines."""

    def __init__(self, lines: Mapping[Path, int]) -> None:
        self.lines = lines
        self.found: list[Fault] = []

    def add(self, code: str, place: Path, value: object = "") -> None:
        """Note a fault at a place of the document."""
        in_stage = place[:1] == ("stage",) and len(place) > 1
        stage = int(place[1]) + 1 if in_stage else 0
        names = [str(part) for part in (place[2:] if in_stage else place)]
        key = ".".join(names[:1] if in_stage else names[:2])
        self.found.append(Fault(code, key, stage, line_at(self.lines, place), shown(value)))


class Table:
    """One table being read; ``close`` reports the keys nobody asked for."""

    def __init__(self, values: Mapping[str, object], place: Path, faults: Faults) -> None:
        self.values, self.place, self.faults = values, place, faults
        self._asked: set[str] = set()

    def fault(self, code: str, key: str, value: object = "") -> None:
        """Note a fault at a key."""
        self.faults.add(code, (*self.place, key), value)

    def has(self, key: str) -> bool:
        """Return whether a key is there."""
        return key in self.values

    def get(self, key: str) -> object | None:
        """Return the value of a key, which counts as known; None if it is not there."""
        self._asked.add(key)
        return self.values.get(key)

    def close(self) -> None:
        """Report unknown keys."""
        for key in self.values:
            if key not in self._asked:
                self.fault("key.unknown", key, key)

    def text(self, key: str, *, is_needed: bool = False) -> str:
        """Read a text: NFC, trimmed; empty if it is absent or faulty."""
        value = self.get(key)
        if value is None:
            if is_needed:
                self.fault("key.missing", key)
            return ""
        return self._text(key, value) or ""

    def choice(self, key: str, options: Collection[str], default: str = "") -> str:
        """Read one of some words; without a default the key is needed."""
        value = self.text(key, is_needed=not default)
        if value and value not in options:
            self.fault("value.unknown", key, value)
            return default
        return value or default

    def texts(self, key: str) -> tuple[str, ...]:
        """Read a list of texts, none twice."""
        value = self.get(key)
        if value is None:
            return ()
        if not isinstance(value, list):
            self.fault("value.wrong-type", key, value)
            return ()
        found = [self._text(key, part, may_be_empty=True) for part in value]
        texts = tuple(part for part in found if part is not None)
        for number, part in enumerate(texts):
            if part in texts[:number]:
                self.fault("value.repeated", key, part)
        return texts

    def whole(self, key: str, low: int = 0, high: int = MOST_UNITS) -> int | None:
        """Read a whole number; None if it is absent or faulty."""
        value = self.get(key)
        return None if value is None else self._whole(key, value, low, high)

    def flag(self, key: str) -> bool:
        """Read ``true`` or ``false``; false if it is absent."""
        value = self.get(key)
        if value is not None and not isinstance(value, bool):
            self.fault("value.wrong-type", key, value)
        return value is True

    def share(self, key: str) -> Decimal | None:
        """Read a share above 0 up to 1; None if it is absent or faulty."""
        value = self.get(key)
        return None if value is None else self._share(key, value)

    def table(self, key: str) -> Table | None:
        """Read a table of known keys."""
        values = self._mapping(key)
        return None if values is None else Table(values, (*self.place, key), self.faults)

    def amount(self, key: str, *, is_share: bool) -> Amount | None:
        """Read a number, or a table of numbers by label."""
        value = self.get(key)
        if value is None:
            return None
        if not isinstance(value, dict):
            return self._share(key, value) if is_share else self._whole(key, value, 0, MOST_UNITS)
        if not value:
            self.fault("value.empty", key)
        by_label: dict[str, Number] = {}
        for label, part in value.items():
            inner = Table(value, (*self.place, key), self.faults)
            found: Number | None = (
                inner._share(label, part) if is_share else inner._whole(label, part, 0, MOST_UNITS)
            )
            if found is not None:
                by_label[unicodedata.normalize("NFC", label)] = found
        return by_label

    def texts_by_name(self, key: str) -> dict[str, tuple[str, ...]]:
        """Read a table of lists of texts."""
        values = self._mapping(key)
        if values is None:
            return {}
        inner = Table(values, (*self.place, key), self.faults)
        found = {name: inner.texts(name) for name in values}
        for name, texts in found.items():
            if not texts:
                inner.fault("value.empty", name)
        return found

    def arcs(self, key: str) -> tuple[tuple[int, int], ...]:
        """Read a list of pairs of permanent numbers."""
        value = self.get(key)
        if value is None:
            return ()
        found: list[tuple[int, int]] = []
        for pair in value if isinstance(value, list) else [value]:
            match pair:
                case [int(begin), int(end)] if bool not in (type(begin), type(end)):
                    if begin == end or not (0 <= begin < CIRCLE and 0 <= end < CIRCLE):
                        self.fault("value.out-of-range", key, pair)
                    found.append((begin, end))
                case _:
                    self.fault("value.wrong-type", key, pair)
        return tuple(found)

    def _mapping(self, key: str) -> Mapping[str, object] | None:
        value = self.get(key)
        if value is None or isinstance(value, dict):
            return value
        self.fault("value.wrong-type", key, value)
        return None

    def _text(self, key: str, value: object, *, may_be_empty: bool = False) -> str | None:
        if not isinstance(value, str):
            self.fault("value.wrong-type", key, value)
            return None
        if _UNWANTED.search(value):
            self.fault("value.out-of-range", key, value)
            return None
        text = unicodedata.normalize("NFC", value).strip()
        if not text and not may_be_empty:
            self.fault("value.empty", key)
        return text

    def _whole(self, key: str, value: object, low: int, high: int) -> int | None:
        if type(value) is not int:
            self.fault("value.wrong-type", key, value)
        elif not low <= value <= high:
            self.fault("value.out-of-range", key, value)
        else:
            return value
        return None

    def _share(self, key: str, value: object) -> Decimal | None:
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            self.fault("value.wrong-type", key, value)
            return None
        share = Decimal(value)
        if not share.is_finite() or not 0 < share <= 1:
            self.fault("value.out-of-range", key, value)
            return None
        exponent = share.normalize().as_tuple().exponent
        if not isinstance(exponent, int) or exponent < -DIGITS:
            self.fault("value.out-of-range", key, value)
            return None
        return share.normalize()
