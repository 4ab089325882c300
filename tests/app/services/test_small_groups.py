"""Which groups are parts of which, as answers show it: nobody is a larger group minus the rest."""

import numpy as np

from analysis.answers import OpenAnswers
from analysis.quality import QualityRules
from app.services.figures import tally_figures
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
