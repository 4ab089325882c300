"""Pictures as PNG, for files that cannot hold SVG."""

import json
from collections.abc import Sequence
from functools import cache
from typing import Any

import typst

# Fine enough for print at the width of a page.
_PIXELS_PER_INCH = 200
_AT_ONCE = 16

_SOURCE = b"""#set page(width: auto, height: auto, margin: 0pt, fill: white)
#for svg in json(bytes(sys.inputs.pictures)) {
  page(image(bytes(svg), format: "svg"))
}
"""


def png(pictures: Sequence[str]) -> list[bytes]:
    """Draw SVG pictures as PNG, in their order."""
    made: list[bytes] = []
    for first in range(0, len(pictures), _AT_ONCE):
        some = list(pictures[first : first + _AT_ONCE])
        drawn: Any = typst.compile(
            _SOURCE,
            format="png",
            ppi=_PIXELS_PER_INCH,
            font_paths=fonts(),
            sys_inputs={"pictures": json.dumps(some)},
        )
        made += drawn if isinstance(drawn, list) else [drawn]
    return made


@cache
def fonts() -> typst.Fonts:
    """Take the fonts of the machine as well: official documents are set in Times New Roman."""
    return typst.Fonts(include_system_fonts=True)
