"""Raking rows to four margins: a bare loop of numpy over the cells, and ours."""

import sys
import time

import numpy as np
import pyarrow.parquet as pq

from bench.statistics.tables import MARGINS
from bench.statistics.told import tell

TOLERANCE = 1e-10


def read(path: str):
    """Return categories and weights, and the totals to rake to."""
    table = pq.read_table(path, columns=[*(f"m{i}" for i in range(len(MARGINS))), "weight"])
    codes = [table.column(i).to_numpy() for i in range(len(MARGINS))]
    weight = table.column(len(MARGINS)).to_numpy()
    rng = np.random.default_rng(1)
    sums = [np.bincount(code, weight, size) for code, size in zip(codes, MARGINS, strict=True)]
    moved = [one * rng.uniform(0.7, 1.3, len(one)) for one in sums]
    return codes, weight, [one * (sums[0].sum() / one.sum()) for one in moved]


def bare(codes, weight, totals):
    """As little as it takes."""
    key = codes[0].astype(np.int64)
    for code, size in zip(codes[1:], MARGINS[1:], strict=True):
        key *= size
        key += code
    cells = np.bincount(key, weight, int(np.prod(MARGINS))).reshape(MARGINS)
    raked, rounds, distance = cells.copy(), 0, 1.0
    others = [tuple(j for j in range(len(MARGINS)) if j != i) for i in range(len(MARGINS))]
    while distance > TOLERANCE:
        distance, rounds = 0.0, rounds + 1
        for i, total in enumerate(totals):
            sums = raked.sum(axis=others[i])
            distance = max(distance, float(np.abs(sums / total - 1.0).max()))
            shape = [1] * len(MARGINS)
            shape[i] = -1
            raked *= (total / sums).reshape(shape)
    return weight * (raked / cells).ravel()[key], rounds


def ours(codes, weight, totals):
    """Through ``analysis.weights``, with its checks and diagnostics."""
    from analysis.weights.cells import Cells, Margin
    from analysis.weights.raking import Rake

    margins = [
        Margin(Cells.from_codes(code, [(str(c),) for c in range(size)]), total, f"m{i}")
        for i, (code, size, total) in enumerate(zip(codes, MARGINS, totals, strict=True))
    ]
    adjusted = Rake.to(margins, tolerance=TOLERANCE).apply(weight)
    return adjusted.after, adjusted.fit.iterations


def main(contender: str, path: str) -> None:
    codes, weight, totals = read(path)
    rake = {"bare": bare, "ours": ours}[contender]
    if contender == "ours":
        import analysis.weights.raking  # noqa: F401  importing is not raking
    began = time.perf_counter()
    after, rounds = rake(codes, weight, totals)
    seconds = time.perf_counter() - began
    distances = [
        np.abs(np.bincount(code, after, len(total)) / total - 1).max()
        for code, total in zip(codes, totals, strict=True)
    ]
    tell(seconds=seconds, rounds=rounds, distance=float(max(distances)))


if __name__ == "__main__":
    main(*sys.argv[1:])
