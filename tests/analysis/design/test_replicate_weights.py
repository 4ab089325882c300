"""Replicate weights: two ways to the same variance."""

from dataclasses import replace

import numpy as np
import pytest

from analysis.design import Centre, Design, Replicates
from analysis.estimate import mean, proportion, total
from analysis.variance.joint import infer
from analysis.variance.replicate import replicate_df

RNG = np.random.default_rng(20261120)
N_PSU, SIZE = 12, 5
PSU = np.repeat(np.arange(N_PSU), SIZE)
WEIGHT = RNG.uniform(1, 3, PSU.size)
Y = RNG.normal(3, 1, PSU.size) + 0.3 * RNG.normal(size=N_PSU)[PSU]
DOMAIN = RNG.random(PSU.size) < 0.6
PLAIN = Design.from_columns(np.zeros(PSU.size), PSU, WEIGHT)
LEFT_OUT = np.where(np.eye(N_PSU) == 1, 0.0, N_PSU / (N_PSU - 1))
JACKKNIFE = Replicates("jk1", (N_PSU - 1) / N_PSU, np.ones(N_PSU), factor=LEFT_OUT)
OF_PSUS = replace(PLAIN, replicates=JACKKNIFE)
OF_ROWS = replace(
    PLAIN,
    replicates=replace(JACKKNIFE, factor=None, weight=WEIGHT[:, None] * LEFT_OUT[PSU]),
)


class Mean:
    contributes = DOMAIN

    def value(self, weight):
        inside = weight * DOMAIN
        return np.array([inside @ Y / inside.sum()])

    def influence(self, weight, value):
        raise AssertionError("replicates need no influence")


def test_the_jackknife_of_a_total_is_its_linearised_variance():
    assert total(Y, OF_PSUS).standard_error == pytest.approx(
        total(Y, PLAIN).standard_error, rel=1e-12
    )


@pytest.mark.parametrize("centre", list(Centre))
def test_weights_of_rows_and_factors_of_psus_agree(centre):
    of_psus = replace(OF_PSUS, replicates=replace(OF_PSUS.replicates, centre=centre))
    of_rows = replace(OF_ROWS, replicates=replace(OF_ROWS.replicates, centre=centre))
    by_factor = mean(Y, of_psus, DOMAIN)
    by_weight = mean(Y, of_rows, DOMAIN)
    by_hand = np.array([Mean().value(WEIGHT * column[PSU])[0] for column in LEFT_OUT.T])
    middle = by_factor.value if centre is Centre.ESTIMATE else by_hand.mean()
    expected = np.sqrt((N_PSU - 1) / N_PSU * np.sum((by_hand - middle) ** 2))
    assert by_factor.standard_error == pytest.approx(expected, rel=1e-12)
    assert by_weight.standard_error == pytest.approx(expected, rel=1e-12)
    assert infer(Mean(), of_rows).standard_errors()[0] == pytest.approx(expected, rel=1e-12)


def test_degrees_of_freedom_may_be_given():
    given = replace(OF_PSUS, replicates=replace(JACKKNIFE, df=7))
    assert mean(Y, given).df == 7
    assert infer(Mean(), given).df == 7
    assert mean(Y, OF_PSUS).df == N_PSU - 1


def test_a_replicate_without_anybody_is_left_out_and_said():
    lonely = PSU == 0
    found = mean(Y, OF_PSUS, lonely)
    assert np.isnan(found.interval.low)
    assert "replicates-without-value" in [note.code for note in found.notes]
    assert mean(Y, OF_PSUS).notes == ()
    whole = proportion(lonely.astype(float), OF_PSUS)
    assert whole.standard_error > 0

    class OfOne(Mean):
        contributes = lonely

        def value(self, weight):
            inside = weight * lonely
            with np.errstate(invalid="ignore"):
                return np.array([inside @ Y / inside.sum()])

    joint = infer(OfOne(), OF_ROWS)
    assert [note.code for note in joint.notes] == ["replicates-without-value"]


def test_given_weights_leave_a_domain_the_rank_of_its_own():
    given = replace(JACKKNIFE, factor=None, weight=WEIGHT[:, None] * LEFT_OUT[PSU])
    ranked = np.array([given.weight[j == PSU].sum(axis=0) for j in range(N_PSU)])
    design = replace(PLAIN, replicates=replace(given, ranked=ranked))
    inside = PSU < 4
    assert design.df == N_PSU - 1
    assert mean(Y, design).df == N_PSU - 1
    assert mean(Y, design, inside).df == 3

    class OfFour(Mean):
        contributes = inside

    assert infer(OfFour(), design).df == 3


@pytest.mark.parametrize("seed", [51, 74, 106])
def test_rounding_adds_no_degrees_of_freedom(seed):
    # A few PSUs with random factors: twenty replicates, but no more directions than PSUs.
    rng = np.random.default_rng(seed)
    n_psu = int(rng.integers(2, 8))
    factor = rng.exponential(1, (n_psu, 20)).round(4)
    factor[rng.random(factor.shape) < 0.2] = 0.0
    weight = factor[np.repeat(np.arange(n_psu), rng.integers(1, 30, n_psu))] * 7.889
    for _ in range(5):
        assert replicate_df(rng.permutation(weight)) == n_psu - 1
