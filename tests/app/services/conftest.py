"""A province with one counter, as interviews need it."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest

from app.services import interview
from app.services.consent import consents
from tests.app import builders

TODAY = date(2026, 5, 4)
NOW = datetime(2026, 5, 4, 3, 0, tzinfo=UTC)


@dataclass
class Town:
    """A province, one centre in one commune, one counter, one campaign."""

    province: object
    commune: object
    centre: object
    counter: object
    campaign: object


@pytest.fixture
def town(database) -> Town:
    with database.write() as db:
        province = builders.province(db)
        commune = builders.commune(db, province)
        centre = builders.centre(db, commune)
        field = builders.field(db)
        counter = builders.counter(db, centre, code="hg-05", field_id=field.id)
        return Town(province, commune, centre, counter, builders.campaign(db, province))


def submission(opened, entered, **values) -> interview.Submission:
    agreed = consents(opened.instrument)[opened.instrument.languages[0]]
    given = interview.Submission(entered, agreed.language, agreed, uuid4())
    return replace(given, **values)
