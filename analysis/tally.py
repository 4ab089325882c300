"""Counts of open answers: what was said, never what people think."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from analysis.answers import Column, OpenAnswers
from analysis.index.method import Method


@dataclass(frozen=True, slots=True)
class Tally:
    """Answers counted; there is no standard error because there is no sample.

    Attributes
    ----------
    code : str
        Code of a node of the method, or of an item.
    is_node : bool
        Whether ``code`` is a node.
    domain_kind, domain_code : str
        Group, e.g. ``"counter"`` and ``"05"``; both empty for all answers.
    n : int
        Respondents who gave at least one of these answers.
    n_answers : int
        Answers given, over all items of the node, without the unrated.
    counts : tuple of (str, int)
        Answers per code, in the order of the scale.
    satisfied, neutral, dissatisfied, not_rated : int
        Answers of each kind.
    value : float
        The node's value by the method's own rule with every answer counted
        once; NaN if nobody answered.
    """

    code: str
    is_node: bool
    domain_kind: str
    domain_code: str
    n: int
    n_answers: int
    counts: tuple[tuple[str, int], ...]
    satisfied: int
    neutral: int
    dissatisfied: int
    not_rated: int
    value: float

    @property
    def satisfied_share(self) -> float:
        """Share of satisfied answers, 0 to 1; NaN without answers."""
        return self.satisfied / self.n_answers if self.n_answers else float("nan")

    @property
    def neutral_share(self) -> float:
        """Share of neutral answers, 0 to 1; NaN without answers."""
        return self.neutral / self.n_answers if self.n_answers else float("nan")

    @property
    def dissatisfied_share(self) -> float:
        """Share of dissatisfied answers, 0 to 1; NaN without answers."""
        return self.dissatisfied / self.n_answers if self.n_answers else float("nan")


def tally(
    method: Method, columns: Mapping[str, Column], groups: Mapping[str, Column]
) -> tuple[Tally, ...]:
    """Count answers per node and per item, in all and in every group."""
    raise NotImplementedError


def tally_open(method: Method, answers: OpenAnswers) -> tuple[Tally, ...]:
    """Count open answers; the same as ``tally`` of their columns and groups."""
    return tally(method, answers.columns, answers.groups)
