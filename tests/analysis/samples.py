"""Samples for the tests: small ones to count by hand, random ones for laws."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import strategies as st

from analysis.answers import MISSING
from analysis.design import Design
from analysis.index.method import ItemScale, load_method

LIKERT = ItemScale(
    codes=(1, 2, 3, 4, 5), satisfied=(4, 5), neutral=(3,), dissatisfied=(1, 2), not_rated=(9,)
)


def method(nodes, items=("a", "b", "c"), index=None, scales=None, **top):
    """Load a method from the text of its nodes; titles are added."""
    found = scales or dict.fromkeys(items, LIKERT)
    first = nodes.split("[nodes.", 1)[1].split("]", 1)[0]
    head = {"code": "m", "version": "1", "instrument": "i", "index": index or first} | top
    lines = [f"{key} = {value!r}" for key, value in head.items()]
    titled = nodes.replace("operation =", 'title = { vi = "t", en = "t" }\noperation =')
    return load_method("\n".join(lines) + "\n" + titled, found)


def leaf(code, operation, items):
    """Text of a node that reads items, named by a letter each."""
    listed = ", ".join(f'"{item}"' for item in items)
    return f'[nodes.{code}]\noperation = "{operation}"\nitems = [{listed}]\n'


def mean_of(code, weights):
    """Text of a node that is the weighted mean of others."""
    listed = ", ".join(f'"{node}"' for node in weights)
    of_each = ", ".join(str(weight) for weight in weights.values())
    return f'[nodes.{code}]\noperation = "weighted_mean"\nof = [{listed}]\nweights = [{of_each}]\n'


AB_AND_C = (
    leaf("ab", "pooled_top_box", "ab")
    + leaf("c", "top_box", "c")
    + mean_of("all", {"ab": 2, "c": 1})
    + leaf("rates", "mean_top_box", "abc")
)
"""Two parts, their mean, and the rates of the same three items."""


def assert_same(first, second, *, rel=1e-9, least=1e-10, least_of_ends=1e-8):
    """Compare two estimates of the same thing."""
    for name in ("value", "standard_error", "design_effect", "effective_n", "kish_n"):
        ours, theirs = getattr(first, name), getattr(second, name)
        assert ours == pytest.approx(theirs, rel=rel, abs=least, nan_ok=True), name
    assert (first.n, first.df, first.notes) == (second.n, second.df, second.notes)
    assert first.interval.method == second.interval.method
    for end in ("low", "high"):
        ours, theirs = getattr(first.interval, end), getattr(second.interval, end)
        assert ours == pytest.approx(theirs, rel=rel, abs=least_of_ends, nan_ok=True), end


def one_psu_each(n):
    """A design of n people drawn one by one with equal weights."""
    return Design.from_columns(np.zeros(n), np.arange(n), np.ones(n))


@dataclass(frozen=True)
class Sample:
    """A random sample with answers to three items and a domain."""

    stratum: np.ndarray
    psu: np.ndarray
    weight: np.ndarray
    columns: dict
    domain: np.ndarray

    @property
    def design(self):
        return Design.from_columns(self.stratum, self.psu, self.weight)

    @property
    def is_satisfied(self):
        """Satisfied with the first item; NaN without an answer."""
        answers = self.columns["a"]
        return np.where(answers == MISSING, np.nan, answers >= 4)

    def taken(self, rows):
        """The same people in another order, or some of them."""
        return Sample(
            self.stratum[rows],
            self.psu[rows],
            self.weight[rows],
            {item: answers[rows] for item, answers in self.columns.items()},
            self.domain[rows],
        )


@st.composite
def samples(draw, min_answers=1):
    """Draw a stratified two-stage sample with missing answers and unequal weights."""
    sizes = [
        draw(st.lists(st.integers(1, 5), min_size=2, max_size=5))
        for _ in range(draw(st.integers(1, 3)))
    ]
    stratum = np.array([h for h, psus in enumerate(sizes) for size in psus for _ in range(size)])
    psu = np.array([j for psus in sizes for j, size in enumerate(psus) for _ in range(size)])
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n = len(stratum)
    answers = {item: rng.integers(1, 6, n) for item in "abc"}
    for column in answers.values():
        column[rng.random(n) < 0.2] = MISSING
        column[:min_answers] = 4
    return Sample(
        stratum=stratum,
        psu=psu,
        weight=rng.uniform(0.5, 20.0, n),
        columns=answers,
        domain=rng.choice(["x", "y", "z"], n),
    )
