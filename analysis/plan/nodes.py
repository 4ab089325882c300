"""What an index is made of: titles, measures, bands, for the result and the screen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analysis.index.layout import main_measure, measures
from analysis.index.tree import Method, Node, Operation
from analysis.plan.figures import Label
from analysis.plan.schema.estimates import (
    EstimateSection,
    IndexEstimate,
    MeanEstimate,
    ProportionEstimate,
    RatioEstimate,
)
from analysis.ranking import band

Row = dict[str, Any]

SHARE, NUMBER = "share", "number"

_SCORES = frozenset({Operation.MEAN_SCORE, Operation.SCALED_MEAN})
_MEANS = frozenset({Operation.MEAN, Operation.WEIGHTED_MEAN})


def unit_of(section: EstimateSection, label: Label, methods: Mapping[str, Method]) -> str:
    """Say whether a figure is a share, 0 to 1, or any number.

    Returns
    -------
    str
        ``"share"`` or ``"number"``.
    """
    match section:
        case ProportionEstimate():
            is_share = True
        case MeanEstimate():
            is_share = label.category is not None
        case RatioEstimate():
            is_share = section.interval != "mean"
        case IndexEstimate():
            method = methods[section.method]
            is_share = _is_share(method.node(label.variable or ""), method)
        case _:
            is_share = False
    return SHARE if is_share else NUMBER


def _is_share(node: Node, method: Method) -> bool:
    if node.given is not None:
        return node.given.unit == "share"
    if not node.of:
        return node.operation not in _SCORES
    return node.operation in _MEANS and all(_is_share(method.node(one), method) for one in node.of)


def index_row(section: IndexEstimate, method: Method) -> Row:
    """Return the nodes of an index, as they are written to JSON."""
    return {
        "name": section.name,
        "method": method.code,
        "version": method.version,
        "index": method.index,
        "nodes": [
            {
                "code": node.code,
                "title": dict(node.title),
                "operation": node.operation.value,
                "measures": [measure.value for measure in measures(node, method)],
                "bands": dict(node.bands),
            }
            for node in method.nodes
        ],
    }


def bands_of(method: Method, label: Label, ends: tuple[float, float, float]) -> Row:
    """Return the bands of a figure and of the ends of its interval.

    Parameters
    ----------
    method : Method
    label : Label
        Which node and which of its measures.
    ends : (float, float, float)
        Value, lower end, upper end.

    Returns
    -------
    dict
        ``band``, ``band_low`` and ``band_high``; None where there is none.
    """
    node = method.node(label.variable or "")
    is_banded = node.bands and label.category == main_measure(node, method).value
    found = [band(one, node.bands) if is_banded and one == one else None for one in ends]  # noqa: PLR0124
    return dict(zip(("band", "band_low", "band_high"), found, strict=True))
