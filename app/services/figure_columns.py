"""Published figures side by side: columns as they are stored, one place for each figure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.counted.evaluate import KindFigures
from analysis.counted.judged import Keys, KindVerdicts
from analysis.finished import METHODS, DomainNotes
from analysis.results import Note
from app.services.figures import EstimateFigure, written_notes

NO_VALUE = Note("suppressed.no-value")
_NAMES = np.array([method.value for method in METHODS], dtype=object)


@dataclass(frozen=True, slots=True)
class FigureColumns:
    """Estimates as they are published; see ``EstimateFigure`` for the columns."""

    node: list[str]
    measure: list[str]
    domain_kind: list[str]
    domain_code: list[str]
    value: list[float | None]
    standard_error: list[float | None]
    low: list[float | None]
    high: list[float | None]
    interval_method: list[str | None]
    n: list[int | None]
    effective_n: list[float | None]
    df: list[float | None]
    design_effect: list[float | None]
    suppressed: list[bool]
    notes: list[tuple[str, ...]]

    def __len__(self) -> int:
        return len(self.node)

    @classmethod
    def none(cls) -> "FigureColumns":
        """Return no figures."""
        return cls(*([] for _ in cls.__dataclass_fields__))

    @classmethod
    def from_figures(cls, figures: Sequence[EstimateFigure]) -> "FigureColumns":
        """Lay figures side by side."""
        return cls(*([getattr(one, name) for one in figures] for name in cls.__dataclass_fields__))

    def figures(self) -> tuple[EstimateFigure, ...]:
        """Return the figures one by one."""
        columns = (getattr(self, name) for name in self.__dataclass_fields__)
        return tuple(EstimateFigure(*row) for row in zip(*columns, strict=True))

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield the figures as rows of the database."""
        columns = (getattr(self, name) for name in self.__dataclass_fields__)
        # Spelled out: a dictionary from names and values takes three times as long.
        for (
            node, measure, kind, code, value, error, low, high, method, n, effective_n, df, effect,
            suppressed, notes,
        ) in zip(*columns, strict=True):  # fmt: skip
            yield {
                "node": node, "measure": measure, "domain_kind": kind, "domain_code": code,
                "value": value, "standard_error": error, "low": low, "high": high,
                "interval_method": method, "n": n, "effective_n": effective_n, "df": df,
                "design_effect": effect, "suppressed": suppressed, "notes": list(notes),
            }  # fmt: skip

    def add(self, found: KindFigures, verdicts: KindVerdicts, keys: Keys) -> None:
        """Add the figures of one kind of domain, domain by domain."""
        finished = found.finished
        n_domains = len(found.codes)
        shown = verdicts.publishable & ~np.isnan(finished.value)
        self.node.extend([node for node, _ in keys] * n_domains)
        self.measure.extend([measure.value for _, measure in keys] * n_domains)
        self.domain_kind.extend([found.kind] * (n_domains * len(keys)))
        self.domain_code.extend(code for code in found.codes for _ in keys)
        has_ends = shown & np.isfinite(finished.low) & np.isfinite(finished.high)
        for column, values, is_known in (
            (self.value, finished.value, shown),
            (self.standard_error, finished.error, shown),
            (self.low, finished.low, has_ends),
            (self.high, finished.high, has_ends),
            (self.effective_n, finished.effective_n, shown),
            (self.df, finished.df, shown),
            (self.design_effect, finished.design_effect, shown),
        ):
            column.extend(_known(values, is_known & np.isfinite(values)))
        self.interval_method.extend(_known(_NAMES[finished.method], has_ends))
        self.n.extend(finished.n.astype(np.int64).ravel().tolist())
        self.suppressed.extend((~shown).ravel().tolist())
        self.notes.extend(_notes(finished.notes, verdicts.reasons, shown))


def _known(values: NDArray[Any], is_known: NDArray[np.bool_]) -> list[Any]:
    """Write what is known, None elsewhere, domain by domain."""
    if is_known.all():
        return list(values.ravel().tolist())
    found = values.astype(object)
    found[~is_known] = None
    return list(found.ravel().tolist())


def _notes(
    of_estimands: Sequence[DomainNotes], reasons: DomainNotes, shown: NDArray[np.bool_]
) -> list[tuple[str, ...]]:
    """Write the reservations of what is shown, and why the rest is not."""
    found: list[tuple[str, ...]] = [()] * shown.size
    n_estimands = shown.shape[1]
    for k, notes in enumerate(of_estimands):
        for where, note in notes:
            for domain in np.flatnonzero(where & shown[:, k]).tolist():
                found[domain * n_estimands + k] += written_notes((note,))
    for where, note in reasons:
        for place in np.flatnonzero(where & ~shown).tolist():
            found[place] += written_notes((note,))
    for place in np.flatnonzero(~shown).tolist():
        found[place] = found[place] or written_notes((NO_VALUE,))
    return found
