"""A province with one counter, as interviews need it."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest

from app.services import interview
from app.services.consent import consents
from app.services.mixing import keys
from app.services.mixing.shelf import KeyShelf
from app.services.mixing.work import Mixer
from tests.app import builders

TODAY = date(2026, 5, 4)
NOW = datetime(2026, 5, 4, 3, 0, tzinfo=UTC)


@pytest.fixture
def shelf(settings) -> KeyShelf:
    return KeyShelf(settings.spool_keys)


@pytest.fixture
def key(database, shelf) -> keys.PublicKey:
    """The key that seals what is handed in."""
    with database.write() as db:
        return keys.make(db, shelf, NOW)


@pytest.fixture
def mixer(database, settings) -> Mixer:
    return Mixer(database, settings)


@pytest.fixture
def town(database, key) -> builders.Town:
    with database.write() as db:
        return builders.town(db)


def submission(opened, entered, **values) -> interview.Submission:
    agreed = consents(opened.instrument)[opened.instrument.languages[0]]
    given = interview.Submission(entered, agreed.language, agreed, uuid4())
    return replace(given, **values)
