"""Reads both maps of Vietnam, and how one became the other, from vietnamadminunits.

Only the package's data files are read; its code parses addresses and asks a web service.
"""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from importlib.util import find_spec
from math import asin, cos, radians, sin, sqrt
from pathlib import Path
from typing import Any

from app.names import clean, search_key

# The source does not say since when the units of the old map existed. The one day it is certain
# of is the map's last; see docs/adr/0004-units.md.
LEGACY_KNOWN_ON = date(2025, 6, 30)
# First day of 34 provinces with communes directly below them.
REFORM = date(2025, 7, 1)

TYPES: Mapping[str, tuple[str, ...]] = {
    "province": ("Thành phố", "Tỉnh"),
    "district": ("Thành phố", "Thị xã", "Quận", "Huyện"),
    "commune": ("Phường", "Xã", "Thị trấn", "Đặc khu"),
}
# A point farther than this from every unit the commune was made of is not the commune's.
FARTHEST_KM = 25.0


@dataclass(frozen=True, slots=True)
class UnitKey:
    """What tells units apart: official codes were used again after the reform."""

    kind: str
    code: str
    valid_from: date


@dataclass(frozen=True, slots=True)
class UnitRecord:
    """A unit as the source knows it. Points in degrees, area in square kilometres."""

    key: UnitKey
    name: str
    short_name: str
    type_name: str
    parent: UnitKey | None
    valid_to: date | None
    latitude: float | None = None
    longitude: float | None = None
    area_km2: float | None = None
    # Other and earlier names, without spaces and accents: the source keeps no more of them.
    aliases: tuple[str, ...] = ()

    @property
    def search_key(self) -> str:
        """Key of the name and, behind bars, of every alias."""
        return "|".join((search_key(self.name), *self.aliases))


@dataclass(frozen=True, slots=True)
class SuccessionRecord:
    """That a unit was followed, wholly or in part, by another."""

    predecessor: UnitKey
    successor: UnitKey
    whole: bool
    # The whole, or of a divided unit the part in which its middle lies.
    main: bool


@dataclass(frozen=True, slots=True)
class UnitMap:
    """Both maps and the way between them; parents stand before their children."""

    units: tuple[UnitRecord, ...]
    successions: tuple[SuccessionRecord, ...]

    def of_province(self, code: str) -> "UnitMap":
        """Keep one present province, its communes, and every unit that became part of it.

        The map is empty when no present province has the code.
        """
        now = {
            unit.key
            for unit in self.units
            if unit.key.kind == "province" and unit.key.code == code and unit.valid_to is None
        }
        chosen = {way.predecessor for way in self.successions if way.successor in now} | now
        for kind in ("district", "commune"):
            chosen |= {
                unit.key for unit in self.units if unit.key.kind == kind and unit.parent in chosen
            }
        if now:
            chosen.add(COUNTRY.key)
        return UnitMap(
            tuple(unit for unit in self.units if unit.key in chosen),
            tuple(way for way in self.successions if way.predecessor in chosen),
        )


COUNTRY = UnitRecord(
    UnitKey("country", "VN", LEGACY_KNOWN_ON),
    name="Cộng hòa xã hội chủ nghĩa Việt Nam",
    short_name="Việt Nam",
    type_name="Quốc gia",
    parent=None,
    valid_to=None,
)


def read_units(folder: Path | None = None) -> UnitMap:
    """Read both maps.

    Parameters
    ----------
    folder : Path, optional
        Where ``dataset.db`` and ``converter_2025.json`` are; the installed package's by default.
    """
    folder = folder or _package_data()
    connection = sqlite3.connect(f"{(folder / 'dataset.db').as_uri()}?mode=ro", uri=True)
    connection.row_factory = sqlite3.Row
    try:
        legacy = connection.execute("SELECT * FROM admin_units_legacy").fetchall()
        current = connection.execute("SELECT * FROM admin_units").fetchall()
    finally:
        connection.close()
    way = json.loads((folder / "converter_2025.json").read_text(encoding="utf-8"))

    old, new = _provinces(legacy, current, way["DICT_PROVINCE"])
    districts = _districts(legacy, old)
    ended = _old_communes(legacy, districts)
    communes = _new_communes(current, new)
    # Five island districts had no communes: the district as a whole became a special zone.
    ended_or_islands = ended | {
        f"{_district(row)}_": districts[_district(row)] for row in legacy if not row["ward"]
    }
    successions = tuple(_commune_successions(ended_or_islands, communes, way))
    units = (
        COUNTRY,
        *{record.key: record for record in (*old.values(), *new.values())}.values(),
        *districts.values(),
        *ended.values(),
        *_without_false_points(communes.values(), ended_or_islands.values(), successions),
    )
    return UnitMap(units, (*_province_successions(old, new, way["DICT_PROVINCE"]), *successions))


def _package_data() -> Path:
    found = find_spec("vietnamadminunits")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("vietnamadminunits")
    return Path(found.origin).parent / "data"


def _provinces(
    legacy: Sequence[sqlite3.Row],
    current: Sequence[sqlite3.Row],
    made_of: Mapping[str, Sequence[str]],
) -> tuple[dict[str, UnitRecord], dict[str, UnitRecord]]:
    """Provinces of the old and the new map; one that survived unchanged is the same in both."""
    old = {
        row["provinceKey"]: _record(row, "province", COUNTRY.key, LEGACY_KNOWN_ON, REFORM)
        for row in legacy
    }
    new = {row["provinceKey"]: _record(row, "province", COUNTRY.key, REFORM) for row in current}
    for key, record in new.items():
        before = old.get(key)
        if (
            before is not None
            and list(made_of[key]) == [key]
            and (before.key.code, before.name) == (record.key.code, record.name)
        ):
            new[key] = old[key] = replace(record, key=before.key)
    return old, new


def _districts(
    legacy: Sequence[sqlite3.Row], provinces: Mapping[str, UnitRecord]
) -> dict[str, UnitRecord]:
    return {
        _district(row): _record(
            row, "district", provinces[row["provinceKey"]].key, LEGACY_KNOWN_ON, REFORM
        )
        for row in legacy
    }


def _old_communes(
    legacy: Sequence[sqlite3.Row], districts: Mapping[str, UnitRecord]
) -> dict[str, UnitRecord]:
    return {
        f"{_district(row)}_{row['wardKey']}": _record(
            row, "commune", districts[_district(row)].key, LEGACY_KNOWN_ON, REFORM
        )
        for row in legacy
        if row["ward"]
    }


def _new_communes(
    current: Sequence[sqlite3.Row], provinces: Mapping[str, UnitRecord]
) -> dict[str, UnitRecord]:
    return {
        f"{row['provinceKey']}_{row['wardKey']}": replace(
            _record(row, "commune", provinces[row["provinceKey"]].key, REFORM),
            # The source writes 0 where it knows no area.
            area_km2=row["wardAreaKm2"] or None,
        )
        for row in current
    }


def _district(row: sqlite3.Row) -> str:
    return f"{row['provinceKey']}_{row['districtKey']}"


def _record(
    row: sqlite3.Row,
    kind: str,
    parent: UnitKey,
    valid_from: date,
    valid_to: date | None = None,
) -> UnitRecord:
    column = "ward" if kind == "commune" else kind
    name, short_name, type_name = _named(row[column], kind)
    alias = f"{column}Alias"
    return UnitRecord(
        UnitKey(kind, row[f"{column}Code"], valid_from),
        name=name,
        short_name=short_name,
        type_name=type_name,
        parent=parent,
        valid_to=valid_to,
        latitude=row[f"{column}Lat"],
        longitude=row[f"{column}Lon"],
        aliases=tuple(json.loads(row[alias] or "[]")),
    )


def _named(full: str, kind: str) -> tuple[str, str, str]:
    """Name, short name and type of a unit.

    The type is taken from the name: the source's column of types contradicts it in seven places.
    Its short names carry additions like "(Xã)", and a few types a stray capital: "Thị Trấn".
    """
    name = clean(full)
    for type_name in TYPES[kind]:
        if name.casefold().startswith(f"{type_name.casefold()} "):
            short_name = name[len(type_name) + 1 :]
            name = f"{type_name} {short_name}"
            return name, name if short_name.isdigit() else short_name, type_name
    raise ValueError(f"{full!r} begins with no type of {kind}")


def _province_successions(
    old: Mapping[str, UnitRecord],
    new: Mapping[str, UnitRecord],
    made_of: Mapping[str, Sequence[str]],
) -> Iterator[SuccessionRecord]:
    for key, parts in made_of.items():
        for part in parts:
            if old[part].key != new[key].key:
                yield SuccessionRecord(old[part].key, new[key].key, whole=True, main=True)


def _commune_successions(
    ended: Mapping[str, UnitRecord],
    communes: Mapping[str, UnitRecord],
    way: Mapping[str, Any],
) -> Iterator[SuccessionRecord]:
    for province, successors in way["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for commune, parts in successors.items():
            for part in parts:
                yield SuccessionRecord(
                    ended[part].key, communes[f"{province}_{commune}"].key, True, True
                )
    for province, divided in way["DICT_PROVINCE_WARD_DIVIDED"].items():
        for part, pieces in divided.items():
            for piece in pieces:
                yield SuccessionRecord(
                    ended[part].key,
                    communes[f"{province}_{piece['newWardKey']}"].key,
                    whole=False,
                    main=piece["isDefaultNewWard"],
                )


def _without_false_points(
    communes: Iterable[UnitRecord],
    ended: Iterable[UnitRecord],
    successions: Iterable[SuccessionRecord],
) -> Iterator[UnitRecord]:
    """Leave out points that lie far from every unit the commune was made of.

    Not for special zones: theirs are right, while the points of the island districts that they
    were are those of offices on the mainland.
    """
    points = {unit.key: unit for unit in ended}
    parts: dict[UnitKey, list[UnitRecord]] = defaultdict(list)
    for way in successions:
        parts[way.successor].append(points[way.predecessor])
    for commune in communes:
        far = all(_distance_km(commune, part) > FARTHEST_KM for part in parts[commune.key])
        if far and commune.type_name != "Đặc khu":
            yield replace(commune, latitude=None, longitude=None)
        else:
            yield commune


def _distance_km(one: UnitRecord, other: UnitRecord) -> float:
    """Distance on a sphere of the Earth's mean radius; infinite when a point is unknown."""
    if None in (one.latitude, one.longitude, other.latitude, other.longitude):
        return float("inf")
    first, second = radians(one.latitude or 0), radians(other.latitude or 0)
    along = radians((other.longitude or 0) - (one.longitude or 0))
    half = sin((second - first) / 2) ** 2 + cos(first) * cos(second) * sin(along / 2) ** 2
    return 2 * 6371.0 * asin(sqrt(half))
