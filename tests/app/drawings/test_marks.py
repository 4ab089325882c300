"""What changes, trends and small multiples draw, and what they never draw."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from app.drawings import changes, trend
from app.drawings.changes import Change
from app.drawings.charts import Heading
from app.drawings.panels import Stem, is_apart
from app.drawings.trend import Moment, segments

HEADING = Heading("x", "Tựa", "Mô tả")


def moment(value, breaks=""):
    return Moment("đợt", value, None, None, "80%", breaks)


def test_a_line_is_not_drawn_across_a_break():
    found = [moment(0.8), moment(0.85), moment(0.9, "đổi cách tính"), moment(0.91)]
    assert segments(found) == ((0, 1), (2, 3))
    drawn = trend.trend_chart(HEADING, found, []).wide.svg
    assert drawn.count('class="path"') == 2
    assert drawn.count('class="break"') == 1
    assert "đổi cách tính" in drawn


def test_a_line_is_not_drawn_across_what_is_not_published():
    found = [moment(0.8), moment(None), moment(0.9)]
    assert segments(found) == ((0,), (2,))
    assert 'class="path"' not in trend.trend_chart(HEADING, found, []).wide.svg


@settings(deadline=None)
@given(st.lists(st.tuples(*[st.floats(0, 1)] * 3).map(sorted), min_size=1, max_size=6))
def test_a_value_stands_above_its_interval_where_no_line_crosses_it(triples):
    found = [Moment("đợt", value, low, high, "80%") for low, value, high in triples]
    drawn = trend.trend_chart(HEADING, found, [])
    for svg in (drawn.wide.svg, drawn.narrow.svg):
        dots = re.findall(r'class="mark"[^>]* cx="([\d.]+)" cy="([\d.]+)"', svg)
        tops = re.findall(r'class="whisker"[^>]* d="M[\d.]+ ([\d.]+)h10', svg)
        said = re.findall(r'class="shown"[^>]*? x="([\d.]+)" y="([\d.]+)"', svg)
        assert len(dots) == len(tops) == len(said) == len(found)
        for (dot_x, dot_y), top, (x, y) in zip(dots, tops, said, strict=True):
            assert x == dot_x
            assert 0 < float(y) < min(float(top), float(dot_y) - 5)


@given(
    st.lists(
        st.tuples(st.none() | st.floats(0, 1), st.sampled_from(["", "đổi"])), min_size=1, max_size=9
    )
)
def test_segments_hold_every_known_value_once_and_no_break_inside(made):
    found = [moment(value, breaks) for value, breaks in made]
    joined = segments(found)
    flat = [place for each in joined for place in each]
    assert flat == [k for k, one in enumerate(found) if one.value is not None]
    for each in joined:
        assert list(each) == list(range(each[0], each[-1] + 1))
        assert not any(found[place].breaks for place in each[1:])


def arrow(before, after, *, is_sure):
    row = Change("A", before, after, "x", is_sure=is_sure)
    return changes.change_chart(HEADING, [row], []).wide.svg


def test_an_arrow_points_from_before_to_after():
    up = re.search(r'class="head"[^>]* d="M([\d.]+) [\d.]+L([\d.]+)', arrow(0.8, 0.9, is_sure=True))
    down = re.search(
        r'class="head"[^>]* d="M([\d.]+) [\d.]+L([\d.]+)', arrow(0.9, 0.8, is_sure=True)
    )
    assert float(up[1]) < float(up[2])
    assert float(down[1]) > float(down[2])


def test_a_change_that_cannot_be_told_is_dashed():
    unsure = arrow(0.8, 0.9, is_sure=False)
    assert "arrow-unsure" in unsure
    assert 'class="arrow"' not in unsure


def test_no_change_is_a_dot():
    assert "arrow" not in arrow(0.9, 0.9, is_sure=False)


def test_a_stem_is_apart_only_with_its_whole_interval():
    assert is_apart(Stem(0.7, 0.6, 0.8), 0.85)
    assert is_apart(Stem(0.9, 0.88, 0.95), 0.85)
    assert not is_apart(Stem(0.7, 0.6, 0.86), 0.85)
    assert not is_apart(Stem(0.7, None, None), 0.85)
    assert not is_apart(Stem(0.7, 0.6, 0.8), None)
