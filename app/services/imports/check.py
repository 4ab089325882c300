"""Read a whole file and check every row, without touching the database."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

from app.services.imports.mapping import Columns
from app.services.imports.plan import Plan, make_plan, match
from app.services.imports.problems import ProblemList
from app.services.imports.reader import Row, Table, open_table, take_head
from app.services.imports.refusals import FileRefusedError
from app.services.imports.rounds import ImportRound
from app.services.imports.rows import RowRule
from app.services.imports.spool import Spool

_REPORT_EVERY = 500

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Remarks:
    """What a person should know about a file that was taken.

    Attributes
    ----------
    ignored : tuple of str
        Headings of columns that were not read.
    off_path : mapping of str to int
        By item, answers left out because the question is not asked of that respondent.
    day : str or None
        Day given to answers that state none.
    keyed : bool
        Whether rows are known again by a row key.
    """

    ignored: tuple[str, ...] = ()
    off_path: Mapping[str, int] = field(default_factory=dict)
    day: str | None = None
    keyed: bool = True

    def to_json(self) -> dict[str, Any]:
        """Express it as it is stored."""
        return {
            "ignored": list(self.ignored), "off_path": dict(self.off_path),
            "day": self.day, "keyed": self.keyed,
        }  # fmt: skip

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> "Remarks":
        """Read what :meth:`to_json` made; an empty one says nothing."""
        return cls(
            ignored=tuple(plain.get("ignored", ())),
            off_path=plain.get("off_path", {}),
            day=plain.get("day"),
            keyed=plain.get("keyed", True),
        )


@dataclass(frozen=True, slots=True)
class Accepted:
    """Every row passed; the spool holds them."""

    plan: Plan
    spool: Spool
    n_rows: int
    remarks: Remarks


@dataclass(frozen=True, slots=True)
class Rejected:
    """Something is wrong, so nothing is imported."""

    n_rows: int
    problems: ProblemList


def ignore_progress(_done: int, _total: int) -> None:
    """Show nothing."""


def check_file(
    path: Path,
    target: ImportRound,
    columns: Columns,
    *,
    progress: Progress = ignore_progress,
) -> Accepted | Rejected:
    """Check a file for a round.

    Parameters
    ----------
    path : Path
        The file.
    target : ImportRound
        The round it goes into.
    columns : Columns
        What its columns hold, as far as that is stated.
    progress : callable
        Called now and then with the rows done and their total, about; what it raises goes through.

    Returns
    -------
    Accepted or Rejected
        The spool of an accepted file must be closed by the caller.
    """
    try:
        with open_table(path, sheet=columns.sheet) as table:
            return _check_table(table, target, columns, progress)
    except FileRefusedError as refusal:
        problems = ProblemList()
        problems.general(refusal.code, **_texts(refusal.context))
        return Rejected(0, problems)


def _check_table(
    table: Table, target: ImportRound, columns: Columns, progress: Progress
) -> Accepted | Rejected:
    head = take_head(table)
    problems = ProblemList()
    plan = make_plan(match(head, columns, target.instrument), columns, target.instrument, problems)
    if plan is None:
        return Rejected(0, problems)
    problems = ProblemList(plan.headers)
    rule = RowRule(plan, target, problems, errors=table.errors, comma_likely=table.separator == ";")
    spool = Spool(target.id, target.instrument.languages[0])
    try:
        rows = chain(head, table.rows)
        n_rows = _read(rows, plan, rule, spool, problems, table.n_rows, progress)
    except BaseException:
        spool.close()
        raise
    if n_rows == 0 and not problems:
        problems.general("file.no-rows", row=str(plan.header_row))
    if problems:
        spool.close()
        return Rejected(n_rows, problems)
    return Accepted(plan, spool, n_rows, _remarks(plan, rule, target))


def _read(
    rows: Iterable[Row],
    plan: Plan,
    rule: RowRule,
    spool: Spool,
    problems: ProblemList,
    total: int,
    progress: Progress,
) -> int:
    n_rows = 0
    for row in rows:
        if row.number <= plan.header_row:
            continue
        n_rows += 1
        ready = rule.check(row)
        # Once anything is wrong nothing will be imported; the rest is only checked.
        if ready is not None and not problems:
            spool.add(ready)
        if n_rows % _REPORT_EVERY == 0:
            progress(row.number, max(total, row.number))
    progress(total, total)
    return n_rows


def _remarks(plan: Plan, rule: RowRule, target: ImportRound) -> Remarks:
    dated = "date" in plan.fields or "date" in plan.columns.fixed
    return Remarks(
        ignored=tuple(plan.headers[index] for index in plan.ignored),
        off_path=dict(rule.off_path),
        day=None if dated else target.opens_on.isoformat(),
        keyed="key" in plan.fields,
    )


def _texts(context: Mapping[str, object]) -> dict[str, str]:
    return {
        key: ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
        for key, value in context.items()
    }
