"""A sample of which the runs are known, and the respondents where they are needed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.counted.classes import Respondents, RunCounts
from analysis.design import Design
from analysis.linear import Linear
from analysis.reduce import Partition, Reduced, Totals

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class CountedSample:
    """Totals of one partition into domains, made of counts.

    Attributes
    ----------
    design : Design
        Of the runs: cluster and weight of each.
    totals : Totals
    people : Respondents
    products : callable
        Sums of products of some variables, shape (n_domains, q, q).
    class_totals : ndarray of float64, shape (n_domains, n_classes)
        Weighted answers of each class.
    by_row : callable
        Makes the same sample with its respondents.
    """

    design: Design
    totals: Totals
    people: Respondents
    products: Callable[[tuple[int, ...]], Values]
    class_totals: Values
    by_row: Callable[[], Reduced]

    @classmethod
    def of(
        cls,
        people: Respondents,
        counts: RunCounts,
        design: Design,
        domain: NDArray[np.int32],
        n_domains: int,
        products: Callable[[tuple[int, ...]], Values],
        by_row: Callable[[], Reduced],
    ) -> CountedSample:
        """Total weighted counts per domain and final cluster."""
        partition = Partition.of(design, domain, n_domains)
        totals = Totals(
            n_domains=n_domains,
            domain=partition.domain,
            cluster=partition.cluster,
            values=_of_cells(partition, counts.values),
            n=_of_cells(partition, counts.n),
            weight=_of_cells(partition, counts.weight),
            squared_weight=_of_cells(partition, counts.squared_weight),
        )
        class_totals = totals.of_domains(_of_cells(partition, counts.classes))
        return cls(design, totals, people, products, class_totals, by_row)

    @property
    def explained(self) -> None:
        """Weights are taken as they are."""
        return None

    def squares(self, gradient: Values, columns: Sequence[int] | None = None) -> Values:
        """Total the squared influences of respondents; see ``analysis.sample``."""
        chosen = range(gradient.shape[1]) if columns is None else columns
        n_domains, _, k = gradient.shape
        squares = np.zeros((n_domains, k))
        is_none = np.isnan(gradient)
        matters = ((gradient != 0) & ~is_none).any(axis=0)
        items = [self.people.item_of(column) for column in chosen]
        of_one: dict[str, list[int]] = {}
        of_many: list[int] = []
        for estimand in range(k):
            used = matters[:, estimand]
            names = {items[j] for j in np.flatnonzero(used)}
            name = names.pop() if len(names) == 1 else None
            if name is not None:
                of_one.setdefault(name, []).append(estimand)
            elif used.any():
                of_many.append(estimand)
        for name, estimands in of_one.items():
            squares[:, estimands] = self._of_item(name, gradient[:, :, estimands], chosen)
        if of_many:
            used = np.flatnonzero(matters[:, of_many].any(axis=1))
            columns = [chosen[j] for j in used.tolist()]
            squares[:, of_many] = self._of_products(gradient[:, used][:, :, of_many], columns)
        squares[is_none.any(axis=1)] = np.nan
        return squares

    def fixed(self, linears: Sequence[Linear], is_flat: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Say which figures without variance the design fixes: only respondents tell."""
        return self.by_row().fixed(linears, is_flat)

    def _of_item(self, item: str, gradient: Values, chosen: Sequence[int]) -> Values:
        """Square what an answer of each class contributes: nobody is in two of them."""
        first = 0
        for one in self.people.classes:
            if one.item == item:
                break
            first += len(one.flags)
        here = [j for j, column in enumerate(chosen) if self.people.item_of(column) == item]
        numbers = one.numbers[:, [chosen[j] for j in here]]
        influence = np.einsum("cv,dvk->dck", numbers, gradient[:, here])
        weight = self.class_totals[:, first : first + len(one.flags)]
        return np.asarray(np.einsum("dc,dck->dk", weight, influence**2))

    def _of_products(self, gradient: Values, columns: Sequence[int]) -> Values:
        """Put squares together from sums of products of variables."""
        products = self.products(tuple(columns))
        return np.asarray(np.sum(gradient * np.matmul(products, gradient), axis=1))


def _of_cells(partition: Partition, of_runs: Values) -> Values:
    """Add up the runs of each cell; mostly a cell is one run."""
    order = partition.order
    if len(partition.domain) == len(order):
        is_in_order = len(order) == len(of_runs) and bool((np.diff(order) > 0).all())
        return of_runs if is_in_order else of_runs[order]
    from scipy.sparse import csr_matrix

    ones = np.ones(len(partition.order))
    shape = (len(partition.domain), len(of_runs))
    member = csr_matrix((ones, partition.order, partition.starts), shape)
    return np.asarray(member @ of_runs, dtype=np.float64)
