"""The office sets targets of units."""

import io

import openpyxl
import pytest
from sqlalchemy import select

from app.models import AuditEntry, RoundTarget, Unit
from tests.app import builders
from tests.app.signing_in import post

PAGE = "/office/rounds/mau/targets/units"


@pytest.fixture
def round_(database, staff):
    with database.write() as db:
        province = db.scalars(select(Unit).where(Unit.kind == "province")).one()
        campaign = builders.campaign(db, province)
        return builders.sampled_round(db, campaign, "desk", code="mau")


def targets(database):
    with database.read() as db:
        return {
            (row.node, row.domain_kind, row.domain_code): row.value
            for row in db.scalars(select(RoundTarget))
        }


def test_a_pasted_table_sets_targets_and_leaves_those_of_the_whole(office, database, round_):
    post(office, "/office/rounds/mau/targets", {"source": "Kế hoạch", "target_overall": "95"})
    pasted = "Mã\tChỉ số (overall)\n06652\t90\n"
    answer = post(office, PAGE, {"source": "Kế hoạch 2026", "pasted": pasted})
    assert answer.status_code == 303
    assert targets(database) == {
        ("overall", "", ""): 0.95, ("overall", "commune", "06652"): 0.9,
    }  # fmt: skip
    post(office, "/office/rounds/mau/targets", {"source": "Kế hoạch", "target_overall": "96"})
    assert targets(database)["overall", "commune", "06652"] == 0.9
    with database.read() as db:
        assert "round.set-unit-targets" in set(db.scalars(select(AuditEntry.action)))
    assert "Phường Hồng Gai" in office.get(PAGE).get_data(as_text=True)


def test_the_workbook_is_filled_in_and_taken_back(office, database, round_):
    sent = office.get(f"{PAGE}.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(sent.data))
    sheet = book.active
    row = next(cells for cells in sheet.iter_rows(min_row=3) if cells[1].value == "06652")
    row[3].value = 92.5
    filled = io.BytesIO()
    book.save(filled)
    filled.seek(0)
    answer = post(office, PAGE, {"source": "Kế hoạch", "file": (filled, "muc-tieu.xlsx")})
    assert answer.status_code == 303
    assert targets(database) == {("overall", "commune", "06652"): 0.925}


def test_a_bad_cell_is_shown_and_nothing_saved(office, database, round_):
    answer = post(office, PAGE, {"source": "K", "pasted": "Mã\toverall\n06652\t90\n1\t95\n"})
    assert answer.status_code == 422
    assert "Không có đơn vị mang mã hoặc tên này" in answer.get_data(as_text=True)
    assert targets(database) == {}


def test_the_paper_that_sets_them_is_asked_for(office, database, round_):
    answer = post(office, PAGE, {"pasted": "Mã\toverall\n06652\t90\n"})
    assert answer.status_code == 422
    assert post(office, PAGE, {"source": "K"}).status_code == 422
    assert targets(database) == {}


def test_all_can_be_removed(office, database, round_):
    post(office, PAGE, {"source": "K", "pasted": "Mã\toverall\n06652\t90\n"})
    assert post(office, PAGE, {"clear": "y"}).status_code == 303
    assert targets(database) == {}


def test_a_round_that_is_not_there(office, round_):
    assert office.get("/office/rounds/x/targets/units").status_code == 404
