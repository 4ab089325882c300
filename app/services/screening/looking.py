"""From the answers of a round to findings: everything is read here, nothing is changed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from analysis.answers import Column
from analysis.index.method import Method
from analysis.screening.dossiers import screen_closing_days, screen_response
from analysis.screening.finding import Finding, Rules
from analysis.screening.findings import Looked, screen
from analysis.screening.sensitivity import Rated
from analysis.snapshot import Snapshot, Source
from app.models import Round
from app.queries import coverage, domains
from app.queries.coverage import ClosingDay, ScreenedRow
from app.services import instruments, snapshots
from app.services.columns import columns_of
from surveys.instrument.model import Instrument, Kind

ALL_CHANNELS: Final = "all"
STEPS: Final = ("reading", "comparing", "keeping")


@dataclass(frozen=True, slots=True)
class CentreFinding:
    """A finding with the centre and channel it is about."""

    centre_id: int
    channel: str
    finding: Finding


@dataclass(frozen=True, slots=True)
class Seen:
    """What a screening looked at, and what it found.

    Attributes
    ----------
    n_answers : int
    basis : dict
        By what rules, for the record.
    """

    n_answers: int
    basis: dict[str, Any]
    findings: tuple[CentreFinding, ...]


def look(db: Session, round_: Round, code_version: str, told: Callable[[str], None]) -> Seen:
    """Screen a round as it is now.

    Parameters
    ----------
    told : callable
        Called with the name of each step, one of `STEPS`.
    """
    told("reading")
    rows = coverage.screened_rows(db, round_.id)
    days = coverage.closing_days(db, round_.id)
    instrument = instruments.instrument_of(round_.instrument_version)
    method = instruments.method_of(round_.method_version, instrument)
    columns = _columns(db, round_, instrument, rows)
    told("comparing")
    rules = Rules()
    centres = sorted({row.centre_id for row in rows if row.centre_id} | {d.centre_id for d in days})
    place = {centre: k for k, centre in enumerate(centres)}
    answers = _Answers(method, instrument, rows, columns, place, round_.source == Source.OPEN)
    found: list[CentreFinding] = []
    for channel in sorted({row.mode for row in rows}):
        here = answers.of_channel(channel)
        found += [
            CentreFinding(centres[each.unit], channel, each)
            for each in screen(method, here, rules)
        ]  # fmt: skip
    if days:
        rate = answers.rates()
        found += [
            CentreFinding(centres[each.unit], ALL_CHANNELS, each)
            for each in _of_dossiers(days, place, rate, rules)
        ]
    basis = {
        "node": method.index,
        "level": rules.level,
        "min_n": rules.min_n,
        "min_found": rules.min_found,
        "code_version": code_version,
        "n_without_centre": sum(row.centre_id is None for row in rows),
    }
    return Seen(len(rows), basis, tuple(found))


def _columns(
    db: Session, round_: Round, instrument: Instrument, rows: Sequence[ScreenedRow]
) -> dict[str, Column]:
    """Turn answers into columns as a snapshot would, in the order of the rows."""
    places = domains.places(db, round_.opens_on, round_.closes_on)
    source = Source(round_.source)
    made = columns_of([row.answer for row in rows], instrument, places.commune_kind, source, {})
    read = Snapshot(snapshots.NOWHERE, made.layout, made.rows, "")
    answers = read.open() if source is Source.OPEN else read.sampled()
    return dict(answers.columns)


@dataclass(frozen=True, slots=True, eq=False)
class _Answers:
    """All answers of a round; channels are cut out of them."""

    method: Method
    instrument: Instrument
    rows: Sequence[ScreenedRow]
    columns: dict[str, Column]
    place: dict[int, int]
    knows_days: bool

    def of_channel(self, channel: str) -> Looked:
        """Cut out the answers of one channel."""
        chosen = np.array([row.mode == channel for row in self.rows])
        rows = [row for row in self.rows if row.mode == channel]
        number = next((i.code for i in self.instrument.items if i.kind is Kind.INTEGER), None)
        columns = {item: column[chosen] for item, column in self.columns.items()}
        # A batch of answers with codes has one day for all of them, see docs/privacy.md.
        day = [row.answered_on.toordinal() for row in rows] if self.knows_days else None
        return Looked(
            unit=self._unit(rows),
            n_units=len(self.place),
            columns=columns,
            weight=_weight(rows),
            day=None if day is None else np.array(day, dtype=np.int64),
            number=None if number is None else columns[number].astype(np.float64),
        )

    def rates(self) -> NDArray[np.float64]:
        """Work out the index of each centre over all channels."""
        if not self.rows:
            return np.full(len(self.place), np.nan)
        rated = Rated.of(self.method, self.columns, _weight(self.rows))
        return rated.rates(self._unit(self.rows), len(self.place), np.ones(len(self.rows)))

    def _unit(self, rows: Sequence[ScreenedRow]) -> NDArray[np.int64]:
        return np.array(
            [self.place.get(row.centre_id or 0, -1) for row in rows], dtype=np.int64
        )  # fmt: skip


def _weight(rows: Sequence[ScreenedRow]) -> NDArray[np.float64]:
    weights = [1.0 if row.answer.base_weight is None else row.answer.base_weight for row in rows]
    return np.array(weights, dtype=np.float64)


def _of_dossiers(
    days: Sequence[ClosingDay],
    place: dict[int, int],
    rate: NDArray[np.float64],
    rules: Rules,
) -> tuple[Finding, ...]:
    first = min(each.closed_on for each in days).toordinal()
    n_days = max(each.closed_on for each in days).toordinal() - first + 1
    answers = np.zeros((len(place), n_days), dtype=np.int64)
    dossiers = np.zeros_like(answers)
    for each in days:
        where = place[each.centre_id], each.closed_on.toordinal() - first
        answers[where], dossiers[where] = each.n_answers, each.n_dossiers
    return (
        *screen_response(answers.sum(axis=1), dossiers.sum(axis=1), rate, rules),
        *screen_closing_days(answers, dossiers, rate, first, rules),
    )
