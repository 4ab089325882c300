"""What is wrong with a plan of a sample, and where."""

from __future__ import annotations

from dataclasses import dataclass

FAULT_CODES = frozenset(
    {
        # In the text alone.
        "plan.syntax",
        "key.missing",
        "key.unknown",
        "key.not-for",
        "value.wrong-type",
        "value.empty",
        "value.out-of-range",
        "value.unknown",
        "value.repeated",
        "stage.count",
        "stage.unit-repeated",
        "stage.row-not-last",
        "stage.position-not-last",
        "stage.position-first",
        "take.missing",
        "take.several",
        "take.none",
        "bounds.reversed",
        "overall.not-last",
        "certainty.random-rounding",
        "coordination.needs-rows",
        "coordination.method",
        "coordination.room-missing",
        "coordination.no-gap",
        "person.needs-rows",
        # Against a frame.
        "frame.kind",
        "frame.hash",
        "frame.empty",
        "column.unknown",
        "column.not-number",
        "column.not-constant",
        "column.not-codes",
        "size.too-large",
        "size.all-zero",
        "take.unknown-label",
        "take.no-amount",
        "certainty.unknown-unit",
        "certainty.unknown-value",
        "certainty.above-take",
        "sampford.too-large",
        "prn.missing",
    }
)
"""Every code a fault may have, for whoever makes sentences of them."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a plan.

    Attributes
    ----------
    code : str
        Stable, one of ``FAULT_CODES``.
    key : str
        Key of the plan it is about, e.g. ``"take"``, ``"reserves.share"``.
    stage : int
        Stage it is about, from 1; 0 for the plan as a whole.
    line : int
        Line of the text, from 1; 0 if there is no text.
    value : str
        What stands there.
    """

    code: str
    key: str = ""
    stage: int = 0
    line: int = 0
    value: str = ""

    def __str__(self) -> str:
        where = f"stage {self.stage}: {self.key}" if self.stage else self.key
        line = f"line {self.line}: " if self.line else ""
        return f"{line}{where}: {self.code} {self.value}".rstrip()


class PlanRefusedError(Exception):
    """A plan cannot be used; ``faults`` holds everything found, in the order of the text."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults


def shown(value: object) -> str:
    """Return a value as it is shown in a fault, shortened."""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text if len(text) <= 80 else text[:79] + "…"
