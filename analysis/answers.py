"""Two kinds of answers that must never be mistaken for each other.

``SampledAnswers`` come from people drawn with known probability and carry
the design; ``OpenAnswers`` come from whoever wished to answer. Only the first
can become a ``Design``: there is no conversion between the two.

A column holds one item, one row per respondent:

* scale items: integers with ``MISSING`` for "not asked or not answered"
  (floats with NaN are accepted too);
* single choice and yes/no: strings, with ``None`` or ``""`` for missing;
* multiple choice: an object array of tuples of strings, ``None`` for missing
  and ``()`` for "answered, nothing chosen".

Domains and groups are columns as well; a missing code belongs to no domain.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

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
