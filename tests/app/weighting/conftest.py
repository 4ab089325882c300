"""The small world of weights, and ways to make weights in it."""

import pytest

from app.models import WeightRun, WeightSet
from app.services.weighting import recipe, runs
from tests.app import builders
from tests.app.weighting import world


@pytest.fixture
def province(database):
    with database.write() as db:
        return builders.province(db).id


@pytest.fixture
def closed(database, settings, province):
    """A closed round with its draw, cases and answers."""
    with database.write() as db:
        world.build(db, db.get(builders.Unit, province), settings.var_dir)


@pytest.fixture
def make(database, settings):
    """Make weights by a recipe; the run and the set, if there is one."""

    def made(*steps):
        with database.write() as db:
            wanted = recipe.from_json({"steps": list(steps)})
            run_id = runs.request(db, world.CODE, wanted, actor="lan", now=world.NOW)
        runs.WeightWork(database, settings).make(run_id)
        with database.read() as db:
            run = db.get_one(WeightRun, run_id)
            found = None if run.weight_set_id is None else db.get_one(WeightSet, run.weight_set_id)
            db.expunge_all()
            return run, found

    return made
