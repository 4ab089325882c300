"""What the columns of a file hold, and what they may be for."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Final

import polars as pl

from analysis.plan.faults import PlanFault, PlanFaults
from analysis.plan.oddities import Oddities, oddities_of, repeated_rows
from analysis.plan.source import FileFault, Opened, Options, open_file
from analysis.plan.source.types import as_text, settled
from analysis.plan.table import sorted_levels

FEW_LEVELS: Final = 12
"""Columns with at most as many different values are shown value by value."""

FEW_MISSING: Final = 0.02
"""Share of rows that may be empty in a column of the design: running the plan names them."""

FEW_REPLICATES: Final = 6
"""Columns of one name with numbers that are taken for replicate weights."""


class Role(StrEnum):
    """What a column may be for."""

    WEIGHT = "weight"
    STRATUM = "stratum"
    CLUSTER = "cluster"
    POPULATION = "population"
    REPLICATE = "replicate"
    ITEM = "item"
    NAME = "name"


PATTERNS: Final[Mapping[Role, re.Pattern[str]]] = {
    Role.WEIGHT: re.compile(
        r"(^|[_.\W])(w|wt|wgt|pw|weights?|finalwt|quyen_?so|trong_?so|wt?[_.]?final)($|[_.\W])|weight|wtmec"
    ),
    Role.STRATUM: re.compile(r"strat|(^|_)(tang|vung|loai_don_vi)(_|$)|^region$|stra$"),
    Role.CLUSTER: re.compile(
        r"psu|clus|(^|_)(ea|xa|phuong|maxa|maphuong|thon|commune|village|dia_?ban|cum|dnum|primary)(_|$)|enumeration"
    ),
    Role.POPULATION: re.compile(
        r"(^|_)fpc|^n_|^(tong_)?so_(xa|phuong|thon|to_dan_pho|ho|nguoi)(_|$)"
    ),
}
_NUMBERED = re.compile(r"(.*?)[_. ]?([0-9]+)")
_REPLICATE_NAME = re.compile(
    r"(r?w|wt|wgt|weight|rep|brr|jk|fay|bs|boot|sdr|half|trong_so|quyen_so)[a-z_]*$"
)


@dataclass(frozen=True, slots=True)
class Profile:
    """One column.

    Attributes
    ----------
    name : str
    is_number : bool
    missing, distinct : int
    low, high : str
        Ends of numbers.
    levels : tuple of (str, int)
        Values with how often they occur, if there are few.
    label : str
        What the file says it is.
    value_labels : mapping of str to str
        What the file says the values are.
    role : Role
        What it may be for.
    """

    name: str
    is_number: bool
    missing: int
    distinct: int
    low: str
    high: str
    levels: tuple[tuple[str, int], ...]
    label: str = ""
    value_labels: Mapping[str, str] | None = None
    role: Role = Role.ITEM


@dataclass(frozen=True, slots=True, eq=False)
class FileProfile:
    """A file with its columns.

    Attributes
    ----------
    opened : Opened
    options : Options
        With which it could be read.
    n_rows : int
    columns : tuple of Profile
    remarks : tuple of PlanFault
        What looks odd.
    """

    opened: Opened
    options: Options
    n_rows: int
    columns: tuple[Profile, ...]
    remarks: tuple[PlanFault, ...] = ()

    def of(self, role: Role) -> list[Profile]:
        """Return the columns that may be for something."""
        return [column for column in self.columns if column.role is role]


def profile_file(path: Path) -> FileProfile:
    """Look at every column of a file.

    Raises
    ------
    PlanFaults
        The file cannot be read.
    """
    try:
        opened, options = _opened(path)
        odd = Oddities((), ())
        if opened.is_text:
            odd = oddities_of(opened.read(opened.columns), opened, options.decimal)
        if odd.missing:
            options = replace(options, missing=(*options.missing, *odd.missing))
            opened = open_file(path, options)
        columns = list(_columns(opened, options))
    except FileFault as fault:
        raise PlanFaults([PlanFault(fault.code, context=fault.context)]) from fault
    n_rows = len(columns[0]) if columns else 0
    profiles = [_profile(column, opened) for column in columns]
    roles = tuple(_with_roles(profiles, n_rows))
    remarks = odd.remarks
    if opened.format != "parquet":
        remarks += repeated_rows(pl.DataFrame(columns), opened)
    return FileProfile(opened, options, n_rows, roles, remarks)


def _opened(path: Path) -> tuple[Opened, Options]:
    """Open a file, trying what a fault advises."""
    options = Options()
    for _ in range(3):
        try:
            opened = open_file(path, options)
            if opened.is_text:
                opened.read(opened.columns[:1])
        except FileFault as fault:
            advised = _advised(options, fault)
            if advised == options:
                raise
            options = advised
        else:
            return opened, options
    return open_file(path, options), options


def _advised(options: Options, fault: FileFault) -> Options:
    if fault.code == "other-separator":
        meant = fault.context["meant"]
        return replace(options, separator=meant, decimal="," if meant == ";" else ".")
    if fault.code == "not-utf8" and options.encoding is None:
        return replace(options, encoding="windows-1258")
    return options


def _columns(opened: Opened, options: Options) -> Iterator[pl.Series]:
    """Read all columns in the types a plan would find; Parquet one at a time."""
    if opened.format == "parquet":
        for name in opened.columns:
            yield _settled(opened.read([name])[name], opened, options)
        return
    for column in opened.read(opened.columns).iter_columns():
        yield _settled(column, opened, options)


def _settled(column: pl.Series, opened: Opened, options: Options) -> pl.Series:
    try:
        return settled(column, None, is_text=opened.is_text, decimal=options.decimal)
    except FileFault:
        if column.dtype == pl.String:
            return settled(column, "category", is_text=opened.is_text, decimal=options.decimal)
        return pl.Series(column.name, [None] * len(column), dtype=pl.String)


def _profile(column: pl.Series, opened: Opened) -> Profile:
    known = column.drop_nulls()
    distinct = known.n_unique() if len(known) else 0
    is_number = column.dtype.is_numeric()
    ends = as_text(pl.Series([known.min(), known.max()])) if is_number and len(known) else ["", ""]
    levels: list[tuple[str, int]] = []
    if distinct <= FEW_LEVELS:
        counts = dict(as_text(known).value_counts().iter_rows())
        levels = [(level, counts[level]) for level in sorted_levels(list(counts))]
    return Profile(
        name=column.name,
        is_number=is_number,
        missing=column.null_count(),
        distinct=distinct,
        low=ends[0],
        high=ends[1],
        levels=tuple(levels),
        label=opened.labels.get(column.name, ""),
        value_labels=opened.value_labels.get(column.name),
    )


def _with_roles(profiles: Sequence[Profile], n_rows: int) -> list[Profile]:
    """Guess roles by names, as far as the values allow."""
    replicates = _replicates(profiles)
    found = []
    for profile in profiles:
        role = Role.REPLICATE if profile.name in replicates else _role(profile, n_rows)
        found.append(replace(profile, role=role))
    return found


def _replicates(profiles: Sequence[Profile]) -> set[str]:
    """Find names of replicate weights: many columns of numbers that differ by a number.

    Questions are numbered too: columns with few different values are replicate
    weights only if they are called so.
    """
    groups: dict[str, list[str]] = {}
    for profile in profiles:
        name = stem(profile.name)
        is_complete = profile.is_number and not profile.missing and profile.distinct > 1
        if name is None or not is_complete or _is_scale(profile):
            continue
        if not profile.levels or _REPLICATE_NAME.match(bare(name)):
            groups.setdefault(name, []).append(profile.name)
    return {name for names in groups.values() if len(names) >= FEW_REPLICATES for name in names}


def stem(name: str) -> str | None:
    """Return what the name of a numbered column begins with; None of others."""
    match = _NUMBERED.fullmatch(name)
    return match[1] if match and match[1] else None


def _is_scale(profile: Profile) -> bool:
    """Say whether the values are a few whole numbers in a row, like answers."""
    codes = [level for level, _ in profile.levels]
    is_whole = all(code.lstrip("-").isdigit() for code in codes)
    return bool(codes) and is_whole and int(codes[-1]) - int(codes[0]) == len(codes) - 1


def bare(name: str) -> str:
    """Return a name in small Latin letters without marks, words joined by ``_``."""
    plain = unicodedata.normalize("NFD", name.lower().replace("đ", "d"))
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return re.sub(r"[^a-z0-9]+", "_", letters).strip("_")


def _role(profile: Profile, n_rows: int) -> Role:
    name = bare(profile.name)
    # A row of totals at the end does not make a weight something else.
    is_whole = profile.missing <= FEW_MISSING * n_rows
    is_weight = is_whole and profile.is_number and profile.low and float(profile.low) >= 0
    if PATTERNS[Role.WEIGHT].search(name) and is_weight:
        return Role.WEIGHT
    if PATTERNS[Role.POPULATION].search(name) and is_weight:
        return Role.POPULATION
    if PATTERNS[Role.STRATUM].search(name) and is_whole and profile.distinct < n_rows / 2:
        return Role.STRATUM
    if PATTERNS[Role.CLUSTER].search(name) and is_whole and 1 < profile.distinct < n_rows:
        return Role.CLUSTER
    is_code = not profile.is_number or profile.distinct == n_rows
    return Role.NAME if is_code and profile.distinct > max(50, n_rows // 10) else Role.ITEM
