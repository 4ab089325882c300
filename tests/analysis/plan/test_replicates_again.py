"""Figures under replicates are what plans over the weights of each replicate say."""

import csv
import json
import math

import numpy as np
import pytest
from scipy.stats import t as student

from analysis.plan.faults import PlanFaults
from analysis.plan.read import parse_plan
from analysis.plan.result import result_of
from analysis.plan.run import run

DF = 9
HEAD = 'plan = 1\n[data]\nfile = "rows.csv"\n'
BODY = """
[[estimate]]
name = "mean"
kind = "mean"
of = ["x", "y"]
by = "sex"
[[estimate]]
name = "total"
kind = "total"
of = "x"
[[estimate]]
name = "share"
kind = "proportion"
of = "q"
interval = "mean"
[[estimate]]
name = "ratio"
kind = "ratio"
numerator = "x"
denominator = "y"
where = "q > 1"
[[estimate]]
name = "quantile"
kind = "quantile"
of = ["x", "q"]
quantiles = [0.25, 0.5]
definition = "RULE"
interval = "INTERVAL"
by = "sex"
[[estimate]]
name = "alike"
kind = "correlation"
of = ["x", "y"]
[[contrast]]
name = "less"
estimate = "mean"
difference = [{ sex = "f" }, { sex = "m" }]
[[contrast]]
name = "quantiles"
estimate = "quantile"
difference = [{ sex = "f" }, { sex = "m" }]
[[model]]
name = "m"
kind = "linear"
response = "x"
terms = ["y", "sex"]
margins = ["sex"]
"""
RULES = ["math", "school", "shahvaish", "hf2", "hf4", "hf5", "hf6", "hf7"]


def sample(rng):
    """Return columns, PSUs and strata of a random sample with missing answers."""
    n_strata, size = int(rng.integers(2, 5)), int(rng.integers(4, 9))
    psu = np.repeat(np.arange(2 * n_strata), size)
    n = len(psu)
    sex = np.where(rng.random(n) < 0.5, "f", "m")
    x = np.round(rng.normal(10, 3, n) + 2 * (sex == "f"), int(rng.integers(0, 3)))
    columns = {
        "psu": psu,
        "stratum": psu // 2,
        "w": rng.lognormal(2, 0.4, n),
        "sex": sex,
        "area": np.where(rng.random(n) < 0.5, "a", "b"),
        "answered": (rng.random(n) < 0.8).astype(int),
        "x": np.where(rng.random(n) < 0.1, math.nan, x),
        "y": 0.3 * x + rng.normal(8, 1, n),
        "q": rng.integers(1, 5, n),
    }
    return columns, psu


def steps(rng, weight):
    """Draw steps that are made again in every replicate."""
    whole = float(weight.sum())
    sexes = f"{{ f = {0.45 * whole!r}, m = {0.55 * whole!r} }}"
    areas = f"{{ a = {0.6 * whole!r}, b = {0.4 * whole!r} }}"
    margins = f'[{{ by = "sex", totals = {sexes} }}, {{ by = "area", totals = {areas} }}]'
    totals = f"{{ 1 = {whole!r}, y = {11.3 * whole!r} }}"
    fitted = 'step = "calibrate"\nterms = ["1", "y"]\ndistance = "raking"\ntolerance = 1e-12\n'
    choices = [
        f'step = "poststratify"\nby = "sex"\ntotals = {sexes}\n',
        f'step = "rake"\nmargins = {margins}\ntolerance = 1e-13\n',
        fitted + f"totals = {totals}\n",
        'step = "nonresponse"\nresponded = "answered"\nwithin = "sex"\n',
        f'step = "scale"\nto = "population"\ntotal = {3 * whole!r}\n',
    ]
    chosen = rng.permutation(len(choices))[: int(rng.integers(0, 4))].tolist()
    return "".join("[[weights]]\n" + choices[k] for k in chosen)


def replicates(rng, psu, centre):
    """Return a design, factors of rows, and how replicates become variances."""
    weight = 'weight = "w"\n'
    end = f'centre = "{centre}"\ndf = {DF}\n'
    n_psu = int(psu.max()) + 1
    kind = str(rng.choice(["jkn", "jk1", "given"]))
    if kind == "given":
        n = int(rng.integers(5, 12))
        scales = rng.uniform(0.5, 1.5, n)
        given = json.dumps([f"rw{r}" for r in range(n)])
        text = f'[design]\n{weight}[design.replicates]\ncolumns = {given}\nmethod = "other"\n'
        text += f"scale = 0.05\nrscales = {scales.tolist()}\n"
        return text + end, rng.uniform(0, 2, (n_psu, n))[psu], 0.05 * scales
    strata = 'strata = "stratum"\n' if kind == "jkn" else ""
    text = f'[design]\n{strata}clusters = "psu"\n{weight}[design.replicates]\nmake = "{kind}"\n'
    units = np.arange(n_psu)
    same = units[:, None] // 2 == units // 2 if kind == "jkn" else np.ones((n_psu, n_psu), bool)
    m = same.sum(axis=0)
    factor = np.where(same, m / (m - 1), 1.0)
    factor[units, units] = 0.0
    return text + end, factor[psu], (m - 1) / m


def result(folder, text, columns):
    with (folder / "rows.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        for row in zip(*(column.tolist() for column in columns.values()), strict=True):
            written = ["" if value != value else repr(value).strip("'") for value in row]  # noqa: PLR0124
            writer.writerow(written)
    return result_of(run(parse_plan(text, folder)))


def figures(found):
    """Return the rows of a result that have a standard error, in order."""
    model = found["models"][0]
    return [
        *found["estimates"],
        *found["contrasts"],
        *model["coefficients"],
        *model["margins"],
    ]


def again(folder, text, columns, factor):
    """Return the values of all figures under every replicate; NaN where a step cannot be made."""
    values = []
    for r in range(factor.shape[1]):
        weighted = columns | {"w": columns["w"] * factor[:, r]}
        try:
            found = figures(result(folder, text, weighted))
        except PlanFaults:
            values.append(None)
            continue
        values.append([math.nan if row["value"] is None else row["value"] for row in found])
    width = max(len(one) for one in values if one is not None)
    return np.array([[math.nan] * width if one is None else one for one in values])


def deviation(replicated, value, scales, centre):
    """Return the standard error of one figure."""
    known = ~np.isnan(replicated)
    middle = replicated[known].mean() if centre == "mean" else value
    return math.sqrt(float(np.sum((scales * (replicated - middle) ** 2)[known])))


@pytest.mark.parametrize("seed", range(12))
def test_every_standard_error_is_the_spread_of_plans_over_each_replicate(tmp_path, seed):
    rng = np.random.default_rng(seed)
    columns, psu = sample(rng)
    centre = str(rng.choice(["estimate", "mean"]))
    design, factor, scales = replicates(rng, psu, centre)
    given = {f"rw{r}": columns["w"] * factor[:, r] for r in range(factor.shape[1])}
    adjusted = steps(rng, columns["w"])
    body = BODY.replace("RULE", str(rng.choice(RULES)))
    replicated = body.replace("INTERVAL", "replicates")
    rows = figures(result(tmp_path, HEAD + design + adjusted + replicated, columns | given))
    alone = HEAD + '[design]\nweight = "w"\n' + adjusted + body.replace("INTERVAL", "mean")
    values = again(tmp_path, alone, columns, factor)
    for k, row in enumerate(rows):
        expected = deviation(values[:, k], row["value"], scales, centre)
        floor = 1e-9 * max(abs(row["value"]), 1.0)
        assert row["standard_error"] == pytest.approx(expected, rel=1e-7, abs=floor), row


@pytest.mark.parametrize("seed", range(4))
def test_woodruffs_interval_is_that_of_the_share_below_turned_back(tmp_path, seed):
    rng = np.random.default_rng(seed)
    columns, psu = sample(rng)
    design, factor, _ = replicates(rng, psu, "estimate")
    given = {f"rw{r}": columns["w"] * factor[:, r] for r in range(factor.shape[1])}
    text = HEAD + design + '[[estimate]]\nname = "e"\nkind = "quantile"\nof = "x"\n'
    found = result(tmp_path, text, columns | given)["estimates"][0]
    x, weight = columns["x"], columns["w"]
    below = np.where(np.isnan(x), math.nan, x <= found["value"])
    text = HEAD + design + '[[estimate]]\nname = "e"\nkind = "mean"\nof = "below"\n'
    share = result(tmp_path, text, columns | given | {"below": below})["estimates"][0]
    half = student.ppf(0.975, DF) * share["standard_error"]
    order = np.argsort(np.where(np.isnan(x), np.inf, x))[: int((~np.isnan(x)).sum())]
    reached = np.cumsum(weight[order]) / weight[order].sum()
    for end, wanted in (("low", share["value"] - half), ("high", share["value"] + half)):
        place = int(np.searchsorted(reached, wanted * (1 - 1e-12)))
        expected = x[order][place] if 0 <= wanted <= 1 else None
        assert found[end] == (pytest.approx(expected) if expected is not None else expected) or (
            expected is None and math.isnan(found[end])
        )


def test_a_replicate_that_cannot_be_adjusted_has_no_quantile(tmp_path):
    columns, psu = sample(np.random.default_rng(5))
    columns["sex"] = np.where(psu == 0, "f", "m")
    design = '[design]\nstrata = "stratum"\nclusters = "psu"\nweight = "w"\n[design.replicates]\n'
    step = '[[weights]]\nstep = "poststratify"\nby = "sex"\ntotals = { f = 30, m = 70 }\n'
    text = HEAD + design + 'make = "jkn"\n' + step
    text += '[[estimate]]\nname = "e"\nkind = "quantile"\nof = "x"\ninterval = "replicates"\n'
    found = result(tmp_path, text, columns)
    assert [note["code"] for note in found["design"]["notes"]] == ["replicate-not-adjusted"]
    (row,) = found["estimates"]
    assert [note["code"] for note in row["notes"]] == ["replicates-without-value"]
    assert row["standard_error"] < 5
