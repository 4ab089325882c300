"""A snapshot's rows as runs: what every partition into domains is made of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
import polars as pl

from analysis.answers import Column
from analysis.coding import Coded
from analysis.counted.classes import Respondents, RunCounts
from analysis.counted.moments import Products
from analysis.counted.read import encoded, read_answers, runs_of
from analysis.counted.runs import Runs
from analysis.counted.sample import CountedSample
from analysis.design import Design
from analysis.index.layout import lay_out
from analysis.index.tree import Method

CLUSTER, WEIGHT = "\x1fcluster", "\x1fweight"
"""Columns of a design that is given by itself; no snapshot has such names."""


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """Where a sample is, and what its design is called.

    Attributes
    ----------
    stratum, psu, weight : str
        Columns of the design.
    domains : tuple of (str, str)
        Kind of domain and its column.
    """

    stratum: str
    psu: str
    weight: str
    domains: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """Respondents, counted once for all partitions.

    Attributes
    ----------
    people : Respondents
    runs : Runs
    counts : RunCounts
    design : Design
        Of the runs.
    codes : mapping of kind to Coded
        Domain of each run.
    """

    people: Respondents
    runs: Runs
    counts: RunCounts
    design: Design
    codes: dict[str, Coded]

    @classmethod
    def of(
        cls, rows: pl.DataFrame, method: Method, place: Place, given: Design | None = None
    ) -> Counts:
        """Count the rows of a snapshot.

        Parameters
        ----------
        rows : polars.DataFrame
            Columns as a snapshot keeps them; those of the method's items, the design and domains.
        method : Method
        place : Place
        given : Design, optional
            Instead of the columns: neither calibrated nor with replicates. It may have more
            respondents than there are rows, who did not answer.

        Raises
        ------
        BadColumnError, MissingDesignError, BadWeightError, NoWeightError
        """
        columns = list(dict.fromkeys([*method.items, *(column for _, column in place.domains)]))
        if given is not None:
            more = rows.select(columns).clear(given.n - len(rows))
            rows = pl.concat([rows.select(columns), more]).with_columns(
                pl.Series(CLUSTER, given.cluster), pl.Series(WEIGHT, given.weight)
            )
        own = (place.stratum, place.psu, place.weight) if given is None else (CLUSTER, WEIGHT)
        keys = dict.fromkeys([*own, *(column for _, column in place.domains)])
        runs, first = runs_of(rows, tuple(keys))
        people = Respondents.of(method, lay_out(method), read_answers(rows, method))
        own_design = _design(first, place, given)
        codes = {kind: encoded(first[column]) for kind, column in place.domains}
        return cls(
            people,
            runs,
            RunCounts.of(people, runs, own_design.weight),
            own_design,
            {kind: coded for kind, coded in codes.items() if coded.levels},
        )

    def samples(self) -> Iterator[tuple[str, tuple[str, ...], CountedSample]]:
        """Yield the whole, then every kind of domain, with its codes."""
        products = Products(self.people, self.runs, self.design.weight, self.codes)
        yield "", ("",), self._sample("", None, products)
        for kind, coded in self.codes.items():
            yield kind, coded.levels, self._sample(kind, coded, products)

    def _sample(self, kind: str, coded: Coded | None, products: Products) -> CountedSample:
        domain = np.zeros(self.design.n, dtype=np.int32) if coded is None else coded.codes
        n_domains = 1 if coded is None else len(coded.levels)

        of_kind = partial(products.of, kind)
        return CountedSample.of(
            self.people, self.counts, self.design, domain, n_domains, of_kind, self.runs
        )


def _design(first: pl.DataFrame, place: Place, given: Design | None) -> Design:
    """Build the design of runs from its columns, or take it as given."""
    if given is not None:
        cluster = first[CLUSTER].to_numpy().astype(np.int32)
        return Design(cluster, first[WEIGHT].to_numpy(), given.clusters)
    return Design.from_columns(
        _names(first[place.stratum]), _names(first[place.psu]), first[place.weight].to_numpy()
    )


def _names(column: pl.Series) -> Column:
    return np.array(column.to_list(), dtype=object)
