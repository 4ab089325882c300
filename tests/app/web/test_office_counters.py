import io

import pypdfium2
import pytest
import zxingcpp
from bs4 import BeautifulSoup
from PIL import Image

from app.queries import centres as queries
from tests.app import builders

ADDRESS = "http://127.0.0.1:8000/c/"
NAME = "Trung tâm Phục vụ hành chính công phường Hồng Gai"


@pytest.fixture
def centre(database, staff):
    """Centre hga with the open counters hga-01 and hga-05, and the closed hga-09."""
    with database.write() as db:
        commune = db.query(builders.Unit).filter_by(kind="commune").one()
        made = builders.centre(db, commune, "hga", name=NAME)
        field = builders.field(db)
        builders.field(db, "dat-dai", "Đất đai")
        builders.counter(db, made, "01", name="Hướng dẫn")
        builders.counter(db, made, "05", field_id=field.id)
        builders.counter(db, made, "09", closed_on=builders.FIRST_DAY)


@pytest.fixture
def desk(centre, office):
    """The office, with a centre to look after."""
    return office


def soup(answer):
    return BeautifulSoup(answer.text, "html.parser")


def send(client, path, page=None, **entered):
    """Open a page, fill in its form, send it."""
    form = next(
        form
        for form in soup(client.get(page or path)).select("main form[method=post]")
        if form.get("action") in (None, "", path)
    )
    values = {field["name"]: field.get("value", "") for field in form.select("input[name]")}
    for select in form.select("select[name]"):
        chosen = select.select_one("option[selected]") or select.select_one("option")
        values[select["name"]] = chosen["value"]
    assert entered.keys() <= values.keys()
    return client.post(path, data=values | entered)


def errors(answer):
    assert answer.status_code == 422
    page = soup(answer)
    assert page.select_one("#errors")
    return " ".join(
        note.get_text(" ", strip=True) for note in page.select(".field-error, #errors li")
    )


def counter_codes(database):
    with database.read() as db:
        return [item.code for item in queries.detail(db, "hga").counters]


# Who may enter.

PAGES = (
    "", "hga", "hga/edit", "hga/close", "hga/posters.pdf", "hga/counters/new",
    "hga/counters/hga-05", "hga/counters/hga-05/edit", "hga/counters/hga-05/code",
    "hga/counters/hga-05/close", "hga/counters/hga-05/qr.svg", "hga/counters/hga-05/qr.png",
    "hga/counters/hga-05/poster.pdf",
)  # fmt: skip


def test_strangers_are_sent_to_sign_in(client, centre):
    for page in PAGES:
        answer = client.get(f"/office/centres/{page}")
        assert (page, answer.status_code) == (page, 302)
        assert "/office/sign-in" in answer.location


def test_a_unit_viewer_finds_nothing_here(viewer, centre):
    found = {page: viewer.get(f"/office/centres/{page}").status_code for page in PAGES}
    assert found == dict.fromkeys(PAGES, 404)


def test_the_office_may_enter_every_page(desk):
    found = {page: desk.get(f"/office/centres/{page}").status_code for page in PAGES}
    assert found == dict.fromkeys(PAGES, 200)


def test_nothing_is_changed_without_the_token_of_our_own_page(desk, database):
    for path in (
        "hga/close",
        "hga/reopen",
        "hga/counters/hga-05/close",
        "hga/counters/hga-09/reopen",
    ):
        assert desk.post(f"/office/centres/{path}").status_code == 403
    with database.read() as db:
        found = queries.detail(db, "hga")
    assert found.closed_on is None
    assert [bool(item.closed_on) for item in found.counters] == [False, False, True]


# The list.


def test_the_list_finds_centres_without_accents(desk):
    assert NAME in desk.get("/office/centres/?q=hong+gai").text
    nothing = desk.get("/office/centres/?q=%3Cb%3E").text
    assert NAME not in nothing
    assert "&lt;b&gt;" in nothing


def test_the_list_is_paged_and_the_search_is_kept(desk, database):
    with database.write() as db:
        commune = builders.commune(db, builders.province(db, "99", "Tỉnh Thử"), "99999")
        for number in range(30):
            builders.centre(db, commune, f"t{number:02}")
    first = soup(desk.get("/office/centres/?q=trung"))
    assert len(first.select("tbody tr")) == 25
    link = first.select_one("a[rel=next]")["href"]
    second = soup(desk.get(link))
    assert len(second.select("tbody tr")) == 6
    assert "q=trung" in second.select_one("a[rel=prev]")["href"]


def test_a_strange_page_number_does_no_harm(desk):
    for page in ("x", "-1", "0", "9" * 20):
        assert NAME in desk.get(f"/office/centres/?page={page}").text


def test_without_centres_the_list_says_how_to_load_them(office):
    assert "flask load-centres" in office.get("/office/centres/").text


# A centre.


def test_a_centre_shows_its_counters_with_their_addresses(desk):
    rows = soup(desk.get("/office/centres/hga")).select("tbody tr")
    assert [row.code.get_text() for row in rows] == [
        f"{ADDRESS}hga-{n}" for n in ("01", "05", "09")
    ]
    assert "Đóng từ" in rows[2].get_text()


def test_addresses_that_open_here_only_are_warned_of(desk, app):
    assert "PUBLIC_URL" in desk.get("/office/centres/hga").text
    import dataclasses

    own = app.extensions["longdan.settings"]
    public = dataclasses.replace(own, public_url="https://longdan.quangninh.gov.vn")
    app.extensions["longdan.settings"] = public
    page = desk.get("/office/centres/hga").text
    assert "PUBLIC_URL" not in page
    assert "https://longdan.quangninh.gov.vn/c/hga-05" in page


def test_what_is_unknown_is_not_found(desk):
    for code in ("none", "%00", "%F0%9F%98%80", "a%0Ab"):
        assert desk.get(f"/office/centres/{code}").status_code == 404
        assert desk.get(f"/office/centres/hga/counters/{code}").status_code == 404


def test_a_counter_of_another_centre_is_not_found(desk, database):
    with database.write() as db:
        other = builders.centre(
            db, builders.commune(db, builders.province(db, "99"), "9"), "khac", level="commune"
        )
        builders.counter(db, other, "01")
    assert desk.get("/office/centres/hga/counters/khac-01").status_code == 404
    assert desk.get("/office/centres/khac/counters/khac-01").status_code == 200


def test_a_centre_is_renamed(desk):
    answer = send(desk, "/office/centres/hga/edit", name="  Trung tâm   mới ", address="Số 1")
    assert answer.status_code == 303
    page = desk.get(answer.location).text
    assert "Trung tâm mới" in page
    assert "Số 1" in page
    assert "Tên trung tâm" in errors(send(desk, "/office/centres/hga/edit", name=" "))


def test_a_centre_is_closed_and_opened_again(desk):
    assert send(desk, "/office/centres/hga/close").status_code == 303
    closed = desk.get("/office/centres/hga").text
    assert "posters.pdf" not in closed
    assert desk.get("/office/centres/hga/posters.pdf").status_code == 409
    send(desk, "/office/centres/hga/reopen", page="/office/centres/hga")
    assert "posters.pdf" in desk.get("/office/centres/hga").text


# A counter.


def test_a_counter_is_added_with_a_code_made_from_its_number(desk, database):
    answer = send(
        desk, "/office/centres/hga/counters/new", number="12", name="Đất đai", field="dat-dai"
    )
    assert answer.location == "/office/centres/hga/counters/hga-12"
    assert "hga-12" in counter_codes(database)
    assert "Đất đai" in desk.get(answer.location).text


@pytest.mark.parametrize(
    ("entered", "problem"),
    [
        ({"number": "05", "name": "x"}, "đã có quầy số 05"),
        ({"number": "0 5", "name": "x"}, "tối đa 8"),
        ({"number": "06", "name": "x", "code": "HGA-05"}, "hga-05"),
        ({"number": "06", "name": "x", "code": "Mã mới"}, "chữ thường không dấu"),
        ({"number": "06", "name": ""}, "Tên quầy"),
        ({"number": "", "name": "x"}, "Số quầy"),
        ({"number": "06", "name": "a\u200bb"}, "ký tự điều khiển"),
        ({"number": "06", "name": "x", "field": "none"}, "Lĩnh vực"),
    ],
)
def test_what_cannot_be_a_counter_is_said_beside_its_field(desk, database, entered, problem):
    answer = send(desk, "/office/centres/hga/counters/new", **entered)
    assert problem in errors(answer)
    assert counter_codes(database) == ["hga-01", "hga-05", "hga-09"]
    assert soup(answer).select_one("#number")["value"] == entered["number"]


def test_a_counter_is_renamed_and_keeps_its_address(desk, database):
    path = "/office/centres/hga/counters/hga-05/edit"
    assert soup(desk.get(path)).select_one("option[selected]")["value"] == "ho-tich"
    assert send(desk, path, number="5A", name="Chứng thực", field="").status_code == 303
    with database.read() as db:
        counter = queries.detail(db, "hga").counter("hga-05")
    assert (counter.number, counter.name, counter.field_code) == ("5A", "Chứng thực", None)


def test_another_code_is_explained_and_the_earlier_one_kept(desk, database):
    path = "/office/centres/hga/counters/hga-05/code"
    assert "Tờ đã dán vẫn mở đúng quầy này" in desk.get(path).text
    answer = send(desk, path, code="hga-15")
    assert answer.location == "/office/centres/hga/counters/hga-15"
    page = desk.get(answer.location).text
    assert "hga-05" in page
    assert "Quầy 05" in page
    assert desk.get("/office/centres/hga/counters/hga-05").status_code == 404
    taken = send(desk, "/office/centres/hga/counters/hga-01/code", code="hga-05")
    assert "đã từng là mã" in errors(taken)


def test_a_counter_is_closed_and_opened_again(desk, database):
    page = "/office/centres/hga/counters/hga-05"
    assert send(desk, f"{page}/close").status_code == 303
    assert "poster.pdf" not in desk.get(page).text
    assert send(desk, f"{page}/reopen", page=page).status_code == 303
    assert "poster.pdf" in desk.get(page).text


def test_a_counter_of_a_closed_centre_is_not_opened(desk):
    send(desk, "/office/centres/hga/close")
    page = "/office/centres/hga/counters/hga-09"
    answer = send(desk, f"{page}/reopen", page=page)
    assert "Trung tâm đã đóng" in desk.get(answer.location).text


# Files.


def test_files_of_a_counter_open_its_address(desk):
    base = "/office/centres/hga/counters/hga-05"
    png = desk.get(f"{base}/qr.png?download=1")
    assert png.headers["Content-Disposition"] == "attachment; filename=hga-05-qr.png"
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(png.data)).convert("L"))
    assert found.text == f"{ADDRESS}hga-05"
    svg = desk.get(f"{base}/qr.svg")
    assert svg.mimetype == "image/svg+xml"
    assert "script" not in svg.text


def test_the_sheets_of_a_centre_are_those_of_its_open_counters(desk):
    answer = desk.get("/office/centres/hga/posters.pdf")
    assert answer.mimetype == "application/pdf"
    document = pypdfium2.PdfDocument(answer.data)
    read = []
    for number in range(len(document)):
        image = document[number].render(scale=150 / 72).to_pil().convert("L")
        read += [found.text for found in zxingcpp.read_barcodes(image)]
    assert read == [f"{ADDRESS}hga-01", f"{ADDRESS}hga-05"]


@pytest.mark.parametrize("simulated", [True, False])
def test_a_sheet_says_whether_its_campaign_is_simulated(desk, database, simulated):
    with database.write() as db:
        province = db.query(builders.Unit).filter_by(kind="province").one()
        builders.open_round(db, builders.campaign(db, province, simulated=simulated))
    answer = desk.get("/office/centres/hga/counters/hga-05/poster.pdf")
    document = pypdfium2.PdfDocument(answer.data)
    assert len(document) == 1
    text = document[0].get_textpage().get_text_range()
    assert ("MÔ PHỎNG" in text) is simulated
    assert "Quầy 05" in " ".join(text.split())
