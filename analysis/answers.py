"""Two kinds of answers that must never be mistaken for each other.

``SampledAnswers`` come from people drawn with known probability and carry
the design; ``OpenAnswers`` come from whoever wished to answer. Only the first
can become a ``Design``: there is no conversion between the two.

A column holds one item, one row per respondent:

* scale items: integers with ``MISSING`` for "not asked or not answered"
  (floats with NaN are accepted too);
* single choice and yes/no: strings, with ``None`` or ``""`` for missing;
* multiple choice: the chosen codes in one string, separated by single spaces
  (``join_choices`` makes it from lists), ``None`` or ``""`` for missing.

Domains and groups are columns as well; a missing code belongs to no domain.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

MISSING: Final = -32768
"""The integer that stands for "no answer"; outside every scale."""

Column: TypeAlias = NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class SampledAnswers:
    """Answers of a probability sample with the design that drew it.

    Attributes
    ----------
    columns : mapping of item code to column
        Answers, shape (n,) each.
    stratum, psu : column
        Stratum and primary sampling unit of each respondent, shape (n,).
    base_weight : ndarray of float, shape (n,)
        Inverse of the inclusion probability.
    domains : mapping of domain kind to column
        E.g. ``{"unit": ..., "sex": ...}``.
    """

    columns: Mapping[str, Column]
    stratum: Column
    psu: Column
    base_weight: Column
    domains: Mapping[str, Column]


@dataclass(frozen=True, slots=True, eq=False)
class OpenAnswers:
    """Answers of whoever wished to answer: they can be tallied, not inferred from.

    Attributes
    ----------
    columns : mapping of item code to column
        Answers, shape (n,) each.
    groups : mapping of group kind to column
        E.g. ``{"counter": ...}``.
    """

    columns: Mapping[str, Column]
    groups: Mapping[str, Column]


def join_choices(chosen: Iterable[Sequence[str] | None]) -> Column:
    """Turn the lists of a multiple-choice item into a column.

    Parameters
    ----------
    chosen : iterable of sequences of str
        Codes chosen by each respondent; None or empty for no answer.

    Returns
    -------
    ndarray of object, shape (n,)
        One string per respondent, None where there is no answer.
    """
    return np.array([" ".join(codes) if codes else None for codes in chosen], dtype=object)
