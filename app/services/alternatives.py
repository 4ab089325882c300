"""The same answers by other rules: how much it matters which one is taken."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from pathlib import Path
from typing import Any, Final

from sqlalchemy.orm import Session

from analysis.errors import MethodFaults
from analysis.index.alternatives import Alternative, Parts, alternatives, parts, spread
from analysis.index.evaluate import Measure, evaluate
from analysis.index.method import Method, load_method
from analysis.quality import QualityRules, judge_all
from analysis.results import Estimate, Interval, IntervalMethod, Note
from app.queries.publications import EstimateRow, PublicationFacts
from app.services import instruments, shelf
from app.services.figures import EstimateFigure, estimate_figure
from app.services.recounting import WeightedAnswers, weighted_answers
from app.services.results import WHOLE, Results
from surveys.instrument import catalogue
from surveys.instrument.model import Instrument

FOLDER: Final = "comparisons"
"""In the program's folder; it may be emptied at any time."""


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


def compare(db: Session, results: Results, var_dir: Path, code_version: str) -> Comparison:
    """Work the index of a publication out by each of its rules, once for each publication.

    Publications never change, nor does what they rest on, so what was found is kept as a file
    named after all that it rests on (`FOLDER`), and read again on the next view.

    Parameters
    ----------
    code_version : str
        Another program works it out anew.

    Raises
    ------
    SnapshotDamagedError, WeightsDamagedError
    """
    folder, name = var_dir / FOLDER, shelf.digest_of(_basis(results, code_version))
    kept = shelf.read(folder, name)
    if kept is not None:
        return _from_json(kept, results.instrument)
    found = _compare(weighted_answers(db, results.facts, var_dir), results)
    shelf.write(folder, name, _to_json(found))
    return found


def _basis(results: Results, code_version: str) -> dict[str, object]:
    """Name everything a comparison rests on."""
    facts = results.facts
    return {
        "snapshot": facts.snapshot_hash,
        "weights": facts.weights_hash,
        "method": facts.method_hash,
        "instrument": facts.instrument_hash,
        "level": facts.level,
        "rules": dict(facts.quality_rules),
        "others": _texts_of_others(results.instrument),
        # The units of the index among the published rows.
        "publication": [facts.round.code, facts.number],
        "code": code_version,
    }


def _to_json(found: Comparison) -> dict[str, Any]:
    """Write a comparison; other indices by the name of their method in the catalogue."""
    return {
        "alternatives": [asdict(one) for one in found.alternatives],
        "spread": found.spread,
        "half_width": found.half_width,
        "parts": None if found.parts is None else asdict(found.parts),
        "others": [
            {"name": one.name, "figures": [asdict(figure) for figure in one.figures]}
            for one in found.others
        ],
    }


def _from_json(written: Mapping[str, Any], instrument: Instrument) -> Comparison:
    texts, scales = _texts_of_others(instrument), instruments.item_scales(instrument)
    return Comparison(
        alternatives=tuple(
            Alternative(
                one["node"],
                _estimate(one["estimate"]),
                None if one["difference"] is None else _estimate(one["difference"]),
            )
            for one in written["alternatives"]
        ),
        spread=written["spread"],
        half_width=written["half_width"],
        parts=None if written["parts"] is None else Parts(**written["parts"]),
        others=tuple(
            Other(
                one["name"],
                load_method(texts[one["name"]], scales),
                tuple(
                    EstimateFigure(**{**figure, "notes": tuple(figure["notes"])})
                    for figure in one["figures"]
                ),
            )
            for one in written["others"]
        ),
    )


def _estimate(written: Mapping[str, Any]) -> Estimate:
    interval = written["interval"]
    return Estimate(
        **{
            **written,
            "interval": Interval(**{**interval, "method": IntervalMethod(interval["method"])}),
            "notes": tuple(Note(**note) for note in written["notes"]),
        }
    )


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
    scales = instruments.item_scales(instrument)
    rules = QualityRules(**facts.quality_rules)
    found = []
    for name, text in _texts_of_others(instrument).items():
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


def _texts_of_others(instrument: Instrument) -> Mapping[str, str]:
    """Find further methods for a questionnaire of the catalogue: name and text."""
    if instrument.code not in catalogue.names():
        return {}
    return catalogue.further_methods(instrument.code)


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
