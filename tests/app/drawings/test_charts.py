"""Where the marks of a chart stand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.drawings import charts
from app.drawings.charts import Dot, Heading, Parts
from app.drawings.measures import Axis, Key

HEADING = Heading("x", "Tựa", "Mô tả")
SHARES = st.floats(0, 1, allow_nan=False)
LEGEND = [Key("estimate", "Tỷ lệ"), Key("interval", "Khoảng tin cậy")]


def dot(value=0.9, low=0.85, high=0.95, target=None, label="Tiếp cận dịch vụ", **values):
    return Dot(label, value, low, high, target, "90,0%", **values)


def drawn(*dots, **values):
    return charts.dot_chart(HEADING, dots, LEGEND, **values)


def test_a_share_stands_where_the_axis_says():
    axis = Axis(0.8, 100, 300)
    assert [axis.at(share) for share in (0.8, 0.9, 1.0)] == [100, 200, 300]
    assert axis.at(0.5) == 100


@pytest.mark.parametrize(
    ("low", "target", "start"),
    [(0.87, None, 0.8), (0.8, None, 0.8), (0.87, 0.6, 0.6), (0.0, None, 0.0), (0.99, None, 0.9)],
)
def test_the_axis_begins_at_the_tenth_below_everything(low, target, start):
    found = drawn(dot(0.995, low, 1.0, target))
    assert found.wide.start == start
    assert found.wide.starts_above_zero == (start > 0)
    assert found.wide.ticks[0].text == f"{start:.0%}"
    assert found.wide.ticks[-1].text == "100%"


@given(st.lists(st.tuples(SHARES, SHARES, SHARES), min_size=1, max_size=60), st.booleans())
def test_everything_stands_in_the_drawing_and_in_order(triples, is_list):
    dots = [dot(value, low, high) for low, value, high in map(sorted, triples)]
    for chart in (drawn(*dots, is_list=is_list).wide, drawn(*dots, is_list=is_list).narrow):
        last = 0
        for row in chart.dots:
            assert 0 <= row.low <= row.value <= row.high <= chart.width
            assert last < row.y < chart.height
            last = row.y
            assert all(0 <= line.y <= chart.height for line in row.lines)
            assert row.shown.x <= chart.width
        assert all(0 <= tick.x <= chart.width for tick in chart.ticks)


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_higher_share_never_stands_further_left(one, other):
    axis = Axis(0.3, 10, 400)
    low, high = sorted((one, other))
    assert axis.at(low) <= axis.at(high)


def test_long_names_are_broken_between_words():
    name = "Tiếp nhận, giải quyết góp ý, phản ánh, kiến nghị của người dân và tổ chức"
    for chart in (drawn(dot(label=name)).wide, drawn(dot(label=name)).narrow):
        (row,) = chart.dots
        assert len(row.lines) > 1
        assert " ".join(line.text for line in row.lines) == name


def test_a_suppressed_row_has_a_reason_and_no_mark():
    found = drawn(dot(), Dot("Đặc khu Cô Tô", None, None, None, None, "", reason="Ít người"))
    row = found.wide.dots[1]
    assert (row.value, row.low, row.high) == (None, None, None)
    assert row.reason.text == "Ít người"


def test_without_any_value_nothing_breaks():
    chart = drawn(Dot("A", None, None, None, None, "", reason="Ít người")).wide
    assert [tick.text for tick in chart.ticks] == ["0%", "20%", "40%", "60%", "80%", "100%"]


@given(st.lists(st.integers(0, 100), min_size=3, max_size=3).filter(any))
def test_parts_fill_the_bar_side_by_side(counts):
    shares = tuple(count / sum(counts) for count in counts)
    keys = [Key("satisfied", "A"), Key("neutral", "B"), Key("dissatisfied", "C")]
    rows = [Parts("Kết quả", shares, ("1%", "2%", "3%"))]
    both = charts.parts_chart(HEADING, rows, keys)
    for chart in (both.wide, both.narrow):
        (row,) = chart.parts
        for left, right in zip(row.segments, row.segments[1:], strict=False):
            assert left.x + left.width == pytest.approx(right.x, abs=0.11)
        whole = row.segments[-1].x + row.segments[-1].width - row.segments[0].x
        first = row.segments[0].width
        assert first == pytest.approx(shares[0] * whole, abs=0.2)
        # Shares beside the bar do not run into it.
        assert min(text.x for text in row.beside) > row.segments[-1].x + row.segments[-1].width
        assert [text.text for text in row.beside] == ["2%", "3%"]


def test_sections_stand_above_their_rows():
    found = drawn(dot(section="Giới tính"), dot(), dot(section="Tuổi"), is_list=True)
    rows = found.narrow.dots
    assert [row.section.text if row.section else None for row in rows] == [
        "Giới tính",
        None,
        "Tuổi",
    ]
    assert rows[0].section.y < rows[0].y < rows[1].y < rows[2].section.y < rows[2].y
