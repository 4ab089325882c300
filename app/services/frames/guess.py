"""Guess which column holds what, by what stands above it and by what stands in it."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from app.services.frames import targets, values
from app.services.frames.head import Head, Rows

# From so many entries on, what a column holds says something.
_ENOUGH: Final = 3
_BY_CONTENT: Final = 0.45
_DOSSIER = re.compile(r"(?=.*\d{4})(?=.*[A-Za-z.])[\w./]+(-[\w./]+)+")
_PHONE = re.compile(r"(\+?84|0)[ .]?\d([ .-]?\d){7,8}")
_IDENTITY = re.compile(r"\d{9}|\d{12}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[a-z]{2,}", re.IGNORECASE)
_CODE = re.compile(r"[\w./\- ]*\d[\w./\- ]*")

Test = Callable[[str], bool]


def _is_day(text: str) -> bool:
    return values.read_day(text) is not None


def _is_code(text: str) -> bool:
    return len(text) <= 60 and _CODE.fullmatch(text) is not None and not _is_slashed_day(text)


def _is_slashed_day(text: str) -> bool:
    return "/" in text and _is_day(text)


# What most entries of a column are like, for the targets where that is plain.
_LIKE: Final[dict[str, Test]] = {
    "key": _is_code,
    "received_on": _is_day,
    "due_on": _is_day,
    "returned_on": _is_day,
    "households": lambda text: values.read_count(text) is not None,
    "people": lambda text: values.read_count(text) is not None,
    "phone": lambda text: sum(sign.isdigit() for sign in text) >= 8,
    "identity": lambda text: sum(sign.isdigit() for sign in text) >= 8,
    "email": lambda text: "@" in text,
    "channel": lambda text: values.read_channel(text) is not None,
    "applicant": lambda text: values.read_applicant(text) is not None,
    "difficult": lambda text: values.read_yes(text) is not None,
}
# Entries that tell by themselves what a column is, whatever stands above it.
_TELLING: Final[dict[str, Test]] = {
    "key": lambda text: _DOSSIER.fullmatch(text) is not None and not _is_day(text),
    "phone": lambda text: _PHONE.fullmatch(text) is not None,
    "identity": lambda text: _IDENTITY.fullmatch(text) is not None,
    "email": lambda text: _EMAIL.fullmatch(text) is not None,
    "channel": lambda text: values.read_channel(text) is not None,
    "applicant": lambda text: values.read_applicant(text) is not None,
}
_TOLD: Final = {
    "dossier": ("key", "phone", "identity", "email", "channel", "applicant"),
    "area": ("phone",),
}


@dataclass(frozen=True, slots=True)
class Guess:
    """The column of each target, counted from 0.

    Attributes
    ----------
    contested : mapping of str to tuple of int
        Targets that further columns could hold as well, the chosen one first.
    missing : tuple of tuple of str
        What a list of the kind cannot do without and has no column here; one of each group is
        enough.
    """

    columns: Mapping[str, int]
    contested: Mapping[str, tuple[int, ...]]
    missing: tuple[tuple[str, ...], ...]


def guess(rows: Rows, head: Head, kind: str) -> Guess:
    """Guess the columns below some headings."""
    below = [cells for number, cells in rows if number >= head.data_from]
    samples = [
        [text for cells in below if at < len(cells) and (text := cells[at])]
        for at in range(len(head.headings))
    ]
    claims = sorted(_claims(head.headings, samples, kind), reverse=True)
    columns: dict[str, int] = {}
    strengths: dict[str, float] = {}
    taken: set[int] = set()
    for strength, place, name in claims:
        if name not in columns and -place not in taken:
            columns[name] = -place
            strengths[name] = strength
            taken.add(-place)
    contested = {}
    for name, at in columns.items():
        others = [
            -place
            for strength, place, claimed in claims
            if claimed == name and -place not in taken and strength >= 0.95 * strengths[name]
        ]
        if others and strengths[name] > _BY_CONTENT:
            contested[name] = (at, *others)
    return Guess(columns, contested, missing(kind, columns))


def missing(kind: str, columns: Mapping[str, int] | Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """List the needed targets that no column holds."""
    return tuple(
        group for group in targets.NEEDED[kind] if not any(name in columns for name in group)
    )


def _claims(
    headings: Sequence[str], samples: Sequence[Sequence[str]], kind: str
) -> list[tuple[float, int, str]]:
    """List how strongly each column claims each target: strength, minus its place, target."""
    found = []
    for at, heading in enumerate(headings):
        fits = dict(targets.fit(kind, heading))
        for name, share in fits.items():
            found.append((round(share * _likeness(name, samples[at]), 6), -at, name))
        found += [
            (_BY_CONTENT, -at, name)
            for name in _TOLD[kind]
            if name not in fits and _tells(name, samples[at])
        ]
    return found


def _likeness(name: str, sample: Sequence[str]) -> float:
    """1 if the entries are like the target's, less if they are not; 1 if there are too few."""
    test = _LIKE.get(name)
    if test is None or len(sample) < _ENOUGH:
        return 1.0
    share = sum(map(test, sample)) / len(sample)
    return 1.0 if share >= 0.6 else 0.3


def _tells(name: str, sample: Sequence[str]) -> bool:
    return len(sample) >= _ENOUGH and sum(map(_TELLING[name], sample)) >= 0.8 * len(sample)


def mask(text: str) -> str:
    """Hide most of an entry about a person, so that it can be recognised but not used.

    Examples
    --------
    >>> mask("0912345678"), mask("Nguyễn Văn An"), mask("an@example.vn")
    ('09••••••78', 'Nguyễn …', 'a…@…')
    """
    if "@" in text:
        return f"{text[0]}…@…"
    if sum(sign.isdigit() for sign in text) >= 6:
        return f"{text[:2]}{'•' * (len(text) - 4)}{text[-2:]}"
    first, _, rest = text.partition(" ")
    return f"{first} …" if rest else f"{first[:2]}…"


def is_personal(sample: Sequence[str]) -> bool:
    """Whether most entries of a column look like telephone numbers, identities or e-mails."""
    return any(_tells(name, sample) for name in ("phone", "identity", "email"))
