"""Strata with a single PSU: what they are allowed to say about variance."""

from __future__ import annotations

from enum import StrEnum


class LonelyPolicy(StrEnum):
    """What a stratum with one PSU contributes; always shown as a note.

    ``FAIL`` refuses. ``CERTAINTY`` says the PSU was taken with certainty, so
    it contributes nothing. ``REMOVE`` leaves the stratum out of the variance.
    ``ADJUST`` measures the PSU's distance from the mean over all PSUs, which
    is cautious. ``AVERAGE`` gives it the mean contribution of the other
    strata.
    """

    FAIL = "fail"
    CERTAINTY = "certainty"
    REMOVE = "remove"
    ADJUST = "adjust"
    AVERAGE = "average"
