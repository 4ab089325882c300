"""What the office does with weights: each a transaction of its own, by the round's code."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.index.evaluate import NodeEstimate, evaluate
from analysis.index.layout import main_measure
from analysis.index.method import Method
from app.errors import ConflictError, NotFoundError
from app.models import Round, WeightSet
from app.services import instruments, snapshots
from app.services.imports import uploads
from app.services.weighting import control_file, controls, offers, sets, vocabulary
from app.services.weighting.control_file import ReadControls
from app.services.weighting.controls import Control, Finding
from app.services.weighting.offers import State
from app.services.weighting.recipe import Recipe
from app.services.weighting.rows import padded
from app.services.weighting.vocabulary import Vocabulary

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Desk:
    """What there is to make weights of a round.

    Attributes
    ----------
    findings : tuple of tuple of Finding
        Of each of the control totals that are offered, in their order.
    apart : tuple of (Control, Control, float) or None
        Two that disagree.
    """

    state: State
    vocabulary: Vocabulary
    controls: tuple[Control, ...]
    findings: tuple[tuple[Finding, ...], ...]
    apart: tuple[Control, Control, float] | None
    recommended: Recipe


@dataclass(frozen=True, slots=True)
class Compared:
    """What two sets of weights make of the same answers.

    Attributes
    ----------
    nodes : tuple of str
        Index and components; ``first`` and ``second`` hold their estimates in this order.
    smallest, median, largest : float
        Of the second weights over the first.
    correlation : float
    """

    nodes: tuple[str, ...]
    first: tuple[NodeEstimate, ...]
    second: tuple[NodeEstimate, ...]
    smallest: float
    median: float
    largest: float
    correlation: float


def round_of(db: Session, code: str) -> Round:
    """Find a round.

    Raises
    ------
    NotFoundError
        ``round.unknown``.
    """
    found = db.scalar(select(Round).where(Round.code == code))
    if found is None:
        raise NotFoundError("round.unknown", round=code)
    return found


def desk_of(db: Session, code: str, var_dir: Path) -> Desk:
    """Gather what there is for a sampled round.

    Raises
    ------
    NotFoundError
        ``round.unknown``.
    ConflictError
        As `offers.state_of`.
    """
    round_ = round_of(db, code)
    state = offers.state_of(db, round_, var_dir)
    rows = controls.listed(db, round_.id)
    known = tuple(controls.of_row(row) for row in rows)
    answers = state.answers
    return Desk(
        state=state,
        vocabulary=vocabulary.of_round(db, round_),
        controls=known,
        findings=tuple(controls.check(one, answers.rows, answers.layout) for one in known),
        apart=controls.disagreeing(known),
        recommended=offers.recommended_of(state, rows),
    )


def vocabulary_of(db: Session, code: str) -> Vocabulary:
    """Read what answers of a round can be told apart by.

    Raises
    ------
    ConflictError
        ``weights.not-a-sample``.
    """
    round_ = round_of(db, code)
    if round_.source != "sample":
        raise ConflictError("weights.not-a-sample", round=code)
    return vocabulary.of_round(db, round_)


def method_of(db: Session, code: str) -> Method:
    """Read the rule of a round."""
    round_ = round_of(db, code)
    instrument = instruments.instrument_of(round_.instrument_version)
    return instruments.method_of(round_.method_version, instrument)


def check_control(
    db: Session, code: str, content_hash: str
) -> tuple[tuple[tuple[Finding, Control], ...], Vocabulary]:
    """Hold control totals against the answers as they are."""
    words = vocabulary_of(db, code)
    round_ = round_of(db, code)
    (found,) = controls.by_hash(db, round_.id, [content_hash]).values()
    findings = controls.check(found, words.answers.rows, words.answers.layout)
    return tuple((finding, found) for finding in findings), words


def take_file(
    db: Session,
    code: str,
    path: Path,
    *,
    name: str,
    file_name: str,
    counted: str,
    actor: str,
    now: datetime,
) -> tuple[int, ReadControls]:
    """Read control totals from a file and keep them; their number.

    Raises
    ------
    FileRefusedError, ControlsRefusedError
    ConflictError
        As `controls.add`.
    """
    round_ = round_of(db, code)
    words = vocabulary.of_round(db, round_)
    read = control_file.read_controls(path, words, name=name, counted=counted)
    row = controls.add(
        db, round_.id, read.control, actor=actor, now=now,
        file=(file_name, uploads.hash_of(path)),
    )  # fmt: skip
    return row.number, read


def take_frame(
    db: Session,
    code: str,
    columns: Sequence[str],
    *,
    name: str,
    var_dir: Path,
    actor: str,
    now: datetime,
) -> int:
    """Count the frame by columns and keep that; the number of the control totals."""
    row = offers.count_frame(
        db, round_of(db, code), columns, var_dir=var_dir, actor=actor, now=now, name=name
    )
    return row.number


def set_aside(db: Session, code: str, number: int, *, actor: str, now: datetime) -> None:
    """Offer control totals no longer."""
    controls.set_aside(db, round_of(db, code).id, number, actor=actor, now=now)


def compare(db: Session, code: str, first: int, second: int, var_dir: Path) -> Compared | None:
    """Work index and components out by two sets of weights; None if their answers differ.

    Raises
    ------
    NotFoundError
        ``weights.unknown``.
    """
    one, other = sets.find(db, code, first), sets.find(db, code, second)
    if one.snapshot_id != other.snapshot_id:
        return None
    nodes, ours, weight = _figures(db, one, var_dir)
    _nodes, theirs, against = _figures(db, other, var_dir)
    ratio = against / weight
    return Compared(
        nodes=nodes,
        first=ours,
        second=theirs,
        smallest=float(ratio.min()),
        median=float(np.median(ratio)),
        largest=float(ratio.max()),
        correlation=_correlation(weight, against),
    )


def _correlation(one: Values, other: Values) -> float:
    if one.std() == 0 or other.std() == 0:
        return 1.0
    return float(np.corrcoef(one, other)[0, 1])


def _figures(
    db: Session, found: WeightSet, var_dir: Path
) -> tuple[tuple[str, ...], tuple[NodeEstimate, ...], Values]:
    chain = sets.chain_of(db, found, var_dir)
    round_ = found.round
    instrument = instruments.instrument_of(round_.instrument_version)
    method = instruments.method_of(round_.method_version, instrument)
    snapshot = snapshots.read(found.snapshot.file_name, found.snapshot.content_hash, var_dir)
    answers = snapshot.sampled()
    columns = {item: padded(answers.columns[item], chain.rows.n_more) for item in method.items}
    nodes = (method.index, *method.components)
    estimates = {
        (one.node, one.measure): one
        for one in evaluate(method, columns, chain.design, {}, round_.level)
    }
    chosen = tuple(estimates[node, main_measure(method.node(node), method)] for node in nodes)
    return nodes, chosen, chain.weight[: chain.rows.n_answers]
