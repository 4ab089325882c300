"""When somebody was tried often enough, on days and at hours different enough, to be given up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class AttemptRule:
    """Fewest attempts before nobody was reached counts as an outcome.

    Attributes
    ----------
    attempts, days, parts : int
        Attempts in all; different days among them; different parts of the day among them.

    Raises
    ------
    ValueError
        More days or parts than attempts, or a number below one.
    """

    attempts: int = 3
    days: int = 2
    parts: int = 2

    def __post_init__(self) -> None:
        if not 1 <= min(self.days, self.parts) <= max(self.days, self.parts) <= self.attempts:
            raise ValueError("days and parts of the day lie between 1 and the attempts")
        if self.parts > len(PARTS):
            raise ValueError("there are not so many parts of the day")


PARTS = ("morning", "afternoon", "evening", "weekend")
"""Who works is at home at other hours than who does not: a weekend is a part of its own."""


@dataclass(frozen=True, slots=True)
class Shortfall:
    """How many attempts, days and parts of the day are still missing."""

    attempts: int
    days: int
    parts: int


def part_of_day(at: datetime) -> str:
    """Part of the week in which a local time lies: one of `PARTS`."""
    if at.weekday() >= 5:
        return "weekend"
    if at.hour < 12:
        return "morning"
    return "afternoon" if at.hour < 18 else "evening"


def shortfall(attempts: Iterable[datetime], rule: AttemptRule) -> Shortfall | None:
    """Say what is missing before a person may be given up; None if nothing is.

    Parameters
    ----------
    attempts : iterable of datetime
        Local times of all attempts. Two at the same minute are one.
    """
    times = {at.replace(second=0, microsecond=0) for at in attempts}
    missing = Shortfall(
        attempts=max(0, rule.attempts - len(times)),
        days=max(0, rule.days - len({at.date() for at in times})),
        parts=max(0, rule.parts - len({part_of_day(at) for at in times})),
    )
    return None if missing == Shortfall(0, 0, 0) else missing
