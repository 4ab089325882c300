"""The list of a draw in its canonical form, whose hash the protocol shows."""

from __future__ import annotations

import hashlib
import io

import numpy as np
import polars as pl
from numpy.typing import NDArray

from surveys.sampling.selection import Selection


def list_bytes(selection: Selection) -> bytes:
    r"""Write the list of a draw: CSV in UTF-8, ``\n``, quotes only where they are needed.

    One line per case, main cases and reserves, group after group, in the order they were
    drawn. Columns: ``number`` from 1; ``reserve``; ``group``; ``order``; ``key`` of the row of
    the frame; ``position``, empty where rows were drawn; ``unit_s``, ``stratum_s``,
    ``probability_s`` of each stage s; ``person_probability`` where one dossier was chosen of each
    person's; ``probability`` and ``weight``. Floats have the fewest digits that give
    the same number back.
    """
    columns: dict[str, object] = {
        "number": np.arange(1, selection.n + 1),
        "reserve": selection.reserve,
        "group": selection.groups(),
        "order": selection.order,
        "key": selection.keys(),
        "position": [place or None for place in selection.position.tolist()],
    }
    for number, stage in enumerate(selection.stages):
        columns |= {
            f"unit_{number + 1}": selection.codes(number),
            f"stratum_{number + 1}": selection.strata(number),
            f"probability_{number + 1}": _digits(stage.probability),
        }
    if selection.person_probability is not None:
        columns["person_probability"] = _digits(selection.person_probability)
    columns |= {
        "probability": _digits(selection.probability),
        "weight": _digits(selection.weight),
    }
    table = pl.DataFrame(columns).select(pl.all().cast(pl.String).replace({"": None}))
    written = io.BytesIO()
    table.write_csv(written, quote_style="necessary", line_terminator="\n")
    return written.getvalue()


def list_hash(selection: Selection) -> str:
    """Return the SHA-256 of the list, hexadecimal."""
    return hashlib.sha256(list_bytes(selection)).hexdigest()


def _digits(values: NDArray[np.float64]) -> list[str]:
    distinct, inverse = np.unique(values, return_inverse=True)
    texts = [repr(value) for value in distinct.tolist()]
    return [texts[code] for code in inverse.tolist()]
