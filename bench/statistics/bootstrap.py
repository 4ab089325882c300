"""500 bootstrap replicates of 36,000 rows and 27 estimates, adding up the rows included."""

import time
from dataclasses import replace

import numpy as np

from analysis.design import Design, Replicates
from analysis.finish import Estimand, Options, finish
from analysis.reduce import Units, reduce
from analysis.variance.replicate.bootstrap import rao_wu_yue
from bench.statistics.told import tell

ROWS, PSUS, STRATA, ESTIMATES, REPLICATES = 36_000, 1_200, 60, 27, 500


def main() -> None:
    rng = np.random.default_rng(20_261_120)
    psu = np.sort(rng.integers(0, PSUS, ROWS))
    design = Design.from_columns(psu // (PSUS // STRATA), psu, rng.lognormal(3, 0.5, ROWS))
    known = rng.random((ROWS, ESTIMATES)) < 0.97
    values = (rng.random((ROWS, ESTIMATES)) < 0.8) & known
    units = Units(np.column_stack([values, known]).astype(np.int8), known)

    def shares(totals):
        return [Estimand(totals[k] / totals[ESTIMATES + k], k) for k in range(ESTIMATES)]

    began = time.perf_counter()
    made = rao_wu_yue(design.psu_stratum, REPLICATES, seed=1)
    drawn = time.perf_counter()
    replicates = Replicates("bootstrap", made.scale, made.rscales, factor=made.factor)
    sample = reduce(units, replace(design, replicates=replicates))
    reduced = time.perf_counter()
    estimates = finish(shares, sample, Options())
    done = time.perf_counter()
    linear = finish(shares, reduce(units, design), Options())
    tell(
        seconds=done - began,
        draw=drawn - began,
        reduce=reduced - drawn,
        finish=done - reduced,
        first=(estimates[0][0].standard_error, linear[0][0].standard_error),
    )


if __name__ == "__main__":
    main()
