"""Weighted sums of products of variables, for each group of respondents."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from analysis.blocks import at_once, in_turn
from analysis.coding import Coded
from analysis.counted.classes import Respondents
from analysis.counted.runs import Runs
from analysis.products import ON_ONE_CORE

Values = NDArray[np.float64]

ROWS_AT_ONCE: Final = 4_096
"""Respondents whose variables are turned into floats at a time."""


class Products:
    """Sums of products, made once for whoever asks, from whichever thread.

    Parameters
    ----------
    people : Respondents
    runs : Runs
    weight : ndarray of float64, shape (n_runs,)
    codes : mapping of kind to Coded
        Domain of each run.
    """

    def __init__(
        self, people: Respondents, runs: Runs, weight: Values, codes: Mapping[str, Coded]
    ) -> None:
        self._people = people
        self._runs = runs
        self._weight = weight
        self._codes = codes
        self._lock = threading.RLock()
        self._known: dict[tuple[str, tuple[int, ...]], Values] = {}
        self._of_row: Values | None = None
        self._numbers: dict[int, NDArray[Any]] = {}

    def of(self, kind: str, columns: tuple[int, ...]) -> Values:
        """Return weighted sums of products of variables in every domain of a kind.

        Parameters
        ----------
        kind : str
            Empty for the whole.
        columns : tuple of int
            The variables.

        Returns
        -------
        ndarray of float64, shape (n_domains, q, q)
        """
        with self._lock:
            if (kind, columns) not in self._known:
                self._known[kind, columns] = self._made(kind, columns)
            return self._known[kind, columns]

    def _made(self, kind: str, columns: tuple[int, ...]) -> Values:
        if kind:
            domain, n_domains = self._codes[kind].codes, len(self._codes[kind].levels)
        else:
            # The whole is the sum of its parts where everybody is in one.
            for parts, coded in self._codes.items():
                if (coded.codes >= 0).all():
                    return np.asarray(self.of(parts, columns).sum(axis=0, keepdims=True))
            domain, n_domains = np.zeros(len(self._weight), dtype=np.int32), 1
        new = [column for column in columns if column not in self._numbers]
        self._numbers.update(zip(new, at_once(self._people.number, new), strict=True))
        if self._of_row is None:
            self._of_row = self._runs.spread(self._weight)
        variables = [self._numbers[column] for column in columns]
        return moments(variables, self._of_row, domain, n_domains, self._runs)


def moments(
    variables: Sequence[NDArray[Any]],
    weight: Values,
    domain: NDArray[np.int32],
    n_domains: int,
    runs: Runs,
) -> Values:
    """Sum weight times each product of two variables.

    Parameters
    ----------
    variables : sequence of ndarray of numbers, shape (n_rows,)
    weight : ndarray of float64, shape (n_rows,)
    domain : ndarray of int32, shape (n_runs,)
        -1 for none.
    n_domains : int
    runs : Runs

    Returns
    -------
    ndarray of float64, shape (n_domains, q, q)
    """
    found = np.zeros((n_domains, len(variables), len(variables)))
    if (np.diff(domain) < 0).any():
        # Groups do not lie side by side: their respondents are fetched.
        order = np.argsort(runs.spread(domain), kind="stable")
        variables = [column[order] for column in variables]
        weight = weight[order]
    # Side by side they are turned into floats at once, as long as all of them are short.
    is_short = all(column.itemsize == 1 for column in variables)
    table = np.stack(variables) if is_short else None
    sizes = np.bincount(domain + 1, runs.lengths, n_domains + 1).astype(np.int64)
    edges = np.cumsum(sizes)
    blocks = [
        (d, first, min(first + ROWS_AT_ONCE, int(edges[d + 1])))
        for d in range(n_domains)
        for first in range(int(edges[d]), int(edges[d + 1]), ROWS_AT_ONCE)
    ]

    rooms = threading.local()

    def summed(block: tuple[int, int, int]) -> tuple[int, Values]:
        d, begin, end = block
        if not hasattr(rooms, "pair"):
            # Memory is asked for once in each thread: touching new pages costs more than adding.
            rooms.pair = np.empty((2, len(variables), ROWS_AT_ONCE))
        floats, weighted = rooms.pair[:, :, : end - begin]
        if table is not None:
            floats[:] = table[:, begin:end]
        else:
            for k, column in enumerate(variables):
                floats[k] = column[begin:end]
        np.multiply(floats, weight[begin:end], out=weighted)
        return d, _products(floats, weighted)

    for d, products in in_turn(summed, blocks):
        found[d] += products
    return found


def _products(left: Values, right: Values) -> Values:
    """Multiply two wide matrices, in pieces that stay on one core."""
    q, n = left.shape
    size = max(ON_ONE_CORE // (q * q), 1)
    n_whole = n // size
    whole = n_whole * size
    one = left[:, :whole].reshape(q, n_whole, size).transpose(1, 0, 2)
    other = right[:, :whole].reshape(q, n_whole, size).transpose(1, 2, 0)
    rest = left[:, whole:] @ right[:, whole:].T
    return np.asarray(np.matmul(one, other).sum(axis=0) + rest)
