"""What the seconds of a reduction are spent on, in one thread.

python -m bench.statistics.where_time_goes domain y
python -m bench.statistics.where_time_goes crossing z
python -m bench.statistics.where_time_goes index
"""

import cProfile
import pstats
import sys

from analysis.columnar import Number, Request, StageNames, Trait, reduce_parquet
from analysis.columnar.index import ColumnarIndex
from analysis.index.method import load_method
from bench import report
from bench.statistics import tables
from bench.statistics.our_index import COMPONENTS, SCALE, method_text

PARTS = {
    "database: opening, footers": ("database.py", "open"),
    "database: group-by of whole numbers": ("by_database.py", "_groups"),
    "database: sums → floats": ("by_database.py", "_part"),
    "reading and decoding the file": ("files.py", "read"),
    "finding clusters and cells": ("places.py", "find"),
    "weights, answers → integers": ("rows.py", "addends"),
    "adding to cells": ("sums.py", "add"),
    "sums → floats": ("sums.py", "exact"),
    "footers, first rows": ("reduce.py", "__init__"),
}
ROWS = 10_000_000


def means(domain: str, letter: str) -> tuple[str, Request]:
    names = [f"{letter}{k}" for k in range(tables.VARIABLES)]
    known = tuple(Trait((name,)) for name in names)
    request = Request(
        (StageNames("psu", "stratum"),),
        "weight",
        (*map(Number, names), *known),
        known,
        ((domain,),),
    )
    return str(tables.people(ROWS)), request


def index() -> tuple[str, Request]:
    items = [f"q{k:02d}" for k in range(1, 1 + sum(COMPONENTS.values()))]
    method = load_method(method_text(), dict.fromkeys(items, SCALE))
    planned = ColumnarIndex.of(method, is_main_only=True)
    stages = (StageNames("psu", "stratum"),)
    request = Request(stages, "weight", planned.traits, planned.supports, (("domain",),))
    return str(tables.items(ROWS)), request


def main(arguments: list[str]) -> None:
    path, request = index() if arguments == ["index"] else means(*arguments)
    profile = cProfile.Profile()
    profile.enable()
    reduce_parquet(path, request, n_threads=1)
    profile.disable()
    found = pstats.Stats(profile)
    whole = found.total_tt
    rows = []
    for part, (file, function) in PARTS.items():
        seconds = sum(
            figures[3]
            for (name, _, called), figures in found.stats.items()
            if name.endswith(f"columnar/{file}") and called == function
        )
        if seconds:
            rows.append([part, f"{seconds:.2f}", f"{100 * seconds / whole:.0f} %"])
    print(report.table(["", "s", "of all"], [*rows, ["all", f"{whole:.2f}", ""]]))


if __name__ == "__main__":
    main(sys.argv[1:])
