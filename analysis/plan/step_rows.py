"""What a step of weighting reads from the rows it is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from analysis.coding import Coded
from analysis.models.matrix import model_matrix
from analysis.plan.faults import Place, nearest
from analysis.plan.reader import Reader
from analysis.plan.schema.known_totals import Totals
from analysis.plan.schema.weights import WeightSection
from analysis.plan.table import Mask, Table
from analysis.plan.terms import columns_of
from analysis.plan.totals_file import read_totals
from analysis.weights.cells import Cells, Margin

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Auxiliary:
    """Variables with known totals.

    Attributes
    ----------
    columns : ndarray of float64, shape (n, p)
    totals : ndarray of float64, shape (p,)
    names : tuple of str
    """

    columns: Values
    totals: Values
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class StepRows:
    """The rows a step is about.

    Attributes
    ----------
    table : Table
    mask : ndarray of bool, shape (n,), optional
        Which rows; all without it.
    section : WeightSection
        The step.
    folder : Path
        Where files are looked for.
    reader : Reader
        Takes the faults.
    rounds : str
        Column of rounds; may be empty.
    times : ndarray of float64, shape (n,), optional
        How many respondents with weight each row stands for; one without it.
    """

    table: Table
    mask: Mask | None
    section: WeightSection
    folder: Path
    reader: Reader
    rounds: str = ""
    times: Values | None = None
    chosen: NDArray[np.int64] = field(init=False)

    def __post_init__(self) -> None:
        everybody = np.ones(self.table.n, dtype=np.bool_)
        rows = np.flatnonzero(everybody if self.mask is None else self.mask)
        object.__setattr__(self, "chosen", rows)

    @property
    def n(self) -> int:
        """Number of rows."""
        return len(self.chosen)

    def place(self, key: str, number: int | None = None) -> Place:
        """Return the place of a key of the step."""
        here: Place = (*self.section.place, key)
        return here if number is None else (*here, number)

    def coded(self, name: str) -> Coded:
        """Return the categories of a column for these rows."""
        whole = self.table.coded(name)
        return Coded(whole.levels, whole.codes[self.chosen])

    def numbers(self, name: str, key: str) -> Values:
        """Return a column of numbers; a missing one is a fault."""
        values = self.table.numbers(name)[self.chosen]
        self._complete(np.isnan(values), name, key)
        return values

    def _complete(self, is_missing: Mask, name: str, key: str) -> None:
        if is_missing.any():
            row = int(self.chosen[int(np.argmax(is_missing))]) + 1
            n = int(is_missing.sum())
            self.reader.fault(self.place(key), "missing-in-step", column=name, row=row, n=n)

    def cells(self, columns: Sequence[str]) -> Cells:
        """Cross columns into the cells that occur; one cell without columns."""
        parts = []
        for name in columns:
            coded = self.coded(name)
            present = np.unique(coded.codes[coded.codes >= 0])
            place = np.full(len(coded.levels) + 1, -1)
            place[present] = np.arange(len(present))
            labels = [(coded.levels[code],) for code in present.tolist()]
            parts.append(Cells.from_codes(place[coded.codes], labels))
        found = Cells.crossed(parts) if len(parts) > 1 else [*parts, Cells.whole(self.n)][0]
        return replace(found, times=self.times_chosen)

    @property
    def times_chosen(self) -> Values | None:
        """How many respondents the rows stand for."""
        return None if self.times is None else self.times[self.chosen]

    def margin(self, columns: Sequence[str], totals: Totals, place: Place) -> Margin | None:
        """Return cells with their known totals."""
        known = read_totals(totals, columns, self.folder, (*place, "totals"), self.reader)
        if known is None:
            return None
        found = self.cells(columns)
        labels = tuple(dict.fromkeys((*found.labels, *known)))
        merged = found.merged(np.arange(found.n_cells), labels)
        numbers = np.array([known.get(label, np.nan) for label in labels])
        return Margin(merged, numbers, ", ".join(columns))

    def has_any(self, name: str, codes: Sequence[str], key: str, list_key: str) -> Mask | None:
        """Say who has one of some categories; unknown ones are faults."""
        coded = self.coded(name)
        for number, code in enumerate(codes):
            if code not in coded.levels:
                self.reader.fault(
                    self.place(list_key, number),
                    "no-such-category",
                    column=name,
                    category=code,
                    known=", ".join(coded.levels[:20]),
                )
        self._complete(coded.codes < 0, name, key)
        if self.reader.faults:
            return None
        wanted = [coded.levels.index(code) for code in codes]
        return np.asarray(np.isin(coded.codes, wanted))

    def responded(self, name: str) -> tuple[Mask, Mask] | None:
        """Return who responded, and who could have: whoever has a 1 or a 0."""
        values = self.table.numbers(name)[self.chosen]
        eligible = ~np.isnan(values)
        is_odd = eligible & (values != 0) & (values != 1)
        if is_odd.any():
            at = int(np.argmax(is_odd))
            self.reader.fault(
                self.place("responded"),
                "not-zero-or-one",
                column=name,
                row=int(self.chosen[at]) + 1,
                cell=values[at],
            )
            return None
        return values == 1, eligible

    def model_matrix(self, terms: Sequence[str], among: Mask) -> Values | None:
        """Return columns of terms with an intercept; zero outside ``among``."""
        columns: dict[str, Coded | Values] = {}
        for number, term in enumerate(terms):
            for name in self._term(term):
                coded = self.coded(name)
                self._complete(among & (coded.codes < 0), name, "terms")
                is_number = self.table.is_number(name)
                columns[name] = self.table.numbers(name)[self.chosen] if is_number else coded
            if term in {"0", "-1"}:
                self.reader.fault(self.place("terms", number), "needs-intercept")
        if self.reader.faults:
            return None
        matrix = model_matrix(columns, list(terms), among)
        found = np.zeros((self.n, matrix.values.shape[1]))
        found[matrix.rows] = matrix.values
        return found

    def _term(self, term: str) -> list[str]:
        return [term] if term in self.table.frame.columns else columns_of(term)

    def auxiliary(self, terms: Sequence[str], totals: Totals) -> Auxiliary | None:
        """Return the variables of terms with their totals.

        Totals are named ``"1"``, by the column, or ``"column:category"``. With
        ``"1"`` among the terms one category of each column may be left out, as
        the totals of the others and of all imply it.
        """
        place = self.place("totals")
        known = read_totals(totals, ("term",), self.folder, place, self.reader)
        if known is None:
            return None
        numbers = {cell[0]: total for cell, total in known.items()}
        columns: dict[str, Values] = {}
        for number, term in enumerate(terms):
            made = self._variables(term)
            left_out = [name for name in made if name not in numbers]
            is_implied = "1" in terms and (len(left_out) == 1 or ":" in term)
            if left_out and not (is_implied and len(left_out) < len(made)):
                self.reader.fault(
                    self.place("terms", number), "total-missing", total=", ".join(left_out)
                )
            columns |= {name: column for name, column in made.items() if name in numbers}
        for name in numbers:
            if name not in columns:
                known_names = [made for term in terms for made in self._variables(term)]
                self.reader.fault(
                    (*place, name),
                    "total-unknown",
                    total=name,
                    meant=nearest(name, known_names),
                    known=", ".join(known_names[:30]),
                )
        if self.reader.faults:
            return None
        target = np.array([numbers[name] for name in columns])
        return Auxiliary(np.column_stack(list(columns.values())), target, tuple(columns))

    def _variables(self, term: str) -> dict[str, Values]:
        """Return the columns of one term by the names of their totals."""
        if term == "1":
            return {"1": np.ones(self.n)}
        choices: list[list[tuple[str, Values]]] = []
        for name in self._term(term):
            if self.table.is_number(name):
                choices.append([(name, self.numbers(name, "terms"))])
                continue
            coded = self.coded(name)
            self._complete(coded.codes < 0, name, "terms")
            present = np.unique(coded.codes[coded.codes >= 0]).tolist()
            choices.append(
                [
                    (f"{name}:{coded.levels[code]}", (coded.codes == code).astype(np.float64))
                    for code in present
                ]
            )
        found = {}
        for parts in product(*choices):
            column = np.ones(self.n)
            for _, values in parts:
                column = column * values
            found[":".join(name for name, _ in parts)] = column
        return found
