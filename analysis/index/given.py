"""Values that were not asked of anybody: points of an appraisal, figures of last year.

They stand in the method as they were found. One with a standard error makes
what is computed from it less certain; its error is taken to be independent of
the sample and of other given values.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.index.tree import GivenValues, Method, Operation
from analysis.linear import Linear

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Places:
    """Domains of one kind, in the order of the totals.

    Attributes
    ----------
    kind : str
        ``""`` for the whole.
    codes : tuple of str
    """

    kind: str = ""
    codes: tuple[str, ...] = ("",)


WHOLE = Places()


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """Given values of a method in some domains.

    Attributes
    ----------
    value, error : mapping of node code to ndarray, shape (n_domains,)
        NaN where nothing is given.
    uncertain : tuple of str
        Nodes with a standard error anywhere; each has a column of gradients
        after those of the totals.
    """

    value: Mapping[str, Values]
    error: Mapping[str, Values]
    uncertain: tuple[str, ...]

    @classmethod
    def of(cls, method: Method, places: Places | None, n_domains: int) -> Given:
        """Look the given values of a method up.

        Parameters
        ----------
        method : Method
        places : Places, optional
            Which domains; without it only what is given once for all of them
            is known.
        n_domains : int
        """
        found = {
            node.code: node.given
            for node in method.nodes
            if node.operation is Operation.GIVEN and node.given is not None
        }
        return cls(
            {code: _values(given, places, n_domains) for code, given in found.items()},
            {code: _errors(given, places, n_domains) for code, given in found.items()},
            tuple(code for code, given in found.items() if given.is_uncertain),
        )

    def widened(self, totals: Sequence[Linear]) -> tuple[Linear, ...]:
        """Give the gradients of totals a column for every uncertain value."""
        if not self.uncertain:
            return tuple(totals)
        return tuple(
            Linear(
                total.value,
                np.hstack([total.gradient, np.zeros((len(total.value), len(self.uncertain)))]),
            )
            for total in totals
        )

    def linear(self, code: str, n_totals: int) -> Linear:
        """Return a given value; it depends on no total."""
        value = self.value[code]
        gradient = np.zeros((len(value), n_totals + len(self.uncertain)))
        if code in self.uncertain:
            gradient[:, n_totals + self.uncertain.index(code)] = 1.0
        return Linear(value, gradient)

    def split(self, linear: Linear) -> tuple[Linear, Values | None]:
        """Part what depends on totals from the variance that given values bring.

        Returns
        -------
        Linear
            With a gradient by the totals alone.
        ndarray of float64, shape (n_domains,), or None
            Variance of the value due to given values.
        """
        if not self.uncertain:
            return linear, None
        n_totals = linear.gradient.shape[1] - len(self.uncertain)
        if n_totals < 0:
            # Replicates carry values alone.
            return linear, None
        errors = np.column_stack([self.error[code] for code in self.uncertain])
        by_given = linear.gradient[:, n_totals:]
        # Nothing is uncertain about a value that does not matter.
        moved = np.where(by_given == 0.0, 0.0, by_given * errors)
        variance = np.sum(moved**2, axis=1)
        return Linear(linear.value, linear.gradient[:, :n_totals]), variance


def _values(given: GivenValues, places: Places | None, n_domains: int) -> Values:
    whole = np.nan if given.value is None else given.value
    return _looked_up(whole, given.of_domains, given, places, n_domains)


def _errors(given: GivenValues, places: Places | None, n_domains: int) -> Values:
    found = _looked_up(given.error, given.errors, given, places, n_domains)
    return np.where(np.isnan(found), 0.0, found)


def _looked_up(
    whole: float,
    of_domains: Mapping[str, Mapping[str, float]],
    given: GivenValues,
    places: Places | None,
    n_domains: int,
) -> Values:
    """Return the number of each domain; a constant is the same everywhere."""
    if not given.of_domains:
        return np.full(n_domains, whole)
    if places is None:
        return np.full(n_domains, np.nan)
    if not places.kind:
        return np.full(n_domains, whole)
    named = of_domains.get(places.kind, {})
    found = np.array([named.get(code, np.nan) for code in places.codes], dtype=np.float64)
    # Under replicates every domain stands there once for each of them.
    return np.repeat(found, n_domains // len(found))
