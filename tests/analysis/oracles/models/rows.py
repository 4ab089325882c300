"""The rows and designs that ``models.R`` used."""

import json
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl

from analysis.coding import encode
from analysis.design import Calibration, Centre, Design, Replicates, StageColumns

HERE = Path(__file__).parent
ORACLE = json.loads((HERE / "models.json").read_text(encoding="utf-8"))


@cache
def rows_of(name):
    """Read the rows of a design, empty cells as missing."""
    file = {"strat_cells": "strat"}.get(name, name.split("_")[0])
    return pl.read_csv(HERE / f"{file}.csv", infer_schema_length=None)


def columns_of(name):
    """Return the columns of a design: numbers as floats, names as objects."""
    columns = {}
    for series in rows_of(name):
        if series.dtype == pl.String:
            columns[series.name] = np.array(series.to_list(), dtype=object)
        else:
            columns[series.name] = series.cast(pl.Float64).to_numpy()
    return columns


@cache
def design_of(name):
    """Build a design of R's."""
    columns = columns_of(name)
    if name.startswith("strat"):
        stages = [StageColumns(stratum=columns["stype"], size=columns["fpc"])]
        return Design.from_stages(stages, columns["pw"])
    if name == "clus2":
        stages = [
            StageColumns(columns["dnum"], size=columns["fpc1"]),
            StageColumns(columns["snum"], size=columns["fpc2"]),
        ]
        return Design.from_stages(stages, columns["pw"])
    if name == "clus1":
        return Design.from_stages(
            [StageColumns(columns["dnum"], size=columns["fpc"])], columns["pw"]
        )
    if name.startswith("clus1"):
        whole = Design.from_stages([StageColumns(columns["dnum"])], columns["pw"])
        return (
            _calibrated(whole, columns)
            if name == "clus1_cal"
            else jackknife(whole, Centre.ESTIMATE)
        )
    whole = Design.from_columns(columns["SDMVSTRA"], columns["SDMVPSU"], columns["WTMEC2YR"])
    return jackknife(whole, Centre.MEAN) if name == "health_jkn" else whole


def _calibrated(whole, columns):
    weight = pl.read_csv(HERE / "clus1_cal.csv")["weight"].to_numpy()
    stype = columns["stype"]
    auxiliary = np.column_stack(
        [np.ones(whole.n), stype == "H", stype == "M", columns["api99"]]
    ).astype(float)
    return whole.weighted(weight, Calibration(auxiliary, whole.weight))


def jackknife(design, centre):
    """Leave out one PSU after the other, in its stratum."""
    drawn = design.psus_per_stratum[design.psu_stratum].astype(float)
    same = design.psu_stratum[:, None] == design.psu_stratum
    factor = np.where(same, (drawn / (drawn - 1))[None, :], 1.0)
    np.fill_diagonal(factor, 0.0)
    replicates = Replicates("jkn", 1.0, (drawn - 1) / drawn, centre, factor=factor)
    return Design(design.cluster, design.weight, design.clusters, replicates=replicates)


def where_of(name, condition):
    """Return the domain of a condition written for R."""
    columns = columns_of(name)
    match condition:
        case None:
            return None
        case 'stype != "M"':
            return columns["stype"] != "M"
        case 'stype == "E"':
            return columns["stype"] == "E"
        case "RIAGENDR == 2":
            return columns["RIAGENDR"] == 2
    raise AssertionError(condition)


def as_category(columns, *names):
    """Make categories of some columns."""
    return columns | {name: encode(columns[name]) for name in names}


def assert_close(ours, theirs, rel):
    """Compare two lists of figures; null means NaN."""
    theirs = np.array([np.nan if one is None else one for one in np.ravel(theirs)], dtype=float)
    np.testing.assert_allclose(np.ravel(ours), theirs, rtol=rel, atol=1e-13)
