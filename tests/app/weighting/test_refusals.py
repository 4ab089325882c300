"""What cannot be done is said with ways out, and nothing is stored."""

import pytest
from flask_babel import force_locale
from sqlalchemy import func, select

from app import weight_words
from app.errors import ConflictError
from app.models import WeightRun, WeightSet
from app.services.weighting import controls, recipe, runs
from app.services.weighting.recipe import RecipeRefusedError
from tests.app.weighting import world
from tests.app.weighting.test_chain import BY_STRATUM, UNKNOWN


@pytest.fixture
def keep(database, closed):
    """Keep control totals by field, or by something else."""

    def kept(cells, columns=("place.field",), counted="people", name="Tổng"):
        with database.write() as db:
            known = {key if isinstance(key, tuple) else (key,): n for key, n in cells.items()}
            control = controls.Control(name, columns, counted, known)
            round_id = world.the_round(db).id
            return controls.add(
                db, round_id, control, actor="x", now=world.NOW, file=("a.csv", "sha256:a")
            ).content_hash

    return kept


def refused(database, app, run):
    """The sentences of a refused run; nothing was stored."""
    assert run.state == "refused", run.failure
    with database.read() as db:
        assert db.scalar(select(func.count()).select_from(WeightSet)) == 0
    with app.app_context(), force_locale("vi"):
        return run.failure["code"], *weight_words.refusal(run.failure)


def test_a_cell_of_the_population_without_answers(database, app, keep, make):
    of = keep({"dat-dai": 20, "ho-tich": 15, "xay-dung": 5})
    run, _found = make({"step": "rake", "controls": [of]})
    code, told, ways = refused(database, app, run)
    assert code == "empty-cells"
    assert "xay-dung" in told
    assert len(ways) == 2
    assert run.failure["step"] == 1


def test_answers_in_a_cell_without_total(database, app, keep, make):
    run, _found = make({"step": "rake", "controls": [keep({"dat-dai": 20})]})
    assert refused(database, app, run)[0] == "cells-without-total"


def test_totals_that_disagree(database, app, keep, make):
    one = keep({"dat-dai": 20, "ho-tich": 20})
    other = keep({"phuong": 24, "xa": 17}, ("place.commune_kind",), name="Loại xã")
    run, _found = make({"step": "rake", "controls": [one, other]})
    code, told, _ways = refused(database, app, run)
    assert code == "weights.totals-apart"
    assert "2,5%" in told
    assert "Loại xã" in told


def test_totals_that_nearly_agree_are_scaled_and_it_is_said(database, keep, make):
    one = keep({"dat-dai": 2000, "ho-tich": 2000})
    other = keep({"phuong": 2404, "xa": 1606}, ("place.commune_kind",))
    run, found = make({"step": "rake", "controls": [one, other], "largest_factor": 1000})
    assert run.state == "made"
    assert found.steps[0]["notes"][0]["code"] == "totals-reconciled"
    assert found.summary["total"] == pytest.approx(4000)


def test_lists_and_people_do_not_mix(database, app, keep, make):
    one = keep({"dat-dai": 20, "ho-tich": 20})
    other = keep({"phuong": 24, "xa": 16}, ("place.commune_kind",), counted="list")
    run, _found = make({"step": "rake", "controls": [one, other]})
    assert refused(database, app, run)[0] == "weights.mixed"


def test_weights_that_grow_beyond_reason(database, app, keep, make):
    run, _found = make({"step": "rake", "controls": [keep({"dat-dai": 5000, "ho-tich": 20})]})
    code, told, ways = refused(database, app, run)
    assert code == "weights.exploding"
    assert "dat-dai" in told
    assert len(ways) == 3


def test_negative_weights_of_the_linear_distance(database, app, keep, make):
    """A margin that asks for far more here than there, by cells that overlap."""
    one = keep({"dat-dai": 36, "ho-tich": 4})
    other = keep({"phuong": 4, "xa": 36}, ("place.commune_kind",))
    run, _found = make({"step": "greg", "controls": [one, other], "largest_factor": 1000})
    assert refused(database, app, run)[0] == "weights.negative"


def test_bounds_that_leave_no_room(database, app, keep, make):
    of = keep({"dat-dai": 39, "ho-tich": 1})
    run, _found = make(
        {"step": "greg", "controls": [of], "distance": "logit", "bounds": [0.9, 1.1]}
    )
    assert refused(database, app, run)[0] in {
        "calibration-impossible", "calibration-not-converged",
    }  # fmt: skip


@pytest.mark.parametrize("distance", ["linear", "raking", "logit"])
def test_every_distance_meets_the_totals(keep, make, distance):
    of = keep({("dat-dai",): 16, ("ho-tich",): 14})
    step = {"step": "greg", "controls": [of], "distance": distance}
    if distance == "logit":
        step["bounds"] = [0.2, 5]
    run, found = make(UNKNOWN, BY_STRATUM, step)
    assert run.state == "made", run.failure
    assert [total["after"] for total in found.steps[2]["totals"]] == pytest.approx([16, 14])


def test_trimming_keeps_the_sum_and_meets_the_totals_again(keep, make):
    of = keep({"dat-dai": 24, "ho-tich": 14})
    run, found = make(
        BY_STRATUM, {"step": "rake", "controls": [of]}, {"step": "trim", "times_median": 1.05}
    )
    assert run.state == "made", run.failure
    assert [step["step"] for step in found.steps] == ["nonresponse", "rake", "trim", "restore"]
    assert found.summary["total"] == pytest.approx(38)
    assert [t["after"] for t in found.steps[3]["totals"]] == pytest.approx([24, 14])


@pytest.mark.parametrize(
    ("steps", "code"),
    [
        ([], "recipe.empty"),
        ([{"step": "magic"}], "recipe.step-unknown"),
        ([{"step": "trim", "upper": 3}], "recipe.key-unknown"),
        ([{"step": "trim", "times_median": "5"}], "recipe.value"),
        ([{"step": "trim", "times_median": 1}], "recipe.bounds"),
        ([{"step": "rake", "controls": []}], "recipe.key-missing"),
        ([{"step": "rake", "controls": ["a", "a"]}], "recipe.control-twice"),
        ([{"step": "propensity"}], "recipe.key-missing"),
        ([{"step": "greg", "controls": ["a"], "distance": "logit"}], "recipe.key-missing"),
        ([{"step": "greg", "controls": ["a"], "bounds": [2, 3]}], "recipe.bounds"),
        ([{"step": "trim"}, {"step": "unknown"}], "recipe.order"),
        ([{"step": "nonresponse"}, {"step": "propensity", "terms": ["x"]}], "recipe.order"),
        ([{"step": "unknown", "minimum": True}], "recipe.value"),
        ([{"step": "trim"}] * 21, "recipe.too-long"),
    ],
)
def test_recipes_that_are_refused(app, steps, code):
    with pytest.raises(RecipeRefusedError) as error:
        recipe.from_json({"steps": steps})
    assert error.value.code == code
    with app.app_context(), force_locale("vi"):
        assert weight_words.sentence(error.value.code, **error.value.context)


def test_a_recipe_is_the_same_from_toml_and_json():
    text = """
    [[steps]]
    step = "nonresponse"
    within = ["place.field"]

    [[steps]]
    step = "rake"
    controls = [1]
    """
    read = recipe.from_toml(text, lambda named: f"sha256:{named}")
    assert read.controls == ("sha256:1",)
    assert recipe.from_json(read.to_json()) == read


def test_a_column_nobody_knows_of_nonrespondents(database, app, closed, make):
    run, _found = make({"step": "nonresponse", "within": ["sex"]})
    code, told, _ways = refused(database, app, run)
    assert code == "recipe.column-unknown"
    assert "sex" in told


def test_a_run_is_cancelled_and_taken_up_again(database, settings, closed):
    wanted = recipe.from_json({"steps": [UNKNOWN]})
    with database.write() as db:
        run_id = runs.request(db, world.CODE, wanted, actor="lan", now=world.NOW)
    work = runs.WeightWork(database, settings)

    def stop():
        with database.write() as db:
            runs.cancel(db, run_id, actor="lan")

    assert work.make(run_id, stop) is None
    with database.read() as db:
        assert db.get_one(WeightRun, run_id).state == "cancelled"
        assert db.scalar(select(func.count()).select_from(WeightSet)) == 0
    assert work.make(run_id) is None
    with database.write() as db:
        runs.resume(db, run_id, actor="lan")
    assert work.make(run_id).number == 1
    with database.read() as db:
        assert db.get_one(WeightRun, run_id).state == "made"


def test_work_that_was_broken_off_is_begun_again(database, settings, closed):
    """As after a worker was killed between two steps: the same run ends as if nothing had been."""
    wanted = recipe.from_json({"steps": [UNKNOWN, BY_STRATUM]})
    with database.write() as db:
        run_id = runs.request(db, world.CODE, wanted, actor="lan", now=world.NOW)
    calls = []

    def die():
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt

    work = runs.WeightWork(database, settings)
    with pytest.raises(KeyboardInterrupt):
        work.make(run_id, die)
    with database.read() as db:
        assert db.get_one(WeightRun, run_id).state == "running"
    assert work.make(run_id).is_new


def test_one_run_at_a_time(database, closed):
    wanted = recipe.from_json({"steps": [UNKNOWN]})
    with database.write() as db:
        runs.request(db, world.CODE, wanted, actor="lan", now=world.NOW)
    with pytest.raises(ConflictError), database.write() as db:
        runs.request(db, world.CODE, wanted, actor="lan", now=world.NOW)
