"""A frozen frame of dossiers, a plan for it, and a round that a sample is drawn for."""

from datetime import UTC, datetime

import numpy as np
import pytest

from app.models import Round
from app.services.draws import announce, perform
from app.services.draws.perform import Seed
from app.services.sampling import plans
from tests.app import builders
from tests.app.draws import frozen

OFFICE, OTHER = "lan@quangninh.gov.vn", "giamsat@quangninh.gov.vn"
NOW = datetime(2026, 11, 20, 2, 30, tzinfo=UTC)
WITNESSES = (
    {"name": "Người thứ nhất", "position": "Ủy viên", "organisation": "Ủy ban MTTQ tỉnh"},
    {"name": "Người thứ hai", "position": "Hội viên", "organisation": "Hội Cựu chiến binh tỉnh"},
)
SEED = Seed("4 6 1 1 3 5 2 6 1 4", "Mười lần gieo xúc xắc", "Phòng họp số 2", WITNESSES)


@pytest.fixture
def var_dir(settings):
    return settings.var_dir


@pytest.fixture
def things(database, staff, var_dir):
    """Frame 'ho-so', round 'mau', and one plan; the ids of the frame and of the plan."""
    generator = np.random.default_rng(5)
    with database.write() as db:
        province = frozen.the_province(db)
        frame = builders.frozen_frame(db, province, var_dir, frozen.dossiers(generator, 600))
        campaign = builders.campaign(db, province)
        builders.add(db, round_of(db, campaign))
        plan = plans.create(db, "ho-so", "Chọn mẫu 2026", var_dir=var_dir, actor=OFFICE, now=NOW)
        return frame.id, plan.id


def round_of(db, campaign, code="mau", **values):
    given = {
        "code": code, "campaign_id": campaign.id, "name": "Khảo sát mẫu", "name_en": "Sample",
        "instrument_version_id": builders.instrument(db, "counter_2026").id,
        "method_version_id": builders.method(db, "counter_2026").id, "source": "sample",
        "modes": ["phone"], "population": "Người dân", "population_en": "People",
        "opens_on": builders.FIRST_DAY, "closes_on": builders.LAST_DAY, "state": "draft",
        "created_at": builders.MADE_AT,
    } | values  # fmt: skip
    return Round(**given)


@pytest.fixture
def announced(database, things, var_dir):
    with database.write() as db:
        return announce.request(db, "mau", things[1], var_dir=var_dir, actor=OFFICE, now=NOW).id


@pytest.fixture
def carry_out(database, settings, var_dir):
    def draw(draw_id, seed=SEED, **values):
        with database.write() as db:
            given = {
                "var_dir": var_dir, "secret_key": settings.secret_key, "code_version": "0.1.0",
                "actor": OFFICE, "now": NOW,
            } | values  # fmt: skip
            return perform.draw(db, draw_id, seed, **given).id

    return draw


@pytest.fixture
def drawn(announced, carry_out):
    return carry_out(announced)
