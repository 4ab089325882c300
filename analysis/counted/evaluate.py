"""Every node of a method in every domain, from counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.blocks import at_once
from analysis.counted.partitions import Counts
from analysis.counted.sample import CountedSample
from analysis.finish import Algebra, Estimand, Options, finish_columns
from analysis.finished import Finished
from analysis.index import corners
from analysis.index.evaluate import NodeEstimate, finish_index, index_estimands, keys_of
from analysis.index.given import Places
from analysis.index.tree import Method
from analysis.linear import Linear


@dataclass(frozen=True, slots=True, eq=False)
class KindFigures:
    """All figures in the domains of one kind.

    Attributes
    ----------
    kind : str
        Empty for the whole.
    codes : tuple of str
        Of the domains: rows of `finished`.
    finished : Finished
        Its columns are the figures of the method, see ``keys_of``.
    """

    kind: str
    codes: tuple[str, ...]
    finished: Finished


def evaluate_counts(counts: Counts, options: Options) -> tuple[NodeEstimate, ...]:
    """Estimate every node in the whole and in every domain, as ``evaluate`` does."""
    method = counts.people.method
    if not method.estimated:
        return ()
    keys = keys_of(method)
    figures: list[NodeEstimate] = []
    for kind, codes, sample in counts.samples():
        estimates = finish_index(method, _algebra(counts, kind, codes), sample, options)
        figures += [
            NodeEstimate(node, kind, code, measure, of_node[domain])
            for domain, code in enumerate(codes)
            for (node, measure), of_node in zip(keys, estimates, strict=True)
        ]
    return tuple(figures)


def estimates_of(method: Method, found: Sequence[KindFigures]) -> tuple[NodeEstimate, ...]:
    """Make every figure an object, in the order of ``evaluate``."""
    keys = keys_of(method)
    figures: list[NodeEstimate] = []
    for one in found:
        estimates = one.finished.estimates()
        figures += [
            NodeEstimate(node, one.kind, code, measure, of_node[domain])
            for domain, code in enumerate(one.codes)
            for (node, measure), of_node in zip(keys, estimates, strict=True)
        ]
    return tuple(figures)


def has_corners(method: Method) -> bool:
    """Say whether some figure needs replicates, so that figures cannot be left side by side."""
    return bool(corners.positions(method, keys_of(method)))


def finish_counts(counts: Counts, options: Options) -> tuple[KindFigures, ...]:
    """Estimate the same, and leave the figures of a kind of domain side by side.

    Parameters
    ----------
    counts : Counts
        Of a method without corners.
    options : Options
    """
    if not counts.people.method.estimated:
        return ()

    def finished(of_kind: tuple[str, tuple[str, ...], CountedSample]) -> KindFigures:
        kind, codes, sample = of_kind
        found = finish_columns(_algebra(counts, kind, codes), sample, options)
        return KindFigures(kind, codes, found)

    return tuple(at_once(finished, list(counts.samples())))


def _algebra(counts: Counts, kind: str, codes: tuple[str, ...]) -> Algebra:
    method, layout = counts.people.method, counts.people.layout
    places = Places(kind, codes)

    def algebra(totals: Sequence[Linear]) -> list[Estimand]:
        return index_estimands(method, layout, totals, places)

    return algebra
