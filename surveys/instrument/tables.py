"""Typed reading of TOML tables: every wrong, missing or unknown key becomes a fault."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from decimal import Decimal

from surveys.instrument.faults import FaultList

CODE = re.compile(r"[a-z][a-z0-9_]{0,62}")
OPTION = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,62}")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")

UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""Characters no answer and no wording may hold: controls, lone surrogates, non-characters."""

_SURROGATE = re.compile("[\ud800-\udfff]")
_SYNTAX = re.compile(r"^(.*) \(at (?:line (\d+), column (\d+)|end of document)\)$", re.DOTALL)


def parse(name: str, text: str, faults: FaultList) -> dict[str, object] | None:
    """Parse one TOML file; ``None`` and a fault if it is not TOML.

    Floats are read as ``Decimal``, so that bounds are exactly what was written.
    """
    if _SURROGATE.search(text):
        faults.add("file.not-utf8", name)
        return None
    try:
        return tomllib.loads(text.removeprefix("\ufeff"), parse_float=Decimal)
    except RecursionError:
        faults.add("file.syntax", name, "nested too deeply")
    except (ValueError, ArithmeticError) as error:
        # Not only TOMLDecodeError: a number of thousands of digits fails in int() or Decimal().
        found = _SYNTAX.match(str(error))
        where = f"{name}: line {found[2]}, column {found[3]}" if found and found[2] else name
        faults.add("file.syntax", where, found[1] if found else "number too long")
    return None


def normal(text: str) -> str:
    """Wording as it is kept: NFC, without white space around it."""
    return unicodedata.normalize("NFC", text).strip()


class Table:
    """One TOML table being read; :meth:`close` reports the keys nobody asked for.

    ``subject`` begins the codes of such faults: ``key.missing``, ``wording.missing``.
    """

    def __init__(
        self,
        values: Mapping[str, object],
        file: str,
        faults: FaultList,
        *,
        path: str = "",
        subject: str = "key",
    ) -> None:
        self.values = values
        self.file = file
        self.faults = faults
        self.path = path
        self.subject = subject
        self._asked: set[str] = set()

    def at(self, key: str | None = None) -> str:
        """Place of a key in this table, or of the table."""
        path = ".".join(part for part in (self.path, key) if part)
        return f"{self.file}: {path}" if path else self.file

    def fault(self, code: str, key: str, value: object = "") -> None:
        """Note a fault at a key."""
        self.faults.add(code, self.at(key), value)

    def take(self, key: str) -> object | None:
        """Value of a key, or ``None``; it counts as known."""
        self._asked.add(key)
        return self.values.get(key)

    def close(self) -> None:
        """Report every key that was not asked for."""
        for key in self.values:
            if key not in self._asked:
                self.fault(f"{self.subject}.unknown", key)

    def text(self, key: str, *, optional: bool = False) -> str:
        """Wording: NFC, trimmed; empty if it is absent or faulty."""
        value = self.take(key)
        if value is None:
            if not optional:
                self.fault(f"{self.subject}.missing", key)
            return ""
        if not isinstance(value, str):
            self.fault("value.wrong-type", key, value)
            return ""
        if UNWANTED.search(value):
            self.fault("value.bad-character", key, value)
            return ""
        text = normal(value)
        if not text:
            self.fault("value.empty", key)
        return text

    def name(self, key: str, pattern: re.Pattern[str] = CODE, *, optional: bool = False) -> str:
        """Read a code of the given pattern; empty if it is absent or faulty."""
        value = self.take(key)
        if value is None:
            if not optional:
                self.fault(f"{self.subject}.missing", key)
            return ""
        if not isinstance(value, str):
            self.fault("value.wrong-type", key, value)
            return ""
        if not pattern.fullmatch(value):
            self.fault("value.bad-code", key, value)
            return ""
        return value

    def integer(self, key: str, low: int, high: int, default: int | None = None) -> int:
        """Read a whole number from ``low`` to ``high``; ``low`` if it is faulty."""
        value = self.take(key)
        if value is None and default is not None:
            return default
        if value is None:
            self.fault(f"{self.subject}.missing", key)
        elif type(value) is not int:
            self.fault("value.wrong-type", key, value)
        elif not low <= value <= high:
            self.fault("value.out-of-range", key, value)
        else:
            return value
        return low

    def flag(self, key: str, *, default: bool) -> bool:
        """Read ``true`` or ``false``."""
        value = self.take(key)
        if value is not None and not isinstance(value, bool):
            self.fault("value.wrong-type", key, value)
            return default
        return default if value is None else value

    def codes(
        self, key: str, pattern: re.Pattern[str] = OPTION, *, optional: bool = False
    ) -> tuple[str, ...]:
        """Read a list of different codes in strings; faulty ones are left out."""
        kept: dict[str, None] = {}
        for index, code in enumerate(self._list(key, optional=optional)):
            if not isinstance(code, str):
                self.fault("value.wrong-type", f"{key}[{index}]", code)
            elif not pattern.fullmatch(code):
                self.fault("value.bad-code", f"{key}[{index}]", code)
            elif code in kept:
                self.fault("code.duplicate", f"{key}[{index}]", code)
            else:
                kept[code] = None
        return tuple(kept)

    def levels(self, key: str, *, optional: bool = False) -> tuple[int, ...]:
        """Read a list of different codes of a scale, 0 to 999; faulty ones are left out."""
        kept: dict[int, None] = {}
        for index, code in enumerate(self._list(key, optional=optional)):
            if type(code) is not int:
                self.fault("value.wrong-type", f"{key}[{index}]", code)
            elif not 0 <= code <= 999:
                self.fault("value.bad-code", f"{key}[{index}]", code)
            elif code in kept:
                self.fault("code.duplicate", f"{key}[{index}]", code)
            else:
                kept[code] = None
        return tuple(kept)

    def _list(self, key: str, *, optional: bool) -> list[object]:
        value = self.take(key)
        if value is None:
            if not optional:
                self.fault(f"{self.subject}.missing", key)
            return []
        if not isinstance(value, list):
            self.fault("value.wrong-type", key, value)
            return []
        if not value and not optional:
            self.fault("value.empty", key)
        return value

    def table(self, key: str) -> Table:
        """Read a table inside this one; empty if it is absent or faulty."""
        value = self.take(key)
        if value is not None and not isinstance(value, dict):
            self.fault("value.wrong-type", key, value)
        return self._inside(key, value if isinstance(value, dict) else {})

    def tables_by_name(self, key: str) -> dict[str, Table]:
        """Read the tables of a table, by name."""
        outer = self.table(key)
        return {name: outer.table(name) for name in outer.values}

    def tables(self, key: str) -> tuple[Table, ...]:
        """Read a list of tables; faulty ones are left out."""
        value = self.take(key)
        if value is None:
            return ()
        if not isinstance(value, list):
            self.fault("value.wrong-type", key, value)
            return ()
        found = []
        for index, each in enumerate(value):
            if isinstance(each, dict):
                found.append(self._inside(f"{key}[{index}]", each))
            else:
                self.fault("value.wrong-type", f"{key}[{index}]", each)
        return tuple(found)

    def _inside(self, key: str, values: Mapping[str, object]) -> Table:
        path = ".".join(part for part in (self.path, key) if part)
        return Table(values, self.file, self.faults, path=path, subject=self.subject)
