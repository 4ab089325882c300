from collections import Counter
from datetime import date

import pytest
from sqlalchemy import func, select

from app.cli.units import load_units
from app.errors import NotFoundError
from app.models import Unit, UnitSuccession
from app.queries import units as queries
from app.services import units
from app.services.unit_source import (
    LEGACY_KNOWN_ON,
    REFORM,
    UnitKey,
    read_units,
)

BEFORE, AFTER = date(2025, 6, 30), date(2026, 11, 20)


@pytest.fixture(scope="module")
def source():
    return read_units()


@pytest.fixture
def quang_ninh(database, source):
    with database.write() as db:
        units.load(db, source.of_province("22"))
    with database.read() as db:
        yield db


def named(found):
    return [unit.name for unit in found]


def now(kind, source, **wanted):
    return [
        unit
        for unit in source.units
        if unit.key.kind == kind
        and unit.valid_to is None
        and all(getattr(unit, name) == value for name, value in wanted.items())
    ]


# What the resolutions say, against what the package holds.


def test_the_country_has_34_provinces_and_3321_communes(source):
    assert len(now("province", source)) == 34
    assert Counter(unit.type_name for unit in now("commune", source)) == {
        "Xã": 2621,
        "Phường": 687,
        "Đặc khu": 13,
    }
    assert not now("district", source)


def test_the_old_map_has_63_provinces_696_districts_and_10035_communes(source):
    ended = Counter(unit.key.kind for unit in source.units if unit.key.valid_from < REFORM)
    assert ended == {"country": 1, "province": 63, "district": 696, "commune": 10035}


def test_eleven_provinces_are_the_same_unit_in_both_maps(source):
    same = {unit.short_name for unit in now("province", source) if unit.key.valid_from < REFORM}
    assert same == {
        "Cao Bằng", "Điện Biên", "Hà Nội", "Hà Tĩnh", "Huế", "Lai Châu", "Lạng Sơn", "Nghệ An",
        "Quảng Ninh", "Sơn La", "Thanh Hóa",
    }  # fmt: skip


def test_a_province_that_took_in_others_is_a_new_unit_even_under_its_old_code_and_name(source):
    old = UnitKey("province", "08", LEGACY_KNOWN_ON)
    new = UnitKey("province", "08", REFORM)
    made_of = {way.predecessor.code for way in source.successions if way.successor == new}
    assert made_of == {"02", "08"}
    assert next(unit for unit in source.units if unit.key == old).valid_to == REFORM


def test_every_commune_has_its_place_in_the_reform(source):
    onward, reached = Counter(), Counter()
    for way in source.successions:
        onward[way.predecessor] += 1
        reached[way.successor] += 1
    for unit in source.units:
        if unit.key.kind == "commune":
            counts = onward if unit.valid_to else reached
            assert counts[unit.key] >= 1, unit
    mains = Counter(way.predecessor for way in source.successions if way.main)
    assert set(mains.values()) == {1}
    assert mains.keys() == onward.keys()
    assert all(way.whole == (onward[way.predecessor] == 1) for way in source.successions)


def test_no_commune_crossed_into_another_present_province(source):
    province_of = {unit.key: unit.parent for unit in source.units}
    went = {}
    for way in source.successions:
        if way.successor.kind == "commune":
            old = way.predecessor
            while old.kind != "province":
                old = province_of[old]
            went.setdefault(old, set()).add(province_of[way.successor])
    assert len(went) == 63
    assert all(len(provinces) == 1 for provinces in went.values())


def test_names_are_whole_and_distinct_within_their_place(source):
    seen = Counter(
        (unit.parent, unit.key.kind, unit.key.valid_from, unit.name) for unit in source.units
    )
    assert max(seen.values()) == 1
    assert all(unit.name.endswith(unit.short_name) for unit in source.units if unit.parent)
    assert not [unit for unit in source.units if "(" in unit.name or "  " in unit.name]


def test_the_type_comes_from_the_name_where_the_source_contradicts_itself(source):
    types = {
        unit.name: unit.type_name for unit in source.units if unit.key.code in ("10543", "11848")
    }
    assert types["Phường Việt Hòa"] == "Phường"
    assert types["Xã Vĩnh Hòa"] == "Xã"


def test_a_point_far_from_every_part_of_a_commune_is_left_out(source):
    places = {unit.name: unit for unit in now("commune", source, parent=_province(source, "22"))}
    assert len(places) == 54
    unknown = {name for name, unit in places.items() if unit.latitude is None}
    assert unknown == {"Xã Vĩnh Thực", "Xã Cái Chiên"}
    special = [unit for unit in now("commune", source) if unit.type_name == "Đặc khu"]
    assert all(unit.latitude is not None for unit in special)


def _province(source, code):
    return next(unit.key for unit in now("province", source) if unit.key.code == code)


def test_the_map_of_one_province_holds_everything_that_became_part_of_it(source):
    chosen = source.of_province("19")
    provinces = {unit.name for unit in chosen.units if unit.key.kind == "province"}
    assert provinces == {"Tỉnh Thái Nguyên", "Tỉnh Bắc Kạn"}
    keys = {unit.key for unit in chosen.units}
    assert all(unit.parent in keys for unit in chosen.units if unit.parent)
    assert all({way.predecessor, way.successor} <= keys for way in chosen.successions)


def test_a_province_that_is_gone_has_no_map(source):
    assert source.of_province("02").units == ()
    assert source.of_province("02").successions == ()


# Loading.


def test_loading_a_province_twice_changes_nothing(database, source):
    chosen = source.of_province("22")
    with database.write() as db:
        first = units.load(db, chosen)
        rows = db.execute(select(Unit.__table__).order_by(Unit.id)).all()
    with database.write() as db:
        again = units.load(db, chosen)
        assert db.execute(select(Unit.__table__).order_by(Unit.id)).all() == rows
    assert (first.added, first.successions) == (1 + 1 + 13 + 171 + 54, 184)
    assert (again.added, again.changed, again.unchanged, again.successions) == (0, 0, 240, 0)


def test_loading_mends_what_differs_from_the_source(database, source):
    chosen = source.of_province("22")
    with database.write() as db:
        units.load(db, chosen)
        unit = db.scalar(
            select(Unit).where(Unit.name == "Phường Hồng Gai", Unit.valid_to.is_(None))
        )
        unit.area_km2 = 1.0
        way = db.scalar(
            select(UnitSuccession).where(UnitSuccession.successor_id == unit.id).limit(1)
        )
        way.whole = False
        db.flush()
        mended = units.load(db, chosen)
        db.refresh(unit)
        assert unit.area_km2 == 5.0
    assert (mended.added, mended.changed, mended.successions) == (0, 1, 1)


def test_the_whole_country_loads_and_then_stays(database, source):
    with database.write() as db:
        first = units.load(db, source)
        assert db.scalar(select(func.count()).select_from(Unit)) == len(source.units) == first.added
        again = units.load(db, source)
    assert first.successions == len(source.successions)
    assert (again.added, again.changed, again.successions) == (0, 0, 0)


def test_the_command_loads_a_province_and_says_what_it_did(app, database):
    done = app.test_cli_runner().invoke(load_units, ["--province", "22"])
    assert done.exit_code == 0, done.output
    assert "240 added" in done.output
    with database.read() as db:
        assert len(queries.valid_on(db, AFTER, kind="commune")) == 54


@pytest.mark.parametrize("arguments", [[], ["--all", "--province", "22"], ["--province", "02"]])
def test_the_command_asks_for_one_present_province_or_all(app, arguments):
    assert app.test_cli_runner().invoke(load_units, arguments).exit_code == 2


# Reading.


def test_a_code_means_another_unit_on_another_day(database, source):
    with database.write() as db:
        units.load(db, source.of_province("01"))
        assert queries.by_code(db, "commune", "00004", BEFORE).name == "Phường Trúc Bạch"
        assert queries.by_code(db, "commune", "00004", AFTER).name == "Phường Ba Đình"


def test_the_last_day_of_the_old_map_and_the_first_of_the_new(quang_ninh):
    province = queries.by_code(quang_ninh, "province", "22", BEFORE)
    assert queries.by_code(quang_ninh, "province", "22", AFTER) == province
    for day, communes, districts in ((BEFORE, 171, 13), (REFORM, 54, 0)):
        found = queries.valid_on(quang_ninh, day, within=province.id)
        kinds = Counter(unit.kind for unit in found)
        assert (kinds["commune"], kinds["district"]) == (communes, districts)


def test_an_unknown_code_is_refused(quang_ninh):
    with pytest.raises(NotFoundError) as caught:
        queries.by_code(quang_ninh, "commune", "99999", AFTER)
    assert caught.value.code == "unit.unknown"
    with pytest.raises(NotFoundError):
        queries.by_id(quang_ninh, 0)


def test_the_tree_has_districts_only_until_the_reform(quang_ninh):
    country = queries.by_code(quang_ninh, "country", "VN", AFTER)
    (province,) = queries.tree(quang_ninh, country.id, AFTER).children
    assert {branch.unit.kind for branch in province.children} == {"commune"}
    assert len(province.children) == 54
    (province,) = queries.tree(quang_ninh, country.id, BEFORE).children
    assert {branch.unit.kind for branch in province.children} == {"district"}
    assert sum(len(district.children) for district in province.children) == 171


@pytest.mark.parametrize(
    "typed", ["hong gai", "HỒNG GAI", "P.Hồng Gai", "p hong g", "Phường Hồng Gai", "gai"]
)
def test_a_unit_is_found_by_any_way_of_typing_its_name(quang_ninh, typed):
    assert named(queries.find(quang_ninh, typed, on=AFTER)) == ["Phường Hồng Gai"]


def test_the_name_as_typed_comes_before_its_look_alikes(quang_ninh):
    assert named(queries.find(quang_ninh, "Hải Hoà", on=AFTER))[0] == "Xã Hải Hòa"
    found = named(queries.find(quang_ninh, "Hạ Long"))
    assert set(found[:3]) == {"Thành phố Hạ Long", "Phường Hạ Long", "Xã Hạ Long"}


def test_a_unit_is_found_by_an_earlier_name(quang_ninh):
    assert "Phường Hoành Bồ" in named(queries.find(quang_ninh, "Thị trấn Trới", on=BEFORE))


@pytest.mark.parametrize("typed", ["", "  ", "%", "_", "|", "'", "\\", "qq qq"])
def test_nothing_is_found_by_signs_or_strange_words(quang_ninh, typed):
    assert queries.find(quang_ninh, typed) == ()


def test_finding_keeps_to_kinds_places_and_a_number(quang_ninh):
    province = queries.by_code(quang_ninh, "province", "22", AFTER)
    assert {unit.kind for unit in queries.find(quang_ninh, "ha", kinds=["district"])} == {
        "district"
    }
    assert len(queries.find(quang_ninh, "h", within=province.id, limit=3)) == 3
    assert queries.find(quang_ninh, "quang ninh", within=province.id) == ()


def test_a_divided_commune_names_its_main_successor_first(quang_ninh):
    old = queries.by_code(quang_ninh, "commune", _code(quang_ninh, "Phường Hà Khẩu"), BEFORE)
    ways = queries.successors(quang_ninh, old.id)
    assert [(way.unit.name, way.main, way.whole) for way in ways] == [
        ("Phường Việt Hưng", True, False),
        ("Phường Tuần Châu", False, False),
    ]
    assert {way.effective_on for way in ways} == {REFORM}


def test_predecessors_of_a_present_commune(quang_ninh):
    new = queries.by_code(quang_ninh, "commune", _code(quang_ninh, "Phường Hồng Gai", AFTER), AFTER)
    parts = queries.predecessors(quang_ninh, new.id)
    assert sorted(part.unit.name for part in parts) == [
        "Phường Bạch Đằng",
        "Phường Hồng Gai",
        "Phường Trần Hưng Đạo",
    ]
    assert all(part.whole for part in parts)
    assert queries.successors(quang_ninh, new.id) == ()


def _code(db, name, on=BEFORE):
    return next(unit.code for unit in queries.find(db, name, on=on) if unit.name == name)
