"""Weights of the small world, by hand; laws that hold for every recipe."""

import math

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from sqlalchemy import func, insert, select

from analysis.quality import QualityRules
from app.models import CaseFile, Response, Snapshot, WeightSet
from app.queries import publications
from app.services import publishing, snapshots
from app.services.figures import estimate_figures
from app.services.weighting import desk, offers, sets, store
from app.services.weighting.final import weighted_rows
from tests.app import builders
from tests.app.weighting import world
from tests.conftest import empty

UNKNOWN = {"step": "unknown"}
BY_STRATUM = {
    "step": "nonresponse", "within": ["design.stratum"], "thin": "keep", "minimum": 1,
}  # fmt: skip


def weights_of(database, settings, found):
    """Final weights of the answers by stratum, and of the cases."""
    with database.read() as db:
        chain = sets.chain_of(db, db.get_one(WeightSet, found.id), settings.var_dir)
    strata = chain.rows.frame["design.stratum"].to_list()
    return chain, list(zip(strata, chain.weight.tolist(), strict=True))


def count(database, settings, column):
    with database.write() as db:
        row = offers.count_frame(
            db, world.the_round(db), [column], var_dir=settings.var_dir, actor="x", now=world.NOW
        )
        return row.content_hash, {tuple(cell["of"]): cell["total"] for cell in row.cells}


def test_unknown_then_nonresponse_by_stratum(database, settings, closed, make):
    run, found = make(UNKNOWN, BY_STRATUM)
    assert run.state == "made"
    chain, weights = weights_of(database, settings, found)
    # 3 of 40 are unknown: the other 37 stand for all. In A 4 of 6 eligible answered, in B 6 of 8.
    wanted = {"A": 3 * (40 / 37) * 6 / 4, "B": 2 * (40 / 37) * 8 / 6}
    assert [weight for _stratum, weight in weights[:10]] == pytest.approx(
        [wanted[stratum] for stratum, _weight in weights[:10]]
    )
    # The one case that was no dossier keeps its weight, the others have none.
    assert sorted(weight for _stratum, weight in weights[10:]) == pytest.approx(
        [0, 0, 0, 0, 0, 3 * 40 / 37]
    )
    assert math.fsum(weight for _stratum, weight in weights) == pytest.approx(40)
    assert found.summary["account"]["outcomes"] == {
        "interview": 10, "nonrespondent": 4, "unknown": 1, "ineligible": 1,
    }  # fmt: skip
    assert found.summary["rates"]["cases"] == pytest.approx(10 / 15)
    assert chain.plan.count("[[weights]]") == 2


def test_unknown_within_strata_stays_there(database, settings, closed, make):
    _run, found = make({"step": "unknown", "within": ["design.stratum"]})
    _chain, weights = weights_of(database, settings, found)
    assert {(s, round(w, 9)) for s, w in weights[:10]} == {("A", round(3 * 8 / 7, 9)), ("B", 2.0)}


def test_margins_of_the_frame_are_met(database, settings, closed, make):
    field, cells = count(database, settings, "field")
    assert cells == {("dat-dai",): 20, ("ho-tich",): 20}
    kind, kinds = count(database, settings, "commune_kind")
    assert kinds == {("phuong",): 24, ("xa",): 16}
    _run, found = make(UNKNOWN, BY_STRATUM, {"step": "rake", "controls": [field, kind]})
    chain, _weights = weights_of(database, settings, found)
    frame = chain.rows.frame
    # The frame's lines count the ineligible too, so they are among those who meet its totals.
    for column, wanted in (("field", cells), ("commune_kind", kinds)):
        sums = {}
        for code, weight in zip(
            frame[f"known.place.{column}"].to_list(), chain.weight.tolist(), strict=True
        ):
            sums[code,] = sums.get((code,), 0.0) + weight
        assert sums == pytest.approx(wanted)
    assert len(chain.design.calibrations) == 1


def test_the_same_again_is_the_same_version(database, closed, make):
    _run, first = make(UNKNOWN, BY_STRATUM)
    run, second = make(UNKNOWN, BY_STRATUM)
    assert run.state == "unchanged"
    assert second.id == first.id
    _run, third = make(UNKNOWN)
    assert (first.number, third.number) == (1, 2)
    assert first.content_hash != third.content_hash
    with database.read() as db:
        assert db.scalar(select(func.count()).select_from(CaseFile)) == 1
        assert db.scalar(select(func.count()).select_from(Snapshot)) == 1


def test_called_reserves_share_the_weight_of_their_group(database, settings, province, make):
    outcomes = {
        "A": [*world.OUTCOMES["A"], "interview", "refusal"],
        "B": [*world.OUTCOMES["B"], "interview"],
    }
    with database.write() as db:
        home = db.get(world.builders.Unit, province)
        world.build(db, home, settings.var_dir, reserves=2, outcomes=outcomes)
    _run, found = make(BY_STRATUM)
    with database.read() as db:
        again = sets.chain_of(db, db.get_one(WeightSet, found.id), settings.var_dir)
    by_stratum = dict(
        zip(again.rows.frame["design.stratum"].to_list(), again.rows.start.tolist(), strict=True)
    )
    # In A 10 were worked where 8 were meant, in B 9.
    assert by_stratum == pytest.approx({"A": 3 * 8 / 10, "B": 2 * 8 / 9})
    assert again.rows.start.sum() == pytest.approx(40)


def test_interviews_without_answers_count_as_nonresponse(database, settings, province, make):
    with database.write() as db:
        home = db.get(world.builders.Unit, province)
        world.build(db, home, settings.var_dir, lost=1)
    _run, found = make(UNKNOWN, BY_STRATUM)
    account = found.summary["account"]
    assert (account["n_lost"], account["n_differences"]) == (1, 1)
    assert account["differences"][0] | {} == {
        "stratum": "A", "psu": "", "interviews": 4, "answers": 3,
    }  # fmt: skip
    _chain, weights = weights_of(database, settings, found)
    assert {round(w, 9) for s, w in weights[:9] if s == "A"} == {round(3 * (40 / 37) * 6 / 3, 9)}


def test_cases_hold_nothing_that_leads_to_a_dossier(database, settings, closed, make):
    make(UNKNOWN)
    with database.read() as db:
        row = db.scalars(select(CaseFile)).one()
    kept = store.read(row.file_name, row.content_hash, settings.var_dir)
    text = kept.table.write_csv() + str(kept.about)
    assert not any(key in text for key in world.dossiers()["key"])
    assert set(kept.table.columns) == {
        "design.stratum", "design.psu", "weight.base", "case.factor", "case.status",
        "place.commune", "place.commune_kind", "place.centre", "place.field",
    }  # fmt: skip


def test_a_publication_counts_by_its_weights_and_can_be_verified(database, settings, closed, make):
    field, _cells = count(database, settings, "field")
    _run, found = make(UNKNOWN, BY_STRATUM, {"step": "rake", "controls": [field]})
    with database.write() as db:
        publishing.publish(
            db, world.CODE, var_dir=settings.var_dir, code_version="1", actor="x", now=world.NOW,
            weight_set=found.number,
        )  # fmt: skip
    with database.read() as db:
        facts = publications.of_round(db, world.CODE, public_only=False)
        assert facts.weight_set_number == 1
        assert facts.weights_hash == found.content_hash
        assert facts.response_rate == pytest.approx(10 / 15)
        assert publishing.verify(db, world.CODE, var_dir=settings.var_dir).holds
        rows = weighted_rows(db, facts, settings.var_dir)
    assert rows.steps[-1] == "weight.3-rake"
    total = rows.rows[rows.final].sum()
    satisfied = rows.rows.filter(rows.rows["officials_1"] >= 4)[rows.final].sum()
    with database.read() as db:
        weighing = publishing.weighing_of(db, facts, settings.var_dir)
        method = desk.method_of(db, world.CODE)
        file = snapshots.read(facts.snapshot_file, facts.snapshot_hash, settings.var_dir)
    everything = QualityRules(min_n=1, min_cell=1, max_half_width=1.0)
    figures = estimate_figures(method, file.sampled(), 0.95, everything, weighing)
    shown = next(f for f in figures if f.node == "officials" and not f.domain_kind)
    assert shown.value == pytest.approx(satisfied / total)


@pytest.mark.parametrize(
    ("psus", "n_psu", "listed"),
    [("own", 16, ""), ("shared", 16, "A004"), ("other", 5, "")],
)
def test_cases_keep_their_place_in_the_design(
    database, settings, province, make, psus, n_psu, listed
):
    """By the PSU of the draw, a PSU of their own, or with the answers of their stratum."""
    with database.write() as db:
        world.build(db, db.get(world.builders.Unit, province), settings.var_dir, psus=psus)
    _run, found = make(UNKNOWN, BY_STRATUM)
    assert found.summary["account"]["psus"] == psus
    chain, weights = weights_of(database, settings, found)
    assert chain.design.n_psu == n_psu
    assert chain.design.n_strata == 2
    assert (listed in chain.rows.frame["design.psu"].to_list()) is bool(listed)
    # Whatever the PSUs, the weights are the same.
    assert {round(w, 9) for s, w in weights[:10] if s == "B"} == {round(2 * (40 / 37) * 8 / 6, 9)}


def test_the_order_of_the_answers_does_not_matter(database, settings, province, make):
    hashes = []
    for reverse in (False, True):
        empty(database)
        with database.write() as db:
            home = builders.province(db)
            round_ = world.build(db, home, settings.var_dir, state="open", outcomes={})
            rows = world.answer_rows(round_)
            db.execute(insert(Response), rows[::-1] if reverse else rows)
            world.tell(db)
            round_.state = "closed"
        _run, found = make(UNKNOWN, BY_STRATUM)
        hashes.append(found.content_hash)
    assert hashes[0] == hashes[1]


def test_weights_that_changed_on_disk_are_noticed(database, settings, closed, make):
    _run, found = make(UNKNOWN)
    path = store.folder(settings.var_dir) / found.file_name
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(store.WeightsDamagedError):
        store.read(found.file_name, found.content_hash, settings.var_dir)


STEPS = st.tuples(
    st.sampled_from([None, UNKNOWN, UNKNOWN | {"within": ["design.stratum"]}]),
    st.sampled_from(
        [
            None,
            BY_STRATUM,
            BY_STRATUM | {"within": ["place.field"]},
            BY_STRATUM | {"within": [], "thin": "neighbour"},
            {"step": "propensity", "terms": ["place.field"], "classes": 2, "minimum": 1},
        ]
    ),
    st.sampled_from([None, {"step": "trim", "times_median": 1.5}]),
)


@given(STEPS)
@examples(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_step_before_control_totals_moves_the_sum(database, settings, closed, make, chosen):
    steps = [step for step in chosen if step is not None]
    if not steps:
        return
    _run, found = make(*steps)
    chain, weights = weights_of(database, settings, found)
    assert math.fsum(weight for _stratum, weight in weights) == pytest.approx(40)
    assert (chain.weight[:10] > 0).all()
