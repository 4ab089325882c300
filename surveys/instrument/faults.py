"""What is wrong with an instrument's files, and where."""

from __future__ import annotations

import reprlib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

FAULT_CODES = frozenset(
    {
        "file.missing",
        "file.not-utf8",
        "file.unreadable",
        "file.syntax",
        "file.unknown-language",
        "key.missing",
        "key.unknown",
        "value.wrong-type",
        "value.empty",
        "value.bad-character",
        "value.bad-code",
        "value.out-of-range",
        "code.duplicate",
        "scale.not-ascending",
        "scale.unknown-code",
        "scale.overlap",
        "scale.unclassified",
        "choices.unknown-code",
        "item.unknown-kind",
        "item.key-not-for-kind",
        "item.without-scale",
        "item.unknown-scale",
        "item.without-choices",
        "item.unknown-choices",
        "item.bounds-reversed",
        "item.duplicate-code",
        "group.not-consecutive",
        "page.duplicate-code",
        "page.empty",
        "page.unreachable",
        "rule.malformed",
        "rule.too-deep",
        "rule.unknown-operator",
        "rule.unknown-item",
        "rule.later-item",
        "rule.wrong-kind",
        "rule.unknown-code",
        "rule.never-holds",
        "wording.missing",
        "wording.unknown",
        "wording.duplicate",
    }
)
"""Every code a fault may have, for whoever makes sentences of them."""

_SHORT = reprlib.Repr()
_SHORT.maxlevel = 2
_SHORT.maxlist = _SHORT.maxdict = 4


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with an instrument.

    ``code`` is stable (``rule.unknown-item``). ``place`` is the file and the path in it, counted
    from 0, e.g. ``instrument.toml: pages[2].items[0].when``. ``value`` is what stands there.
    """

    code: str
    place: str
    value: str = ""

    def __str__(self) -> str:
        return f"{self.place}: {self.code} {self.value}".rstrip()


class InstrumentFaults(Exception):  # noqa: N818 - the plural says that all are there
    """The instrument is not well made; ``faults`` holds everything found, in file order."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults


class FaultList:
    """Faults found so far, so that a loader can go on after the first."""

    def __init__(self) -> None:
        self.found: list[Fault] = []

    def add(self, code: str, place: str, value: object = "") -> None:
        """Note a fault; a long or nested value is shortened."""
        self.found.append(Fault(code, place, _shown(value)))

    def raise_if_any(self) -> None:
        """Refuse the instrument if anything was found.

        Raises
        ------
        InstrumentFaults
            There is at least one fault.
        """
        if self.found:
            raise InstrumentFaults(tuple(self.found))


def _shown(value: object) -> str:
    if isinstance(value, str):
        return value if len(value) <= 80 else value[:79] + "…"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    try:
        return _SHORT.repr(value)
    except ValueError:  # a number with more digits than Python writes out
        return "…"
