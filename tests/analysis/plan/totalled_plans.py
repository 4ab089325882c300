"""Random samples in Parquet files, and random plans over them that need no rows."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

METHOD = """\
code = "m"
version = "1"
instrument = "i"
index = "all"
[nodes.ab]
title = { en = "t", vi = "t" }
operation = "pooled_top_box"
items = ["q1", "q2"]
[nodes.c]
title = { en = "t", vi = "t" }
operation = "top_box"
items = ["q3"]
[nodes.all]
title = { en = "t", vi = "t" }
operation = "weighted_mean"
of = ["ab", "c"]
weights = [2, 1]
[nodes.every]
title = { en = "t", vi = "t" }
operation = "all_items_top_box"
items = ["q1", "q2", "q3"]
[nodes.score]
title = { en = "t", vi = "t" }
operation = "mean_score"
items = ["q1", "q3"]
"""
SCALES = """\
[[scales]]
items = ["q1", "q2", "q3"]
codes = [1, 2, 3, 4, 5]
satisfied = [4, 5]
neutral = [3]
dissatisfied = [1, 2]
not_rated = [9]
"""
DERIVED = {
    "happy": "CASE WHEN q1 IS NULL THEN NULL WHEN q1 >= 4 THEN 1 ELSE 0 END",
    "score": "q1 + q2 / 2.0",
    "rich": "x > 0",
    "sort": "CASE WHEN x > 1 THEN 'high' WHEN x > -1 THEN 'middle' ELSE 'low' END",
    "joined": "unit || '-' || place",
    "year": "SUBSTR(day, 1, 4)",
    "cost": "ROUND(price * 2, 1)",
    "coded": "CASE WHEN q2 IN (1, 2) THEN 10 WHEN q2 = 3 THEN 20 END",
    "exact": "CASE WHEN half = 1 THEN 1.0 ELSE 0.0 END",
    "always": "1",
}
CONDITIONS = [
    "q1 >= 3",
    "unit = 'x' OR place IS NULL",
    "x > 0 AND NOT flag = 1",
    "place LIKE '%a%'",
    "day > '2025-06-01'",
    "age BETWEEN 20 AND 60",
    "happy = 1",
    "COALESCE(half, 0) = 0",
]
NUMBERS = ["q1", "q2", "x", "y", "age", "half", "flag", "w", "price"]
CATEGORIES = ["q1", "q2", "half", "flag", "unit", "place", "code"]
DOMAINS = ["unit", "code", "place", "flag", "stratum", "half"]


def sample(rng):
    """Return the columns of a random sample."""
    n = int(rng.integers(30, 400))
    gaps = rng.choice([0.0, 0.1])
    psu = rng.integers(0, int(rng.integers(8, 30)), n)
    ssu = rng.integers(0, 3, n)
    stratum = psu % int(rng.integers(1, 4))

    def some(values, kind=None):
        return pa.array(values, mask=rng.random(n) < gaps, type=kind)

    def text(choices, *, is_listed=False):
        found = some(rng.choice(np.array(choices, dtype=object), n), pa.string())
        return found.dictionary_encode() if is_listed else found

    weight = rng.lognormal(3, rng.choice([0.0, 0.5, 1.5]), n)
    if rng.random() < 0.3:
        weight = np.round(weight) + 1
    if rng.random() < 0.3:
        weight[rng.random(n) < 0.1] = 0.0
    x = rng.normal(0.5, 2, n)
    x[rng.random(n) < gaps] = np.nan
    days = [dt.date(2025, 1, 1) + dt.timedelta(int(d)) for d in rng.integers(0, 700, n)]
    prices = [Decimal(int(p)) / 100 for p in rng.integers(1, 10_000, n)]
    columns = {
        "stratum": pa.array(np.array(["north", "south", "west"], dtype=object)[stratum]),
        "psu": pa.array(psu.astype(np.int16)),
        "ssu": pa.array(ssu.astype(np.int8)),
        "n_psu": pa.array(np.array([40, 50, 60])[stratum]),
        "f_psu": pa.array(np.array([0.5, 0.25, 0.6])[stratum]),
        "n_ssu": pa.array((4 + psu % 3).astype(np.int32)),
        "w": pa.array(weight.astype(np.int32) if rng.random() < 0.2 else weight),
        "unit": text(["x", "y", "10", "9"], is_listed=rng.random() < 0.5),
        "place": text(["far", "near", "ở xa"], is_listed=rng.random() < 0.5),
        "code": some(rng.integers(7, 12, n).astype(np.int32)),
        "half": some(rng.integers(0, 2, n).astype(np.int8)),
        "flag": some(rng.random(n) < 0.4),
        "x": pa.array(x),
        "y": some((3e4 + 1e3 * rng.normal(0, 1, n)).astype(np.float32)),
        "age": some(rng.integers(18, 90, n).astype(np.int16)),
        "day": pa.array(days),
        "price": pa.array(prices, type=pa.decimal128(9, 2)),
        "sex": pa.array(rng.choice(np.array(["f", "m"], dtype=object), n)),
        "area": pa.array(rng.integers(1, 4, n).astype(np.int8)),
        "kids": pa.array(rng.integers(0, 4, n).astype(np.int16)),
        "status": pa.array(rng.choice(np.array(["yes", "no", "unknown"], dtype=object), n)),
        "answered": pa.array(rng.integers(0, 2, n).astype(np.int8), mask=rng.random(n) < gaps / 2),
        "p": pa.array(rng.choice([0.5, 0.8, 1.0], n)),
    }
    for item in ("q1", "q2", "q3"):
        answers = rng.choice([1, 2, 3, 4, 5, 9], n, p=[0.1, 0.1, 0.2, 0.3, 0.25, 0.05])
        columns[item] = some(answers.astype(np.int8))
    return pa.table(columns)


def written(table, folder, rng):
    """Write a sample into one file or several and return the section ``[data]``."""
    parts = int(rng.integers(1, 4))
    edges = np.sort(rng.integers(0, table.num_rows + 1, parts - 1)).tolist()
    names = []
    for number, (begin, end) in enumerate(zip([0, *edges], [*edges, table.num_rows], strict=True)):
        names.append(f"part{number}.parquet")
        group = int(rng.integers(7, 200))
        pq.write_table(table.slice(begin, end - begin), folder / names[-1], row_group_size=group)
    (folder / "method.toml").write_text(METHOD, encoding="utf-8")
    if parts > 1 and rng.random() < 0.4:
        rounds = [{"file": name, "round": f"r{k}"} for k, name in enumerate(names)]
        return "[data]\n" + lines({"rounds": rounds})
    return "[data]\n" + lines({"file": names[0]} if parts == 1 else {"files": names})


def lines(table):
    """Write keys and values, one a line."""
    return "".join(f"{name} = {value_of(value)}\n" for name, value in table.items())


def value_of(value):
    """Write a value as TOML."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{k} = {value_of(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(value_of(one) for one in value) + "]"
    return json.dumps(value) if not isinstance(value, np.generic) else json.dumps(value.item())


def some_of(rng, choices, least=1, most=2):
    """Draw some of a list, without repetition."""
    k = int(rng.integers(least, min(most, len(choices)) + 1))
    return [choices[place] for place in rng.permutation(len(choices))[:k].tolist()]


def design(rng):
    """Draw a design."""
    table = {"strata": ["stratum"], "clusters": ["psu"], "weight": "w"}
    if rng.random() < 0.15:
        table["weight"] = 2.5
    if rng.random() < 0.5:
        table["clusters"] = ["psu", "ssu"]
        if rng.random() < 0.7:
            table["fpc"] = [str(rng.choice(["n_psu", "f_psu"])), "n_ssu"]
    elif rng.random() < 0.5:
        table["fpc"] = [[str(rng.choice(["n_psu", "f_psu"]))], [80]][int(rng.integers(0, 2))]
    if rng.random() < 0.2:
        del table["strata"]
        table.pop("fpc", None)
    if rng.random() < 0.5:
        table["rounds"] = str(rng.choice(["independent", "overlapping"]))
    if rng.random() < 0.3 and len(table["clusters"]) == 1:
        table["nested"] = False
    table["lonely"] = str(rng.choice(["adjust", "certainty", "average", "remove"]))
    return "[design]\n" + lines(table)


def estimate(rng, number, derived, *, has_rounds):
    """Draw an estimate."""
    kind = str(rng.choice(["mean", "total", "proportion", "count", "ratio", "index"]))
    table = {"name": f"e{number}", "kind": kind, **columns_of(rng, kind, derived)}
    domains = DOMAINS + [name for name in derived if name in ("sort", "happy", "year", "exact")]
    if kind != "index" and rng.random() < 0.4:
        effects = ["with-replacement", "without-replacement", "none"]
        table["design_effect"] = str(rng.choice(effects))
    if rng.random() < 0.7:
        table["by"] = some_of(rng, domains)
        if has_rounds and rng.random() < 0.6:
            table["by"] = ["round", *table["by"][:1]]
    if rng.random() < 0.4:
        choices = CONDITIONS if "happy" in derived else [c for c in CONDITIONS if "happy" not in c]
        table["where"] = str(rng.choice(choices))
    options = (("level", 0.9, 0.2), ("df", 7, 0.1), ("covariance", True, 0.3))
    return table | {key: value for key, value, chance in options if rng.random() < chance}


def columns_of(rng, kind, derived):
    """Draw what an estimate is about."""
    numbers = NUMBERS + [name for name in derived if name in ("happy", "score", "cost", "exact")]
    categories = CATEGORIES + [
        name for name in derived if name in ("sort", "year", "coded", "rich")
    ]
    match kind:
        case "mean" | "total":
            return {"of": some_of(rng, numbers, 1, 3)}
        case "proportion":
            interval = str(rng.choice(["logit", "beta", "wilson", "mean", "asin"]))
            return {"of": some_of(rng, categories), "interval": interval}
        case "count":
            return {"of": some_of(rng, categories)} if rng.random() < 0.5 else {}
        case "ratio":
            return {"numerator": some_of(rng, numbers), "denominator": ["age", "w"]}
        case _:
            return {"method": "method.toml"}


def total(rng, table, **wanted):
    """Return a total near what the weights say of some categories."""
    inside = np.ones(table.num_rows, dtype=bool)
    for name, category in wanted.items():
        inside &= np.array([str(one) == category for one in table[name].to_pylist()])
    weight = np.array(table["w"].to_pylist(), dtype=float) + 1.0
    return float(weight[inside].sum() * rng.uniform(0.6, 1.7)) + 1.0


def weighting(rng, table):
    """Draw steps of weighting that depend on categories alone."""
    return [one(rng, table) for one in some_of(rng, STEPS, 0, 3)]


def where(rng):
    """Draw whom a step is about; mostly everybody."""
    return {"where": "kids > 0"} if rng.random() < 0.15 else {}


def poststratify(rng, table):
    """Draw known totals by one column, or by two crossed."""
    by = some_of(rng, ["sex", "area"], 1, 2)
    cells = dict.fromkeys(["f", "m"] if by[0] == "sex" else "123", 0)
    for one in cells:
        cells[one] = total(rng, table, **{by[0]: one})
        if len(by) == 2:
            inner = "123" if by[1] == "area" else "fm"
            cells[one] = {two: total(rng, table, **{by[0]: one, by[1]: two}) for two in inner}
    return {"step": "poststratify", "by": by, "totals": cells, **where(rng)}


def rake(rng, table):
    """Draw two margins."""
    sexes = {one: total(rng, table, sex=one) for one in "fm"}
    areas = {one: total(rng, table, area=one) for one in "123"}
    margins = [{"by": "sex", "totals": sexes}, {"by": "area", "totals": areas}]
    step = {"step": "rake", "margins": margins, "reconcile": True, **where(rng)}
    return step | ({"residuals": "derivative"} if rng.random() < 0.3 else {})


def calibrate(rng, table):
    """Draw totals of categories and of a number with few values."""
    whole = total(rng, table)
    totals = {"1": whole, '"sex:f"': 0.5 * whole, "kids": 1.5 * whole}
    step = {"step": "calibrate", "terms": ["1", "sex", "kids"], "totals": totals}
    distance = str(rng.choice(["linear", "raking", "logit"]))
    step |= {"distance": distance} | ({"bounds": [0.1, 9]} if distance != "raking" else {})
    return step | ({"residuals": "derivative"} if rng.random() < 0.3 else {})


def scale(rng, table):
    """Draw a total of everybody, of each area, or none."""
    if rng.random() < 0.3:
        return {"step": "scale", "to": "sample", **where(rng)}
    if rng.random() < 0.5:
        return {"step": "scale", "to": "population", "total": total(rng, table)}
    areas = {one: total(rng, table, area=one) for one in "123"}
    return {"step": "scale", "to": "population", "within": "area", "totals": areas}


def nonresponse(rng, table):
    """Draw classes of respondents."""
    within = some_of(rng, ["sex", "area", "code"], 0, 1)
    return {"step": "nonresponse", "responded": "answered"} | ({"within": within} if within else {})


def eligibility(rng, table):
    """Draw cells in which some cases may be eligible or not."""
    return {"step": "unknown-eligibility", "status": "status", "unknown": ["unknown"], **where(rng)}


def base(rng, table):
    """Draw a further stage of selection."""
    return {"step": "base", "probability": "p"}


STEPS = [poststratify, rake, calibrate, scale, nonresponse, eligibility, base]


def contrasts(rng, estimates):
    """Draw contrasts between domains, as far as there are any."""
    found = []
    for one in estimates:
        if "by" in one and rng.random() < 0.4 and one["by"][0] == "unit":
            form = {"against": {"unit": "x"}}
            if rng.random() < 0.5:
                form = {"difference": [{"unit": "x"}, {"unit": "y"}]}
            found.append({"name": f"c{len(found)}", "estimate": one["name"], **form})
        if "round" in one.get("by", ()):
            form = {"difference": [{"round": "r1"}, {"round": "r0"}]}
            found.append({"name": f"c{len(found)}", "estimate": one["name"], **form})
    whole = [one for one in estimates if one["kind"] in ("mean", "total") and "by" not in one]
    if whole:
        one, other = whole[0], whole[-1]
        inputs = [{"estimate": e["name"], "variable": e["of"][-1]} for e in (one, other)]
        table = {"name": "formula", "expression": "a / (b + 1000) + exp(a / 1e9)"}
        table |= {"inputs": {"a": inputs[0], "b": inputs[1]}}
        found.append(table)
    return found


def plan(rng, data, weights=()):
    """Draw a whole plan over files."""
    derived = some_of(rng, list(DERIVED), 0, 5)
    text = "plan = 1\n" + data
    for name in derived:
        text += "[[derive]]\n" + lines({"name": name, "expression": DERIVED[name]})
    text += design(rng)
    for step in weights:
        text += "[[weights]]\n" + lines(step)
    has_rounds = "rounds = [" in data
    numbers = range(int(rng.integers(1, 4)))
    estimates = [estimate(rng, k, derived, has_rounds=has_rounds) for k in numbers]
    if any(one["kind"] == "index" for one in estimates):
        text += SCALES
    for one in estimates:
        text += "[[estimate]]\n" + lines(one)
    for one in contrasts(rng, estimates):
        text += "[[contrast]]\n" + lines(one)
    return text
