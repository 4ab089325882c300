"""Totals straight from Parquet files, by column, in bounded memory."""

from __future__ import annotations

from analysis.columnar.reduce import reduce_parquet
from analysis.columnar.request import Feature, Number, Request, StageNames, Trait
from analysis.columnar.sample import TotalsSample
from analysis.columnar.totals import ColumnarTotals, DomainTotals, ExactSums, merge

__all__ = [
    "ColumnarTotals",
    "DomainTotals",
    "ExactSums",
    "Feature",
    "Number",
    "Request",
    "StageNames",
    "TotalsSample",
    "Trait",
    "merge",
    "reduce_parquet",
]
