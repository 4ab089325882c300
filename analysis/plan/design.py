"""From the section ``[design]`` and the rows to the design of the sample."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from analysis.design import Design, StageColumns
from analysis.errors import AnalysisError
from analysis.plan.engine import attempt
from analysis.plan.faults import Place
from analysis.plan.read_data import round_column
from analysis.plan.reader import Reader
from analysis.plan.replicates import replicates_of
from analysis.plan.schema.design import DesignSection, Population
from analysis.plan.schema.plan import Plan
from analysis.plan.table import Table
from analysis.plan.unequal import with_pairs

Values = NDArray[np.float64]
Codes = NDArray[np.int64]

KEY_OF_ERROR: Mapping[str, str] = {
    "bad-weight": "weight",
    "no-weight": "weight",
    "bad-fraction": "fpc",
    "fractions-differ": "fpc",
    "size-too-small": "fpc",
    "psu-in-two-strata": "clusters",
}
"""The key of the section an error of the design is about."""


def build_design(plan: Plan, table: Table, reader: Reader) -> Design | None:
    """Build the design a plan describes.

    Returns
    -------
    Design or None
        None after noting faults.
    """
    builder = _Builder(plan, table, reader)
    stages = [builder.stage(number) for number in range(builder.n_stages)]
    weight = builder.weight()
    if reader.faults:
        return None
    try:
        design = builder.built(stages, weight)
        if plan.design.replicates is None or reader.faults:
            return design
    except AnalysisError as error:
        builder.report(error)
        return None
    section = plan.design.replicates
    replicates = attempt(
        lambda: replicates_of(section, plan, table, design, reader), section.place, reader
    )
    return replace(design, replicates=replicates)


class _Builder:
    """Reads the columns of the design from the rows."""

    def __init__(self, plan: Plan, table: Table, reader: Reader) -> None:
        self.plan, self.table, self.reader = plan, table, reader
        self.section: DesignSection = plan.design
        self.n_stages = max(
            len(self.section.strata), len(self.section.clusters), len(self.section.fpc), 1
        )

    def built(self, stages: list[StageColumns], weight: Values | None) -> Design:
        """Put the stages together."""
        section = self.section
        design = Design.from_stages(stages, weight)
        if section.selection == "pps-with-replacement":
            # The probabilities made the weights; the variance knows nothing of them.
            first = replace(stages[0], fraction=None, is_unequal=False)
            return Design.from_stages([first, *stages[1:]], design.weight)
        if section.selection == "simple":
            return design
        return with_pairs(design, section, self.table, self.plan.folder, self.reader)

    def place(self, key: str, number: int | None = None) -> Place:
        """Return the place of a key, or of one of its elements."""
        here: Place = (*self.section.place, key)
        return here if number is None else (*here, number)

    def stage(self, number: int) -> StageColumns:
        """Read the columns of one stage."""
        cluster = self.codes("clusters", number)
        if self.n_stages == 1 and cluster is None:
            cluster = np.arange(self.table.n)
        stratum = self.codes("strata", number)
        if number == 0:
            stratum = self._by_round(stratum)
            if cluster is not None and not self.section.nested:
                cluster = self._by_round(cluster)
        size, fraction = self._population(number)
        is_unequal = number == 0 and self.section.probability is not None
        if is_unequal:
            fraction = self.probability(self.section.probability or "")
        return StageColumns(cluster, stratum, size, fraction, is_unequal, self.section.nested)

    def codes(self, key: str, number: int) -> Codes | None:
        """Return the codes of a design column; a missing one is a fault."""
        names: tuple[str, ...] = getattr(self.section, key)
        if number >= len(names) or not names[number]:
            return None
        name = names[number]
        row = self.table.missing(name)
        if row is not None:
            place = self.place(key, number)
            n = self.table.n_missing(name)
            self.reader.fault(place, "missing-design-cell", column=name, row=row + 1, n=n)
        return self.table.coded(name).codes.astype(np.int64)

    def _by_round(self, codes: Codes | None) -> Codes | None:
        """Tell strata, or PSUs, of rounds that were drawn independently apart."""
        name = round_column(self.plan.data)
        if not name or self.section.rounds == "overlapping":
            return codes
        row = self.table.missing(name)
        if row is not None:
            place = (*self.plan.data.place, "round")
            n = self.table.n_missing(name)
            self.reader.fault(place, "missing-design-cell", column=name, row=row + 1, n=n)
        rounds = self.table.coded(name).codes.astype(np.int64)
        if codes is None:
            return rounds
        return rounds * (int(codes.max(initial=0)) + 1) + codes

    def weight(self) -> Values | None:
        """Return the weights; None if they follow from the design."""
        given = self.section.weight
        if isinstance(given, str):
            return self.complete(given, self.place("weight"), "missing-weight")
        return None if given is None else np.full(self.table.n, given)

    def probability(self, name: str) -> Values:
        """Return the PSUs' own probabilities; an impossible one is a fault."""
        place = self.place("probability")
        values = self.complete(name, place, "missing-probability")
        is_bad = ~((values > 0) & (values <= 1)) & ~np.isnan(values)
        if is_bad.any():
            row = int(np.argmax(is_bad))
            self.reader.fault(
                place, "bad-probability-cell", column=name, row=row + 1, cell=values[row]
            )
        return values

    def complete(self, name: str, place: Place, code: str) -> Values:
        """Return a column of numbers; a missing one is a fault."""
        row = self.table.missing(name)
        if row is not None:
            n = self.table.n_missing(name)
            self.reader.fault(place, code, column=name, row=row + 1, n=n)
        return self.table.numbers(name)

    def _population(self, number: int) -> tuple[Values | None, Values | None]:
        """Return sizes or fractions of the population of a stage."""
        section = self.section
        if number >= len(section.fpc) or section.fpc[number] == "":
            return None, None
        place = self.place("fpc", number)
        rows = self._population_rows(section.fpc[number], number, place)
        if rows is None or self.reader.faults:
            return None, None
        if (rows == 0).any():
            first, n = int(np.argmax(rows == 0)) + 1, int((rows == 0).sum())
            self.reader.fault(place, "fpc-zero", row=first, n=n)
            return None, None
        kind = section.fpc_kind
        if kind is None:
            # One of one is a size as well as a share.
            if (rows < 1).any() and (rows > 1).any():
                self.reader.fault(place, "fpc-mixed", row=int(np.argmax(rows > 1)) + 1)
            kind = "size" if (rows > 1).any() else "fraction"
        return (rows, None) if kind == "size" else (None, rows)

    def _population_rows(self, given: Population, number: int, place: Place) -> Values | None:
        if isinstance(given, str):
            return self.complete(given, place, "missing-fpc")
        if not isinstance(given, Mapping):
            return np.full(self.table.n, float(given))
        name = self._column_of_table(number)
        if not name:
            self.reader.fault(place, "fpc-table-without-strata")
            return None
        coded = self.table.coded(name)
        for level in coded.levels:
            if level not in given:
                self.reader.fault(place, "fpc-without-stratum", column=name, stratum=level)
        for level in given:
            if level not in coded.levels:
                known = ", ".join(coded.levels[:20])
                unknown = (*place, level)
                self.reader.fault(
                    unknown, "no-such-category", column=name, category=level, known=known
                )
        numbers = np.array([*(given.get(level, np.nan) for level in coded.levels), np.nan])
        return numbers[coded.codes]

    def _column_of_table(self, number: int) -> str:
        """Return the column whose categories a table of sizes is by."""
        section = self.section
        if number < len(section.strata) and section.strata[number]:
            return section.strata[number]
        return section.clusters[number - 1] if 0 < number <= len(section.clusters) else ""

    def _stratum(self, number: int, row: str) -> str:
        """Return the name of the stratum of a row, as far as the plan names one."""
        name = self.section.strata[number] if number < len(self.section.strata) else ""
        return str(self.table.frame[name][int(row) - 1]) if name and row else ""

    def report(self, error: AnalysisError) -> None:
        """Note an error of the design at the key it is about."""
        context = dict(error.context)
        number = int(context.get("stage", "1")) - 1
        key = KEY_OF_ERROR.get(error.code)
        place = self.section.place if key is None else self.place(key)
        if key in {"fpc", "clusters"}:
            place = self.place(key, number)
        for name in ("row", "first"):
            if name in context:
                context[name] = str(int(context[name]) + 1)
        context["stratum"] = self._stratum(number, context.get("row", ""))
        if error.code == "psu-in-two-strata":
            name = self.section.clusters[number]
            levels = self.table.coded(name).levels
            context |= {"column": name, "psu": levels[int(context["psu"]) % len(levels)]}
        self.reader.fault(place, error.code, **context)
