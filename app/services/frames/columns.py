"""What the columns of a list hold, as guessed, confirmed, remembered, or stated in a file.

::

    sheet = "Sheet1"            # of a workbook; the one that looks like a list without it
    header_row = 6              # the last row of the headings; found out without it
    header_depth = 2            # rows the headings take
    key_digits = 12             # codes of digits only have so many; spreadsheets drop zeros

    [columns]
    key = "Mã hồ sơ"            # heading, or "@C" for the column with that letter
    returned_on = "Ngày trả"

    [fixed]                     # the same for every row of the file
    commune = "Xã Tiên Yên"
    channel = "direct"
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Self

from app.names import clean, search_key
from app.services.frames import targets
from app.services.frames.head import Head
from app.services.imports.mapping import MAX_BYTES, write_toml
from app.services.imports.refusals import MappingRefusedError
from app.services.imports.targets import index_of, letter

FIXED: Final = ("centre", "commune", "district", "field", "agency", "channel", "applicant")
_LETTER = re.compile(r"@([A-Z]{1,3})")
_KEYS: Final = ("sheet", "header_row", "header_depth", "key_digits", "columns", "fixed")


@dataclass(frozen=True, slots=True)
class Columns:
    """What a list's columns hold; every part may be left out.

    ``columns`` and ``fixed`` are keyed by targets (`targets.TARGETS`). A column is named by its
    heading, or by ``@`` and its letter.
    """

    sheet: str | None = None
    header_row: int | None = None
    header_depth: int = 1
    key_digits: int | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    fixed: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Express it in the mapping file's own form, without what is as it would be anyway."""
        stated: dict[str, Any] = {
            "sheet": self.sheet,
            "header_row": self.header_row,
            "header_depth": self.header_depth if self.header_depth > 1 else None,
            "key_digits": self.key_digits,
            "columns": dict(self.columns),
            "fixed": dict(self.fixed),
        }
        return {key: value for key, value in stated.items() if value}

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> Self:
        """Read what :meth:`to_json` made."""
        return cls(**{key: plain[key] for key in _KEYS if key in plain})

    def to_toml(self) -> str:
        """Write a mapping file that says the same."""
        return write_toml(self.to_json())

    def of_headings(self) -> Self:
        """Keep what holds wherever the same headings stand: neither place nor sheet of one file."""
        return replace(self, sheet=None, header_row=None, header_depth=1, fixed={})


def at_head(known: Columns, head: Head, before: Columns) -> Columns:
    """Lay remembered columns at the headings of a file; what the file states itself stays."""
    return replace(
        known,
        sheet=before.sheet,
        header_row=head.last,
        header_depth=head.depth,
        fixed=before.fixed,
    )


def parse(text: str, kind: str) -> Columns:
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
    faults = list(_faults(written, kind))
    if faults:
        raise MappingRefusedError("mapping.faults", faults=tuple(faults))
    cleaned = {
        key: {name: clean(text) for name, text in value.items()} if type(value) is dict else value
        for key, value in written.items()
    }
    return Columns.from_json(cleaned)


def _faults(written: Mapping[str, Any], kind: str) -> list[tuple[str, str]]:
    faults = [(key[:200], "mapping.unknown-key") for key in written if key not in _KEYS]
    if not isinstance(written.get("sheet", ""), str):
        faults.append(("sheet", "mapping.not-text"))
    for key, most in (("header_row", 60), ("header_depth", 3), ("key_digits", 40)):
        value = written.get(key, 1)
        if type(value) is not int or not 1 <= value <= most:
            faults.append((key, "mapping.not-a-row"))
    for key, allowed in (("columns", targets.names_of(kind)), ("fixed", FIXED)):
        table = written.get(key, {})
        if not isinstance(table, dict):
            faults.append((key, "mapping.not-a-table"))
            continue
        for name, value in table.items():
            place = f"{key}.{name}"[:200]
            if name not in allowed or name not in targets.names_of(kind):
                faults.append((place, "mapping.unknown-target"))
            elif not isinstance(value, str):
                faults.append((place, "mapping.not-text"))
    return faults


def state(chosen: Mapping[str, int], head: Head, before: Columns) -> Columns:
    """State the columns that were chosen by their places.

    A column is named by its heading where only one bears it, and by its letter otherwise.
    """
    keys = [search_key(heading) for heading in head.headings]

    def reference(index: int) -> str:
        key = keys[index] if index < len(keys) else ""
        return head.headings[index] if key and keys.count(key) == 1 else f"@{letter(index)}"

    return replace(
        before,
        header_row=head.last,
        header_depth=head.depth,
        columns={name: reference(index) for name, index in chosen.items()},
    )


def place(columns: Columns, head: Head) -> tuple[dict[str, int], tuple[str, ...]]:
    """Find stated columns below some headings.

    Returns
    -------
    dict of str to int
        Place of the column of each target, counted from 0.
    tuple of str
        Targets whose column is not there, or whose heading stands twice.
    """
    keys = [search_key(heading) for heading in head.headings]
    found: dict[str, int] = {}
    lost = []
    for name, reference in columns.columns.items():
        at = _find(reference, head.headings, keys)
        if at is None:
            lost.append(name)
        else:
            found[name] = at
    return found, tuple(lost)


def _find(reference: str, headings: Sequence[str], keys: Sequence[str]) -> int | None:
    key = search_key(reference)
    alike = [at for at, heading in enumerate(headings) if heading == reference] or [
        at for at, other in enumerate(keys) if key and other == key
    ]
    if len(alike) == 1:
        return alike[0]
    lettered = _LETTER.fullmatch(reference)
    return index_of(lettered[1]) if lettered and not alike else None
