"""Response patterns worth a second look; a flag is a question, not a verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from analysis.answers import MISSING, Column


def straight_lining(
    columns: Mapping[str, Column], items: Sequence[str], *, min_answers: int = 5
) -> NDArray[np.bool_]:
    """Find respondents who gave the same answer to every item of a set.

    Nobody is removed by this: people may truly be equally satisfied with
    everything. It is for checking how many there are, and among whom.

    Parameters
    ----------
    columns : mapping of item code to column
        Integer scale answers, ``MISSING`` or NaN where there is none.
    items : sequence of str
        Items of one scale, e.g. a matrix.
    min_answers : int
        Fewer answers say nothing about a pattern.

    Returns
    -------
    ndarray of bool, shape (n,)
        Whether all answers are the same and there are enough of them.
    """
    answers = np.stack([np.asarray(columns[item], dtype=np.float64) for item in items])
    is_given = ~np.isnan(answers) & (answers != MISSING)
    lowest = np.where(is_given, answers, np.inf).min(axis=0)
    highest = np.where(is_given, answers, -np.inf).max(axis=0)
    return np.asarray((is_given.sum(axis=0) >= min_answers) & (lowest == highest))
