"""The answers of a publication as one coded table for analysts, with what may not be told left out.

Every column is a number: programs agree on numbers, and words stand in labels. What a row could
give away about a person is taken back by the publication's own rule (``min_cell``): a place or a
trait that fewer people share is written as "withheld".
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from analysis.snapshot import Layout
from app.services.columns import PSU, STRATUM
from app.services.microdata.names import portable
from app.services.microdata.variables import Category, Measure, Role, Variable
from surveys.instrument.model import Instrument, Item, Kind
from surveys.instrument.wording import Wording

WITHHELD: Final = -9
_PLACE: Final = "place."
# One counter is often one official.
_NEVER: Final = frozenset({"place.counter"})
_SEVERAL: Final = ":"


@dataclass(frozen=True, slots=True)
class Words:
    """What the questionnaire has no words for.

    Attributes
    ----------
    places : mapping of (kind, code) to str
        Names of places as published.
    kinds : mapping of str to str
        Names of kinds of places.
    steps : mapping of str to str
        Names of the columns of weights.
    chosen : (str, str)
        Not chosen, chosen: of an option of several.
    """

    places: Mapping[tuple[str, str], str]
    kinds: Mapping[str, str]
    steps: Mapping[str, str]
    stratum: str
    psu: str
    withheld: str
    chosen: tuple[str, str]


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Coded answers and their variables, in one order.

    Attributes
    ----------
    rows : polars.DataFrame
        Columns named as the variables: Int32 for categories, Float64 for numbers; null where there
        was no answer.
    n_withheld : mapping of str to int
        Variable → rows in which its value is withheld; only those with any.
    """

    rows: pl.DataFrame
    variables: tuple[Variable, ...]
    weight: str
    n_withheld: Mapping[str, int]


@dataclass(frozen=True, slots=True, eq=False)
class _Column:
    """A column before it has its portable name."""

    source: str
    values: pl.Series
    variable: Variable


def build(
    rows: pl.DataFrame,
    layout: Layout,
    weights: Sequence[str],
    instrument: Instrument,
    wording: Wording,
    words: Words,
    *,
    min_cell: int,
    key: str,
) -> Table:
    """Code the answers of a sample.

    Parameters
    ----------
    rows : polars.DataFrame
        Columns of the layout and of the weights.
    weights : sequence of str
        Columns of weights; the last is the one to analyse by.
    min_cell : int
        A place or a trait of fewer respondents is withheld.
    key : str
        Numbers of PSUs are dealt by it: they do not follow the order of places, and are the same
        in every file of a publication.
    """
    columns = [
        *_design(rows, layout, words, min_cell, key),
        *(_weight(rows, name, words) for name in weights),
        *_places(rows, layout, words, min_cell),
    ]
    for item in instrument.items:
        if item.code in rows.columns:
            columns += _item(rows[item.code], item, wording, words, min_cell)
    names = portable(column.source for column in columns)
    variables = tuple(
        _named(column.variable, column.source, names[column.source]) for column in columns
    )
    table = pl.DataFrame([column.values.alias(names[column.source]) for column in columns])
    withheld = {
        variable.name: int((table[variable.name] == WITHHELD).sum())
        for variable in variables
        if any(each.value == WITHHELD for each in variable.categories)
    }
    return Table(table, variables, names[weights[-1]], withheld)


def _named(variable: Variable, source: str, name: str) -> Variable:
    return Variable(
        name, source, variable.label, variable.role, variable.measure, variable.question,
        variable.categories, variable.decimals,
    )  # fmt: skip


def _column(
    source: str,
    values: pl.Series,
    label: str,
    role: Role,
    measure: Measure,
    *,
    question: str = "",
    categories: Sequence[Category] = (),
    decimals: int = 0,
) -> _Column:
    variable = Variable("", source, label, role, measure, question, tuple(categories), decimals)
    return _Column(source, values, variable)


def _design(
    rows: pl.DataFrame, layout: Layout, words: Words, min_cell: int, key: str
) -> list[_Column]:
    """Deal numbers: to strata in the order of names, to PSUs in one that says nothing."""
    strata = sorted(rows[layout.stratum].drop_nulls().unique().to_list())
    n_of = _sizes(rows[layout.stratum])
    categories = [
        Category(
            number,
            str(number),
            name if n_of.get(name, 0) >= min_cell else f"{words.stratum} {number}",
        )
        for number, name in enumerate(strata, start=1)
    ]
    stratum = _replaced(rows[layout.stratum], {n: k for k, n in enumerate(strata, start=1)})
    psus = sorted(
        rows[layout.psu].drop_nulls().unique().to_list(),
        key=lambda psu: hashlib.sha256(f"{key}\0{psu}".encode()).digest(),
    )
    psu = _replaced(rows[layout.psu], {n: k for k, n in enumerate(psus, start=1)})
    return [
        _column(STRATUM, stratum, words.stratum, Role.DESIGN, Measure.NOMINAL,
                categories=categories),
        _column(PSU, psu, words.psu, Role.DESIGN, Measure.NOMINAL),
    ]  # fmt: skip


def _weight(rows: pl.DataFrame, name: str, words: Words) -> _Column:
    label = words.steps.get(name, name)
    return _column(name, rows[name].cast(pl.Float64), label, Role.WEIGHT, Measure.SCALE, decimals=4)


def _places(rows: pl.DataFrame, layout: Layout, words: Words, min_cell: int) -> list[_Column]:
    found = []
    for source in layout.domains:
        if not source.startswith(_PLACE) or source in _NEVER:
            continue
        kind = source.removeprefix(_PLACE)
        codes = sorted(rows[source].drop_nulls().unique().to_list())
        numbers = _numbers(codes)
        n_of = _sizes(rows[source])
        kept = {code: numbers[code] for code in codes if n_of[code] >= min_cell}
        categories = [
            Category(number, code, words.places.get((kind, code), code))
            for code, number in kept.items()
        ]
        values = _replaced(rows[source], {code: kept.get(code, WITHHELD) for code in codes})
        found.append(
            _column(
                source,
                values,
                words.kinds.get(kind, kind),
                Role.PLACE,
                Measure.NOMINAL,
                categories=[*categories, *_withheld(codes, kept, words)],
            )
        )
    return found


def _item(
    column: pl.Series, item: Item, wording: Wording, words: Words, min_cell: int
) -> list[_Column]:
    question = wording.label(item)
    role = Role.PROFILE if item.profile else Role.ANSWER
    match item.kind:
        case Kind.SCALE:
            return [_scale(column, item, wording, role)]
        case Kind.MULTIPLE:
            return [_chosen(column, item, option, wording, words, role) for option in item.options]
        case Kind.INTEGER | Kind.DECIMAL:
            decimals = 2 if item.kind is Kind.DECIMAL else 0
            return [
                _column(item.code, column.cast(pl.Float64), _short(question), role, Measure.SCALE,
                        question=question, decimals=decimals)
            ]  # fmt: skip
        case Kind.SINGLE | Kind.YES_NO:
            return [_choice(column, item, wording, words, role, min_cell)]
        case Kind.DATE:
            days = column.str.replace_all("-", "").cast(pl.Int32, strict=False)
            return [
                _column(item.code, days, f"{_short(question)} (YYYYMMDD)", role, Measure.SCALE,
                        question=question)
            ]  # fmt: skip
    return []


def _scale(column: pl.Series, item: Item, wording: Wording, role: Role) -> _Column:
    scale = item.scale
    not_rated = scale.not_rated if scale is not None else ()
    categories = [
        Category(int(code), code, wording.option(item, code), int(code) in not_rated)
        for code in item.options
    ]
    question = wording.label(item)
    return _column(
        item.code, column.cast(pl.Int32), _short(question), role, Measure.ORDINAL,
        question=question, categories=categories,
    )  # fmt: skip


def _choice(
    column: pl.Series, item: Item, wording: Wording, words: Words, role: Role, min_cell: int
) -> _Column:
    """Give options numbers as they were asked; a rare trait of a person is withheld."""
    numbers = {code: number for number, code in enumerate(item.options, start=1)}
    n_of = _sizes(column)
    is_told = {
        code: role is not Role.PROFILE or n_of.get(code, 0) >= min_cell or not n_of.get(code)
        for code in item.options
    }
    kept = {code: number for code, number in numbers.items() if is_told[code]}
    categories = [
        Category(number, code, wording.option(item, code)) for code, number in kept.items()
    ]
    values = _replaced(column, {code: kept.get(code, WITHHELD) for code in item.options})
    question = wording.label(item)
    return _column(
        item.code, values, _short(question), role, Measure.NOMINAL, question=question,
        categories=[*categories, *_withheld(item.options, kept, words)],
    )  # fmt: skip


def _chosen(
    column: pl.Series, item: Item, option: str, wording: Wording, words: Words, role: Role
) -> _Column:
    """Make a yes or no of one option of several."""
    no, yes = words.chosen
    told = wording.option(item, option)
    question = wording.label(item)
    return _column(
        f"{item.code}{_SEVERAL}{option}",
        column.list.contains(option).cast(pl.Int32),
        _short(f"{told} – {question}"),
        role,
        Measure.NOMINAL,
        question=f"{question} – {told}",
        categories=(Category(0, "0", no), Category(1, "1", yes)),
    )


def _withheld(codes: Sequence[str], kept: Mapping[str, int], words: Words) -> tuple[Category, ...]:
    if len(kept) == len(codes):
        return ()
    return (Category(WITHHELD, "", words.withheld, is_missing=True),)


def _numbers(codes: Sequence[str]) -> dict[str, int]:
    """Give places their official codes where these are numbers, else their order."""
    if all(code.isascii() and code.isdigit() and len(code) < 9 for code in codes):
        official = {code: int(code) for code in codes}
        if len(set(official.values())) == len(codes):
            return official
    return {code: number for number, code in enumerate(codes, start=1)}


def _sizes(column: pl.Series) -> dict[str, int]:
    counted = column.drop_nulls().value_counts(name="n")
    return dict(zip(counted[column.name].to_list(), counted["n"].to_list(), strict=True))


def _replaced(column: pl.Series, numbers: Mapping[str, int]) -> pl.Series:
    if not numbers:
        return pl.Series(column.name, [None] * len(column), pl.Int32)
    return column.replace_strict(
        list(numbers), list(numbers.values()), default=None, return_dtype=pl.Int32
    )


def _short(text: str) -> str:
    """Cut a text to what a label of a variable may hold: Stata takes eighty signs."""
    return text if len(text) <= 80 else f"{text[:79].rstrip()}…"
