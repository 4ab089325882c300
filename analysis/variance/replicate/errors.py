"""What can be wrong with a request for replicates."""

from __future__ import annotations

from analysis.errors import AnalysisError


class BrrNeedsPairsError(AnalysisError):
    """A stratum does not hold exactly two PSUs, so half-samples cannot be balanced."""

    code = "brr-needs-pairs"


class Jk2NeedsPairsError(AnalysisError):
    """A stratum does not hold exactly two PSUs, so it has no single replicate."""

    code = "jk2-needs-pairs"


class Jk1NeedsOneStratumError(AnalysisError):
    """The sample is stratified: leaving out a PSU must reweight its stratum only."""

    code = "jk1-needs-one-stratum"


class BadRhoError(AnalysisError):
    """Fay's coefficient is not at least 0 and below 1, or is missing."""

    code = "bad-rho"


class TooFewReplicatesError(AnalysisError):
    """One replicate has no spread."""

    code = "too-few-replicates"


class TooManyReplicatesError(AnalysisError):
    """The factors of all PSUs in all replicates do not fit in memory."""

    code = "too-many-replicates"


class ScalesNeededError(AnalysisError):
    """The method has no scale of its own: it depends on the strata of the replicates."""

    code = "replicate-scales-needed"


class BadReplicateWeightError(AnalysisError):
    """A replicate weight is missing or not finite."""

    code = "bad-replicate-weight"
