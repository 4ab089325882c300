"""A sampled round of a small questionnaire that has an item of every kind."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select, text

from app.db import Database
from app.models import Unit
from app.services import instruments
from app.services.imports import accounts
from app.services.imports.accounts import Account
from app.services.imports.mapping import Columns
from app.services.imports.problems import CellProblem
from app.services.imports.rounds import ImportRound, import_round
from app.services.imports.run import import_file
from surveys.instrument.load import read
from tests.app import builders
from tests.app.imports.files import VISIT

ROUND = "qn-2026-mau"


@pytest.fixture(autouse=True)
def empty_queue(database: Database) -> None:
    """No job of another test is left; the queue is not among the tables emptied by `database`."""
    with database.write() as db:
        db.execute(text("TRUNCATE procrastinate.procrastinate_jobs CASCADE"))
        db.execute(text("TRUNCATE procrastinate.procrastinate_workers CASCADE"))


@pytest.fixture
def target(database: Database) -> ImportRound:
    """The round, with one commune, one centre, two counters and one field."""
    with database.write() as db:
        province = db.scalar(select(Unit).where(Unit.kind == "province")) or builders.province(db)
        commune = db.scalar(select(Unit).where(Unit.kind == "commune")) or builders.commune(
            db, province
        )
        centre = builders.centre(db, commune)
        builders.counter(db, centre)
        builders.counter(db, builders.centre(db, province), "01")
        builders.field(db)
        version = instruments.publish_instrument(db, read(VISIT))
        campaign = builders.campaign(db, province)
        builders.sampled_round(
            db, campaign, code=ROUND, instrument_version_id=version.id, modes=["tablet", "paper"]
        )
    with database.read() as db:
        return import_round(db, ROUND)


Import = Callable[..., Account]


@pytest.fixture
def import_(database: Database, target: ImportRound) -> Import:
    """Import a file and read its account. The mode is fixed unless a mapping is given."""

    def run(path: Path, columns: Columns | None = None) -> Account:
        with database.write() as db:
            batch = import_file(
                db, ROUND, path, columns or Columns(fixed={"mode": "tablet"}), by="test"
            )
        with database.read() as db:
            return accounts.account(db, batch)

    return run


@pytest.fixture
def problems_of(database: Database) -> Callable[[Account], list[tuple]]:
    """Problems of an account as tuples: row, column, value, code."""

    def read_problems(account: Account) -> list[tuple]:
        with database.read() as db:
            found: tuple[CellProblem, ...] = accounts.listed_problems(db, account.id)
        return [(each.row, each.column, each.value, each.code) for each in found]

    return read_problems
