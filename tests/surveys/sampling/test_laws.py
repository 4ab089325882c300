"""What holds for every plan over every frame."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from surveys.sampling.drawing import reserves_of
from surveys.sampling.evaluate import evaluate
from surveys.sampling.layout import lay_out
from surveys.sampling.plan_fit import check_plan
from surveys.sampling.preview import expect, expect_by
from surveys.sampling.schema import PPS, RANDOM_SIZE
from surveys.sampling.select import select
from tests.surveys.sampling.places import area_frame, chance, dossier_frame
from tests.surveys.sampling.plans import plans

FRAMES = {"area": area_frame(), "dossier": dossier_frame(n_people=300)}


@st.composite
def fitting(draw):
    """Pairs of a frame and a plan that fits it."""
    kind = draw(st.sampled_from(["area", "dossier"]))
    plan = draw(plans(kind, FRAMES[kind]).filter(lambda plan: not check_plan(plan, FRAMES[kind])))
    return FRAMES[kind], plan


law = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


@law
@given(fitting(), st.integers(0, 1000))
def test_nobody_is_drawn_twice(pair, number):
    frame, plan = pair
    found = select(plan, frame, chance(number))
    assert len(set(zip(found.row.tolist(), found.position.tolist(), strict=True))) == found.n


@law
@given(fitting(), st.integers(0, 1000))
def test_each_group_gives_its_main_cases_first_and_its_reserves_in_order(pair, number):
    frame, plan = pair
    found = select(plan, frame, chance(number))
    last = found.stages[-1]
    assert (np.diff(found.group) >= 0).all()
    for group in np.unique(found.group):
        here = found.group == group
        n_main = int((found.reserve[here] == 0).sum())
        assert found.order[here].tolist() == list(range(1, here.sum() + 1))
        spare = here.sum() - n_main
        assert found.reserve[here].tolist() == [0] * n_main + list(range(1, spare + 1))
        assert (last.drawn[here] == n_main).all()
        assert spare <= reserves_of(plan.reserves, np.array([n_main]))[0]
        assert n_main + spare <= last.population[here][0]


@law
@given(fitting(), st.integers(0, 1000))
def test_every_case_has_a_chance_and_the_product_of_its_stages(pair, number):
    frame, plan = pair
    found = select(plan, frame, chance(number))
    overall = np.ones(found.n) if found.person_probability is None else found.person_probability
    for stage in found.stages:
        assert ((stage.probability > 0) & (stage.probability <= 1)).all()
        assert (stage.probability[stage.is_certain] == 1).all()
        overall = overall * stage.probability
    assert (found.probability == overall).all()


@law
@given(fitting())
def test_probabilities_add_up_to_the_number_drawn(pair):
    frame, plan = pair
    for stand in evaluate(lay_out(plan, frame)):
        if stand.chances is None:
            continue
        groups = stand.groups
        p = stand.chances.at(np.arange(len(groups.unit)), groups.group)
        sums = np.bincount(groups.group, weights=p, minlength=groups.n)
        can = np.bincount(groups.group, weights=p > 0, minlength=groups.n)
        assert sums == pytest.approx(np.minimum(stand.takes.expected, can))


@law
@given(fitting())
def test_probabilities_are_proportional_to_size_below_certainty(pair):
    frame, plan = pair
    for stand in evaluate(lay_out(plan, frame)):
        if stand.here.stage.method not in PPS:
            continue
        groups = stand.groups
        place = np.arange(len(groups.unit))
        p = stand.chances.at(place, groups.group)
        size = stand.here.size[groups.unit]
        rest = (p < 1) & (size > 0)
        ratio = p[rest] / size[rest]
        for group in np.unique(groups.group[rest]):
            here = ratio[groups.group[rest] == group]
            assert here == pytest.approx(np.full(len(here), here[0]))
        named = stand.here.is_named
        rest = (p == 1) if named is None else (p == 1) & ~named[groups.unit]
        # Who is certain by size would have a probability of 1 or more in its group.
        for unit in np.flatnonzero(rest):
            others = (groups.group == groups.group[unit]) & (p < 1)
            if others.any() and size[others].sum() > 0:
                left = p[others].sum() + 1
                total = size[others].sum() + size[unit]
                assert left * size[unit] >= total * (1 - 1e-12)


@law
@given(fitting(), st.integers(0, 1000))
def test_the_draw_gives_what_was_expected(pair, number):
    frame, plan = pair
    said = expect(plan, frame)
    found = select(plan, frame, chance(number))
    first = plan.stages[0]
    is_sure = first.method not in RANDOM_SIZE and first.rounding != "random"
    if len(plan.stages) == 1 and is_sure and not plan.one_per_person:
        assert found.n_main == pytest.approx(said.cases)
        assert found.n - found.n_main == pytest.approx(said.reserves)
    assert said.weighting_effect >= 1 - 1e-12
    column = "commune"
    parts = expect_by(plan, frame, column)
    assert sum(part.expected for part in parts) == pytest.approx(said.cases)
    assert sum(part.reserves for part in parts) == pytest.approx(said.reserves)
