"""Which groups are parts of which, as answers show it: nobody is a larger group minus the rest."""

import numpy as np

from analysis.answers import MISSING, OpenAnswers, SampledAnswers
from analysis.quality import QualityRules
from app.services.figures import estimate_figures, tally_figures
from tests.analysis.samples import method

METHOD = method("""
[nodes.x]
operation = "top_box"
items = ["a"]
""")


def column(*groups: tuple[str, int]) -> np.ndarray:
    return np.array([code for code, n in groups for _ in range(n)], dtype=object)


def shown(groups: dict[str, np.ndarray]) -> dict[str, int | None]:
    n = len(next(iter(groups.values())))
    answers = OpenAnswers({"a": np.full(n, 5)}, groups)
    figures = tally_figures(METHOD, answers, QualityRules(min_n=10, min_cell=10))
    return {each.domain_code: each.n for each in figures if each.is_node}


def test_a_small_centre_is_not_its_commune_minus_the_other_centre():
    """Among all centres B1 would be the company, which leaves A minus A1."""
    found = shown(
        {
            "place.commune": column(("A", 24), ("B", 60)),
            "place.centre": column(("A1", 20), ("A2", 4), ("B1", 15), ("B2", 45)),
        }
    )
    assert found["A2"] is None
    assert found["A1"] is None
    assert found["A"] == 24
    assert found["B1"] == 15


TWO = method("""
[nodes.overall]
operation = "weighted_mean"
of = ["ca", "cb"]
weights = [1, 1]
[nodes.ca]
operation = "pooled_top_box"
items = ["a", "b"]
[nodes.cb]
operation = "top_box"
items = ["c"]
""")


def told(rated: dict[str, int], n: int) -> dict[tuple[str, bool], int | None]:
    """Publish answers of n people, of whom the first so many rated each item."""
    columns = {item: np.where(np.arange(n) < k, 5, MISSING) for item, k in rated.items()}
    figures = tally_figures(TWO, OpenAnswers(columns, {}), QualityRules(min_n=10, min_cell=10))
    return {(each.subject, each.is_node): each.n for each in figures}


def test_those_who_did_not_say_are_not_the_whole_minus_those_who_did():
    found = shown({"sex": column(("f", 20), ("m", 17), ("", 3))})
    assert found == {"": 40, "f": 20, "m": None}


def test_many_who_did_not_say_are_no_secret():
    assert shown({"sex": column(("f", 20), ("m", 17), ("", 10))}) == {"": 47, "f": 20, "m": 17}


def test_those_without_a_centre_are_not_their_commune_minus_its_centres():
    places = {
        "place.commune": column(("A", 48), ("B", 60)),
        "place.centre": column(("A1", 20), ("A2", 25), ("", 3), ("B1", 15), ("B2", 45)),
    }
    assert shown(places) == {
        "": 108, "A": 48, "B": 60, "A1": None, "A2": 25, "B1": 15, "B2": 45,
    }  # fmt: skip


def test_an_item_is_not_its_node_minus_the_other_items():
    found = told({"a": 40, "b": 7, "c": 30}, 40)
    assert found["b", False] is None
    assert found["a", False] is None
    assert found["ca", True] == 40
    assert found["c", False] == 30


def test_a_component_is_not_the_index_minus_the_others():
    found = told({"a": 60, "b": 60, "c": 6}, 60)
    assert found["cb", True] is None
    assert found["overall", True] is None
    assert found["ca", True] == 60


def test_an_estimated_component_is_not_the_index_minus_the_others():
    columns = {"a": np.tile([5, 2], 30), "b": np.tile([5, 2], 30)}
    columns["c"] = np.where(np.arange(60) < 6, 5, MISSING)
    answers = SampledAnswers(columns, np.zeros(60), np.arange(60), np.ones(60), {})
    rules = QualityRules(min_n=10, min_cell=10, max_half_width=1.0)
    found = {each.node: each for each in estimate_figures(TWO, answers, 0.95, rules)}
    assert found["cb"].n is None
    assert found["overall"].suppressed
    assert found["overall"].notes[-1] == "suppressed.protects-another"
    assert not found["ca"].suppressed
