"""What can be wrong with columns in files."""

from __future__ import annotations

from analysis.errors import AnalysisError


class UnknownColumnError(AnalysisError):
    """A column that is asked for is not in a file."""

    code = "unknown-column"


class BadColumnTypeError(AnalysisError):
    """A column holds something that cannot be counted or summed."""

    code = "bad-column-type"


class WrongStatisticsError(AnalysisError):
    """A file holds numbers beyond the greatest its own statistics tell of."""

    code = "wrong-statistics"


class DifferentRequestsError(AnalysisError):
    """Totals that are to be added were not made by the same request."""

    code = "different-requests"


class NotKeptAsPartError(AnalysisError):
    """Totals that are to be added were not made to be part of others."""

    code = "not-kept-as-part"


class NotColumnarError(AnalysisError):
    """Something needs the rows; it cannot be had from totals of columns."""

    code = "not-columnar"
