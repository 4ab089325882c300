"""Small tables of respondents, written as Parquet and as rows."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import strategies as st

from analysis.columnar import Number, Request, StageNames, Trait

ITEMS = ("a", "b", "c")


@dataclass(frozen=True)
class Table:
    """One row per respondent; missing answers, domains are masked."""

    columns: dict

    @property
    def n(self):
        return len(self.columns["weight"])

    def taken(self, rows):
        return Table({name: column.take(pa.array(rows)) for name, column in self.columns.items()})

    def write(self, path, **options):
        pq.write_table(pa.table(self.columns), path, **options)
        return path

    def array(self, name):
        """The column with NaN, or None, for missing."""
        return np.array(self.columns[name].to_pylist())


def request(**changes):
    options = {
        "stages": (StageNames("psu", "stratum"),),
        "weight": "weight",
        "totals": (
            *(Number(item) for item in ITEMS),
            *(Trait((item,)) for item in ITEMS),
            Trait(("a",), (4, 5)),
            Number("income"),
            Number("a", is_squared=True),
        ),
        "supports": (Trait(("a",)), Trait(("a", "b", "c")), Trait()),
        "by": ((), ("domain",), ("domain", "name")),
    }
    return Request(**(options | changes))


@st.composite
def tables(draw, least=1, most=60):
    """Draw respondents with missing answers and weights of very different size."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n = draw(st.integers(least, most))
    spread = draw(st.sampled_from([0.0, 1.0, 4.0]))
    gaps = draw(st.sampled_from([0.0, 0.3]))

    def some(values, kind=None):
        return pa.array(values, mask=rng.random(n) < gaps, type=kind)

    psu = rng.integers(0, 6, n)
    weight = rng.lognormal(3, spread, n)
    if draw(st.booleans()):
        weight[rng.random(n) < 0.2] = 0.0
    columns = {
        "stratum": pa.array((psu // 3).astype(np.int8)),
        "psu": pa.array(1000 + psu.astype(np.int32)),
        "weight": pa.array(weight),
        "domain": some(rng.integers(-2, 2, n).astype(np.int16)),
        "name": some(rng.choice(np.array(["x", "y", "ô"], dtype=object), n), pa.string()),
        "income": some(rng.normal(0, 1e6, n)),
    }
    for item in ITEMS:
        columns[item] = some(rng.integers(1, 6, n).astype(np.int8))
    return Table(columns)
