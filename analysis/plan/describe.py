"""``describe``: what the columns of a file hold."""

from __future__ import annotations

from typing import Final

from analysis.plan.align import aligned
from analysis.plan.numerals import NUMERALS
from analysis.plan.profile import FileProfile, Profile, Role
from analysis.plan.words import fault_sentence, word

LONGEST: Final = 60


def describe(profile: FileProfile, language: str) -> str:
    """Write what a file holds as text."""
    head = word("file-size", language).format(
        file=profile.opened.path.name,
        rows=NUMERALS[language].whole(profile.n_rows),
        columns=len(profile.columns),
    )
    names = ("column-name", "type", "missing", "distinct", "values", "guess", "label")
    table = [[word(name, language) for name in names]]
    previous = None
    for column in profile.columns:
        # Replicate weights come in hundreds: the first one stands for them.
        if column.role is not Role.REPLICATE or previous is not Role.REPLICATE:
            table.append(_line(column, language))
        elif table[-1][0] != "…":
            table.append(["…", "", "", "", "", "", ""])
        previous = column.role
    texts = {c for c, name in enumerate(names) if name not in {"missing", "distinct"}}
    lines = [head, *aligned(table, texts, NUMERALS[language].decimal)]
    if profile.remarks:
        lines += ["", word("look-at", language)]
        lines += [f"  - {fault_sentence(remark, language)}" for remark in profile.remarks]
    return "\n".join(lines) + "\n"


def _line(column: Profile, language: str) -> list[str]:
    guess = "" if column.role in {Role.ITEM, Role.NAME} else word(f"role-{column.role}", language)
    return [
        column.name,
        word("column-of-numbers" if column.is_number else "column-of-codes", language),
        NUMERALS[language].whole(column.missing),
        NUMERALS[language].whole(column.distinct),
        _values(column),
        guess,
        column.label[:LONGEST],
    ]


def _values(column: Profile) -> str:
    """Write the values if they are few, else the ends."""
    if column.levels and (not column.is_number or len(column.levels) <= 7):
        labels = column.value_labels or {}
        text = ", ".join(f"{level} {labels.get(level, '')}".strip() for level, _ in column.levels)
        text = " ".join(text.split())
        return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
    return f"{column.low} … {column.high}" if column.is_number and column.low else ""
