"""Sheets with the codes of counters, set for print."""

import base64
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Final

import typst

from app.services.posters.codes import matrix_of, qr_svg, side_mm

_TEMPLATE = Path(__file__).resolve().parents[2] / "templates" / "posters" / "counter.typ"

# A poster for the wall, one for the counter's window, and a sheet to fold and stand up.
FORMATS: Final = ("a5", "a4", "tent")
# "both": Vietnamese, and English below it in smaller type.
LANGUAGES: Final = ("vi", "en", "both")
# Side of the white square in the middle of a code that a logo may stand on, as part of the side of
# the code. It covers 4 % of the code; with level H, 30 % may be lost.
LOGO_SHARE: Final = 0.2


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands on the sheet of one counter.

    Attributes
    ----------
    address : str
        The whole address that the code opens, with ``https://``.
    short_page : str
        Address of the page where the counter's number may be typed.
    digits : str
        That number, e.g. ``"1047"``; empty prints no number.
    """

    province: str
    centre: str
    number: str
    counter: str
    address: str
    simulated: bool
    short_page: str = ""
    digits: str = ""


def sheets_pdf(
    sheets: Sequence[Sheet],
    *,
    form: str = "a5",
    language: str = "vi",
    logo: bytes | None = None,
) -> bytes:
    """Set the sheets as PDF, one page each.

    Parameters
    ----------
    sheets : sequence of Sheet
        At least one. Their texts are printed letter by letter, whatever signs they hold.
    form : str
        One of `FORMATS`: A5, A4, or A4 to be folded into a table tent.
    language : str
        One of `LANGUAGES`.
    logo : bytes, optional
        A PNG for the middle of every code; see ``app.services.posters.logos``.
    """
    if not sheets:
        raise ValueError("no sheets")
    if form not in FORMATS or language not in LANGUAGES:
        raise ValueError(f"unknown format or language: {form}, {language}")
    content = {
        "format": form,
        "language": language,
        "logo": None if logo is None else _as_drawing(logo),
        "logo_share": LOGO_SHARE,
        "sheets": [_content(sheet) for sheet in sheets],
    }
    made: bytes = typst.compile(
        str(_TEMPLATE),
        format="pdf",
        font_paths=_fonts(),
        sys_inputs={"content": json.dumps(content, ensure_ascii=False)},
    )
    return made


def _content(sheet: Sheet) -> dict[str, object]:
    """Give the template what it needs to know of a sheet."""
    shown = _typed(sheet.address)
    host_ends = shown.find("/", len("http://")) + 1 or len(shown)
    matrix = matrix_of(sheet.address)
    return {
        **asdict(sheet),
        "short_page": _typed(sheet.short_page),
        "host": shown[:host_ends],
        "path": shown[host_ends:],
        "qr": qr_svg(sheet.address),
        # Side of the code with its quiet zone, in sides of the code alone.
        "side": round(side_mm(matrix, 1.0), 5),
    }


def _typed(address: str) -> str:
    """Write an address as it has to be typed: browsers add https:// themselves."""
    return address.removeprefix("https://")


def _as_drawing(png: bytes) -> str:
    """Wrap a picture in a drawing: what is handed to typst is text."""
    coded = base64.b64encode(png).decode()
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100">'
        '<image width="100" height="100" preserveAspectRatio="xMidYMid meet" '
        f'href="data:image/png;base64,{coded}"/></svg>'
    )


@cache
def _fonts() -> typst.Fonts:
    """Only the fonts inside typst: the same sheet on every machine, without a network."""
    return typst.Fonts(include_system_fonts=False)
