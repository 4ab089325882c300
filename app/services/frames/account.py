"""The account of a frame: rows in = accepted + rejected + excluded by each rule + waiting."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.services.frames.problems import ACTIONS, EXCLUDED, REJECTED, WAITING


@dataclass(frozen=True, slots=True)
class FileAccount:
    """What became of the rows of one file.

    Attributes
    ----------
    outcomes : mapping of str to int
        Rows by the reason that decided about them; ``""`` are the accepted ones.
    problems : mapping of str to int
        How often each problem was met, also in rows that went in.
    """

    n_rows: int
    outcomes: Mapping[str, int]
    problems: Mapping[str, int] = field(repr=False)

    @property
    def accepted(self) -> int:
        """Rows that go into the frame."""
        return self.outcomes.get("", 0)

    @property
    def rejected(self) -> dict[str, int]:
        """Rejected rows, by reason."""
        return self._of(REJECTED)

    @property
    def excluded(self) -> dict[str, int]:
        """Rows left out by a rule, by rule."""
        return self._of(EXCLUDED)

    @property
    def waiting(self) -> int:
        """Rows that wait for a decision."""
        return sum(self._of(WAITING).values())

    @property
    def adds_up(self) -> bool:
        """Whether every row is accounted for."""
        return self.n_rows == sum(self.outcomes.values())

    def _of(self, action: str) -> dict[str, int]:
        return {
            code: self.outcomes[code]
            for code, what in ACTIONS.items()
            if what == action and self.outcomes.get(code)
        }


@dataclass(frozen=True, slots=True)
class Account(FileAccount):
    """What became of the rows of all files.

    Attributes
    ----------
    communes : tuple of (str, int)
        Accepted rows by code of the commune, in order of codes; ``""`` lie in none.
    centres : int
        Different service centres among the accepted rows.
    elsewhere : int
        Accepted and waiting rows of people who live outside the province.
    contacts : int
        Rows that came with contact data.
    first, last : str
        Earliest and latest day of a result among the accepted rows; empty if there is none.
    """

    communes: tuple[tuple[str, int], ...] = ()
    centres: int = 0
    elsewhere: int = 0
    contacts: int = 0
    first: str = ""
    last: str = ""

    def to_json(self) -> dict[str, Any]:
        """Express it as it is stored."""
        return {
            "rows": self.n_rows,
            "outcomes": dict(self.outcomes),
            "problems": dict(self.problems),
            "communes": [list(pair) for pair in self.communes],
            "centres": self.centres,
            "elsewhere": self.elsewhere,
            "contacts": self.contacts,
            "first": self.first,
            "last": self.last,
        }

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> "Account":
        """Read what :meth:`to_json` made; of nothing, an empty account."""
        return cls(
            n_rows=plain.get("rows", 0),
            outcomes=plain.get("outcomes", {}),
            problems=plain.get("problems", {}),
            communes=tuple((code, n) for code, n in plain.get("communes", ())),
            centres=plain.get("centres", 0),
            elsewhere=plain.get("elsewhere", 0),
            contacts=plain.get("contacts", 0),
            first=plain.get("first", ""),
            last=plain.get("last", ""),
        )


def total(files: Iterable[FileAccount]) -> FileAccount:
    """Add the accounts of files up."""
    n_rows = 0
    outcomes: Counter[str] = Counter()
    problems: Counter[str] = Counter()
    for each in files:
        n_rows += each.n_rows
        outcomes.update(each.outcomes)
        problems.update(each.problems)
    return FileAccount(n_rows, dict(outcomes), dict(problems))
