"""The rules for a list of dossiers: which rows go into the frame, and as what."""

from typing import Final

import polars as pl

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
from app.services.frames.targets import DATES

_OWN: Final = (
    "key", "procedure", "field", "centre", "commune", "agency", *DATES, "channel", "applicant",
)  # fmt: skip
# A row with more cells than this is meant as a dossier, even without code and days.
_FEW_CELLS: Final = 3
_HOME: Final = r"(?i)((?:xã|phường|thị trấn|đặc khu|p\.|x\.|tt\.)\s?[^,;()\-–]+)"


def check(raw: pl.DataFrame, file: FileRules, registers: Registers, memory: Memory) -> Checked:
    """Check a slice of a file.

    Parameters
    ----------
    raw : DataFrame
        ``row``, the targets that have a column as cleaned text, ``prn`` and ``applicant_hint``.
    """
    cells = Cells(raw)
    found = Findings(raw["row"])
    key, restored, lost = rules.keys(cells, file)
    days = {target: rules.days(cells, target, file, memory) for target in DATES}
    _set_aside(found, cells, file, key, days)
    rules.check_keys(found, key, lost, cells)
    returned = days["returned_on"]
    _check_returned(found, cells, returned)
    centre = PlaceColumn("place", cells.text("centre"), returned, registers, memory)
    commune = PlaceColumn("place", cells.text("commune"), returned, registers, memory)
    found.reject(centre.text.is_null() & commune.text.is_null(), "place.missing", "centre")
    outside = (returned < file.period_from) | (returned > file.period_to)
    found.decide(outside, "period.outside", "returned_on", cells.text("returned_on"))
    where = _check_place(found, centre, commune)
    agency = PlaceColumn("agency", cells.text("agency"), returned, registers, memory)
    rules.check_places(found, agency, "agency")
    found.remark(where["differ"], "place.contradicts", "commune", commune.text, centre.text)
    rules.remark_keys(found, key, restored, cells)
    home, elsewhere = _home(cells, registers, memory)
    applicant = _applicant(found, cells, memory)
    channel = _read(found, cells, "channel", values.read_channel, memory)
    _remark_days(found, cells, days, file)
    kept = found.free | found.outcome.is_in(rules.WAITING_CODES)
    rows = pl.DataFrame(
        {
            "row": raw["row"],
            "outcome": found.outcome,
            "key": key,
            "procedure": _named(cells, "procedure", registers.procedures, memory),
            "field": _named(cells, "field", registers.fields, memory),
            "centre": where["centre"],
            "commune": where["commune"],
            "agency": agency.get("code").fill_null(""),
            **{target: days[target].dt.to_string("%Y-%m-%d").fill_null("") for target in DATES},
            "channel": channel,
            "applicant": applicant,
            "home_commune": home,
            "prn": raw["prn"],
        }
    )
    names = pl.concat(column.names(kept) for column in (centre, commune, agency))
    return Checked(rows, found.listed(), names, int((elsewhere & kept).sum()))


def _check_returned(found: Findings, cells: Cells, returned: pl.Series) -> None:
    """Reject rows without the day of their result."""
    text = cells.text("returned_on")
    found.reject(text.is_null(), "returned.missing", "returned_on")
    unreadable = text.is_not_null() & returned.is_null()
    found.reject(unreadable, "returned.unreadable", "returned_on", text)


def _set_aside(
    found: Findings, cells: Cells, file: FileRules, key: pl.Series, days: dict[str, pl.Series]
) -> None:
    """Set aside what is no dossier: repeated headings, totals, headings of sections, signatures."""
    found.decide(rules.is_heading(cells, file, _OWN), "row.heading-again", "")
    dated = pl.Series("dated", [False]).new_from_index(0, cells.n)
    for day in days.values():
        dated |= day.is_not_null()
    few = cells.n_filled(_OWN) <= _FEW_CELLS
    first = cells.raw.select(
        pl.coalesce(*(name for name in _OWN if name in cells.raw.columns), pl.lit(None))
    ).to_series()
    # Every code of a dossier has a digit in it; the heading of a section may not.
    no_code = key.is_null() | ~key.str.contains(r"\d").fill_null(value=False)
    no_record = ~dated & few & (no_code | rules.is_total(first))
    found.decide(no_record, "row.not-a-record", "", first)


def _check_place(
    found: Findings, centre: PlaceColumn, commune: PlaceColumn
) -> dict[str, pl.Series]:
    """Settle where a dossier was received: by the centre, and where that is open by the commune."""
    by_commune = commune.get("status").is_in(rules.SETTLED).fill_null(value=False)
    by_centre = centre.get("status").is_in(rules.SETTLED).fill_null(value=False)
    named = centre.text.is_not_null()
    open_centre = named & ~by_centre & ~by_commune
    _decide_where(found, open_centre, centre, "centre")
    _decide_where(found, ~named & ~by_commune, commune, "commune")
    code = centre.get("code").zip_with(by_centre, commune.get("code")).fill_null("")
    own = centre.get("centre").zip_with(by_centre, commune.get("centre")).fill_null("")
    differ = by_centre & by_commune & (centre.get("code") != commune.get("code"))
    return {"commune": code, "centre": own, "differ": differ & (code != "")}


def _decide_where(found: Findings, where: pl.Series, column: PlaceColumn, target: str) -> None:
    status = column.get("status")
    for name in ("left-out", *rules.OPEN):
        found.decide(where & (status == name), f"{column.subject}.{name}", target, column.text)


def _home(cells: Cells, registers: Registers, memory: Memory) -> tuple[pl.Series, pl.Series]:
    """Find the home communes, and where somebody lives outside the province."""
    text = cells.text("home_commune")
    part = text.str.extract(_HOME)
    part = part.zip_with(part.is_not_null(), text).str.strip_chars()
    home = mapped(part, registers.places.home, memory.of("home"), pl.String).fill_null("")
    return home, text.is_not_null() & (home == "")


def _applicant(found: Findings, cells: Cells, memory: Memory) -> pl.Series:
    if "applicant" in cells.raw.columns:
        return _read(found, cells, "applicant", values.read_applicant, memory)
    return cells.text("applicant_hint").fill_null("")


def _read(
    found: Findings, cells: Cells, target: str, read: rules.Reader, memory: Memory
) -> pl.Series:
    """Read words as codes; what is not understood is left empty, and listed."""
    text = cells.text(target)
    code = mapped(text, read, memory.of(target), pl.String)
    found.remark(text.is_not_null() & code.is_null(), f"{target}.unknown", target, text)
    return code.fill_null("")


def _named(cells: Cells, target: str, known: rules.Known, memory: Memory) -> pl.Series:
    read = rules.by_register(known)
    return mapped(cells.text(target), read, memory.of(target), pl.String).fill_null("")


def _remark_days(
    found: Findings, cells: Cells, days: dict[str, pl.Series], file: FileRules
) -> None:
    for target, name in (("received_on", "received"), ("due_on", "due")):
        text = cells.text(target)
        found.remark(
            text.is_not_null() & days[target].is_null(), f"{name}.unreadable", target, text
        )
    order = days["received_on"] > days["returned_on"]
    found.remark(
        order, "date.order", "received_on", cells.text("received_on"), cells.text("returned_on")
    )
    for target in DATES:
        if target in file.month_first:
            text = cells.text(target)
            changed = days[target].is_not_null() & text.str.contains(
                r"^\D*\d{1,2}[/.\-]\d{1,2}[/.\-]"
            )
            found.remark(
                changed, "date.month-first", target, text,
                days[target].dt.to_string("%d/%m/%Y"),
            )  # fmt: skip
