"""Residuals by derivative make the standard error that numerical derivatives say."""

import numpy as np
import pytest

from analysis.plan.read import parse_plan
from analysis.plan.result import result_of
from analysis.plan.run import run
from tests.analysis.plan.written import faults, only

RNG = np.random.default_rng(11)
N = 36
COMMUNE = np.arange(N) // 3
AREA = np.where(COMMUNE % 2 == 0, "north", "south")
SEX = np.where(RNG.random(N) < 0.5, "f", "m")
AGE = RNG.integers(18, 80, N)
WEIGHT = RNG.uniform(5, 15, N)
Y = RNG.normal(10, 3, N) + 4 * (SEX == "f") + 0.1 * AGE
HEAD = """\
plan = 1
[data]
file = "rows.csv"
[design]
strata = "area"
clusters = "commune"
weight = "w"
"""
SHARE = float(WEIGHT[SEX == "f"].sum() / WEIGHT.sum())
TOTAL = float(WEIGHT.sum())
SEXES = f"{{ f = {0.3 * TOTAL!r}, m = {0.7 * TOTAL!r} }}"
AREAS = f"{{ north = {0.7 * TOTAL!r}, south = {0.3 * TOTAL!r} }}"
KNOWN = f'{{ "1" = {TOTAL!r}, "sex:f" = {0.35 * TOTAL!r}, age = {55 * TOTAL!r} }}'
RAKE = f"""\
[[weights]]
step = "rake"
tolerance = 1e-14
margins = [{{ by = "sex", totals = {SEXES} }}, {{ by = "area", totals = {AREAS} }}]
"""
CALIBRATE = f"""\
[[weights]]
step = "calibrate"
terms = ["1", "sex", "age"]
totals = {KNOWN}
tolerance = 1e-13
"""
STEPS = {
    "raked": RAKE,
    "exponential": CALIBRATE + 'distance = "raking"\n',
    "linear": CALIBRATE,
    "linear within bounds": CALIBRATE + "bounds = [0.4, 2]\n",
    "exponential within bounds": CALIBRATE + 'distance = "raking"\nbounds = [0.3, 2.1]\n',
    "logit": CALIBRATE + 'distance = "logit"\nbounds = [0.2, 3]\n',
    "only some": CALIBRATE.replace("[[weights]]\n", '[[weights]]\nwhere = "age > 20"\n')
    + 'distance = "raking"\n',
}
ESTIMATE = """\
[[estimate]]
name = "e"
kind = "ratio"
numerator = "y"
denominator = "age"
where = "age < 70"
"""


def estimated(folder, body, weight):
    """Return the one figure of a plan under some weights."""
    lines = ["area,commune,sex,age,w,y"]
    rows = zip(AREA, COMMUNE, SEX, AGE, weight.tolist(), Y.tolist(), strict=True)
    lines += [f"{area},{commune},{sex},{age},{w!r},{y!r}" for area, commune, sex, age, w, y in rows]
    (folder / "rows.csv").write_text("\n".join(lines), encoding="utf-8")
    return result_of(run(parse_plan(HEAD + body + ESTIMATE, folder)))["estimates"][0]


def by_derivatives(folder, body):
    """Return the standard error from how every weight moves the estimate."""
    moved = np.empty(N)
    for row in range(N):
        step = np.zeros(N)
        step[row] = 1e-4
        up, down = (estimated(folder, body, WEIGHT * (1 + s))["value"] for s in (step, -step))
        moved[row] = (up - down) / 2e-4
    of_psu = np.bincount(COMMUNE, moved)
    variance = 0.0
    for area in ("north", "south"):
        z = of_psu[AREA[::3] == area]
        variance += len(z) * z.var(ddof=1)
    return float(np.sqrt(variance))


@pytest.mark.parametrize("name", STEPS)
def test_standard_errors_by_derivative_are_those_of_numerical_derivatives(tmp_path, name):
    body = STEPS[name] + 'residuals = "derivative"\n'
    found = estimated(tmp_path, body, WEIGHT)
    assert found["standard_error"] == pytest.approx(by_derivatives(tmp_path, body), rel=1e-5)


@pytest.mark.parametrize("name", STEPS)
def test_residuals_under_the_weights_before_are_the_same_for_linear_calibration_alone(
    tmp_path, name
):
    before = estimated(tmp_path, STEPS[name], WEIGHT)
    after = estimated(tmp_path, STEPS[name] + 'residuals = "derivative"\n', WEIGHT)
    assert before["value"] == after["value"]
    ratio = before["standard_error"] / after["standard_error"]
    assert (abs(ratio - 1) < 1e-9) is (name == "linear")


def test_a_chain_of_steps_has_the_derivative_of_the_chain(tmp_path):
    body = RAKE + 'residuals = "derivative"\n' + CALIBRATE
    body += 'distance = "raking"\nresiduals = "derivative"\n'
    found = estimated(tmp_path, body, WEIGHT)
    assert found["standard_error"] == pytest.approx(by_derivatives(tmp_path, body), rel=1e-5)


def test_bounds_on_weights_have_no_such_derivative(tmp_path):
    body = (
        '[[weights]]\nstep = "calibrate"\nterms = ["1"]\ntotals = { "1" = 110 }\n'
        'bounds = [1, 50]\nbounds_on = "weight"\nresiduals = "derivative"\n'
        '[[estimate]]\nname = "e"\nkind = "count"\n'
    )
    assert only(faults(tmp_path, body)).code == "key-only-with"
