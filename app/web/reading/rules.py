"""The method in words: how the index and its components are computed, and from which questions."""

from dataclasses import dataclass

from app import labels
from app.services.results import Figures


@dataclass(frozen=True, slots=True)
class Rule:
    """A node, how it is computed, and the questions it is computed from."""

    title: str
    text: str
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One node that a breakdown can be shown for."""

    code: str
    title: str
    is_current: bool


def rules(results: Figures, language: str) -> tuple[Rule, ...]:
    """Say how the index and its components are computed."""
    method = results.method
    words = labels.wording(results.instrument, language)
    return tuple(
        Rule(
            title=labels.node_title(method.node(code), language),
            text=labels.rule(method.node(code), method, language),
            questions=tuple(words.label(item) for item in method.node(code).items),
        )
        for code in (method.index, *method.components)
    )


def choices(results: Figures, current: str, language: str) -> tuple[Choice, ...]:
    """List the nodes that a breakdown can be shown for: the index and its components."""
    return tuple(
        Choice(code, labels.node_title(results.method.node(code), language), code == current)
        for code in (results.method.index, *results.method.components)
    )
