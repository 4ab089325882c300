"""The rules for a list of villages: which rows go into the frame, and as what."""

from typing import Final

import polars as pl

from app.names import search_key
from app.services.frames import rules, values
from app.services.frames.problems import Findings
from app.services.frames.rules import (
    Cells,
    Checked,
    FileRules,
    Memory,
    PlaceColumn,
    Registers,
    mapped,
)

SIZES: Final = ("households", "people")
_OWN: Final = ("key", "district", "commune", "village", *SIZES, "difficult")
_DISTRICT_DIGITS: Final = 3


def check(raw: pl.DataFrame, file: FileRules, registers: Registers, memory: Memory) -> Checked:
    """Check a whole file: a commune named once stands for the rows below it.

    Parameters
    ----------
    raw : DataFrame
        ``row``, the targets that have a column as cleaned text, and ``prn``.
    """
    cells = Cells(raw)
    found = Findings(raw["row"])
    village = cells.text("village")
    keyed = "key" in raw.columns
    key, restored, lost = rules.keys(cells, file)
    _set_aside(found, cells, file)
    if keyed:
        rules.check_keys(found, key, lost, cells)
    else:
        found.reject(village.is_null(), "key.missing", "village")
    sizes = {
        name: mapped(cells.text(name), values.read_count, memory.of("count"), pl.Int64)
        for name in SIZES
    }
    _check_sizes(found, cells, sizes)
    written, filled = _filled_down(cells)
    found.reject(written.is_null(), "place.missing", "commune")
    days = pl.Series("day", [None], dtype=pl.Date).new_from_index(0, cells.n)
    place = PlaceColumn("place", _with_district(written, cells), days, registers, memory)
    rules.check_places(found, place, "commune")
    found.decide(place.get("code").fill_null("") == "", "place.unknown", "commune", written)
    commune = place.get("code").fill_null("")
    if not keyed:
        made = mapped(village, values.made_code, memory.of("village"), pl.String)
        key = (commune + "-" + made).str.to_uppercase()
    zero = _is_zero(sizes)
    found.decide(zero, "size.zero", "households", cells.text("households"))
    rules.remark_keys(found, key, restored, cells)
    found.remark(filled, "place.filled-down", "commune", None, written)
    _remark_sizes(found, cells, sizes)
    kept = found.free | found.outcome.is_in(rules.WAITING_CODES)
    rows = pl.DataFrame(
        {
            "row": raw["row"],
            "outcome": found.outcome,
            "key": key,
            "district": _district(found, cells, registers, memory),
            "commune": commune,
            "village": village.fill_null(""),
            **{name: sizes[name].cast(pl.String).fill_null("") for name in SIZES},
            "difficult": _difficult(found, cells, memory),
            "prn": raw["prn"],
        }
    )
    return Checked(rows, found.listed(), place.names(kept))


def _set_aside(found: Findings, cells: Cells, file: FileRules) -> None:
    """Set aside what is no village: repeated headings, sums of communes, totals, signatures."""
    found.decide(rules.is_heading(cells, file, _OWN), "row.heading-again", "")
    village, key = cells.text("village"), cells.text("key")
    first = cells.raw.select(
        pl.coalesce(*(name for name in _OWN if name in cells.raw.columns), pl.lit(None))
    ).to_series()
    unnamed = village.is_null() & key.is_null()
    total = rules.is_total(village) | (rules.is_total(first) & key.is_null())
    found.decide(unnamed | total, "row.not-a-record", "", first)


def _check_sizes(found: Findings, cells: Cells, sizes: dict[str, pl.Series]) -> None:
    every = pl.Series("none", [True]).new_from_index(0, cells.n)
    for name, size in sizes.items():
        text = cells.text(name)
        found.reject(text.is_not_null() & size.is_null(), "size.unreadable", name, text)
        every &= text.is_null()
    found.reject(every, "size.missing", "households")


def _remark_sizes(found: Findings, cells: Cells, sizes: dict[str, pl.Series]) -> None:
    fewer = sizes["people"] < sizes["households"]
    found.remark(fewer, "size.order", "people", cells.text("people"), cells.text("households"))


def _is_zero(sizes: dict[str, pl.Series]) -> pl.Series:
    zero = pl.Series("zero", [False]).new_from_index(0, len(sizes["people"]))
    for size in sizes.values():
        zero |= (size == 0).fill_null(value=False)
    return zero


def _filled_down(cells: Cells) -> tuple[pl.Series, pl.Series]:
    """Repeat the commune above where only the first of its villages names it."""
    text = cells.text("commune")
    filled = text.forward_fill()
    new = text.is_null() & filled.is_not_null() & cells.text("village").is_not_null()
    return filled, new


def _with_district(written: pl.Series, cells: Cells) -> pl.Series:
    """Write the district behind the commune: communes of different districts shared names."""
    district = cells.text("district").forward_fill()
    both = written + ", " + district
    return both.zip_with(both.is_not_null(), written)


def _district(found: Findings, cells: Cells, registers: Registers, memory: Memory) -> pl.Series:
    """Find the districts, where there are any on the day of the frame."""
    known = registers.places.districts
    text = cells.text("district").forward_fill()

    def read(entry: str) -> str | None:
        padded = entry.zfill(_DISTRICT_DIGITS) if entry.isdecimal() else entry
        return known.get(search_key(entry)) or known.get(padded)

    if not known:
        return pl.Series("district", [""]).new_from_index(0, cells.n)
    code = mapped(text, read, memory.of("district"), pl.String)
    found.remark(text.is_not_null() & code.is_null(), "district.unknown", "district", text)
    return code.fill_null("")


def _difficult(found: Findings, cells: Cells, memory: Memory) -> pl.Series:
    if "difficult" not in cells.raw.columns:
        return pl.Series("difficult", [""]).new_from_index(0, cells.n)
    text = cells.text("difficult")
    code = mapped(text.fill_null(""), values.read_yes, memory.of("difficult"), pl.String)
    found.remark(code.is_null(), "difficult.unknown", "difficult", text)
    return code.fill_null("")
