"""A round counted again on other boundaries, and what keeps two rounds from being compared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy.orm import Session

from analysis.answers import Column
from analysis.boundaries import Way, common_areas, onward, recoded
from analysis.design import Design
from analysis.index.evaluate import NodeEstimate, evaluate
from analysis.index.method import Method
from analysis.quality import Judged, QualityRules, covered, judge_all
from analysis.suppression import Cell, protect
from app.queries import publications
from app.queries.boundaries import Boundaries
from app.queries.publications import EstimateRow, PublicationFacts, RoundFacts
from app.services import publishing, snapshots
from app.services.columns import domain_kind
from app.services.figures import EstimateFigure, estimate_figure
from app.services.weighting.rows import padded
from surveys.instrument.model import Instrument

COMMUNE = "commune"
_BEFORE = "commune before"
"""Kind of domain of the communes as they were, beside those they are counted in."""


@dataclass(frozen=True, slots=True)
class Outlines:
    """Where the people of a round's communes are counted.

    Attributes
    ----------
    unit : mapping of str to str
        Commune of that time → commune or area it is counted in.
    approximate : frozenset of str
        Communes of today whose people are not exactly known.
    """

    unit: Mapping[str, str]
    approximate: frozenset[str] = frozenset()

    def parts(self, code: str) -> tuple[str, ...]:
        """Name the communes of that time that are counted in one of today."""
        return tuple(sorted(old for old, new in self.unit.items() if new == code))


@dataclass(frozen=True, slots=True, eq=False)
class WeightedAnswers:
    """The answers of a publication with the design they are estimated by.

    Attributes
    ----------
    columns : mapping of item code to column
    domains : mapping of domain kind to column
    design : Design
        With the weights of the publication; cases without answers keep their place in it.
    """

    columns: Mapping[str, Column]
    domains: Mapping[str, Column]
    design: Design


def weighted_answers(db: Session, facts: PublicationFacts, var_dir: Path) -> WeightedAnswers:
    """Read what a publication of a sampled round rests on.

    Raises
    ------
    SnapshotDamagedError, WeightsDamagedError
    """
    answers = snapshots.read(facts.snapshot_file, facts.snapshot_hash, var_dir).sampled()
    weighing = publishing.weighing_of(db, facts, var_dir)
    n_more = 0 if weighing is None else weighing.n_more
    return WeightedAnswers(
        {item: padded(column, n_more) for item, column in answers.columns.items()},
        {domain_kind(name): padded(codes, n_more) for name, codes in answers.domains.items()},
        Design.from_answers(answers) if weighing is None else weighing.design,
    )


def to_new(boundaries: Boundaries) -> Outlines:
    """Count every commune in the one that followed it."""
    found = onward(boundaries.ways, boundaries.unchanged)
    return Outlines(found.unit, found.approximate)


def to_areas(of_rounds: Sequence[Boundaries]) -> tuple[tuple[Outlines, ...], Mapping[str, str]]:
    """Count the communes of several rounds in areas that are the same in all of them.

    Returns
    -------
    tuple of Outlines
        As the rounds.
    mapping of str to str
        Commune of the newest round → its area.
    """
    ways = [
        Way(f"{number}:{way.before}", way.after, way.is_whole, way.is_main)
        for number, boundaries in enumerate(of_rounds)
        for way in (*boundaries.ways, *(Way(code, code) for code in boundaries.unchanged))
    ]
    areas = common_areas(ways)
    outlines = tuple(
        Outlines(
            {
                code.partition(":")[2]: area
                for code, area in areas.before.items()
                if code.startswith(f"{number}:")
            }
        )
        for number in range(len(of_rounds))
    )
    return outlines, areas.after


def recount(
    db: Session, facts: PublicationFacts, method: Method, outlines: Outlines, var_dir: Path
) -> tuple[EstimateRow, ...]:
    """Estimate a published round by other communes, from its answers and its weights.

    What is kept back is chosen so that, together with what was published on the communes of that
    time, nobody is a whole minus the rest. The names of domains are left empty.

    Raises
    ------
    SnapshotDamagedError, WeightsDamagedError
    """
    weighted = weighted_answers(db, facts, var_dir)
    rows = publications.estimates(db, facts.id)
    told = frozenset(
        (row.node, row.domain_kind, row.domain_code) for row in rows if row.n is not None
    )
    rules = QualityRules(**facts.quality_rules)
    figures = _recounted(weighted, method, outlines, facts.level)
    judged = _judged(figures, rules, outlines, told, method)
    return tuple(_row(estimate_figure(one.figure, one.verdict)) for one in judged)


def _recounted(
    weighted: WeightedAnswers, method: Method, outlines: Outlines, level: float
) -> tuple[NodeEstimate, ...]:
    """Estimate the whole, the communes as they were, and those they are counted in."""
    column = weighted.domains[COMMUNE]
    domains = {_BEFORE: column, COMMUNE: recoded(column, outlines.unit)}
    return evaluate(method, weighted.columns, weighted.design, domains, level)


def _judged(
    figures: Sequence[NodeEstimate],
    rules: QualityRules,
    outlines: Outlines,
    told: frozenset[tuple[str, str, str]],
    method: Method,
) -> tuple[Judged, ...]:
    """Judge figures on other boundaries beside those that were published.

    What was published cannot be taken back. Where the rules ask for a published commune as
    company, the one it is counted in is masked instead, until they ask for none.
    """
    items = {node.code: method.leaf_items(node.code) for node in method.nodes}
    new = [one for one in figures if one.domain_kind == COMMUNE]
    judged = list(judge_all(new, rules, {}, items))
    groups: dict[tuple[str, str, str], list[int]] = {}
    for place, one in enumerate(figures):
        groups.setdefault((one.node, one.domain_kind, one.domain_code), []).append(place)
    hidden = {
        (one.figure.node, one.figure.domain_code) for one in judged if one.verdict.n_shown is None
    }
    shown = {(one.figure.node, one.figure.domain_code) for one in judged if one.verdict.publishable}
    while True:
        cells = [
            _cell(figures[places[0]], key, told, hidden, shown, items)
            for key, places in groups.items()
        ]
        masked = protect(cells, {_BEFORE: outlines.unit}, rules.min_cell)
        asked = {
            _masked_instead(cells[place], outlines)
            for place in masked
            if not cells[place].is_masked and cells[place].kind
        } - hidden
        if not asked:
            break
        hidden |= asked
    return tuple(
        replace(one, verdict=covered(one.verdict))
        if (one.figure.node, one.figure.domain_code) in hidden and one.verdict.n_shown is not None
        else one
        for one in judged
    )


def _masked_instead(cell: Cell, outlines: Outlines) -> tuple[str, str]:
    code = outlines.unit.get(cell.code, "") if cell.kind == _BEFORE else cell.code
    return str(cell.subject), code


def _cell(
    figure: NodeEstimate,
    key: tuple[str, str, str],
    told: frozenset[tuple[str, str, str]],
    hidden: set[tuple[str, str]],
    shown: set[tuple[str, str]],
    items: Mapping[str, tuple[str, ...]],
) -> Cell:
    node, kind, code = key
    if kind == COMMUNE:
        is_masked, is_shown = (node, code) in hidden, (node, code) in shown - hidden
    else:
        was = (node, COMMUNE if kind == _BEFORE else kind, code) in told
        is_masked, is_shown = not was, was
    return Cell(
        subject=node,
        kind=kind,
        code=code,
        n=figure.estimate.n,
        is_masked=is_masked,
        is_shown=is_shown,
        items=frozenset(items[node]),
    )


def _row(figure: EstimateFigure) -> EstimateRow:
    values = {name: getattr(figure, name) for name in EstimateFigure.__dataclass_fields__}
    return EstimateRow(**values, domain_name="", target=None)


def breaks(
    earlier: tuple[Method, Instrument, RoundFacts],
    later: tuple[Method, Instrument, RoundFacts],
    *,
    node: str,
) -> tuple[str, ...]:
    """Say why one node of two rounds cannot be compared; nothing if it can."""
    found = []
    if _rule(earlier[0], node) != _rule(later[0], node):
        found.append("method")
    elif _wording(earlier, node) != _wording(later, node):
        found.append("questionnaire")
    if earlier[2].population != later[2].population:
        found.append("population")
    if earlier[2].source != later[2].source:
        found.append("source")
    return tuple(found)


def _rule(method: Method, code: str) -> object:
    """Return what a node is computed by, without what it is called or put into bands by."""
    if all(node.code != code for node in method.nodes):
        return None
    node = method.node(code)
    return (
        replace(node, code="", title={}, bands=(), of=()),
        tuple((item, method.scales[item]) for item in node.items),
        tuple(_rule(method, child) for child in node.of),
    )


def _wording(of: tuple[Method, Instrument, RoundFacts], node: str) -> object:
    """Return the words of the questions a node is about, in the first language."""
    method, instrument, _facts = of
    words = instrument.wording[instrument.languages[0]]
    return tuple((words.label(item), words.options.get(item)) for item in method.leaf_items(node))
