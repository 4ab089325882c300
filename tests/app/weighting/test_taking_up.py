"""A run that was stopped goes on after its last finished step, and ends with the same weights."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pyarrow.parquet as pq
import pytest
from sqlalchemy import insert, select

from app.models import Response, WeightRun, WeightSet
from app.services.weighting import offers, recipe, report, runs, sets
from app.services.weighting.chain import weights_by_step
from tests.app.weighting import world
from tests.app.weighting.test_chain import BY_STRATUM, UNKNOWN

TRIM = {"step": "trim", "times_median": 1.5, "restore": True}
MODEL = {"step": "propensity", "terms": ["place.field"], "classes": 0, "minimum": 1}


class StoppedHere(BaseException):
    """As when the worker dies."""


@pytest.fixture
def margins(database, settings, closed):
    """Two margins counted in the frame."""
    with database.write() as db:
        return [
            offers.count_frame(
                db, world.the_round(db), [column], var_dir=settings.var_dir, actor="x",
                now=world.NOW,
            ).content_hash
            for column in ("field", "commune_kind")
        ]  # fmt: skip


@pytest.fixture
def recipes(margins):
    return {
        "raked": [UNKNOWN, BY_STRATUM, {"step": "rake", "controls": margins}, TRIM],
        "modelled": [
            UNKNOWN, MODEL, {"step": "greg", "controls": margins, "distance": "raking"}, TRIM,
        ],
    }  # fmt: skip


@pytest.fixture
def ask(database):
    def asked(steps):
        with database.write() as db:
            wanted = recipe.from_json({"steps": steps})
            return runs.request(db, world.CODE, wanted, actor="lan", now=world.NOW)

    return asked


def dies_before(step):
    """Die before a step, from 0; the worker asks before each, and before keeping all."""
    calls = []

    def stop():
        calls.append(1)
        if len(calls) > step:
            raise StoppedHere

    return stop


def break_off(work, run_id, step):
    with pytest.raises(StoppedHere):
        work.make(run_id, dies_before(step))


def make_counting(work, run_id):
    """Make weights; how many steps were made for it, the keeping counted too."""
    calls = []
    found = work.make(run_id, lambda: calls.append(1))
    assert found is not None
    return found, len(calls)


@pytest.fixture(autouse=True)
def no_files_of_other_tests(settings):
    """All tests share the folder; some leave damaged files there on purpose."""
    shutil.rmtree(settings.var_dir / "weights", ignore_errors=True)


def about_of(path):
    return json.loads(pq.read_schema(path).metadata[b"longdan.weights"])


def step_files(var_dir):
    return sorted(
        path.name
        for path in (var_dir / "weights").iterdir()
        if about_of(path).get("kind") == "step"
    )


@pytest.mark.parametrize("name", ["raked", "modelled"])
@pytest.mark.parametrize("step", [0, 1, 2, 3, 4])
def test_it_goes_on_after_the_last_finished_step(database, settings, recipes, ask, name, step):
    work, run_id = runs.WeightWork(database, settings), ask(recipes[name])
    break_off(work, run_id, step)
    with database.read() as db:
        assert len(db.get_one(WeightRun, run_id).kept) == step
        assert len(step_files(settings.var_dir)) == step
    found, n_made = make_counting(work, run_id)
    assert n_made == 5 - step
    with database.read() as db:
        row = db.get_one(WeightSet, found.id)
        # Made again from the first step to the last, nothing kept.
        chain = sets.chain_of(db, row, settings.var_dir)
        assert [made.kind for made in chain.made][-1] == "restore"
        named = weights_by_step(chain)
        assert row.steps == [
            report.step_json(made, chain.rows.answered, column)
            for made, (column, _weight) in zip(chain.made, named, strict=True)
        ]
        assert row.summary["plan"] == chain.plan
        run = db.get_one(WeightRun, run_id)
        assert (run.kept, run.n_done, run.state) == ([], 4, "made")
    assert step_files(settings.var_dir) == []


def test_the_variance_gets_the_same_of_steps_taken_up(database, settings, recipes, ask):
    work, run_id = runs.WeightWork(database, settings), ask(recipes["modelled"])
    break_off(work, run_id, 4)
    with database.write() as db:
        basis = sets.prepare(
            db, world.CODE, recipe.from_json({"steps": recipes["modelled"]}),
            var_dir=settings.var_dir, code_version=settings.code_version, now=world.NOW,
        )  # fmt: skip
    done = work._done(run_id, work._basis(basis))
    taken_up, anew = sets.work_out(basis, done=done), sets.work_out(basis)
    assert len(done) == 4
    assert len(taken_up.design.calibrations) == len(anew.design.calibrations) == 2
    for one, other in zip(taken_up.design.calibrations, anew.design.calibrations, strict=True):
        for part in ("auxiliary", "base_weight", "weight", "regression_weight"):
            np.testing.assert_array_equal(getattr(one, part), getattr(other, part))
    assert make_counting(work, run_id)[1] == 1


def test_a_step_done_while_somebody_stops_the_run_is_kept(database, settings, recipes, ask):
    work, run_id = runs.WeightWork(database, settings), ask(recipes["raked"])
    calls = []

    def stop():
        calls.append(1)
        if len(calls) == 3:
            with database.write() as db:
                runs.cancel(db, run_id, actor="lan")

    assert work.make(run_id, stop) is None
    with database.write() as db:
        runs.resume(db, run_id, actor="lan")
    assert make_counting(work, run_id)[1] == 5 - 2


def test_other_answers_than_before_begin_with_the_first_step(database, settings, closed, ask):
    work, run_id = runs.WeightWork(database, settings), ask([UNKNOWN, BY_STRATUM])
    break_off(work, run_id, 2)
    with database.write() as db:
        db.execute(insert(Response), [world.answer_rows(world.the_round(db))[-1]])
    found, n_made = make_counting(work, run_id)
    assert n_made == 3
    with database.read() as db:
        assert db.get_one(WeightSet, found.id).summary["n"] == 11
    assert step_files(settings.var_dir) == []


def test_another_program_begins_with_the_first_step(database, settings, recipes, ask):
    work, run_id = runs.WeightWork(database, settings), ask(recipes["raked"])
    break_off(work, run_id, 3)
    newer = runs.WeightWork(database, replace(settings, code_version="another"))
    assert make_counting(newer, run_id)[1] == 5


def test_a_damaged_step_is_made_again_with_all_after_it(database, settings, recipes, ask):
    work, run_id = runs.WeightWork(database, settings), ask(recipes["raked"])
    break_off(work, run_id, 3)
    with database.read() as db:
        second = db.get_one(WeightRun, run_id).kept[1]["file"]
    path = settings.var_dir / "weights" / second
    path.chmod(0o644)
    path.write_bytes(b"damaged")
    assert make_counting(work, run_id)[1] == 5 - 1


def test_steps_of_a_run_never_taken_up_go_with_the_next(database, settings, recipes, ask):
    work, left = runs.WeightWork(database, settings), ask(recipes["modelled"])
    break_off(work, left, 2)
    with database.write() as db:
        runs.cancel(db, left, actor="lan")
    assert len(step_files(settings.var_dir)) == 2
    work.make(ask(recipes["raked"]))
    assert step_files(settings.var_dir) == []
    with database.write() as db:
        runs.resume(db, left, actor="lan")
    assert make_counting(work, left)[1] == 5


def test_a_refused_run_leaves_no_steps(database, settings, recipes, ask):
    impossible = {"step": "nonresponse", "within": ["sex"]}
    work = runs.WeightWork(database, settings)
    bad = {**recipes["raked"][2], "largest_factor": 1.0001}
    work.make(ask([UNKNOWN, BY_STRATUM, bad]))
    work.make(ask([UNKNOWN, impossible]))
    with database.read() as db:
        states = [row.state for row in db.scalars(select(WeightRun))]
    assert states == ["refused", "refused"]
    assert step_files(settings.var_dir) == []
