"""What is wrong with a file, cell by cell, in bounded memory."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from app.services.imports.targets import letter
from surveys.instrument.tables import UNWANTED

# As many cells are listed one by one; the summary counts all of them.
LISTED: Final = 200_000
_VALUE_LENGTH: Final = 200
_ENTRIES: Final = 1_000
_GroupKey = tuple[str | None, str, str]


@dataclass(frozen=True, slots=True)
class CellProblem:
    """Why one cell, one column or the whole file is not taken.

    Attributes
    ----------
    row : int or None
        As a spreadsheet program numbers it; None for a column or the file.
    column : str or None
        Letter of the column; None when there is no such column, or for the file.
    header : str
        What stands above the column, or what is looked for and has no column.
    value : str
        What the cell holds, shortened.
    code : str
        Stable name of the reason; ``context`` is what a sentence about it names.
    """

    row: int | None
    column: str | None
    header: str
    value: str
    code: str
    context: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Express it as it is stored."""
        plain: dict[str, Any] = {
            "row": self.row, "column": self.column, "header": self.header,
            "value": self.value, "problem": self.code,
        }  # fmt: skip
        return {**plain, "context": dict(self.context)} if self.context else plain

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> "CellProblem":
        """Read what :meth:`to_json` made."""
        return cls(
            row=plain["row"], column=plain["column"], header=plain["header"],
            value=plain["value"], code=plain["problem"], context=plain.get("context", {}),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class ProblemGroup:
    """How often one reason occurs in one column, and the entries most often met there.

    ``context`` is that of the first problem of the group.
    """

    column: str | None
    header: str
    code: str
    count: int
    values: tuple[tuple[str, int], ...]
    context: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Express it as it is stored."""
        return {
            "column": self.column, "header": self.header, "problem": self.code,
            "count": self.count, "values": [list(pair) for pair in self.values],
            "context": dict(self.context),
        }  # fmt: skip

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> "ProblemGroup":
        """Read what :meth:`to_json` made."""
        return cls(
            column=plain["column"], header=plain["header"], code=plain["problem"],
            count=plain["count"], values=tuple((value, n) for value, n in plain["values"]),
            context=plain["context"],
        )  # fmt: skip


class ProblemList:
    """Collects problems: lists the first ones, counts all of them."""

    def __init__(self, headers: tuple[str, ...] = ()) -> None:
        self._headers = headers
        self._n = 0
        self._listed: list[CellProblem] = []
        self._rows: set[int] = set()
        self._counts: Counter[_GroupKey] = Counter()
        self._entries: dict[_GroupKey, Counter[str]] = {}
        self._contexts: dict[_GroupKey, Mapping[str, str]] = {}

    def __len__(self) -> int:
        return self._n

    @property
    def listed(self) -> tuple[CellProblem, ...]:
        """The first problems, in the order of the rows."""
        return tuple(self._listed)

    @property
    def n_rows(self) -> int:
        """Rows with at least one problem."""
        return len(self._rows)

    @property
    def groups(self) -> tuple[ProblemGroup, ...]:
        """Reasons by column, the most frequent first."""
        return tuple(
            ProblemGroup(*key, count, tuple(self._entries[key].most_common(3)), self._contexts[key])
            for key, count in self._counts.most_common()
        )

    def cell(
        self,
        row: int,
        index: int | None,
        value: str,
        code: str,
        /,
        header: str = "",
        **context: str,
    ) -> None:
        """Add a problem of a cell; ``index`` None if no column holds what is missing."""
        column = None
        if index is not None:
            column = letter(index)
            header = self._headers[index] if index < len(self._headers) else ""
        self._add(CellProblem(row, column, header, shown(value), code, context))
        self._rows.add(row)

    def general(self, code: str, /, header: str = "", **context: str) -> None:
        """Add a problem of the whole file or of a column that is looked for."""
        self._add(CellProblem(None, None, header, "", code, context))

    def _add(self, problem: CellProblem) -> None:
        key = (problem.column, problem.header, problem.code)
        self._n += 1
        self._counts[key] += 1
        self._contexts.setdefault(key, problem.context)
        entries = self._entries.setdefault(key, Counter())
        # Different wrong entries may be as many as rows; the first ones show what is going on.
        if problem.value in entries or len(entries) < _ENTRIES:
            entries[problem.value] += 1
        if len(self._listed) < LISTED:
            self._listed.append(problem)


def shown(value: str) -> str:
    """Shorten an entry for a list of problems; what cannot be stored becomes visible signs."""
    cut = value if len(value) <= _VALUE_LENGTH else value[: _VALUE_LENGTH - 1] + "…"
    return UNWANTED.sub("\ufffd", cut)
