"""What a plan of a sample says: stages, reserves, co-ordination with earlier rounds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import Final

Number = int | Decimal
Amount = Number | Mapping[str, Number]
"""One number for every group, or a number by label; the label ``"*"`` is all others."""

ROW: Final = "row"
POSITION: Final = "position"
ROWS: Final = "rows"
OTHERS: Final = "*"

ALL: Final = "all"
SRS: Final = "srs"
SYSTEMATIC: Final = "systematic"
CIRCULAR: Final = "circular"
BERNOULLI: Final = "bernoulli"
PPS_SYSTEMATIC: Final = "pps-systematic"
SAMPFORD: Final = "sampford"
PARETO: Final = "pareto"
POISSON: Final = "poisson"

METHODS: Final = (
    ALL, SRS, SYSTEMATIC, CIRCULAR, BERNOULLI, PPS_SYSTEMATIC, SAMPFORD, PARETO, POISSON,
)  # fmt: skip
PPS: Final = frozenset({PPS_SYSTEMATIC, SAMPFORD, PARETO, POISSON})
"""Methods whose probabilities are proportional to a size."""

LISTED: Final = frozenset({SYSTEMATIC, CIRCULAR, PPS_SYSTEMATIC})
"""Methods for which the order of the list matters."""

RANDOM_SIZE: Final = frozenset({BERNOULLI, POISSON})
"""Methods that draw each unit on its own, so that the number drawn varies."""

ORDERED: Final = frozenset({SRS, BERNOULLI, PARETO, POISSON})
"""Methods that look at each unit's own random number, which may be a permanent one."""

FOR_POSITIONS: Final = frozenset({ALL, SRS, SYSTEMATIC, CIRCULAR, BERNOULLI})
"""Methods for positions, which have neither size nor order."""

AMOUNTS: Final = ("take", "share", "overall_take", "overall_share")
ROUNDINGS: Final = ("nearest", "up", "down", "random")
SORTS: Final = ("nested", "serpentine")
TIES: Final = ("key", "random")
STAGES_AT_MOST: Final = 3

_NOTHING: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Wanted:
    """How much a stage takes of each group.

    Attributes
    ----------
    kind : str
        One of ``AMOUNTS``.
    everywhere : int or Decimal, optional
        One number for all groups.
    by_label : mapping of str to int or Decimal
        Or one by label.
    """

    kind: str
    everywhere: Number | None
    by_label: Mapping[str, Number]

    def of(self, label: str) -> Number | None:
        """Return the number for a label; None if the plan has none."""
        if self.everywhere is not None:
            return self.everywhere
        return self.by_label.get(label, self.by_label.get(OTHERS))


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One stage of selection; docs/sampling.md says what each key means.

    Exactly one of ``take``, ``share``, ``overall_take``, ``overall_share`` is given,
    none with the method ``all``.
    """

    unit: str
    method: str
    strata: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    sort: str = "nested"
    ties: str = "key"
    size: str = ""
    size_floor: int = 0
    positions: str = ""
    take: Amount | None = None
    share: Amount | None = None
    overall_take: Amount | None = None
    overall_share: Amount | None = None
    take_by: tuple[str, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    rounding: str = "nearest"
    certainty: tuple[str, ...] = ()
    certainty_where: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: _NOTHING)

    @property
    def wanted(self) -> Wanted | None:
        """Return the amount that is given."""
        for kind in AMOUNTS:
            amount: Amount | None = getattr(self, kind)
            if isinstance(amount, Mapping):
                return Wanted(kind, None, amount)
            if amount is not None:
                return Wanted(kind, amount, {})
        return None

    @property
    def labels_by(self) -> tuple[str, ...]:
        """Columns whose values are the labels of amounts."""
        return self.take_by or self.strata

    @property
    def has_certainties(self) -> bool:
        """Whether units are named that are drawn whatever happens."""
        return bool(self.certainty or self.certainty_where)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reserves:
    """Reserves of each group of the last stage: a number, or a share of the main cases."""

    take: int | None = None
    share: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Coordination:
    """Drawing by permanent random numbers.

    Attributes
    ----------
    avoid : tuple of pairs of int
        Arcs ``(begin, end)`` of the circle of permanent numbers that earlier rounds
        used, the end not included; an arc may pass 0.
    room : Decimal
        Share of the circle that this round needs at most.
    """

    avoid: tuple[tuple[int, int], ...] = ()
    room: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A plan of a sample.

    Attributes
    ----------
    title : str
        What it is called; may be empty.
    frame : str
        Kind of frame it is for.
    stages : tuple of Stage
        One to three.
    reserves : Reserves, optional
    coordination : Coordination, optional
    one_per_person : bool
        Whether one dossier is chosen at random of those of a person, before anything else.
    frame_hash : str
        Frame that the plan was fixed for, or ``""``; no part of the plan's own hash.
    """

    title: str = ""
    frame: str
    stages: tuple[Stage, ...]
    reserves: Reserves | None = None
    coordination: Coordination | None = None
    one_per_person: bool = False
    frame_hash: str = ""

    @property
    def last(self) -> Stage:
        """The last stage."""
        return self.stages[-1]


def joined(parts: Iterable[str]) -> str:
    r"""Return codes in one text: ``"|"`` between them, ``\|`` and ``\\`` within."""
    return "|".join(part.replace("\\", "\\\\").replace("|", "\\|") for part in parts)
