"""On which line of a TOML text each key stands, which ``tomllib`` does not say."""

from __future__ import annotations

import re
from collections.abc import Mapping

Path = tuple[str | int, ...]

_BARE = r'(?:[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|\'[^\']*\')'
_KEY = re.compile(rf"\s*({_BARE}(?:\s*\.\s*{_BARE})*)\s*=")
_HEADER = re.compile(rf"\s*(\[\[?)\s*({_BARE}(?:\s*\.\s*{_BARE})*)\s*\]\]?")
_PART = re.compile(_BARE)
_TOKEN = re.compile(
    r'"""(?:[^\\]|\\.)*?"""|\'\'\'.*?\'\'\'|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'|#[^\n]*|[\[\]{}]',
    re.DOTALL,
)
_BLANK = re.compile(r"[^\n]")


def lines_of(text: str) -> Mapping[Path, int]:
    """Return the line of each table and key of a text that is TOML, from 1.

    Elements of ``[[name]]`` are numbered from 0; keys of inline tables have the line
    of the key whose value they are.
    """
    found: dict[Path, int] = {}
    counts: dict[Path, int] = {}
    above: Path = ()
    plain = _without_values(text)
    for number, line in enumerate(plain.split("\n"), start=1):
        header = _HEADER.match(line)
        if header:
            above = _table(_parts(header[2]), header[1] == "[[", counts)
            for length in range(1, len(above) + 1):
                found.setdefault(above[:length], number)
            continue
        key = _KEY.match(line)
        if key:
            parts = _parts(key[1])
            for length in range(1, len(parts) + 1):
                found.setdefault((*above, *parts[:length]), number)
    return found


def line_at(lines: Mapping[Path, int], place: Path) -> int:
    """Return the line of a place, or of what it lies in; 0 if there is none."""
    for length in range(len(place), 0, -1):
        if place[:length] in lines:
            return lines[place[:length]]
    return 0


def _parts(dotted: str) -> Path:
    return tuple(part[1:-1] if part[0] in "\"'" else part for part in _PART.findall(dotted))


def _table(parts: Path, is_element: bool, counts: dict[Path, int]) -> Path:
    """Return the path of a header, with numbers of the elements it lies in."""
    path: Path = ()
    for part in parts[:-1]:
        path = (*path, part)
        if path in counts:
            path = (*path, counts[path] - 1)
    path = (*path, parts[-1])
    if is_element:
        counts[path] = counts.get(path, 0) + 1
        return (*path, counts[path] - 1)
    return path


def _without_values(text: str) -> str:
    """Blank out values that go over several lines and comments, keeping the lines."""
    out: list[str] = []
    line = ""
    depth = at = 0
    for token in _TOKEN.finditer(text):
        between = text[at : token.start()]
        out.append(_BLANK.sub(" ", between) if depth else between)
        line = _last_line(line, between)
        at = token.end()
        word = token[0]
        opens_header = depth == 0 and word == "[" and line.strip() in ("", "[")
        if word[0] == "#" or "\n" in word:
            word = _BLANK.sub(" ", word)
        elif opens_header or (depth == 0 and word == "]"):
            pass
        elif word in "[{":
            depth += 1
            word = " "
        elif word in "]}":
            depth -= 1
            word = " "
        elif depth:
            word = " " * len(word)
        out.append(word)
        line = _last_line(line, token[0])
    rest = text[at:]
    out.append(_BLANK.sub(" ", rest) if depth else rest)
    return "".join(out)


def _last_line(line: str, more: str) -> str:
    return more.rsplit("\n", 1)[1] if "\n" in more else line + more
