"""Written places are matched with units and centres; what is not sure waits for a person."""

from datetime import date

import pytest

from app.names import search_key
from tests.app.frames.places import EARLY, LATE, facts, register

HONG_GAI = "06685"


@pytest.mark.parametrize(
    "text",
    [
        "Phường Hồng Gai", "PHƯỜNG HỒNG GAI", "phuong hong gai", "P. Hồng Gai", "P.Hồng Gai",
        "Hồng Gai", "UBND phường Hồng Gai", "Uỷ ban nhân dân phường Hồng Gai",
        "TTHCC phường Hồng Gai", "TT PVHCC Phường Hồng Gai", "Bộ phận TN&TKQ phường Hồng Gai",
        "Bộ phận Tiếp nhận và Trả kết quả - phường Hồng Gai",
        "Trung tâm Phục vụ hành chính công phường Hồng Gai", "Bộ phận một cửa P. Hồng Gai",
        "Phường Hồng Gai, tỉnh Quảng Ninh", "Phường Hồng Gai - Tỉnh Quảng Ninh",
        "UBND phường Hồng Gai tỉnh Quảng Ninh", "hcc-06685", "HCC-06685",
        "Phu\u031bo\u031b\u0300ng Hô\u0300ng Gai", "06685 - Phường Hồng Gai",
    ],
)  # fmt: skip
def test_a_place_is_found_however_it_is_written(text):
    meaning = register().place(text)
    assert (meaning.status, meaning.code, meaning.centre) == ("found", HONG_GAI, "hcc-06685")


def test_codes_are_found_also_without_their_leading_zeros():
    assert register().place("6685").code == register().place("06685").code == HONG_GAI
    assert register().place("99999").status == "unknown"


def test_every_present_commune_is_found_by_its_names():
    places = register()
    for unit in places.communes:
        for text in (unit.name, unit.name.upper(), f"UBND {unit.name}", search_key(unit.name)):
            assert places.place(text).code == unit.code, text


def test_every_earlier_commune_leads_to_what_became_of_it_or_waits():
    places = register()
    before = [u for u in facts().units if u.kind == "commune" and u.valid_to is not None]
    assert len(before) > 150
    statuses = {}
    for unit in before:
        parent = next(p for p in facts().units if p.id == unit.parent_id)
        meaning = places.place(f"{unit.name}, {parent.name}", EARLY)
        statuses.setdefault(meaning.status, []).append(unit.name)
        if meaning.is_settled:
            assert meaning.code in {each.code for each in places.communes}
    assert set(statuses) == {"moved", "divided"}
    assert len(statuses["divided"]) == 12


def test_an_earlier_name_is_followed_to_the_successor():
    meaning = register().place("UBND phường Bạch Đằng, TP Hạ Long")
    assert (meaning.status, meaning.code) == ("moved", HONG_GAI)


def test_a_divided_unit_waits_with_its_successors_the_main_one_first():
    meaning = register().place("Xã Yên Than")
    assert meaning.status == "divided"
    assert len(meaning.choices) >= 2
    assert not meaning.is_settled


def test_a_name_that_went_on_means_what_it_meant_on_the_day():
    """Xã Hải Hòa is there before and after, but the old one was divided."""
    assert register().place("Xã Hải Hòa", date(2026, 3, 1)).status == "found"
    assert register().place("Xã Hải Hòa", date(2025, 6, 1)).status == "divided"


def test_before_the_reform_the_units_of_then_are_meant():
    places = register(EARLY)
    meaning = places.place("UBND phường Bạch Đằng")
    assert meaning.status == "found"
    assert meaning.code != HONG_GAI
    assert places.districts["thanh pho ha long"]
    assert register().districts == {}


def test_the_days_on_which_units_changed_are_known():
    assert register().reforms == (date(2025, 7, 1),)
    assert register(EARLY).reforms == ()


def test_another_kind_of_unit_is_suggested_and_not_taken():
    meaning = register().place("Xã Hồng Gai")
    assert meaning.status == "mistyped"
    assert meaning.choices == (f"commune:{HONG_GAI}",)


def test_misspelt_names_come_with_suggestions():
    meaning = register().place("UBND phường Hồng Ghai")
    assert meaning.status == "unknown"
    assert meaning.choices[0] == f"commune:{HONG_GAI}"
    assert register().place("abc xyz").choices == ()


def test_a_short_name_inside_a_longer_text_is_suggested_and_not_taken():
    meaning = register().place("01. ds_ho_so_ba-che.xlsx")
    assert (meaning.status, meaning.choices) == ("unknown", ("commune:06970",))
    assert register().place("UBND huyện Ba Chẽ").choices == ()


@pytest.mark.parametrize("text", ["", "   ", "-", "UBND", "Tỉnh Quảng Ninh", "Thành phố Hạ Long"])
def test_what_names_no_commune_is_unknown(text):
    assert register().place(text).status == "unknown"


def test_the_provincial_centre_lies_in_no_commune():
    for text in (
        "Trung tâm Phục vụ hành chính công tỉnh Quảng Ninh", "TTHCC tỉnh", "TT HCC tỉnh Quảng Ninh",
        "Trung tâm Phục vụ hành chính công tỉnh",
    ):  # fmt: skip
        meaning = register().place(text)
        assert (meaning.status, meaning.code, meaning.centre) == ("found", "", "hcc-22"), text


def test_agencies_are_units_communes_or_get_a_code_of_their_name():
    places = register()
    assert places.agency("Sở Y tế").code == "so-yt"
    assert places.agency("SỞ Y TẾ").status == "found"
    assert places.agency("UBND phường Hồng Gai").code == HONG_GAI
    assert places.agency("Phòng Kinh tế, Hạ tầng và Đô thị phường Hồng Gai").code == HONG_GAI
    assert places.agency("Trung tâm Phục vụ hành chính công tỉnh Quảng Ninh").code == "22"
    made = places.agency("Sở Tư pháp")
    assert (made.status, made.code) == ("made", "so-tu-phap")
    assert places.agency("UBND xã Không Có").status == "unknown"


def test_homes_are_found_in_addresses_or_left_empty():
    places = register()
    assert places.home("Tổ 3, khu 5, phường Hồng Gai, tỉnh Quảng Ninh") == HONG_GAI
    assert places.home("Quận Ba Đình, Hà Nội") == ""


def test_decisions_are_read_as_long_as_what_was_decided_exists():
    places = register()
    decided = places.decided("commune:06685")
    assert (decided.status, decided.code, decided.centre) == ("decided", HONG_GAI, "hcc-06685")
    assert places.decided("centre:hcc-22").centre == "hcc-22"
    assert places.decided("agency:so-x").code == "so-x"
    assert places.decided(None).status == "left-out"
    assert places.decided("commune:00000") is None
    assert places.decided("centre:x") is None
    assert places.decided("?") is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("DANH SÁCH HỒ SƠ CỦA UBND PHƯỜNG HỒNG GAI NĂM 2026", "Phường Hồng Gai"),
        ("Xã Tiên Yên - huyện Tiên Yên", "Xã Tiên Yên"),
        ("ds_ho_so_tien-yen.xlsx", ""),
        ("UBND HUYỆN TIÊN YÊN", ""),
        ("Tỉnh Quảng Ninh", ""),
        ("xã Tiên Yên và xã Ba Chẽ", ""),
    ],
)
def test_one_commune_is_found_in_a_title(text, name):
    assert register(LATE).within(text) == name
