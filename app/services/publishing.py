"""Publishing a closed round: figures frozen with everything that is needed to check them."""

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from analysis.errors import SnapshotDamagedError
from analysis.index.method import Method
from analysis.quality import QualityRules, rules_of_publication
from analysis.snapshot import Snapshot as SnapshotFile
from analysis.snapshot import Source
from app.errors import ConflictError, NotFoundError
from app.models import Publication, PublishedEstimate, PublishedTally, Round, Snapshot, WeightSet
from app.queries import domains, publications
from app.queries.publications import EstimateRow, TallyRow
from app.services import (
    audit,
    campaigns,
    estimation,
    instruments,
    invited,
    released,
    results,
    snapshots,
)
from app.services.columns import domain_name
from app.services.figure_columns import FigureColumns
from app.services.figures import (
    Before,
    EstimateFigure,
    TallyFigure,
    differences,
    tally_figures,
)
from app.services.findings import freeze
from app.services.mixing.waiting import Spool, require_mixed
from app.services.weighting import sets
from app.services.weighting.rows import Weighing
from app.services.weighting.store import WeightsDamagedError

_MAIN = {"satisfied", "value"}
STEPS: Final = ("snapshot", "weights", "figures", "findings")
"""What is done when a round is published, in this order."""


def silent(_step: str) -> None:
    """Hear nothing."""


@dataclass(frozen=True, slots=True)
class Published:
    """A new publication was made."""

    round: str
    number: int
    n_figures: int
    snapshot_hash: str


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The round was published before, from the same answers by the same rule."""

    round: str
    number: int


@dataclass(frozen=True, slots=True)
class Verified:
    """What became of working a publication out again.

    Attributes
    ----------
    snapshot_intact : bool
        Whether the file still holds the rows of its published hash, and the same steps still
        make the weights.
    n_figures : int
        Published figures.
    n_different : int
        Figures and findings that are not the same to the last digit; without a snapshot all.
    code_version : str
        Version of the program that published.
    n_findings : int
        Published ranks, verdicts on targets, changes and drivers, with how they were made.
    """

    round: str
    number: int
    code_version: str
    snapshot_intact: bool
    n_figures: int
    n_different: int
    n_findings: int = 0

    @property
    def holds(self) -> bool:
        """Whether the publication stands."""
        return self.snapshot_intact and self.n_different == 0


def publish(
    db: Session,
    round_code: str,
    *,
    var_dir: Path,
    code_version: str,
    actor: str,
    now: datetime,
    public: bool = False,
    again: bool = False,
    weight_set: int | None = None,
    told: Callable[[str], None] = silent,
    spool: Spool | None = None,
) -> Published | Unchanged:
    """Publish a closed round.

    Parameters
    ----------
    weight_set : int, optional
        Number of the set of weights; without it, answers count by their base weights.
    public : bool
        Whether everybody may see it. A publication is never hidden again by publishing.
    again : bool
        Make another publication although there is one.
    told : callable
        Called before every step with its name, one of ``STEPS``; what it raises ends the work.
    spool : Spool, optional
        Where answers wait; those that could be mixed must be.

    Raises
    ------
    NotFoundError
        ``round.unknown``.
    ConflictError
        ``round.not-closed``, ``round.not-mixed``, ``round.no-answers``;
        ``publication.basis-changed``: there is a publication from other answers or by another
        rule, and `again` was not asked for;
        ``weights.of-other-answers``: the weights are those of another snapshot.
    """
    round_ = db.scalar(select(Round).where(Round.code == round_code).with_for_update())
    if round_ is None:
        raise NotFoundError("round.unknown", round=round_code)
    told("snapshot")
    waiting = require_mixed(db, round_, spool or Spool(), now, now.date())
    snapshot = snapshots.take(db, round_, var_dir, code_version, now)
    rules = rules_of_publication(round_.min_n, round_.max_relative_width)
    weights = _weights(db, round_code, weight_set, snapshot)
    basis = _basis(round_, rules, weights)
    last = _last(db, round_)
    if last is not None and not again:
        return _unchanged(db, round_, last, snapshot, basis, actor, public)
    publication = Publication(
        round_id=round_.id,
        number=1 if last is None else last.number + 1,
        snapshot_id=snapshot.id,
        code_version=code_version,
        engine=estimation.ENGINE,
        invited=invited.count(db, round_),
        public=public,
        published_by=actor,
        published_at=now,
        **basis,
    )
    db.add(publication)
    db.flush()
    told("weights")
    weighing = None if weights is None else sets.weighing_of(db, weights, var_dir)
    told("figures")
    n_figures = _freeze(db, publication, round_, snapshot, var_dir, rules, weighing)
    told("findings")
    n_findings = freeze.freeze(db, publication, round_, var_dir)
    campaigns.mark_published(db, round_code)
    audit.record(
        db, actor, "round.publish", round_code,
        number=publication.number, public=public, snapshot=snapshot.content_hash,
        figures=n_figures, findings=n_findings,
        weights=None if weights is None else weights.content_hash,
        held_back=waiting.answers,
    )  # fmt: skip
    return Published(round_code, publication.number, n_figures, snapshot.content_hash)


def show_to_everyone(db: Session, round_code: str, number: int, *, actor: str) -> None:
    """Let everybody see a publication; once more changes nothing.

    Raises
    ------
    NotFoundError
        ``publication.unknown``.
    """
    found = db.scalar(
        select(Publication)
        .join(Publication.round)
        .where(Round.code == round_code, Publication.number == number)
        .with_for_update(of=Publication)
    )
    if found is None:
        raise NotFoundError("publication.unknown", round=round_code)
    _show(db, found, round_code, actor)


def verify(db: Session, round_code: str, *, var_dir: Path, number: int | None = None) -> Verified:
    """Work a publication out again from its snapshot and compare every figure.

    Raises
    ------
    NotFoundError
        ``publication.unknown``.
    """
    facts = publications.of_round(db, round_code, public_only=False, number=number)
    if facts is None:
        raise NotFoundError("publication.unknown", round=round_code)
    published = _published(db, facts)
    try:
        file = snapshots.read(facts.snapshot_file, facts.snapshot_hash, var_dir)
        weighing = weighing_of(db, facts, var_dir)
        before = released.before(db, facts.round.id, facts.number, file, var_dir)
        n_findings, n_other = freeze.verify(db, facts, var_dir)
    except (SnapshotDamagedError, WeightsDamagedError):
        return Verified(
            round_code, facts.number, facts.code_version, False, len(published), len(published)
        )
    method, _instrument = results.rule_of(db, facts)
    rules = QualityRules(**facts.quality_rules)
    made = _computed(
        file, method, facts.level, rules, weighing, before, facts.engine, facts.invited
    )
    computed = made.figures() if isinstance(made, FigureColumns) else made
    different = differences(published, computed)
    return Verified(
        round_code,
        facts.number,
        facts.code_version,
        True,
        len(published),
        len(different) + n_other,
        n_findings,
    )


def weighing_of(
    db: Session, facts: publications.PublicationFacts, var_dir: Path
) -> Weighing | None:
    """Work out again the weights of a publication; None where answers count by base weights.

    Raises
    ------
    SnapshotDamagedError, WeightsDamagedError
        A file is missing or changed, or the steps no longer make the weights.
    """
    if facts.weight_set_id is None:
        return None
    return sets.weighing_of(db, db.get_one(WeightSet, facts.weight_set_id), var_dir)


def _weights(
    db: Session, round_code: str, number: int | None, snapshot: Snapshot
) -> WeightSet | None:
    if number is None:
        return None
    found = sets.find(db, round_code, number)
    if found.snapshot_id != snapshot.id:
        raise ConflictError("weights.of-other-answers", number=number, round=round_code)
    return found


def _last(db: Session, round_: Round) -> Publication | None:
    return db.scalars(
        select(Publication)
        .where(Publication.round_id == round_.id)
        .order_by(Publication.number.desc())
        .limit(1)
    ).first()


def _basis(round_: Round, rules: QualityRules, weights: WeightSet | None) -> dict[str, Any]:
    """Name what the figures are made by, besides the snapshot."""
    return {
        "method_hash": round_.method_version.content_hash,
        "instrument_hash": round_.instrument_version.content_hash,
        "level": round_.level,
        "quality_rules": _written(rules),
        "weight_set_id": None if weights is None else weights.id,
    }


def _unchanged(
    db: Session,
    round_: Round,
    last: Publication,
    snapshot: Snapshot,
    basis: dict[str, Any],
    actor: str,
    public: bool,
) -> Unchanged:
    same_rule = {name: getattr(last, name) for name in basis} == basis
    if last.snapshot_id != snapshot.id or not same_rule:
        raise ConflictError("publication.basis-changed", round=round_.code, number=last.number)
    if public:
        _show(db, last, round_.code, actor)
    return Unchanged(round_.code, last.number)


def _show(db: Session, publication: Publication, round_code: str, actor: str) -> None:
    if not publication.public:
        publication.public = True
        audit.record(db, actor, "publication.show", round_code, number=publication.number)


def _freeze(
    db: Session,
    publication: Publication,
    round_: Round,
    snapshot: Snapshot,
    var_dir: Path,
    rules: QualityRules,
    weighing: Weighing | None,
) -> int:
    """Write the figures of a publication; return how many there are."""
    instrument = instruments.instrument_of(round_.instrument_version)
    method = instruments.method_of(round_.method_version, instrument)
    file = snapshots.read_taken(snapshot, var_dir, short=True)
    places = domains.places(db, round_.opens_on, round_.closes_on)
    before = released.before(db, round_.id, publication.number, file, var_dir)
    made = _computed(
        file, method, publication.level, rules, weighing, before, publication.engine,
        publication.invited,
    )  # fmt: skip
    rows = list(made.rows()) if isinstance(made, FigureColumns) else [_row(one) for one in made]
    targets = {
        (target.node, target.domain_kind, target.domain_code): target.value
        for target in round_.targets
    }
    named: dict[tuple[str, str], str] = {}
    for position, row in enumerate(rows):
        kind, code = row["domain_kind"], row["domain_code"]
        if (kind, code) not in named:
            named[kind, code] = domain_name(kind, code, places.names, instrument)
        row["publication_id"] = publication.id
        row["position"] = position
        row["domain_name"] = named[kind, code]
        if isinstance(made, FigureColumns):
            key = (row["node"], kind, code)
            row["target"] = targets.get(key) if row["measure"] in _MAIN else None
    table = PublishedEstimate if round_.source == Source.SAMPLE else PublishedTally
    db.execute(insert(table), rows)
    return len(rows)


def _computed(
    file: SnapshotFile,
    method: Method,
    level: float,
    rules: QualityRules,
    weighing: Weighing | None,
    before: Before | None,
    engine: int,
    of_codes: invited.Invited | None,
) -> FigureColumns | Sequence[TallyFigure]:
    if file.layout.source is Source.SAMPLE:
        made = estimation.figures_of(method, file, level, rules, weighing, before, engine=engine)
        return invited.noted(made, of_codes, file.rows.height)
    return tally_figures(method, file.open(), rules, before)


def _published(
    db: Session, facts: publications.PublicationFacts
) -> Sequence[EstimateFigure | TallyFigure]:
    """Read the frozen figures without what is only said about them."""
    if facts.round.source == Source.SAMPLE:
        return [
            EstimateFigure(**_values(row, EstimateFigure))
            for row in publications.estimates(db, facts.id)
        ]
    return [TallyFigure(**_values(row, TallyFigure)) for row in publications.tallies(db, facts.id)]


def _values(
    row: EstimateRow | TallyRow | EstimateFigure | TallyFigure,
    of: type[EstimateFigure | TallyFigure],
) -> dict[str, Any]:
    """Read of a row what belongs to a figure."""
    return {name: getattr(row, name) for name in of.__dataclass_fields__}


def _row(figure: TallyFigure) -> dict[str, Any]:
    return _values(figure, type(figure)) | {"notes": list(figure.notes)}


def _written(rules: QualityRules) -> dict[str, float]:
    """Write rules as JSON can hold them: a limit that does not apply is left out."""
    return {name: value for name, value in asdict(rules).items() if math.isfinite(value)}
