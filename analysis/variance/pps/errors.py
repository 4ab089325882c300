"""What can be wrong with inclusion probabilities."""

from __future__ import annotations

from analysis.errors import AnalysisError, LonelyPsuError


class BadProbabilityError(AnalysisError):
    """An inclusion probability is not above 0 and at most 1."""

    code = "bad-probability"


class JointProbabilityError(AnalysisError):
    """Base of what can be wrong with joint inclusion probabilities.

    ``first`` and ``second`` in the context are the numbers of the two PSUs.
    """

    code = "joint-probability"


class JointShapeError(JointProbabilityError):
    """There is not one joint probability for each two PSUs."""

    code = "joint-wrong-shape"


class JointRangeError(JointProbabilityError):
    """A joint probability is missing, zero, negative or above 1, although the pair was drawn."""

    code = "joint-out-of-range"


class JointNotSymmetricError(JointProbabilityError):
    """A pair has two different joint probabilities."""

    code = "joint-not-symmetric"


class JointDiagonalError(JointProbabilityError):
    """The diagonal is not the PSU's own inclusion probability."""

    code = "joint-wrong-diagonal"


class JointTooLargeError(JointProbabilityError):
    """A pair is likelier than one of its two PSUs."""

    code = "joint-too-large"


class JointTooSmallError(JointProbabilityError):
    """A pair is less likely than its PSUs' own probabilities allow."""

    code = "joint-too-small"


class TooManyPairsError(AnalysisError):
    """The matrix of all pairs would not fit in memory; approximations need none."""

    code = "too-many-pairs"


class NotFixedSizeError(AnalysisError):
    """PSUs were drawn independently, so the size of the sample was not fixed beforehand."""

    code = "not-fixed-size"


class NoPairsError(LonelyPsuError):
    """A stratum has one PSU and others could have been drawn: policies know nothing of pairs."""

    code = "no-pairs"
