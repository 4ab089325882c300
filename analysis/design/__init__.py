"""How the respondents were drawn, and what each of them stands for."""

from __future__ import annotations

from analysis.design.build import StageColumns
from analysis.design.replicates import Centre, Replicates
from analysis.design.sample import Calibration, Design
from analysis.design.stage import Clusters, PairMatrix, Stage

__all__ = [
    "Calibration",
    "Centre",
    "Clusters",
    "Design",
    "PairMatrix",
    "Replicates",
    "Stage",
    "StageColumns",
]
