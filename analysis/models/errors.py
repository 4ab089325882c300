"""What can be wrong with a model, each with a stable code."""

from __future__ import annotations

from analysis.errors import AnalysisError


class UnknownColumnError(AnalysisError):
    """A term, the response or a reference names a column that is not there."""

    code = "model.unknown-column"


class BadTermError(AnalysisError):
    """A term cannot be read, or is not one of the model's."""

    code = "model.bad-term"


class UnknownLevelError(AnalysisError):
    """A named level is not among the respondents of the model."""

    code = "model.unknown-level"


class OneLevelError(AnalysisError):
    """A category column has a single level among the respondents of the model."""

    code = "model.one-level"


class AliasedTermsError(AnalysisError):
    """Columns of the model matrix are combinations of those before them."""

    code = "model.aliased"


class BadResponseError(AnalysisError):
    """The response is not of the kind its model is for."""

    code = "model.bad-response"


class NotConvergedError(AnalysisError):
    """A fit has no end: a combination of the terms predicts the response perfectly.

    The named coefficients were still growing [AlbertAnderson1984].
    """

    code = "model.not-converged"
