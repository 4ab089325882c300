"""Survey-weighted regressions with sandwich variances."""

from __future__ import annotations

from analysis.models.fit import ModelFit, fit_model
from analysis.models.likelihood_ratio import LikelihoodRatio, likelihood_ratio_test
from analysis.models.links import Link
from analysis.models.margins import Averaging, Margins, predicted_margins
from analysis.models.response import ModelKind

__all__ = [
    "Averaging",
    "LikelihoodRatio",
    "Link",
    "Margins",
    "ModelFit",
    "ModelKind",
    "fit_model",
    "likelihood_ratio_test",
    "predicted_margins",
]
