"""Snapshots are written once, known by their content, and checked when read."""

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analysis.answers import MISSING
from analysis.errors import BadColumnError, SnapshotDamagedError, WrongSourceError
from analysis.snapshot import (
    Layout,
    Source,
    hash_file,
    read_snapshot,
    read_written,
    write_snapshot,
)

ROWS = pl.DataFrame(
    {
        "stratum": ["s1", "s1", "s2"],
        "psu": [2, 1, 1],
        "base_weight": [1.5, 2.0, None],
        "unit": ["u1", None, "u2"],
        "a": [5, None, 3],
        "how": [["web", "radio"], None, ["web"]],
        "note": ["secret", "secret", "secret"],
    },
    schema_overrides={"a": pl.Int8},
)
SAMPLE = Layout(
    Source.SAMPLE,
    items=("a", "how"),
    domains=("unit",),
    stratum="stratum",
    psu="psu",
    weight="base_weight",
    about=(("round", "2026-1"),),
)
OPEN = Layout(Source.OPEN, items=("a", "how"), domains=("unit",))


def test_what_is_read_is_what_was_written(tmp_path):
    written = write_snapshot(ROWS, SAMPLE, tmp_path)
    read = read_snapshot(written.path)
    assert read.content_hash == written.content_hash
    assert read.layout == SAMPLE
    assert read.rows.equals(written.rows)
    assert written.path.name == written.content_hash.removeprefix("sha256:") + ".parquet"


def test_small_whole_numbers_take_8_bits_in_the_file_and_nowhere_else(tmp_path):
    rows = ROWS.with_columns(psu=pl.Series([2, 1, 128]))
    written = write_snapshot(rows, SAMPLE, tmp_path)
    stored = pq.read_schema(written.path)
    assert (stored.field("a").type, stored.field("psu").type) == (pa.int8(), pa.int64())
    assert written.rows.schema["a"] == read_snapshot(written.path).rows.schema["a"] == pl.Int64
    known = hash_file(written.path)
    assert read_written(written.path, known).rows.equals(written.rows)
    short = read_written(written.path, known, short=True).rows
    assert (short.schema["a"], short.schema["psu"]) == (pl.Int8, pl.Int64)


def test_a_file_of_before_with_64_bits_is_the_same_snapshot(tmp_path):
    written = write_snapshot(ROWS, SAMPLE, tmp_path)
    place = SAMPLE.columns.index("a")
    damaged(
        written.path,
        lambda t: t.set_column(place, "a", t.column("a").cast(pa.int64())),
    )
    assert pq.read_schema(written.path).field("a").type == pa.int64()
    assert read_snapshot(written.path).content_hash == written.content_hash
    known = hash_file(written.path)
    assert read_written(written.path, known).rows.equals(written.rows)
    assert read_written(written.path, known, short=True).rows.schema["a"] == pl.Int8


def test_only_the_columns_of_the_layout_are_kept(tmp_path):
    rows = write_snapshot(ROWS, SAMPLE, tmp_path).rows
    assert rows.columns == ["stratum", "psu", "base_weight", "unit", "a", "how"]


def test_the_same_rows_in_any_order_are_the_same_bytes(tmp_path):
    first, second = tmp_path / "1", tmp_path / "2"
    first.mkdir()
    second.mkdir()
    forward = write_snapshot(ROWS, SAMPLE, first)
    backward = write_snapshot(ROWS.reverse(), SAMPLE, second)
    assert forward.content_hash == backward.content_hash
    assert forward.path.read_bytes() == backward.path.read_bytes()


def test_a_content_hash_never_changes(tmp_path):
    # Published results name these: a new value here means they cannot be checked any more.
    assert write_snapshot(ROWS, SAMPLE, tmp_path).content_hash == (
        "sha256:42cce248d53681bb0be39886f2035447d8edc1bc3da5ca93946962dd5f557ad5"
    )


@pytest.mark.parametrize(
    "changed",
    [
        ROWS.with_columns(a=pl.Series([5, 0, 3], dtype=pl.Int8)),
        ROWS.with_columns(a=pl.Series([5, 1, 3], dtype=pl.Int8)),
        ROWS.with_columns(unit=pl.Series(["u1", "", "u2"])),
        ROWS.with_columns(base_weight=pl.Series([1.5, 2.0, 0.0])),
        ROWS.with_columns(how=pl.Series([["web", "radio"], [], ["web"]])),
        ROWS.with_columns(how=pl.Series([["web"], None, ["radio", "web"]])),
        ROWS.head(2),
    ],
)
def test_other_rows_have_another_hash(tmp_path, changed):
    one = write_snapshot(ROWS, SAMPLE, tmp_path).content_hash
    assert write_snapshot(changed, SAMPLE, tmp_path).content_hash != one


def test_another_layout_has_another_hash(tmp_path):
    hashes = {
        write_snapshot(ROWS, layout, tmp_path).content_hash
        for layout in (SAMPLE, OPEN, Layout(Source.OPEN, items=("a", "how"), about=(("a", "b"),)))
    }
    assert len(hashes) == 3


def test_a_snapshot_is_written_once(tmp_path):
    path = write_snapshot(ROWS, SAMPLE, tmp_path).path
    before = path.stat()
    write_snapshot(ROWS, SAMPLE, tmp_path)
    assert path.stat().st_mtime_ns == before.st_mtime_ns
    assert before.st_mode & 0o222 == 0
    assert [found.name for found in tmp_path.iterdir()] == [path.name]


def test_samples_become_sampled_answers(tmp_path):
    answers = write_snapshot(ROWS, SAMPLE, tmp_path).sampled()
    assert answers.stratum.tolist() == ["s1", "s1", "s2"]
    assert answers.psu.tolist() == [1, 2, 1]
    assert answers.columns["a"].tolist() == [MISSING, 5, 3]
    assert answers.columns["how"].tolist() == [None, "web radio", "web"]
    assert answers.domains["unit"].tolist() == [None, "u1", "u2"]
    np.testing.assert_equal(answers.base_weight, [2.0, 1.5, np.nan])


def test_open_answers_stay_open(tmp_path):
    snapshot = write_snapshot(ROWS, OPEN, tmp_path)
    assert snapshot.open().groups["unit"].tolist() == [None, "u1", "u2"]
    with pytest.raises(WrongSourceError):
        snapshot.sampled()
    with pytest.raises(WrongSourceError):
        write_snapshot(ROWS, SAMPLE, tmp_path).open()


def damaged(path, change):
    """Write the file again with one thing changed."""
    table = pq.read_table(path)
    path.chmod(0o644)
    pq.write_table(change(table), path)
    return path


def test_a_changed_answer_is_noticed(tmp_path):
    path = write_snapshot(ROWS, SAMPLE, tmp_path).path
    place = SAMPLE.columns.index("a")
    damaged(path, lambda t: t.set_column(place, "a", pa.array([None, 4, 3], pa.int64())))
    with pytest.raises(SnapshotDamagedError):
        read_snapshot(path)


def test_a_lost_row_is_noticed(tmp_path):
    path = write_snapshot(ROWS, SAMPLE, tmp_path).path
    damaged(path, lambda table: table.slice(1))
    with pytest.raises(SnapshotDamagedError):
        read_snapshot(path)


def test_a_renamed_column_is_noticed(tmp_path):
    path = write_snapshot(ROWS, SAMPLE, tmp_path).path
    names = ["stratum", "psu", "base_weight", "district", "a", "how"]
    damaged(path, lambda table: table.rename_columns(names))
    with pytest.raises(SnapshotDamagedError):
        read_snapshot(path)


@pytest.mark.parametrize("content", [b"", b"PAR1", b"not parquet at all"])
def test_what_is_not_a_snapshot_is_noticed(tmp_path, content):
    path = tmp_path / "x.parquet"
    path.write_bytes(content)
    with pytest.raises(SnapshotDamagedError):
        read_snapshot(path)


def test_parquet_without_a_layout_is_not_a_snapshot(tmp_path):
    path = tmp_path / "x.parquet"
    pq.write_table(pa.table({"a": [1]}), path)
    with pytest.raises(SnapshotDamagedError):
        read_snapshot(path)


def test_a_missing_file_is_noticed(tmp_path):
    with pytest.raises(SnapshotDamagedError):
        read_snapshot(tmp_path / "none.parquet")


def test_missing_columns_and_other_types_are_errors(tmp_path):
    with pytest.raises(BadColumnError):
        write_snapshot(ROWS.drop("a"), SAMPLE, tmp_path)
    with pytest.raises(BadColumnError):
        write_snapshot(ROWS.with_columns(a=pl.lit(None, pl.Date)), SAMPLE, tmp_path)


def test_a_column_nobody_answered_is_stored(tmp_path):
    rows = ROWS.with_columns(a=pl.lit(None))
    written = write_snapshot(rows, SAMPLE, tmp_path)
    assert read_snapshot(written.path).sampled().columns["a"].tolist() == [None, None, None]


def test_no_rows_are_rows_too(tmp_path):
    written = write_snapshot(ROWS.clear(), SAMPLE, tmp_path)
    assert len(read_snapshot(written.path).rows) == 0
