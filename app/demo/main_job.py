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
from app.models import Publication, Response, Round, WeightRun
from app.services import campaigns, publishing
from app.services.imports import accounts
from app.services.imports.mapping import Columns
from app.services.imports.run import import_file
from app.services.weighting import offers, runs
from surveys.instrument import catalogue

SAMPLE_XLSX = "phieu-tra-loi-mo-phong.xlsx"
SAMPLE_CSV = "phieu-tra-loi-mo-phong.csv"
# The margins of the frame that the weights of the demo are fitted to.
_MARGINS = (("field", "Hồ sơ theo lĩnh vực"), ("commune_kind", "Hồ sơ theo loại đơn vị cấp xã"))
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
    number = make_weights(database, settings, moment)
    with database.write() as db:
        publishing.publish(
            db,
            province.SAMPLE_ROUND,
            var_dir=settings.var_dir,
            code_version=settings.code_version,
            actor=province.ACTOR,
            now=moment,
            public=True,
            weight_set=number,
        )


def make_weights(database: Database, settings: Settings, moment: datetime) -> int:
    """Count the frame by field and kind of commune, and make the recommended weights.

    Returns
    -------
    int
        Their number.
    """
    with database.write() as db:
        round_ = db.scalars(select(Round).where(Round.code == province.SAMPLE_ROUND)).one()
        for column, name in _MARGINS:
            offers.count_frame(
                db, round_, [column], name=name, var_dir=settings.var_dir, actor=province.ACTOR,
                now=moment,
            )  # fmt: skip
        wanted = offers.recommended_for(db, round_, settings.var_dir)
        run_id = runs.request(db, round_.code, wanted, actor=province.ACTOR, now=moment)
    made = runs.WeightWork(database, settings).make(run_id)
    if made is None:
        with database.read() as db:
            raise TypeError(f"the weights were refused: {db.get_one(WeightRun, run_id).failure}")
    return made.number


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
