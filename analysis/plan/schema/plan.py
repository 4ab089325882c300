"""A whole plan."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from analysis.plan.positions import Positions
from analysis.plan.schema.columns import DataSection, Derive
from analysis.plan.schema.contrasts import Contrast
from analysis.plan.schema.design import DesignSection
from analysis.plan.schema.estimates import EstimateSection
from analysis.plan.schema.hypotheses import HypothesisSection
from analysis.plan.schema.models import ModelSection
from analysis.plan.schema.scales import ScaleSection
from analysis.plan.schema.weights import WeightSection


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """A plan without faults in itself; whether the data fit is another matter.

    Attributes
    ----------
    title : str
        What it is called; may be empty.
    folder : Path
        Where relative paths begin.
    positions : Positions
        Lines of the text.
    """

    title: str
    folder: Path
    positions: Positions
    data: DataSection
    derive: tuple[Derive, ...]
    design: DesignSection
    weights: tuple[WeightSection, ...]
    scales: tuple[ScaleSection, ...]
    estimates: tuple[EstimateSection, ...]
    contrasts: tuple[Contrast, ...]
    models: tuple[ModelSection, ...] = ()
    hypotheses: tuple[HypothesisSection, ...] = ()
