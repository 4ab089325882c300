"""What can be offered for a round: margins the frame knows, the recommended recipe."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from app.errors import ConflictError
from app.models import ControlTotals, Round
from app.services import snapshots
from app.services.columns import PLACE, Columns
from app.services.weighting import cases, controls
from app.services.weighting.cases import Account, Gathered
from app.services.weighting.recipe import Recipe
from app.services.weighting.recommended import recommended

# Whole margins that are offered first: known of every dossier, and coarse enough for any sample.
USUAL = (f"{PLACE}field", f"{PLACE}commune_kind")


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """What there is to make weights of, as it is now.

    Attributes
    ----------
    answers : Columns
        The answers of the round.
    gathered : Gathered or None
        The cases; None for a sample that was not drawn here.
    """

    answers: Columns
    gathered: Gathered | None

    @property
    def account(self) -> Account | None:
        """What was found of the fieldwork."""
        return None if self.gathered is None else self.gathered.account

    @property
    def known(self) -> tuple[str, ...]:
        """Columns known of those without answers too, the stratum first."""
        if self.gathered is None:
            return ()
        return (self.answers.layout.stratum, *self.gathered.known)


def state_of(db: Session, round_: Round, var_dir: Path) -> State:
    """Read the answers and the cases of a sampled round as they are now.

    Raises
    ------
    ConflictError
        ``weights.not-a-sample``; ``round.no-answers``; ``frame.file-missing``,
        ``frame.file-changed``.
    """
    if round_.source != "sample":
        raise ConflictError("weights.not-a-sample", round=round_.code)
    made = snapshots.columns(db, round_)
    if made.rows.is_empty():
        raise ConflictError("round.no-answers", round=round_.code)
    return State(made, cases.gather(db, round_, made.rows, made.layout, var_dir))


def recommended_of(state: State, rows: Sequence[ControlTotals]) -> Recipe:
    """Put the recommended recipe together."""
    account = state.account
    return recommended(
        state.answers.rows,
        state.answers.layout,
        [controls.of_row(row) for row in rows],
        has_unknown=account is not None and account.outcomes.get("unknown", 0) > 0,
        has_cases=state.gathered is not None and len(state.gathered.table) > 0,
    )


def recommended_for(db: Session, round_: Round, var_dir: Path) -> Recipe:
    """Recommend a recipe for a round as it is now."""
    return recommended_of(state_of(db, round_, var_dir), controls.listed(db, round_.id))


def count_frame(
    db: Session,
    round_: Round,
    columns: Sequence[str],
    *,
    var_dir: Path,
    actor: str,
    now: datetime,
    name: str = "",
) -> ControlTotals:
    """Count the frame by some columns and keep that as control totals.

    Parameters
    ----------
    columns : sequence of str
        Of the snapshot; the beginning ``place.`` may be left out.

    Raises
    ------
    ConflictError
        ``control.not-of-frame``, ``control.frame-blank``, ``control.set-aside``.
    """
    state = state_of(db, round_, var_dir)
    wanted = [one if one.startswith(PLACE) else PLACE + one for one in columns]
    if state.account is None:
        raise ConflictError("control.not-of-frame", column=", ".join(columns))
    title = name or " × ".join(one.removeprefix(PLACE) for one in wanted)
    counted = controls.of_frame(db, round_, wanted, state.account, title, var_dir)
    return controls.add(db, round_.id, counted, actor=actor, now=now)
