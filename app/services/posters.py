"""QR codes of counters, and the sheets with them that hang there."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from io import BytesIO
from itertools import groupby
from pathlib import Path

import qrcode
import typst
from PIL import Image
from qrcode.constants import ERROR_CORRECT_Q

_TEMPLATE = Path(__file__).resolve().parent.parent / "templates" / "posters" / "counter.typ"

# A quarter of the code may be lost: sheets get scratched, stained and reflect the light, and an
# address of 40 characters still makes modules of 1.5 mm. The highest level would make them smaller
# for sheets that nobody leaves hanging.
_CORRECTION = ERROR_CORRECT_Q
# White modules around the code that the standard demands.
_QUIET_ZONE = 4
# Side of the code itself on paper, without the quiet zone.
CODE_MM = 60
_LEAST_PIXELS = 1200


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands on the sheet of one counter.

    ``address`` is the whole address that the code opens, with ``https://``.
    """

    province: str
    centre: str
    number: str
    counter: str
    address: str
    simulated: bool


def qr_svg(address: str) -> str:
    """Draw the code of an address as SVG, black on white, quiet zone included."""
    matrix = _matrix(address)
    side = len(matrix)
    path = "".join(
        f"M{start} {row}h{length}v1h-{length}z"
        for row, modules in enumerate(matrix)
        for start, length in _dark_runs(modules)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_side_mm(matrix):.2f}mm" '
        f'height="{_side_mm(matrix):.2f}mm" '
        f'viewBox="0 0 {side} {side}" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path fill="#000" d="{path}"/></svg>'
    )


def qr_png(address: str) -> bytes:
    """Draw the code of an address as PNG of at least 1,200 pixels a side."""
    matrix = _matrix(address)
    side = len(matrix)
    scale = -(-_LEAST_PIXELS // side)
    small = Image.new("1", (side, side))
    small.putdata([not dark for modules in matrix for dark in modules])
    image = small.resize((side * scale, side * scale), Image.Resampling.NEAREST)
    resolution = side * scale / (_side_mm(matrix) / 25.4)
    out = BytesIO()
    image.save(out, "PNG", optimize=True, dpi=(resolution, resolution))
    return out.getvalue()


def sheets_pdf(sheets: Sequence[Sheet]) -> bytes:
    """Set the sheets as PDF, one page of A5 each.

    Parameters
    ----------
    sheets : sequence of Sheet
        At least one. Their texts are printed letter by letter, whatever signs they hold.
    """
    if not sheets:
        raise ValueError("no sheets")
    content = json.dumps([_content(sheet) for sheet in sheets], ensure_ascii=False)
    made: bytes = typst.compile(
        str(_TEMPLATE), format="pdf", font_paths=_fonts(), sys_inputs={"sheets": content}
    )
    return made


def _content(sheet: Sheet) -> dict[str, object]:
    """Give the template what it needs to know of a sheet."""
    # Browsers add https:// themselves: what has to be typed is short.
    shown = sheet.address.removeprefix("https://")
    host_ends = shown.find("/", len("http://")) + 1 or len(shown)
    return {
        **asdict(sheet),
        "host": shown[:host_ends],
        "path": shown[host_ends:],
        "qr": qr_svg(sheet.address),
        "side": round(_side_mm(_matrix(sheet.address)), 2),
    }


@cache
def _fonts() -> typst.Fonts:
    """Only the fonts inside typst: the same sheet on every machine, without a network."""
    return typst.Fonts(include_system_fonts=False)


def _matrix(address: str) -> list[list[bool]]:
    code = qrcode.QRCode(error_correction=_CORRECTION, border=_QUIET_ZONE)
    code.add_data(address)
    code.make(fit=True)
    return [[bool(dark) for dark in modules] for modules in code.get_matrix()]


def _side_mm(matrix: Sequence[Sequence[bool]]) -> float:
    """Side of the code with its quiet zone on paper."""
    return CODE_MM * len(matrix) / (len(matrix) - 2 * _QUIET_ZONE)


def _dark_runs(modules: Sequence[bool]) -> list[tuple[int, int]]:
    """Start and length of every run of dark modules in a row."""
    runs: list[tuple[int, int]] = []
    at = 0
    for dark, group in groupby(modules):
        length = len(list(group))
        if dark:
            runs.append((at, length))
        at += length
    return runs
