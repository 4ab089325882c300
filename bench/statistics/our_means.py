"""Means of some variables with standard errors and intervals, per domain."""

import sys
import time

from analysis.columnar import Number, Request, StageNames, TotalsSample, Trait, reduce_parquet
from analysis.finish import Estimand, Options, finish
from analysis.results import IntervalMethod
from bench.statistics.told import tell


def main(path: str, domain: str, columns: str) -> None:
    began = time.perf_counter()
    names = columns.split(",")
    known = [Trait((name,)) for name in names]
    request = Request(
        stages=(StageNames("psu", "stratum"),),
        weight="weight",
        totals=(*map(Number, names), *known),
        supports=tuple(known),
        by=((domain,),),
    )
    found = reduce_parquet(path, request)
    reduced = time.perf_counter()
    place, support = found.layout.of_totals, found.layout.of_supports

    def means(totals):
        return [
            Estimand(
                totals[place[k]] / totals[place[len(names) + k]],
                support[k],
                None,
                IntervalMethod.MEAN,
            )
            for k in range(len(names))
        ]

    estimates = finish(means, TotalsSample.of(found), Options())
    done = time.perf_counter()
    tell(
        cells=len(found.parts[0].cluster),
        first=(estimates[0][0].value, estimates[0][0].standard_error),
        reduce=reduced - began,
        finish=done - reduced,
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
