"""Everything that is needed to work a publication out again, in one signed archive.

It holds what the program's own archive of plan and data holds (`app.services.exports.
recomputation`), the same rows and rules as plain tables, two scripts that make the published table
of them, one in Python and one in R, and the papers of the draws.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from analysis.index.method import Method
from app.models import Draw, WeightSet
from app.queries import draws
from app.queries.publications import PublicationFacts
from app.services import instruments, results
from app.services.draws.announce import find
from app.services.draws.statement import statement_of
from app.services.exports import recomputation
from app.services.replication import tables
from app.services.weighting import sets
from app.services.weighting.final import weighted_rows

_HERE: Final = Path(__file__).parent
SCRIPTS: Final = ("recompute.py", "components.py", "intervals.py", "recompute.R")
_PACKAGE: Final = "app.services.replication."


def files(
    db: Session, facts: PublicationFacts, var_dir: Path, explanation: str
) -> dict[str, bytes]:
    """Gather the files of a bundle by their names.

    Parameters
    ----------
    explanation : str
        What the archive is and how to use it, for people.

    Raises
    ------
    ConflictError
        ``publication.not-a-sample``.
    SnapshotDamagedError, WeightsDamagedError
        A file is missing or changed.
    """
    found = recomputation.files(db, facts, var_dir, explanation)
    method, instrument = results.rule_of(db, facts)
    scales = instruments.item_scales(instrument)
    found |= {
        **_rows(db, facts, var_dir),
        "items.csv": tables.items(scales, method.items),
        "nodes.csv": tables.nodes(method, instrument.languages[0]),
        **_given(method),
        "settings.csv": tables.settings(_settings(facts)),
        **{name: script(name) for name in SCRIPTS},
        **_draws(db, facts),
    }
    return found


def script(name: str) -> bytes:
    """Read a script as it stands alone, its parts beside it."""
    return (_HERE / name).read_text(encoding="utf-8").replace(_PACKAGE, "").encode()


def _rows(db: Session, facts: PublicationFacts, var_dir: Path) -> dict[str, bytes]:
    """Write the answers with their weights; with a set of weights, the other cases too."""
    if facts.weight_set_id is None:
        weighted = weighted_rows(db, facts, var_dir)
        weight = weighted.rows[weighted.final].to_numpy()
        return {"rows.csv": tables.rows(weighted.rows, weighted.layout, weight)}
    chain = sets.chain_of(db, db.get_one(WeightSet, facts.weight_set_id), var_dir)
    frame, layout, n_answers = chain.rows.frame, chain.rows.layout, chain.rows.n_answers
    more = frame.slice(n_answers).select(layout.stratum, layout.psu)
    found = {"rows.csv": tables.rows(frame.head(n_answers), layout, chain.weight, more)}
    auxiliary = tables.auxiliary(chain.design.calibrations, chain.weight)
    return found | ({} if auxiliary is None else {"auxiliary.csv": auxiliary})


def _given(method: Method) -> dict[str, bytes]:
    """Write the values a method gives, if any."""
    written = tables.given(method)
    return {} if written is None else {"given.csv": written}


def _settings(facts: PublicationFacts) -> Mapping[str, object]:
    return {
        "level": repr(facts.level),
        "round": facts.round.code,
        "publication": facts.number,
        "snapshot": facts.snapshot_hash,
        "method": facts.method_hash,
        "instrument": facts.instrument_hash,
        "weights": facts.weights_hash or "",
        "code_version": facts.code_version,
    }


def _draws(db: Session, facts: PublicationFacts) -> dict[str, bytes]:
    """Add the signed statements of the draws of the round: seed, plan, hash of the frame."""
    found: dict[str, bytes] = {}
    for shown in draws.of_round(db, facts.round.code):
        if shown.state != "drawn":
            continue
        draw: Draw = find(db, shown.id)
        name = f"draw-{shown.number}"
        found[f"{name}.json"] = statement_of(draw)
        found[f"{name}.sig.txt"] = (shown.signature or b"").hex().encode()
        found[f"{name}.key.txt"] = (shown.public_key or b"").hex().encode()
        found[f"{name}.plan.toml"] = shown.plan_text.encode()
        found[f"{name}.seed.txt"] = (shown.seed_text or "").encode()
    return found
