"""What an allocation is expected to give: one table a page can show beside others."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from surveys.sampling.power import Sample
from surveys.sampling.precision import Precision
from surveys.sampling.targets import Goal


class Method(StrEnum):
    """How interviews are shared out among strata.

    ``EQUAL``: the same everywhere. ``PROPORTIONAL``: to eligible people, or to
    a measure. ``SQUARE_ROOT``: to the square root of that. ``NEYMAN``: least
    variance of the whole [Neyman1934]. ``OPTIMUM``: the same for the money.
    ``POWER``: between the whole and the units [Bankier1988]. ``TARGETS``:
    cheapest that reaches every target [Bethel1989].
    """

    EQUAL = "equal"
    PROPORTIONAL = "proportional"
    SQUARE_ROOT = "square-root"
    NEYMAN = "neyman"
    OPTIMUM = "optimum"
    POWER = "power"
    TARGETS = "targets"


class Held(StrEnum):
    """What held a stratum's interviews where they are.

    ``FREE``: the method. ``MINIMUM``, ``MAXIMUM``: a bound (the most a small
    stratum can give is a maximum). ``WHOLE``: every case is drawn.
    """

    FREE = "free"
    MINIMUM = "minimum"
    MAXIMUM = "maximum"
    WHOLE = "whole"


TOO_FEW = "interviews.below-minimum"
"""A unit has fewer interviews than are reported."""

TOO_WIDE = "margin.above-limit"
"""An estimate is expected to be too imprecise to be reported."""

WITHHELD_CODES = frozenset({TOO_FEW, TOO_WIDE})
"""Every reason for which something cannot be reported, for whoever makes sentences of them."""


@dataclass(frozen=True, slots=True)
class ReportingRule:
    """What is reported of a unit; the defaults are those of the results pages.

    Attributes
    ----------
    minimum : int
        Fewer interviews are not reported.
    margin : float
        Shares with a wider margin are not reported; infinite means not applied.
    """

    minimum: int = 30
    margin: float = 0.15


@dataclass(frozen=True, slots=True)
class Expected:
    """What is expected of one component, of a stratum, a unit or the whole.

    Attributes
    ----------
    component : str
    mean : float
    precision : Precision
    design_effect : float
        Over a simple random sample of as many interviews, with everything:
        clusters, unequal weights and what strata gain; NaN without variance.
    eligible : float
        People of whom this is said.
    withheld : tuple of str
        Why it cannot be reported, of ``WITHHELD_CODES``; empty where it can.
    """

    component: str
    mean: float
    precision: Precision
    design_effect: float
    eligible: float
    withheld: tuple[str, ...]

    @property
    def sample(self) -> Sample:
        """The interviews as one side of a comparison, see ``power``.

        Raises
        ------
        OutOfRangeError
            There are no interviews, or nothing varies.
        """
        interviews = self.precision.interviews
        return Sample(interviews, self.design_effect, max(self.eligible, interviews))


@dataclass(frozen=True, slots=True)
class StratumRow:
    """One stratum of an allocation.

    Attributes
    ----------
    label, unit : str
    population : int
        Cases in the frame.
    exact : float
        Interviews before rounding.
    interviews, cases : int
        Wanted, and to be drawn for them.
    weight : float
        Eligible people per interview; NaN without interviews.
    held : Held
    components : tuple of Expected
    """

    label: str
    unit: str
    population: int
    exact: float
    interviews: int
    cases: int
    weight: float
    held: Held
    components: tuple[Expected, ...]


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One reported unit of an allocation.

    Attributes
    ----------
    unit : str
    population, interviews, cases : int
    weighting_effect : float
        Design effect of unequal weights alone [Kish1992].
    components : tuple of Expected
    is_reportable : bool
        Whether every component can be reported.
    """

    unit: str
    population: int
    interviews: int
    cases: int
    weighting_effect: float
    components: tuple[Expected, ...]
    is_reportable: bool


@dataclass(frozen=True, slots=True)
class TargetRow:
    """What became of one target.

    Attributes
    ----------
    goal : Goal
    wanted, expected : float
        Standard errors.
    is_reached : bool
    saving : float
        What the allocation would cost less if the standard error wanted were
        one per cent larger; 0 where other targets decide, NaN where the
        allocation was not made for targets.
    """

    goal: Goal
    wanted: float
    expected: float
    is_reached: bool
    saving: float


@dataclass(frozen=True, slots=True)
class AllocationTable:
    """An allocation with all that is expected of it.

    Attributes
    ----------
    method : Method
    strata : tuple of StratumRow
    units : tuple of UnitRow
    components : tuple of Expected
        Of the whole.
    interviews, cases, population : int
    cost : float
        In the units of the costs given; interviews where none was.
    weighting_effect : float
        Design effect of unequal weights alone, of the whole [Kish1992].
    n_reportable : int
        Units of which everything can be reported.
    targets : tuple of TargetRow
        Empty where no target was given.
    relaxation : float
        Standard errors of the targets are this many times those wanted, where
        the number of interviews was given; else 1, NaN for other methods.
    iterations : int
        Steps of the search; 0 for methods that need none.
    gap : float
        The cost before rounding is proved to be at most this share above the
        least; 0 for methods that need no search.
    """

    method: Method
    strata: tuple[StratumRow, ...]
    units: tuple[UnitRow, ...]
    components: tuple[Expected, ...]
    interviews: int
    cases: int
    population: int
    cost: float
    weighting_effect: float
    n_reportable: int
    targets: tuple[TargetRow, ...]
    relaxation: float
    iterations: int
    gap: float


@dataclass(frozen=True, slots=True)
class Refused:
    """An allocation that could not be made, among others that could.

    Attributes
    ----------
    method : Method
    code : str
        Of ``errors.ERROR_CODES``.
    context : tuple of (str, str)
        What a sentence about it needs.
    """

    method: Method
    code: str
    context: tuple[tuple[str, str], ...]
