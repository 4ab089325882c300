"""The product's main job on real input: a file of sampled answers becomes published rates."""

from datetime import datetime
from http import HTTPStatus
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import create_app
from app.config import Settings
from app.db import Database
from app.demo import fieldwork, province, sample_file
from app.models import Publication, Response, Round
from app.services import campaigns, publishing
from app.services.imports import accounts
from app.services.imports.mapping import Columns
from app.services.imports.run import import_file
from surveys.instrument import catalogue

SAMPLE_XLSX = "phieu-tra-loi-mo-phong.xlsx"
SAMPLE_CSV = "phieu-tra-loi-mo-phong.csv"
_TITLE = (
    "DỮ LIỆU MÔ PHỎNG / SIMULATED DATA: không có người trả lời thật; tạo ra bằng chương trình từ "
    f"một số ngẫu nhiên cố định ({sample_file.SEED})."
)


def is_imported(database: Database) -> bool:
    """Whether the sampled round has its answers."""
    with database.read() as db:
        round_id = _round_id(db)
        return bool(db.scalar(select(func.count()).where(Response.round_id == round_id).limit(1)))


def import_sample(database: Database, settings: Settings, folder: Path) -> None:
    """Write the simulated answers of those who were drawn, and import them like anybody's."""
    with database.read() as db:
        answered = fieldwork.respondents(db, settings.var_dir)
    table = sample_file.simulate(catalogue.open_("sipas_2017"), answered)
    sample_file.write_csv(folder / SAMPLE_CSV, table)
    sample_file.write_xlsx(folder / SAMPLE_XLSX, table, _TITLE)
    with database.write() as db:
        batch_id = import_file(
            db, province.SAMPLE_ROUND, folder / SAMPLE_XLSX, Columns(), by=province.ACTOR
        )
        account = accounts.account(db, batch_id)
        if account.state != "imported":
            raise TypeError(f"the simulated file was {account.state}: {account.groups}")


def is_published(database: Database) -> bool:
    """Whether the sampled round has its publication."""
    with database.read() as db:
        found = db.scalar(select(Publication.id).where(Publication.round_id == _round_id(db)))
    return found is not None


def publish(database: Database, settings: Settings, moment: datetime) -> None:
    """Close the sampled round and publish it to everybody; once done, do nothing."""
    if is_published(database):
        return
    with database.write() as db:
        campaigns.close_round(db, province.SAMPLE_ROUND, actor=province.ACTOR)
        publishing.publish(
            db,
            province.SAMPLE_ROUND,
            var_dir=settings.var_dir,
            code_version=settings.code_version,
            actor=province.ACTOR,
            now=moment,
            public=True,
        )


def write_files(settings: Settings, folder: Path) -> list[Path]:
    """Keep the files that everybody can download, as the site hands them out.

    Returns
    -------
    list of Path
        They and the simulated file that was imported.
    """
    site = create_app(settings).test_client()
    for form in ("xlsx", "csv"):
        answer = site.get(
            f"/ket-qua/{province.SAMPLE_ROUND}/tai-ve.{form}", base_url="http://127.0.0.1"
        )
        if answer.status_code != HTTPStatus.OK:
            raise RuntimeError(f"the {form} file was answered with {answer.status}")
        (folder / f"ket-qua-{province.SAMPLE_ROUND}.{form}").write_bytes(answer.data)
    return sorted(path for path in folder.iterdir() if path.suffix in (".xlsx", ".csv"))


def _round_id(db: Session) -> int:
    return db.scalars(select(Round.id).where(Round.code == province.SAMPLE_ROUND)).one()
