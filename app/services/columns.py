"""From stored answers to the columns of a snapshot: one conversion, in one place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from analysis.snapshot import Layout, Source
from app.queries.answers import AnswerRow
from surveys.instrument.model import Instrument, Item, Kind

# Item codes have no dots, so these cannot be mistaken for answers.
STRATUM, PSU, WEIGHT = "design.stratum", "design.psu", "design.base_weight"
PLACE = "place."
"""Begins the name of a column that holds places."""
# In this order in every publication; other kinds follow by name, then questions about people.
PLACES = ("commune", "commune_kind", "centre", "counter", "field")
_UNCODED = {Kind.SHORT_TEXT, Kind.LONG_TEXT, Kind.NOTE}
_PARTITIONS = {Kind.SCALE, Kind.SINGLE, Kind.YES_NO}


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """Responses as a table, and what its columns are."""

    rows: pl.DataFrame
    layout: Layout


def columns_of(
    rows: Sequence[AnswerRow],
    instrument: Instrument,
    commune_kind: Mapping[str, str],
    source: Source,
    about: Mapping[str, str],
) -> Columns:
    """Turn responses into columns: answers, domains and, of a sample, its design.

    Free text is not among them, nor anything that leads to a person or a day.

    Parameters
    ----------
    rows : sequence of AnswerRow
        In any order.
    instrument : Instrument
        The questionnaire they answer.
    commune_kind : mapping of str to str
        Commune → its kind, which is a domain too.
    source : Source
        Probability sample or self-selected answers.
    about : mapping of str to str
        What else the rows are known by.
    """
    coded = [item for item in instrument.items if item.kind not in _UNCODED]
    places = _places(rows, commune_kind)
    series = [_item(item, [row.answers.get(item.code) for row in rows]) for item in coded]
    series += [pl.Series(PLACE + kind, codes, pl.String) for kind, codes in places.items()]
    people = [
        item.code
        for item in coded
        if item.profile and item.kind in _PARTITIONS and item.code not in places
    ]
    is_sample = source is Source.SAMPLE
    if is_sample:
        series += [
            pl.Series(STRATUM, [row.stratum for row in rows], pl.String),
            pl.Series(PSU, [row.psu for row in rows], pl.String),
            pl.Series(WEIGHT, [row.base_weight for row in rows], pl.Float64),
        ]
    layout = Layout(
        source=source,
        items=tuple(item.code for item in coded),
        domains=(*(PLACE + kind for kind in places), *people),
        stratum=STRATUM if is_sample else "",
        psu=PSU if is_sample else "",
        weight=WEIGHT if is_sample else "",
        about=tuple(sorted(about.items())),
    )
    return Columns(pl.DataFrame(series), layout)


def domain_kind(column: str) -> str:
    """Kind of domain that a column of a snapshot holds."""
    return column.removeprefix(PLACE)


def domain_name(
    kind: str, code: str, names: Mapping[tuple[str, str], str], instrument: Instrument
) -> str:
    """Name of a domain today: of a place, of an option, else its code."""
    if (kind, code) in names:
        return names[kind, code]
    options = instrument.wording[instrument.languages[0]].options
    return options.get(kind, {}).get(code, code)


def _item(item: Item, values: Sequence[object]) -> pl.Series:
    match item.kind:
        case Kind.SCALE:
            return pl.Series(item.code, values, pl.Int64)
        case Kind.INTEGER | Kind.DECIMAL:
            numbers = [None if value is None else float(str(value)) for value in values]
            return pl.Series(item.code, numbers, pl.Float64)
        case Kind.MULTIPLE:
            return pl.Series(item.code, values, pl.List(pl.String))
        case _:
            return pl.Series(item.code, values, pl.String)


def _places(
    rows: Sequence[AnswerRow], commune_kind: Mapping[str, str]
) -> dict[str, list[str | None]]:
    """Kinds of place that any response names, each with the code of every response.

    The mode of answering is added where there is more than one, for people answer an interviewer
    otherwise than a screen.
    """
    given = {kind for row in rows for kind in row.domains}
    found: dict[str, list[str | None]] = {}
    for kind in (*PLACES, *sorted(given.difference(PLACES))):
        if kind == "commune_kind":
            codes = [commune_kind.get(row.domains.get("commune", "")) for row in rows]
        else:
            codes = [row.domains.get(kind) for row in rows]
        if any(codes):
            found[kind] = codes
    modes: list[str | None] = [row.mode for row in rows]
    if len(set(modes)) > 1 and "mode" not in found:
        found["mode"] = modes
    return found
