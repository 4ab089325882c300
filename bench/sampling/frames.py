"""A made-up frame of a million dossiers, as large as a province's year."""

from pathlib import Path

import numpy as np
import polars as pl

from surveys.sampling.frame import write_frame

ROWS = 1_000_000
COMMUNES, CENTRES = 54, 1080
PEOPLE = 600_000


def write(path: Path, n: int = ROWS) -> str:
    """Write the frame; centres lie in communes, a person may have several dossiers."""
    random = np.random.default_rng(1)
    weight = random.gamma(2, 1, CENTRES)
    centre = random.choice(CENTRES, n, p=weight / weight.sum())
    people = random.integers(1, 2**53, PEOPLE)
    days = pl.Series(np.datetime64("2026-01-02") + random.integers(0, 270, n)).cast(pl.String)
    columns = {
        "key": pl.Series(random.permutation(n)).cast(pl.String).str.zfill(7) + "-22",
        "procedure": pl.Series(random.integers(0, 900, n)).cast(pl.String),
        "field": pl.Series(random.integers(0, 20, n)).cast(pl.String),
        "centre": pl.Series(centre).cast(pl.String).str.zfill(4),
        "commune": pl.Series(centre % COMMUNES).cast(pl.String).str.zfill(2),
        "received_on": days,
        "channel": pl.Series(random.choice(["direct", "online", "post"], n)),
        "prn": pl.Series(people[random.integers(0, PEOPLE, n)]),
    }
    return write_frame(path, "dossier", pl.DataFrame(columns))
