"""A simulated list of closed dossiers, as the one-stop system of a province would export it.

Numbers, people and telephone numbers are invented; only communes, centres, fields and procedures
are those of the demo province. The list has a few blemishes of real ones: dossiers listed twice,
and results returned after the period.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Field, Procedure, ServiceCentre, Unit

SEED = 20_260_930
N_DOSSIERS = 200_000
FIRST, LAST = date(2026, 1, 1), date(2026, 9, 30)
HEADER = (
    "Mã hồ sơ", "Tên thủ tục hành chính", "Lĩnh vực", "Nơi tiếp nhận", "Cơ quan giải quyết",
    "Ngày tiếp nhận", "Ngày hẹn trả", "Ngày trả kết quả", "Hình thức nộp", "Đối tượng",
    "Số điện thoại", "Nơi cư trú",
)  # fmt: skip
_PROVINCE_SHARE = 0.22
_LATE = 0.06
_AFTER_PERIOD = 0.002
_TWICE = 0.001
_PEOPLE_PER_DOSSIER = 0.8
_CHANNELS = ("Trực tiếp", "Trực tuyến", "Bưu chính")
_CHANNEL_SHARES = (0.46, 0.49, 0.05)
# Share of a commune's weight in the dossiers, by kind of commune: invented.
_WEIGHTS = {"Phường": (2.0, 5.0), "Xã": (0.6, 2.0), "Đặc khu": (0.25, 0.6)}


@dataclass(frozen=True, slots=True)
class Place:
    """A centre that receives dossiers, with the commune it lies in."""

    centre: str
    level: str
    commune: str
    type_name: str


@dataclass(frozen=True, slots=True)
class Work:
    """A procedure and its field, by their names."""

    procedure: str
    field: str


def places(db: Session) -> tuple[Place, ...]:
    """Centres of the demo province by code."""
    rows = db.execute(
        select(ServiceCentre.name, ServiceCentre.level, Unit.name, Unit.type_name)
        .join(Unit, ServiceCentre.unit_id == Unit.id)
        .order_by(ServiceCentre.code)
    )
    return tuple(Place(*row) for row in rows)


def works(db: Session) -> tuple[Work, ...]:
    """Procedures of the demo province by code."""
    rows = db.execute(
        select(Procedure.name, Field.name)
        .join(Field, Procedure.field_id == Field.id)
        .order_by(Procedure.code)
    )
    return tuple(Work(*row) for row in rows)


def write_lists(folder: Path, at: Sequence[Place], of: Sequence[Work]) -> tuple[Path, Path]:
    """Write the lists of the provincial centre and of the communes as CSV.

    Returns
    -------
    tuple of Path
        Together they hold `N_DOSSIERS` dossiers and some more lines that repeat one.
    """
    generator = np.random.default_rng(SEED)
    province = [place for place in at if place.level == "province"]
    communes = [place for place in at if place.level == "commune"]
    n_province = round(N_DOSSIERS * _PROVINCE_SHARE)
    residence = [place.commune for place in communes]
    files = (folder / "ho-so-trung-tam-tinh.csv", folder / "ho-so-cap-xa.csv")
    numbers = (n_province, N_DOSSIERS - n_province)
    for path, group, n, prefix in zip(
        files, (province, communes), numbers, ("T", "X"), strict=True
    ):
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(HEADER)
            writer.writerows(_rows(group, of, residence, n, prefix, generator))
    return files


def _rows(
    group: Sequence[Place],
    of: Sequence[Work],
    residence: Sequence[str],
    n: int,
    prefix: str,
    generator: np.random.Generator,
) -> Iterator[tuple[str, ...]]:
    place = generator.choice(len(group), n, p=_shares(group, generator))
    work = generator.choice(len(of), n, p=generator.dirichlet(np.full(len(of), 1.5)))
    span = (LAST - FIRST).days + 1
    returned = np.sort(generator.integers(0, span, n))
    returned[generator.random(n) < _AFTER_PERIOD] += span
    took = 1 + generator.poisson(6, n)
    allowed = np.where(generator.random(n) < _LATE, np.maximum(took - 2, 1), took + 2)
    channel = generator.choice(_CHANNELS, n, p=_CHANNEL_SHARES)
    person = generator.integers(0, round(n * _PEOPLE_PER_DOSSIER), n)
    home = np.where(
        generator.random(n) < 0.85,
        place % len(residence),
        generator.integers(len(residence), size=n),
    )
    twice = generator.random(n) < _TWICE
    for row in range(n):
        received = FIRST + timedelta(int(returned[row] - took[row]))
        line = (
            f"H49.{prefix}-{received:%y%m%d}-{row + 1:06d}",
            of[work[row]].procedure,
            of[work[row]].field,
            group[place[row]].centre,
            group[place[row]].centre,
            f"{received:%d/%m/%Y}",
            f"{received + timedelta(int(allowed[row])):%d/%m/%Y}",
            f"{FIRST + timedelta(int(returned[row])):%d/%m/%Y}",
            str(channel[row]),
            "Tổ chức" if person[row] % 9 == 0 else "Cá nhân",
            # No telephone number begins with four zeros.
            f"0000{prefix == 'X':d}{person[row]:06d}",
            residence[home[row]],
        )
        yield line
        if twice[row]:
            yield line


def _shares(group: Sequence[Place], generator: np.random.Generator) -> NDArray[np.float64]:
    weights = np.array(
        [generator.uniform(*_WEIGHTS.get(place.type_name, (1, 2))) for place in group]
    )
    shares: NDArray[np.float64] = weights / weights.sum()
    return shares
