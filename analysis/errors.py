"""Broken promises of the statistics, each with a stable code.

The code is what other packages match on and translate; the text of the
exception is for the developer who reads a traceback.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


class AnalysisError(Exception):
    """Base of every error raised by ``analysis``.

    Attributes
    ----------
    code : str
        Stable name of the broken promise, e.g. ``"lonely-psu"``.
    context : dict of str to str
        The values a sentence about this error needs.
    """

    code = "analysis"

    def __init__(self, **context: object) -> None:
        self.context = {name: str(value) for name, value in context.items()}
        shown = ", ".join(f"{name}={value}" for name, value in self.context.items())
        super().__init__(f"{self.code}: {shown}" if shown else self.code)


class UnequalLengthsError(AnalysisError):
    """Columns that describe the same respondents have different lengths."""

    code = "unequal-lengths"


class EmptySampleError(AnalysisError):
    """There is no respondent at all."""

    code = "empty-sample"


class EmptyDomainError(AnalysisError):
    """No respondent with positive weight contributes to the estimate."""

    code = "empty-domain"


class BadWeightError(AnalysisError):
    """A weight is negative, infinite or not a number."""

    code = "bad-weight"


class NoWeightError(BadWeightError):
    """All weights are zero."""

    code = "no-weight"


class MissingDesignError(AnalysisError):
    """A respondent lacks a stratum or a PSU."""

    code = "missing-design"


class BadFractionError(AnalysisError):
    """A sampled fraction is outside 0 to 1 or differs within a stratum."""

    code = "bad-fraction"


class FractionsDifferError(BadFractionError):
    """Units of one stratum are said to be drawn from different numbers."""

    code = "fractions-differ"


class SizeTooSmallError(AnalysisError):
    """A stratum is said to hold fewer units than were drawn from it."""

    code = "size-too-small"


class PsuInTwoStrataError(AnalysisError):
    """A unit whose name should be unique lies in two strata."""

    code = "psu-in-two-strata"


class UnequalDesignsError(AnalysisError):
    """Estimates that are to be compared come from different designs."""

    code = "unequal-designs"


class LonelyPsuError(AnalysisError):
    """A stratum has one PSU and the policy is to fail."""

    code = "lonely-psu"


class UnknownItemError(AnalysisError):
    """An item of the method is not among the columns."""

    code = "unknown-item"


class BadDomainsError(AnalysisError):
    """There is no domain, or a row is said to be in one that is not among them."""

    code = "bad-domains"


class BadColumnError(AnalysisError):
    """A column does not hold what its item's scale says, or numbers that are finite."""

    code = "bad-column"


class SnapshotDamagedError(AnalysisError):
    """A snapshot file does not hold the rows its content hash was made of."""

    code = "snapshot-damaged"


class WrongSourceError(AnalysisError):
    """Open answers were asked for as a sample, or the other way round."""

    code = "wrong-source"


@dataclass(frozen=True, slots=True)
class MethodFault:
    """One thing wrong with a method file.

    Attributes
    ----------
    code : str
        What is wrong, e.g. ``"method.unknown-operation"``.
    place : str
        Where, e.g. ``"nodes.access.operation"``.
    value : str
        The offending value as written, or an empty string.
    """

    code: str
    place: str
    value: str = ""


class MethodFaults(AnalysisError):  # noqa: N818  plural on purpose: it carries them all
    """A method file with everything that is wrong with it, in file order."""

    code = "method-faults"

    def __init__(self, faults: Iterable[MethodFault]) -> None:
        self.faults = tuple(faults)
        super().__init__(
            faults="; ".join(
                f"{fault.code} at {fault.place} ({fault.value})" for fault in self.faults
            )
        )
