"""22 items, 5 components and an index per domain, with all covariances between them."""

import sys
import time

from analysis.columnar import Request, StageNames, TotalsSample, reduce_parquet
from analysis.columnar.index import ColumnarIndex
from analysis.finish import Options, finish
from analysis.index.method import ItemScale, load_method
from analysis.variance.within_domains import covariances
from bench.statistics.told import tell

SCALE = ItemScale(codes=(1, 2, 3, 4, 5), satisfied=(4, 5), neutral=(3,), dissatisfied=(1, 2))
COMPONENTS = {"access": 4, "procedures": 5, "officials": 6, "results": 3, "feedback": 4}


def method_text() -> str:
    """A method file in which every item is a node of its own."""
    title = 'title = { vi = "t", en = "t" }'
    items = [f"q{i:02d}" for i in range(1, 1 + sum(COMPONENTS.values()))]
    nodes = [
        f'[nodes.n_{item}]\n{title}\noperation = "top_box"\nitems = ["{item}"]' for item in items
    ]
    left = iter(items)
    for component, n in COMPONENTS.items():
        of = ", ".join(f'"{next(left)}"' for _ in range(n))
        nodes.append(f'[nodes.{component}]\n{title}\noperation = "pooled_top_box"\nitems = [{of}]')
    names = ", ".join(f'"{component}"' for component in COMPONENTS)
    nodes.append(
        f'[nodes.overall]\n{title}\noperation = "weighted_mean"\nof = [{names}]\n'
        f"weights = [1, 1, 1, 1, 1]"
    )
    head = 'code = "bench"\nversion = "1"\ninstrument = "bench"\nindex = "overall"\n'
    return f"{head}components = [{names}]\n" + "\n".join(nodes)


def main(path: str) -> None:
    began = time.perf_counter()
    n_items = sum(COMPONENTS.values())
    method = load_method(method_text(), {f"q{i:02d}": SCALE for i in range(1, n_items + 1)})
    index = ColumnarIndex.of(method, is_main_only=True)
    request = Request(
        stages=(StageNames("psu", "stratum"),),
        weight="weight",
        totals=index.traits,
        supports=index.supports,
        by=(("domain",),),
    )
    found = reduce_parquet(path, request)
    reduced = time.perf_counter()
    sample, options = TotalsSample.of(found), Options()
    estimates = finish(index.algebra(found), sample, options)
    finished = time.perf_counter()
    estimands = index.algebra(found)(sample.totals.linears())
    matrices = covariances(
        [one.linear for one in estimands],
        [one.support for one in estimands],
        sample,
        options.lonely,
    )
    done = time.perf_counter()
    tell(
        sums=len(found.layout.small),
        figures=len(estimates) * len(estimates[0]),
        first=(estimates[-1][0].value, estimates[-1][0].standard_error),
        covariances=matrices.shape,
        reduce=reduced - began,
        finish=finished - reduced,
        covariance=done - finished,
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
