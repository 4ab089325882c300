"""``describe``: what a file holds, and a plan to begin with."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

from analysis.plan.align import aligned, short
from analysis.plan.profile import FileProfile, Profile, Role
from analysis.plan.words import word

LONGEST: Final = 60
MOST_ESTIMATES: Final = 3
MOST_CATEGORIES: Final = 12


def describe(profile: FileProfile, language: str) -> str:
    """Write what a file holds as text."""
    head = word("file-size", language).format(
        file=profile.opened.path.name, rows=f"{profile.n_rows:,}", columns=len(profile.columns)
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
    return "\n".join([head, *aligned(_text_columns(table), 0)]) + "\n"


def _text_columns(table: Sequence[Sequence[str]]) -> list[list[str]]:
    """Fill texts to one width: only counts stand to the right."""
    widths = [max(len(line[c]) for line in table) for c in range(len(table[0]))]
    return [
        [text if c in {2, 3} else text.ljust(widths[c]) for c, text in enumerate(line)]
        for line in table
    ]


def _line(column: Profile, language: str) -> list[str]:
    guess = "" if column.role in {Role.ITEM, Role.NAME} else word(f"role-{column.role}", language)
    return [
        column.name,
        word("column-of-numbers" if column.is_number else "column-of-codes", language),
        short(column.missing),
        short(column.distinct),
        _values(column),
        guess,
        column.label[:LONGEST],
    ]


def _values(column: Profile) -> str:
    """Write the values if they are few, else the ends."""
    if column.levels and (not column.is_number or len(column.levels) <= 7):
        labels = column.value_labels or {}
        text = ", ".join(f"{level} {labels.get(level, '')}".strip() for level, _ in column.levels)
        return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
    return f"{column.low} … {column.high}" if column.is_number and column.low else ""


def starting_plan(profile: FileProfile, language: str) -> str:
    """Write a plan that runs as it is and is meant to be changed."""
    lines = [
        f"# {word('plan-advice', language)}",
        "plan = 1",
        "",
        "[data]",
        f"file = {_quoted(profile.opened.path.name)}",
    ]
    options = profile.options
    if options.separator != ",":
        lines.append(f"separator = {_quoted(options.separator)}")
    if options.decimal != ".":
        lines.append(f"decimal = {_quoted(options.decimal)}")
    if options.encoding is not None:
        lines.append(f"encoding = {_quoted(options.encoding)}")
    lines += ["", "[design]", *_design(profile, language)]
    for column in _items(profile):
        lines += ["", "[[estimate]]", *_estimate(column)]
        grouping = _grouping(profile, column)
        if grouping:
            lines.append(f"# by = [{_quoted(grouping)}]")
    return "\n".join(lines) + "\n"


def _design(profile: FileProfile, language: str) -> list[str]:
    strata, clusters = profile.of(Role.STRATUM)[:1], profile.of(Role.CLUSTER)[:1]
    weights, replicates = profile.of(Role.WEIGHT), profile.of(Role.REPLICATE)
    lines = []
    if strata:
        lines.append(f"strata = {_quoted(strata[0].name)}")
    if clusters:
        lines.append(f"clusters = {_quoted(clusters[0].name)}")
    if weights:
        lines.append(f"weight = {_quoted(weights[0].name)}")
    else:
        lines += [f"# {word('no-weight', language)}", "weight = 1"]
    population = profile.of(Role.POPULATION)[:1]
    lines += [f"# fpc = {_quoted(column.name)}" for column in population]
    if strata:
        lines.append(f'lonely = "adjust"  # {word("lonely-advice", language)}')
    if replicates:
        pattern = replicates[0].name.rstrip("0123456789") + "*"
        lines += [
            f"# {word('replicates-advice', language)}",
            "# [design.replicates]",
            f"# columns = {_quoted(pattern)}",
            '# method = "bootstrap"',
        ]
    return lines


def _items(profile: FileProfile) -> list[Profile]:
    """Choose some columns worth estimating: categories first, then numbers."""
    items = [
        column
        for column in profile.of(Role.ITEM)
        if column.distinct > 1 and column.missing < profile.n_rows
    ]
    few = [column for column in items if _is_categories(column)]
    numbers = [column for column in items if column.is_number and not _is_categories(column)]
    return few[:MOST_ESTIMATES] + numbers[:MOST_ESTIMATES]


def _is_categories(column: Profile) -> bool:
    codes = all(level.lstrip("-").isdigit() for level, _ in column.levels)
    return 1 < len(column.levels) <= MOST_CATEGORIES and (not column.is_number or codes)


def _estimate(column: Profile) -> list[str]:
    kind = "proportion" if _is_categories(column) else "mean"
    return [
        f"name = {_quoted(column.name)}",
        f'kind = "{kind}"',
        f"of = {_quoted(column.name)}",
    ]


def _grouping(profile: FileProfile, column: Profile) -> str:
    """Return another column that could make domains."""
    for other in profile.columns:
        is_fit = other.role in {Role.ITEM, Role.STRATUM} and _is_categories(other)
        if is_fit and other.name != column.name:
            return other.name
    return ""


def _quoted(text: str) -> str:
    """Write a TOML string; JSON's escapes are TOML's."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
