"""The keys of a plan as the documentation lists them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field
from typing import Any

import analysis.plan.read  # noqa: F401  so that every section is known
from analysis.plan.reader import Section, keys_of


def sections(cls: type[Section] = Section) -> Iterator[type[Section]]:
    """Yield every class of sections, each once."""
    seen: dict[str, type[Section]] = {}
    for one in cls.__subclasses__():
        seen[one.__name__] = one
        for inner in sections(one):
            seen[inner.__name__] = inner
    yield from seen.values()


def own_keys(cls: type[Section]) -> dict[str, Field[Any]]:
    """Return the keys a class adds to those of the class above it."""
    above = cls.__mro__[1]
    inherited = keys_of(above) if issubclass(above, Section) and above is not Section else {}
    return {name: one for name, one in keys_of(cls).items() if name not in inherited}


def toml(value: object) -> str:
    """Write a default as TOML."""
    match value:
        case bool():
            return f"`{str(value).lower()}`"
        case str():
            return f'`"{value}"`'
        case tuple():
            return "`[" + ", ".join(toml(one).strip("`") for one in value) + "]`"
        case _:
            return f"`{value}`"


def default_of(declared: Field[Any]) -> str:
    """Return how the documentation words a default."""
    if declared.metadata["is_required"]:
        return "**needed**"
    if declared.metadata["shown"] is not None:
        return str(declared.metadata["shown"])
    if declared.default is MISSING:
        return "none"
    return toml(declared.default)


def rows(cls: type[Section]) -> list[tuple[str, str, str]]:
    """Return key, type and default of every key a class adds."""
    return [
        (f"`{name}`", declared.metadata["shape"].name.replace("|", "\\|"), default_of(declared))
        for name, declared in own_keys(cls).items()
    ]


def table(cls: type[Section], meanings: Mapping[str, str]) -> str:
    """Write the table of a class; used when the page is written."""
    lines = ["| key | type | default | meaning |", "|---|---|---|---|"]
    for key, kind, default in rows(cls):
        lines.append(f"| {key} | {kind} | {default} | {meanings[key.strip('`')]} |")
    return f"<!-- keys of {cls.__name__} -->\n" + "\n".join(lines)
