"""The mapping file: which column holds what, and what its values mean.

::

    sheet = "Phiếu"                        # of a workbook; its first visible one without it
    header_row = 3                         # found out without it
    decimal = ","                          # decimal mark of weights written as text
    missing = ["99", "KTL"]                # entries that mean "no answer" in every column
    by_name = true                         # also take columns that bear the name of an item
    psu_numbered_within_stratum = false    # PSU 1 of one stratum is not PSU 1 of another
    identical_rows_are_new = false         # rows equal to imported ones are other respondents

    [columns]
    stratum = "Tầng"                       # heading, or "@F" for the column with that letter
    c9_1 = "Câu 9.1"
    "c2.internet" = "Biết qua Internet"    # one option of a multiple choice

    [values.sex]                           # of an item, a scale or a list of choices
    "1" = "male"
    "9" = ""                               # no answer

    [fixed]                                # field or item that is the same in every row
    mode = "paper"
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from app.names import clean
from app.services.imports.refusals import MappingRefusedError
from app.services.imports.targets import target_of
from surveys.instrument.model import Instrument

MAX_BYTES: Final = 256 * 1024
_LETTER = re.compile(r"@[A-Z]{1,3}")


@dataclass(frozen=True, slots=True)
class Columns:
    """What a mapping file says; every part may be left out.

    ``columns`` and ``fixed`` are keyed by written targets (`targets.Target`). A column is named
    by its heading, or by ``@`` and its letter; an empty name keeps a target without a column.
    ``values`` maps an item, scale or list of choices to what is written and the code it means.
    """

    sheet: str | None = None
    header_row: int | None = None
    decimal: str | None = None
    missing: tuple[str, ...] = ()
    by_name: bool = True
    psu_numbered_within_stratum: bool = False
    identical_rows_are_new: bool = False
    columns: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    fixed: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Express it in the mapping file's own form, without what is as it would be anyway."""
        stated: dict[str, Any] = {
            "sheet": self.sheet,
            "header_row": self.header_row,
            "decimal": self.decimal,
            "missing": list(self.missing),
            "psu_numbered_within_stratum": self.psu_numbered_within_stratum,
            "identical_rows_are_new": self.identical_rows_are_new,
            "columns": dict(self.columns),
            "values": {name: dict(codes) for name, codes in self.values.items()},
            "fixed": dict(self.fixed),
        }
        plain = {key: value for key, value in stated.items() if value}
        return plain if self.by_name else {"by_name": False, **plain}


def parse(text: str, instrument: Instrument) -> Columns:
    """Read a mapping file.

    Raises
    ------
    MappingRefusedError
        With every fault in ``context["faults"]``: pairs of place and code.
    """
    if len(text) > MAX_BYTES:
        raise MappingRefusedError("mapping.too-large")
    try:
        written = tomllib.loads(text.removeprefix("\ufeff"))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise MappingRefusedError("mapping.not-toml", detail=str(error)) from error
    return from_json(written, instrument)


def from_json(written: Mapping[str, Any], instrument: Instrument) -> Columns:
    """Read a mapping in its plain form; raises as :func:`parse`."""
    reader = _Reader(written, instrument)
    found = Columns(
        sheet=reader.text("sheet"),
        header_row=reader.number("header_row"),
        decimal=reader.one_of("decimal", (".", ",")),
        missing=reader.texts("missing"),
        by_name=reader.switch("by_name", usual=True),
        psu_numbered_within_stratum=reader.switch("psu_numbered_within_stratum"),
        identical_rows_are_new=reader.switch("identical_rows_are_new"),
        columns=reader.columns(),
        values=reader.values(),
        fixed=reader.fixed(),
    )
    reader.close()
    return found


class _Reader:
    """Takes values out of a table and collects what is wrong with them."""

    def __init__(self, written: Mapping[str, Any], instrument: Instrument) -> None:
        self._left = dict(written)
        self._instrument = instrument
        self._faults: list[tuple[str, str]] = []

    def close(self) -> None:
        for key in self._left:
            self._fault(key, "mapping.unknown-key")
        if self._faults:
            raise MappingRefusedError("mapping.faults", faults=tuple(self._faults))

    def text(self, key: str) -> str | None:
        value = self._left.pop(key, None)
        if value is None or isinstance(value, str):
            return value
        self._fault(key, "mapping.not-text")
        return None

    def texts(self, key: str) -> tuple[str, ...]:
        value = self._left.pop(key, [])
        if isinstance(value, list):
            plain = [_plain(each) for each in value]
            if all(each is not None for each in plain):
                return tuple(clean(each) for each in plain if each is not None)
        self._fault(key, "mapping.not-a-list")
        return ()

    def number(self, key: str) -> int | None:
        value = self._left.pop(key, None)
        if value is None or (type(value) is int and 1 <= value <= 1_048_576):
            return value
        self._fault(key, "mapping.not-a-row")
        return None

    def switch(self, key: str, *, usual: bool = False) -> bool:
        value = self._left.pop(key, usual)
        if isinstance(value, bool):
            return value
        self._fault(key, "mapping.not-a-switch")
        return usual

    def one_of(self, key: str, allowed: tuple[str, ...]) -> str | None:
        value = self.text(key)
        if value is None or value in allowed:
            return value
        self._fault(key, "mapping.not-allowed")
        return None

    def columns(self) -> dict[str, str]:
        found = {}
        for key, value in self._table("columns").items():
            target = target_of(key, self._instrument)
            if target is None:
                self._fault(f"columns.{key}", "mapping.unknown-target")
            elif not isinstance(value, str):
                self._fault(f"columns.{key}", "mapping.not-text")
            elif str(target) in found:
                self._fault(f"columns.{key}", "mapping.twice")
            else:
                found[str(target)] = clean(value)
        return found

    def values(self) -> dict[str, dict[str, str]]:
        instrument = self._instrument
        lists = {item.code for item in instrument.items} | {*instrument.scales, *instrument.choices}
        found: dict[str, dict[str, str]] = {}
        for name, codes in self._table("values").items():
            if name not in lists and name != "mode":
                self._fault(f"values.{name}", "mapping.unknown-target")
            elif not isinstance(codes, dict):
                self._fault(f"values.{name}", "mapping.not-a-table")
            else:
                found[name] = self._codes(name, codes)
        return found

    def _codes(self, name: str, codes: dict[str, Any]) -> dict[str, str]:
        found = {}
        for written, code in codes.items():
            plain = _plain(code)
            if plain is None:
                self._fault(f"values.{name}.{written}", "mapping.not-text")
            else:
                found[clean(written)] = plain
        return found

    def fixed(self) -> dict[str, str]:
        found = {}
        for key, value in self._table("fixed").items():
            plain = _plain(value)
            target = target_of(key, self._instrument)
            if target is None or target.code == "key" or target.option is not None:
                self._fault(f"fixed.{key}", "mapping.unknown-target")
            elif plain is None:
                self._fault(f"fixed.{key}", "mapping.not-text")
            else:
                found[str(target)] = plain
        return found

    def _table(self, key: str) -> dict[str, Any]:
        value = self._left.pop(key, {})
        if isinstance(value, dict):
            return value
        self._fault(key, "mapping.not-a-table")
        return {}

    def _fault(self, place: str, code: str) -> None:
        self._faults.append((place[:200], code))


def _plain(value: object) -> str | None:
    """Text of a TOML value that stands for a cell; None if it cannot."""
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return repr(value)
    if type(value) is date:
        return value.isoformat()
    return None


def is_letter(reference: str) -> bool:
    """Whether a column is named by its letter (``@F``) rather than by its heading."""
    return _LETTER.fullmatch(reference) is not None


def to_toml(columns: Columns) -> str:
    """Write a mapping file that says the same."""
    return write_toml(columns.to_json())


def write_toml(plain: Mapping[str, Any]) -> str:
    """Write the plain form of a mapping as a file."""
    lines = [f"{key} = {_toml(value)}" for key, value in plain.items() if type(value) is not dict]
    for table in ("columns", "fixed"):
        if table in plain:
            lines += ["", f"[{table}]"]
            lines += [f"{_toml(key)} = {_toml(value)}" for key, value in plain[table].items()]
    for name, codes in plain.get("values", {}).items():
        lines += ["", f"[values.{_toml(name)}]"]
        lines += [f"{_toml(key)} = {_toml(value)}" for key, value in codes.items()]
    return "\n".join(lines).strip() + "\n"


def _toml(value: object) -> str:
    """Write a value in TOML. Text is escaped wherever TOML asks for it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list):
        return "[" + ", ".join(_toml(each) for each in value) + "]"
    text = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"[\x00-\x1f\x7f]", lambda sign: f"\\u{ord(sign[0]):04x}", text) + '"'
