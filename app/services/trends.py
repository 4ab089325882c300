"""Rounds of a campaign one after the other: on the units of their time or on those of today.

What is not measured alike is not joined: between two such rounds there is a break, with its
reasons, and no difference is worked out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from sqlalchemy.orm import Session

from analysis.consecutive import Difference, Measured, difference, runs
from analysis.index.method import Method
from app.queries import publications
from app.queries.boundaries import between, codes_of_campaign
from app.queries.publications import EstimateRow, PublicationFacts
from app.services import recounting, results
from app.services.recounting import Outlines
from surveys.instrument.model import Instrument

COMMUNE = "commune"


class Outline(StrEnum):
    """By which boundaries the rounds are read.

    ``MEASURED``: every round by the units of its time, as published. ``NEW``: by the units of the
    newest round; earlier rounds are counted again from their answers. ``COMMON``: by the smallest
    areas that have the same outline in every round.
    """

    MEASURED = "measured"
    NEW = "new"
    COMMON = "common"


@dataclass(frozen=True, slots=True)
class Place:
    """A unit or an area that a trend can be shown for; ``parts`` are the names of its units."""

    code: str
    name: str
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Point:
    """One node in one domain in one round.

    Attributes
    ----------
    facts : PublicationFacts
        The newest publication of the round that the reader may see.
    row : EstimateRow or None
        The figure; None if the round has none of this node in this domain.
    made_of : tuple of str
        Names of the units of that time that are counted together; none if it was published so.
    is_approximate : bool
        Whether a unit that was divided since is counted wholly with one of its successors.
    """

    facts: PublicationFacts
    row: EstimateRow | None
    made_of: tuple[str, ...] = ()
    is_approximate: bool = False

    @property
    def is_recounted(self) -> bool:
        """Whether the figure was worked out again on other boundaries."""
        return bool(self.made_of)


@dataclass(frozen=True, slots=True)
class Step:
    """From one round to the next.

    Attributes
    ----------
    breaks : tuple of str
        Why the two cannot be compared: ``method``, ``questionnaire``, ``population``,
        ``source``. Empty if they can.
    change : Difference or None
        What changed, with its interval; None across a break or where a figure is missing.
    """

    breaks: tuple[str, ...]
    change: Difference | None


@dataclass(frozen=True, slots=True)
class Trend:
    """One node in one domain through the rounds of a campaign, oldest first.

    Attributes
    ----------
    steps : tuple of Step
        One fewer than points: from each to the next.
    segments : tuple of tuple of int
        Places of points that may be joined by a line.
    """

    node: str
    outline: Outline
    domain_kind: str
    domain_code: str
    method: Method
    instrument: Instrument
    level: float
    points: tuple[Point, ...]
    steps: tuple[Step, ...]
    segments: tuple[tuple[int, ...], ...]

    @property
    def has_breaks(self) -> bool:
        """Whether any two rounds cannot be compared."""
        return any(step.breaks for step in self.steps)


@dataclass(frozen=True, slots=True, eq=False)
class _Round:
    """A published round with the rule of its figures."""

    facts: PublicationFacts
    method: Method
    instrument: Instrument


def trend(
    db: Session,
    round_code: str,
    *,
    node: str | None = None,
    kind: str = "",
    code: str = "",
    outline: Outline = Outline.MEASURED,
    public_only: bool,
    var_dir: Path,
) -> Trend | None:
    """Read one node in one domain through the sampled rounds of a campaign.

    Parameters
    ----------
    round_code : str
        Any round of the campaign.
    node : str, optional
        Without it the index of the newest round's method.
    kind, code : str
        Domain; empty for the whole. A commune by its code on the chosen boundaries, an area of
        ``Outline.COMMON`` by its own (see `places`).
    outline : Outline
        Matters to communes only.
    public_only : bool
        Only publications shown to everyone.
    var_dir : Path
        Where snapshots are, for counting again.

    Returns
    -------
    Trend, or None
        None if no sampled round of the campaign is published.
    """
    rounds = _rounds(db, round_code, public_only=public_only)
    if not rounds:
        return None
    newest = rounds[-1]
    chosen = node or newest.method.index
    outlines: Sequence[_Outlined | None] = [None] * len(rounds)
    if kind == COMMUNE and outline is not Outline.MEASURED:
        outlines = _outlined(db, rounds, outline)[0]
    elsewhere: frozenset[str] = frozenset()
    if kind == COMMUNE and outline is Outline.MEASURED:
        elsewhere = _elsewhere(db, rounds, code)
    points = tuple(
        Point(one.facts, None)
        if one.facts.round.code in elsewhere
        else _point(db, one, (kind, code), chosen, outlined, var_dir)
        for one, outlined in zip(rounds, outlines, strict=True)
    )
    steps = tuple(
        _step(rounds[k - 1 : k + 1], points[k - 1 : k + 1], chosen, newest.facts.level)
        for k in range(1, len(rounds))
    )
    rules = [0]
    for step in steps:
        rules.append(rules[-1] + bool(step.breaks))
    return Trend(
        node=chosen,
        outline=outline,
        domain_kind=kind,
        domain_code=code,
        method=newest.method,
        instrument=newest.instrument,
        level=newest.facts.level,
        points=points,
        steps=steps,
        segments=runs(rules),
    )


def places(
    db: Session, round_code: str, outline: Outline, *, public_only: bool
) -> tuple[Place, ...]:
    """List the communes or areas that a trend on some boundaries can be shown for, by name."""
    rounds = _rounds(db, round_code, public_only=public_only)
    if not rounds:
        return ()
    named = {
        row.domain_code: row.domain_name
        for one in (rounds if outline is Outline.MEASURED else rounds[-1:])
        for row in publications.estimates(db, one.facts.id)
        if row.domain_kind == COMMUNE
    }
    if outline is Outline.COMMON:
        members: dict[str, list[str]] = {}
        for unit, area in _outlined(db, rounds, outline)[1].items():
            if unit in named:
                members.setdefault(area, []).append(named[unit])
        found = [
            Place(area, ", ".join(sorted(parts)), tuple(sorted(parts)))
            for area, parts in members.items()
        ]
    else:
        found = [Place(code, name) for code, name in named.items()]
    return tuple(sorted(found, key=lambda place: (place.name, place.code)))


def _elsewhere(db: Session, rounds: Sequence[_Round], code: str) -> frozenset[str]:
    """Name the rounds in which the code of a commune of today was that of another commune."""
    last = rounds[-1].facts.round.closes_on
    found = []
    for one in rounds:
        boundaries = between(db, one.facts.round.closes_on, last)
        if code in boundaries.after and code not in boundaries.unchanged:
            found.append(one.facts.round.code)
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class _Outlined:
    """How a round is counted; ``is_as_published`` if that is how it was published."""

    outlines: Outlines
    names: Mapping[str, str]
    is_as_published: bool


def _outlined(
    db: Session, rounds: Sequence[_Round], outline: Outline
) -> tuple[tuple[_Outlined, ...], Mapping[str, str]]:
    """Say in which commune or area of today each round's communes are counted."""
    last = rounds[-1].facts.round.closes_on
    boundaries = [between(db, one.facts.round.closes_on, last) for one in rounds]
    after: Mapping[str, str] = {}
    if outline is Outline.COMMON:
        outlines, after = recounting.to_areas(boundaries)
    else:
        outlines = tuple(recounting.to_new(one) for one in boundaries)
    found = tuple(
        _Outlined(one, of.before, all(old == new for old, new in one.unit.items()))
        for one, of in zip(outlines, boundaries, strict=True)
    )
    return found, after


def _rounds(db: Session, round_code: str, *, public_only: bool) -> tuple[_Round, ...]:
    """Read the sampled rounds of a round's campaign that are published, oldest first."""
    campaign = codes_of_campaign(db, round_code)
    found = []
    for facts in publications.latest(db, public_only=public_only):
        if facts.round.code in campaign and facts.round.source == "sample":
            method, instrument = results.rule_of(db, facts)
            found.append(_Round(facts, method, instrument))
    return tuple(sorted(found, key=lambda one: (one.facts.round.closes_on, one.facts.round.code)))


def _point(
    db: Session,
    one: _Round,
    domain: tuple[str, str],
    node: str,
    outlined: _Outlined | None,
    var_dir: Path,
) -> Point:
    if all(each.code != node for each in one.method.nodes):
        return Point(one.facts, None)
    if outlined is None or outlined.is_as_published:
        rows = publications.estimates(db, one.facts.id, (domain,))
        return Point(one.facts, _main(rows, node, domain))
    rows = recounting.recount(db, one.facts, one.method, outlined.outlines, var_dir)
    parts = outlined.outlines.parts(domain[1])
    return Point(
        one.facts,
        _main(rows, node, domain),
        tuple(outlined.names.get(part, part) for part in parts),
        domain[1] in outlined.outlines.approximate,
    )


def _main(rows: Sequence[EstimateRow], node: str, domain: tuple[str, str]) -> EstimateRow | None:
    """Find the row that stands for a node: its share of the satisfied, or its value."""
    found: Mapping[str, EstimateRow] = {
        row.measure: row
        for row in rows
        if row.node == node and (row.domain_kind, row.domain_code) == domain
    }
    return found.get("satisfied") or found.get("value")


def _step(rounds: Sequence[_Round], points: Sequence[Point], node: str, level: float) -> Step:
    breaks = recounting.breaks(
        *((one.method, one.instrument, one.facts.round) for one in rounds), node=node
    )
    before, now = (point.row for point in points)
    if breaks or before is None or now is None:
        return Step(breaks, None)
    if None in (before.value, now.value, before.standard_error, now.standard_error):
        return Step(breaks, None)
    return Step(breaks, difference(_measured(now), _measured(before), level))


def _measured(row: EstimateRow) -> Measured:
    return Measured(row.value or 0.0, row.standard_error or 0.0, row.df or 0.0)
