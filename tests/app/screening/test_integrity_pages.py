"""The panel on which the office looks at coverage and flags."""

import re

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from app.models import Unit
from app.models.base import now
from app.services.screening import runs
from app.services.screening.runs import ScreeningWork
from tests.app import builders
from tests.app.screening import province
from tests.pages import plain

CODED, OPEN = "/office/rounds/ma/integrity", "/office/rounds/quay/integrity"


@pytest.fixture
def places(database, staff):
    with database.write() as db:
        above = db.scalars(select(Unit).where(Unit.kind == "province")).one()
        campaign = builders.campaign(db, above)
        centres = province.centres(db, above)
        province.open_round(db, campaign, centres)
        province.coded_round(db, campaign, centres)
        return centres


@pytest.fixture
def screened(database, settings, places):
    work = ScreeningWork(database, settings)
    for code in ("quay", "ma"):
        with database.write() as db:
            run = runs.request(db, code, actor="x", now=now())
        work.make(run)


def page_of(answer):
    return BeautifulSoup(plain(answer).decode(), "html.parser")


def text_of(answer):
    return re.sub(r"\s+", " ", page_of(answer).main.get_text(" "))


def token(client, address):
    found = page_of(client.get(address)).find("input", attrs={"name": "csrf_token"})
    return found["value"]


def test_before_any_screening_there_is_coverage(office, places):
    answer = office.get(CODED)
    assert answer.status_code == 200
    said = text_of(answer)
    assert "Chưa rà soát lần nào" in said
    assert "0 trong 275" in said
    assert "75,0%" in said
    assert "Khớp" in said


def test_flags_are_shown_with_numbers_and_what_to_check(office, screened):
    page = page_of(office.get(OPEN))
    rows = page.find("section", attrs={"aria-labelledby": "flags"}).find_all("tr")[1:]
    assert len(rows) >= 2
    assert all("Số 4" in row.get_text() for row in rows)
    link = rows[0].find("a")["href"]
    said = text_of(office.get(link))
    assert "Cần xem gì" in said
    assert "p đã điều chỉnh cho 11 trung tâm" in said


def test_no_page_accuses_anybody(office, screened):
    for address in (CODED, OPEN, f"{OPEN}?xem=tat-ca", f"{OPEN}/findings/1"):
        said = text_of(office.get(address)).lower()
        for word in ("gian lận", "gian dối", "vi phạm", "giả mạo", "khống"):
            assert word not in said


def test_a_burst_has_a_picture_of_days(office, screened):
    page = page_of(office.get(OPEN))
    link = next(a["href"] for a in page.find_all("a") if "Dồn vào ít ngày" in a.get_text())
    found = page_of(office.get(link))
    assert found.find("svg", id=False, attrs={"aria-labelledby": re.compile("days-wide")})
    assert "Số phiếu theo ngày" in found.get_text()


def test_a_decision_is_kept_with_who_and_why(office, screened):
    address = page_of(office.get(CODED)).find("td", attrs={"data-label": "Dấu hiệu"}).a["href"]
    sent = {
        "csrf_token": token(office, address),
        "decision": "explained",
        "reason": "Trung tâm mở thêm bàn hướng dẫn từ tháng 3.",
    }
    answer = office.post(address, data=sent, follow_redirects=True)
    said = text_of(answer)
    assert "Trung tâm mở thêm bàn hướng dẫn" in said
    assert "Đã rõ lý do" in text_of(office.get(CODED))
    missing = office.post(address, data=sent | {"reason": ""})
    assert missing.status_code == 422
    assert "Xin ghi lý do" in text_of(missing)


def test_a_screening_is_asked_for_and_followed(office, places):
    answer = office.post(f"{CODED}/runs", data={"csrf_token": token(office, CODED)})
    assert answer.status_code == 303
    progress = office.get(answer.location)
    assert progress.headers["Refresh"] == "2"
    assert "Đang chờ đến lượt" in text_of(progress)
    again = office.post(
        f"{CODED}/runs", data={"csrf_token": token(office, CODED)}, follow_redirects=True
    )
    assert "đang được rà soát" in text_of(again)
    run = answer.location.rsplit("/", 1)[1]
    office.post(f"{CODED}/runs/{run}/cancel", data={"csrf_token": token(office, CODED)})
    assert office.get(answer.location).status_code == 303


def test_supervisors_see_it_and_units_do_not(client_as, screened):
    supervisor, viewer, fieldwork = map(client_as, ("supervisor", "unit_viewer", "fieldwork"))
    assert supervisor.get(CODED).status_code == 200
    for client in (viewer, fieldwork):
        for address in (CODED, OPEN, f"{CODED}/findings/1", f"{CODED}/runs/1"):
            assert client.get(address).status_code == 404
        sent = {"csrf_token": token(client, "/office/")}
        assert client.post(f"{CODED}/runs", data=sent).status_code == 404


def test_strangers_are_sent_to_sign_in_and_unknown_rounds_are_not_there(client, office, places):
    assert client.get(CODED).status_code == 302
    assert office.get("/office/rounds/nichts/integrity").status_code == 404
    assert office.get(f"{CODED}/findings/999").status_code == 404
    assert office.get(f"{CODED}/runs/999").status_code == 404


def test_the_panel_speaks_english(office, screened):
    answer = office.get(f"{OPEN}?lang=en")
    assert answer.status_code == 200
