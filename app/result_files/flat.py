"""Published figures as one flat table for programs: every row, in full precision."""

from collections.abc import Iterator

from app.queries.publications import EstimateRow, TallyRow
from app.result_files import words
from app.services.exports.csv_file import Value
from app.services.results import Results

HEADER = (
    "round", "publication", "simulated", "source", "domain_kind", "domain_code", "domain_name",
    "subject", "is_node", "title", "measure", "value", "standard_error", "low", "high", "level",
    "interval_method", "n", "effective_n", "df", "design_effect", "target", "n_ratings",
    "satisfied", "neutral", "dissatisfied", "suppressed", "notes", "snapshot_hash",
)  # fmt: skip


def rows(results: Results, language: str) -> Iterator[tuple[Value, ...]]:
    """Yield every published row under `HEADER`, in full precision."""
    facts = results.facts
    for row in results.rows:
        given: dict[str, Value] = {
            "round": facts.round.code,
            "publication": facts.number,
            "simulated": facts.round.simulated,
            "source": facts.round.source,
            "domain_kind": row.domain_kind,
            "domain_code": row.domain_code,
            "domain_name": words.domain(row, results, language),
            "title": words.title(row, results, language),
            "n": row.n,
            "value": row.value,
            "suppressed": row.suppressed,
            "notes": " ".join(row.notes),
            "snapshot_hash": facts.snapshot_hash,
        }
        given |= _of_estimate(row, facts.level) if isinstance(row, EstimateRow) else _of_tally(row)
        yield tuple(given.get(name) for name in HEADER)


def _of_estimate(row: EstimateRow, level: float) -> dict[str, Value]:
    return {
        "subject": row.node,
        "is_node": True,
        "measure": row.measure,
        "standard_error": row.standard_error,
        "low": row.low,
        "high": row.high,
        "level": level,
        "interval_method": row.interval_method,
        "effective_n": row.effective_n,
        "df": row.df,
        "design_effect": row.design_effect,
        "target": row.target,
    }


def _of_tally(row: TallyRow) -> dict[str, Value]:
    return {
        "subject": row.subject,
        "is_node": row.is_node,
        "measure": "value",
        "n_ratings": row.n_ratings,
        "satisfied": row.satisfied,
        "neutral": row.neutral,
        "dissatisfied": row.dissatisfied,
    }
