"""A frame is written in one way, and read back as it was."""

import hashlib

import numpy as np
import pytest

from surveys.sampling.frame import (
    FrameRefusedError,
    frame_bytes,
    parse_frame,
    read_frame,
    write_frame,
)
from tests.surveys.sampling.places import area_columns, dossier_columns


def test_a_small_frame_is_written_byte_for_byte_as_documented():
    columns = {"key": ["b", 'a "x", y'], "households": [12, None], "prn": [0, 2**53 - 1]}
    assert frame_bytes("area", columns) == (
        b"key,district,commune,village,households,people,difficult,prn\n"
        b'"a ""x"", y",,,,,,,9007199254740991\n'
        b"b,,,,12,,,0\n"
    )


@pytest.mark.parametrize("kind", ["area", "dossier"])
def test_the_order_of_rows_and_columns_does_not_matter(kind):
    columns = area_columns() if kind == "area" else dossier_columns()
    columns["extra"] = ["x"] * len(columns["key"])
    columns["another"] = ["y"] * len(columns["key"])
    order = np.random.default_rng(0).permutation(len(columns["key"]))
    shuffled = {
        name: [column[i] for i in order.tolist()] for name, column in reversed(columns.items())
    }
    assert frame_bytes(kind, columns) == frame_bytes(kind, shuffled)


def test_text_is_brought_to_one_form():
    composed = frame_bytes("area", {"key": ["1"], "village": ["Hạ Long"]})
    decomposed = frame_bytes("area", {"key": ["1 "], "village": [" Ha\u0323 Long"]})
    assert composed == decomposed


def test_a_file_is_read_back(tmp_path):
    columns = area_columns()
    digest = write_frame(tmp_path / "frame.csv", "area", columns)
    frame = read_frame(tmp_path / "frame.csv")
    assert digest == frame.content_hash
    assert digest == hashlib.sha256((tmp_path / "frame.csv").read_bytes()).hexdigest()
    assert frame.kind == "area"
    assert frame.keys.to_list() == columns["key"]
    assert frame.measures["people"].tolist() == columns["people"].tolist()
    village = frame.categories["village"]
    assert [village.labels[code] for code in village.codes] == columns["village"]
    assert list(village.labels) == sorted(set(columns["village"]))


def test_one_changed_cell_changes_the_hash():
    columns = area_columns()
    before = parse_frame(frame_bytes("area", columns)).content_hash
    columns["people"][7] += 1
    assert parse_frame(frame_bytes("area", columns)).content_hash != before


def test_keys_are_in_the_order_of_their_bytes():
    keys = ["Z", "a", "Đ", "ơ", "10", "9", "\U0001f600", "\uff5e"]
    frame = parse_frame(frame_bytes("area", {"key": keys}))
    assert frame.keys.to_list() == sorted(keys, key=lambda key: key.encode())


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ({"key": ["a", "a"]}, "key.repeated"),
        ({"key": ["a", " "]}, "key.empty"),
        ({"key": ["a"], "village": ["two\nlines"]}, "cell.bad-character"),
        ({"key": ["a"], "people": ["12.5"]}, "number.malformed"),
        ({"key": ["a"], "people": ["-3"]}, "number.malformed"),
        ({"key": ["a"], "people": ["007"]}, "number.malformed"),
        ({"key": ["a"], "people": [2**53]}, "number.malformed"),
        ({"key": ["a"], "prn": [2**53]}, "prn.out-of-range"),
        ({"village": ["a"]}, "frame.columns"),
        ({"key": ["a", "b"], "village": ["a"]}, "frame.lengths"),
        ({"key": ["a"], 'odd"name': ["a"]}, "frame.columns"),
    ],
)
def test_what_cannot_be_frozen_is_refused(columns, code):
    with pytest.raises(FrameRefusedError) as caught:
        frame_bytes("area", columns)
    assert caught.value.code == code


def test_an_unknown_kind_is_refused():
    with pytest.raises(FrameRefusedError) as caught:
        frame_bytes("people", {"key": ["a"]})
    assert caught.value.code == "frame.unknown-kind"


HEADER = b"key,district,commune,village,households,people,difficult,prn"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "frame.not-canonical"),
        (b"\xff\xfe\n", "frame.not-canonical"),
        (b"key,village\n", "frame.columns"),
        (HEADER + b",zz,aa\n", "frame.columns"),
        (HEADER + b"\nb,,,,,,,\na,,,,,,,\n", "key.not-sorted"),
        (HEADER + b"\na,,,,,,,\na,,,,,,,\n", "key.repeated"),
        (HEADER + b"\na,,,,many,,,\n", "number.malformed"),
        (HEADER + b"\na,,,,,,,,,,\n", "frame.not-canonical"),
    ],
)
def test_a_file_that_is_no_frame_is_refused(content, code):
    with pytest.raises(FrameRefusedError) as caught:
        parse_frame(content)
    assert caught.value.code == code


def test_a_refusal_says_where():
    with pytest.raises(FrameRefusedError) as caught:
        frame_bytes("area", {"key": ["b", "a"], "people": ["1", "x"]})
    assert caught.value.context == {"column": "people", "row": "1", "value": "x"}


def test_further_columns_are_numbers_where_all_their_cells_are():
    columns = {"key": ["a", "b"], "voters": ["12", ""], "code": ["012", "1"], "name": ["x", "1"]}
    frame = parse_frame(frame_bytes("area", columns))
    assert frame.measure("voters").tolist() == [12, 0]
    assert frame.measure("code") is None
    assert frame.measure("name") is None
    assert frame.measure("absent") is None


def test_a_frame_without_rows_is_a_frame():
    assert parse_frame(frame_bytes("area", {"key": []})).n == 0
