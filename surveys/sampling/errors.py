"""What can be wrong with a size or an allocation, each with a stable code.

The code is what other packages match on and make sentences of; the text of
the exception is for the developer who reads a traceback.
"""

from __future__ import annotations

import math


class SamplingError(Exception):
    """Base of every error raised while a sample is planned.

    Attributes
    ----------
    code : str
        Stable name of what is wrong, e.g. ``"size.below-minimum"``.
    context : dict of str to str
        The values a sentence about this error needs.
    """

    code = "sampling"

    def __init__(self, **context: object) -> None:
        self.context = {name: str(value) for name, value in context.items()}
        shown = ", ".join(f"{name}={value}" for name, value in self.context.items())
        super().__init__(f"{self.code}: {shown}" if shown else self.code)


class OutOfRangeError(SamplingError):
    """A number is not one it may be; ``name`` and ``value`` say which."""

    code = "value.out-of-range"


class OneOfError(SamplingError):
    """Exactly one of several numbers has to be given; ``names`` lists them."""

    code = "value.one-of"


class NoStrataError(SamplingError):
    """There is no stratum to allocate to."""

    code = "strata.none"


class UnequalLengthsError(SamplingError):
    """Numbers of strata come in another count than the strata; ``name`` says which."""

    code = "strata.unequal-lengths"


class DuplicateStratumError(SamplingError):
    """Two strata have the same ``label``."""

    code = "strata.duplicate"


class BoundsReversedError(SamplingError):
    """A stratum's minimum is above its maximum; ``labels`` names the strata."""

    code = "bounds.reversed"


class SizeBelowMinimumError(SamplingError):
    """The minimums of the strata need more than ``size``: at least ``least``."""

    code = "size.below-minimum"


class SizeAboveMaximumError(SamplingError):
    """The strata can give no more than ``most``, and ``size`` is above it."""

    code = "size.above-maximum"


class UnknownLabelError(SamplingError):
    """A unit or a component is not among those of the strata; ``label`` names it."""

    code = "label.unknown"


class NoTargetError(SamplingError):
    """An allocation to targets was asked for without a target."""

    code = "targets.none"


class TargetsUnreachableError(SamplingError):
    """Even the most the strata can give does not reach these targets.

    Attributes
    ----------
    targets : tuple of str
        Names of the targets that cannot be reached.
    """

    code = "targets.unreachable"

    def __init__(self, targets: tuple[str, ...]) -> None:
        self.targets = targets
        super().__init__(targets="; ".join(targets))


class NotConvergedError(SamplingError):
    """The cheapest allocation was not found in the iterations allowed.

    ``iterations`` were made; the cost found may be ``gap`` (a share) above the
    least.
    """

    code = "allocation.not-converged"


ERROR_CODES = frozenset(
    kind.code
    for kind in (
        OutOfRangeError,
        OneOfError,
        NoStrataError,
        UnequalLengthsError,
        DuplicateStratumError,
        BoundsReversedError,
        SizeBelowMinimumError,
        SizeAboveMaximumError,
        UnknownLabelError,
        NoTargetError,
        TargetsUnreachableError,
        NotConvergedError,
    )
)
"""Every code an error of this kind may have, for whoever makes sentences of them."""


def require(is_allowed: bool, name: str, value: float) -> None:
    """Refuse a number that may not be.

    Raises
    ------
    OutOfRangeError
        It is not allowed, or not a number.
    """
    if math.isnan(value) or not is_allowed:
        raise OutOfRangeError(name=name, value=value)
