"""Counting runs of respondents gives what adding them up one by one gives."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.answers import MISSING
from analysis.counted.evaluate import evaluate_counts
from analysis.counted.partitions import Counts, Place
from analysis.counted.runs import Runs
from analysis.design import Design
from analysis.errors import BadColumnError
from analysis.finish import Options
from analysis.index.evaluate import evaluate
from analysis.index.method import ItemScale
from tests.analysis.samples import AB_AND_C, LIKERT, assert_same, leaf, method, samples

law = settings(max_examples=60, deadline=None, derandomize=True)

PLACE = Place("stratum", "psu", "weight", (("domain", "domain"), ("half", "half")))

METHOD = method(
    AB_AND_C
    + leaf("score", "mean_score", "abc")
    + leaf("scaled", "scaled_mean", "ac")
    + leaf("every", "all_items_top_box", "abc")
    + leaf("alone", "all_items_top_box", "b")
    + leaf("ways", "option_share", "d")
    + 'options = ["x", "y"]\n'
    + leaf("yes", "option_share", "e")
    + 'options = ["yes"]\n',
    items=("a", "b", "c", "d", "e"),
    scales=dict.fromkeys("abc", LIKERT)
    | {
        "d": ItemScale(codes=("x", "y", "z"), satisfied=(), neutral=(), dissatisfied=()),
        "e": ItemScale(codes=("yes", "no"), satisfied=("yes",), neutral=(), dissatisfied=("no",)),
    },
)


def table(sample, seed, *, weights_alike=False):
    """The sample as a snapshot keeps it, with two more questions and another group."""
    rng = np.random.default_rng(seed)
    n = len(sample.psu)
    given_ = {item: [None if v == MISSING else int(v) for v in sample.columns[item]]
              for item in "abc"}  # fmt: skip
    several = [["x"], ["x", "z"], ["y"], [], None]
    rows = pl.DataFrame(
        {
            "stratum": [f"s{k}" for k in sample.stratum],
            "psu": [f"p{k}" for k in sample.psu],
            "weight": np.ones(n) if weights_alike else sample.weight,
            "domain": list(sample.domain),
            "half": [None if k == 2 else f"h{k}" for k in rng.integers(0, 3, n)],
            **given_,
            "d": pl.Series([several[k] for k in rng.integers(0, 5, n)], dtype=pl.List(pl.String)),
            "e": [("yes", "no", None)[k] for k in rng.integers(0, 3, n)],
        }
    )
    return rows.sort(["stratum", "psu", "weight", "domain", "half"])


def by_rows(rows, design=None):
    columns = {item: rows[item].fill_null(MISSING).to_numpy() for item in "abc"}
    chosen = [" ".join(one) if one else None for one in rows["d"].to_list()]
    columns["d"] = np.array(chosen, dtype=object)
    columns["e"] = np.array(rows["e"].to_list(), dtype=object)
    named = [np.array(rows[name].to_list(), dtype=object) for name in ("stratum", "psu")]
    design = design or Design.from_columns(*named, rows["weight"].to_numpy())
    domains = {name: np.array(rows[name].to_list(), dtype=object) for name in ("domain", "half")}
    return evaluate(METHOD, columns, design, domains)


def same(found, expected):
    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        place = (one.node, one.domain_kind, one.domain_code, one.measure)
        assert place == (other.node, other.domain_kind, other.domain_code, other.measure)
        assert_same(one.estimate, other.estimate, least=1e-12, least_of_ends=1e-12)


@law
@given(samples(), st.integers(0, 2**20), st.booleans())
def test_counts_give_the_estimates_of_rows(sample, seed, weights_alike):
    rows = table(sample, seed, weights_alike=weights_alike)
    counts = Counts.of(rows, METHOD, PLACE)
    same(evaluate_counts(counts, Options(together=True)), by_rows(rows))


@law
@given(samples(), st.integers(0, 2**20))
def test_a_given_design_may_hold_people_without_answers(sample, seed):
    rows = table(sample, seed)
    named = [
        np.array([*rows[name].to_list(), rows[name][0]], dtype=object)
        for name in ("stratum", "psu")
    ]
    design = Design.from_columns(*named, np.array([*sample.weight, 3.0]))
    counts = Counts.of(rows, METHOD, PLACE, design)
    more = pl.concat([rows, rows.clear(1)])
    same(evaluate_counts(counts, Options(together=True)), by_rows(more, design))


def test_what_the_design_fixes_is_told_from_what_happens_not_to_vary():
    """Answers are those of the stratum: fixed in the whole, chance in groups that cut strata."""
    n = 24
    stratum = [f"s{k % 2}" for k in range(n)]
    rows = pl.DataFrame(
        {
            "stratum": stratum,
            "psu": [f"p{k % 8}" for k in range(n)],
            "weight": [2.0] * n,
            "domain": ["x" if k % 3 else "y" for k in range(n)],
            "half": [None if k % 2 else "h" for k in range(n)],
            **{item: [5 if one == "s0" else 1 for one in stratum] for item in "abc"},
            "d": pl.Series([["x"]] * n, dtype=pl.List(pl.String)),
            "e": ["yes"] * n,
        }
    ).sort(["stratum", "psu", "weight", "domain", "half"])
    found = evaluate_counts(Counts.of(rows, METHOD, PLACE), Options(together=True))
    same(found, by_rows(rows))
    fixed = {
        (one.node, one.domain_code)
        for one in found
        if any(note.code == "fixed-by-design" for note in one.estimate.notes)
    }
    assert ("c", "") in fixed
    assert not {code for _, code in fixed} & {"x", "y"}


@given(st.lists(st.booleans(), min_size=1, max_size=300), st.data())
@law
def test_bits_are_counted_in_every_run(has, data):
    begins = data.draw(st.sets(st.integers(1, len(has)), max_size=40))
    edges = np.array([0, *sorted(begins - {len(has)})])
    runs = Runs.of(edges, len(has))
    flags = np.array(has)
    expected = [flags[a:b].sum() for a, b in zip(runs.edges[:-1], runs.edges[1:], strict=True)]
    assert runs.count(flags).tolist() == expected


@pytest.mark.parametrize("answer", [0, 6, 7, 10, 127, 300, -5])
def test_an_answer_off_the_scale_is_refused(answer):
    rows = pl.DataFrame(
        {"stratum": ["s"] * 3, "psu": ["p", "q", "q"], "weight": [1.0] * 3, "domain": ["x"] * 3,
         "half": ["h"] * 3, "a": [1, answer, None], "b": [1, 2, 3], "c": [1, 2, 9],
         "d": pl.Series([["x"], None, None], dtype=pl.List(pl.String)), "e": ["yes", None, "no"]}
    )  # fmt: skip
    with pytest.raises(BadColumnError, match=str(answer)):
        Counts.of(rows, METHOD, PLACE)
