"""Targets: reached, missed, or not to be told yet."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import logit
from scipy.stats import binom, t
from statsmodels.stats.multitest import multipletests

from analysis.intervals import share_interval
from analysis.results import IntervalMethod
from analysis.targets import Aimed, Verdict, adjusted, judge_goals, p_value, verdict

NAN = math.nan


def aimed(value=0.9, error=0.02, df=40, goal=0.95, n=200, flat_n=150.0, level=0.95):
    low, high, is_flat = share_interval(
        IntervalMethod.LOGIT, np.array([value]), np.array([error]), n=np.array([float(n)]),
        flat_n=np.array([flat_n]), df=np.array([float(df)]), level=level,
    )  # fmt: skip
    method = IntervalMethod.BETA if is_flat[0] else IntervalMethod.LOGIT
    return Aimed(value, error, float(low[0]), float(high[0]), df, n, flat_n, method, goal)


@pytest.mark.parametrize(
    ("low", "high", "found"),
    [
        (0.95, 0.97, Verdict.REACHED),
        (0.93, 0.9499, Verdict.MISSED),
        (0.94, 0.96, Verdict.UNDECIDED),
        (0.93, 0.95, Verdict.UNDECIDED),
        (NAN, NAN, Verdict.UNKNOWN),
    ],
)
def test_the_whole_interval_decides(low, high, found):
    assert verdict(low, high, 0.95) is found


def test_the_p_value_is_that_of_the_log_odds():
    one = aimed()
    statistic = (logit(0.95) - logit(0.9)) / (0.02 / (0.9 * 0.1))
    assert p_value(one) == pytest.approx(2 * t.sf(statistic, 40), rel=1e-6)


def test_where_everybody_is_satisfied_it_is_that_of_the_binomial():
    """With degrees of freedom n - 1 the interval is Clopper and Pearson's."""
    one = aimed(value=1.0, error=0.0, n=60, flat_n=60.0, df=59, goal=0.95)
    assert p_value(one) == pytest.approx(2 * binom.pmf(60, 60, 0.95), rel=1e-6)


def test_a_value_fixed_by_the_design_is_at_its_goal_or_not():
    fixed = Aimed(0.9, 0.0, 0.9, 0.9, 10, 50, 50.0, IntervalMethod.FIXED, 0.9)
    assert p_value(fixed) == 1.0
    assert judge_goals([fixed])[0].verdict is Verdict.REACHED


def test_scores_are_judged_by_student():
    one = Aimed(4.2, 0.1, 4.0, 4.4, 20, 50, 50.0, IntervalMethod.MEAN, 4.0)
    assert p_value(one) == pytest.approx(2 * t.sf(2.0, 20))


def test_holm_and_benjamini_hochberg_by_hand():
    """Four p values; one more that is not known counts for nothing."""
    holm, bh = adjusted([0.01, NAN, 0.04, 0.03, 0.005])
    assert holm[:1] + holm[2:] == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert bh[:1] + bh[2:] == pytest.approx([0.02, 0.04, 0.04, 0.02])
    assert math.isnan(holm[1])
    assert math.isnan(bh[1])
    assert adjusted([]) == ([], [])


def test_a_verdict_among_many_may_fall():
    alone = aimed(value=0.905, error=0.02, goal=0.95)
    assert judge_goals([alone])[0].verdict_holm is Verdict.MISSED
    others = [aimed(value=0.94, error=0.02, goal=0.95) for _ in range(19)]
    judged = judge_goals([alone, *others])[0]
    assert judged.verdict is Verdict.MISSED
    assert judged.verdict_holm is Verdict.UNDECIDED


def test_a_figure_that_is_kept_back_is_not_judged_and_does_not_count():
    hidden = Aimed(NAN, NAN, NAN, NAN, NAN, NAN, NAN, IntervalMethod.NONE, 0.95)
    judged = judge_goals([hidden, aimed(value=0.89)])
    assert judged[0].verdict is judged[0].verdict_holm is Verdict.UNKNOWN
    assert math.isnan(judged[0].p_value)
    assert judged[1].p_holm == judged[1].p_value


@settings(max_examples=100, deadline=None)
@given(
    st.floats(0.3, 1.0), st.floats(0.001, 0.05), st.integers(2, 60), st.floats(0.2, 0.999),
    st.sampled_from([0.9, 0.95, 0.99]),
)  # fmt: skip
def test_verdict_and_p_value_never_disagree(value, error, df, goal, level):
    flat = value >= 1.0
    one = aimed(value=value, error=0.0 if flat else error, df=df, goal=goal, level=level)
    judged = judge_goals([one], level)[0]
    if judged.verdict in {Verdict.REACHED, Verdict.MISSED}:
        assert judged.p_value <= (1 - level) * (1 + 1e-6)
    else:
        assert judged.p_value >= (1 - level) * (1 - 1e-6)


def test_as_statsmodels_has_it():
    rng = np.random.default_rng(3)
    for n in (1, 2, 7, 54):
        p_values = np.round(rng.uniform(0, 1, n) ** 3, 2)
        holm, bh = adjusted(p_values)
        assert holm == pytest.approx(multipletests(p_values, method="holm")[1])
        assert bh == pytest.approx(multipletests(p_values, method="fdr_bh")[1])


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(1e-9, 1.0), min_size=1, max_size=30))
def test_adjusting_never_makes_surer_and_keeps_the_order(p_values):
    for found in adjusted(p_values):
        assert all(a >= p * (1 - 1e-12) for a, p in zip(found, p_values, strict=True))
        order = np.argsort(p_values)
        assert (np.diff(np.array(found)[order]) >= -1e-12).all()
