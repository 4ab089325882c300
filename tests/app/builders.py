"""Rows for tests: each builder adds one thing with plain defaults and returns it.

Every default can be given by name. Dates are wide, so the clock of the machine does not matter;
tests about dates give their own.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from uuid import uuid4

from sqlalchemy.orm import Session

from app.models import (
    Campaign,
    Counter,
    CounterAlias,
    Field,
    Frame,
    InstrumentVersion,
    MethodVersion,
    Publication,
    PublishedTally,
    Response,
    Round,
    ServiceCentre,
    Snapshot,
    Unit,
)
from app.names import search_key
from app.services import instruments, invitations
from surveys.instrument import catalogue
from surveys.instrument.load import read
from surveys.sampling.frame import frame_bytes

OWN = Path(__file__).parent / "instruments"
TINY = Path(__file__).parent.parent / "surveys" / "instruments"
LONG_AGO = date(2025, 7, 1)
FIRST_DAY = date(2026, 1, 1)
LAST_DAY = date(2099, 12, 31)
MADE_AT = datetime(2026, 1, 1, tzinfo=UTC)
FAR = datetime(2099, 12, 31, tzinfo=UTC)

_numbers = count(1)


def add(db: Session, row):
    db.add(row)
    db.flush()
    return row


def unit(db: Session, kind: str, code: str, name: str, **values) -> Unit:
    type_name, _, short_name = name.partition(" ")
    given = {
        "type_name": type_name,
        "short_name": short_name or name,
        "search_key": search_key(name),
        "valid_from": LONG_AGO,
    } | values
    return add(db, Unit(kind=kind, code=code, name=name, **given))


def province(db: Session, code: str = "22", name: str = "Tỉnh Quảng Ninh", **values) -> Unit:
    return unit(db, "province", code, name, **values)


def commune(
    db: Session, province: Unit, code: str = "06652", name: str = "Phường Hồng Gai", **values
) -> Unit:
    return unit(db, "commune", code, name, parent_id=province.id, **values)


def centre(db: Session, unit: Unit, code: str = "", **values) -> ServiceCentre:
    given = {
        "code": code or f"hcc-{unit.code}",
        "name": f"Trung tâm Phục vụ hành chính công {unit.type_name.lower()} {unit.short_name}",
        "level": unit.kind,
        "unit_id": unit.id,
        "valid_from": LONG_AGO,
    } | values
    return add(db, ServiceCentre(**given))


def field(db: Session, code: str = "ho-tich", name: str = "Hộ tịch") -> Field:
    return add(db, Field(code=code, name=name))


def counter(
    db: Session, centre: ServiceCentre, number: str = "05", code: str = "", **values
) -> Counter:
    given = {
        "code": code or f"{centre.code}-{number}",
        "centre_id": centre.id,
        "number": number,
        "name": "Tiếp nhận hồ sơ hộ tịch",
    } | values
    return add(db, Counter(**given))


def alias(db: Session, counter: Counter, code: str, printed_as: str) -> CounterAlias:
    return add(
        db,
        CounterAlias(
            code=code, counter_id=counter.id, printed_as=printed_as, replaced_on=date(2026, 3, 1)
        ),
    )


def campaign(db: Session, province: Unit, code: str = "qn-2026", **values) -> Campaign:
    given = {
        "code": code,
        "name": "Đo lường sự hài lòng năm 2026",
        "name_en": "Satisfaction survey 2026",
        "province_id": province.id,
        "created_at": MADE_AT,
    } | values
    return add(db, Campaign(**given))


def folder(name: str) -> Path:
    """Folder of a tiny test instrument, or else of one in the catalogue."""
    for place in (OWN / name, TINY / name):
        if place.is_dir():
            return place
    return catalogue.folder(name)


def instrument(db: Session, name: str = "scale") -> InstrumentVersion:
    """Publish a questionnaire by the name of its folder, or find it again."""
    return instruments.publish_instrument(db, read(folder(name)))


def method(db: Session, name: str = "scale") -> MethodVersion:
    """Publish the folder's method; tiny instruments have none and get a row without one."""
    path = folder(name) / "method.toml"
    if path.exists():
        made = instruments.instrument_of(instrument(db, name))
        return instruments.publish_method(db, path.read_text(encoding="utf-8"), made)
    number = str(next(_numbers))
    return add(
        db,
        MethodVersion(
            code=f"none-{name}",
            version=number,
            content_hash=f"sha256:none-{name}-{number}",
            text="",
            published_at=MADE_AT,
        ),
    )


def open_round(db: Session, campaign: Campaign, questionnaire: str = "scale", **values) -> Round:
    """Add a round that takes answers from whoever scans the code of a counter."""
    version = instrument(db, questionnaire)
    given = {
        "code": f"{campaign.code}-{next(_numbers)}",
        "name": "Đánh giá tại quầy",
        "name_en": "Ratings at the counter",
        "instrument_version_id": version.id,
        "method_version_id": method(db, questionnaire).id,
        "source": "open",
        "modes": ["web"],
        "population": "Người dân đã quét mã tại quầy",
        "population_en": "Visitors who scanned the code at the counter",
        "opens_on": FIRST_DAY,
        "closes_on": LAST_DAY,
        "state": "open",
        "created_at": MADE_AT,
        "campaign_id": campaign.id,
    } | values
    return add(db, Round(**given))


def sampled_round(db: Session, campaign: Campaign, questionnaire: str = "scale", **values) -> Round:
    """Add a round that takes answers of a probability sample, by one-time codes."""
    given = {"source": "sample", "name": "Điều tra mẫu", "name_en": "Sample survey"} | values
    return open_round(db, campaign, questionnaire, **given)


def invitation(db: Session, round_: Round, **values) -> invitations.Issued:
    """Issue a one-time code; in a sampled round with a design unless one is given."""
    given = {"expires_at": FAR} | values
    if round_.source == "sample":
        given = {"stratum": "phường", "psu": "06652", "base_weight": 12.5} | given
    return invitations.create(db, round_.id, **given)


def response(db: Session, round_: Round, answers: dict, **values) -> Response:
    """Add what one respondent answered, as it is stored once it was checked."""
    given = {
        "round_id": round_.id,
        "source": round_.source,
        "mode": "web",
        "language": "vi",
        "answers": answers,
        "answered_on": FIRST_DAY,
        "domains": {},
        "submission_key": uuid4(),
    }
    if round_.source == "sample":
        given |= {"stratum": "phường", "psu": "06652", "base_weight": 12.5}
    return add(db, Response(**given | values))


@dataclass
class Town:
    """A province, one centre in one commune, one counter, one campaign."""

    province: Unit
    commune: Unit
    centre: ServiceCentre
    counter: Counter
    campaign: Campaign


def town(db: Session) -> Town:
    """Add what stands around a round of one counter, whose code is ``hg-05``."""
    above = province(db)
    own = commune(db, above)
    place = centre(db, own)
    desk = counter(db, place, code="hg-05", field_id=field(db).id)
    return Town(above, own, place, desk, campaign(db, above))


def publication(db: Session, round_: Round, domains=(("", ""),), **values) -> Publication:
    """Add a publication of counts that nobody counted: of the index alone, in the domains named."""
    snapshot = add(
        db,
        Snapshot(
            round_id=round_.id, content_hash="sha256:x", file_name="x.parquet", n_rows=40,
            instrument_hash=round_.instrument_version.content_hash, code_version="1",
            made_at=MADE_AT,
        ),
    )  # fmt: skip
    given = {
        "round_id": round_.id,
        "number": 1,
        "snapshot_id": snapshot.id,
        "method_hash": round_.method_version.content_hash,
        "instrument_hash": round_.instrument_version.content_hash,
        "code_version": "1",
        "level": 0.95,
        "quality_rules": {"min_n": 30, "min_cell": 10, "max_half_width": 0.15},
        "published_by": "office@example.vn",
        "published_at": MADE_AT,
    } | values
    made = add(db, Publication(**given))
    for position, (kind, code) in enumerate(domains):
        add(
            db,
            PublishedTally(
                publication_id=made.id, position=position, is_node=True, subject="overall",
                domain_kind=kind, domain_code=code, domain_name=code, n=40, n_ratings=40,
                satisfied=30, neutral=6, dissatisfied=4, counts={}, value=0.75, suppressed=False,
                notes=[],
            ),
        )  # fmt: skip
    return made


def frozen_frame(
    db: Session, province: Unit, var_dir: Path, columns: dict, code: str = "ho-so", **values
) -> Frame:
    """Freeze a small frame: its canonical file is written where the program looks for it."""
    kind = values.pop("kind", "dossier")
    content = frame_bytes(kind, columns)
    digest = hashlib.sha256(content).hexdigest()
    (var_dir / "frames").mkdir(parents=True, exist_ok=True)
    (var_dir / "frames" / f"{digest}.csv").write_bytes(content)
    given = {
        "code": code,
        "name": "Hồ sơ đã trả kết quả năm 2026",
        "kind": kind,
        "province_id": province.id,
        "state": "frozen",
        "content_hash": digest,
        "file_name": f"{digest}.csv",
        "n_rows": len(columns["key"]),
        "created_by": "test",
        "created_at": MADE_AT,
        "frozen_by": "test",
        "frozen_at": MADE_AT,
    } | values
    return add(db, Frame(**given))
