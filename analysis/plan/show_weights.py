"""What the steps of weighting did, as a table of text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from analysis.plan.numerals import NUMERALS
from analysis.plan.show_figures import Column, table
from analysis.plan.words import note_sentence, word

Row = Mapping[str, Any]

DECIMALS_OF_FACTORS = 3


def step_tables(steps: Sequence[Row], language: str) -> list[str]:
    """Return one line per step, with what is worth knowing of each below."""
    if not steps:
        return []
    numerals = NUMERALS[language]

    def span(step: Row) -> str:
        ends = (step["factor"]["smallest"], step["factor"]["largest"])
        return " – ".join(numerals.fixed(end, DECIMALS_OF_FACTORS) for end in ends)

    names = [f"{number}. {step['step']}" for number, step in enumerate(steps, start=1)]
    cells = {
        "with_weight": [numerals.whole(step["after"]["n"]) for step in steps],
        "sum_before": [numerals.brief(step["before"]["total"]) for step in steps],
        "sum_after": [numerals.brief(step["after"]["total"]) for step in steps],
        "factor": [span(step) for step in steps],
        "kish_effect": [numerals.fixed(step["after"]["design_effect"], 2) for step in steps],
        "kish_n": [numerals.whole(step["after"]["effective_n"]) for step in steps],
    }
    columns = [Column(word("step", language), names, is_text=True)]
    columns += [Column(word(name, language), texts) for name, texts in cells.items()]
    lines = [table(word("weights", language), columns, [{"notes": ()}] * len(steps), language)]
    for number, step in enumerate(steps, start=1):
        lines += [f"  {number}. {text}" for text in _remarks(step, language)]
    return ["\n".join(lines)]


def _remarks(step: Row, language: str) -> list[str]:
    """Say how far the totals are, and the reservations."""
    remarks, numerals = [], NUMERALS[language]
    if step["totals"]:
        far = max(_distance(row["before"], row["target"]) for row in step["totals"])
        near = max(_distance(row["after"], row["target"]) for row in step["totals"])
        remarks.append(
            word("totals-met", language).format(
                n=len(step["totals"]), before=numerals.percent(far), after=numerals.percent(near)
            )
        )
    if step["iterations"] is not None:
        remarks.append(word("iterations", language).format(n=step["iterations"]))
    remarks += [note_sentence(note["code"], note["detail"], language) for note in step["notes"]]
    return remarks


def _distance(found: float, target: float) -> float:
    """Return a distance as a share of the target; of a target of zero, as it is."""
    return abs(found - target) / (abs(target) or 1.0)
