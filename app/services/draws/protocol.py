"""The announcement and the protocol of a draw as PDF."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import typst

_TEMPLATE = Path(__file__).resolve().parents[2] / "templates" / "draws" / "protocol.typ"
SCRIPT: Final = Path(__file__).resolve().parents[3] / "surveys" / "sampling" / "replay.py"


def pdf(told: Mapping[str, Any]) -> bytes:
    """Set the paper of a draw.

    Parameters
    ----------
    told : mapping
        Every text of the paper, as `app.web.office.draw_papers.told` gives it; the script that
        repeats the draw is added here.
    """
    content = json.dumps({**told, "script": script()}, ensure_ascii=False)
    made: bytes = typst.compile(
        str(_TEMPLATE), format="pdf", font_paths=_fonts(), sys_inputs={"draw": content}
    )
    return made


def script() -> str:
    """Read the script that repeats a draw with Python and numpy alone."""
    return SCRIPT.read_text(encoding="utf-8")


@cache
def _fonts() -> typst.Fonts:
    """Only the fonts inside typst: the same paper on every machine, without a network."""
    return typst.Fonts(include_system_fonts=False)
