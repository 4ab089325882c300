"""The files that are measured on: made once, from a seed, in ``var/bench/statistics``."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

FOLDER = Path(__file__).parents[2] / "var" / "bench" / "statistics"
SEED = 20_261_120
STRATA, PSUS, DOMAINS, VARIABLES, ITEMS = 100, 10_000, 200, 6, 22
ROWS_AT_ONCE = 1_000_000
ROWS_PER_GROUP = 2**17

# y: answered by all, 0 or 1.  z: scale 1 to 5, 3 % missing.  Rows lie in no order.


def people(n_rows: int) -> Path:
    """Six variables without and six with missing answers."""
    path = FOLDER / f"people_{n_rows}.parquet"
    if not path.exists():
        _write(path, n_rows, _variables)
    return path


def items(n_rows: int) -> Path:
    """A questionnaire of 22 items on a scale of five."""
    path = FOLDER / f"items_{n_rows}.parquet"
    if not path.exists():
        _write(path, n_rows, _answers)
    return path


def margins(n_rows: int) -> Path:
    """Weights and four categories to rake to."""
    path = FOLDER / f"margins_{n_rows}.parquet"
    if not path.exists():
        _write(path, n_rows, _categories)
    return path


def raw_columns(path: Path) -> Path:
    """Write the columns R needs as bare numbers: it has no reader of Parquet to itself."""
    folder = path.with_suffix(".raw")
    folder.mkdir(exist_ok=True)
    names = ["stratum", "psu", "domain", "weight", *(f"y{i}" for i in range(VARIABLES))]
    table = pq.read_table(path, columns=names)
    for name in names:
        (folder / name).write_bytes(table.column(name).to_numpy().tobytes())
    return folder


def _write(path: Path, n_rows: int, columns) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    rng = np.random.default_rng(SEED)
    of_psu = rng.lognormal(3.5, 0.6, PSUS)
    writer = None
    for begin in range(0, n_rows, ROWS_AT_ONCE):
        n = min(ROWS_AT_ONCE, n_rows - begin)
        psu = rng.integers(0, PSUS, n)
        table = pa.table(
            {
                "stratum": (psu // (PSUS // STRATA)).astype(np.int16),
                "psu": psu.astype(np.int32),
                "domain": (psu // (PSUS // DOMAINS)).astype(np.int16),
                "crossing": rng.integers(0, DOMAINS, n).astype(np.int16),
                "weight": of_psu[psu] * rng.uniform(0.8, 1.4, n),
                **columns(rng, n),
            }
        )
        writer = writer or pq.ParquetWriter(unfinished, table.schema)
        writer.write_table(table, row_group_size=ROWS_PER_GROUP)
    writer.close()
    unfinished.rename(path)


def _variables(rng, n):
    zero_or_one = {
        f"y{i}": (rng.random(n) < 0.4 + 0.08 * i).astype(np.int8) for i in range(VARIABLES)
    }
    return zero_or_one | {f"z{i}": _scale(rng, n) for i in range(VARIABLES)}


def _answers(rng, n):
    return {f"q{i:02d}": _scale(rng, n) for i in range(1, ITEMS + 1)}


def _categories(rng, n):
    return {f"m{i}": rng.integers(0, size, n).astype(np.int8) for i, size in enumerate(MARGINS)}


MARGINS = (34, 2, 6, 5)
"""Categories of the four margins: provinces, sex, age, schooling."""


def _scale(rng, n):
    return pa.array(rng.integers(1, 6, n).astype(np.int8), mask=rng.random(n) < 0.03)
