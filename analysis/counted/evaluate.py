"""Every node of a method in every domain, from counts."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.counted.partitions import Counts
from analysis.finish import Estimand, Options
from analysis.index.evaluate import NodeEstimate, finish_index, index_estimands, keys_of
from analysis.index.given import Places
from analysis.linear import Linear


def evaluate_counts(counts: Counts, options: Options) -> tuple[NodeEstimate, ...]:
    """Estimate every node in the whole and in every domain, as ``evaluate`` does."""
    method, layout = counts.people.method, counts.people.layout
    if not method.estimated:
        return ()
    figures: list[NodeEstimate] = []
    keys = keys_of(method)
    for kind, codes, sample in counts.samples():
        places = Places(kind, codes)

        def algebra(totals: Sequence[Linear], places: Places = places) -> list[Estimand]:
            return index_estimands(method, layout, totals, places)

        estimates = finish_index(method, algebra, sample, options)
        figures += [
            NodeEstimate(node, kind, code, measure, of_node[domain])
            for domain, code in enumerate(codes)
            for (node, measure), of_node in zip(keys, estimates, strict=True)
        ]
    return tuple(figures)
