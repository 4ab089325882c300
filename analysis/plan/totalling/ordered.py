"""Domains that were totalled, in the order of their categories as text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.columnar import ColumnarTotals
from analysis.plan.domains import Crossed
from analysis.plan.table import sorted_levels
from analysis.plan.totalling.columns import check_text, texts_of
from analysis.plan.totalling.errors import NeedsRowsError
from analysis.reduce import Totals

MOST_DOMAINS: Final = 100_000


@dataclass(frozen=True, slots=True, eq=False)
class Domains:
    """Domains in the order of their categories as text.

    Attributes
    ----------
    crossed : Crossed
    totals : Totals
    order : ndarray of int64, shape (n_domains,)
        Number each had when it was reduced.
    """

    crossed: Crossed
    totals: Totals
    order: NDArray[np.int64]

    @classmethod
    def of(cls, by: Sequence[str], reduced: ColumnarTotals) -> Domains:
        """Put domains in order.

        Raises
        ------
        NeedsRowsError
            There is none, or too many.
        """
        totals, _ = reduced.totals()
        if not 0 < totals.n_domains <= MOST_DOMAINS:
            raise NeedsRowsError(totals.n_domains)
        columns = reduced.parts[0].domains[: len(by)]
        texts = [texts_of(values) for values in columns]
        ranks: list[NDArray[np.generic]] = []
        for text, values in zip(texts, columns, strict=True):
            if values.dtype == object:
                check_text(text)
                levels = {level: rank for rank, level in enumerate(sorted_levels(list({*text})))}
                ranks.append(np.array([levels[one] for one in text]))
            else:
                ranks.append(values)
        order = np.lexsort(ranks[::-1]) if ranks else np.zeros(1, dtype=np.int64)
        rank = np.empty(len(order), dtype=np.int64)
        rank[order] = np.arange(len(order))
        names = tuple(tuple(text[domain] for text in texts) for domain in order.tolist())
        crossed = Crossed(tuple(by), names, np.empty(0, dtype=np.int32))
        return cls(crossed, _renumbered(totals, rank), order)


def _renumbered(totals: Totals, rank: NDArray[np.int64]) -> Totals:
    """Give domains other numbers and put the cells in their order."""
    if (np.diff(rank) > 0).all():
        return totals
    domain = rank[totals.domain]
    order = np.argsort(domain, kind="stable")
    return Totals(
        n_domains=totals.n_domains,
        domain=domain[order],
        cluster=totals.cluster[order],
        values=totals.values[order],
        n=totals.n[order],
        weight=totals.weight[order],
        squared_weight=totals.squared_weight[order],
    )
