"""Lists for the Post as PDF, to be printed and signed, in the layout of official papers."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import typst

from app.services.cases.assignment import CommuneList, ListCase

_TEMPLATE = Path(__file__).resolve().parents[2] / "templates" / "fieldwork" / "assignment.typ"
_HERE = ZoneInfo("Asia/Ho_Chi_Minh")

# Column → width on paper; the last two are left empty for the hand.
_WIDTHS = {
    "place": "9mm", "code": "24mm", "name": "1.2fr", "phone": "24mm", "address": "2fr",
    "dossier": "1.1fr", "village": "1fr", "position": "12mm", "guide": "1fr", "appointment": "24mm",
    "result": "32mm", "signature": "26mm",
}  # fmt: skip
_COLUMNS = {
    "dossier": ("place", "code", "name", "phone", "address", "dossier", "appointment", "result",
                "signature"),
    "area": ("place", "code", "village", "guide", "position", "name", "phone", "address",
             "appointment", "result", "signature"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Paper:
    """What stands on the paper besides the list.

    Attributes
    ----------
    above, office : str
        The authority above and the office that makes the list.
    place, year : str
        Where it is signed, and the year of the day that is filled in by hand.
    headings : dict of str to str
        Column → heading; with ``result`` and ``signature``.
    """

    title: str
    round_name: str
    above: str
    office: str
    place: str
    year: str
    simulated: bool
    headings: dict[str, str]


def lists_pdf(lists: Sequence[CommuneList], paper: Paper, *, kind: str) -> bytes:
    """Set the lists, each commune beginning on a page of its own.

    Parameters
    ----------
    lists : sequence of CommuneList
        At least one; their texts are printed letter by letter, whatever signs they hold.
    kind : {'dossier', 'area'}
        Kind of the frame, which decides the columns.
    """
    if not lists:
        raise ValueError("no lists")
    content = {
        "title": paper.title,
        "round": paper.round_name,
        "above": paper.above,
        "office": paper.office,
        "place": paper.place,
        "year": paper.year,
        "simulated": paper.simulated,
        "columns": [
            {"name": name, "heading": paper.headings[name], "width": _WIDTHS[name]}
            for name in _COLUMNS[kind]
        ],
        "communes": [_commune(each) for each in lists],
    }
    made: bytes = typst.compile(
        str(_TEMPLATE),
        format="pdf",
        font_paths=_fonts(),
        sys_inputs={"lists": json.dumps(content, ensure_ascii=False)},
    )
    return made


def _commune(made: CommuneList) -> dict[str, object]:
    assignees = {case.assignee for case in made.cases}
    return {
        "name": made.name,
        "assignee": assignees.pop() if len(assignees) == 1 else "",
        "cases": [_case(case) for case in made.cases],
    }


def _case(case: ListCase) -> dict[str, str]:
    at = case.appointment_at
    return {
        "code": case.code,
        "name": case.name,
        "phone": case.phone,
        "address": case.address,
        "village": case.village,
        "dossier": case.dossier,
        "guide": case.guide,
        "position": "" if case.position is None else str(case.position),
        "appointment": "" if at is None else f"{at.astimezone(_HERE):%d/%m/%Y %H:%M}",
    }


@cache
def _fonts() -> typst.Fonts:
    """Only the fonts inside typst: the same paper on every machine, without a network."""
    return typst.Fonts(include_system_fonts=False)
