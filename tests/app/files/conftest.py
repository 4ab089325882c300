"""A published round whose figures can be worked out by hand, and what makes its files."""

from datetime import UTC, datetime

import pytest
from flask_babel import force_locale

from app.result_files.files import Maker
from app.services import publishing, results, signing
from tests.app import builders, desk

NOW = datetime(2026, 7, 1, 2, 30, 15, tzinfo=UTC)


def publish(database, settings, make=desk.sampled_round, rows=None, **values):
    """Publish a round of the form "desk" and open its results."""
    with database.write() as db:
        province = builders.province(db)
        desk.communes(db, province)
        campaign = builders.campaign(db, province, **({"simulated": True} | values))
        code = make(db, campaign, rows).code
    with database.write() as db:
        publishing.publish(
            db, code, var_dir=settings.var_dir, code_version="1.2.3", actor="x", now=NOW,
            public=True,
        )  # fmt: skip
    with database.read() as db:
        return results.open_results(db, code, public_only=True)


@pytest.fixture
def sampled(database, settings):
    return publish(database, settings)


@pytest.fixture
def make(app, database, settings):
    """Makes a file of some results anew and returns where it is, with its account."""

    def made(found, wanted):
        with app.app_context(), database.read() as db:
            return Maker(db, settings, found).make(wanted, again=True)

    return made


@pytest.fixture
def table(app, database, settings):
    """Codes the answers of some results."""

    def coded(found, language="vi"):
        with app.app_context(), force_locale(language), database.read() as db:
            return Maker(db, settings, found).table(language)

    return coded


@pytest.fixture
def keys(settings):
    return {signing.public_key_of(settings.secret_key)}
