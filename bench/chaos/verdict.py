"""What a run has shown: kept, not kept, or nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bench.chaos.clients import Ledger
from bench.chaos.world import Stored


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a run.

    Attributes
    ----------
    lost : int
        Acknowledged and not stored.
    doubled : int
        Stored more than once.
    foreign : int
        Stored and never sent.
    unfinished : str
        Why nothing can be said; empty when the run came to its end.
    """

    name: str
    acknowledged: int
    lost: int
    doubled: int
    foreign: int
    kills: Mapping[str, int] = field(default_factory=dict)
    outcomes: Mapping[str, int] = field(default_factory=dict)
    faults: tuple[str, ...] = ()
    unfinished: str = ""
    seconds: float = 0.0

    @property
    def word(self) -> str:
        """Say it in a word."""
        if self.lost or self.doubled or self.foreign or self.faults:
            return "FAILED"
        return "inconclusive" if self.unfinished else "passed"

    def line(self) -> str:
        """Say it in a line."""
        kills = ", ".join(f"{n} × {kind}" for kind, n in self.kills.items()) or "none"
        outcomes = ", ".join(f"{n} × {what}" for what, n in sorted(self.outcomes.items()))
        return (
            f"{self.name}: {self.word}. {self.acknowledged} acknowledged, {self.lost} of them "
            f"missing, {self.doubled} doubled; kills: {kills}; {self.seconds:.0f} s\n"
            f"    replies: {outcomes}"
            + (f"\n    {self.unfinished}" if self.unfinished else "")
            + (f"\n    faults: {self.faults[:5]}" if self.faults else "")
        )


def judge(
    name: str,
    ledger: Ledger,
    stored: Stored,
    sent: int,
    *,
    kills: Mapping[str, int] | None = None,
    unfinished: str = "",
    seconds: float = 0.0,
) -> Verdict:
    """Compare what was acknowledged with what is stored."""
    return Verdict(
        name=name,
        acknowledged=len(ledger.acknowledged),
        lost=len(ledger.acknowledged - set(stored.numbers)),
        doubled=sum(n > 1 for n in stored.numbers.values()),
        foreign=sum(not 0 <= number < sent for number in stored.numbers),
        kills=dict(kills or {}),
        outcomes=dict(ledger.outcomes),
        faults=tuple(dict.fromkeys(ledger.faults)),
        unfinished=unfinished
        or (f"{stored.n_waiting} answers could not be mixed" if stored.n_waiting else ""),
        seconds=seconds,
    )
