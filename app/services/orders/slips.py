"""Slips on paper, six on a sheet, to be folded so that the code is inside."""

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Final

import qrcode
import typst
from qrcode.constants import ERROR_CORRECT_M

_TEMPLATE: Final = Path(__file__).resolve().parents[2] / "templates" / "slips" / "slips.typ"
# So many slips are one PDF. The typesetter keeps what it has set: after some of them its process is
# ended, or ten thousand slips would take gigabytes.
AT_ONCE: Final = 600
_PER_PROCESS: Final = 3
# A slip is used once and indoors. All masks can be read; choosing the best takes ten times as long
# as drawing the code, and there are ten thousand of them.
_MASK: Final = 3


@dataclass(frozen=True, slots=True)
class Slip:
    """What stands on a slip. ``address`` is what the code opens, ``short`` its short form."""

    dossier: str
    centre: str
    address: str
    short: str
    last_day: date


@dataclass(frozen=True, slots=True)
class Sheet:
    """What all slips share. ``short_page`` is where the short form is typed."""

    short_page: str
    simulated: bool


def slips_pdfs(slips: Sequence[Slip], sheet: Sheet) -> Iterator[tuple[int, bytes]]:
    """Set any number of slips as PDFs of ``AT_ONCE`` each, with how many are done."""
    if len(slips) <= AT_ONCE:
        yield len(slips), slips_pdf(slips, sheet)
        return
    with ProcessPoolExecutor(
        1, mp_context=get_context("spawn"), max_tasks_per_child=_PER_PROCESS
    ) as pool:
        for at in range(0, len(slips), AT_ONCE):
            some = slips[at : at + AT_ONCE]
            yield at + len(some), pool.submit(slips_pdf, some, sheet).result()


def slips_pdf(slips: Sequence[Slip], sheet: Sheet) -> bytes:
    """Set slips as PDF, in their order, in Vietnamese and smaller in English."""
    if not slips:
        raise ValueError("no slips")
    content = {
        "short_page": sheet.short_page.removeprefix("https://"),
        "simulated": sheet.simulated,
        "slips": [
            {"dossier": each.dossier, "centre": each.centre, "short": each.short,
             "last_day": f"{each.last_day.day}/{each.last_day.month}/{each.last_day.year}",
             "qr": _qr_svg(each.address)}
            for each in slips
        ],
    }  # fmt: skip
    made: bytes = typst.compile(
        str(_TEMPLATE), format="pdf", font_paths=_fonts(),
        sys_inputs={"content": json.dumps(content, ensure_ascii=False)},
    )  # fmt: skip
    return made


def _qr_svg(address: str) -> str:
    """Draw a code with the white zone of four modules around it; nothing of it is remembered."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=4, mask_pattern=_MASK)
    code.add_data(address)
    code.make(fit=True)
    rows = code.get_matrix()
    path = []
    for y, modules in enumerate(rows):
        x = 0
        while x < len(modules):
            end = x
            while end < len(modules) and modules[end] == modules[x]:
                end += 1
            if modules[x]:
                path.append(f"M{x} {y}h{end - x}v1h{x - end}z")
            x = end
    side = len(rows)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}">'
        f'<path d="{"".join(path)}"/></svg>'
    )


@cache
def _fonts() -> typst.Fonts:
    """Only the fonts inside typst: the same slip on every machine, without a network."""
    return typst.Fonts(include_system_fonts=False)
