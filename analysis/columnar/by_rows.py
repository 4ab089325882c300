"""Totals of Parquet files in one pass over their rows.

Rows are numbered by the cell they belong to and added to it as integers, some
rows at a time, by several threads.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.columnar.features import Items
from analysis.columnar.files import Files, Unit
from analysis.columnar.grids import Grids
from analysis.columnar.layout import Layout
from analysis.columnar.places import Places
from analysis.columnar.request import Request
from analysis.columnar.room import Room
from analysis.columnar.rows import RowReader
from analysis.columnar.sums import Addends, Sums
from analysis.columnar.totals import ColumnarTotals, DomainTotals
from analysis.columnar.ways import Ways

MOST_NUMBERS = 2**21
"""Sums up to which every thread keeps its own; more are shared."""


def reduce_rows(
    paths: Sequence[Path | str], request: Request, *, is_part: bool, n_threads: int
) -> ColumnarTotals:
    """Total columns row by row; see ``analysis.columnar.reduce``."""
    files = Files.open(paths, request.columns, (request.weight, *request.item_columns))
    return reduce_files(files, request, is_part=is_part, n_threads=n_threads)


def reduce_files(
    files: Files, request: Request, *, is_part: bool = False, n_threads: int | None = None
) -> ColumnarTotals:
    """Total columns of files that were opened, or of what a plan makes of them.

    Parameters
    ----------
    files : Files
        Knows the columns of the request, with the ranges of weights and items.
    request, is_part, n_threads
        As for ``analysis.columnar.reduce``; so are the errors.
    """
    reduction = _Reduction(request, files)
    reduction.run(n_threads or os.cpu_count() or 1)
    return reduction.result(is_part=is_part)


class _Reduction:
    """What all threads share."""

    def __init__(self, request: Request, files: Files) -> None:
        self.request, self.files = request, files
        self.layout = Layout.of(request, files.columns)
        self.grids = Grids.of(request.weight, self.layout, files)
        self.places = Places(request, files.columns)
        self.ways = self._look_at_first_rows()
        self.sums = self.new_sums()
        self.lock = Lock()
        self.units: SimpleQueue[Unit] = SimpleQueue()
        self.faults: list[tuple[int, Exception]] = []

    def new_sums(self) -> list[Sums]:
        """Return sums of nobody, for each partition into domains."""
        return [Sums(self.layout, self.ways, self.grids) for _ in self.request.by]

    def _look_at_first_rows(self) -> Ways:
        """Choose the ways of summing by what the first rows look like."""
        items = Items(self.layout, self.files.columns)
        for _, batch in self.files.batches():
            read = items.read(batch, self.request.item_columns)
            return Ways.of(self.layout, items.shares(read))
        return Ways.of(self.layout, [0.5] * len(self.layout.small))

    def run(self, n_threads: int) -> None:
        """Read everything.

        Raises
        ------
        AnalysisError
            The one that concerns the first row.
        """
        units = self.files.units()
        for unit in units:
            self.units.put(unit)
        workers = [_Worker(self) for _ in range(min(n_threads, len(units)))]
        if len(workers) == 1:
            workers[0].work()
        else:
            with ThreadPoolExecutor(len(workers)) as threads:
                for done in [threads.submit(worker.work) for worker in workers]:
                    done.result()
        if self.faults:
            raise min(self.faults, key=lambda fault: fault[0])[1]

    def result(self, *, is_part: bool) -> ColumnarTotals:
        """Return the totals, clusters and domains sorted by their values."""
        clusters, rank = self.places.clusters()
        parts = []
        for number in range(len(self.request.by)):
            cells = self.places.cells(number, rank, len(clusters[0]))
            found = self.sums[number].exact(cells.cell, is_part=is_part)
            parts.append(
                DomainTotals(
                    domains=cells.domains,
                    n_domains=cells.n_domains,
                    domain=cells.domain,
                    cluster=cells.cluster,
                    values=found.values,
                    n=found.n,
                    squared_weight=found.squared_weight,
                )
            )
        return ColumnarTotals(self.request, self.layout, self.files.n_rows, clusters, tuple(parts))


class _Worker:
    """Reads row groups until there are no more."""

    def __init__(self, reduction: _Reduction) -> None:
        self._shared = reduction
        self._room = Room()
        self._rows = RowReader(
            reduction.request,
            reduction.layout,
            reduction.grids,
            reduction.ways,
            reduction.files.columns,
        )
        self._own = reduction.new_sums()

    def work(self) -> None:
        """Add row group after row group; stop where there is a fault."""
        with self._shared.files.reader() as reader:
            while not self._shared.faults:
                try:
                    unit = self._shared.units.get_nowait()
                except Empty:
                    break
                try:
                    self._add(reader.read(unit))
                except Exception as fault:  # noqa: BLE001  raised again when all are done
                    self._shared.faults.append((unit.first_row, fault))
        self._hand_in()

    def _add(self, batches: Iterator[tuple[int, Any]]) -> None:
        places = self._shared.places
        for first_row, batch in batches:
            cells = places.find(batch, first_row, self._room)
            addends = self._rows.addends(batch, first_row, self._room)
            if self._n_numbers() <= MOST_NUMBERS:
                self._add_to(self._own, cells, addends)
                continue
            self._hand_in()
            with self._shared.lock:
                self._add_to(self._shared.sums, cells, addends)

    def _n_numbers(self) -> int:
        """Return how many sums this thread would have of its own."""
        n_cells = sum(
            self._shared.places.n_cells(number) for number in range(len(self._shared.request.by))
        )
        return n_cells * self._shared.sums[0].numbers_per_cell

    def _add_to(
        self, sums: list[Sums], cells: Sequence[NDArray[np.int32]], addends: Addends
    ) -> None:
        for number, (one, cell) in enumerate(zip(sums, cells, strict=True)):
            one.grow(self._shared.places.n_cells(number))
            one.add(cell, addends)

    def _hand_in(self) -> None:
        """Add the own sums to the shared ones."""
        with self._shared.lock:
            for all_sums, own in zip(self._shared.sums, self._own, strict=True):
                all_sums.include(own)
        self._own = self._shared.new_sums()
