"""The main job's result as a table for the terminal."""

from collections.abc import Iterator

from app.queries.publications import EstimateRow
from app.services.results import Results


def lines(results: Results) -> Iterator[str]:
    """Write overall and components, one line each, with interval, n and target, in percent."""
    facts = results.facts
    yield f"{facts.round.name_en}: {facts.round.code}"
    yield "DỮ LIỆU MÔ PHỎNG / SIMULATED DATA"
    yield ""
    yield f"{'':46}{'satisfied':>10}  {'95 % interval':>15}{'n':>7}{'df':>6}{'target':>9}"
    method = results.method
    shown = {
        row.node: row
        for row in results.estimates
        if row.domain_kind == "" and row.measure in ("satisfied", "value")
    }
    for code in (method.index, *method.components):
        title = method.node(code).title["en"]
        yield _line(title, shown[code])


def _line(title: str, row: EstimateRow) -> str:
    value, low, high = (_percent(share) for share in (row.value, row.low, row.high))
    target = _percent(row.target) if row.target is not None else ""
    df = f"{row.df:.0f}" if row.df is not None else ""
    return f"{title[:45]:46}{value:>10}  {low + ' – ' + high:>15}{row.n or 0:>7}{df:>6}{target:>9}"


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share * 100:.1f}"
