"""Methods that turn the same answers into other indices, and published figures they reproduce."""

import numpy as np
import pytest

from analysis.index.algebra import node_values
from analysis.index.evaluate import evaluate
from analysis.index.layout import lay_out
from analysis.index.leaves import Counted, Measure
from analysis.index.method import Method, load_method
from analysis.index.standing import bands_of
from analysis.linear import identity_linears
from analysis.ranking import band
from analysis.results import Estimate, Interval, IntervalMethod
from analysis.rounding import round_half_up
from surveys.instrument import catalogue
from tests.analysis.samples import one_psu_each
from tests.surveys.test_catalogue_methods import scales

ALL = [(name, key) for name in catalogue.names() for key in catalogue.further_methods(name)]


def opened(name: str, key: str, **given: float) -> Method:
    """Open a method, with awaited values written into it."""
    text = catalogue.further_methods(name)[key]
    for code, value in given.items():
        before = text.index(f"[nodes.{code}]")
        place = text.index("ends =", before)
        text = f"{text[:place]}value = {value}\n{text[place:]}"
    return load_method(text, scales(catalogue.open_(name)))


def valued(method: Method, share: dict[str, float] | float) -> dict[str, float]:
    """Work a method out for answers of which the satisfied or chosen shares are known.

    Scores are on their scale from 0 to 1.
    """
    layout = lay_out(method)
    totals = np.zeros((1, len(layout.variables)))
    for variable, column in layout.variables.items():
        rated = variable.counted in {Counted.RATED, Counted.RATED_ANY}
        shares = [1.0 if rated else _of(share, item) for item in variable.items]
        totals[0, column] = sum(shares)
    values = node_values(method, layout, identity_linears(totals))
    return {
        node.code: float(
            (
                values.get((node.code, Measure.SATISFIED)) or values[node.code, Measure.VALUE]
            ).linear.value[0]
        )
        for node in method.nodes
    }


def _of(share: dict[str, float] | float, item: str) -> float:
    return share[item] if isinstance(share, dict) else share


def shown(value: float) -> str:
    return str(round_half_up(value, 2))


def test_there_is_a_method_for_every_index_a_province_answers_for() -> None:
    assert {key for _, key in ALL} == {
        "par_index", "papi_like", "one_stop_shop", "service_index", "change_on_2017",
    }  # fmt: skip


@pytest.mark.parametrize(("name", "key"), ALL)
def test_every_method_fits_its_form_and_is_described(name: str, key: str) -> None:
    method = opened(name, key)
    assert method.instrument == name
    source = (catalogue.folder(name) / "SOURCE.md").read_text(encoding="utf-8")
    assert f"`{key}.toml`" in source
    for node in method.nodes:
        assert set(node.title) == {"vi", "en"}


class TestParIndex:
    def test_ha_tinh_2021_enters_with_9_12_points(self) -> None:
        found = valued(opened("sipas_2023", "par_index"), 0.9117)
        assert found["sipas_points"] == pytest.approx(9.117, rel=1e-14)
        assert shown(found["sipas_points"]) == "9.12"
        assert np.isnan(found["par_index"])

    def test_quang_ninh_2022_reaches_group_a_with_the_points_of_others(self) -> None:
        """90.10 published, SIPAS 87.59: the rest is 81.341."""
        method = opened("sipas_2023", "par_index", fields_points=20, appraised_points=61.341)
        found = valued(method, 0.8759)
        assert shown(found["par_index"]) == "90.10"
        bands = method.node("par_index").bands
        assert band(found["par_index"], bands) == "A"
        assert [band(points, bands) for points in (89.45, 90.09, 75.0, 69.99)] == [
            "B", "A", "C", "D",
        ]  # fmt: skip

    def test_a_group_is_certain_only_if_the_whole_interval_lies_in_it(self) -> None:
        bands = opened("sipas_2023", "par_index").node("par_index").bands
        near = Interval(89.2, 91.0, 0.95, IntervalMethod.MEAN)
        found = bands_of(Estimate(90.1, 0.4, near, 900, 800.0, 40, 1.1), bands)
        assert (found.band, found.possible, found.is_certain) == ("A", ("A", "B"), False)
        sure = Interval(90.0, 90.4, 0.95, IntervalMethod.MEAN)
        assert bands_of(Estimate(90.1, 0.1, sure, 900, 800.0, 40, 1.1), bands).is_certain

    def test_the_interval_is_ten_times_that_of_the_rate(self) -> None:
        method = opened("sipas_2023", "par_index")
        rng = np.random.default_rng(5)
        columns = {item: rng.integers(1, 6, 400) for item in method.items}
        found = {
            one.node: one.estimate
            for one in evaluate(method, columns, one_psu_each(400), {})
            if one.measure in {Measure.SATISFIED, Measure.VALUE}
        }
        assert found["sipas_points"].value == pytest.approx(10 * found["sipas"].value, rel=1e-12)
        assert found["sipas_points"].standard_error == pytest.approx(
            10 * found["sipas"].standard_error, rel=1e-12
        )


class TestPapi:
    def test_dimensions_run_from_1_to_10_and_the_total_is_their_sum(self) -> None:
        method = opened("sipas_2023", "papi_like")
        for share, each in ((0.0, 1.0), (1.0, 10.0), (0.5, 5.5)):
            found = valued(method, share)
            assert [found[code] for code in method.components] == pytest.approx([each] * 6)
            assert found["total"] == pytest.approx(6 * each)

    def test_a_dimension_is_the_sum_of_its_sub_dimensions(self) -> None:
        method = opened("sipas_2023", "papi_like")
        share = dict.fromkeys(method.items, 0.5) | {"c4_harassment": 0.9006, "c5_payment": 0.8}
        found = valued(method, share)
        assert found["corruption"] == pytest.approx(0.5 + 4.5 * 0.9006 + 0.5 + 4.5 * 0.8)

    def test_quang_ninh_stands_within_the_range_of_six_dimensions(self) -> None:
        share = (36.72 / 6 - 1) / 9
        assert shown(valued(opened("sipas_2023", "papi_like"), share)["total"]) == "36.72"


class TestOneStopShop:
    def test_nine_indicators_make_18_points(self) -> None:
        method = opened(
            "counter_2026", "one_stop_shop", visits_points=2, agencies_points=2, online_points=2
        )
        share = dict.fromkeys(method.items, 1.0) | {"late": 0.0}
        found = valued(method, share)
        assert found["score"] == pytest.approx(18)
        assert band(found["score"], method.node("score").bands) == "Xuất sắc"

    def test_what_is_awaited_is_stretched_over(self) -> None:
        """Six indicators of 1.5 points are 9 of 12; of 18 they are 13.5."""
        found = valued(
            opened("counter_2026", "one_stop_shop"),
            {"late": 0.25} | dict.fromkeys(
                ("procedures_1", "procedures_2", "officials_1", "officials_2", "access_1",
                 "access_2", "feedback_1"), 0.75,
            ),
        )  # fmt: skip
        assert found["score"] == pytest.approx(13.5)

    def test_points_of_a_unit_count_for_the_unit(self) -> None:
        text = catalogue.further_methods("counter_2026")["one_stop_shop"]
        place = text.index("ends =", text.index("[nodes.visits_points]"))
        text = f'{text[:place]}values = {{ centre = {{ "22.01" = 1 }} }}\n{text[place:]}'
        method = load_method(text, scales(catalogue.open_("counter_2026")))
        columns = {item: np.tile([5, 5], 40) for item in method.items if item != "late"}
        columns["late"] = np.tile(["no", "no"], 40).astype(object)
        centre = np.tile(["22.01", "22.02"], 40).astype(object)
        found = {
            (one.node, one.domain_code): one.estimate
            for one in evaluate(method, columns, one_psu_each(80), {"centre": centre})
        }
        assert found["score", "22.01"].value == pytest.approx((12 + 1) * 18 / 14)
        assert found["score", "22.02"].value == pytest.approx(18)
        assert [note.detail for note in found["score", "22.01"].notes][:2] == [
            "agencies_points", "online_points",
        ]  # fmt: skip


def test_thai_nguyen_2025_adds_its_five_groups() -> None:
    method = opened(
        "counter_2026", "service_index",
        openness_points=15.67, progress_points=19.31, online_points=17.49, digitised_points=16.64,
    )  # fmt: skip
    found = valued(method, 17.86 / 18)
    assert shown(found["satisfaction_points"]) == "17.86"
    assert shown(found["total"]) == "86.97"


def test_reaching_the_plan_of_2018_is_the_rise_it_names() -> None:
    method = opened("sipas_2017", "change_on_2017")
    targets = {"access": 0.95, "procedures": 0.975, "officials": 0.97, "results": 0.985,
               "feedback": 0.955}  # fmt: skip
    share = {item: targets[item.rpartition("_")[0]] for item in method.items}
    found = valued(method, share)
    rises = [found[f"{code}_change"] * 100 for code in targets]
    assert rises == pytest.approx([3.4, 3.25, 4.74, 3.3, 3.3])
