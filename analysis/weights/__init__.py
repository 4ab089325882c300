"""Adjusting weights, one visible step after the other.

Each step is prepared once and can be made to any weights of the same rows::

    from analysis.weights import Margin, Nonresponse, Rake, apply_steps

    steps = [
        Nonresponse.by_class([region], responded),
        Rake.to([Margin.of([sex], {"f": 510, "m": 490}), Margin.of([age], known)]),
    ]
    weighted = apply_steps(steps, base_weight)
    weighted.weight, weighted.steps[0].diagnostics(), weighted.calibrations
"""

from __future__ import annotations

from analysis.weights.base import InverseProbability, base_weight
from analysis.weights.calibration import BoundsOn, Calibrate
from analysis.weights.cells import Cells, Margin
from analysis.weights.chain import Reweighted, Weighted, apply_steps
from analysis.weights.collapse import Collapse, Collapsed, collapse
from analysis.weights.diagnostics import CellReport, Diagnostics, Fit, KnownTotals, Spread
from analysis.weights.distance import DistanceKind
from analysis.weights.nonresponse import Nonresponse, UnknownEligibility
from analysis.weights.poststratify import Poststratify
from analysis.weights.propensity import Propensity
from analysis.weights.raking import Rake, RakedCells, rake_cells
from analysis.weights.scaling import CombineRounds, Scale, Shares
from analysis.weights.step import Adjusted, FixedFactor, Regression, Restricted, WeightStep
from analysis.weights.trimming import Redistribution, Trim

__all__ = [
    "Adjusted",
    "BoundsOn",
    "Calibrate",
    "CellReport",
    "Cells",
    "Collapse",
    "Collapsed",
    "CombineRounds",
    "Diagnostics",
    "DistanceKind",
    "Fit",
    "FixedFactor",
    "InverseProbability",
    "KnownTotals",
    "Margin",
    "Nonresponse",
    "Poststratify",
    "Propensity",
    "Rake",
    "RakedCells",
    "Redistribution",
    "Regression",
    "Restricted",
    "Reweighted",
    "Scale",
    "Shares",
    "Spread",
    "Trim",
    "UnknownEligibility",
    "WeightStep",
    "Weighted",
    "apply_steps",
    "base_weight",
    "collapse",
    "rake_cells",
]
