"""Whether what a list says of a dossier can be taken; every row that cannot is told."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from app.names import clean
from app.services.dossiers.register import Register
from app.services.frames.values import read_day
from surveys.instrument.tables import UNWANTED

# As many problems are kept; all are counted.
LISTED: Final = 1_000
LONGEST_CODE: Final = 60
_PHONE: Final = re.compile(r"0[35789]\d{8}")
_EMAIL: Final = re.compile(r"[^@\s,;<>\"']{1,64}@[A-Za-z0-9.-]{1,180}\.[A-Za-z]{2,20}")
_VALUE_LENGTH: Final = 80


@dataclass(frozen=True, slots=True)
class Written:
    """A dossier as it is written; empty where nothing stands. ``row`` is for people."""

    row: int
    code: str
    closed_on: str
    place: str
    procedure: str = ""
    field_name: str = ""
    phone: str = field(default="", repr=False)
    email: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Contact:
    """Where a message goes."""

    phone: str = ""
    email: str = ""

    def __bool__(self) -> bool:
        return bool(self.phone or self.email)


@dataclass(frozen=True, slots=True)
class Dossier:
    """A dossier that can be taken."""

    row: int
    code: str
    centre_id: int
    procedure_id: int | None
    field_id: int | None
    closed_on: date
    contact: Contact = field(repr=False)


@dataclass(frozen=True, slots=True)
class RowProblem:
    """Why a row is not taken.

    ``column`` is what is wrong with it: ``code``, ``closed_on``, ``centre`` or ``field``;
    ``problem`` a stable code; ``value`` what stands there, shortened.
    """

    row: int
    column: str
    value: str
    problem: str

    def to_json(self) -> dict[str, Any]:
        """Express it as it is stored."""
        return {
            "row": self.row, "column": self.column, "value": self.value, "problem": self.problem,
        }  # fmt: skip

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> "RowProblem":
        """Read what :meth:`to_json` made."""
        return cls(plain["row"], plain["column"], plain["value"], plain["problem"])


@dataclass(slots=True)
class Problems:
    """The first problems, and how many there are."""

    listed: list[RowProblem] = field(default_factory=list)
    n: int = 0

    def add(self, row: int, column: str, value: str, problem: str) -> None:
        """Add a problem."""
        self.n += 1
        if len(self.listed) < LISTED:
            shown = UNWANTED.sub("\ufffd", value)
            cut = shown if len(shown) <= _VALUE_LENGTH else shown[: _VALUE_LENGTH - 1] + "…"
            self.listed.append(RowProblem(row, column, cut, problem))


@dataclass(slots=True)
class Checker:
    """Checks the dossiers of one list, row by row.

    Parameters
    ----------
    today : date
        A dossier that is closed later is not closed yet.
    """

    register: Register
    today: date
    dossiers: list[Dossier] = field(default_factory=list)
    problems: Problems = field(default_factory=Problems)
    n_rows: int = 0
    n_repeated: int = 0
    _seen: dict[str, Dossier] = field(default_factory=dict)

    def take(self, rows: Iterable[Written]) -> None:
        """Check some rows."""
        for written in rows:
            self.n_rows += 1
            checked = self._check(written)
            if checked is None:
                continue
            before = self._seen.setdefault(checked.code, checked)
            if before is checked:
                self.dossiers.append(checked)
            elif says_the_same(before, checked):
                self.n_repeated += 1
            else:
                self.problems.add(written.row, "code", checked.code, "dossier.twice")

    def _check(self, written: Written) -> Dossier | None:
        n_before = self.problems.n
        code = clean(written.code)
        if not code or len(code) > LONGEST_CODE or not code.isprintable():
            problem = "dossier.code-malformed" if code else "dossier.code-missing"
            self.problems.add(written.row, "code", written.code, problem)
        closed_on = self._day(written)
        centre_id = self.register.centre(written.place) if written.place else None
        if centre_id is None:
            problem = "dossier.centre-unknown" if written.place else "dossier.centre-missing"
            self.problems.add(written.row, "centre", written.place, problem)
        procedure = self.register.procedure(written.procedure) if written.procedure else None
        field_id = None if procedure is None else procedure[1]
        if written.field_name and field_id is None:
            field_id = self.register.field_of(written.field_name)
            if field_id is None:
                self.problems.add(written.row, "field", written.field_name, "dossier.field-unknown")
        if self.problems.n > n_before or closed_on is None or centre_id is None:
            return None
        procedure_id = None if procedure is None else procedure[0]
        contact = Contact(phone_of(written.phone), email_of(written.email))
        return Dossier(
            written.row, code, centre_id, procedure_id, field_id, closed_on, contact
        )  # fmt: skip

    def _day(self, written: Written) -> date | None:
        found = read_day(written.closed_on) if written.closed_on else None
        if found is None:
            problem = "dossier.day-malformed" if written.closed_on else "dossier.day-missing"
        elif found > self.today:
            problem = "dossier.not-closed"
        else:
            return found
        self.problems.add(written.row, "closed_on", written.closed_on, problem)
        return None


def says_the_same(one: Dossier, other: Dossier) -> bool:
    """Whether two rows say the same of a dossier; contacts aside."""
    return (one.centre_id, one.field_id, one.closed_on) == (
        other.centre_id, other.field_id, other.closed_on,
    )  # fmt: skip


def phone_of(text: str) -> str:
    """Write a mobile number as ``0912345678``; empty for anything that takes no messages.

    Examples
    --------
    >>> phone_of("+84 912.345.678"), phone_of("912345678"), phone_of("0203 3835678")
    ('0912345678', '0912345678', '')
    """
    digits = re.sub(r"\D", "", text)
    if digits.startswith("84") and len(digits) == 11:
        digits = "0" + digits[2:]
    # Spreadsheets drop the zero.
    elif len(digits) == 9:
        digits = "0" + digits
    return digits if _PHONE.fullmatch(digits) else ""


def email_of(text: str) -> str:
    """Write an e-mail address; empty for anything that is none."""
    found = clean(text)
    return found if _EMAIL.fullmatch(found) else ""
