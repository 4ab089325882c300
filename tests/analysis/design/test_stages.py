"""Several stages of selection: by hand, by laws."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.design import Design, StageColumns
from analysis.errors import (
    BadFractionError,
    LonelyPsuError,
    MissingDesignError,
    PsuInTwoStrataError,
    SizeTooSmallError,
    UnequalLengthsError,
)
from analysis.estimate import mean, total
from analysis.variance.lonely import LonelyPolicy
from analysis.variance.pps import PairVariance, pair_matrix

COMMUNE = np.array(["a", "a", "a", "a", "b", "b", "b", "b"])
VILLAGE = np.array([1, 1, 2, 2, 1, 1, 2, 2])
SATISFIED = np.array([1.0, 0, 1, 1, 0, 0, 1, 0])


def two_stages(**second):
    return Design.from_stages(
        [
            StageColumns(COMMUNE, size=np.full(8, 10.0)),
            StageColumns(VILLAGE, **({"size": np.full(8, 4.0)} | second)),
        ],
        np.ones(8),
    )


def test_variance_of_two_stages_by_hand():
    # Communes total 3 and 1: (1 - 2/10) * 2 * ((3-2)^2 + (1-2)^2) / 1 = 3.2.
    # Villages total 1, 2 and 0, 1: each commune (1 - 2/4) * 2 * 0.5 = 0.5,
    # of which the share 2/10 counts: 2 * 0.2 * 0.5 = 0.2.
    assert total(SATISFIED, two_stages()).standard_error ** 2 == pytest.approx(3.4, rel=1e-12)


def test_later_stages_do_not_matter_when_the_first_is_drawn_with_replacement():
    design = Design.from_stages([StageColumns(COMMUNE), StageColumns(VILLAGE)], np.ones(8))
    assert len(design.clusters.stages) == 1
    assert total(SATISFIED, design).standard_error ** 2 == pytest.approx(4.0, rel=1e-12)


def test_weights_follow_from_the_sizes():
    design = Design.from_stages(
        [
            StageColumns(COMMUNE, size=np.full(8, 10.0)),
            StageColumns(VILLAGE, size=np.full(8, 4.0)),
            StageColumns(size=np.full(8, 50.0)),
        ]
    )
    assert design.weight == pytest.approx(np.full(8, 10 / 2 * 4 / 2 * 50 / 2))
    assert design.n == 8
    assert design.n_psu == 2
    assert design.clusters.n_clusters == 8


def test_sizes_and_fractions_say_the_same():
    by_fraction = Design.from_stages(
        [
            StageColumns(COMMUNE, fraction=np.full(8, 0.2)),
            StageColumns(VILLAGE, fraction=np.full(8, 0.5)),
        ]
    )
    assert by_fraction.weight == pytest.approx(np.full(8, 10.0))
    scaled = total(SATISFIED, by_fraction).standard_error / 10
    assert scaled == pytest.approx(total(SATISFIED, two_stages()).standard_error, rel=1e-12)


def test_a_census_of_communes_leaves_strata_of_villages():
    stages = [
        StageColumns(COMMUNE, fraction=np.ones(8)),
        StageColumns(VILLAGE, size=np.full(8, 4.0)),
    ]
    of_stages = total(SATISFIED, Design.from_stages(stages, np.ones(8)))
    stratified = Design.from_columns(COMMUNE, VILLAGE, np.ones(8), fraction=np.full(8, 0.5))
    assert of_stages.standard_error == pytest.approx(total(SATISFIED, stratified).standard_error)


def test_villages_may_be_stratified_within_communes():
    design = two_stages(stratum=np.array(["hill", "hill", "sea", "sea"] * 2))
    with pytest.raises(LonelyPsuError) as caught:
        total(SATISFIED, design)
    assert caught.value.context == {"strata": "4", "stage": "2"}
    certain = total(SATISFIED, design, lonely=LonelyPolicy.CERTAINTY)
    assert certain.standard_error**2 == pytest.approx(3.2, rel=1e-12)
    assert [note.code for note in certain.notes] == ["lonely-psu"]


@pytest.mark.parametrize(
    ("stage", "error"),
    [
        (StageColumns(COMMUNE, size=np.array([10.0] * 7 + [11])), BadFractionError),
        (StageColumns(COMMUNE, size=np.full(8, 1.0)), SizeTooSmallError),
        (StageColumns(COMMUNE, fraction=np.full(8, 1.5)), BadFractionError),
        (StageColumns(COMMUNE, fraction=np.array([0.5] * 7 + [np.nan])), BadFractionError),
        (StageColumns(np.array(["a", None] * 4, dtype=object)), MissingDesignError),
        (StageColumns(COMMUNE, size=np.full(7, 10.0)), UnequalLengthsError),
        (StageColumns(VILLAGE, COMMUNE, is_nested=False), PsuInTwoStrataError),
    ],
)
def test_what_cannot_be_is_refused(stage, error):
    with pytest.raises(error):
        Design.from_stages([stage], np.ones(8))


def test_names_that_repeat_between_strata_are_named():
    with pytest.raises(PsuInTwoStrataError) as caught:
        Design.from_stages([StageColumns(VILLAGE, COMMUNE, is_nested=False)], np.ones(8))
    assert caught.value.context == {"stage": "1", "psu": "1"}


def test_probabilities_of_their_own_give_each_unit_its_correction():
    # One draw of two with probabilities 0.5 and 0.25: 2/1 * sum((1-p) * (z - 3)^2).
    unequal = StageColumns(np.array(["a", "b"]), fraction=np.array([0.5, 0.25]), is_unequal=True)
    design = Design.from_stages([unequal])
    assert design.weight.tolist() == [2.0, 4.0]
    found = total(np.array([1.0, 1.0]), design).standard_error ** 2
    assert found == pytest.approx(2 * (0.5 * 1 + 0.75 * 1), rel=1e-12)


samples = st.integers(0, 2**32 - 1)


@settings(deadline=None, max_examples=40, derandomize=True)
@given(samples, st.integers(2, 4), st.integers(2, 4), st.integers(2, 3))
def test_three_stages_of_equal_size_follow_the_textbook(seed, n_psu, n_ssu, n_tsu):
    """Lohr ch. 6: the variance of a total is the sum over stages of f (1 - f) s^2 n."""
    rng = np.random.default_rng(seed)
    shape = (n_psu, n_ssu, n_tsu)
    y = rng.normal(size=shape)
    sizes = (2 * n_psu, 3 * n_ssu, 2 * n_tsu)
    psu, ssu, tsu = (axis.ravel() for axis in np.indices(shape))
    design = Design.from_stages(
        [
            StageColumns(unit, size=np.full(y.size, float(size)))
            for unit, size in zip((psu, ssu, tsu), sizes, strict=True)
        ]
    )
    f = [n / size for n, size in zip(shape, sizes, strict=True)]
    z = y * design.weight.reshape(shape)
    textbook = (
        (1 - f[0]) * n_psu * np.var(z.sum((1, 2)), ddof=1)
        + f[0] * (1 - f[1]) * n_ssu * np.var(z.sum(2), axis=1, ddof=1).sum()
        + f[0] * f[1] * (1 - f[2]) * n_tsu * np.var(z, axis=2, ddof=1).sum()
    )
    found = total(y.ravel(), design)
    assert found.standard_error**2 == pytest.approx(textbook, rel=1e-9)


@settings(deadline=None, max_examples=40, derandomize=True)
@given(samples)
def test_the_order_of_rows_changes_nothing(seed):
    rng = np.random.default_rng(seed)
    n = 60
    stratum, psu, ssu = rng.integers(0, 2, n), rng.integers(0, 4, n), rng.integers(0, 3, n)
    y, domain = rng.normal(size=n), rng.random(n) < 0.5

    def found(rows):
        stages = [
            StageColumns(psu[rows], stratum[rows], size=np.full(n, 9.0)),
            StageColumns(ssu[rows], size=np.full(n, 7.0)),
        ]
        design = Design.from_stages(stages, np.ones(n))
        return mean(y[rows], design, domain[rows], lonely=LonelyPolicy.AVERAGE)

    order = rng.permutation(n)
    before, after = found(np.arange(n)), found(order)
    assert after.value == pytest.approx(before.value, rel=1e-12)
    assert after.standard_error == pytest.approx(before.standard_error, rel=1e-9, nan_ok=True)
    assert after.df == before.df


def test_pairs_of_communes_leave_later_stages_their_share():
    fraction, joint = 0.2, 1 / 45
    matrix = np.full((2, 2), joint) + np.eye(2) * (fraction - joint)
    pairs = pair_matrix(matrix, PairVariance.YATES_GRUNDY)
    stages = [
        StageColumns(COMMUNE, fraction=np.full(8, fraction)),
        StageColumns(VILLAGE, fraction=np.full(8, 0.5)),
    ]
    by_pairs = total(SATISFIED, Design.from_stages(stages, np.ones(8), pairs=pairs))
    # All pairs of ten communes alike: the same as a simple random sample of two.
    assert by_pairs.standard_error**2 == pytest.approx(3.4, rel=1e-12)


def test_a_negative_variance_is_no_standard_error():
    matrix = np.array([[0.5, 0.01], [0.01, 0.5]])
    pairs = pair_matrix(matrix, PairVariance.HORVITZ_THOMPSON)
    design = Design.from_stages([StageColumns(np.array(["a", "b"]))], np.ones(2), pairs=pairs)
    found = total(np.array([1.0, 1.0]), design)
    assert np.isnan(found.standard_error)
    assert "negative-variance" in [note.code for note in found.notes]
