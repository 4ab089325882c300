"""What holds for every adjustment of every sample."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import assume, given, reject, settings
from hypothesis import strategies as st

from analysis.weights import (
    BoundsOn,
    Calibrate,
    Cells,
    Collapse,
    CombineRounds,
    DistanceKind,
    Margin,
    Nonresponse,
    Poststratify,
    Propensity,
    Rake,
    Redistribution,
    Scale,
    Shares,
    Trim,
    UnknownEligibility,
    apply_steps,
)
from analysis.weights.errors import EmptyCellsError, PropensityError
from analysis.weights.keys import JointCells, multiply_by, sum_by

law = settings(max_examples=60, deadline=None, derandomize=True)


@dataclass(frozen=True)
class Rows:
    """Respondents with two categories, a number, and weights that could be true."""

    a: np.ndarray
    b: np.ndarray
    x: np.ndarray
    weight: np.ndarray
    true: np.ndarray
    responded: np.ndarray

    def margin(self, name, weight=None):
        """Know the totals of a column under the true weights."""
        column, found = getattr(self, name), self.true if weight is None else weight
        levels = np.unique(column)
        return Margin.of(
            [column], {str(level): found[column == level].sum() for level in levels}, name
        )

    @property
    def columns(self):
        indicators = [self.a == level for level in np.unique(self.a)]
        return np.column_stack([*indicators, self.x]).astype(float)

    def taken(self, order):
        return Rows(*(getattr(self, name)[order] for name in self.__dataclass_fields__))


@st.composite
def rows(draw, least=0.55, most=1.9):
    n = draw(st.integers(6, 80))
    chance = np.random.default_rng(draw(st.integers(0, 2**32)))
    weight = chance.uniform(1, 5, n) * 10.0 ** chance.integers(-3, 4)
    return Rows(
        a=chance.integers(0, draw(st.integers(1, 4)), n),
        b=chance.integers(0, draw(st.integers(1, 4)), n),
        x=chance.normal(size=n),
        weight=weight,
        true=weight * chance.uniform(least, most, n),
        responded=chance.random(n) < 0.7,
    )


KINDS = {
    "linear": {"distance": DistanceKind.LINEAR},
    "raking": {"distance": DistanceKind.RAKING},
    "logit": {"distance": DistanceKind.LOGIT, "bounds": (0.5, 2.0)},
    "linear bounded": {"distance": DistanceKind.LINEAR, "bounds": (0.5, 2.0)},
    "raking bounded": {"distance": DistanceKind.RAKING, "bounds": (0.5, 2.0)},
}


def calibration(sample, options):
    return Calibrate.to(sample.columns, sample.true @ sample.columns, **options)


def size_of(sample):
    return np.maximum(sample.weight, sample.true) @ np.abs(sample.columns)


@law
@given(rows(), st.sampled_from(list(KINDS.values())))
def test_calibration_hits_its_totals_within_its_bounds(sample, options):
    found = calibration(sample, options).apply(sample.weight)
    away = np.abs(found.after @ sample.columns - sample.true @ sample.columns)
    assert np.all(away <= 1e-9 * size_of(sample))
    low, high = options.get("bounds", (-np.inf, np.inf))
    assert found.factor.min() >= low * (1 - 1e-12)
    assert found.factor.max() <= high * (1 + 1e-12)
    if options["distance"] is DistanceKind.RAKING:
        assert found.after.min() > 0


@law
@given(rows())
def test_no_other_weights_that_meet_the_totals_are_closer(sample):
    def squared(weight):
        return np.sum((weight - sample.weight) ** 2 / sample.weight)

    def entropy(weight):
        ratio = weight / sample.weight
        return np.sum(sample.weight * (ratio * np.log(ratio) - ratio + 1))

    for kind, far in (("linear", squared), ("linear bounded", squared), ("raking", entropy)):
        found = calibration(sample, KINDS[kind]).apply(sample.weight)
        assert far(found.after) <= far(sample.true) * (1 + 1e-9)


@law
@given(rows(), st.sampled_from(list(KINDS.values())), st.floats(0.01, 100))
def test_calibration_does_not_depend_on_the_unit_of_weights(sample, options, unit):
    step = calibration(sample, options)
    scaled = Calibrate.to(sample.columns, step.target * unit, **options)
    expected = step.apply(sample.weight).after * unit
    found = scaled.apply(sample.weight * unit).after
    np.testing.assert_allclose(found, expected, rtol=1e-7, atol=1e-9 * expected.max())


@law
@given(rows(), st.sampled_from(list(KINDS.values())))
def test_bounds_on_weights_are_kept(sample, options):
    low, high = sample.true.min() * 0.9, sample.true.max() * 1.1
    assume(options["distance"] is not DistanceKind.LOGIT or (sample.weight > low).all())
    assume(options["distance"] is not DistanceKind.LOGIT or (sample.weight < high).all())
    on_weight = {**options, "bounds": (low, high), "bounds_on": BoundsOn.WEIGHT}
    found = calibration(sample, on_weight).apply(sample.weight)
    assert found.after.min() >= low * (1 - 1e-12)
    assert found.after.max() <= high * (1 + 1e-12)


@law
@given(rows(least=0.3, most=3))
def test_raking_is_calibration_by_the_raking_distance_on_indicators(sample):
    step = Rake.to([sample.margin("a"), sample.margin("b")], max_iterations=20_000)
    raked = step.apply(sample.weight)
    known = step.calibration(sample.weight).auxiliary
    options = {"distance": DistanceKind.RAKING, "tolerance": 1e-12}
    found = Calibrate.to(known, raked.totals.target, **options).apply(sample.weight)
    np.testing.assert_allclose(raked.after, found.after, rtol=1e-6)
    assert np.max(raked.totals.distance_after) <= 1e-10


@law
@given(rows(), st.floats(0.01, 100))
def test_raking_does_not_depend_on_the_unit_of_the_weights_before(sample, unit):
    step = Rake.to([sample.margin("a"), sample.margin("b")], max_iterations=20_000)
    first, second = step.apply(sample.weight).after, step.apply(sample.weight * unit).after
    np.testing.assert_allclose(first, second, rtol=1e-7)


@law
@given(rows())
def test_poststratification_is_calibration_on_indicators_by_any_distance(sample):
    step = Poststratify(sample.margin("a"))
    found = step.apply(sample.weight)
    for options in KINDS.values():
        known = step.calibration(sample.weight).auxiliary
        other = Calibrate.to(known, found.totals.target, **options).apply(sample.weight)
        np.testing.assert_allclose(found.after, other.after, rtol=1e-9)


def steps_of(sample):
    everybody = np.ones(len(sample.weight), dtype=bool)
    answered = sample.responded | (np.arange(len(sample.weight)) == 0)
    return {
        "rake": Rake.to([sample.margin("a"), sample.margin("b")], max_iterations=20_000),
        "linear": calibration(sample, KINDS["linear"]),
        "logit": calibration(sample, KINDS["logit"]),
        "nonresponse": Nonresponse.by_class([sample.a], everybody, thin=Collapse.PARENT, minimum=3),
        "trim": Trim(quantiles=(0.1, 0.9), strict=False),
        "scale": Scale(Cells.from_columns([sample.b])),
        "combine": CombineRounds(Cells.from_columns([sample.b])),
        "poststratify": Poststratify(sample.margin("b")),
        "propensity": Propensity(np.ones((len(answered), 1)), answered, classes=0),
    }


@law
@given(rows(), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(sample, random):
    order = list(range(len(sample.weight)))
    random.shuffle(order)
    mixed = sample.taken(order)
    first = np.flatnonzero(np.array(order) == 0)
    for name, step in steps_of(sample).items():
        if name == "propensity":
            continue
        expected = step.apply(sample.weight).after[order]
        found = steps_of(mixed)[name].apply(mixed.weight).after
        np.testing.assert_allclose(found, expected, rtol=1e-7, err_msg=name)
    assert len(first) == 1


@law
@given(rows())
def test_a_chain_made_again_to_the_same_weights_gives_the_same_weights(sample):
    weighted = apply_steps(list(steps_of(sample).values()), sample.weight)
    again = weighted.replicate(sample.weight[:, None])
    assert again.failures == ()
    np.testing.assert_allclose(again.weight[:, 0], weighted.weight, rtol=1e-9)
    factors = np.prod([adjusted.factor for adjusted in weighted.steps], axis=0)
    np.testing.assert_allclose(sample.weight * factors, weighted.weight, rtol=1e-9)


@law
@given(rows())
def test_adjusting_for_nonresponse_keeps_the_eligible_total_of_every_class(sample):
    step = Nonresponse.by_class([sample.a, sample.b], sample.responded, thin=Collapse.PARENT)
    assume(sample.responded.any())
    found = step.apply(sample.weight)
    np.testing.assert_allclose(
        step.cells.sums(found.after), step.cells.sums(sample.weight), rtol=1e-12
    )
    assert np.all(found.after[~sample.responded] == 0)
    assert np.all(found.factor[sample.responded] >= 1)


@law
@given(rows(), st.sampled_from([Collapse.PARENT, Collapse.NEIGHBOUR]), st.integers(1, 30))
def test_merged_classes_partition_the_old_ones(sample, how, minimum):
    old = Cells.from_columns([sample.a, sample.b])
    step = Nonresponse.by_class([sample.a, sample.b], sample.responded, thin=how, minimum=minimum)
    pairs = set(zip(old.key.tolist(), step.cells.key.tolist(), strict=True))
    assert len(pairs) == old.n_cells
    counts = step.cells.counts(sample.responded)
    if how is Collapse.PARENT:
        assert counts.min() >= minimum or step.cells.n_cells == 1
    merged = [label for group in step.merged for label in group]
    assert len(merged) == len(set(merged))


@law
@given(rows())
def test_spreading_unknown_eligibility_keeps_the_total(sample):
    assume(sample.responded.any())
    cells = Cells.whole(len(sample.weight))
    found = UnknownEligibility(cells, sample.responded).apply(sample.weight)
    assert found.after.sum() == pytest.approx(sample.weight.sum())
    assert np.all(found.after[~sample.responded] == 0)


@law
@given(rows(), st.integers(1, 4))
def test_classes_of_propensity_keep_the_eligible_total(sample, classes):
    step = Propensity(
        np.column_stack([np.ones(len(sample.x)), sample.x / 10]),
        np.arange(len(sample.x)) % 3 > 0,
        classes=classes,
    )
    try:
        found = step.apply(sample.weight)
    except (EmptyCellsError, PropensityError):
        # A class of few without any respondent, or few who are told apart by x.
        reject()
    assert found.after.sum() == pytest.approx(sample.weight.sum())


@law
@given(rows(), st.floats(1.2, 3), st.sampled_from(Redistribution), st.booleans())
def test_trimming_keeps_the_total_and_the_bounds(sample, times, redistribution, two_sided):
    upper = sample.weight.mean() * times
    lower = sample.weight.mean() / times if two_sided else -np.inf
    step = Trim(lower=lower, upper=upper, redistribution=redistribution)
    found = step.apply(sample.weight)
    assert found.after.min() >= lower
    assert found.after.max() <= upper
    if redistribution is not Redistribution.NONE:
        assert found.after.sum() == pytest.approx(sample.weight.sum(), rel=1e-12)
    inside = Trim(lower=0, upper=sample.weight.max()).apply(sample.weight)
    assert inside.after is inside.before


@law
@given(rows(), st.sampled_from(Shares))
def test_combined_rounds_stand_for_the_mean_of_their_populations(sample, shares):
    rounds = Cells.from_columns([sample.a])
    equal = Scale(rounds, np.full(rounds.n_cells, 1000.0)).apply(sample.weight).after
    combined = CombineRounds(rounds, shares).apply(equal)
    assert combined.after.sum() == pytest.approx(1000)


@law
@given(st.integers(0, 2**32), st.integers(1, 300), st.integers(1, 4))
def test_joint_cells_are_the_combinations_that_occur(seed, n, n_lists):
    chance = np.random.default_rng(seed)
    # Sometimes a few combinations, sometimes more than have a place each.
    sizes = chance.choice([2, 5, 300, 70_000], n_lists).tolist()
    keys = [chance.integers(0, size, n).astype(np.min_scalar_type(size)) for size in sizes]
    joint = JointCells.of(keys, sizes)
    expected, counts = np.unique(np.column_stack(keys), axis=0, return_counts=True)
    found = np.column_stack(joint.codes)
    np.testing.assert_array_equal(found, expected)
    np.testing.assert_array_equal(joint.n, counts)
    place = np.full(joint.size, -1)
    place[joint.present] = np.arange(len(joint.present))
    np.testing.assert_array_equal(found[place[joint.key]], np.column_stack(keys))


def test_sums_by_key_do_not_depend_on_blocks():
    chance = np.random.default_rng(5)
    key = chance.integers(0, 7, 100_003).astype(np.uint8)
    value = chance.random(len(key))
    np.testing.assert_allclose(
        sum_by(key, value, 7), [value[key == place].sum() for place in range(7)], rtol=1e-12
    )
    factor = chance.random(7)
    np.testing.assert_array_equal(multiply_by(key, factor, value), factor[key] * value)
