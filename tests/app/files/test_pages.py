"""Pages that list files: what each is for, who may have it, and that taking it is written down."""

import json

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from app.file_jobs import Order, State
from app.models import AuditEntry, Unit
from app.result_files.files import Kind, Wanted
from app.services import publishing
from app.web.office import files
from tests.app import builders, desk
from tests.app.files.conftest import NOW
from tests.app.signing_in import post
from tests.pages import plain

PAGE = "/office/rounds/mau-2026/publications/1/files"


@pytest.fixture
def published(database, staff, settings):
    with database.write() as db:
        province = db.scalars(select(Unit).where(Unit.kind == "province")).one()
        hong_gai = db.scalars(select(Unit).where(Unit.kind == "commune")).one()
        for code, (name, _, _) in desk.COMMUNES.items():
            if code != hong_gai.code:
                kind = next(kind for kind in ("Đặc khu", "Xã") if name.startswith(kind))
                builders.commune(db, province, code, name, type_name=kind)
        campaign = builders.campaign(db, province, simulated=True)
        desk.sampled_round(db, campaign)
        desk.open_round(db, campaign, state="closed")
    for code in ("mau-2026", "quay-2026"):
        with database.write() as db:
            publishing.publish(
                db, code, var_dir=settings.var_dir, code_version="1", actor="x", now=NOW,
                public=True,
            )  # fmt: skip


def soup(answer):
    return BeautifulSoup(plain(answer).decode(), "html.parser")


def test_everybody_is_told_which_file_is_for_whom(client, published):
    page = soup(client.get("/ket-qua/mau-2026/tai-ve"))
    titles = [each.text for each in page.select(".file h2")]
    assert titles == [
        "Bảng kết quả Excel (XLSX)",
        "Số liệu đã công bố (CSV cho Excel)",
        "Số liệu đã công bố (CSV cho phần mềm)",
    ]
    assert "cho người phân tích" not in page.text.lower()
    for link in page.select(".file a"):
        answer = client.get(link["href"])
        assert answer.status_code == 200
        assert answer.headers["Content-Disposition"].startswith("attachment")
    again = soup(client.get("/ket-qua/mau-2026/tai-ve"))
    assert len(again.select(".file-size")) == 3
    assert "/ket-qua/mau-2026/tai-ve" in plain(client.get("/ket-qua/mau-2026")).decode()


def test_a_csv_names_its_manifest(client, published):
    answer = client.get("/ket-qua/mau-2026/tai-ve.csv")
    address = answer.headers["Link"].partition(">")[0].removeprefix("<")
    said = json.loads(client.get(address).data)
    assert said["origin"]["round"] == "mau-2026"
    bare = client.get("/ket-qua/mau-2026/tai-ve.csv?bom=0")
    assert bare.data == answer.data.removeprefix(b"\xef\xbb\xbf")


@pytest.mark.parametrize("role", ["viewer", "supervisor", "fieldwork"])
def test_answers_of_persons_are_for_the_office_alone(role, published, request):
    client = request.getfixturevalue(role)
    assert client.get(PAGE).status_code == 404
    assert client.post(PAGE, data={"key": "microdata.sav.vi.bom"}).status_code in (403, 404)


def test_strangers_are_sent_to_sign_in(client, published):
    assert client.get(PAGE).status_code == 302


def test_the_office_takes_files_and_it_is_written_down(office, published, database):
    page = soup(office.get(PAGE))
    keys = [field["value"] for field in page.select("input[name=key]")]
    assert len(keys) == 9
    for key in keys:
        answer = post(office, PAGE, {"key": key})
        assert answer.status_code == 200, key
        assert int(answer.headers["Content-Length"]) == len(answer.data)
    with database.read() as db:
        taken = list(
            db.scalars(
                select(AuditEntry.details).where(AuditEntry.action == "publication.take-file")
            )
        )
    assert len(taken) == 9
    assert taken[0] == {"number": 1, "file": "cau-tra-loi_mau-2026_lan-1.sav"}
    assert len(soup(office.get(PAGE)).select(".file-size")) == 9
    assert PAGE in plain(office.get("/office/results/mau-2026/tai-ve")).decode()


def test_unknown_files_and_self_selected_answers_are_refused(office, published):
    for key in ("", "workbook.xlsx.vi.bom", "microdata.exe.vi.bom"):
        assert post(office, PAGE, {"key": key}).status_code == 404
    answer = office.get("/office/rounds/quay-2026/publications/1/files")
    assert answer.status_code == 303


def test_a_long_file_is_made_by_the_worker(office, published, app, monkeypatch):
    monkeypatch.setattr(files, "MANY_ROWS", 100)
    answer = post(office, PAGE, {"key": "microdata.dta.en.bom"})
    assert answer.status_code == 303
    jobs = app.extensions["longdan.jobs"]
    order = Order.of("mau-2026", 1, Wanted(Kind.MICRODATA, "dta", "en"))
    assert jobs.files.state(order) == State("waiting")
    page = office.get(f"{PAGE}?language=en")
    assert "Refresh" in page.headers
    assert soup(page).find("progress") is not None
    with app.app_context():
        jobs.work(wait=False, install_signal_handlers=False)
    assert jobs.files.state(order) is None
    answer = post(office, PAGE, {"key": "microdata.dta.en.bom"})
    assert answer.status_code == 200
    assert answer.data.startswith(b"<stata_dta>")


def test_a_file_that_could_not_be_made_can_be_asked_for_again(office, published, app, monkeypatch):
    monkeypatch.setattr(files, "MANY_ROWS", 100)
    jobs = app.extensions["longdan.jobs"]
    order = Order.of("mau-2026", 1, Wanted(Kind.MICRODATA, "sav", "en"))
    jobs.files.tell(order, State("failed"))
    page = soup(office.get(f"{PAGE}?language=en"))
    assert "Lần lập trước không thành" in page.text
    assert post(office, PAGE, {"key": "microdata.sav.en.bom"}).status_code == 303
    assert jobs.files.state(order) == State("waiting")
