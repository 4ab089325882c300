"""Main measures of nodes in all domains of a kind, with how they vary together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.answers import Column
from analysis.coding import encode
from analysis.design import Design
from analysis.errors import UnequalLengthsError
from analysis.explained_rows import ExplainedRows
from analysis.index.algebra import node_values
from analysis.index.layout import Layout, lay_out, main_measure, units
from analysis.index.tree import Method
from analysis.linear import Linear
from analysis.reduce import Reduced, Totals, Values, reduce
from analysis.variance.joint import Joint
from analysis.variance.lonely import LonelyPolicy
from analysis.variance.of_totals import joint_of_totals


@dataclass(frozen=True, slots=True, eq=False)
class _Once:
    """A reduced sample that works out once what calibrations explain."""

    reduced: Reduced
    explained: ExplainedRows | None

    @property
    def design(self) -> Design:
        """How the respondents were drawn."""
        return self.reduced.design

    @property
    def totals(self) -> Totals:
        """Totals per domain and final cluster."""
        return self.reduced.totals

    def squares(self, gradient: Values, columns: Sequence[int] | None = None) -> Values:
        """Total the squared influences of respondents."""
        return self.reduced.squares(gradient, columns)

    def fixed(self, linears: Sequence[Linear], is_flat: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Say which figures without variance the design fixes."""
        return self.reduced.fixed(linears, is_flat)


@dataclass(frozen=True, slots=True, eq=False)
class Together:
    """A sample reduced by one kind of domain, ready to be asked for joint estimates.

    Attributes
    ----------
    method : Method
    codes : tuple of str
        Codes of the domains, sorted.
    is_share : mapping of str to bool
        Node → whether its main measure is a share or a mean of shares.
    """

    method: Method
    codes: tuple[str, ...]
    is_share: Mapping[str, bool]
    layout: Layout
    sample: _Once
    lonely: LonelyPolicy

    def joint(self, node: str, codes: Sequence[str]) -> Joint:
        """Return the main measure of a node in some domains, with all covariances.

        Parameters
        ----------
        node : str
            A node of the method.
        codes : sequence of str
            Domains, in the order wanted.

        Returns
        -------
        Joint
            Linearised between PSUs: a PSU whose respondents belong to several
            domains makes their estimates vary together.
        """
        measure = main_measure(self.method.node(node), self.method)
        place = {code: number for number, code in enumerate(self.codes)}

        def algebra(totals: Sequence[Linear]) -> list[Linear]:
            return [node_values(self.method, self.layout, totals)[node, measure].linear]

        return joint_of_totals(
            algebra,
            self.sample,
            [self.layout.supports[node]],
            [(place[code], 0) for code in codes],
            lonely=self.lonely,
        )


def together(
    method: Method,
    columns: Mapping[str, Column],
    design: Design,
    domain: Column | None = None,
    *,
    lonely: LonelyPolicy = LonelyPolicy.ADJUST,
) -> Together:
    """Reduce a sample by one kind of domain.

    Parameters
    ----------
    method : Method
    columns : mapping of item code to column
        Shape (n,) each.
    design : Design
        Of the same n respondents.
    domain : column, optional
        Codes; a missing code belongs to no domain. Without it everybody is in
        the domain ``""``.
    lonely : LonelyPolicy
        What a stratum with a single PSU contributes to the variance.

    Raises
    ------
    UnknownItemError, UnequalLengthsError, BadColumnError
    """
    layout = lay_out(method)
    contributions = units(method, layout, columns)
    if domain is None:
        codes: tuple[str, ...] = ("",)
        sample = reduce(contributions, design)
    else:
        if len(domain) != design.n:
            raise UnequalLengthsError(domain=len(domain), design=design.n)
        coded = encode(domain)
        codes = coded.levels
        sample = reduce(contributions, design, coded.codes, max(len(codes), 1))
    values = node_values(method, layout, sample.totals.linears())
    is_share = {
        node.code: values[node.code, main_measure(node, method)].is_share for node in method.nodes
    }
    return Together(method, codes, is_share, layout, _Once(sample, sample.explained), lonely)
