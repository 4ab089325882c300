"""How weights are spread: as drawn, after every step, and at the end."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl


@dataclass(frozen=True, slots=True)
class WeightLine:
    """One column of weights.

    Attributes
    ----------
    n : int
        Respondents with a positive weight.
    kish_effect : float
        ``n * sum(w**2) / sum(w)**2``: how much the spread of weights alone enlarges variances
        [Kish1965].
    effective_n : float
        ``n / kish_effect``.
    """

    name: str
    n: int
    total: float
    least: float
    median: float
    greatest: float
    kish_effect: float
    effective_n: float


def weight_lines(rows: pl.DataFrame, names: Sequence[str]) -> tuple[WeightLine, ...]:
    """Describe columns of weights in their order."""
    return tuple(_line(name, rows[name]) for name in names)


def _line(name: str, column: pl.Series) -> WeightLine:
    kept = column.drop_nulls()
    kept = kept.filter(kept > 0).sort()
    n, total = len(kept), float(kept.sum())
    effect = n * float((kept * kept).sum()) / total**2 if n else float("nan")
    values = kept.to_numpy() if n else np.zeros(1)
    return WeightLine(
        name,
        n,
        total,
        least=float(values[0]),
        median=float(np.median(values)),
        greatest=float(values[-1]),
        kish_effect=effect,
        effective_n=n / effect,
    )
