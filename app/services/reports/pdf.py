"""Reports as PDF, laid out as administrative documents are."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import typst

from app.services.reports.blocks import (
    Annex,
    Block,
    Heading,
    Paragraph,
    Picture,
    Report,
    Signature,
    Table,
)
from app.services.reports.images import fonts

_TEMPLATE = Path(__file__).resolve().parents[2] / "templates" / "reports" / "report.typ"


def write(report: Report) -> bytes:
    """Set a report as PDF. Its texts are printed letter by letter, whatever signs they hold."""
    told = {
        "language": report.language,
        "letterhead": report.letterhead.to_json(),
        "fixed": asdict(report.fixed),
        "subject": report.subject,
        "warning": report.warning,
        "watermark": report.watermark,
        "foot": report.foot,
        "about": report.about,
        "year": report.created.year,
        "month": report.created.month,
        "day": report.created.day,
        "blocks": [_told(block) for block in report.blocks],
    }
    made: bytes = typst.compile(
        str(_TEMPLATE),
        format="pdf",
        font_paths=fonts(),
        sys_inputs={"report": json.dumps(told, ensure_ascii=False)},
    )
    return made


def _told(block: Block) -> dict[str, Any]:
    match block:
        case Paragraph():
            runs = [asdict(run) for run in block.runs]
            return {"what": block.kind, "runs": runs}
        case Heading():
            return {"what": "heading", **asdict(block)}
        case Annex():
            return {"what": "annex", **asdict(block)}
        case Table():
            return _table(block)
        case Picture():
            return {
                "what": "picture",
                "svg": block.svg,
                "caption": block.caption,
                "alt": block.alt,
                "width": block.width_mm,
            }
        case Signature():
            return {"what": "signature"}


def _table(block: Table) -> dict[str, Any]:
    return {
        "what": "table",
        "caption": block.caption,
        "in_one_piece": block.in_one_piece,
        "columns": [asdict(column) for column in block.columns],
        "rows": [
            {"cells": list(row), "strong": at in block.strong} for at, row in enumerate(block.rows)
        ],
    }
