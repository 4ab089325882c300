"""Answers beside the dossiers they came from: how many of those served answered, and when.

One-time codes are counted, used or not, so nothing here looks at an answer.
"""

from __future__ import annotations

import numpy as np

from analysis.screening.bursts import scan
from analysis.screening.excess import excess
from analysis.screening.finding import Counted, Finding, Indicator, Numbers, Rules, Values, findings
from analysis.screening.sensitivity import without_surplus_of_satisfied


def screen_response(
    n_answers: Numbers, n_dossiers: Numbers, rate: Values, rules: Rules | None = None
) -> tuple[Finding, ...]:
    """Look for units where far more of those who were served answered than elsewhere.

    Parameters
    ----------
    n_answers, n_dossiers : ndarray of int, shape (n_units,)
        One-time codes used, and closed dossiers.
    rate : ndarray of float, shape (n_units,)
        The index of each unit.
    rules : Rules, optional

    Returns
    -------
    tuple of Finding
        The rate without the surplus is the lowest it could be, see
        ``without_surplus_of_satisfied``; there is none without all answers.
        More answers than dossiers have a p value of 0.
    """
    rules = Rules() if rules is None else rules
    told = excess(np.minimum(n_answers, n_dossiers), n_dossiers)
    p_value = np.where(n_answers > n_dossiers, 0.0, told.p_value).astype(np.float64)
    counted = Counted(Indicator.RESPONSE_RATE, n_dossiers, n_answers, told.expected, p_value)
    surplus: Values = np.maximum(n_answers - told.expected, 0.0)
    least = without_surplus_of_satisfied(rate, n_answers.astype(np.float64), surplus)
    return tuple(findings(counted, rules, (rate, np.full(len(rate), np.nan), least)))


def screen_closing_days(
    n_answers: Numbers,
    n_dossiers: Numbers,
    rate: Values,
    first_day: int,
    rules: Rules | None = None,
) -> tuple[Finding, ...]:
    """Look for days whose dossiers were answered for far more often than those of other days.

    Days are those on which dossiers were closed: the day of an answer is not
    kept with a one-time code.

    Parameters
    ----------
    n_answers, n_dossiers : ndarray of int, shape (n_units, n_days)
        Codes used, and closed dossiers, by the day of closing.
    rate : ndarray of float, shape (n_units,)
    first_day : int
        Ordinal of the first day.
    rules : Rules, optional

    Returns
    -------
    tuple of Finding
        As for ``screen_response``; ``n`` counts answers.
    """
    rules = Rules() if rules is None else rules
    all_dossiers = n_dossiers.sum(axis=1, keepdims=True)
    shares = n_dossiers / np.maximum(all_dossiers, 1)
    n = n_answers.sum(axis=1)
    told = scan(np.where(n[:, None] >= rules.min_n, n_answers, 0), shares)
    surplus = np.asarray(np.maximum(told.found - told.expected, 0.0), dtype=np.float64)
    counted = Counted(
        Indicator.BURST,
        n,
        told.found,
        told.expected,
        told.p_value,
        first=(told.first + first_day).tolist(),
        last=(told.last + first_day).tolist(),
    )
    least = without_surplus_of_satisfied(rate, n.astype(np.float64), surplus)
    return tuple(findings(counted, rules, (rate, np.full(len(rate), np.nan), least)))
