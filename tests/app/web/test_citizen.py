import pytest

from tests.app import builders

GOOD = {"overall": "4", "late": "no"}


@pytest.fixture
def errand(database, town):
    with database.write() as db:
        return builders.open_round(db, town.campaign, "errand")


def test_a_citizen_rates_a_counter(citizen, errand, responses):
    citizen.get("/c/hg-05")
    assert citizen.title == "Quầy 05"
    assert "Trung tâm Phục vụ hành chính công phường Hồng Gai" in citizen.text
    citizen.begin("/c/hg-05")
    assert citizen.title == "Ông/bà hài lòng ở mức nào?"
    citizen.send(**GOOD)
    assert citizen.title == "Đã nhận phiếu của ông/bà"
    assert citizen.path == "/c/hg-05/cam-on"
    assert [row.answers for row in responses()] == [{"overall": 4, "late": "no"}]
