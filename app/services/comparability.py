"""Whether two rounds measure the same thing, so that a difference between them means something."""

import re

from app.names import search_key
from app.queries.publications import PublicationFacts

# Days, months, years and counts: "từ 01/01 đến 30/9/2026", "9 tháng đầu năm 2026".
_NUMBERS = re.compile(r"\d[\d./–-]*")


def why_not(now: PublicationFacts, then: PublicationFacts) -> str:
    """Say why two publications of sampled rounds cannot be compared.

    Returns
    -------
    str
        ``method``, ``questionnaire`` or ``population``; empty if they can.
    """
    if now.method_hash != then.method_hash:
        return "method"
    if now.instrument_hash != then.instrument_hash:
        return "questionnaire"
    return "" if same_population(now.round.population, then.round.population) else "population"


def same_population(one: str, other: str) -> bool:
    """Say whether two descriptions are of the same kind of people, whatever the year."""
    return _without_numbers(one) == _without_numbers(other)


def _without_numbers(text: str) -> str:
    return " ".join(_NUMBERS.sub("#", search_key(text)).split())
