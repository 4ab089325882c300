"""Old communes counted in new ones: people move, rates are not averaged."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.boundaries import Way, common_areas, onward, recoded, then
from analysis.design import Design
from analysis.index.evaluate import Measure, evaluate
from tests.analysis.samples import method

# p and q became N wholly; r was divided between N (mainly) and M; s went on.
WAYS = (Way("p", "N"), Way("q", "N"), Way("r", "N", False, True), Way("r", "M", False, False))
RATE = method('[nodes.a]\noperation = "top_box"\nitems = ["a"]\n')


def test_people_of_merged_and_divided_communes_are_counted_in_one_of_today():
    found = onward(WAYS, {"s"})
    assert found.unit == {"p": "N", "q": "N", "r": "N", "s": "s"}
    assert found.parts("N") == ("p", "q", "r")
    assert found.approximate == {"N", "M"}


def test_a_code_used_again_is_another_unit():
    assert onward((Way("p", "q"), Way("q", "N"))).unit == {"p": "q", "q": "N"}


def test_two_reforms_are_followed_one_after_the_other():
    second = onward((Way("N", "X"), Way("s", "X")), {"M"})
    both = then(onward(WAYS, {"s"}), second)
    assert both.unit == {"p": "X", "q": "X", "r": "X", "s": "X"}
    assert both.approximate == {"X", "M"}


def test_areas_that_have_one_outline_before_and_after():
    areas = common_areas(WAYS, {"s"})
    assert areas.before == {"p": "M+N", "q": "M+N", "r": "M+N", "s": "s"}
    assert areas.after == {"M": "M+N", "N": "M+N", "s": "s"}


def test_whose_commune_is_not_known_belongs_to_none():
    column = np.array(["p", None, "", "z"], dtype=object)
    assert recoded(column, {"p": "N"}).tolist() == ["N", None, None, None]


def test_the_rate_of_a_new_commune_weighs_people_not_communes():
    """p: 3 of 4 people of weight 10; q: 1 of 4 of weight 30. Not the mean of 75 % and 25 %.

    (30 + 30) / (40 + 120) = 3/8. The influence of a person is w (y − 3/8) / 160; over eight PSUs
    of one stratum the variance is 8/7 · Σ (z − z̄)², and z̄ = 0.
    """
    answers = np.array([5, 5, 5, 1, 5, 1, 1, 1])
    weight = np.repeat([10.0, 30.0], 4)
    commune = np.repeat(["p", "q"], 4).astype(object)
    design = Design.from_columns(np.zeros(8), np.arange(8), weight)
    new = recoded(commune, onward(WAYS).unit)
    found = evaluate(RATE, {"a": answers}, design, {"commune": new})
    (estimate,) = (
        one.estimate for one in found if one.domain_code == "N" and one.measure is Measure.SATISFIED
    )
    assert estimate.value == pytest.approx(0.375)
    influence = weight * ((answers >= 4) - 0.375) / 160
    assert influence.sum() == pytest.approx(0)
    assert estimate.standard_error == pytest.approx(np.sqrt(8 / 7 * np.sum(influence**2)))


def test_a_psu_across_an_old_boundary_is_one_psu_of_the_new_commune():
    """Averaging the two rates would take them for independent, which one PSU in both is not."""
    answers = np.array([5, 5, 1, 1, 5, 1, 1, 1])
    psu = np.array([0, 0, 1, 1, 0, 0, 1, 1])
    commune = np.repeat(["p", "q"], 4).astype(object)
    design = Design.from_columns(np.zeros(8), psu, np.ones(8))
    new = recoded(commune, onward(WAYS).unit)
    found = evaluate(RATE, {"a": answers}, design, {"commune": new, "before": commune})
    estimates = {one.domain_code: one.estimate for one in found if one.measure is Measure.SATISFIED}
    # PSU 0 has 3 of 4 satisfied, PSU 1 none: z = ±(3/4 − 3/8) · 4 / 8.
    assert estimates["N"].standard_error == pytest.approx(np.sqrt(2 * 2 * 0.1875**2))
    apart = np.hypot(estimates["p"].standard_error, estimates["q"].standard_error) / 2
    assert estimates["N"].standard_error > apart


@given(
    st.lists(
        st.tuples(st.sampled_from("pqrst"), st.sampled_from("KLMN"), st.booleans()), max_size=12
    )
)
def test_no_commune_is_in_two_areas(links):
    ways = [Way(before, after, whole, True) for before, after, whole in links]
    areas = common_areas(ways)
    for way in ways:
        assert areas.before[way.before] == areas.after[way.after]
    for area in set(areas.after.values()):
        assert set(area.split("+")) == {code for code, of in areas.after.items() if of == area}
