"""Set the demo province up: units, centres, staff, campaign, rounds. Done once per database."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.config import ROOT
from app.models import Campaign
from app.queries import units as unit_queries
from app.services import accounts, campaigns, centre_file, instruments, units
from app.services.campaigns import RoundPlan
from app.services.unit_source import read_units

PROVINCE = "22"
ACTOR = "demo"
CAMPAIGN = "qn-mo-phong"
COUNTER_ROUND = "quay-mo-phong"
SAMPLE_ROUND = "mau-mo-phong"
# Two communes are smaller than a rate needs; the others have at least this many respondents.
MIN_N = 25
# Targets of the province's plan for administrative reform of 2018.
TARGETS_2018 = {
    "overall": 0.95,
    "access": 0.95,
    "procedures": 0.975,
    "officials": 0.97,
    "results": 0.985,
    "feedback": 0.955,
}
TARGET_SOURCE = "Kế hoạch cải cách hành chính năm 2018 của tỉnh Quảng Ninh"


@dataclass(frozen=True, slots=True)
class Account:
    """A demo account; the password is made for this installation and shown at every start."""

    email: str
    full_name: str
    role: str
    unit_code: str | None = None


ACCOUNTS = (
    Account("sonoivu@example.vn", "Tài khoản thử của Sở Nội vụ", "office"),
    Account("honggai@example.vn", "Tài khoản thử của phường Hồng Gai", "unit_viewer", "06685"),
    Account("giamsat@example.vn", "Tài khoản thử của đoàn giám sát", "supervisor"),
    Account("buudien@example.vn", "Tài khoản thử của Bưu điện tỉnh", "fieldwork"),
)


def is_set_up(db: Session) -> bool:
    """Whether the demo province is in this database."""
    return db.scalar(select(Campaign.id).where(Campaign.code == CAMPAIGN)) is not None


def set_up(db: Session, now: datetime, today: date) -> None:
    """Load units and centres, publish the questionnaires, make and open the rounds."""
    units.load(db, read_units().of_province(PROVINCE))
    text = (ROOT / "app" / "demo" / "quang_ninh.toml").read_text(encoding="utf-8")
    centre_file.load_centres(db, centre_file.read(text), on=today, actor=ACTOR)
    province = unit_queries.by_code(db, "province", PROVINCE, today)
    campaigns.create_campaign(
        db,
        code=CAMPAIGN,
        name="Đo lường sự hài lòng của người dân tỉnh Quảng Ninh (mô phỏng)",
        name_en="Satisfaction of citizens of Quảng Ninh (simulated)",
        province_id=province.id,
        simulated=True,
        actor=ACTOR,
        now=now,
    )
    _counter_round(db, now, today)
    _sample_round(db, now, today)


def _counter_round(db: Session, now: datetime, today: date) -> None:
    instrument, method = instruments.publish_catalogue(db, "counter_2026")
    plan = RoundPlan(
        code=COUNTER_ROUND,
        name="Đánh giá tại quầy bằng mã QR (mô phỏng)",
        name_en="Ratings at the counter by QR code (simulated)",
        instrument_version_id=instrument.id,
        method_version_id=method.id,
        source="open",
        modes=["web", "kiosk", "paper"],
        population="Người tự nguyện quét mã QR tại quầy; không đại diện cho mọi người dân.",
        population_en="People who chose to scan the code at a counter; not all citizens.",
        opens_on=today - timedelta(days=30),
        closes_on=today + timedelta(days=365),
        min_n=MIN_N,
    )
    campaigns.create_round(db, CAMPAIGN, plan, actor=ACTOR, now=now)
    campaigns.open_round(db, COUNTER_ROUND, actor=ACTOR, today=today)


def _sample_round(db: Session, now: datetime, today: date) -> None:
    instrument, method = instruments.publish_catalogue(db, "sipas_2017")
    plan = RoundPlan(
        code=SAMPLE_ROUND,
        name="Khảo sát mẫu ngẫu nhiên từ danh sách hồ sơ (mô phỏng)",
        name_en="Random sample of closed dossiers (simulated)",
        instrument_version_id=instrument.id,
        method_version_id=method.id,
        source="sample",
        modes=["phone"],
        population="Người có hồ sơ được trả kết quả từ 01/01 đến 30/9/2026 tại các trung tâm phục "
        "vụ hành chính công của tỉnh Quảng Ninh (dân số mô phỏng).",
        population_en="People whose dossier was closed between 1 January and 30 September 2026 at "
        "a service centre of Quảng Ninh (simulated population).",
        opens_on=today - timedelta(days=60),
        closes_on=today,
        min_n=MIN_N,
    )
    campaigns.create_round(db, CAMPAIGN, plan, actor=ACTOR, now=now)
    campaigns.set_targets(db, SAMPLE_ROUND, TARGETS_2018, source=TARGET_SOURCE, actor=ACTOR)
    campaigns.open_round(db, SAMPLE_ROUND, actor=ACTOR, today=today)


def add_staff(db: Session, now: datetime, keep_in: Path) -> None:
    """Make the demo accounts with a password of this installation's own, kept in a file."""
    password = f"mo-phong-{secrets.token_urlsafe(9)}"
    for account in ACCOUNTS:
        accounts.add(
            db,
            account.email,
            full_name=account.full_name,
            role=account.role,
            password=password,
            actor=ACTOR,
            now=now,
            unit_code=account.unit_code,
        )
    keep_in.touch(mode=0o600)
    keep_in.write_text(password)
