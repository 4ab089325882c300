"""The cheapest interviews that reach several targets at once."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.optimize import minimize

from surveys.sampling.allocate import allocate
from surveys.sampling.bethel import ACCEPTED_GAP, cheapest, whole_interviews
from surveys.sampling.errors import (
    NoTargetError,
    OneOfError,
    OutOfRangeError,
    TargetsUnreachableError,
    UnknownLabelError,
)
from surveys.sampling.size import size_for_proportion
from surveys.sampling.strata import Strata
from surveys.sampling.table import Method
from surveys.sampling.targets import Constraints, Goal, Scope, Target, constraints_of

Z = stats.norm.ppf(0.975)


def reals(table):
    return np.array([row.exact for row in table.strata])


# By hand


def test_one_stratum_with_one_target_is_the_size_for_its_margin():
    strata = Strata.of(["all"], [10_000], rates={"p": 0.8})
    table = allocate(strata, method=Method.TARGETS, targets=[Target.overall(margin=0.03)])
    size = size_for_proportion(margin=0.03, p=0.8, population=10_000)
    assert reals(table)[0] == pytest.approx(size.exact, rel=1e-8)
    assert table.interviews == size.interviews


def test_each_unit_for_itself_is_as_many_sizes():
    strata = Strata.of(["a", "b"], [900, 7000], rates={"p": [0.7, 0.9]})
    table = allocate(strata, method=Method.TARGETS, targets=[Target.each_unit(margin=0.05)])
    wanted = [
        size_for_proportion(margin=0.05, p=p, population=n).exact
        for p, n in ((0.7, 900), (0.9, 7000))
    ]
    assert reals(table) == pytest.approx(np.array(wanted), rel=1e-8)


def test_a_target_of_the_whole_alone_is_neymans_way_with_costs():
    strata = Strata.of(
        ["near", "far"], [5000, 5000], rates={"p": 0.5}, interview_cost=[1, 4], minimum=0
    )
    table = allocate(strata, method=Method.TARGETS, targets=[Target.overall(margin=0.04)])
    near, far = reals(table)
    assert near == pytest.approx(2 * far, rel=1e-6)


def test_a_target_that_others_bring_costs_nothing():
    strata = Strata.of(["a", "b"], [5000, 5000])
    targets = [Target.each_unit(margin=0.03), Target.overall(margin=0.2)]
    table = allocate(strata, method=Method.TARGETS, targets=targets)
    savings = {str(row.goal): row.saving for row in table.targets}
    assert savings["share"] == 0
    assert savings["a: share"] > 1


def test_the_saving_of_a_looser_target_is_what_it_saves():
    strata = Strata.of(["a", "b"], [3000, 5000], rates={"p": [0.7, 0.9]}, interview_cost=[2, 3])
    targets = [Target.of_unit("a", margin=0.04), Target.overall(margin=0.03)]
    table = allocate(strata, method=Method.TARGETS, targets=targets)
    looser = [Target.of_unit("a", margin=0.04 * 1.001), targets[1]]
    cost = [
        strata.cost @ reals(allocate(strata, method=Method.TARGETS, targets=given))
        for given in (targets, looser)
    ]
    # A tenth of a per cent saves a tenth.
    assert cost[0] - cost[1] == pytest.approx(table.targets[0].saving / 10, rel=0.01)


def test_targets_of_a_component_leave_others_alone():
    strata = Strata.of(["a"], [50_000], rates={"p": 0.9, "q": 0.5})
    one = allocate(
        strata, method=Method.TARGETS, targets=[Target.overall(margin=0.02, component="p")]
    )
    both = allocate(strata, method=Method.TARGETS, targets=[Target.overall(margin=0.02)])
    assert [row.goal for row in one.targets] == [Goal(None, "p")]
    assert one.interviews < both.interviews


def test_a_cv_is_relative_to_the_mean():
    strata = Strata.of(["a"], [10**6], means={"m": 50}, sds={"m": 20})
    table = allocate(strata, method=Method.TARGETS, targets=[Target.overall(cv=0.02)])
    assert reals(table)[0] == pytest.approx(1 / (0.02**2 / 0.16 + 1e-6))


def test_whole_numbers_give_back_what_no_target_needs():
    strata = Strata.of([f"s{at}" for at in range(20)], [500] * 20)
    targets = [Target.overall(margin=0.05)]
    table = allocate(strata, method=Method.TARGETS, targets=targets)
    assert table.targets[0].is_reached
    # Rounding every stratum up would take up to twenty interviews more than needed.
    assert table.interviews <= reals(table).sum() + 2


def test_strata_that_nobody_asks_about_keep_their_minimum():
    strata = Strata.of(["a", "b"], [500, 500], minimum=3)
    table = allocate(strata, method=Method.TARGETS, targets=[Target.of_unit("a", margin=0.1)])
    assert table.strata[1].interviews == 3


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (Target.overall, OneOfError),
        (lambda: Target.overall(margin=0.1, cv=0.1), OneOfError),
        (lambda: Target(Scope.UNIT, margin=0.1), OneOfError),
        (lambda: Target(Scope.OVERALL, margin=0.1, unit="a"), OneOfError),
        (lambda: Target.each_unit(margin=0), OutOfRangeError),
        (lambda: Target.each_unit(cv=math.inf), OutOfRangeError),
        (lambda: Target(Scope.OVERALL, margin=0.1, level=1), OutOfRangeError),
    ],
)  # fmt: skip
def test_targets_that_make_no_sense_are_refused(call, error):
    with pytest.raises(error):
        call()


@pytest.mark.parametrize(
    ("targets", "error"),
    [
        ([], NoTargetError),
        ([Target.of_unit("z", margin=0.1)], UnknownLabelError),
        ([Target.overall(margin=0.1, component="z")], UnknownLabelError),
        ([Target.overall(cv=0.1)], OutOfRangeError),
    ],
)
def test_targets_that_do_not_fit_the_strata_are_refused(targets, error):
    strata = Strata.of(["a"], [50], rates={"p": 0})
    with pytest.raises(error):
        constraints_of(strata, targets)


def test_what_cannot_be_reached_is_named_and_nothing_else():
    strata = Strata.of(["a", "b", "c"], [40, 4000, 30], response=[0.5, 0.9, 1])
    targets = [Target.each_unit(margin=0.08), Target.overall(margin=0.05)]
    with pytest.raises(TargetsUnreachableError) as caught:
        allocate(strata, method=Method.TARGETS, targets=targets)
    assert caught.value.targets == ("a: share",)
    assert caught.value.code == "targets.unreachable"


# Laws


@st.composite
def problems(draw):
    """Loads, costs and bounds, with targets that the upper bounds reach."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n_strata, n_goals = draw(st.integers(1, 12)), draw(st.integers(1, 8))
    loads = random.gamma(0.5, size=(n_goals, n_strata))
    loads *= random.random((n_goals, n_strata)) < draw(st.sampled_from([0.3, 0.7, 1.0]))
    loads *= 10.0 ** random.integers(-3, 4, n_strata)
    lower = random.integers(0, 4, n_strata).astype(float)
    upper = lower + random.integers(0, 2000, n_strata)
    upper = np.maximum(upper, 1.0)
    at_upper = (loads / upper).sum(axis=1)
    room = random.uniform(0.02, 0.999, n_goals)
    if draw(st.booleans()):
        # Targets on the brink of what can be reached.
        room = 1 - 10.0 ** -random.uniform(0, 8, n_goals)
    loads *= np.where(at_upper > 0, room / np.where(at_upper > 0, at_upper, 1.0), 1.0)[:, None]
    cost = random.uniform(0.2, 5, n_strata) * 10.0 ** random.integers(-2, 6)
    goals = tuple(Goal(None, str(index)) for index in range(n_goals))
    constraints = Constraints(goals, np.ones(n_goals), loads, np.full(n_strata, np.inf), loads)
    return constraints, cost, lower, upper


def used(constraints, x):
    loads = constraints.loads
    return np.where(loads > 0, loads / np.maximum(x, 1e-300), 0.0).sum(axis=1)


@settings(max_examples=300, deadline=None)
@given(problems())
def test_every_target_is_reached_within_the_bounds_and_no_cheaper_way_is_left(problem):
    constraints, cost, lower, upper = problem
    found = cheapest(constraints, cost, lower, upper)
    x = found.interviews
    assert np.all(used(constraints, x) <= 1 + 2e-9)
    assert np.all((x >= lower) & (x <= upper * (1 + 1e-12)))
    assert found.gap <= ACCEPTED_GAP
    assert np.all(found.prices >= 0)
    # Where a price is paid, nothing of the target is left unused.
    paid = found.prices > 1e-3 * (cost @ x)
    assert np.all(used(constraints, x)[paid] > 1 - 1e-4)


@settings(max_examples=60, deadline=None)
@given(problems())
def test_a_general_solver_finds_nothing_cheaper(problem):
    constraints, cost, lower, upper = problem
    found = cheapest(constraints, cost, lower, upper)
    asked = constraints.loads.max(axis=0) > 0
    assume(asked.any())
    low = np.where(asked, np.minimum(np.maximum(lower, 1.0), upper), lower)
    loads, scale = constraints.loads, cost.mean()
    solved = minimize(
        lambda x: cost @ x / scale,
        upper,
        jac=lambda _: cost / scale,
        bounds=list(zip(low, upper, strict=True)),
        constraints={
            "type": "ineq",
            "fun": lambda x: 1 - used(constraints, x),
            "jac": lambda x: np.where(loads > 0, loads / np.maximum(x, 1e-9) ** 2, 0.0),
        },
        method="SLSQP",
        options={"maxiter": 2000, "ftol": 1e-12},
    )
    is_allowed = np.all(used(constraints, solved.x) <= 1 + 1e-7)
    if solved.success and is_allowed:
        assert cost @ found.interviews <= (cost @ solved.x) * (1 + 1e-5)


@settings(max_examples=150, deadline=None)
@given(problems())
def test_whole_interviews_reach_every_target_too_and_cost_little_more(problem):
    constraints, cost, lower, upper = problem
    found = cheapest(constraints, cost, lower, upper)
    whole = whole_interviews(found.interviews, constraints, cost, lower, upper)
    assert np.all(used(constraints, whole) <= 1 + 3e-9)
    assert np.all((whole >= lower) & (whole <= upper))
    assert cost @ whole <= cost @ found.interviews + cost.sum() * (1 + 1e-6)


@settings(max_examples=60, deadline=None)
@given(st.floats(0.01, 0.2), st.floats(1.01, 3), st.integers(1, 6), st.integers(0, 2**32 - 1))
def test_looser_targets_never_cost_more(margin, times, n_strata, seed):
    random = np.random.default_rng(seed)
    strata = Strata.of(
        [f"s{at}" for at in range(n_strata)],
        random.integers(5, 5000, n_strata),
        rates={"p": random.random(n_strata), "q": random.random(n_strata)},
        interview_cost=random.uniform(1, 4, n_strata),
    )
    tables = [
        allocate(strata, method=Method.TARGETS, targets=[Target.each_unit(margin=given)])
        for given in (margin, margin * times)
    ]
    costs = [strata.cost @ reals(table) for table in tables]
    assert costs[1] <= costs[0] * (1 + 1e-6)
    assert all(row.is_reached for row in tables[0].targets)


def test_a_province_with_ten_components_is_solved():
    """Sixty units of ten strata, ten components: 610 targets."""
    random = np.random.default_rng(7)
    n_units, per_unit = 60, 10
    n_strata = n_units * per_unit
    strata = Strata.of(
        [f"s{at}" for at in range(n_strata)],
        random.integers(20, 3000, n_strata),
        units=[f"u{at // per_unit}" for at in range(n_strata)],
        rates={f"c{at}": random.uniform(0.5, 0.98, n_strata) for at in range(10)},
        effect=random.uniform(1, 2, n_strata),
        response=0.8,
    )
    targets = [Target.each_unit(margin=0.06), Target.overall(margin=0.01)]
    table = allocate(strata, method=Method.TARGETS, targets=targets)
    assert all(row.is_reached for row in table.targets)
    assert len(table.targets) == 610
    assert table.gap < 1e-6
