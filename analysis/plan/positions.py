"""On which line of a TOML text each key and each element of a list stands.

``tomllib`` says what a text means, not where. This walks over a text that
``tomllib`` has accepted already, so it need not judge, only keep count.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from analysis.plan.faults import Place

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_SPACE = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BLANK = re.compile(r"[ \t]*")
_SCALAR = re.compile(r"[^,\]}#\n]+")
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"""+|'
    r"'''.*?'''+|"
    r'"(?:\\.|[^"\\])*"|'
    r"'[^']*'",
    re.DOTALL,
)
_ESCAPED = re.compile(r'\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|["\\])')


@dataclass(frozen=True, slots=True)
class Positions:
    """Lines of the places of a plan.

    Attributes
    ----------
    lines : mapping of Place to int
        From 1.
    """

    lines: Mapping[Place, int]

    def line(self, place: Place) -> int:
        """Return the line of a place, or of the nearest place above it; 0 without one."""
        for length in range(len(place), 0, -1):
            found = self.lines.get(place[:length])
            if found is not None:
                return found
        return 0


def find_positions(text: str) -> Positions:
    """Find the line of every table, key and element.

    Parameters
    ----------
    text : str
        Valid TOML.

    Returns
    -------
    Positions
        What cannot be followed is left out; nothing is raised.
    """
    walk = _Walk(text)
    walk.document()
    return Positions(walk.lines)


class _Walk:
    """A position in the text and what was seen before it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.counted = 0
        self.line = 1
        self.lines: dict[Place, int] = {}
        self.lengths: dict[Place, int] = {}

    def document(self) -> None:
        """Walk over the whole text, line by line."""
        table: Place = ()
        self.skip(_SPACE)
        while self.at < len(self.text):
            before = self.at
            if self.text[self.at] == "[":
                table = self.header()
            else:
                self.pair(table)
            self.skip(_SPACE)
            if self.at == before:
                return

    def skip(self, pattern: re.Pattern[str]) -> str:
        """Go over what matches here and return it."""
        found = pattern.match(self.text, self.at)
        if found is None:
            return ""
        self.at = found.end()
        return found.group()

    def mark(self, place: Place, at: int) -> None:
        """Note the line of a place that begins at a position."""
        self.line += self.text.count("\n", self.counted, at)
        self.counted = at
        self.lines.setdefault(place, self.line)

    def header(self) -> Place:
        """Read ``[table]`` or ``[[table]]`` and return its place."""
        start = self.at
        is_array = self.text.startswith("[[", self.at)
        self.at += 2 if is_array else 1
        names = self.names()
        self.at = min(self.at + (2 if is_array else 1), len(self.text))
        place = self.resolve(names[:-1])
        for length in range(1, len(place) + 1):
            self.mark(place[:length], start)
        place = (*place, *names[-1:])
        self.mark(place, start)
        if is_array:
            number = self.lengths.get(place, 0)
            self.lengths[place] = number + 1
            place = (*place, number)
            self.mark(place, start)
        return place

    def resolve(self, names: list[str]) -> Place:
        """Follow names, entering the last element of every array of tables."""
        place: Place = ()
        for name in names:
            place = (*place, name)
            if place in self.lengths:
                place = (*place, self.lengths[place] - 1)
        return place

    def names(self) -> list[str]:
        """Read a key: names joined by dots."""
        names = []
        while True:
            self.skip(_BLANK)
            quoted = self.skip(_STRING)
            names.append(_unquoted(quoted) if quoted else self.skip(_BARE))
            self.skip(_BLANK)
            if not self.text.startswith(".", self.at):
                return names
            self.at += 1

    def pair(self, table: Place) -> None:
        """Read ``key = value``."""
        start = self.at
        place = table
        for name in self.names():
            place = (*place, name)
            self.mark(place, start)
        if self.text.startswith("=", self.at):
            self.at += 1
            self.skip(_BLANK)
            self.value(place)

    def value(self, place: Place) -> None:
        """Read a value, entering lists and inline tables."""
        match self.text[self.at : self.at + 1]:
            case "[":
                self.elements(place, "]")
            case "{":
                self.elements(place, "}")
            case '"' | "'":
                self.skip(_STRING)
            case _:
                self.skip(_SCALAR)

    def elements(self, place: Place, closing: str) -> None:
        """Read what stands between brackets or braces."""
        self.at += 1
        number = 0
        self.skip(_SPACE)
        while self.at < len(self.text) and self.text[self.at] != closing:
            before = self.at
            if closing == "]":
                self.mark((*place, number), self.at)
                self.value((*place, number))
                number += 1
            else:
                self.pair(place)
            self.skip(_SPACE)
            if self.text.startswith(",", self.at):
                self.at += 1
            self.skip(_SPACE)
            if self.at == before:
                return
        self.at += 1


def _unquoted(text: str) -> str:
    """Return what a quoted key says."""
    if text[0] == "'":
        return text[1:-1]
    return _ESCAPED.sub(
        lambda found: chr(int(found[1][1:], 16)) if found[1][0] in "uU" else found[1], text[1:-1]
    )
