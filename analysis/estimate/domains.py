"""Rows of domains, and where values are known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from analysis.answers import Column
from analysis.errors import BadColumnError, BadDomainsError, UnequalLengthsError
from analysis.sums import sum_rows

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Domains:
    """To which of several disjoint parts of the population each row belongs.

    Attributes
    ----------
    code : ndarray of int32, shape (n,)
        Domain of each respondent, 0 to ``n_domains - 1``; -1 for none.
    n_domains : int
        Number of domains, empty ones included; at least one.

    Raises
    ------
    BadDomainsError
    """

    code: NDArray[np.int32]
    n_domains: int

    def __post_init__(self) -> None:
        if self.n_domains < 1:
            raise BadDomainsError(n_domains=self.n_domains)
        least, greatest = self.code.min(initial=0), self.code.max(initial=-1)
        if least < -1 or greatest >= self.n_domains:
            code = least if least < -1 else greatest
            raise BadDomainsError(code=code, n_domains=self.n_domains)

    @classmethod
    def whole(cls, n: int) -> Domains:
        """Return the one domain to which everybody belongs."""
        return cls(np.zeros(n, dtype=np.int32), 1)

    @classmethod
    def of_mask(cls, inside: NDArray[np.bool_]) -> Domains:
        """Return one domain: the rows where ``inside`` holds."""
        return cls(np.where(inside, 0, -1).astype(np.int32), 1)

    @property
    def n(self) -> int:
        """Number of rows."""
        return len(self.code)

    def of(self, known: NDArray[np.bool_]) -> Domains:
        """Leave out rows where something is not known.

        Raises
        ------
        UnequalLengthsError
        """
        if len(known) != self.n:
            raise UnequalLengthsError(values=len(known), domain=self.n)
        return Domains(np.where(known, self.code, -1).astype(np.int32), self.n_domains)

    def spread(self, rows: Values) -> Values:
        """Give every domain columns of its own.

        Parameters
        ----------
        rows : ndarray of float64, shape (n, k)

        Returns
        -------
        ndarray of float64, shape (n, n_domains * k)
            Zero where a row is not of the column's domain.
        """
        if self.n_domains == 1:
            return np.where((self.code == 0)[:, None], rows, 0.0)
        k = rows.shape[1]
        wide = np.zeros((self.n, self.n_domains, k))
        inside = np.flatnonzero(self.code >= 0)
        wide[inside, self.code[inside]] = rows[inside]
        return wide.reshape(self.n, self.n_domains * k)

    def sums(self, rows: Values) -> Values:
        """Sum rows within domains, shape (n_domains, k)."""
        inside = self.code >= 0
        return sum_rows(rows[inside], self.code[inside], self.n_domains)


@dataclass(frozen=True, slots=True, eq=False)
class Sorted:
    """Values in ascending order within domains.

    Attributes
    ----------
    order : ndarray of int64, shape (n_inside,)
        Rows, by domain, then value, then row.
    values : ndarray of float64, shape (n_inside,)
        The values in this order.
    edges : list of int
        Where each domain begins, and the end.
    """

    order: NDArray[np.int64]
    values: Values
    edges: list[int]

    @classmethod
    def of(cls, values: Values, domains: Domains) -> Sorted:
        """Sort once, for any number of quantiles and of weights."""
        inside = np.flatnonzero(domains.code >= 0)
        code = domains.code[inside]
        order = inside[np.lexsort((values[inside], code))]
        edges = np.searchsorted(domains.code[order], np.arange(domains.n_domains + 1))
        return cls(order, values[order], [int(edge) for edge in edges])

    def each(self) -> Iterator[tuple[int, slice]]:
        """Yield domains with their places in ``order``."""
        for domain, (begin, end) in enumerate(pairwise(self.edges)):
            yield domain, slice(begin, end)


def as_numbers(values: Column) -> Values:
    """Return a column, or columns side by side, as floats with NaN for missing.

    Raises
    ------
    BadColumnError
        It holds no numbers, or an infinite one.
    """
    try:
        numbers = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise BadColumnError(reason="not-numbers") from error
    if np.isinf(numbers).any():
        row = int(np.argmax(np.isinf(numbers).reshape(len(numbers), -1).any(axis=1)))
        raise BadColumnError(reason="infinite", row=row)
    return numbers


def as_column(values: Column) -> Values:
    """Return one column as floats with NaN for missing, shape (n,).

    Raises
    ------
    BadColumnError
        It holds no finite numbers, or is not one column.
    """
    numbers = as_numbers(values)
    if numbers.ndim != 1:
        raise BadColumnError(reason="not-one-column", shape=numbers.shape)
    return numbers
