"""Totals, means, proportions and ratios of one variable, with their uncertainty."""

from __future__ import annotations

from analysis.estimate.of_sample import mean, proportion, ratio, total

__all__ = ["mean", "proportion", "ratio", "total"]
