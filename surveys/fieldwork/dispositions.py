"""Dispositions: what became of a case, in the manner of AAPOR, and which may follow which.

Codes are ours and stable; `number` is AAPOR's code of the same outcome in surveys of persons and
households. docs/fieldwork.md says of each why it stands in its category.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Category(StrEnum):
    """Groups of outcomes from which rates are made [AAPOR2023]."""

    INTERVIEW = "I"
    PARTIAL = "P"
    REFUSAL = "R"
    NON_CONTACT = "NC"
    OTHER = "O"
    UNKNOWN_HOUSEHOLD = "UH"
    UNKNOWN_OTHER = "UO"
    NOT_ELIGIBLE = "NE"


ANSWERED = frozenset({Category.INTERVIEW, Category.PARTIAL})
UNKNOWN = frozenset({Category.UNKNOWN_HOUSEHOLD, Category.UNKNOWN_OTHER})


@dataclass(frozen=True, slots=True)
class Disposition:
    """One outcome of a case.

    Attributes
    ----------
    number : str
        AAPOR's code, e.g. ``2.11``.
    final : bool
        Whether the work on the case ends with it.
    needs_attempts : bool
        Whether it may only be final after enough attempts to reach the person.
    in_areas : (str, Category) or None
        Number and category in a sample of places, where they differ: somebody who has left a
        village is no longer among its people, but has still received the results of a dossier.
    """

    code: str
    number: str
    category: Category
    final: bool = True
    needs_attempts: bool = False
    in_areas: tuple[str, Category] | None = None

    def category_in(self, kind: str) -> Category:
        """Category in a sample from a frame of this kind, ``dossier`` or ``area``."""
        if kind == "area" and self.in_areas is not None:
            return self.in_areas[1]
        return self.category

    def number_in(self, kind: str) -> str:
        """AAPOR's code in a sample from a frame of this kind."""
        if kind == "area" and self.in_areas is not None:
            return self.in_areas[0]
        return self.number


NOT_WORKED = "not-worked"
ATTEMPTED = "attempted"
CONTACTED = "contacted"
APPOINTMENT = "appointment"
REOPENED = "reopened"
NON_CONTACT = "non-contact"

_C = Category
ALL = (
    # The work goes on: counted as unknown until it ends.
    Disposition(NOT_WORKED, "3.11", _C.UNKNOWN_HOUSEHOLD, final=False),
    Disposition(ATTEMPTED, "3.90", _C.UNKNOWN_OTHER, final=False),
    Disposition(CONTACTED, "3.90", _C.UNKNOWN_OTHER, final=False),
    Disposition(APPOINTMENT, "3.90", _C.UNKNOWN_OTHER, final=False),
    Disposition(REOPENED, "3.90", _C.UNKNOWN_OTHER, final=False),
    Disposition("interview", "1.10", _C.INTERVIEW),
    Disposition("partial", "1.20", _C.PARTIAL),
    Disposition("refusal", "2.11", _C.REFUSAL),
    Disposition("break-off", "2.12", _C.REFUSAL),
    Disposition(NON_CONTACT, "2.20", _C.NON_CONTACT, needs_attempts=True),
    Disposition("absent", "2.25", _C.NON_CONTACT),
    Disposition("deceased", "2.31", _C.OTHER),
    Disposition("ill", "2.32", _C.OTHER),
    Disposition("language", "2.33", _C.OTHER),
    Disposition("other-eligible", "2.36", _C.OTHER),
    Disposition("inaccessible", "3.17", _C.UNKNOWN_HOUSEHOLD),
    Disposition("wrong-address", "3.18", _C.UNKNOWN_HOUSEHOLD),
    Disposition("moved", "3.90", _C.UNKNOWN_OTHER, in_areas=("4.10", _C.NOT_ELIGIBLE)),
    Disposition("no-dossier", "4.10", _C.NOT_ELIGIBLE),
    Disposition("not-eligible", "4.10", _C.NOT_ELIGIBLE),
    Disposition("duplicate", "4.90", _C.NOT_ELIGIBLE),
)
"""Every disposition, in the order in which they are offered."""

BY_CODE: Mapping[str, Disposition] = MappingProxyType({each.code: each for each in ALL})
FINAL = frozenset(each.code for each in ALL if each.final)
INTERIM = frozenset(each.code for each in ALL if not each.final)

# Somebody was spoken with, so that the case can no longer end as one that was never reached.
_REACHED = frozenset({CONTACTED, APPOINTMENT})
# Nobody records these: a case begins as the first and becomes the other by being opened again.
_NOT_RECORDED = frozenset({NOT_WORKED, REOPENED})


def may_follow(now: str) -> tuple[str, ...]:
    """List the dispositions that may be recorded for a case in its present one.

    A final one is followed by nothing: it is opened again by a second person, or stands. Whether
    there were enough attempts is asked by `surveys.fieldwork.attempts`.

    Raises
    ------
    KeyError
        There is no such disposition.
    """
    if BY_CODE[now].final:
        return ()
    barred = _NOT_RECORDED | ({NON_CONTACT} if now in _REACHED else frozenset())
    return tuple(each.code for each in ALL if each.code not in barred)


def after(now: str, recorded: str) -> str:
    """Disposition of a case once one is recorded that may follow its present one.

    A visit in vain does not undo a contact; a missed appointment leaves a contact.

    Raises
    ------
    ValueError
        It may not follow.
    """
    if recorded not in may_follow(now):
        raise ValueError(f"{recorded} cannot follow {now}")
    if recorded == ATTEMPTED and now in _REACHED:
        return CONTACTED
    return recorded


def may_be_replaced(code: str, kind: str) -> bool:
    """Whether a reserve may be asked for: the case has ended, and without answers."""
    found = BY_CODE[code]
    return found.final and found.category_in(kind) not in ANSWERED
