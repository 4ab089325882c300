"""Names of the columns that weighting adds, and what stands in them."""

from typing import Final

BASE: Final = "weight.base"
START: Final = "weight.reserves"
FACTOR: Final = "case.factor"
STATUS: Final = "case.status"
RESPONDED: Final = "case.responded"
ANSWERED, INTERVIEW = "answered", "interview"
NONRESPONDENT, UNKNOWN, INELIGIBLE = "nonrespondent", "unknown", "ineligible"
KNOWN: Final = "known."
"""Begins the name of a column that is known of those without answers too."""
