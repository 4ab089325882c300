"""What a model says of its response: columns and their products by name."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from analysis.models.errors import BadTermError, UnknownColumnError

INTERCEPT = "(intercept)"


@dataclass(frozen=True, slots=True)
class Term:
    """A column, or the product of several; without columns, the intercept.

    Attributes
    ----------
    columns : tuple of str
        Names, each once.
    """

    columns: tuple[str, ...]

    @property
    def label(self) -> str:
        """Name of the term, e.g. ``"ell:meals"``."""
        return ":".join(self.columns) if self.columns else INTERCEPT

    @property
    def key(self) -> frozenset[str]:
        """What makes two terms the same: their columns in any order."""
        return frozenset(self.columns)


def parse_terms(terms: Sequence[str], known: Collection[str]) -> tuple[Term, ...]:
    """Read the terms of a model.

    Parameters
    ----------
    terms : sequence of str
        ``"1"`` intercept (there anyway), ``"0"`` or ``"-1"`` no intercept,
        a column, or columns joined by colons.
    known : collection of str
        Columns there are. A name that contains a colon is taken whole first.

    Returns
    -------
    tuple of Term
        The intercept first, then single columns, then products by the number
        of their columns, otherwise as given [WilkinsonRogers1973]; repeated
        terms once.

    Raises
    ------
    BadTermError, UnknownColumnError
    """
    found: dict[frozenset[str], Term] = {frozenset(): Term(())}
    for written in terms:
        text = written.strip()
        if text in {"0", "-1"}:
            found.pop(frozenset(), None)
        elif text != "1":
            term = parse_term(text, known)
            found.setdefault(term.key, term)
    if not found:
        raise BadTermError(terms=", ".join(terms), reason="no term is left")
    return tuple(sorted(found.values(), key=lambda term: len(term.columns)))


def parse_term(text: str, known: Collection[str]) -> Term:
    """Read one term; see ``parse_terms``."""
    if text in known:
        return Term((text,))
    columns = tuple(dict.fromkeys(part.strip() for part in text.split(":")))
    if "" in columns:
        raise BadTermError(term=text)
    for column in columns:
        if column not in known:
            raise UnknownColumnError(column=column, term=text)
    return Term(columns)
