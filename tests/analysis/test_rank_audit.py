"""Everything a reader can work out by adding and subtracting what is published.

Each published count is a sum over (item, sex, place). Whatever is a linear combination of such
sums can be worked out, nothing else can: so small groups must not be.
"""

from itertools import product

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.answers import MISSING, OpenAnswers
from analysis.quality import QualityRules
from app.services.figures import tally_figures
from tests.analysis.samples import LIKERT, method

RULES = QualityRules(min_n=10, min_cell=10)
SEXES = ("f", "m", "")
# Place → its centre and its commune; people of "p" told their commune only.
PLACES = {"p1": "p", "p2": "p", "p3": "p", "p": "p", "q1": "q", "q2": "q", "": ""}
CENTRES = {place: place if place[1:] else "" for place in PLACES}
KINDS = {"sex": SEXES, "centre": ("p1", "p2", "p3", "q1", "q2", ""), "commune": ("p", "q", "")}


def build(leaves):
    """An index of components, the same items pooled, and a component by itself."""
    names = [[f"i{k}{j}" for j in range(size)] for k, size in enumerate(leaves)]
    items = tuple(item for leaf in names for item in leaf)
    text = "".join(
        f'[nodes.n{k}]\noperation = "pooled_top_box"\nitems = {leaf}\n'
        for k, leaf in enumerate(names)
    )
    text += f'[nodes.pooled]\noperation = "pooled_top_box"\nitems = {list(items)}\n'
    text += '[nodes.overall]\noperation = "weighted_mean"\n'
    text += f"of = {[f'n{k}' for k in range(len(leaves))]}\nweights = {[1] * len(leaves)}\n"
    scales = dict.fromkeys(items, LIKERT)
    return method(text, scales=scales, index="overall", alternatives=["pooled"])


@st.composite
def rounds(draw):
    """Answers of some hundred people, to some questions by few, with profiles that have gaps."""
    built = build(draw(st.lists(st.integers(2, 3), min_size=1, max_size=3)))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n = draw(st.integers(20, 300))
    columns = {}
    for item in built.items:
        rated = rng.random(n) < draw(st.sampled_from([0.05, 0.3, 0.9, 1.0]))
        columns[item] = np.where(rated, rng.integers(1, 6, n), MISSING)
    gaps = draw(st.sampled_from([0.0, 0.02, 0.1]))
    shares = rng.dirichlet(np.ones(5)) * (1 - gaps)
    shares = [*shares[:3], gaps / 2, *shares[3:], gaps / 2]
    place = rng.choice(np.array(list(PLACES), dtype=object), n, p=shares)
    sex = rng.choice(np.array(SEXES, dtype=object), n, p=[0.6 - gaps, 0.4, gaps])
    centre = np.array([CENTRES[code] for code in place], dtype=object)
    commune = np.array([PLACES[code] for code in place], dtype=object)
    groups = {"sex": sex, "place.centre": centre, "place.commune": commune}
    return built, OpenAnswers(columns, groups)


def incidence(items, kind, code):
    """Which atoms a count of these items in this group is the sum of; nobody's code is ''."""
    return [
        {"": "", "sex": sex, "centre": CENTRES[place], "commune": PLACES[place]}[kind] == code
        for _, sex, place in product(items, SEXES, PLACES)
    ]


def small_and_told(told, small):
    """Which small vectors are linear combinations of the told ones."""
    # A sum told to be nought tells that each of its atoms is nought.
    empty = np.zeros(len(small[0][1]), dtype=bool)
    for vector, n in told:
        if n == 0:
            empty |= vector
    # A row of noughts more, in case nothing is told.
    matrix = np.array([np.zeros(int((~empty).sum())), *(vector[~empty] for vector, _ in told)])
    rank = np.linalg.matrix_rank(matrix)
    return [
        name
        for name, vector in small
        if vector[~empty].any()
        and np.linalg.matrix_rank(np.vstack([matrix, vector[~empty]])) == rank
    ]


def sizes(built, answers):
    """Yield (subject, is_node, kind, code) and how many people it is about, gaps included."""
    subjects = [(node.code, True, built.leaf_items(node.code)) for node in built.nodes]
    subjects += [(item, False, (item,)) for item in built.items]
    for code, is_node, items in subjects:
        rated = np.any([answers.columns[item] != MISSING for item in items], axis=0)
        yield (code, is_node, "", ""), int(rated.sum())
        for kind, column in zip(KINDS, answers.groups.values(), strict=True):
            for group in KINDS[kind]:
                yield (code, is_node, kind, group), int((rated & (column == group)).sum())


def worked_out(built, answers):
    """Small groups whose counts, or whose n, a reader can work out."""
    figures = tally_figures(built, answers, RULES)
    items = {(node.code, True): built.leaf_items(node.code) for node in built.nodes}
    items |= {(item, False): (item,) for item in built.items}
    small = [cell for cell, n in sizes(built, answers) if 0 < n < RULES.min_cell]

    def vector(subject, kind, code):
        inside = [item in items[subject] for item, *_ in product(built.items, SEXES, PLACES)]
        return np.array(inside) & np.array(incidence(built.items, kind, code))

    told = [
        (vector((f.subject, f.is_node), f.domain_kind, f.domain_code), f.n)
        for f in figures
        if not f.suppressed or f.n == 0 or (f.n is not None and not f.is_node)
    ]
    found = small_and_told(told, [(c, vector(c[:2], *c[2:])) for c in small]) if small else []
    for subject in items:
        told_n = [
            (np.array(incidence(("x",), f.domain_kind, f.domain_code)), f.n)
            for f in figures
            if (f.subject, f.is_node) == subject and f.n is not None
        ]
        cells = [(c, np.array(incidence(("x",), *c[2:]))) for c in small if c[:2] == subject]
        found += small_and_told(told_n, cells) if cells and told_n else []
    return found


@settings(max_examples=150, deadline=None, derandomize=True)
@given(rounds())
def test_no_small_group_can_be_worked_out(round_):
    assert worked_out(*round_) == []
