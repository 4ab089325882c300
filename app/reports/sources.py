"""Everything a report is made from, read once."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from app.queries import cases, draws, findings, series, weights
from app.queries.draws import DrawShown
from app.queries.findings import ChangeRow, Findings
from app.queries.series import Place
from app.queries.weights import SetShown
from app.reports.sentences_changes import Earlier, comparable
from app.services import results
from app.services.cases import rules
from app.services.cases.outcomes import rates_of
from app.services.results import Results
from surveys.fieldwork.rates import OutcomeRates


@dataclass(frozen=True, slots=True)
class Fieldwork:
    """A draw whose cases were worked on, and what became of them."""

    draw: DrawShown
    n_cases: int
    rates: OutcomeRates | None


@dataclass(frozen=True, slots=True)
class Source:
    """What a report is made from.

    Attributes
    ----------
    places : mapping of str to Place
        Communes of the round's time by code.
    fieldwork : tuple of Fieldwork
        Draws that count, oldest first; empty for answers that came from elsewhere.
    findings : Findings
        Ranks, verdicts, changes and drivers frozen with the publication, if it has any.
    weight_set : SetShown, optional
        None if answers count by their base weights.
    """

    results: Results
    earlier: Earlier
    places: Mapping[str, Place]
    fieldwork: tuple[Fieldwork, ...]
    findings: Findings
    weight_set: SetShown | None


def read(db: Session, round_code: str, number: int | None = None) -> Source:
    """Read a publication of a round, the round before, and the draws behind it.

    Raises
    ------
    NotFoundError
        ``publication.unknown``.
    """
    found = results.open_results(db, round_code, public_only=False, number=number)
    facts = found.facts
    return Source(
        results=found,
        earlier=earlier_of(db, found, public_only=False),
        places=series.communes(db, facts.round.opens_on, facts.round.closes_on),
        fieldwork=tuple(_fieldwork(db, round_code)),
        findings=findings.findings(db, facts.id),
        weight_set=None
        if facts.weight_set_number is None
        else weights.set_(db, round_code, facts.weight_set_number),
    )


def earlier_of(db: Session, found: Results, *, public_only: bool) -> Earlier:
    """Read the sampled round before, and whether it can be compared."""
    if not found.is_sample:
        return Earlier(None)
    before = series.before(db, found.facts, public_only=public_only)
    if before is None:
        return Earlier(None)
    opened = results.open_results(
        db, before.round.code, public_only=public_only, number=before.number
    )
    return replace(comparable(found, opened), rows=_changes(db, found, opened))


def _changes(
    db: Session, found: Results, opened: Results
) -> Mapping[tuple[str, str, str], ChangeRow]:
    """Read the changes that were frozen, if they are counted from the same publication."""
    frozen = findings.findings(db, found.facts.id)
    basis = frozen.bases.get("changes", {})
    if basis.get("earlier") != opened.facts.id:
        return {}
    return {(row.node, row.domain_kind, row.domain_code): row for row in frozen.changes}


def _fieldwork(db: Session, round_code: str) -> list[Fieldwork]:
    made = []
    for draw in draws.of_round(db, round_code):
        if draw.state != "drawn" or draw.replaced_by is not None:
            continue
        shown = cases.draw_cases(db, draw.id)
        tallies = cases.tallies(db, draw.id)
        share = rules.rule_of(db, shown.round_id).eligible_share
        groups = rates_of(tallies, shown.kind, e=share) if tallies else ()
        whole = next(iter(groups), None)
        made.append(Fieldwork(draw, shown.n_given_out, None if whole is None else whole.unweighted))
    return made
