"""Published figures of a round, arranged for reading: one object for page, file and terminal.

Nothing is estimated here. Every number is a published row, word for word.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.index.method import Method, Node, Operation
from app.errors import NotFoundError
from app.models import InstrumentVersion, MethodVersion
from app.queries import publications
from app.queries.publications import EstimateRow, PublicationFacts, TallyRow, Target
from app.services import instruments
from surveys.instrument.model import Instrument

WHOLE = ("", "")
"""Domain kind and code of the whole population."""

_SHARES = {
    Operation.POOLED_TOP_BOX,
    Operation.MEAN_TOP_BOX,
    Operation.ALL_ITEMS_TOP_BOX,
    Operation.TOP_BOX,
    Operation.OPTION_SHARE,
    Operation.SCALED_MEAN,
}
_LIKE_ITS_BRANCHES = {
    Operation.MEAN,
    Operation.WEIGHTED_MEAN,
    Operation.DEDUCT,
    Operation.CHANGE,
    Operation.CAP,
    Operation.FLOOR,
}


class Quantity(StrEnum):
    """In what a node is counted, and so how its value is written."""

    SHARE = "share"
    SCORE = "score"
    POINTS = "points"


class Standing(StrEnum):
    """Where an estimate stands against its target, given its uncertainty."""

    REACHED = "reached"
    MISSED = "missed"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Domain:
    """A part of the population, e.g. a commune; kind and code are empty for the whole."""

    kind: str
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Figure:
    """What was estimated about one node in one domain.

    ``neutral`` and ``dissatisfied`` stand beside nodes that are shares of satisfied answers.
    """

    node: Node
    quantity: Quantity
    domain: Domain
    main: EstimateRow
    neutral: EstimateRow | None = None
    dissatisfied: EstimateRow | None = None

    @property
    def standing(self) -> Standing | None:
        """Against the target; None without target, value or interval."""
        row = self.main
        if row.target is None or row.low is None or row.high is None:
            return None
        if row.low >= row.target:
            return Standing.REACHED
        return Standing.MISSED if row.high < row.target else Standing.UNDECIDED


@dataclass(frozen=True, slots=True)
class Count:
    """What was counted about one node, or about one item (then `node` is None), in one group."""

    node: Node | None
    quantity: Quantity
    domain: Domain
    row: TallyRow


@dataclass(frozen=True, slots=True, eq=False)
class Figures:
    """Figures of one round, with the method and the questionnaire they are figures of.

    Attributes
    ----------
    source : str
        ``"sample"`` or ``"open"``.
    level : float
        Confidence level of intervals, between 0 and 1.
    estimates : tuple of EstimateRow
        Rows of a sampled round, in published order; empty for self-selected answers.
    tallies : tuple of TallyRow
        Rows of a round of self-selected answers; empty for a sampled round.
    """

    source: str
    level: float
    method: Method
    instrument: Instrument
    estimates: tuple[EstimateRow, ...]
    tallies: tuple[TallyRow, ...]

    @property
    def is_sample(self) -> bool:
        """Whether the figures are estimates from a probability sample."""
        return self.source == "sample"

    @property
    def rows(self) -> Sequence[EstimateRow | TallyRow]:
        """Every row."""
        return self.estimates if self.is_sample else self.tallies

    @property
    def kinds(self) -> tuple[str, ...]:
        """Kinds of domains there are figures for, in published order, without the whole."""
        return tuple(dict.fromkeys(row.domain_kind for row in self.rows if row.domain_kind))

    def domains(self, kind: str) -> tuple[Domain, ...]:
        """Return the domains of a kind, in published order."""
        found = (
            Domain(row.domain_kind, row.domain_code, row.domain_name)
            for row in self.rows
            if row.domain_kind == kind
        )
        return tuple(dict.fromkeys(found))

    def figures(
        self, kind: str = "", code: str | None = None, nodes: Sequence[str] | None = None
    ) -> tuple[Figure, ...]:
        """Gather the estimates of a kind of domain: by domain, then in the order of the method.

        Parameters
        ----------
        kind : str
            Empty for the whole population.
        code : str, optional
            Only this domain of the kind.
        nodes : sequence of str, optional
            Only these nodes, in this order.
        """
        by_key: dict[tuple[str, str], dict[str, EstimateRow]] = {}
        for row in self.estimates:
            if row.domain_kind == kind and code in (None, row.domain_code):
                by_key.setdefault((row.domain_code, row.node), {})[row.measure] = row
        wanted = [node.code for node in self.method.nodes] if nodes is None else nodes
        found = []
        for domain in dict.fromkeys(code for code, _ in by_key):
            for node in wanted:
                measures = by_key.get((domain, node))
                if measures:
                    found.append(self._figure(node, measures))
        return tuple(found)

    def figure(self, node: str, kind: str = "", code: str = "") -> Figure | None:
        """Find the figure of one node in one domain."""
        return next(iter(self.figures(kind, code, (node,))), None)

    def counts(
        self, kind: str = "", code: str | None = None, *, of_nodes: bool = True
    ) -> tuple[Count, ...]:
        """Gather the tallies of a kind of group, of nodes or of items, in published order."""
        return tuple(
            Count(
                node=self.method.node(row.subject) if row.is_node else None,
                quantity=quantity(self.method, row.subject) if row.is_node else Quantity.SHARE,
                domain=Domain(row.domain_kind, row.domain_code, row.domain_name),
                row=row,
            )
            for row in self.tallies
            if row.domain_kind == kind
            and code in (None, row.domain_code)
            and row.is_node == of_nodes
        )

    def _figure(self, node: str, measures: dict[str, EstimateRow]) -> Figure:
        main = measures.get("satisfied") or measures["value"]
        return Figure(
            node=self.method.node(node),
            quantity=quantity(self.method, node),
            domain=Domain(main.domain_kind, main.domain_code, main.domain_name),
            main=main,
            neutral=measures.get("neutral"),
            dissatisfied=measures.get("dissatisfied"),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Results(Figures):
    """Everything published about a round, or the part of it that somebody may see."""

    facts: PublicationFacts
    targets: tuple[Target, ...]


def open_results(
    db: Session,
    round_code: str,
    *,
    public_only: bool,
    number: int | None = None,
    scope: Sequence[tuple[str, str]] | None = None,
) -> Results:
    """Read what was published about a round.

    Parameters
    ----------
    public_only : bool
        Only what is shown to everyone.
    number : int, optional
        Which publication of the round; the newest without it.
    scope : sequence of (kind, code), optional
        Only these domains, e.g. the unit of a unit viewer.

    Raises
    ------
    NotFoundError
        ``publication.unknown``: there is none that this reader may see.
    """
    facts = publications.of_round(db, round_code, public_only=public_only, number=number)
    if facts is None:
        raise NotFoundError("publication.unknown", round=round_code)
    method, instrument = rule_of(db, facts)
    is_sample = facts.round.source == "sample"
    return Results(
        source=facts.round.source,
        level=facts.level,
        method=method,
        instrument=instrument,
        facts=facts,
        targets=publications.targets(db, facts.round.id),
        estimates=publications.estimates(db, facts.id, scope) if is_sample else (),
        tallies=() if is_sample else publications.tallies(db, facts.id, scope),
    )


def rule_of(db: Session, facts: PublicationFacts) -> tuple[Method, Instrument]:
    """Return the method and the questionnaire that a publication names."""
    instrument_version = db.scalars(
        select(InstrumentVersion).where(InstrumentVersion.content_hash == facts.instrument_hash)
    ).one()
    method_version = db.scalars(
        select(MethodVersion).where(MethodVersion.content_hash == facts.method_hash)
    ).one()
    instrument = instruments.instrument_of(instrument_version)
    return instruments.method_of(method_version, instrument), instrument


def quantity(method: Method, code: str) -> Quantity:
    """Tell in what a node of a method is counted."""
    node = method.node(code)
    if node.given is not None:
        return Quantity(node.given.unit)
    if node.operation in _SHARES or node.is_relative:
        return Quantity.SHARE
    if node.operation is Operation.MEAN_SCORE:
        return Quantity.SCORE
    if node.operation in _LIKE_ITS_BRANCHES:
        branches = {quantity(method, branch) for branch in node.of}
        if len(branches) == 1:
            return branches.pop()
    return Quantity.POINTS
