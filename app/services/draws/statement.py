"""What is signed of a draw: every choice that decides the list, and the list's hash."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from app.models import Draw

FORMAT = "longdan-draw-1"


def statement_of(draw: Draw) -> bytes:
    """Write the statement of a draw, in the one way it is signed and checked.

    Canonical JSON: keys sorted, no spaces, UTF-8. Before the draw it holds no seed and no list.
    """
    told: dict[str, Any] = {
        "format": FORMAT,
        "round": draw.round.code,
        "number": draw.number,
        "frame": draw.frame.code,
        "frame_hash": draw.frame_hash,
        "plan_hash": draw.plan_hash,
        "requested_by": draw.requested_by,
        "approved_by": draw.approved_by,
        "replaces": draw.replaces.number if draw.replaces else None,
        "reason": draw.reason,
        "simulated": draw.frame.simulated,
    }
    if draw.state == "drawn":
        told |= {
            "seed": draw.seed_text,
            "seed_source": draw.seed_source,
            "place": draw.place,
            "witnesses": draw.witnesses,
            "drawn_at": _in_utc(draw.drawn_at),
            "drawn_by": draw.drawn_by,
            "code_version": draw.code_version,
            "n_main": draw.n_main,
            "n_reserve": draw.n_reserve,
            "list_hash": draw.list_hash,
        }
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def hash_of(content: bytes) -> str:
    """SHA-256, hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def _in_utc(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat()
