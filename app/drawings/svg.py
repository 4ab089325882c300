"""Marks of pictures: how every kind of mark looks, in this one place.

Attributes of presentation rather than styles: pages forbid styles inside, and a picture in a report
has no style sheet. The classes are for style sheets that want to say more.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Final

INK: Final = "#1c2529"
SOFT: Final = "#4d5a60"
LINE: Final = "#d5dde0"
ACCENT: Final = "#0b5563"
DARK: Final = "#083f4a"
NEUTRAL: Final = "#dfe5e7"
ORANGE: Final = "#e9a83f"
TARGET: Final = "#9c2a1d"
# Light to dark in one hue: told apart by everybody's eyes, and as greys on paper.
CLASSES: Final = ("#f1f6f7", "#c9dde1", "#93bcc5", "#4f8c99", "#0b5563")
# Letters on each of the classes.
ON_CLASSES: Final = (INK, INK, INK, "#ffffff", "#ffffff")
FONTS: Final = "Arial, 'Liberation Sans', Helvetica, 'Libertinus Serif', sans-serif"

Look = Mapping[str, str | float]

LOOKS: Final[Mapping[str, Look]] = {
    "key": {"font-size": 13, "fill": SOFT},
    "tick": {"font-size": 12, "text-anchor": "middle", "fill": SOFT},
    "tick-left": {"font-size": 12, "text-anchor": "end", "fill": SOFT},
    "grid": {"fill": "none", "stroke": LINE, "stroke-width": 1},
    "label": {},
    "label-main": {"font-weight": 700},
    "shown": {"text-anchor": "end", "font-weight": 600},
    "shown-main": {"text-anchor": "end", "font-weight": 700},
    "mark": {"fill": ACCENT, "stroke": "#fff", "stroke-width": 1.5},
    "mark-main": {"fill": DARK, "stroke": "#fff", "stroke-width": 1.5},
    "mark-open": {"fill": "#fff", "stroke": ACCENT, "stroke-width": 2},
    "whisker": {"fill": "none", "stroke": ACCENT, "stroke-width": 2},
    "whisker-main": {"fill": "none", "stroke": DARK, "stroke-width": 3},
    "target": {"fill": "none", "stroke": TARGET, "stroke-width": 3},
    "reference": {
        "fill": "none", "stroke": SOFT, "stroke-width": 1.5, "stroke-dasharray": "5 4",
    },
    "reason": {
        "fill": SOFT, "font-style": "italic", "font-size": "0.9em",
        "paint-order": "stroke", "stroke": "#fff", "stroke-width": 4,
    },
    "section": {
        "fill": SOFT, "font-weight": 650,
        "paint-order": "stroke", "stroke": "#fff", "stroke-width": 4,
    },
    "part": {"stroke": "#fff", "stroke-width": 1.5},
    "within": {"fill": "#fff", "font-weight": 700},
    "beside": {"text-anchor": "end"},
    "path": {"fill": "none", "stroke": ACCENT, "stroke-width": 2.5},
    "break": {"fill": "none", "stroke": TARGET, "stroke-width": 1.5, "stroke-dasharray": "2 3"},
    "break-said": {"font-size": 11, "fill": TARGET, "text-anchor": "middle"},
    "arrow": {"fill": "none", "stroke": ACCENT, "stroke-width": 3},
    "arrow-unsure": {
        "fill": "none", "stroke": SOFT, "stroke-width": 2, "stroke-dasharray": "3 3",
    },
    "head": {"fill": ACCENT, "stroke": "none"},
    "head-unsure": {"fill": "#fff", "stroke": SOFT, "stroke-width": 1.5},
    "tile": {"stroke": SOFT, "stroke-width": 1},
    "tile-hidden": {
        "fill": "#fff", "stroke": SOFT, "stroke-width": 1, "stroke-dasharray": "3 3",
    },
    "tile-name": {"text-anchor": "middle"},
    "tile-value": {"text-anchor": "middle", "font-weight": 700},
    "panel": {"fill": "none", "stroke": LINE, "stroke-width": 1},
    "stem": {"fill": "none", "stroke": ACCENT, "stroke-width": 1.5},
    "stem-apart": {"fill": "none", "stroke": TARGET, "stroke-width": 2.5},
    "dot": {"fill": ACCENT, "stroke": "none"},
    "dot-apart": {"fill": TARGET, "stroke": "#fff", "stroke-width": 1},
    "row": {"stroke": "#fff", "stroke-width": 1, "fill": NEUTRAL},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture in one shape."""

    svg: str
    width: float
    height: float

    def __html__(self) -> str:
        """Stand in a page as the drawing itself."""
        return self.svg


@dataclass(frozen=True, slots=True)
class Pair:
    """The same picture for wide and for narrow screens."""

    wide: Drawing
    narrow: Drawing


def tag(name: str, content: str = "", /, **attributes: object) -> str:
    """Write an element; `content` is markup already.

    Parameters
    ----------
    attributes
        An underscore stands for a hyphen, one at the end for nothing; None leaves it out.
    """
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_written(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{written}>{content}</{name}>" if content else f"<{name}{written}/>"


def mark(name: str, kind: str, content: str = "", /, **attributes: object) -> str:
    """Write an element that looks like its kind; an attribute that is given prevails."""
    look = {key.replace("-", "_"): value for key, value in LOOKS[kind].items()}
    return tag(name, content, class_=kind, **{**look, **attributes})


def text(kind: str, x: float, y: float, words: str, **attributes: object) -> str:
    """Write a line of text."""
    return mark("text", kind, escape(words), x=x, y=y, **attributes)


def hatches(ident: str) -> str:
    """Define the hatches of a picture: one for each class of `CLASSES`, and one for warnings.

    The patterns are told apart without any colour: none, dots, lines, crossed lines, full.
    """
    stroke = {"stroke": INK, "stroke_width": 1, "fill": "none"}
    lines = {
        1: tag("circle", cx=3, cy=3, r=0.9, fill=INK),
        2: tag("path", d="M0 6L6 0M-1 1L1 -1M5 7L7 5", **stroke),
        3: tag("path", d="M0 6L6 0M-1 1L1 -1M5 7L7 5M0 0L6 6M-1 5L1 7M5 -1L7 1", **stroke),
    }
    made = [_pattern(f"{ident}-hatch-{place}", 6, drawn) for place, drawn in lines.items()]
    diagonal = tag("path", d="M0 8L8 0M-2 2L2 -2M6 10L10 6", stroke="#7a4b00", stroke_width=1.6)
    ground = tag("rect", width=8, height=8, fill=ORANGE)
    made.append(_pattern(f"{ident}-warn", 8, ground + diagonal))
    return tag("defs", "".join(made))


def document(
    ident: str,
    shape: str,
    size: tuple[float, float],
    said: tuple[str, str],
    body: str,
    font: float,
    role: str = "img",
) -> str:
    """Write a whole picture.

    Parameters
    ----------
    ident : str
        Unique in the page.
    shape : str
        ``"wide"`` or ``"narrow"``; style sheets show one of them.
    size : tuple of float
        Width and height, in units of the drawing.
    said : tuple of str
        Title, and what the picture shows in words.
    font : float
        Size of letters, in units of the drawing.
    role : {'img', 'group'}
        A picture with links in it is a group: within an image nothing could be reached.
    """
    width, height = size
    title = tag("title", escape(said[0]) or " ", id=f"{ident}-title")
    desc = tag("desc", escape(said[1]) or " ", id=f"{ident}-desc")
    return tag(
        "svg",
        title + desc + body,
        xmlns="http://www.w3.org/2000/svg",
        class_=f"drawing drawing-{shape}",
        viewBox=f"0 0 {_written(width)} {_written(height)}",
        width=width,
        height=height,
        font_family=FONTS,
        font_size=font,
        fill=INK,
        role=role,
        aria_labelledby=f"{ident}-title {ident}-desc",
        focusable="false",
    )


def _pattern(ident: str, side: float, content: str) -> str:
    return tag("pattern", content, id=ident, width=side, height=side, patternUnits="userSpaceOnUse")


def _written(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
