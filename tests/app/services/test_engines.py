"""A publication is worked out again by the arithmetic it was made with."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from app.models import Publication, Snapshot
from app.services import estimation, publishing, snapshots
from tests.app import builders, desk

NOW = datetime(2026, 7, 1, tzinfo=UTC)


@pytest.fixture
def published(database, settings, monkeypatch):
    """Publish the hand-countable sample by one engine or the other."""

    def publish(engine):
        monkeypatch.setattr(estimation, "ENGINE", engine)
        with database.write() as db:
            province = builders.province(db)
            desk.communes(db, province)
            desk.sampled_round(db, builders.campaign(db, province))
        with database.write() as db:
            publishing.publish(
                db, "mau-2026", var_dir=settings.var_dir, code_version="1", actor="a", now=NOW
            )
        monkeypatch.undo()

    return publish


@pytest.mark.parametrize("engine", [estimation.ROWS, estimation.COUNTS])
def test_each_engine_verifies_what_it_made(database, settings, published, engine):
    published(engine)
    with database.read() as db:
        assert db.scalars(select(Publication.engine)).one() == engine
        found = publishing.verify(db, "mau-2026", var_dir=settings.var_dir)
    assert found.holds
    assert found.n_figures > 0


def test_snapshots_of_before_are_checked_row_by_row(database, settings, published):
    published(estimation.COUNTS)
    with database.read() as db:
        taken = db.scalars(select(Snapshot)).one()
        db.expunge(taken)
    assert taken.file_hash is not None
    taken.file_hash = None
    assert len(snapshots.read_taken(taken, settings.var_dir).rows) == taken.n_rows
