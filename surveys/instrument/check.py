"""Is this questionnaire well made: faults and where they are."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing wrong with an instrument.

    ``place`` is the file and the path in it, e.g.
    ``instrument.toml: pages[2].items[0].when``; ``value`` is what stands there.
    """

    code: str
    place: str
    value: str = ""


class InstrumentFaults(Exception):
    """The instrument is not well made; ``faults`` holds everything found."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("\n".join(f"{f.place}: {f.code} {f.value}".rstrip() for f in faults))
        self.faults = faults
