"""Broken promises of estimators that are not functions of totals."""

from __future__ import annotations

from analysis.errors import AnalysisError


class NotLinearError(AnalysisError):
    """An estimator has no influence function; replicates or its own interval are needed."""

    code = "not-linear"


class NoReplicatesError(AnalysisError):
    """An interval from replicates was asked for and the design has none."""

    code = "no-replicates"


class BadShareError(AnalysisError):
    """A quantile was asked for at a share outside 0 to 1, or at none."""

    code = "bad-share"


class NoClustersError(AnalysisError):
    """An intraclass correlation was asked for without clusters."""

    code = "no-clusters"
