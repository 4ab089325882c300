"""What findings are made from: frozen figures, and the answers behind them."""

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.answers import Column, SampledAnswers
from analysis.design import Design
from analysis.index.method import Method
from analysis.index.together import Together, together
from analysis.quality import QualityRules
from app.services.columns import domain_kind
from app.services.figures import EstimateFigure
from app.services.weighting.rows import padded

MAIN = frozenset({"satisfied", "value"})
# Communes and their kinds are both places, but "ward" and "commune" do not compete.
_NOT_RANKED = frozenset({"commune_kind"})

Key = tuple[str, str, str]
"""Node, kind of domain, code of the domain."""


@dataclass(frozen=True, slots=True)
class Goal:
    """A target as it was set: a share, and where it was set."""

    value: float
    source: str


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """A round as it is published: its answers with their design, and its figures.

    Attributes
    ----------
    answers : SampledAnswers
    design : Design
        With the weights of the publication; cases without answers follow the answers.
    n_more : int
        How many these are.
    figures : sequence of EstimateFigure
        All that is published, suppressed ones included.
    """

    method: Method
    answers: SampledAnswers
    design: Design
    n_more: int
    figures: Sequence[EstimateFigure]
    level: float
    rules: QualityRules

    @property
    def nodes(self) -> tuple[str, ...]:
        """The index and its components."""
        return (self.method.index, *self.method.components)

    @property
    def kinds(self) -> tuple[str, ...]:
        """Every kind of domain, without the whole."""
        return tuple(domain_kind(column) for column in self.answers.domains)

    @property
    def ranked_kinds(self) -> tuple[str, ...]:
        """Kinds of units that may be ranked: places, not groups of people."""
        return tuple(
            domain_kind(column)
            for column in self.answers.domains
            if domain_kind(column) != column and domain_kind(column) not in _NOT_RANKED
        )

    def column(self, kind: str) -> Column | None:
        """Return the domain of every respondent; None for the whole."""
        if not kind:
            return None
        found = next(
            codes for column, codes in self.answers.domains.items() if domain_kind(column) == kind
        )
        return padded(found, self.n_more)

    @property
    def columns(self) -> dict[str, Column]:
        """Answers to every item, of everybody in the design."""
        return {item: padded(one, self.n_more) for item, one in self.answers.columns.items()}

    def reduced(self, kind: str) -> Together:
        """Reduce the answers by one kind of domain."""
        return together(self.method, self.columns, self.design, self.column(kind))

    def main(self) -> dict[Key, EstimateFigure]:
        """Return the main measure of every node in every domain."""
        return {
            (one.node, one.domain_kind, one.domain_code): one
            for one in self.figures
            if one.measure in MAIN
        }


@dataclass(frozen=True, slots=True, eq=False)
class Earlier:
    """The round before, if changes can be counted from it; else why not.

    Attributes
    ----------
    status : str
        ``compared``, or ``first`` (there is none), ``method-changed``,
        ``questionnaire-changed`` or ``population-changed`` (a break).
    publication_id : int, optional
        Which publication of it.
    measured : Measured, optional
        Only if changes are counted.
    """

    status: str
    publication_id: int | None = None
    measured: Measured | None = None
