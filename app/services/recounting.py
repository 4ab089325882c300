"""A round counted again on other boundaries, and what keeps two rounds from being compared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from sqlalchemy.orm import Session

from analysis.answers import Column, SampledAnswers
from analysis.boundaries import Way, common_areas, onward, recoded
from analysis.design import Design
from analysis.index.evaluate import evaluate
from analysis.index.method import Method
from analysis.index.raters import raters
from analysis.overlaps import People
from analysis.quality import QualityRules, judge_all
from app.queries import publications
from app.queries.boundaries import Boundaries
from app.queries.publications import EstimateRow, PublicationFacts, RoundFacts
from app.services import publishing, snapshots
from app.services.columns import domain_kind
from app.services.comparability import same_population
from app.services.figures import EstimateFigure, estimate_figure, release_of
from app.services.weighting.rows import padded
from surveys.instrument.model import Instrument

COMMUNE = "commune"


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
    answers : SampledAnswers
        The answers alone.
    """

    columns: Mapping[str, Column]
    domains: Mapping[str, Column]
    design: Design
    answers: SampledAnswers

    @property
    def n_answers(self) -> int:
        """How many of the rows are answers; these come first."""
        return len(self.answers.base_weight)


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
        answers,
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
    units = recoded(weighted.domains[COMMUNE], outlines.unit)
    figures = [
        one
        for one in evaluate(
            method, weighted.columns, weighted.design, {COMMUNE: units}, facts.level
        )
        if one.domain_kind
    ]
    told = release_of(
        method,
        weighted.answers,
        [EstimateFigure.of(row) for row in publications.estimates(db, facts.id)],
        np.arange(weighted.n_answers),
    )
    people = People(
        {COMMUNE: units},
        raters(method, weighted.columns),
        np.arange(weighted.design.n),
        (told,),
    )
    given = QualityRules(**facts.quality_rules)
    rules = replace(given, audits_overlaps=True, audits_every_sum=True)
    items = {node.code: method.leaf_items(node.code) for node in method.nodes}
    judged = judge_all(figures, rules, {}, items, people, method.changes)
    return tuple(_row(estimate_figure(one.figure, one.verdict)) for one in judged)


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
    if not same_population(earlier[2].population, later[2].population):
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
