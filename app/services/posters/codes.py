"""QR codes of addresses, as drawings and pictures."""

from collections.abc import Sequence
from functools import lru_cache
from io import BytesIO
from itertools import groupby
from typing import TypeAlias

import qrcode
from PIL import Image
from qrcode.constants import ERROR_CORRECT_H

# Nearly a third of the code may be lost: sheets get scratched, stained and pasted over, reflect the
# light, and some carry a logo in the middle.
_CORRECTION = ERROR_CORRECT_H
# White modules around the code that the standard demands.
QUIET_ZONE = 4
# Side of the code itself on a sheet of A5, without the quiet zone.
CODE_MM = 60
_LEAST_PIXELS = 1200

Matrix: TypeAlias = tuple[tuple[bool, ...], ...]


def qr_svg(address: str) -> str:
    """Draw the code of an address as SVG, black on white, quiet zone included."""
    matrix = matrix_of(address)
    side = len(matrix)
    path = "".join(
        f"M{start} {row}h{length}v1h-{length}z"
        for row, modules in enumerate(matrix)
        for start, length in _dark_runs(modules)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{side_mm(matrix):.2f}mm" '
        f'height="{side_mm(matrix):.2f}mm" '
        f'viewBox="0 0 {side} {side}" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path fill="#000" d="{path}"/></svg>'
    )


def qr_png(address: str) -> bytes:
    """Draw the code of an address as PNG of at least 1,200 pixels a side."""
    matrix = matrix_of(address)
    side = len(matrix)
    scale = -(-_LEAST_PIXELS // side)
    small = Image.new("1", (side, side))
    small.putdata([not dark for modules in matrix for dark in modules])
    image = small.resize((side * scale, side * scale), Image.Resampling.NEAREST)
    resolution = side * scale / (side_mm(matrix) / 25.4)
    out = BytesIO()
    image.save(out, "PNG", optimize=True, dpi=(resolution, resolution))
    return out.getvalue()


# A province has some hundreds of counters; working a code out takes 10 ms, most of it to choose
# the mask that reads best.
@lru_cache(maxsize=4096)
def matrix_of(address: str) -> Matrix:
    """Modules of the code of an address, row by row, dark ones true, quiet zone included."""
    code = qrcode.QRCode(error_correction=_CORRECTION, border=QUIET_ZONE)
    code.add_data(address)
    code.make(fit=True)
    return tuple(tuple(bool(dark) for dark in modules) for modules in code.get_matrix())


def side_mm(matrix: Matrix, code_mm: float = CODE_MM) -> float:
    """Side of a code with its quiet zone on paper, in millimetres."""
    return code_mm * len(matrix) / (len(matrix) - 2 * QUIET_ZONE)


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
