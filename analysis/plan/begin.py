"""A plan to begin with, from what the columns of a file look like."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from os.path import commonprefix
from typing import Final

from analysis.plan.profile import FileProfile, Profile, Role, stem
from analysis.plan.source import Options
from analysis.plan.words import word

MOST_ESTIMATES: Final = 3
"""How many single columns of each kind are estimated."""

MOST_CATEGORIES: Final = 12
FEWEST_OF_BATTERY: Final = 3
"""Numbered columns that are taken for one set of questions."""

FEWEST_PSUS: Final = 6
LONGEST_LINE: Final = 90


@dataclass(frozen=True, slots=True)
class Battery:
    """Questions with the same answers, ``q1`` to ``q9``.

    Attributes
    ----------
    stem : str
        What their names have in common.
    columns : tuple of Profile
    """

    stem: str
    columns: tuple[Profile, ...]

    @property
    def codes(self) -> list[str]:
        """Answers of any of them, numbers by size."""
        found = {level for column in self.columns for level, _ in column.levels}
        are_numbers = all(column.is_number for column in self.columns)
        return sorted(found, key=int if are_numbers else str)


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
    if options.missing != Options().missing:
        lines += _list("missing", options.missing)
    batteries = _batteries(profile)
    lines += [*_no_answer(profile, batteries, language), "", "[design]"]
    lines += _design(profile, language)
    asked = {column.name for battery in batteries for column in battery.columns}
    for battery in batteries:
        lines += ["", *_of_battery(battery, profile, asked, language)]
    for column in _items(profile, asked):
        lines += ["", *_labels(column), "[[estimate]]", *_estimate(column)]
        lines += _by(profile, {*asked, column.name})
    return "\n".join(lines) + "\n"


def _design(profile: FileProfile, language: str) -> list[str]:
    strata, clusters = profile.of(Role.STRATUM)[:1], profile.of(Role.CLUSTER)
    # Villages 1 and 2 of every commune are no PSUs by themselves.
    clusters = sorted(clusters, key=lambda column: column.distinct < FEWEST_PSUS)
    weights, replicates = profile.of(Role.WEIGHT), profile.of(Role.REPLICATE)
    lines = []
    if strata:
        lines.append(f"strata = {_quoted(strata[0].name)}")
    if clusters:
        lines.append(f"clusters = {_quoted(clusters[0].name)}")
        both = ", ".join(_quoted(column.name) for column in clusters[:2])
        lines += [f"# clusters = [{both}]  # {word('stages-advice', language)}"] * bool(
            clusters[1:]
        )
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


def _batteries(profile: FileProfile) -> list[Battery]:
    """Find numbered columns of categories: the questions a survey is about."""
    groups: dict[tuple[str, bool], list[Profile]] = {}
    for column in profile.of(Role.ITEM):
        name = stem(column.name)
        if name is not None and _is_categories(column) and column.missing < profile.n_rows:
            groups.setdefault((name, column.is_number), []).append(column)
    found = [Battery(name, tuple(columns)) for (name, _), columns in groups.items()]
    return [
        one
        for one in found
        if len(one.columns) >= FEWEST_OF_BATTERY and len(one.codes) <= MOST_CATEGORIES
    ]


def _of_battery(
    battery: Battery, profile: FileProfile, asked: set[str], language: str
) -> list[str]:
    """Write one estimate of all questions, and their scale for an index."""
    names = [column.name for column in battery.columns]
    lines = _labels(battery.columns[0])
    lines += [
        "[[estimate]]",
        f"name = {_quoted(battery.stem.strip(' ._') or names[0])}",
        'kind = "proportion"',
        *_list("of", names),
        *_by(profile, asked),
    ]
    scale, others = _scale(battery)
    if not scale:
        return lines
    lines += ["", f"# {word('scales-advice', language)}", "# [[scales]]"]
    lines += [f"# {line}" for line in _list("items", names)]
    lines.append(f"# codes = {scale}")
    if len(scale) == 5:
        lines += [
            f"# satisfied = {scale[3:]}",
            f"# neutral = {scale[2:3]}",
            f"# dissatisfied = {scale[:2]}",
        ]
    return [*lines, f"# not_rated = {others}"] if others else lines


def _no_answer(profile: FileProfile, batteries: Sequence[Battery], language: str) -> list[str]:
    """Write codes set apart from the scale of a battery as a remark."""
    found: dict[str, list[int]] = {}
    for battery in batteries:
        names = [column.name for column in battery.columns]
        # Python's own has a name of paths, but compares letters.
        pattern = commonprefix(names).rstrip("0123456789") + "*"  # noqa: RUF071
        matched = [one.name for one in profile.columns if fnmatchcase(one.name, pattern)]
        for name in [pattern] if matched == names else names:
            found[name] = _scale(battery)[1]
    inner = ", ".join(f"{_quoted(name)} = {codes}" for name, codes in found.items() if codes)
    return [f"# no_answer = {{ {inner} }}  # {word('no-answer-advice', language)}"] if inner else []


def _scale(battery: Battery) -> tuple[list[int], list[int]]:
    """Split codes into those in a row from the smallest, and those set apart, as 9 or 99."""
    if not battery.columns[0].is_number:
        return [], []
    codes = [int(code) for code in battery.codes]
    scale = [code for place, code in enumerate(codes) if code == codes[0] + place]
    return (scale, codes[len(scale) :]) if len(scale) >= FEWEST_OF_BATTERY else ([], [])


def _items(profile: FileProfile, asked: set[str]) -> list[Profile]:
    """Choose some other columns worth estimating: categories first, then numbers."""
    items = [
        column
        for column in profile.of(Role.ITEM)
        if column.distinct > 1 and column.missing < profile.n_rows and column.name not in asked
    ]
    few = [column for column in items if _is_categories(column)]
    numbers = [column for column in items if column.is_number and not _is_categories(column)]
    return few[:MOST_ESTIMATES] + numbers[:MOST_ESTIMATES]


def _is_categories(column: Profile) -> bool:
    codes = all(level.lstrip("-").isdigit() for level, _ in column.levels)
    return 1 < len(column.levels) <= MOST_CATEGORIES and (not column.is_number or codes)


def _labels(column: Profile) -> list[str]:
    """Write what the file says of a column and of its codes, as remarks."""
    labels = column.value_labels or {}
    coded = ", ".join(f"{code} {text}" for code, text in labels.items())
    texts = [" ".join(text.split()) for text in (column.label, coded) if text]
    return [f"# {text[:LONGEST_LINE]}" for text in texts]


def _estimate(column: Profile) -> list[str]:
    kind = "proportion" if _is_categories(column) else "mean"
    return [
        f"name = {_quoted(column.name)}",
        f'kind = "{kind}"',
        f"of = {_quoted(column.name)}",
    ]


def _by(profile: FileProfile, own: set[str]) -> list[str]:
    """Return a remark with another column that could make domains."""
    for other in profile.columns:
        is_fit = other.role in {Role.ITEM, Role.STRATUM} and _is_categories(other)
        if is_fit and other.name not in own:
            return [f"# by = [{_quoted(other.name)}]"]
    return []


def _list(key: str, names: Sequence[str]) -> list[str]:
    """Write a list, over several lines if it is long."""
    lines, line = [], f"{key} = ["
    for number, name in enumerate(names):
        text = _quoted(name) + ("]" if number == len(names) - 1 else ", ")
        if len(line) + len(text) > LONGEST_LINE:
            lines.append(line.rstrip())
            line = "    "
        line += text
    return [*lines, line]


def _quoted(text: str) -> str:
    """Write a TOML string; JSON's escapes are TOML's."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
