"""Crossed domains: which rows belong where, and what the domains are called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.plan.table import Mask, Table


@dataclass(frozen=True, slots=True, eq=False)
class Crossed:
    """Domains made by crossing columns.

    Attributes
    ----------
    columns : tuple of str
        May be empty: then everybody is in one domain.
    names : tuple of tuple of str
        Categories of each domain, one per column, in the order of the levels.
    codes : ndarray of int32, shape (n,)
        Domain of each row; -1 where a category is missing or the row is not
        meant.
    """

    columns: tuple[str, ...]
    names: tuple[tuple[str, ...], ...]
    codes: NDArray[np.int32]

    @property
    def n_domains(self) -> int:
        """Number of domains."""
        return len(self.names)

    def label(self, domain: int) -> Mapping[str, str]:
        """Return column and category of a domain."""
        return dict(zip(self.columns, self.names[domain], strict=True))

    def mask(self, domain: int) -> Mask:
        """Return the rows of a domain, shape (n,)."""
        return np.asarray(self.codes == domain)


def cross(table: Table, columns: Sequence[str], inside: Mask | None) -> Crossed:
    """Cross columns into domains, keeping those that hold a row.

    Parameters
    ----------
    table : Table
    columns : sequence of str
    inside : ndarray of bool, shape (n,), optional
        Rows that are meant.
    """
    key = np.zeros(table.n, dtype=np.int64)
    kept = np.ones(table.n, dtype=np.bool_) if inside is None else inside
    coded_columns = []
    for name in columns:
        coded = table.coded(name)
        kept = kept & (coded.codes >= 0)
        # Numbering again keeps the product of many columns within 64 bits.
        _, key = np.unique(key, return_inverse=True)
        key = key.astype(np.int64) * max(len(coded.levels), 1) + np.maximum(coded.codes, 0)
        coded_columns.append(coded)
    if not columns:
        return Crossed((), ((),), np.where(kept, 0, -1).astype(np.int32))
    _, first, inverse = np.unique(key[kept], return_index=True, return_inverse=True)
    codes = np.full(table.n, -1, dtype=np.int32)
    codes[kept] = inverse
    rows = np.flatnonzero(kept)[first]
    names = tuple(
        tuple(coded.levels[coded.codes[row]] for coded in coded_columns) for row in rows.tolist()
    )
    return Crossed(tuple(columns), names, codes)
