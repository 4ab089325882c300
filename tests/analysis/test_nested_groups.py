"""Groups that are parts of larger groups: nobody is any whole minus the rest of it."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import null_space

from analysis.quality import QualityRules
from analysis.tally import Tally
from analysis.tally_quality import judge_tallies

RULES = QualityRules(min_n=30, min_cell=10)
# Centre → sizes of its counters.
CENTRES = st.lists(st.lists(st.integers(0, 80), min_size=1, max_size=5), min_size=1, max_size=6)


def count(kind, code, n):
    return Tally("x", True, kind, code, n, n, (), n, 0, 0, 0, 1.0)


def protected(parts, verdicts):
    """Whether what is masked of a whole is enough company, or all there is."""
    masked = [part for part in parts if verdicts[part].n_shown is None]
    people = sum(part.n for part in masked)
    everybody = [part for part in parts if part.n > 0]
    return not masked or (len(masked) >= 2 and people >= RULES.min_cell) or masked == everybody


@settings(max_examples=300, deadline=None, derandomize=True)
@given(CENTRES)
def test_counters_are_protected_within_their_centre_and_in_the_whole(centres):
    counters = {
        count("counter", f"{c}-{k}", n): f"{c}"
        for c, sizes in enumerate(centres)
        for k, n in enumerate(sizes)
    }
    larger = [count("centre", str(c), sum(sizes)) for c, sizes in enumerate(centres)]
    whole = count("", "", sum(map(sum, centres)))
    within = {"counter": {part.domain_code: centre for part, centre in counters.items()}}
    judged = judge_tallies([whole, *larger, *counters], RULES, within)
    verdicts = {one.tally: one.verdict for one in judged}
    assert protected(list(counters), verdicts)
    assert protected(larger, verdicts)
    for centre in larger:
        parts = [part for part, of in counters.items() if of == centre.domain_code]
        if verdicts[centre].n_shown is not None:
            assert protected(parts, verdicts)
        else:
            assert any(verdicts[part].n_shown is None for part in parts)
    for part, verdict in verdicts.items():
        if part.n < RULES.min_n:
            assert not verdict.publishable
        if 0 < part.n < RULES.min_cell:
            assert verdict.n_shown is None


@settings(max_examples=300, deadline=None, derandomize=True)
@given(CENTRES)
def test_no_confidential_count_follows_from_what_is_told(centres):
    """Solve the equations a curious reader could write down."""
    counters = {
        count("counter", f"{c}-{k}", n): f"{c}"
        for c, sizes in enumerate(centres)
        for k, n in enumerate(sizes)
    }
    larger = [count("centre", str(c), sum(sizes)) for c, sizes in enumerate(centres)]
    whole = count("", "", sum(map(sum, centres)))
    within = {"counter": {part.domain_code: centre for part, centre in counters.items()}}
    cells = [whole, *larger, *counters]
    told = [one.verdict.n_shown is not None for one in judge_tallies(cells, RULES, within)]
    sums = [[1 if cell is whole else -int(cell in larger) for cell in cells]]
    sums += [
        [int(cell is centre) - int(counters.get(cell) == centre.domain_code) for cell in cells]
        for centre in larger
    ]
    unknown = [place for place, is_told in enumerate(told) if not is_told]
    if not unknown:
        return
    free = null_space(np.array(sums, dtype=float)[:, unknown])
    for row, place in enumerate(unknown):
        if 0 < cells[place].n < RULES.min_cell:
            assert np.abs(free[row]).max(initial=0) > 1e-9, cells[place]


def test_a_group_alone_in_its_larger_group_finds_company_elsewhere():
    parts = [count("counter", "1", 4), count("counter", "2", 50), count("counter", "3", 60)]
    within = {"counter": {"1": "x", "2": "y", "3": "y"}}
    judged = judge_tallies(parts, RULES, within)
    # Counter 2 is company in the whole; then 3 is company within y, which is told as well.
    assert [one.verdict.publishable for one in judged] == [False, False, False]


def test_a_larger_group_that_is_masked_is_not_the_sum_of_its_parts():
    centres = [count("centre", "x", 4), count("centre", "y", 90), count("centre", "z", 200)]
    counters = [count("counter", "1", 4), count("counter", "2", 40), count("counter", "3", 50)]
    within = {"counter": {"1": "x", "2": "y", "3": "y"}}
    judged = judge_tallies([count("", "", 294), *centres, *counters], RULES, within)
    shown = {one.tally.domain_code for one in judged if one.verdict.n_shown is not None}
    # Centre y is company of x. Had counters 2 and 3 been told, so would y have been.
    assert shown == {"", "z", "3"}
