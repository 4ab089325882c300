"""Apply the rules to all files of a frame, find duplicates across them, and draw up the account."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final, Self

import polars as pl
import pyarrow.parquet as pq

from app.queries.frames import Names, PlaceFacts
from app.services.frames import dossiers, problems, rules, villages
from app.services.frames.account import Account, FileAccount, total
from app.services.frames.places import Places
from app.services.frames.rules import Cells, Checked, FileRules, Memory, Registers
from app.services.frames.shelf import CheckedFiles
from app.services.frames.targets import DATES

_SLICE: Final = 100_000
_NOT_CONTENT: Final = ("row", "outcome", "prn")
_CHECKS: Final[Mapping[str, Callable[..., Checked]]] = {
    "dossier": dossiers.check,
    "area": villages.check,
}
_PROBLEMS: Final = pl.Schema([("file", pl.Int64), *problems.SCHEMA.items()])


@dataclass(frozen=True, slots=True)
class FileFacts:
    """A file that was read: where its rows lie, and what stood above its columns."""

    id: int
    part: Path
    headers: Mapping[str, str]
    key_digits: int | None = None
    n_contacts: int = 0


@dataclass(frozen=True, slots=True)
class FrameFacts:
    """All that the account of a frame rests on."""

    id: int
    kind: str
    revision: int
    period_from: date | None
    period_to: date | None
    day: date
    files: tuple[FileFacts, ...]
    places: PlaceFacts = field(repr=False)
    names: Names = field(repr=False)
    decisions: Mapping[tuple[str, str], str | None] = field(repr=False)


def check_files(facts: FrameFacts, checked: CheckedFiles) -> tuple[Account, dict[int, FileAccount]]:
    """Check every row of every file.

    Parameters
    ----------
    checked : CheckedFiles
        Where the rows with their outcomes, problems and names go.

    Returns
    -------
    Account
        Of all files.
    dict of int to FileAccount
        Of each.
    """
    checked.make()
    registers = Registers.of(Places(facts.places, facts.day), facts.names, facts.decisions)
    memory = Memory()
    names: list[pl.DataFrame] = []
    accepted: list[pl.DataFrame] = []
    outcomes: dict[int, Counter[str]] = {}
    elsewhere = 0
    with _Table(checked.problems, _PROBLEMS) as listed:
        for file in facts.files:
            counted = outcomes.setdefault(file.id, Counter())
            for part in _check_file(file, facts, registers, memory, checked):
                listed.add(_of_file(part.problems, file.id))
                names.append(_of_file(part.names, file.id))
                elsewhere += part.elsewhere
                counted.update(_counts(part.rows["outcome"]))
                accepted.append(_accepted(part.rows, file.id))
        kept = _without_duplicates(accepted, checked, listed, outcomes)
    _sort_problems(checked)
    _write_names(names, checked)
    met = _problems_met(checked, facts.files)
    files = {
        file.id: FileAccount(
            sum(outcomes[file.id].values()), dict(outcomes[file.id]), met.get(file.id, {})
        )
        for file in facts.files
    }
    return _account(files, kept, elsewhere, sum(file.n_contacts for file in facts.files)), files


def _check_file(
    file: FileFacts,
    facts: FrameFacts,
    registers: Registers,
    memory: Memory,
    checked: CheckedFiles,
) -> Iterator[Checked]:
    stored = pl.scan_parquet(file.part)
    there = stored.collect_schema().names()
    whole = stored.select(name for name in ("key", *DATES) if name in there).collect()
    file_rules = FileRules(
        facts.period_from if facts.kind == "dossier" else None,
        facts.period_to if facts.kind == "dossier" else None,
        file.headers,
        file.key_digits or rules.known_digits(Cells(whole).text("key")),
        frozenset(
            target
            for target, (day_first, month_first) in rules.orders(whole).items()
            if month_first and not day_first
        ),
    )
    n_rows = stored.select(pl.len()).collect().item()
    # A commune named once stands for the villages below it, so their list is checked whole.
    step = _SLICE if facts.kind == "dossier" else max(1, n_rows)
    with _Table(checked.rows(file.id), None) as rows:
        for start in range(0, n_rows, step):
            raw = stored.slice(start, step).collect()
            part = _CHECKS[facts.kind](raw, file_rules, registers, memory)
            rows.add(part.rows)
            yield part


def _counts(outcome: pl.Series) -> dict[str, int]:
    return {str(code): int(n) for code, n in outcome.value_counts().iter_rows()}


def _of_file(table: pl.DataFrame, file_id: int) -> pl.DataFrame:
    return table.select(pl.lit(file_id, dtype=pl.Int64).alias("file"), pl.all())


def _accepted(rows: pl.DataFrame, file_id: int) -> pl.DataFrame:
    """Keep of accepted rows what duplicates are known by and the account tells."""
    content = rows.drop(*_NOT_CONTENT).hash_rows(0).alias("content")
    told = [name for name in ("commune", "centre", "returned_on") if name in rows.columns]
    return _of_file(
        rows.with_columns(content)
        .filter(pl.col("outcome") == "")
        .select("row", "key", "content", *told)
        .with_columns(pl.col(name).cast(pl.Categorical) for name in told),
        file_id,
    )


def _without_duplicates(
    parts: Sequence[pl.DataFrame],
    checked: CheckedFiles,
    listed: "_Table",
    outcomes: Mapping[int, Counter[str]],
) -> pl.DataFrame:
    """Keep the first row of every key, in the order of files and rows; list the others."""
    if not parts:
        return pl.DataFrame(schema={"commune": pl.String})
    every = pl.concat(parts)
    first = every["key"].is_first_distinct()
    kept, again = every.filter(first), every.filter(~first)
    origin = kept.select("key", first_file="file", first_row="row", first_content="content")
    again = again.join(origin, on="key", how="left", maintain_order="left").with_columns(
        pl.when(pl.col("content") == pl.col("first_content"))
        .then(pl.lit("duplicate.same"))
        .otherwise(pl.lit("duplicate.different"))
        .alias("code")
    )
    again.select("file", "row", "key", "first_file", "first_row").write_parquet(checked.duplicates)
    listed.add(
        again.select(
            "file",
            "row",
            pl.lit("key").alias("target"),
            pl.col("key").str.slice(0, problems.VALUE_LENGTH).alias("value"),
            "code",
            pl.format("{}:{}", "first_file", "first_row").alias("detail"),
        )
    )
    for file_id, code, n in again.group_by("file", "code").len().iter_rows():
        outcomes[file_id][""] -= n
        outcomes[file_id][code] += n
    return kept


def _sort_problems(checked: CheckedFiles) -> None:
    """Bring the problems into the order of files and rows.

    What was remarked about rows that turned out to be duplicates is left out: they do not go in.
    """
    remarks = [code for code, action in problems.ACTIONS.items() if action not in problems.DECIDING]
    listed = pl.scan_parquet(checked.problems)
    if checked.duplicates.exists():
        again = pl.scan_parquet(checked.duplicates).select("file", "row", again=pl.lit(value=True))
        listed = (
            listed.join(again, on=["file", "row"], how="left", maintain_order="left")
            .filter(pl.col("again").is_null() | ~pl.col("code").is_in(remarks))
            .drop("again")
        )
    ordered = checked.problems.with_suffix(".sorted")
    listed.sort("file", "row", maintain_order=True).sink_parquet(ordered)
    ordered.replace(checked.problems)


def _write_names(names: Sequence[pl.DataFrame], checked: CheckedFiles) -> None:
    empty = pl.DataFrame(schema=[("file", pl.Int64), *rules.NAMES_SCHEMA.items()])
    (
        pl.concat([empty, *names])
        .group_by("subject", "key", "status", "meaning", "choices", maintain_order=True)
        .agg(
            pl.col("written").first(),
            pl.col("rows").sum(),
            pl.col("file").n_unique().alias("files"),
            pl.col("file").first().alias("first_file"),
        )
        .sort("subject", "key")
        .write_parquet(checked.names)
    )


def _problems_met(checked: CheckedFiles, files: Sequence[FileFacts]) -> dict[int, dict[str, int]]:
    found: dict[int, dict[str, int]] = {file.id: {} for file in files}
    counted = pl.scan_parquet(checked.problems).group_by("file", "code").len().collect()
    for file_id, code, n in counted.sort("file", "code").iter_rows():
        found[file_id][code] = n
    return found


def _account(
    files: Mapping[int, FileAccount], kept: pl.DataFrame, elsewhere: int, contacts: int
) -> Account:
    whole = total(files.values())
    communes = kept["commune"].cast(pl.String).value_counts().sort("commune")
    dated = kept["returned_on"].cast(pl.String) if "returned_on" in kept.columns else pl.Series([])
    centres = kept["centre"].cast(pl.String) if "centre" in kept.columns else pl.Series([""])
    return Account(
        n_rows=whole.n_rows,
        outcomes={code: n for code, n in whole.outcomes.items() if n},
        problems=whole.problems,
        communes=tuple((str(code), int(n)) for code, n in communes.iter_rows()),
        centres=centres.filter(centres != "").n_unique(),
        elsewhere=elsewhere,
        contacts=contacts,
        first=str(dated.min() or ""),
        last=str(dated.max() or ""),
    )


class _Table:
    """A Parquet file that is written piece by piece."""

    def __init__(self, path: Path, schema: pl.Schema | None) -> None:
        self._path = path
        self._schema = schema
        self._writer: pq.ParquetWriter | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._writer is None and self._schema is not None:
            pl.DataFrame(schema=self._schema).write_parquet(self._path)
        if self._writer is not None:
            self._writer.close()

    def add(self, table: pl.DataFrame) -> None:
        """Write some rows."""
        if not len(table) and self._schema is not None:
            return
        arrow: Any = table.to_arrow()
        if self._writer is None:
            self._writer = pq.ParquetWriter(self._path, arrow.schema, compression="zstd")
        self._writer.write_table(arrow)
