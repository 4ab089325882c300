"""Parquet, SPSS and Stata files, which know the types of their columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import polars as pl
import pyreadstat

from analysis.plan.source.opened import FileFault, Opened, normal, own_names
from analysis.plan.sql import short_reason

_BROKEN: Final = (
    pyreadstat.ReadstatError,
    pyreadstat.PyreadstatError,
    ValueError,
    OverflowError,
    OSError,
)


def open_parquet(path: Path) -> Opened:
    """Read the schema of a Parquet file.

    Raises
    ------
    FileFault
    """
    try:
        scanned = pl.scan_parquet(path)
        schema = scanned.collect_schema()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise _unreadable(path, "parquet", error) from error
    names = own_names(list(schema), path)

    def read(columns: Sequence[str]) -> pl.DataFrame:
        chosen = [pl.col(names[name]).alias(name) for name in columns]
        try:
            return scanned.select(chosen).collect()
        except (pl.exceptions.PolarsError, OSError) as error:
            raise _unreadable(path, "parquet", error) from error

    return Opened(path, "parquet", tuple(names), read)


def open_sav(path: Path, encoding: str | None) -> Opened:
    """Read the dictionary of an SPSS file (``.sav``, ``.zsav``)."""
    return _open_labelled(path, "sav", pyreadstat.read_sav, encoding)


def open_dta(path: Path, encoding: str | None) -> Opened:
    """Read the dictionary of a Stata file."""
    return _open_labelled(path, "dta", pyreadstat.read_dta, encoding)


def _open_labelled(
    path: Path, kind: str, read_file: Callable[..., tuple[Any, Any]], encoding: str | None
) -> Opened:
    try:
        _, about = read_file(str(path), metadataonly=True, encoding=encoding)
    except _BROKEN as error:
        raise _unreadable(path, kind, error) from error
    if not all(isinstance(name, str) for name in about.column_names):
        raise FileFault("file-unreadable", file=path.name, format=kind, reason="names of columns")
    names = own_names(about.column_names, path)

    def read(columns: Sequence[str]) -> pl.DataFrame:
        chosen = [names[name] for name in columns]
        try:
            found, _ = read_file(str(path), usecols=chosen, output_format="dict", encoding=encoding)
        except _BROKEN as error:
            raise _unreadable(path, kind, error) from error
        return pl.DataFrame([_series(name, found[names[name]]) for name in columns])

    labels = about.column_names_to_labels
    return Opened(
        path,
        kind,
        tuple(names),
        read,
        labels={name: normal(str(labels[own])) for name, own in names.items() if labels.get(own)},
        value_labels={
            name: _value_labels(about.variable_value_labels[own])
            for name, own in names.items()
            if own in about.variable_value_labels
        },
    )


def _series(name: str, values: Any) -> pl.Series:
    """Turn what the reader gives, numbers or objects, into a column."""
    listed = values.tolist() if hasattr(values, "tolist") else list(values)
    if all(value is None or isinstance(value, int | float) for value in listed):
        return pl.Series(name, listed, dtype=pl.Float64, strict=False)
    texts = [None if _is_nothing(value) else str(value) for value in listed]
    return pl.Series(name, texts, dtype=pl.String)


def _is_nothing(value: object) -> bool:
    return value is None or (isinstance(value, float) and value != value)  # noqa: PLR0124


def _value_labels(labels: Mapping[Any, str]) -> dict[str, str]:
    return {
        str(int(code)) if isinstance(code, float) and code.is_integer() else str(code): normal(
            str(text)
        )
        for code, text in labels.items()
    }


def _unreadable(path: Path, kind: str, error: BaseException) -> FileFault:
    return FileFault("file-unreadable", file=path.name, format=kind, reason=short_reason(error))
