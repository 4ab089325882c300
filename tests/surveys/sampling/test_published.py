"""Sizes and allocations that others have printed.

Where each figure stands is said beside it; keys are those of docs/references.md.
"""

import math

import numpy as np
import pytest

from surveys.sampling.allocate import allocate
from surveys.sampling.bethel import cheapest
from surveys.sampling.bounds import share_within_bounds
from surveys.sampling.power import (
    Comparison,
    Sample,
    Scale,
    power_of_difference,
    size_for_change,
    size_for_change_of_mean,
)
from surveys.sampling.rounding import round_to_total
from surveys.sampling.size import size_for_mean, size_for_proportion
from surveys.sampling.slovin import slovin_value
from surveys.sampling.strata import Strata
from surveys.sampling.table import Method
from surveys.sampling.targets import Constraints, Goal, Target


@pytest.mark.parametrize(
    ("population", "size"), [(100, 80), (500, 222.2), (1_000, 285.7), (10_000, 384.6)]
)
def test_slovins_sizes_of_the_guidance_of_2014(population, size):
    assert round(slovin_value(population, 0.05), 1) == size


# Margins of a share of one half: PracTools, vignette "Singlestage-samsize", example 3.
@pytest.mark.parametrize(
    ("margin", "size"),
    [(0.01, 9604), (0.02, 2401), (0.03, 1068), (0.04, 601), (0.05, 385), (0.06, 267),
     (0.07, 196), (0.08, 151)],
)  # fmt: skip
def test_sizes_for_margins_of_practools(margin, size):
    assert size_for_proportion(margin=margin).interviews == size


# Examples 1 and 2 of the same vignette: the CV among people is 2.
def test_sizes_for_cvs_of_practools():
    sizes = [size_for_mean(sd=2, mean=1, cv=0.01 + 0.02 * step).interviews for step in range(11)]
    assert sizes == [40000, 4445, 1600, 817, 494, 331, 237, 178, 139, 111, 91]
    assert round(size_for_mean(sd=2, mean=1, cv=0.05, population=500).exact) == 381


# [Valliant2018] examples 4.7 to 4.11, from the authors' files of the examples.
@pytest.mark.parametrize(("overlap", "sides", "size"), [(0.75, 1, 33), (0.75, 2, 41), (1.0, 1, 10)])
def test_overlapping_samples_of_example_4_7(overlap, sides, size):
    test = Comparison(sides=sides, overlap=overlap, correlation=0.9)
    found = size_for_change_of_mean(5, math.sqrt(200), power=0.8, test=test)
    assert (found.first, found.second) == (size, size)


def test_independent_shares_of_examples_4_8_and_4_9():
    test = Comparison(sides=1, scale=Scale.POOLED)
    assert size_for_change(0.15, 0.18, test=test).exact == pytest.approx(1891.846, abs=5e-4)
    thousand = Sample(1000)
    assert power_of_difference(0.15, 0.18, thousand, thousand, test) == pytest.approx(
        0.56456, abs=5e-6
    )
    assert power_of_difference(0.50, 0.53, thousand, thousand, test) == pytest.approx(
        0.3810421, abs=5e-8
    )


def test_arcsines_of_example_4_11():
    test = Comparison(sides=1, scale=Scale.ARCSINE)
    assert size_for_change(0.15, 0.18, test=test).exact == pytest.approx(1889.337, abs=5e-4)


# PracTools, vignette "Singlestage-samsize", function strAlloc.
HOSPITALS = {
    "population": [215, 65, 252, 50, 149, 144],
    "sd": [26787207, 10645109, 6909676, 11085034, 9817762, 44553355],
    "cost": [1400, 200, 300, 600, 450, 1000],
}


def hospitals():
    return Strata.of(
        list("abcdef"),
        HOSPITALS["population"],
        means={"expenses": 11664181},
        sds={"expenses": HOSPITALS["sd"]},
        interview_cost=HOSPITALS["cost"],
        minimum=0,
    )


def exact(table):
    return [row.exact for row in table.strata]


def test_neyman_of_practools():
    table = allocate(hospitals(), 100, Method.NEYMAN)
    printed = [34.641683, 4.161947, 10.473487, 3.333804, 8.798970, 38.590108]
    assert exact(table) == pytest.approx(printed, abs=5e-7)
    assert error_of(exact(table)) == pytest.approx(1727173, abs=0.5)


def test_a_budget_of_practools():
    table = allocate(hospitals(), method=Method.OPTIMUM, budget=100_000)
    printed = [30.605403, 9.728474, 19.989127, 4.499121, 13.711619, 40.340301]
    assert exact(table) == pytest.approx(printed, abs=5e-7)
    assert error_of(exact(table)) == pytest.approx(1636053, abs=0.5)
    assert table.cost <= 100_000


def test_a_cv_of_practools():
    table = allocate(hospitals(), method=Method.TARGETS, targets=[Target.overall(cv=0.05)])
    printed = [104.54922, 33.23283, 68.28362, 15.36917, 46.83941, 137.80400]
    assert exact(table) == pytest.approx(printed, abs=5e-6)
    assert error_of(exact(table)) == pytest.approx(583209.1, abs=0.05)


def error_of(sizes):
    """Return the standard error that real sizes would give."""
    population, n = np.array(HOSPITALS["population"]), np.array(sizes)
    squares = population * (population / n - 1) * np.array(HOSPITALS["sd"], dtype=float) ** 2
    return math.sqrt(squares.sum()) / population.sum()


# stratallo, README: bounds from below, from above, from both.
BY_BOUNDS = {
    "none": (190, None, None, [31.376147, 68.853211, 82.798165, 6.972477], 3940753053),
    "above": (190, None, [100, 90, 70, 80], [35.121951, 77.073171, 70.0, 7.804878], 4018789143),
    "below": (190, [50, 120, 1, 2], None, [50, 120, 18, 2], 9719807556),
    "both": (1284, [100, 90, 500, 50], [300, 400, 800, 90],
             [228.9496, 400.0, 604.1727, 50.8777], 538073357),
}  # fmt: skip


@pytest.mark.parametrize("case", BY_BOUNDS)
def test_optimum_within_bounds_of_stratallo(case):
    n, minimum, maximum, printed, variance = BY_BOUNDS[case]
    population, sd = np.array([3000, 4000, 5000, 2000]), np.array([48, 79, 76, 16])
    strata = Strata.of(
        list("abcd"),
        population,
        means={"y": 1},
        sds={"y": sd},
        minimum=0 if minimum is None else minimum,
        maximum=maximum,
    )
    sizes = np.array(exact(allocate(strata, n, Method.NEYMAN)))
    assert sizes == pytest.approx(np.array(printed), abs=5e-5)
    assert (population * (population / sizes - 1) * sd**2).sum() == pytest.approx(variance, abs=1)


def test_least_cost_for_one_variance_of_stratallo():
    a, known, wanted = np.array([3000.0, 4000.0, 5000.0, 2000.0]), 70_000.0, 1e6
    loads = (a**2 / (wanted + known))[None, :]
    constraints = Constraints(
        (Goal(None, "y"),), np.array([wanted]), a[None, :] ** 2, np.full(4, np.inf), loads
    )
    found = cheapest(
        constraints, np.array([0.5, 0.6, 0.6, 0.3]), np.zeros(4), np.array([100.0, 90, 70, 80])
    )
    printed = np.array([40.39682, 49.16944, 61.46181, 34.76805])
    assert found.interviews == pytest.approx(printed, abs=5e-6)


def test_ten_strata_of_stratallo_that_all_end_at_a_bound():
    population = np.array([454, 10, 116, 2500, 2240, 260, 39, 3000, 2500, 400], dtype=float)
    sd = np.array([0.9, 5000, 32, 0.1, 3, 5, 300, 13, 20, 7])
    lower = np.array([322, 3, 57, 207, 715, 121, 9, 1246, 1095, 294], dtype=float)
    shares = share_within_bounds(4076, population * sd, lower, population)
    assert shares.tolist() == [322, 10, 57, 207, 715, 121, 9, 1246, 1095, 294]


def test_whole_numbers_of_stratallo():
    sizes = np.array([297.4286, 396.5714, 500, 90])
    bounds = np.zeros(4, dtype=np.int64), np.full(4, 1000)
    assert round_to_total(sizes, 1284, *bounds).tolist() == [297, 397, 500, 90]


# [Kim2024] example 4.2: a stratum of which more than everybody would be asked.
def test_a_stratum_taken_whole_leaves_the_rest_to_the_others():
    strata = Strata.of(["1", "2", "3"], [100, 110, 120], means={"y": 1}, sds={"y": [50, 10, 5]})
    table = allocate(strata, 140, Method.NEYMAN)
    assert [row.interviews for row in table.strata] == [100, 26, 14]


# [Kim2024] tables 4.1 and 4.2: acres of farms in the counties of the United States.
def test_proportional_and_optimal_allocation_of_farms():
    strata = Strata.of(
        ["NE", "NC", "S", "W"],
        [220, 1054, 1382, 422],
        means={"acres": [90_000, 326_000, 199_000, 723_000]},
        sds={"acres": [79_365, 271_303, 243_956, 835_638]},
    )
    proportional = allocate(strata, 300, Method.PROPORTIONAL)
    optimal = allocate(strata, 300, Method.NEYMAN)
    assert [row.interviews for row in proportional.strata] == [21, 103, 135, 41]
    assert [row.interviews for row in optimal.strata] == [5, 86, 102, 107]
    variances = [
        (3078 * table.components[0].precision.standard_error) ** 2 / 1e14
        for table in (proportional, optimal)
    ]
    # The table prints 42.28 and 28.32; its rows are rounded before they are added up.
    assert variances == pytest.approx([42.28, 28.32], abs=0.02)


# [HockSchittkowski1981] problem 72, "optimal sample size": two variances in four strata.
def test_two_targets_in_four_strata():
    loads = np.array([[4, 2.25, 1, 0.25], [0.16, 0.36, 0.64, 0.64]])
    wanted = np.array([0.0401, 0.010085])
    constraints = Constraints(
        (Goal(None, "a"), Goal(None, "b")),
        wanted,
        loads,
        np.full(4, np.inf),
        loads / wanted[:, None],
    )
    found = cheapest(constraints, np.ones(4), np.zeros(4), np.array([4e5, 3e5, 2e5, 1e5]))
    printed = np.array([193.4071, 179.5475, 185.0186, 168.7062])
    assert found.interviews == pytest.approx(printed, rel=1e-5)
    # One is the fixed cost of the survey.
    assert 1 + found.interviews.sum() == pytest.approx(727.67937, abs=5e-5)
