"""Numbers of counters, for people who type: the row number and a check digit.

They need no table and never change; the digit (Damm's, of a totally antisymmetric quasigroup)
catches every single wrong digit and every two neighbours swapped.
"""

import re
from typing import Final

_TABLE: Final = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)
# Numbers with fewer digits would be guessed by chance too easily to be checked.
_LEAST_DIGITS: Final = 3
_TYPED: Final = re.compile(r"[0-9]{2,18}", re.ASCII)


def number_of(counter_id: int) -> str:
    """Make the number to be printed for a counter: at least three digits, the last one a check."""
    digits = str(counter_id).zfill(_LEAST_DIGITS - 1)
    return digits + str(_check(digits))


def counter_id_of(typed: str) -> int | None:
    """Find the row number behind what somebody typed; None for a wrong check digit."""
    digits = re.sub(r"[\s.-]", "", typed)
    if not _TYPED.fullmatch(digits) or _check(digits) != 0:
        return None
    return int(digits[:-1])


def _check(digits: str) -> int:
    interim = 0
    for digit in digits:
        interim = _TABLE[interim][int(digit)]
    return interim
