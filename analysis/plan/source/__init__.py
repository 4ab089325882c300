"""Files with rows: CSV, Parquet, SPSS and Stata, read column by column."""

from __future__ import annotations

from pathlib import Path

from analysis.plan.faults import nearest
from analysis.plan.source.binary import open_dta, open_parquet, open_sav
from analysis.plan.source.opened import FileFault, Opened, Options
from analysis.plan.source.text import open_csv

__all__ = ["FileFault", "Opened", "Options", "open_file"]

ENDINGS = {
    ".csv": "csv",
    ".txt": "csv",
    ".tsv": "csv",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".sav": "sav",
    ".zsav": "sav",
    ".dta": "dta",
}


def open_file(path: Path, options: Options, kind: str | None = None) -> Opened:
    """Find the columns of a file.

    Parameters
    ----------
    path : Path
    options : Options
        For text files.
    kind : str, optional
        Format; without it by the ending.

    Raises
    ------
    FileFault
    """
    if not path.is_file():
        near = nearest(path.name, _neighbours(path))
        raise FileFault("no-file", file=path, meant=near)
    found = kind or ENDINGS.get(path.suffix.lower())
    try:
        match found:
            case "csv":
                return open_csv(path, options)
            case "parquet":
                return open_parquet(path)
            case "sav":
                return open_sav(path, options.encoding)
            case "dta":
                return open_dta(path, options.encoding)
            case _:
                raise FileFault("unknown-ending", file=path.name, known=", ".join(ENDINGS))
    except OSError as error:
        raise FileFault(
            "file-unreadable", file=path.name, format=found, reason=error.strerror
        ) from error


def _neighbours(path: Path) -> list[str]:
    try:
        return [one.name for one in path.parent.iterdir() if one.is_file()]
    except OSError:
        return []
