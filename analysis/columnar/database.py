"""Parquet files as DuckDB sees them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from analysis.columnar.columns import Column, Kind

KINDS: Final = {
    **dict.fromkeys(("TINYINT", "SMALLINT", "INTEGER", "BIGINT"), Kind.INTEGER),
    **dict.fromkeys(("UTINYINT", "USMALLINT", "UINTEGER"), Kind.INTEGER),
    "DOUBLE": Kind.FLOAT,
    "FLOAT": Kind.SHORT_FLOAT,
    "BOOLEAN": Kind.TRUTH,
}
"""Types that whole sums are made of."""

PATTERNS: Final = frozenset("*?[]{}")
"""DuckDB reads names with these as patterns of several names."""

FOOTERS: Final = """
SELECT path_in_schema, num_values, stats_null_count, stats_min_value, stats_max_value
FROM parquet_metadata({files}) WHERE path_in_schema IN {names}
"""


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Parts of one sample in a database of their own, which lives in memory.

    Attributes
    ----------
    connection : duckdb.DuckDBPyConnection
    source : str
        What follows FROM.
    n_rows : int
    columns : dict of str to Column
        Those that were asked for.
    n_missing : dict of str to int
        Missing values of each column.
    """

    connection: Any
    source: str
    n_rows: int
    columns: dict[str, Column]
    n_missing: dict[str, int]

    @classmethod
    def open(cls, paths: Sequence[Path | str], names: Sequence[str], n_threads: int) -> Self | None:
        """Read the footers; None where they do not tell enough, or differ.

        Raises
        ------
        duckdb.Error
            A file cannot be read.
        """
        listed = [str(Path(path).absolute()) for path in paths]
        if PATTERNS & set("".join(listed)):
            return None
        import duckdb

        options: dict[str, Any] = {
            "threads": n_threads,
            "preserve_insertion_order": "false",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        }
        connection = duckdb.connect(config=options)
        connection.execute("SET parquet_metadata_cache = true")
        kinds = [_types(connection, path) for path in listed]
        if any(one.get(name) != kinds[0].get(name) for one in kinds for name in names):
            return None
        types = {name: kinds[0].get(name, "") for name in names}
        if not set(types.values()) <= KINDS.keys():
            return None
        query = FOOTERS.format(files=texts(listed), names=f"({texts(names)[1:-1]})")
        told: dict[str, _Told] = {name: _Told() for name in names}
        for name, *of_group in connection.execute(query).fetchall():
            told[name].add(*of_group)
        n_rows = {one.n for one in told.values()}
        if len(n_rows) != 1 or 0 in n_rows or any(one.n_missing is None for one in told.values()):
            return None
        return cls(
            connection,
            f"read_parquet({texts(listed)}, hive_partitioning=false)",
            n_rows.pop(),
            {name: told[name].column(name, types[name]) for name in names},
            {name: told[name].n_missing or 0 for name in names},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def with_ranges(self, names: Sequence[str]) -> Table:
        """Read through columns of numbers whose range the footers do not tell."""
        untold = [
            name
            for name in names
            if self.columns[name].low is None and self.columns[name].is_number
        ]
        if not untold:
            return self
        ends = ", ".join(f"min({quoted(name)}), max({quoted(name)})" for name in untold)
        row = self.connection.execute(f"SELECT {ends} FROM {self.source}").fetchone()  # noqa: S608  quoted
        found = {
            name: replace(self.columns[name], low=low or 0, high=high or 0)
            for name, low, high in zip(untold, row[::2], row[1::2], strict=True)
        }
        return replace(self, columns=self.columns | found)

    def least_positive(self, name: str) -> float:
        """Return the least number above zero in a column; else 1."""
        query = f"SELECT min({quoted(name)}) FROM {self.source} WHERE {quoted(name)} > 0"  # noqa: S608
        low = self.connection.execute(query).fetchone()[0]
        return float(low) if low is not None and np.isfinite(low) else 1.0

    def fetch(self, query: str) -> dict[str, NDArray[Any]]:
        """Return the columns of a query; those with missing values are masked."""
        found: dict[str, NDArray[Any]] = self.connection.execute(query).fetchnumpy()
        return found


@dataclass(slots=True)
class _Told:
    """What the footers of all row groups tell of a column."""

    n: int = 0
    n_missing: int | None = 0
    ends: list[tuple[str, str]] | None = field(default_factory=list)

    def add(self, n: int, n_missing: int | None, low: str | None, high: str | None) -> None:
        """Take a row group into account."""
        self.n += n
        if self.n_missing is not None:
            self.n_missing = None if n_missing is None else self.n_missing + n_missing
        if low is not None and high is not None and self.ends is not None:
            self.ends.append((low, high))
        elif n != n_missing:
            self.ends = None

    def column(self, name: str, kind: str) -> Column:
        """Put together what is known."""
        low = high = None
        read = {Kind.INTEGER: int, Kind.FLOAT: float, Kind.SHORT_FLOAT: float}.get(KINDS[kind])
        if self.ends and read is not None:
            low = min(read(one) for one, _ in self.ends)
            high = max(read(one) for _, one in self.ends)
        # Footers count nulls; floats may be missing without being null.
        may_be_missing = self.n_missing != 0 or read is float
        return Column(name, KINDS[kind], kind, low, high, may_be_missing)


def _types(connection: Any, path: str) -> Mapping[str, str]:
    query = f"DESCRIBE SELECT * FROM read_parquet({texts([path])}, hive_partitioning=false)"  # noqa: S608
    return {row[0]: row[1] for row in connection.execute(query).fetchall()}


def quoted(name: str) -> str:
    """Write the name of a column."""
    return '"' + name.replace('"', '""') + '"'


def texts(values: Sequence[str]) -> str:
    """Write a list of texts."""
    return "[" + ", ".join("'" + value.replace("'", "''") + "'" for value in values) + "]"
