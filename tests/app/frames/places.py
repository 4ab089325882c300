"""The register of Quảng Ninh as the office has it, without a database."""

from datetime import date
from functools import lru_cache

from app.queries.frames import KnownCentre, KnownUnit, KnownWay, PlaceFacts
from app.services.frames.places import Places
from app.services.unit_source import REFORM, UnitMap, read_units

LATE = date(2026, 9, 30)
EARLY = date(2025, 6, 30)


@lru_cache
def province_map() -> UnitMap:
    """Both maps of Quảng Ninh."""
    return read_units().of_province("22")


@lru_cache
def facts() -> PlaceFacts:
    """Both maps of the province, a centre in every present commune and one of the province."""
    source = province_map()
    ids = {unit.key: number for number, unit in enumerate(source.units, start=1)}
    units = [
        KnownUnit(
            ids[unit.key], unit.key.kind, unit.key.code, unit.name, unit.short_name,
            unit.type_name, ids.get(unit.parent) if unit.parent else None, unit.key.valid_from,
            unit.valid_to,
        )
        for unit in source.units
        if unit.key.kind != "country"
    ]  # fmt: skip
    province = next(unit for unit in units if unit.kind == "province")
    ways = tuple(
        KnownWay(ids[way.predecessor], ids[way.successor], REFORM, way.whole, way.main)
        for way in source.successions
    )
    centres = [
        KnownCentre(
            f"hcc-{unit.code}",
            f"Trung tâm Phục vụ hành chính công {unit.type_name.lower()} {unit.short_name}",
            "commune",
            unit.id,
        )
        for unit in units
        if unit.kind == "commune" and unit.valid_to is None
    ]
    own = KnownCentre(
        "hcc-22", "Trung tâm Phục vụ hành chính công tỉnh Quảng Ninh", "province", province.id
    )
    agency = KnownUnit(
        999, "agency", "so-yt", "Sở Y tế", "Sở Y tế", "Sở", province.id, date(2000, 1, 1), None
    )
    return PlaceFacts(province, (*units, agency), ways, (own, *centres))


def register(on: date = LATE) -> Places:
    return Places(facts(), on)
