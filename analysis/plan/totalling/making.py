"""What a plan makes of the columns of its files, row by row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl
import pyarrow.parquet as pq

from analysis.columnar.columns import Kind
from analysis.columnar.files import Files, kind_of
from analysis.plan.faults import Place
from analysis.plan.read_data import needed_columns, open_sources, round_column
from analysis.plan.reader import Reader
from analysis.plan.references import Reference
from analysis.plan.schema.columns import Derive
from analysis.plan.schema.estimates import EstimateSection, RatioEstimate
from analysis.plan.schema.plan import Plan
from analysis.plan.schema.weights import WeightSection
from analysis.plan.source import FileFault
from analysis.plan.source.types import as_text, settled
from analysis.plan.sql import parse_sql, roots
from analysis.plan.table import SQL_ERRORS
from analysis.plan.totalling.errors import NeedsRowsError
from analysis.plan.totalling.row_by_row import is_row_by_row
from analysis.plan.totalling.view import FILE, Made, Maker, View

HIDDEN: Final = "\x01"
"""First character of names that no plan can give."""

WEIGHT: Final = HIDDEN + "weight"
WHERE: Final = HIDDEN + "where "
STRATUM: Final = HIDDEN + "stratum"
CLUSTER: Final = HIDDEN + "cluster"


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """The files of a plan.

    Attributes
    ----------
    files : Files
        With every column the plan reads.
    available : list of str
        Columns of the files, read or not.
    rounds : list of str
        Name of the round of each file; empty without rounds.
    """

    files: Files
    available: list[str]
    rounds: list[str]


def opened(plan: Plan, also: Sequence[Reference]) -> Found:
    """Open the files of a plan.

    Parameters
    ----------
    plan : Plan
    also : sequence of Reference
        Columns that other files of the plan need.

    Returns
    -------
    Found

    Raises
    ------
    NeedsRowsError
        Something is wrong with them.
    AnalysisError, ArrowException, OSError
    """
    reader = Reader(plan.positions)
    sources = open_sources(plan, reader)
    available = list(dict.fromkeys(name for one in sources for name in one.opened.columns))
    rounds = round_column(plan.data) if plan.data.rounds else ""
    if rounds in available or any(name[:1] == HIDDEN for name in available):
        raise NeedsRowsError(rounds)
    known = [*available, rounds] if rounds else available
    needed = [] if reader.faults else needed_columns(plan, known, also, reader)
    read = [name for name in needed if name != rounds]
    paths = [source.opened.path for source in sources]
    if reader.faults or not read or len(set(paths)) < len(paths):
        raise NeedsRowsError("faults")
    return Found(Files.open(paths, read, read), available, [one.round for one in sources])


def fpc_name(number: int) -> str:
    """Return the column of a size or fraction that is the same for all."""
    return f"{HIDDEN}fpc {number}"


def where_name(condition: str) -> str:
    """Return the column that tells who a condition is about."""
    return WHERE + condition


def top_name(upper: str, lower: str) -> str:
    """Return the numerator of a ratio among those who have both."""
    return f"{HIDDEN}top {upper}/{lower}"


def bottom_name(upper: str, lower: str) -> str:
    """Return the denominator of a ratio among those who have both."""
    return f"{HIDDEN}bottom {upper}/{lower}"


def product_name(upper: str, lower: str) -> str:
    """Return the product of both parts of a ratio, for design effects."""
    return f"{HIDDEN}product {upper}/{lower}"


@dataclass(frozen=True, slots=True, eq=False)
class Making:
    """Puts together what a plan makes of its files.

    Attributes
    ----------
    plan : Plan
    found : Found
        The files.
    is_text_normal : bool
        Whether texts may be taken as they are.
    """

    plan: Plan
    found: Found
    is_text_normal: bool

    def view(self) -> View:
        """Return the files with all columns that are made of them.

        Raises
        ------
        NeedsRowsError
            Something cannot be made row by row.
        """
        view = View.of(self.found.files)
        made = [*self._settled(), *self._rounds()]
        view = _checked(view, made, self.plan.data.place)
        for derive in self.plan.derive:
            view = _checked(view, [self._derived(derive, view)], (*derive.place, "expression"))
        conditions = {
            one.where: (*one.place, "where") for one in _limited(self.plan) if one.where is not None
        }
        for text, place in conditions.items():
            view = _checked(view, [_condition(text, place, self.plan)], place)
        view = _checked(view, self._others(), self.plan.data.place)
        return view.surveyed([name for name in view.made if not name.startswith(WHERE)])

    def _settled(self) -> list[Made]:
        """Bring columns of unusual types to those plans count on."""
        kinds = _kinds(
            [str(path) for path in self.found.files.paths], list(self.found.files.columns)
        )
        found = []
        for name, column in self.found.files.columns.items():
            wanted = self.plan.data.types.get(name)
            is_odd = column.kind is Kind.OTHER or (column.is_listed and not column.is_text)
            is_mixed = len(kinds[name]) > 1
            if wanted is not None:
                found.append(Made(name, (name,), _typed(name, wanted, column.kind, self.plan)))
            elif is_odd or is_mixed or (column.is_text and not self.is_text_normal):
                is_float = Kind.FLOAT in kinds[name] or Kind.SHORT_FLOAT in kinds[name]
                found.append(Made(name, (name,), _same(name, is_float=is_mixed and is_float)))
        return found

    def _rounds(self) -> list[Made]:
        """Tell rounds apart, and units of rounds that were drawn independently."""
        plan, design = self.plan, self.plan.design
        rounds = round_column(plan.data)
        found = []
        if plan.data.rounds:
            names = pl.Series(self.found.rounds)
            found.append(Made(rounds, (FILE,), lambda frame: names.gather(frame[FILE])))
        if rounds and design.rounds == "independent":
            stratum = design.strata[0] if design.strata else ""
            found.append(_of_round(STRATUM, rounds, stratum))
            if not design.nested:
                found.append(_of_round(CLUSTER, rounds, design.clusters[0]))
        return found

    def _derived(self, derive: Derive, view: View) -> Made:
        place = (*derive.place, "expression")
        if derive.name in (*self.found.available, round_column(self.plan.data)):
            raise NeedsRowsError(derive.name, place)
        expression = _row_by_row(derive.expression, place, self.plan)

        def make(frame: pl.DataFrame) -> pl.Series:
            found = frame.with_columns(expression.alias(derive.name))[derive.name]
            column = settled(found, derive.type, is_text=False, decimal=".")
            if column.dtype == pl.Float64 and column.is_infinite().any():
                raise NeedsRowsError(derive.name, place)
            return column

        if derive.type is not None and not _may_be_typed(derive.type, expression, view):
            raise NeedsRowsError(derive.name, (*derive.place, "type"))
        return Made(derive.name, roots(expression), make)

    def _others(self) -> list[Made]:
        """Make what estimates and design need besides."""
        found: dict[str, Made] = {}
        for section in self.plan.estimates:
            if isinstance(section, RatioEstimate):
                pairs = [(up, low) for up in section.numerator for low in section.denominator]
                for made in (made for pair in pairs for made in _ratio(*pair)):
                    found[made.name] = made
        design = self.plan.design
        constants = {fpc_name(k): one for k, one in enumerate(design.fpc)}
        constants[WEIGHT] = design.weight if design.weight is not None else ""
        for name, number in constants.items():
            if isinstance(number, int | float):
                found[name] = Made(name, (), _constant(float(number)))
        return list(found.values())


def _limited(plan: Plan) -> Iterator[WeightSection | EstimateSection]:
    """Yield the sections that may be about some rows only."""
    yield from plan.weights
    yield from plan.estimates


def _of_round(made: str, rounds: str, name: str) -> Made:
    """Return names of units that are apart in each round."""

    def make(frame: pl.DataFrame) -> pl.Series:
        found = _as_category(frame[rounds])
        return found if not name else found + HIDDEN + _as_category(frame[name])

    return Made(made, (rounds, name) if name else (rounds,), make)


def _constant(number: float) -> Maker:
    return lambda frame: pl.repeat(number, frame.height, eager=True)


def _checked(view: View, made: Iterable[Made], place: Place) -> View:
    """Add columns, handing over to rows whatever stops an expression."""
    try:
        return view.with_made(made)
    except (*SQL_ERRORS, FileFault) as error:
        raise NeedsRowsError(error, place) from error


def _kinds(paths: Sequence[str], names: Sequence[str]) -> dict[str, set[Kind]]:
    """Return what columns hold in each of the files, floats of any size alike."""
    found: dict[str, set[Kind]] = {name: set() for name in names}
    for path in paths:
        schema: Any = pq.read_schema(path)
        for name in names:
            kind = kind_of(schema.field(name).type)
            found[name].add(Kind.FLOAT if kind is Kind.SHORT_FLOAT else kind)
    return found


def _same(name: str, *, is_float: bool) -> Maker:
    if is_float:
        return lambda frame: frame[name].cast(pl.Float64)
    return lambda frame: frame[name]


def _typed(name: str, wanted: str, kind: Kind, plan: Plan) -> Maker:
    """Return a column as what the plan says it is, where each row tells by itself."""
    if wanted == "number" and kind not in {Kind.TEXT, Kind.OTHER}:
        return lambda frame: frame[name]
    if wanted == "category" and kind in {Kind.INTEGER, Kind.TRUTH, Kind.TEXT}:
        return lambda frame: _as_category(frame[name])
    raise NeedsRowsError(name, (*plan.data.place, "types", name))


def _as_category(column: pl.Series) -> pl.Series:
    return column if column.dtype == pl.String else as_text(column)


def _may_be_typed(wanted: str, expression: pl.Expr, view: View) -> bool:
    """Say whether a derived column can be told to be numbers, or categories, row by row."""
    frame = view.only(roots(expression)).first_rows()
    kind = frame.select(expression.alias("x")).schema["x"]
    is_number = kind.is_numeric() or kind == pl.Boolean
    return is_number if wanted == "number" else not (kind.is_float() or kind.is_decimal())


def _row_by_row(text: str, place: Place, plan: Plan) -> pl.Expr:
    expression = parse_sql(text, place, Reader(plan.positions))
    if expression is None or not is_row_by_row(expression):
        raise NeedsRowsError(text, place)
    return expression


def _condition(text: str, place: Place, plan: Plan) -> Made:
    """Return 1 for whoever a condition is about, nothing for all others."""
    expression = _row_by_row(text, place, plan)

    def make(frame: pl.DataFrame) -> pl.Series:
        holds = frame.with_columns(expression.alias(HIDDEN))[HIDDEN]
        if holds.dtype != pl.Boolean:
            raise NeedsRowsError(text, place)
        return holds.cast(pl.Int8).replace(0, None)

    return Made(where_name(text), roots(expression), make)


def _ratio(upper: str, lower: str) -> list[Made]:
    """Return the parts of a ratio, missing where either is."""
    reads = (upper, lower)
    return [
        Made(top_name(upper, lower), reads, lambda frame: _where_known(frame[upper], frame[lower])),
        Made(
            bottom_name(upper, lower), reads, lambda frame: _where_known(frame[lower], frame[upper])
        ),
        Made(
            product_name(upper, lower),
            reads,
            lambda frame: frame[lower].cast(pl.Float64) * frame[upper].cast(pl.Float64),
        ),
    ]


def _where_known(column: pl.Series, other: pl.Series) -> pl.Series:
    return column.set(other.is_null(), None)
