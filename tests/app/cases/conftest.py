"""A drawn sample of dossiers in the database."""

import pytest
from sqlalchemy import select

from app.models import SampleCase
from app.services.cases import recording
from app.services.cases.recording import Happened
from tests.app import builders
from tests.app.cases import samples
from tests.app.cases.samples import ASKER, MONDAY, NOW


@pytest.fixture
def draw(database):
    """Id of a draw of 8 cases and 4 reserves in two communes."""
    with database.write() as db:
        province = builders.province(db)
        for code, name in samples.COMMUNES:
            builders.commune(db, province, code, name)
        return samples.sample(db, province).id


@pytest.fixture
def case_of(database, draw):
    """Read a case by its number."""

    def find(number):
        with database.read() as db:
            return db.scalars(
                select(SampleCase).where(SampleCase.draw_id == draw, SampleCase.number == number)
            ).one()

    return find


@pytest.fixture
def record(database, draw, case_of):
    """Record what happened to a case, as it is now."""

    def write(number, disposition, *, mode="visit", at=MONDAY, now=NOW, **values):
        what = Happened(disposition, mode, at, values.pop("appointment_at", None),
                        values.pop("note", None))  # fmt: skip
        version = values.pop("version", None) or case_of(number).version
        with database.write() as db:
            recording.record(
                db, draw, number, version=version, what=what, actor=ASKER, now=now
            )  # fmt: skip

    return write
