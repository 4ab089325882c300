import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web.citizen.slots import Slotted, gap

TEXTS = st.text(st.characters(exclude_categories=["Cs", "Co"]), max_size=600)


def test_gaps_are_filled():
    page = Slotted(f"<p>{gap('one')} và {gap('two')}</p>")
    values = {"one": b"1", "two": b"hai"}
    assert page.plain(values) == "<p>1 và hai</p>".encode()
    assert page.names == {"one", "two"}


def test_a_gap_may_stand_twice_and_at_either_end():
    page = Slotted(f"{gap('one')}-{gap('one')}")
    assert page.plain({"one": b"x"}) == b"x-x"
    assert gzip.decompress(page.gzipped({"one": b"x"})) == b"x-x"


def test_a_page_without_gaps_is_itself():
    assert Slotted("<p>ô</p>").plain({}) == "<p>ô</p>".encode()


def test_a_missing_value_is_a_mistake():
    page = Slotted(f"<p>{gap('one')}</p>")
    with pytest.raises(KeyError):
        page.plain({})
    with pytest.raises(KeyError):
        page.gzipped({})


@given(st.lists(TEXTS, min_size=1, max_size=5), st.lists(TEXTS, min_size=4, max_size=4))
def test_the_compressed_page_is_the_page(parts, fillings):
    names = ("a", "b", "c", "d")[: len(parts) - 1]
    text = parts[0] + "".join(gap(name) + part for name, part in zip(names, parts[1:], strict=True))
    values = {name: value.encode() for name, value in zip("abcd", fillings, strict=True)}
    page = Slotted(text)
    packed = page.gzipped(values)
    assert gzip.decompress(packed) == page.plain(values)
    # One member with nothing behind it: browsers stop at the end of the first.
    reader = zlib.decompressobj(zlib.MAX_WBITS | 16)
    reader.decompress(packed)
    assert reader.eof
    assert reader.unused_data == b""


def test_long_fillings_are_compressed():
    page = Slotted(f"<p>{gap('long')}</p>")
    assert len(page.gzipped({"long": b"ab" * 50_000})) < 2_000


@given(st.lists(TEXTS, min_size=5, max_size=5), st.sets(st.sampled_from("abcd")))
def test_gaps_may_be_filled_in_two_steps(parts, first):
    text = parts[0] + "".join(
        gap(name) + part for name, part in zip("abcd", parts[1:], strict=True)
    )
    values = {name: f"điền {name}".encode() for name in "abcd"}
    page = Slotted(text)
    rest = page.fill({name: values[name] for name in first})
    assert rest.names == set("abcd") - first
    assert rest.plain(values) == page.plain(values)
    assert gzip.decompress(rest.gzipped(values)) == page.plain(values)


def test_what_fills_a_gap_opens_no_other():
    page = Slotted(gap("one")).fill({"one": gap("two").encode()})
    assert page.names == frozenset()
    assert page.plain({}) == gap("two").encode()
