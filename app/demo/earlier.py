"""The sampled round of the year before, simulated too, so that there is something to compare with.

It came from a file alone, as rounds do that were drawn before the program was there: no frame, no
cases, and so no weights but those of the file.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.config import Settings
from app.db import Database
from app.demo import fieldwork, province, sample_file
from app.demo.fieldwork import Respondent
from app.models import InstrumentVersion, MethodVersion, Publication, Round
from app.services import campaigns, publishing
from app.services.campaigns import RoundPlan
from app.services.imports import accounts
from app.services.imports.mapping import Columns
from app.services.imports.run import import_file
from surveys.instrument import catalogue

ROUND = "mau-nam-truoc-mo-phong"
FILE = "phieu-tra-loi-nam-truoc-mo-phong.xlsx"
YEAR = timedelta(days=365)
_SEED = 20_251_118
# So much lower than a year later, in points of a share; feedback was better.
_LOWER = {
    "access": 0.012,
    "procedures": 0.02,
    "officials": 0.025,
    "results": 0.0,
    "feedback": -0.01,
}
# Fewer dossiers were closed.
_SMALLER = 0.93
_TITLE = "DỮ LIỆU MÔ PHỎNG / SIMULATED DATA: đợt năm trước, không có người trả lời thật."


def is_published(database: Database) -> bool:
    """Whether the round is there with its publication."""
    with database.read() as db:
        found = select(Publication.id).join(Round, Publication.round_id == Round.id)
        return db.scalar(found.where(Round.code == ROUND)) is not None


def make(database: Database, settings: Settings, folder: Path, moment: datetime) -> None:
    """Make the round, import its simulated file, close and publish it; once done, do nothing."""
    if is_published(database):
        return
    then = moment - YEAR
    with database.read() as db:
        people = _a_year_before(fieldwork.respondents(db, settings.var_dir))
        is_there = db.scalar(select(Round.id).where(Round.code == ROUND)) is not None
    rates = {name: sample_file.BASE_2017[name] - less for name, less in _LOWER.items()}
    made = sample_file.simulate(catalogue.open_("sipas_2017"), people, _SEED, rates)
    sample_file.write_xlsx(folder / FILE, made, _TITLE)
    if not is_there:
        with database.write() as db:
            _open(db, then)
            batch = import_file(db, ROUND, folder / FILE, Columns(), by=province.ACTOR)
            account = accounts.account(db, batch)
            if account.state != "imported":
                raise TypeError(f"the simulated file was {account.state}: {account.groups}")
            campaigns.close_round(db, ROUND, actor=province.ACTOR)
    with database.write() as db:
        publishing.publish(
            db, ROUND, var_dir=settings.var_dir, code_version=settings.code_version,
            actor=province.ACTOR, now=then, public=True,
        )  # fmt: skip


def _open(db: Session, then: datetime) -> None:
    like = db.execute(
        select(InstrumentVersion.id, MethodVersion.id)
        .join(Round, Round.instrument_version_id == InstrumentVersion.id)
        .join(MethodVersion, Round.method_version_id == MethodVersion.id)
        .where(Round.code == province.SAMPLE_ROUND)
    ).one()
    plan = RoundPlan(
        code=ROUND,
        name=f"Khảo sát mẫu năm {then.year} (mô phỏng)",
        name_en=f"Sample survey of {then.year} (simulated)",
        instrument_version_id=like[0],
        method_version_id=like[1],
        source="sample",
        modes=["phone"],
        population=f"Người có hồ sơ được trả kết quả từ 01/01 đến 30/9/{then.year} tại các trung "
        "tâm phục vụ hành chính công của tỉnh Quảng Ninh (dân số mô phỏng).",
        population_en="People whose dossier was closed between 1 January and 30 September "
        f"{then.year} at a service centre of Quảng Ninh (simulated population).",
        opens_on=(then - timedelta(days=60)).date(),
        closes_on=then.date(),
        min_n=province.MIN_N,
    )
    campaigns.create_round(db, province.CAMPAIGN, plan, actor=province.ACTOR, now=then)
    campaigns.open_round(db, ROUND, actor=province.ACTOR, today=then.date())


def _a_year_before(people: Sequence[Respondent]) -> tuple[Respondent, ...]:
    """Other people of the same centres, drawn with the same plan from a shorter list."""
    return tuple(
        replace(person, psu=f"n{person.psu}", base_weight=person.base_weight * _SMALLER)
        for person in people
    )
