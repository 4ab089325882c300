"""Codes of cases as they stand on paper: draw, number, and a letter that finds a slip of the pen.

``3-00123-Z``: case 123 of draw 3. The letter is the remainder of draw and number by 23, as on
Spanish identity cards: with a wrong digit, two neighbours exchanged or another draw, it differs.
"""

from __future__ import annotations

import re

_LETTERS = "ABCDEFGHJKLMNPQRSTVWXYZ"
_CODE = re.compile(r"\s*([0-9]{1,9})\s*[-–.\s]\s*([0-9]{1,9})\s*[-–.\s]?\s*([A-Za-z])\s*")
_ROOM = 10**9


def write(draw: int, number: int) -> str:
    """Write the code of a case.

    Examples
    --------
    >>> write(3, 123)
    '3-00123-Z'
    """
    return f"{draw}-{number:05d}-{_letter(draw, number)}"


def read(text: str) -> tuple[int, int] | None:
    """Read a code as (draw, number); None if it is none, or its letter does not fit.

    Examples
    --------
    >>> read("3 - 123 z")
    (3, 123)
    >>> read("3-00132-Z") is None
    True
    """
    found = _CODE.fullmatch(text)
    if found is None:
        return None
    draw, number = int(found[1]), int(found[2])
    return (draw, number) if found[3].upper() == _letter(draw, number) else None


def _letter(draw: int, number: int) -> str:
    return _LETTERS[(draw * _ROOM + number) % len(_LETTERS)]
