"""The same answers by other rules: how much it matters which one is taken."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from sqlalchemy.orm import Session

from analysis.errors import MethodFaults
from analysis.index.alternatives import Alternative, Parts, alternatives, parts, spread
from analysis.index.evaluate import Measure, evaluate
from analysis.index.method import Method, load_method
from analysis.quality import QualityRules, judge_all
from app.queries.publications import EstimateRow, PublicationFacts
from app.services import instruments
from app.services.figures import EstimateFigure, estimate_figure
from app.services.recounting import WeightedAnswers, weighted_answers
from app.services.results import WHOLE, Results
from surveys.instrument import catalogue
from surveys.instrument.model import Instrument

_KEPT = 32
_found: dict[tuple[object, ...], "Comparison"] = {}


@dataclass(frozen=True, slots=True)
class Order:
    """How far another rule puts the communes in another order.

    Attributes
    ----------
    n_pairs : int
        Pairs of communes of which both rules have different values for both.
    n_turned : int
        Pairs in which the other rule has the other commune ahead.
    """

    node: str
    n_pairs: int
    n_turned: int


@dataclass(frozen=True, slots=True)
class Other:
    """Another index made of the same answers: its figures in the whole."""

    name: str
    method: Method
    figures: tuple[EstimateFigure, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the choice of a rule does to the index of a publication.

    Attributes
    ----------
    alternatives : tuple of Alternative
        The index itself first.
    spread : float
        Between the highest and the lowest rule in the same units; NaN without another.
    half_width : float
        Of the interval of the index.
    parts : Parts or None
        If the index has two parts.
    others : tuple of Other
        Other indices of the catalogue for the same questionnaire.
    """

    alternatives: tuple[Alternative, ...]
    spread: float
    half_width: float
    parts: Parts | None
    others: tuple[Other, ...]


def compare(db: Session, results: Results, var_dir: Path) -> Comparison:
    """Work the index of a publication out by each of its rules, once per process.

    Publications never change, nor does what they rest on: the same hashes, the same figures.

    Raises
    ------
    SnapshotDamagedError, WeightsDamagedError
    """
    facts = results.facts
    key = (facts.snapshot_hash, facts.weights_hash, facts.method_hash, facts.level)
    found = _found.get(key)
    if found is None:
        found = _compare(weighted_answers(db, facts, var_dir), results)
        if len(_found) >= _KEPT:
            _found.pop(next(iter(_found)))
        _found[key] = found
    return found


def _compare(weighted: WeightedAnswers, results: Results) -> Comparison:
    method, facts = results.method, results.facts
    lines = alternatives(method, weighted.columns, weighted.design, facts.level)
    published = {
        row.node: row.value
        for row in results.estimates
        if (row.domain_kind, row.domain_code) == WHOLE
        and row.measure in {"satisfied", "value"}
        and row.value is not None
    }
    return Comparison(
        alternatives=lines,
        spread=spread(method, lines),
        half_width=lines[0].estimate.interval.half_width,
        parts=parts(method, published),
        others=_others(weighted, facts, results.instrument),
    )


def _others(
    weighted: WeightedAnswers, facts: PublicationFacts, instrument: Instrument
) -> tuple[Other, ...]:
    """Estimate the catalogue's other indices that fit the questionnaire, in the whole."""
    if instrument.code not in catalogue.names():
        return ()
    scales = instruments.item_scales(instrument)
    rules = QualityRules(**facts.quality_rules)
    found = []
    for name, text in catalogue.further_methods(instrument.code).items():
        try:
            method = load_method(text, scales)
        except MethodFaults:
            # Written for another version of the questionnaire.
            continue
        figures = evaluate(method, weighted.columns, weighted.design, {}, facts.level)
        items = {node.code: method.leaf_items(node.code) for node in method.nodes}
        judged = [
            estimate_figure(one.figure, one.verdict)
            for one in judge_all(figures, rules, {}, items, changes=method.changes)
            if one.figure.measure in {Measure.SATISFIED, Measure.VALUE}
        ]
        found.append(Other(name, method, tuple(judged)))
    return tuple(found)


def orders(results: Results, kind: str) -> tuple[Order, ...]:
    """Compare the order of the domains of a kind by each rule with that by the index.

    From the published values alone: a domain whose figure is kept back is not compared.
    """
    method = results.method
    by_node = {
        node: _values(results.estimates, node, kind)
        for node in (method.index, *method.alternatives)
    }
    index = by_node[method.index]
    return tuple(
        _order(node, index, by_node[node]) for node in method.alternatives if by_node[node]
    )


def _values(rows: Sequence[EstimateRow], node: str, kind: str) -> dict[str, float]:
    return {
        row.domain_code: row.value
        for row in rows
        if (row.node, row.domain_kind) == (node, kind)
        and row.measure in {"satisfied", "value"}
        and row.value is not None
    }


def _order(node: str, index: Mapping[str, float], other: Mapping[str, float]) -> Order:
    n_pairs = n_turned = 0
    for one, two in combinations(sorted(index.keys() & other.keys()), 2):
        by_index, by_other = index[one] - index[two], other[one] - other[two]
        if by_index and by_other:
            n_pairs += 1
            n_turned += (by_index > 0) is not (by_other > 0)
    return Order(node, n_pairs, n_turned)
