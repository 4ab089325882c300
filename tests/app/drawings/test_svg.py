"""Pictures are whole by themselves: well-formed, named, without colour as the only sign."""

import re
from itertools import pairwise

import pytest
from defusedxml.ElementTree import fromstring

from app.drawings import changes, charts, panels, tiles, trend
from app.drawings.changes import Change
from app.drawings.charts import Dot, Heading, Parts
from app.drawings.measures import Key
from app.drawings.panels import Panel, Stem
from app.drawings.svg import CLASSES, tag
from app.drawings.tiles import Tile, Words
from app.drawings.trend import Moment

HEADING = Heading("x", "Tựa <b>", "Mô tả & “lời”")
SVG = "{http://www.w3.org/2000/svg}"
WORDS = Words("Không công bố", "Cao hơn", "Thấp hơn", "Chưa có tọa độ:")


def dots():
    row = Dot("Tiếp cận <dịch vụ>", 0.9, 0.85, 0.95, 0.92, "90,0%", section="A & B")
    legend = [Key("estimate", "Tỷ lệ"), Key("target", "Mục tiêu")]
    return charts.dot_chart(HEADING, [row], legend, reference=0.9)


def parts():
    keys = [Key("satisfied", "A"), Key("neutral", "B"), Key("dissatisfied", "C")]
    rows = [Parts("Kết quả", (0.9, 0.06, 0.04), ("90%", "6%", "4%"))]
    return charts.parts_chart(HEADING, rows, keys)


def arrows():
    rows = [
        Change("Tăng", 0.8, 0.9, "+10", is_sure=True, is_main=True),
        Change("Chưa rõ", 0.9, 0.88, "−2", is_sure=False),
        Change("Ẩn", None, 0.9, "", is_sure=False, reason="Không công bố"),
    ]
    return changes.change_chart(HEADING, rows, [Key("changed", "Rõ"), Key("unsure", "Chưa rõ")])


def moments():
    return trend.trend_chart(
        HEADING,
        [
            Moment("2023", 0.8, 0.75, 0.85, "80%"),
            Moment("2024", 0.85, 0.8, 0.9, "85%"),
            Moment("2025", 0.9, None, None, "90%", breaks="đổi cách tính"),
        ],
        [Key("estimate", "Tỷ lệ"), Key("break", "Không so sánh được")],
        target=0.95,
    )


def mapped():
    drawn = [
        Tile("Hồng Gai", (20.95, 107.08), 0.97, "97%", 1, "/a?b=1&c=2"),
        Tile("Móng Cái 1", (21.5, 107.9), 0.71, "71%", -1),
        Tile("Cô Tô", (20.97, 107.76), None, "–"),
        Tile("Cái Chiên", None, 0.9, "90%"),
    ]
    ends = tiles.bounds([0.97, 0.71, 0.9])
    names = [f"{low:.0%}" for low in ends[:-1]]
    return tiles.tile_map(HEADING, drawn, names, ends, WORDS)


def small():
    stems = (Stem(0.9, 0.85, 0.95), Stem(0.7, 0.6, 0.8), Stem(0.8, None, None))
    drawn = [Panel("Tiếp cận <dịch vụ>", stems, 0.88, "1 ẩn"), Panel("B", stems[:1], None)]
    return panels.panel_chart(HEADING, drawn, [Key("apart", "Khác"), Key("interval", "Khoảng")])


ALL = [dots, parts, arrows, moments, mapped, small]


def drawings():
    return [shape for make in ALL for shape in (make().wide, make().narrow)]


@pytest.mark.parametrize("drawn", drawings(), ids=lambda _drawn: "")
def test_a_picture_is_well_formed_and_named(drawn):
    root = fromstring(drawn.svg)
    assert root.tag == f"{SVG}svg"
    assert root.find(f"{SVG}title").text == "Tựa <b>"
    assert root.find(f"{SVG}desc").text == "Mô tả & “lời”"
    # Within an image no link could be reached.
    has_links = root.find(f".//{SVG}a") is not None
    assert root.get("role") == ("group" if has_links else "img")
    title, desc = root.get("aria-labelledby").split()
    assert root.find(f"{SVG}title").get("id") == title
    assert root.find(f"{SVG}desc").get("id") == desc
    assert drawn.__html__() == drawn.svg


@pytest.mark.parametrize("drawn", drawings(), ids=lambda _drawn: "")
def test_a_picture_needs_no_style_sheet_and_passes_the_page_s_rules(drawn):
    root = fromstring(drawn.svg)
    for element in root.iter():
        assert "style" not in element.attrib
        assert element.tag != f"{SVG}style"
        assert element.tag != f"{SVG}script"
        assert not any(name.startswith("on") for name in element.attrib)


def test_ids_are_unique_in_a_page_with_all_pictures():
    ids = []
    for number, make in enumerate(ALL):
        both = make()
        for shape in (both.wide, both.narrow):
            found = re.findall(r' id="([^"]+)"', shape.svg)
            ids += [f"{number}-{each}" for each in found]
    assert len(ids) == len(set(ids))


def test_every_reference_to_a_hatch_is_defined():
    for drawn in drawings():
        used = set(re.findall(r"url\(#([^)]+)\)", drawn.svg))
        assert used <= set(re.findall(r'<pattern id="([^"]+)"', drawn.svg))


def test_classes_are_told_apart_as_greys():
    def grey(colour):
        red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
        return 0.299 * red + 0.587 * green + 0.114 * blue

    greys = [grey(colour) for colour in CLASSES]
    assert all(light - dark > 18 for light, dark in pairwise(greys))


def test_attributes_are_escaped():
    assert tag("a", href='"><script>') == '<a href="&quot;&gt;&lt;script&gt;"/>'
