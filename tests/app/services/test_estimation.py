"""Figures made of counts are those made of rows, whatever must be kept back."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from analysis.errors import SnapshotDamagedError, WrongSourceError
from analysis.quality import QualityRules, rules_of_publication
from analysis.snapshot import Layout, Snapshot, Source, hash_file, read_written, write_snapshot
from app.services import estimation
from app.services.figures import Before, EstimateFigure
from tests.analysis.samples import method

ITEMS = ("a", "b", "c")
NODES = """
[nodes.ab]
operation = "pooled_top_box"
items = ["a", "b"]
[nodes.c]
operation = "top_box"
items = ["c"]
[nodes.all]
operation = "mean"
of = ["ab", "c"]
"""
METHOD = method(NODES)
CAPPED = method(NODES + '[nodes.capped]\noperation = "cap"\nof = ["all"]\nlimit = 0.4\n')
CHANGING = method(
    NODES
    + """
[nodes.change]
operation = "change"
of = ["ab", "c"]
[nodes.tenfold]
operation = "linear_points"
of = ["change"]
points = 10
"""
)
KINDS = ("place.commune", "place.centre")
LAYOUT = Layout(Source.SAMPLE, ITEMS, KINDS, "design.stratum", "design.psu", "design.base_weight")
RULES = rules_of_publication(30)


def snapshot(*, n=6_000, communes=4, small=0, seed=1, unplaced=0.0):
    """Answers of some communes with centres; `small` people in one more commune."""
    rng = np.random.default_rng(seed)
    psu = rng.integers(0, communes * 20, n)
    commune = psu // 20
    commune[:small] = communes
    centre = [f"{c:02d}-{k}" for c, k in zip(commune, rng.integers(0, 2, n), strict=True)]
    is_placed = rng.random(n) >= unplaced
    rows = pl.DataFrame(
        {
            "design.stratum": [f"s{k}" for k in psu % 4],
            "design.psu": [f"p{k}" for k in psu],
            "design.base_weight": rng.choice([3.5, 7.25, 11.125], n),
            "place.commune": [f"{k:02d}" if p else None
                              for k, p in zip(commune, is_placed, strict=True)],
            "place.centre": centre,
            **{item: [None if v == 0 else int(v) for v in rng.integers(0, 6, n)]
               for item in ITEMS},
        }
    )  # fmt: skip
    return Snapshot(Path("-"), LAYOUT, rows.sort(list(LAYOUT.columns)), "")


def same(one, other):
    assert len(one) == len(other)
    for mine, theirs in zip(one.figures(), other.figures(), strict=True):
        for name in EstimateFigure.__dataclass_fields__:
            a, b = getattr(mine, name), getattr(theirs, name)
            assert type(a) is type(b), (name, mine, theirs)
            if isinstance(a, float):
                assert math.isclose(a, b, rel_tol=1e-10), (name, a, b)
            else:
                assert a == b, (name, mine, theirs)


def both(file, rules=RULES, rule=METHOD, before=None):
    return [
        estimation.figures_of(rule, file, 0.95, rules, before=before, engine=engine)
        for engine in (estimation.COUNTS, estimation.ROWS)
    ]


@pytest.mark.parametrize("small", [0, 1, 9, 10, 40])
@pytest.mark.parametrize("rules", [RULES, QualityRules(), QualityRules(max_half_width=0.01)])
def test_counts_and_rows_publish_the_same(small, rules):
    counts, rows = both(snapshot(small=small), rules)
    same(counts, rows)
    hidden = [n is None for n in counts.n]
    assert any(hidden) == (0 < small <= 10)


def test_people_of_no_known_commune_are_protected_alike():
    file = snapshot(unplaced=0.001)
    same(*both(file))


def test_relative_widths_are_judged_alike():
    file = snapshot(n=600)
    same(*both(file, QualityRules(max_relative_half_width=0.08)))


@pytest.mark.parametrize("spares_changes", [True, False])
def test_changes_are_judged_alike_whatever_their_relative_width(spares_changes):
    rules = replace(rules_of_publication(30, 0.05), spares_changes=spares_changes)
    counts, rows = both(snapshot(), rules, CHANGING)
    same(counts, rows)
    reason = "suppressed.wide-interval-relative:0.05"
    kept_back = [one.node for one in counts.figures() if reason in one.notes]
    assert ("change" in kept_back) == (not spares_changes)
    assert ("tenfold" in kept_back) == (not spares_changes)


def test_figures_with_corners_are_the_same():
    same(*both(snapshot(n=2_000), rule=CAPPED))


def test_what_was_told_before_counts_in_both():
    file = snapshot(n=900, small=25)
    same(*both(file, before=Before(np.arange(900), ())))


def test_open_answers_are_not_estimated():
    layout = Layout(Source.OPEN, ITEMS, KINDS)
    file = Snapshot(Path("-"), layout, snapshot(n=50).rows.select(layout.columns), "")
    with pytest.raises(WrongSourceError):
        estimation.figures_of(METHOD, file, 0.95, RULES)


def test_a_file_is_known_by_its_bytes(tmp_path):
    made = snapshot(n=200)
    written = write_snapshot(made.rows, LAYOUT, tmp_path)
    known = hash_file(written.path)
    found = read_written(written.path, known)
    assert (found.layout, found.content_hash) == (LAYOUT, written.content_hash)
    assert found.rows.equals(written.rows)
    short = read_written(written.path, known, short=True)
    assert short.rows["a"].dtype == pl.Int8
    for name, column in short.sampled().columns.items():
        assert column.tolist() == found.sampled().columns[name].tolist()
    content = bytearray(written.path.read_bytes())
    content[len(content) // 2] ^= 1
    written.path.chmod(0o644)
    written.path.write_bytes(content)
    with pytest.raises(SnapshotDamagedError):
        read_written(written.path, known)
    with pytest.raises(SnapshotDamagedError):
        read_written(tmp_path / "nowhere.parquet", known)
