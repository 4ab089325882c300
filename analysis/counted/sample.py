"""A sample of which the runs are known, and the respondents where they are needed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.counted.classes import Respondents, RunCounts
from analysis.counted.runs import Runs
from analysis.design import Design
from analysis.linear import Linear
from analysis.reduce import Partition, Totals
from analysis.variance.fixed import fixed_by_strata

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
    runs : Runs
        The respondents.
    domain : ndarray of int32, shape (n_runs,)
        Of each run; -1 for none.
    """

    design: Design
    totals: Totals
    people: Respondents
    products: Callable[[tuple[int, ...]], Values]
    class_totals: Values
    runs: Runs
    domain: NDArray[np.int32]

    @classmethod
    def of(
        cls,
        people: Respondents,
        counts: RunCounts,
        design: Design,
        domain: NDArray[np.int32],
        n_domains: int,
        products: Callable[[tuple[int, ...]], Values],
        runs: Runs,
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
        return cls(design, totals, people, products, class_totals, runs, domain)

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
        found = np.zeros_like(is_flat)
        design = self.design
        if design.replicates is not None or design.clusters.pairs is not None:
            return found
        sizes = np.bincount(design.stratum, self.runs.lengths).astype(np.int64)
        for domain in np.flatnonzero(is_flat.any(axis=1)).tolist():
            columns = np.flatnonzero(is_flat[domain])
            here = [linears[k] for k in columns.tolist()]
            runs = np.flatnonzero(self.domain == domain)
            of_row = np.repeat(runs, self.runs.lengths[runs])
            weighted = self._contributed(domain, here) * design.weight[of_row, None]
            values = np.array([linear.value[domain] for linear in here])
            stratum = design.stratum[of_row]
            found[domain, columns] = fixed_by_strata(weighted, stratum, sizes, values)
        return found

    def _contributed(self, domain: int, linears: Sequence[Linear]) -> Values:
        """Return what each respondent of a domain contributes, unweighted, shape (n_inside, k)."""
        gradient = np.column_stack([linear.gradient[domain] for linear in linears])
        used = np.flatnonzero(gradient.any(axis=1))
        people = self.people.taken(np.flatnonzero(self.runs.spread(self.domain == domain)))
        numbers = [people.number(column).astype(np.float64) for column in used.tolist()]
        if not numbers:
            return np.zeros((int(self.runs.lengths[self.domain == domain].sum()), len(linears)))
        return np.asarray(np.stack(numbers, axis=1) @ gradient[used])

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
