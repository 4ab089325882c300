"""What codes, names and numbers may look like."""

import re

from app.errors import ConflictError
from app.names import clean

# Small enough to be typed from a sheet on the wall; no capitals, nothing to be encoded.
CODE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
LONGEST_CODE = 24
NUMBER = re.compile(r"[0-9A-Za-z]{1,8}")
LONGEST_NAME = 200


def canonical_code(code: str) -> str:
    """Write a code in the one way it is kept.

    Raises
    ------
    ConflictError
        ``code.malformed``
    """
    canonical = code.strip().lower()
    if len(canonical) > LONGEST_CODE or not CODE.fullmatch(canonical):
        raise ConflictError("code.malformed", given=code.strip()[:40])
    return canonical


def checked_name(name: str) -> str:
    """Write a name in the one way it is kept: NFC, single spaces.

    Raises
    ------
    ConflictError
        ``name.malformed``: empty, too long, or with signs that cannot be printed.
    """
    cleaned = clean(name)
    if not cleaned or len(cleaned) > LONGEST_NAME or not cleaned.isprintable():
        raise ConflictError("name.malformed")
    return cleaned


def checked_number(number: str) -> str:
    """Take the number of a counter as it stands on the counter.

    Raises
    ------
    ConflictError
        ``counter.number-malformed``
    """
    number = number.strip()
    if not NUMBER.fullmatch(number):
        raise ConflictError("counter.number-malformed", given=number[:40])
    return number
