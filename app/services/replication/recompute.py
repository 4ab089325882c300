"""Work the published table out again from the rows beside this file; needs numpy and polars.

Usage: python recompute.py

It is written to be read: nothing of the program that published is used. Estimates are functions of
weighted totals; their variances are those of linearised values between primary sampling units
within strata, after regression on the auxiliary variables where weights were calibrated. README.txt
says what every file holds.
"""

import csv
import math
import sys

import numpy as np
import polars as pl

from app.services.replication.components import HERE, Data, Tree, has_corner, table
from app.services.replication.intervals import Values, interval, residuals, variance

COMPARED = ("value", "standard_error", "low", "high", "n", "df")
OF_CORNERS = ("value", "n")
"""What is compared of caps, floors and points by steps: their errors come from a bootstrap."""
LIMIT = 1e-9


def figure(
    tree: Tree, data: Data, inside: Values, code: str, measure: str, level: float
) -> dict[str, float] | None:
    """Work out one line of the table."""
    rated = data.counted(tree.items(code), "rated") > 0
    chosen = (inside > 0) & rated & (data.weight != 0)
    n = int(chosen.sum())
    part = tree.linear(code, measure)
    if not n or part is None:
        return None
    units = np.unique(data.psu[chosen])
    df = len(units) - len(np.unique(data.stratum[units]))
    outside = float((part.influence[data.n :] ** 2).sum())
    sampled = max(variance(residuals(part.influence[: data.n], data), data), 0.0)
    error = math.sqrt(sampled + outside)
    error, low, high = interval(part, error, data.weight[chosen], n, df, level, outside)
    return {
        "value": part.value, "standard_error": error, "low": low, "high": high, "n": n, "df": df,
    }  # fmt: skip


def main() -> int:
    """Print the table and the largest difference from what was published."""
    data = Data()
    nodes = {row["node"]: row for row in table("nodes.csv")}
    level = float(next(row["value"] for row in table("settings.csv") if row["name"] == "level"))
    largest, n_compared, n_left, skipped = 0.0, 0, 0, set()
    trees: dict[tuple[str, str], tuple[Tree, Values]] = {}
    with (HERE / "table-python.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["node", "measure", "domain_kind", "domain_code", *COMPARED])
        for row in table("published.csv"):
            if row["suppressed"] in ("True", "true", "1"):
                n_left += 1
                continue
            place = (row["domain_kind"], row["domain_code"])
            if place not in trees:
                own = (
                    (data.rows[f"domain.{place[0]}"] == place[1]).fill_null(value=False)
                    if place[0] else pl.repeat(value=True, n=data.n, eager=True)
                )  # fmt: skip
                inside = own.cast(pl.Float64).to_numpy()
                trees[place] = (Tree(data, nodes, inside, place), inside)
            try:
                found = figure(*(trees[place][0], data, trees[place][1]),
                               row["node"], row["measure"], level)  # fmt: skip
            except NotImplementedError as error:
                skipped.add(f"{row['node']} ({error})")
                continue
            told = found or dict.fromkeys(COMPARED, math.nan)
            compared: tuple[str, ...] = COMPARED
            if has_corner(nodes[row["node"]], nodes):
                compared = OF_CORNERS
                skipped.add(f"standard errors and intervals of {row['node']} (by a bootstrap)")
            writer.writerow(
                [row["node"], row["measure"], *place, *(repr(told[c]) for c in COMPARED)]
            )
            print(f"{row['node']:<28} {row['measure']:<13} {place[0]:<14} {place[1]:<12} "
                  f"{told['value']:.9f} {told['low']:.9f} {told['high']:.9f}")  # fmt: skip
            for name in compared:
                if row[name] and not (
                    row["interval_method"] == "fixed" and name in ("low", "high")
                ):
                    difference = abs(told[name] - float(row[name]))
                    largest = max(largest, math.inf if math.isnan(difference) else difference)
                    n_compared += 1
    for name in sorted(skipped):
        print("not worked out by this script:", name)
    print(f"{n_compared} numbers compared, {n_left} figures are not published")
    print(f"largest difference: {largest:.3g}")
    return 0 if largest <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
