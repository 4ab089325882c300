"""Patterns of single answers that are worth counting; a flag is a question, not a verdict.

Each of them has honest reasons: people may truly be equally satisfied with
everything, members of a family share a telephone. What is worth a look is a
unit where a pattern is far more frequent than elsewhere, see
``analysis.screening.excess``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from analysis.answers import MISSING, Column

SECONDS_PER_WORD: Final = 0.3
"""Whoever answers faster than this cannot have read the question [Zhang2014]."""
MATCH: Final = 0.85
"""Share of like answers from which two forms are nearly the same [Kuriakose2016]."""
LIKE_COUNTED_AT_ONCE: Final = 512
"""Forms compared with all others of their group at once, so that memory has a bound."""


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
    answers, is_given = _answers(columns, items)
    lowest = np.where(is_given, answers, np.inf).min(axis=0)
    highest = np.where(is_given, answers, -np.inf).max(axis=0)
    return np.asarray((is_given.sum(axis=0) >= min_answers) & (lowest == highest))


def near_duplicates(
    columns: Mapping[str, Column],
    items: Sequence[str],
    group: NDArray[np.int64],
    *,
    match: float = MATCH,
    min_answers: int = 5,
) -> NDArray[np.bool_]:
    """Find forms that are nearly the same as another form of their group.

    Forms with one answer to everything are left to ``straight_lining``: two
    of them say nothing about copying.

    Parameters
    ----------
    columns : mapping of item code to column
        As for ``straight_lining``.
    items : sequence of str
    group : ndarray of int, shape (n,)
        Unit and channel of each form; negative for none.
    match : float
        Least share of like answers among the items that both answered.
    min_answers : int
        Fewer items in common say nothing.

    Returns
    -------
    ndarray of bool, shape (n,)

    Notes
    -----
    The highest percent match of each form [Kuriakose2016]. Long forms of
    satisfied people match by nature, so the share of such forms means
    something only beside that of other units.
    """
    answers, is_given = _answers(columns, items)
    is_compared = (is_given.sum(axis=0) >= min_answers) & ~straight_lining(
        columns, items, min_answers=min_answers
    )
    found = np.zeros(len(group), dtype=np.bool_)
    rows = np.flatnonzero(is_compared & (group >= 0))
    rows = rows[np.argsort(group[rows], kind="stable")]
    ends = np.flatnonzero(np.diff(group[rows], append=-1))
    for here in np.split(rows, ends[:-1] + 1) if len(rows) else ():
        found[here] = _has_like(answers[:, here], is_given[:, here], match, min_answers)
    return found


def _has_like(
    answers: NDArray[np.float64], is_given: NDArray[np.bool_], match: float, min_answers: int
) -> NDArray[np.bool_]:
    """Say which columns have another that is nearly the same, shape (n,)."""
    n = answers.shape[1]
    given = is_given.T.astype(np.float32)
    levels = np.unique(answers[is_given])
    chosen = np.hstack([np.where(is_given, answers == level, False).T for level in levels])
    chosen = chosen.astype(np.float32)
    found = np.zeros(n, dtype=np.bool_)
    for start in range(0, n, LIKE_COUNTED_AT_ONCE):
        here = slice(start, start + LIKE_COUNTED_AT_ONCE)
        both = given[here] @ given.T
        like = chosen[here] @ chosen.T
        is_like = (both >= min_answers) & (like >= match * both - 1e-4)
        own = np.arange(*here.indices(n))
        is_like[own - start, own] = False
        found[here] = is_like.any(axis=1)
    return found


def _answers(
    columns: Mapping[str, Column], items: Sequence[str]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    answers = np.stack([np.asarray(columns[item], dtype=np.float64) for item in items])
    return answers, ~np.isnan(answers) & (answers != MISSING)


def too_quick(
    seconds: NDArray[np.float64], n_words: int, *, per_word: float = SECONDS_PER_WORD
) -> NDArray[np.bool_]:
    """Find forms filled in faster than their questions can be read.

    Parameters
    ----------
    seconds : ndarray of float, shape (n,)
        Time from opening to handing in; NaN where it is not known.
    n_words : int
        Words of the questions and options that were to be read.
    per_word : float
        Seconds per word [Zhang2014].
    """
    with np.errstate(invalid="ignore"):
        return np.asarray(seconds < n_words * per_word)


def heaped(numbers: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Find numbers that end in 0 or 5, e.g. years of birth or minutes of waiting.

    Honest people round too; invented numbers are rounded more or less often
    than those of other units [Swanson2003]. NaN counts as not found.
    """
    with np.errstate(invalid="ignore"):
        return np.asarray(np.mod(numbers, 5.0) == 0.0)


def outside_hours(
    hour: NDArray[np.float64], *, opens: float = 7.0, closes: float = 17.5
) -> NDArray[np.bool_]:
    """Find answers given at the counter outside opening hours; NaN where the hour is not known.

    Parameters
    ----------
    hour : ndarray of float, shape (n,)
        Local time of day, 0 to 24.
    opens, closes : float
    """
    with np.errstate(invalid="ignore"):
        return np.asarray((hour < opens) | (hour >= closes))


def on_days_off(day: NDArray[np.int64], *, days_off: frozenset[int] = frozenset({5, 6})) -> Any:
    """Find answers dated on days on which counters are closed.

    Parameters
    ----------
    day : ndarray of int, shape (n,)
        Proleptic Gregorian ordinals, as ``date.toordinal``.
    days_off : set of int
        Days of the week; Monday is 0.
    """
    return np.isin((day - 1) % 7, sorted(days_off))


def from_busy_device(
    device: Column, group: NDArray[np.int64], *, most: int = 3
) -> NDArray[np.bool_]:
    """Find answers from devices that sent more than a few answers about one unit.

    Parameters
    ----------
    device : column
        Number of the device, None or ``""`` where it is not known. Not for
        kiosks, which everybody shares.
    group : ndarray of int, shape (n,)
    most : int
        A family may share a telephone.
    """
    names = np.array([f"{g}:{d}" if d else "" for g, d in zip(group, device, strict=True)])
    known, place, count = np.unique(names, return_inverse=True, return_counts=True)
    return np.asarray((count[place] > most) & (known[place] != "") & (group >= 0))
