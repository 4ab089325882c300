"""Mappings of columns are stated, written, read again and laid over other files."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.names import clean
from app.services.frames import columns, targets
from app.services.frames.columns import Columns
from app.services.frames.head import Head
from app.services.imports.refusals import MappingRefusedError


def head(*headings, last=5, depth=1):
    return Head(last - depth + 1, last, last + 1, headings, 0.0)


def test_a_column_is_named_by_its_heading_or_where_that_is_not_unique_by_its_letter():
    stated = columns.state(
        {"key": 0, "returned_on": 2, "received_on": 1, "field": 3},
        head("Mã hồ sơ", "Ngày", "NGÀY", "", depth=2),
        Columns(sheet="DS"),
    )
    assert stated.columns == {
        "key": "Mã hồ sơ", "returned_on": "@C", "received_on": "@B", "field": "@D",
    }  # fmt: skip
    assert (stated.sheet, stated.header_row, stated.header_depth) == ("DS", 5, 2)


def test_stated_columns_are_found_again_in_another_order_and_spelling():
    stated = Columns(columns={"key": "Mã hồ sơ", "returned_on": "@B"})
    assert columns.place(stated, head("Ngày", "Trả", "mã  HỒ SƠ:")) == (
        {"key": 2, "returned_on": 1},
        (),
    )


def test_columns_that_are_gone_or_doubled_are_named():
    stated = Columns(columns={"key": "Mã hồ sơ", "field": "Lĩnh vực", "due_on": "Hẹn"})
    assert columns.place(stated, head("Mã hồ sơ", "Mã hồ sơ", "Hẹn")) == (
        {"due_on": 2},
        ("key", "field"),
    )


@given(
    st.dictionaries(
        st.sampled_from(targets.names_of("dossier")),
        st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=9),
    ),
    st.integers(1, 60),
    st.integers(1, 3),
)
def test_what_was_written_says_the_same_when_read(chosen, row, depth):
    cleaned = {name: clean(text) for name, text in chosen.items()}
    stated = Columns("Trang 1", row, depth, 12, columns=cleaned, fixed={"commune": "Xã A"})
    read = columns.parse(stated.to_toml(), "dossier")
    assert read == stated
    assert Columns.from_json(read.to_json()) == read


def test_every_fault_of_a_mapping_file_is_named():
    with pytest.raises(MappingRefusedError) as refused:
        columns.parse(
            'sheet = 1\nheader_row = 0\nother = 2\n[columns]\nkey = 3\nhouseholds = "x"\n'
            '[fixed]\nphone = "1"\n',
            "dossier",
        )
    assert dict(refused.value.context["faults"]) == {
        "other": "mapping.unknown-key",
        "sheet": "mapping.not-text",
        "header_row": "mapping.not-a-row",
        "columns.key": "mapping.not-text",
        "columns.households": "mapping.unknown-target",
        "fixed.phone": "mapping.unknown-target",
    }
    with pytest.raises(MappingRefusedError, match="not-toml"):
        columns.parse("a b", "dossier")


def test_what_is_remembered_holds_for_other_files():
    stated = Columns("T1", 6, 2, 12, {"key": "Mã"}, {"commune": "Xã A"})
    assert stated.of_headings() == Columns(key_digits=12, columns={"key": "Mã"})
