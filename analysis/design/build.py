"""From columns of names to numbered units, strata and fractions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.answers import Column
from analysis.coding import encode
from analysis.design.stage import Clusters, Stage
from analysis.errors import (
    BadFractionError,
    BadWeightError,
    EmptySampleError,
    FractionsDifferError,
    MissingDesignError,
    NoWeightError,
    PsuInTwoStrataError,
    SizeTooSmallError,
    UnequalLengthsError,
)

Codes = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class StageColumns:
    """One stage of selection, one row per respondent, shape (n,) each.

    Attributes
    ----------
    cluster : column, optional
        Unit of this stage; without it every respondent is a unit.
    stratum : column, optional
        Stratum within the unit of the stage before.
    size : column of float, optional
        How many units the stratum holds in the population.
    fraction : column of float, optional
        Share of the stratum's units that were drawn, instead of ``size``.
    is_unequal : bool
        Whether ``fraction`` is each unit's own probability instead.
    is_nested : bool
        Whether names of units may repeat from stratum to stratum; if not, a
        name in two strata is an error.
    """

    cluster: Column | None = None
    stratum: Column | None = None
    size: Column | None = None
    fraction: Column | None = None
    is_unequal: bool = False
    is_nested: bool = True

    def lengths(self) -> dict[str, int]:
        """Return the lengths of the columns that are given."""
        columns = {
            "cluster": self.cluster,
            "stratum": self.stratum,
            "size": self.size,
            "fraction": self.fraction,
        }
        return {name: len(column) for name, column in columns.items() if column is not None}


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    """A stage with one row per respondent; see ``Stage``."""

    unit: Codes
    stratum: Codes
    fraction: NDArray[np.float64]


def build_clusters(
    stages: Sequence[StageColumns],
) -> tuple[Clusters, NDArray[np.int32], NDArray[np.float64]]:
    """Give numbers to the units of all stages.

    Stages below one that was drawn with replacement, or as a negligible share,
    do not matter to the variance and are left out.

    Parameters
    ----------
    stages : sequence of StageColumns

    Returns
    -------
    Clusters
    cluster : ndarray of int32, shape (n,)
        Final cluster of each respondent.
    probability : ndarray of float64, shape (n,)
        Product of the fractions of all stages; 0 if one is not known.

    Raises
    ------
    UnequalLengthsError, EmptySampleError, MissingDesignError,
    BadFractionError, SizeTooSmallError, PsuInTwoStrataError
    """
    n = _length(stages)
    above = np.zeros(n, dtype=np.int64)
    rows: list[_Rows] = []
    probability = np.ones(n)
    carried = np.ones(n)
    all_carried: list[NDArray[np.float64]] = []
    for number, stage in enumerate(stages, start=1):
        found = _number(stage, above, number)
        if number == 1 or (carried > 0).any():
            rows.append(found)
            all_carried.append(carried)
        carried = carried * found.fraction
        probability = probability * found.fraction
        above = found.unit
    cluster = rows[-1].unit
    first = _first_rows(cluster)
    built = tuple(
        _stage(found, before, first) for found, before in zip(rows, all_carried, strict=True)
    )
    return Clusters(built), cluster.astype(np.int32), probability


def _length(stages: Sequence[StageColumns]) -> int:
    lengths = {
        f"{name} of stage {number}": length
        for number, stage in enumerate(stages, start=1)
        for name, length in stage.lengths().items()
    }
    if len(set(lengths.values())) > 1:
        raise UnequalLengthsError(**lengths)
    n = next(iter(lengths.values()), 0)
    if n == 0:
        raise EmptySampleError
    return n


def _number(stage: StageColumns, above: Codes, number: int) -> _Rows:
    """Give numbers to strata within the units above, and units within strata."""
    stratum = _within(above, stage.stratum, "stratum")
    if stage.cluster is None:
        unit = np.empty(len(above), dtype=np.int64)
        unit[np.argsort(stratum, kind="stable")] = np.arange(len(above))
    else:
        unit = _within(stratum, stage.cluster, "psu")
        if not stage.is_nested:
            _check_globally_unique(stage.cluster, unit, number)
    return _Rows(unit, stratum, _fractions(stage, stratum, unit, number))


def _within(outer: Codes, column: Column | None, name: str) -> Codes:
    """Give numbers to the distinct pairs of an outer code and a name."""
    if column is None:
        return outer
    coded = encode(column)
    if (coded.codes < 0).any():
        raise MissingDesignError(column=name, row=int(np.argmax(coded.codes < 0)))
    if not outer.any():
        return coded.codes.astype(np.int64)
    pairs = outer * len(coded.levels) + coded.codes
    return np.asarray(np.unique(pairs, return_inverse=True)[1], dtype=np.int64)


def _check_globally_unique(cluster: Column, unit: Codes, number: int) -> None:
    coded = encode(cluster)
    n_units = int(unit.max()) + 1
    if n_units > len(coded.levels):
        name_of_unit = coded.codes[_first_rows(unit)]
        repeated = np.bincount(name_of_unit) > 1
        raise PsuInTwoStrataError(stage=number, psu=coded.levels[int(np.argmax(repeated))])


def _fractions(
    stage: StageColumns, stratum: Codes, unit: Codes, number: int
) -> NDArray[np.float64]:
    """Return the drawn share of each respondent's stratum, shape (n,)."""
    if stage.size is None and stage.fraction is None:
        return np.zeros(len(unit))
    given = stage.fraction if stage.size is None else stage.size
    rows = np.asarray(given, dtype=np.float64)
    if np.isnan(rows).any():
        raise BadFractionError(stage=number, row=int(np.argmax(np.isnan(rows))), value="nan")
    level = unit if stage.is_unequal else stratum
    first = _first_rows(level)[level]
    if (rows != rows[first]).any():
        row = int(np.argmax(rows != rows[first]))
        context = {"value": rows[row], "first": first[row], "other": rows[first[row]]}
        raise FractionsDifferError(stage=number, row=row, **context)
    if stage.size is None:
        is_bad = ~((rows >= 0) & (rows <= 1))
        if is_bad.any():
            row = int(np.argmax(is_bad))
            raise BadFractionError(stage=number, row=row, value=rows[row])
        return rows
    drawn = np.bincount(stratum[_first_rows(unit)])[stratum]
    if (rows < drawn).any():
        row = int(np.argmax(rows < drawn))
        raise SizeTooSmallError(stage=number, row=row, size=rows[row], drawn=drawn[row])
    return drawn / rows


def _first_rows(codes: Codes) -> Codes:
    """Return the first row of each code, all codes being present."""
    first = np.empty(int(codes.max()) + 1, dtype=np.int64)
    first[codes[::-1]] = np.arange(len(codes) - 1, -1, -1)
    return first


def _stage(found: _Rows, carried: NDArray[np.float64], first_of_cluster: Codes) -> Stage:
    first = _first_rows(found.unit)
    return Stage(
        unit=found.unit[first_of_cluster].astype(np.int32),
        unit_stratum=found.stratum[first].astype(np.int32),
        unit_fraction=found.fraction[first],
        carried=carried[first],
    )


def checked_weights(weight: Column, *, may_be_negative: bool = False) -> NDArray[np.float64]:
    """Return weights as floats.

    Raises
    ------
    BadWeightError
        One is negative or not finite.
    NoWeightError
        None is positive.
    """
    weights = np.asarray(weight, dtype=np.float64)
    is_bad = ~np.isfinite(weights) | ((weights < 0) & (not may_be_negative))
    if is_bad.any():
        row = int(np.argmax(is_bad))
        raise BadWeightError(row=row, value=weights[row])
    if not (weights > 0).any():
        raise NoWeightError
    return weights
