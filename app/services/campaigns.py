"""Campaigns and their rounds: draft → open → closed → published, never back.

Closed rounds take no more answers, so that what is published of them can be recomputed; that is why
a round is not opened again.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, select, text
from sqlalchemy.orm import InstrumentedAttribute, Session

from analysis.errors import MethodFaults
from analysis.index.method import Method
from app.errors import ConflictError, NotFoundError
from app.models import Campaign, Round, RoundTarget, Unit
from app.models.campaigns import ROUND_SOURCES
from app.names import clean, search_key
from app.services import audit, instruments
from app.services.imports import batches
from surveys.instrument.model import Instrument

CODE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
LONGEST_CODE = 40
LONGEST_CODE_DAYS = 366
_CODES_LOCK = 7_201_958
MODES = ("web", "kiosk", "tablet", "phone", "paper")


@dataclass(frozen=True, slots=True)
class RoundPlan:
    """What a round is to be.

    Attributes
    ----------
    code : str
        Stands in addresses; empty makes one from the name.
    source : {'open', 'sample'}
        Answers of whoever answers, or of a probability sample.
    population, population_en : str
        Whom the figures speak of.
    closes_on : date
        Last day on which answers are taken.
    min_n : int
        Fewest respondents behind a published figure.
    level : float
        Confidence level of the intervals, between 0 and 1.
    max_relative_width : float or None
        Largest half width of a published interval over its figure; None for any.
    per_dossier : bool
        Whether every closed dossier is sent a one-time code: a sample that takes them all.
    code_days : int
        Days for which such a code is taken.
    """

    name: str
    name_en: str
    instrument_version_id: int
    method_version_id: int
    source: str
    modes: Sequence[str]
    population: str
    population_en: str
    opens_on: date
    closes_on: date
    code: str = ""
    min_n: int = 30
    level: float = 0.95
    max_relative_width: float | None = None
    per_dossier: bool = False
    code_days: int = 30


@dataclass(frozen=True, slots=True)
class Measure:
    """What a round asks, and how its answers become an index."""

    instrument: Instrument
    method: Method


def create_campaign(
    db: Session,
    *,
    name: str,
    name_en: str,
    province_id: int,
    actor: str,
    now: datetime,
    code: str = "",
    simulated: bool = False,
) -> Campaign:
    """Make a campaign.

    Parameters
    ----------
    code : str, optional
        Made from the name when empty.
    simulated : bool
        Its answers are made by a program, which every page and file of it then says.

    Raises
    ------
    ConflictError
        ``campaign.code-malformed``, ``campaign.code-taken``, ``campaign.name-missing`` or
        ``campaign.province-unknown``.
    """
    name, name_en = clean(name), clean(name_en)
    if not name:
        raise ConflictError("campaign.name-missing")
    province = db.get(Unit, province_id)
    if province is None or province.kind != "province":
        raise ConflictError("campaign.province-unknown")
    taken = _codes(db, Campaign.code)
    campaign = Campaign(
        code=_free_code("campaign", code, name, taken),
        name=name,
        name_en=name_en or name,
        province_id=province_id,
        simulated=simulated,
        created_at=now,
    )
    db.add(campaign)
    db.flush()
    audit.record(db, actor, "campaign.create", campaign.code, simulated=simulated)
    return campaign


def create_round(
    db: Session, campaign_code: str, plan: RoundPlan, *, actor: str, now: datetime
) -> Round:
    """Make a round in state draft.

    Raises
    ------
    NotFoundError
        ``campaign.unknown``
    ConflictError
        ``round.code-malformed``, ``round.code-taken``, ``round.name-missing``,
        ``round.dates-reversed``, ``round.source-unknown``, ``round.mode-missing``,
        ``round.min-n``, ``round.level``, ``round.relative-width``, ``round.code-days`` or
        ``round.method-of-another-instrument``.
    """
    campaign = db.scalar(select(Campaign).where(Campaign.code == campaign_code))
    if campaign is None:
        raise NotFoundError("campaign.unknown", campaign=campaign_code)
    taken = _codes(db, Round.code)
    code = _free_code("round", plan.code, plan.name, taken)
    made = Round(code=code, campaign=campaign, state="draft", created_at=now)
    _apply(made, plan)
    db.add(made)
    db.flush()
    _require_method(made)
    audit.record(
        db, actor, "round.create", made.code, campaign=campaign.code, source=made.source,
        instrument=made.instrument_version.content_hash, method=made.method_version.content_hash,
    )  # fmt: skip
    return made


def change_round(db: Session, code: str, plan: RoundPlan, *, actor: str) -> Round:
    """Change a draft; its code stays.

    Raises
    ------
    NotFoundError
        ``round.unknown``
    ConflictError
        ``round.not-draft``, or as `create_round`.
    """
    found = _locked(db, code)
    _require_state(found, "draft")
    _apply(found, plan)
    db.flush()
    db.expire(found, ["instrument_version", "method_version"])
    _require_method(found)
    audit.record(db, actor, "round.change", code)
    return found


def discard_round(db: Session, code: str, *, actor: str) -> None:
    """Remove a draft.

    Raises
    ------
    NotFoundError
        ``round.unknown``
    ConflictError
        ``round.not-draft``
    """
    found = _locked(db, code)
    _require_state(found, "draft")
    db.execute(delete(RoundTarget).where(RoundTarget.round_id == found.id))
    db.delete(found)
    audit.record(db, actor, "round.discard", code)


def set_targets(
    db: Session, code: str, targets: Mapping[str, float], *, source: str, actor: str
) -> None:
    """Say which shares, between 0 and 1, the nodes of the method are meant to reach.

    In the whole population. They replace the earlier ones; publications that were made keep
    theirs.

    Raises
    ------
    NotFoundError
        ``round.unknown``
    ConflictError
        ``target.not-a-share``, ``target.source-missing`` or ``target.unknown-node``.
    """
    found = _locked(db, code)
    source = clean(source)
    if targets and not source:
        raise ConflictError("target.source-missing")
    nodes = {node.code for node in _require_method(found).nodes}
    for node, value in targets.items():
        if node not in nodes:
            raise ConflictError("target.unknown-node", node=node)
        if not 0 <= value <= 1:
            raise ConflictError("target.not-a-share", node=node)
    db.execute(
        delete(RoundTarget).where(RoundTarget.round_id == found.id, RoundTarget.domain_kind == "")
    )
    db.add_all(
        RoundTarget(round_id=found.id, node=node, value=value, source=source)
        for node, value in targets.items()
    )
    audit.record(db, actor, "round.set-targets", code, targets=dict(targets), source=source)


def measure_of(db: Session, code: str) -> Measure:
    """Return the questionnaire and the method of a round.

    Raises
    ------
    NotFoundError
        ``round.unknown``
    """
    found = db.scalar(select(Round).where(Round.code == code))
    if found is None:
        raise NotFoundError("round.unknown", round=code)
    return Measure(instruments.instrument_of(found.instrument_version), _require_method(found))


def obstacles_to_opening(planned: Round, today: date) -> tuple[str, ...]:
    """Tell what stands between a draft and its opening, as codes; nothing is an empty tuple."""
    found = []
    if planned.closes_on < today:
        found.append("round.over")
    if not planned.modes:
        found.append("round.mode-missing")
    try:
        _require_method(planned)
    except ConflictError as error:
        found.append(error.code)
    return tuple(found)


def open_round(db: Session, code: str, *, actor: str, today: date) -> Round:
    """Let answers in, from the round's first day on.

    Raises
    ------
    NotFoundError
        ``round.unknown``
    ConflictError
        ``round.not-draft``, or the first of `obstacles_to_opening`.
    """
    found = _locked(db, code)
    _require_state(found, "draft")
    obstacles = obstacles_to_opening(found, today)
    if obstacles:
        raise ConflictError(obstacles[0])
    found.state = "open"
    audit.record(db, actor, "round.open", code)
    return found


def close_round(db: Session, code: str, *, actor: str) -> Round:
    """Take no more answers, for good.

    Raises
    ------
    NotFoundError
        ``round.unknown``
    ConflictError
        ``round.not-open``
    """
    found = _locked(db, code)
    _require_state(found, "open")
    found.state = "closed"
    batches.forget_rows(db, found.id)
    audit.record(db, actor, "round.close", code)
    return found


def mark_published(db: Session, code: str) -> Round:
    """Note that figures of a closed round are published; once more changes nothing.

    Raises
    ------
    NotFoundError
        ``round.unknown``
    ConflictError
        ``round.not-closed``
    """
    found = _locked(db, code)
    if found.state != "published":
        _require_state(found, "closed")
        found.state = "published"
    return found


def _apply(planned: Round, plan: RoundPlan) -> None:
    planned.name = clean(plan.name)
    planned.name_en = clean(plan.name_en) or planned.name
    planned.instrument_version_id = plan.instrument_version_id
    planned.method_version_id = plan.method_version_id
    planned.source = plan.source
    planned.modes = [mode for mode in MODES if mode in plan.modes]
    planned.population = clean(plan.population)
    planned.population_en = clean(plan.population_en) or planned.population
    planned.opens_on = plan.opens_on
    planned.closes_on = plan.closes_on
    planned.min_n = plan.min_n
    planned.level = plan.level
    planned.max_relative_width = plan.max_relative_width
    planned.per_dossier = plan.per_dossier
    planned.code_days = plan.code_days
    if not planned.name:
        raise ConflictError("round.name-missing")
    if plan.closes_on < plan.opens_on:
        raise ConflictError("round.dates-reversed")
    if plan.source not in ROUND_SOURCES:
        raise ConflictError("round.source-unknown")
    if not planned.modes:
        raise ConflictError("round.mode-missing")
    if plan.min_n < 1:
        raise ConflictError("round.min-n")
    if not 0.5 <= plan.level < 1:
        raise ConflictError("round.level")
    if plan.max_relative_width is not None and not 0 < plan.max_relative_width <= 1:
        raise ConflictError("round.relative-width")
    if plan.per_dossier and plan.source != "sample":
        raise ConflictError("round.source-unknown")
    if not 1 <= plan.code_days <= LONGEST_CODE_DAYS:
        raise ConflictError("round.code-days", most=LONGEST_CODE_DAYS)


def _require_method(planned: Round) -> Method:
    instrument = instruments.instrument_of(planned.instrument_version)
    try:
        method = instruments.method_of(planned.method_version, instrument)
    except MethodFaults:
        raise ConflictError("round.method-of-another-instrument") from None
    if method.instrument != instrument.code:
        raise ConflictError("round.method-of-another-instrument")
    return method


def _require_state(found: Round, state: str) -> None:
    if found.state != state:
        raise ConflictError(f"round.not-{state}", state=found.state)


def _locked(db: Session, code: str) -> Round:
    found = db.scalar(select(Round).where(Round.code == code).with_for_update())
    if found is None:
        raise NotFoundError("round.unknown", round=code)
    return found


def _codes(db: Session, column: InstrumentedAttribute[str]) -> set[str]:
    """Read the codes in use; until the end of the transaction nobody else gives one away."""
    db.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _CODES_LOCK})
    return set(db.scalars(select(column)))


def _free_code(kind: str, wanted: str, name: str, taken: set[str]) -> str:
    """Check the code that was asked for, or make a free one from the name."""
    wanted = wanted.strip().lower()
    if wanted:
        if len(wanted) > LONGEST_CODE or not CODE.fullmatch(wanted):
            raise ConflictError(f"{kind}.code-malformed")
        if wanted in taken:
            raise ConflictError(f"{kind}.code-taken")
        return wanted
    stem = "-".join(re.findall("[a-z0-9]+", search_key(name)))[: LONGEST_CODE - 4].rstrip("-")
    stem = stem or kind
    numbered = (f"{stem}-{number}" for number in range(2, len(taken) + 3))
    return next(code for code in (stem, *numbered) if code not in taken)
