"""Designs whose PSUs were drawn with unequal probabilities."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analysis.design import Design, PairMatrix
from analysis.plan.faults import Place
from analysis.plan.reader import Reader
from analysis.plan.schema.design import DesignSection
from analysis.plan.source import FileFault, Options, open_file
from analysis.plan.source.types import as_numbers
from analysis.plan.table import Table
from analysis.variance.pps import PairVariance, hartley_rao, overton, pair_matrix
from analysis.variance.pps.errors import JointProbabilityError

Values = NDArray[np.float64]
LONG = ("i", "j", "probability")
"""Columns of joint probabilities that are listed pair by pair."""


def with_pairs(
    design: Design, section: DesignSection, table: Table, folder: Path, reader: Reader
) -> Design:
    """Let the variance come from pairs of PSUs, where the plan says so.

    Parameters
    ----------
    design : Design
        Whose first stage knows the PSUs' own probabilities.
    section : DesignSection
    table : Table
    folder : Path
        Where the file of joint probabilities is looked for.
    reader : Reader
        Takes the faults; then the design comes back as it was.

    Raises
    ------
    AnalysisError
        Of ``analysis.variance.pps``.
    """
    first = design.clusters.first
    kind = PairVariance(section.pps_variance or "yates-grundy")
    probability = first.unit_fraction
    stratum = first.unit_stratum.astype(np.int64)
    pairs: PairMatrix
    match section.selection:
        case "pps-hartley-rao":
            pairs = hartley_rao(probability, stratum, kind=kind)
        case "pps-overton":
            pairs = overton(probability, stratum, kind=kind)
        case "pps-joint":
            joint = read_joint(design, section, table, folder, reader)
            if joint is None:
                return design
            try:
                pairs = pair_matrix(joint, kind, probability=probability, stratum=stratum)
            except JointProbabilityError as error:
                names = _names(section, table, first_rows(design))
                _refuse(error, names, (*section.place, "joint"), reader)
                return design
        case _:
            return design
    return replace(design, clusters=replace(design.clusters, pairs=pairs))


def _refuse(error: JointProbabilityError, names: list[str], place: Place, reader: Reader) -> None:
    """Say which two PSUs an impossible joint probability is about."""
    context = error.context
    reader.fault(
        place,
        "joint-refused",
        first=names[int(context.get("first", 0))],
        second=names[int(context.get("second", 0))],
        joint=context.get("joint", ""),
        what=error.code,
    )


def read_joint(
    design: Design, section: DesignSection, table: Table, folder: Path, reader: Reader
) -> Values | None:
    """Read joint inclusion probabilities in the order of the design's PSUs.

    Returns
    -------
    ndarray of float64, shape (n_psu, n_psu), or None
        None after noting faults.
    """
    place = (*section.place, "joint")
    try:
        opened = open_file(folder / (section.joint or ""), Options())
        frame = opened.read(opened.columns)
    except FileFault as fault:
        reader.fault(place, fault.code, **fault.context)
        return None
    rows = first_rows(design)
    names = _names(section, table, rows)
    if tuple(opened.columns) == LONG:
        return _from_pairs(frame, names, place, reader)
    numbers = np.column_stack([_numbers(column) for column in frame.iter_columns()])
    if numbers.shape != (design.n_psu, design.n_psu):
        shape = f"{numbers.shape[0]} × {numbers.shape[1]}"
        reader.fault(place, "joint-shape", shape=shape, psus=design.n_psu)
        return None
    order = _order(opened.columns, names, rows)
    return numbers[np.ix_(order, order)]


def first_rows(design: Design) -> NDArray[np.int64]:
    """Return the first row of every PSU, shape (n_psu,)."""
    psu = design.psu
    first = np.empty(design.n_psu, dtype=np.int64)
    first[psu[::-1]] = np.arange(len(psu) - 1, -1, -1)
    return first


def _numbers(column: pl.Series) -> Values:
    text = column.cast(pl.String)
    return as_numbers(text).cast(pl.Float64).fill_null(np.nan).to_numpy()


def _names(section: DesignSection, table: Table, rows: NDArray[np.int64]) -> list[str]:
    """Return the names of the PSUs; their rows, counted from 1, without any."""
    if not section.clusters:
        return [str(row + 1) for row in rows.tolist()]
    coded = table.coded(section.clusters[0])
    return [coded.levels[code] for code in coded.codes[rows].tolist()]


def _order(header: tuple[str, ...], names: list[str], rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return which column of the file is which PSU: by name, else by first appearance."""
    if sorted(header) == sorted(names) and len(set(names)) == len(names):
        position = {name: number for number, name in enumerate(header)}
        return np.array([position[name] for name in names])
    return np.argsort(np.argsort(rows))


def _from_pairs(
    frame: pl.DataFrame, names: list[str], place: Place, reader: Reader
) -> Values | None:
    """Fill a matrix from a list of pairs; one order of each pair is enough."""
    position = {name: number for number, name in enumerate(names)}
    if len(position) < len(names):
        reader.fault(place, "joint-names-repeat")
        return None
    joint = np.full((len(names), len(names)), np.nan)
    columns = [frame["i"].cast(pl.String), frame["j"].cast(pl.String)]
    for one, other, share in zip(*columns, _numbers(frame["probability"]).tolist(), strict=True):
        for name in (one, other):
            if name not in position:
                reader.fault(place, "joint-unknown-psu", psu=name)
                return None
        joint[position[one], position[other]] = share
        joint[position[other], position[one]] = share
    return joint
