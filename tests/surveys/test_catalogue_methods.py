"""How the catalogue's methods turn answers into indices, and what they leave open."""

import tomllib

import pytest

from analysis.index.method import ItemScale, load_method
from surveys.instrument import catalogue
from surveys.instrument.model import Instrument, Kind

ALL = ("counter_2026", "sipas_2017", "sipas_2023")


def scales(instrument: Instrument) -> dict[str, ItemScale]:
    """The items a method may read, in the words of the statistics."""
    found = {item.code: ItemScale(item.options) for item in instrument.items if item.options}
    for item in instrument.items:
        if item.scale is not None:
            found[item.code] = ItemScale(
                item.scale.codes,
                item.scale.satisfied,
                item.scale.neutral,
                item.scale.dissatisfied,
                item.scale.not_rated,
            )
    return found


@pytest.mark.parametrize("name", ALL)
def test_the_method_fits_its_form_and_names_every_node_in_both_languages(name: str) -> None:
    instrument = catalogue.open_(name)
    method = load_method(catalogue.method_text(name), scales(instrument))
    assert method.instrument == instrument.code == name
    assert method.index == "overall"
    for node in method.nodes:
        assert set(node.title) == {"vi", "en"}
        assert not node.title["vi"].isascii()


def test_the_services_part_weighs_as_inferred_from_the_published_overall() -> None:
    nodes = tomllib.loads(catalogue.method_text("sipas_2023"))["nodes"]
    weight = dict(zip(nodes["overall"]["of"], nodes["overall"]["weights"], strict=True))
    assert 0.36 <= weight["services"] / sum(weight.values()) <= 0.44
    policy, services, overall = 83.84, 84.09, 83.94  # national figures of 2024
    share = weight["services"] / sum(weight.values())
    assert round(policy + share * (services - policy), 2) == overall


@pytest.mark.parametrize("name", ALL)
def test_every_criterion_counts_in_the_index_exactly_once(name: str) -> None:
    method = tomllib.loads(catalogue.method_text(name))
    nodes = method["nodes"]

    def items_under(code: str) -> list[str]:
        below = [item for child in nodes[code].get("of", ()) for item in items_under(child)]
        return [*nodes[code].get("items", ()), *below]

    criteria = sorted(
        item.code
        for item in catalogue.open_(name).items
        if item.kind is Kind.SCALE and item.group is not None
    )
    assert sorted(items_under(method["index"])) == criteria
    assert "overall_pooled" in method["alternatives"]
    assert sorted(items_under("overall_pooled")) == criteria


@pytest.mark.parametrize("name", ALL)
def test_every_open_rule_is_offered_beside_the_index(name: str) -> None:
    method = tomllib.loads(catalogue.method_text(name))
    operations = {method["nodes"][code]["operation"] for code in method["alternatives"]}
    assert {
        "pooled_top_box",
        "mean_top_box",
        "weighted_mean",
        "all_items_top_box",
        "mean_score",
    } <= operations
    assert ("top_box" in operations) == (name == "counter_2026")


@pytest.mark.parametrize("name", ["counter_2026", "sipas_2017"])
def test_shares_of_late_told_and_apologised_are_computed(name: str) -> None:
    nodes = tomllib.loads(catalogue.method_text(name))["nodes"]
    assert nodes["late"]["items"] in (["late"], ["result_time"])
    assert nodes["told"]["items"] == ["told"]
    assert nodes["apologised"]["items"] == ["apologised"]


def test_the_three_answers_on_harassment_and_payment_have_their_shares() -> None:
    form = catalogue.open_("sipas_2023")
    nodes = tomllib.loads(catalogue.method_text("sipas_2023"))["nodes"]
    for item, prefix in (("c4_harassment", "harassment"), ("c5_payment", "payment")):
        options = [nodes[f"{prefix}_{code}"]["options"] for code in ("none", "some", "many")]
        assert [code for each in options for code in each] == list(form.item(item).options)
