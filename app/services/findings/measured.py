"""A publication read back as figures, answers and design."""

from pathlib import Path

from sqlalchemy.orm import Session

from analysis.design import Design
from analysis.quality import QualityRules
from app.models import WeightSet
from app.queries import publications
from app.queries.publications import PublicationFacts
from app.services import results, snapshots
from app.services.figures import EstimateFigure
from app.services.findings.basis import Measured
from app.services.weighting import sets


def measured_by(db: Session, facts: PublicationFacts, var_dir: Path) -> Measured:
    """Read a publication of a sampled round with everything its figures were made from.

    Raises
    ------
    SnapshotDamagedError, WeightsDamagedError
        A file is missing or changed.
    """
    file = snapshots.read(facts.snapshot_file, facts.snapshot_hash, var_dir)
    method, _instrument = results.rule_of(db, facts)
    answers = file.sampled()
    design, n_more = Design.from_answers(answers), 0
    if facts.weight_set_id is not None:
        weighing = sets.weighing_of(db, db.get_one(WeightSet, facts.weight_set_id), var_dir)
        design, n_more = weighing.design, weighing.n_more
    return Measured(
        method=method,
        answers=answers,
        design=design,
        n_more=n_more,
        figures=[EstimateFigure.of(row) for row in publications.estimates(db, facts.id)],
        level=facts.level,
        rules=QualityRules(**facts.quality_rules),
    )
