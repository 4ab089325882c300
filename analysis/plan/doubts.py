"""Why a test has no p value."""

from __future__ import annotations

import math

from analysis.results import Note


def doubts(p_value: float, df: float, *, has_error: bool) -> tuple[Note, ...]:
    """Return the reason why there is no p value; nothing if there is one.

    Parameters
    ----------
    p_value, df : float
        Of the test; ``df`` of the denominator.
    has_error : bool
        Whether anything that is tested varies from sample to sample.
    """
    if not math.isnan(p_value):
        return ()
    if not has_error:
        return (Note("nothing-to-test"),)
    if df <= 0:
        return (Note("no-freedom-to-test", f"{df:g}"),)
    return (Note("too-many-hypotheses"),)
