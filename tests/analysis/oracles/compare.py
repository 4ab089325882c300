"""Reading what R said about a round, and saying where we differ.

``read_round`` evaluates the round a ``*.config.json`` describes with our own
code; ``differences`` lists every figure that is not R's.
"""

import json
import math
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from analysis.answers import MISSING
from analysis.design import Design
from analysis.index.evaluate import evaluate
from analysis.index.method import ItemScale, load_method
from analysis.variance.lonely import LonelyPolicy

HERE = Path(__file__).parent
TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class Round:
    """A round as described for R: method, columns, design, domains."""

    method: object
    columns: dict
    design: Design
    domains: dict
    level: float
    lonely: LonelyPolicy

    def figures(self):
        return evaluate(
            self.method, self.columns, self.design, self.domains, self.level, lonely=self.lonely
        )


def read_round(config_path):
    config = json.loads(config_path.read_text(encoding="utf-8"))
    rows = pl.read_csv(config_path.parent / config["csv"], infer_schema=False)
    scale = ItemScale(
        codes=tuple(config["codes"]),
        satisfied=tuple(config["satisfied"]),
        neutral=tuple(config["neutral"]),
        dissatisfied=tuple(config["dissatisfied"]),
        not_rated=(9,),
    )
    items = dict.fromkeys(item for of in config["components"].values() for item in of)
    return Round(
        method=load_method(method_text(config), dict.fromkeys(items, scale)),
        columns={i: rows[i].cast(pl.Int64).fill_null(MISSING).to_numpy() for i in items},
        design=Design.from_columns(
            rows[config["stratum"]].to_numpy(),
            rows[config["psu"]].to_numpy(),
            rows[config["weight"]].cast(pl.Float64).to_numpy(),
        ),
        domains={kind: rows[kind].to_numpy() for kind in config["domains"]},
        level=config["level"],
        lonely=LonelyPolicy(config["lonely"]),
    )


def method_text(config):
    """Write the method that means what the configuration says."""
    lines = ['code = "m"', 'version = "1"', 'instrument = "i"', 'index = "overall"']
    lines.append(f"components = {json.dumps(list(config['components']))}")
    for component, items in config["components"].items():
        lines += [
            f"[nodes.{component}]",
            'title = { vi = "t", en = "t" }',
            'operation = "pooled_top_box"',
            f"items = {json.dumps(items)}",
        ]
    lines += [
        "[nodes.overall]",
        'title = { vi = "t", en = "t" }',
        'operation = "weighted_mean"',
        f"of = {json.dumps(list(config['overall']))}",
        f"weights = {json.dumps(list(config['overall'].values()))}",
    ]
    return "\n".join(lines)


def differences(figures, oracle):
    """List where our figures are not those of R.

    ``figures`` are ``NodeEstimate``s, ``oracle`` the path of a JSON file made
    by ``demo_round.R``. An empty list means: every figure R made is here, and
    equal to a relative 1e-9.
    """
    ours = {(f.node, f.measure.value, f.domain_kind, f.domain_code): f.estimate for f in figures}
    found = []
    for theirs in json.loads(oracle.read_text(encoding="utf-8"))["figures"]:
        key = tuple(theirs[part] for part in ("node", "measure", "domain_kind", "domain_code"))
        if key not in ours:
            found.append(f"{key}: not estimated")
            continue
        for name, we, they in pairs(ours[key], theirs):
            if not close(we, they):
                found.append(f"{key} {name}: {we!r} is not {they!r}")
    return found


def pairs(estimate, theirs):
    """Pair the figures of an estimate with those of R."""
    yield "n", estimate.n, theirs["n"]
    if theirs["n"] == 0:
        yield "value", estimate.value, None
        return
    flat = theirs["flat"] != [None, None]
    low, high = theirs["flat"] if flat else theirs["logit"]
    yield "value", estimate.value, theirs["value"]
    yield "standard_error", estimate.standard_error, theirs["error"]
    yield "df", estimate.df, theirs["df"]
    yield "design_effect", estimate.design_effect, theirs["deff"]
    yield "low", estimate.interval.low, low
    yield "high", estimate.interval.high, high


def close(ours, theirs):
    """Say whether two numbers are the same to 1e-9; null means NaN."""
    if theirs is None:
        return math.isnan(ours)
    return math.isclose(ours, theirs, rel_tol=TOLERANCE, abs_tol=1e-12)
