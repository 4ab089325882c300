"""What can be wrong with a row of a list, and what is done about it."""

from collections.abc import Iterable
from typing import Final

import polars as pl

REJECTED, EXCLUDED, WAITING, CHANGED, EMPTIED, NOTED = (
    "rejected", "excluded", "waiting", "changed", "emptied", "noted",
)  # fmt: skip

DECIDING: Final = (REJECTED, EXCLUDED, WAITING)
"""Actions that keep a row out, or waiting; the others are remarks about rows that go in."""

ACTIONS: Final[dict[str, str]] = {
    "row.not-a-record": EXCLUDED,
    "row.heading-again": EXCLUDED,
    "key.missing": REJECTED,
    "key.bad-character": REJECTED,
    "key.formula": REJECTED,
    "key.too-long": REJECTED,
    "key.digits-lost": REJECTED,
    "returned.missing": REJECTED,
    "returned.unreadable": REJECTED,
    "place.missing": REJECTED,
    "size.missing": REJECTED,
    "size.unreadable": REJECTED,
    "place.left-out": EXCLUDED,
    "agency.left-out": EXCLUDED,
    "period.outside": EXCLUDED,
    "size.zero": EXCLUDED,
    "duplicate.same": EXCLUDED,
    "duplicate.different": EXCLUDED,
    "place.unknown": WAITING,
    "place.ambiguous": WAITING,
    "place.divided": WAITING,
    "place.mistyped": WAITING,
    "agency.unknown": WAITING,
    "agency.ambiguous": WAITING,
    "agency.divided": WAITING,
    "agency.mistyped": WAITING,
    "key.zeros-restored": CHANGED,
    "place.filled-down": CHANGED,
    "date.month-first": CHANGED,
    "received.unreadable": EMPTIED,
    "due.unreadable": EMPTIED,
    "channel.unknown": EMPTIED,
    "applicant.unknown": EMPTIED,
    "district.unknown": EMPTIED,
    "difficult.unknown": EMPTIED,
    "date.order": NOTED,
    "size.order": NOTED,
    "place.contradicts": NOTED,
}
"""Every reason, in the order in which the first one decides about the row."""

SCHEMA: Final = pl.Schema(
    {
        "row": pl.Int32,
        # What the column holds; empty for the row as a whole.
        "target": pl.String,
        "value": pl.String,
        "code": pl.String,
        # What was written instead, or which row is meant.
        "detail": pl.String,
    }
)
VALUE_LENGTH: Final = 200


def codes_of(action: str) -> tuple[str, ...]:
    """Reasons that lead to an action, in order."""
    return tuple(code for code, what in ACTIONS.items() if what == action)


class Findings:
    """Collects what is wrong with some rows; what comes first decides about a row.

    Parameters
    ----------
    rows : Series of int
        Row numbers of the slice.
    """

    def __init__(self, rows: pl.Series) -> None:
        self._rows = rows
        self._parts: list[pl.DataFrame] = []
        self._outcome = pl.Series("outcome", [""], dtype=pl.String).new_from_index(0, len(rows))

    @property
    def outcome(self) -> pl.Series:
        """Reason that decided about each row; empty while nothing speaks against it."""
        return self._outcome

    @property
    def free(self) -> pl.Series:
        """Rows that nothing has decided about."""
        return self._outcome == ""

    def decide(
        self, where: pl.Series, code: str, target: str, value: pl.Series | None = None
    ) -> None:
        """Let a reason decide about rows, where none has before."""
        self._decide(where & self.free, code, target, value, overwrite=True)

    def reject(
        self, where: pl.Series, code: str, target: str, value: pl.Series | None = None
    ) -> None:
        """Reject rows; a row rejected already gets this reason listed too."""
        rejected = self._outcome.is_in(codes_of(REJECTED))
        self._decide(where & (self.free | rejected), code, target, value, overwrite=False)

    def remark(
        self,
        where: pl.Series,
        code: str,
        target: str,
        value: pl.Series | None = None,
        detail: pl.Series | None = None,
    ) -> None:
        """List something about rows that go into the frame, or wait to."""
        kept = self.free | self._outcome.is_in(codes_of(WAITING))
        self._list(where & kept, code, target, value, detail)

    def _decide(
        self, where: pl.Series, code: str, target: str, value: pl.Series | None, *, overwrite: bool
    ) -> None:
        where = where.fill_null(value=False)
        if not where.any():
            return
        self._list(where, code, target, value, None)
        here = where if overwrite else where & self.free
        self._outcome = self._outcome.set(here, code)

    def _list(
        self,
        where: pl.Series,
        code: str,
        target: str,
        value: pl.Series | None,
        detail: pl.Series | None,
    ) -> None:
        where = where.fill_null(value=False)
        if not where.any():
            return
        rows = self._rows.filter(where)
        n = len(rows)
        nothing = pl.Series("", [""], dtype=pl.String).new_from_index(0, n)
        self._parts.append(
            pl.DataFrame(
                {
                    "row": rows,
                    "target": nothing if not target else pl.Series([target]).new_from_index(0, n),
                    "value": nothing
                    if value is None
                    else value.filter(where).fill_null("").str.slice(0, VALUE_LENGTH),
                    "code": pl.Series([code]).new_from_index(0, n),
                    "detail": nothing if detail is None else detail.filter(where).fill_null(""),
                },
                schema=SCHEMA,
            )
        )

    def listed(self) -> pl.DataFrame:
        """Everything listed, by row."""
        return gathered(self._parts)


def gathered(parts: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """Put lists of problems together, in the order of their rows."""
    some = [*parts]
    if not some:
        return pl.DataFrame(schema=SCHEMA)
    return pl.concat(some).sort("row", maintain_order=True)
