import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from app.errors import ConflictError
from app.models import InstrumentVersion, MethodVersion
from app.services import instruments
from surveys.instrument import catalogue


def files_of(name):
    return {path.name: path.read_text() for path in catalogue.folder(name).glob("*.toml")}


@pytest.mark.parametrize("name", catalogue.names())
def test_a_published_catalogue_instrument_is_the_one_in_the_catalogue(database, name):
    with database.write() as db:
        version, method_version = instruments.publish_catalogue(db, name)
    instrument = instruments.instrument_of(version)
    assert instrument == catalogue.open_(name)
    method = instruments.method_of(method_version, instrument)
    assert method.instrument == instrument.code


def test_publishing_the_same_content_again_makes_no_new_version(database):
    for _ in range(2):
        with database.write() as db:
            instruments.publish_catalogue(db, "counter_2026")
    with database.read() as db:
        assert db.scalar(select(func.count()).select_from(InstrumentVersion)) == 1
        assert db.scalar(select(func.count()).select_from(MethodVersion)) == 1


def test_a_new_wording_needs_a_new_version(database):
    files = files_of("counter_2026")
    with database.write() as db:
        instruments.publish_instrument(db, files)
    changed = dict(files, **{"vi.toml": files["vi.toml"].replace("Hài lòng", "Ưng ý", 1)})
    assert changed != files
    with pytest.raises(ConflictError, match="version-taken"), database.write() as db:
        instruments.publish_instrument(db, changed)


def test_the_database_refuses_to_change_a_published_version(database):
    with database.write() as db:
        instruments.publish_catalogue(db, "counter_2026")
    with pytest.raises(IntegrityError, match="never changed"), database.write() as db:
        db.execute(text("UPDATE instrument_version SET version = '2'"))
    with pytest.raises(IntegrityError, match="never changed"), database.write() as db:
        db.execute(text("DELETE FROM method_version"))
