"""What the steps of weighting did, as a table of text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from analysis.plan.align import aligned, short
from analysis.plan.words import note_sentence, word

Row = Mapping[str, Any]


def step_tables(steps: Sequence[Row], language: str) -> list[str]:
    """Return one line per step, with what is worth knowing of each below."""
    if not steps:
        return []
    names = ("step", "with_weight", "sum_before", "sum_after", "factor", "kish_effect", "kish_n")
    table = [[word(name, language) for name in names]]
    for number, step in enumerate(steps, start=1):
        factor, after = step["factor"], step["after"]
        span = f"{short(factor['smallest'])} – {short(factor['largest'])}"
        table.append(
            [
                f"{number}. {step['step']}",
                short(after["n"]),
                short(step["before"]["total"]),
                short(after["total"]),
                span,
                short(after["design_effect"]),
                short(after["effective_n"]),
            ]
        )
    lines = [word("weights", language), *aligned(table, 1, last_is_text=False)]
    for number, step in enumerate(steps, start=1):
        lines += [f"  {number}. {text}" for text in _remarks(step, language)]
    return ["\n".join(lines)]


def _remarks(step: Row, language: str) -> list[str]:
    """Say how far the totals are, and the reservations."""
    remarks = []
    if step["totals"]:
        far = max(_distance(row["before"], row["target"]) for row in step["totals"])
        near = max(_distance(row["after"], row["target"]) for row in step["totals"])
        remarks.append(
            word("totals-met", language).format(
                n=len(step["totals"]), before=short(far), after=short(near)
            )
        )
    if step["iterations"] is not None:
        remarks.append(word("iterations", language).format(n=step["iterations"]))
    remarks += [note_sentence(note["code"], note["detail"], language) for note in step["notes"]]
    return remarks


def _distance(found: float, target: float) -> float:
    """Return a distance as a share of the target; of a target of zero, as it is."""
    return abs(found - target) / (abs(target) or 1.0)
