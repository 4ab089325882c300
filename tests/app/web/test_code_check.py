"""The pages that check codes and take numbers, and the office's sheets of a whole province."""

import io

import pypdfium2
import pytest
import zxingcpp
from bs4 import BeautifulSoup
from PIL import Image

from app.services.posters import qr_png
from app.services.posters.numbers import number_of
from tests.app import builders
from tests.app.signing_in import post

OURS = "http://127.0.0.1:8000"
SHEETS = "/office/posters"


@pytest.fixture
def town(database):
    with database.write() as db:
        made = builders.town(db)
        builders.counter(db, made.centre, "06", code="hg-06")
        return made


def verdict(answer):
    found = BeautifulSoup(answer.text, "html.parser").select_one(".verdict h2")
    return None if found is None else found.get_text()


def test_a_photo_of_our_code_names_its_counter(client, town):
    photo = io.BytesIO(qr_png(f"{OURS}/c/hg-05"))
    answer = client.post("/kiem-tra-ma", data={"photo": (photo, "a.png")})
    assert answer.status_code == 200
    assert verdict(answer) == "Mã thật của quầy này"
    assert "Quầy 05: Tiếp nhận hồ sơ hộ tịch" in answer.text
    assert answer.headers["Permissions-Policy"].startswith("camera=(self)")


def test_the_camera_is_open_to_no_other_page(client, town):
    assert client.get("/q").headers["Permissions-Policy"].startswith("camera=()")


def test_a_foreign_address_is_shown_and_never_linked(client, town):
    for given in ('https://evil.vn/"><script>alert(1)</script>', "javascript:alert(1)"):
        answer = client.post("/kiem-tra-ma", data={"text": given})
        page = BeautifulSoup(answer.text, "html.parser")
        assert page.select_one(".verdict-bad code").get_text() == given
        assert not [link["href"] for link in page.select("a[href]") if "evil" in link["href"]]
        assert not page.select("main script")


def test_a_sheet_that_hangs_at_the_wrong_counter_is_found(client, town):
    number = number_of(town.counter.id)
    right = {"text": f"{OURS}/c/hg-05", "counter": number}
    assert verdict(client.post("/kiem-tra-ma", data=right)) == "Mã thật của quầy này"
    wrong = {"text": f"{OURS}/c/hg-05", "counter": "hg-06"}
    assert verdict(client.post("/kiem-tra-ma", data=wrong)) == "Mã thật, nhưng của quầy khác"


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"text": " "},
        {"text": f"{OURS}/c/hg-05", "counter": "nope"},
        {"photo": (b"no picture", "a.jpg")},
        {"photo": (b"", "a.jpg")},
    ],
)
def test_what_cannot_be_judged_is_said(client, town, sent):
    data = {
        name: (io.BytesIO(value[0]), value[1]) if isinstance(value, tuple) else value
        for name, value in sent.items()
    }
    answer = client.post("/kiem-tra-ma", data=data)
    assert answer.status_code == 422
    assert BeautifulSoup(answer.text, "html.parser").select_one("[role=alert]")


def test_a_photo_without_a_code_and_one_with_two_say_so(client, town):
    empty = Image.new("RGB", (400, 400), "white")
    codes = [
        Image.open(io.BytesIO(qr_png(f"{OURS}/c/{code}"))).convert("RGB").resize((500, 500))
        for code in ("hg-05", "hg-06")
    ]
    two = Image.new("RGB", (1100, 520), "white")
    two.paste(codes[0], (10, 10))
    two.paste(codes[1], (560, 10))
    for image, expected in ((empty, "Không thấy mã QR nào"), (two, "nhiều mã QR")):
        out = io.BytesIO()
        image.save(out, "PNG")
        out.seek(0)
        answer = client.post("/kiem-tra-ma", data={"photo": (out, "a.png")})
        assert answer.status_code == 422
        assert expected in verdict(answer)


def test_a_number_leads_to_the_questionnaire_of_its_counter(client, town):
    number = number_of(town.counter.id)
    for address in (f"/q?so={number}", f"/q/{number}", f"/q?so={number[:1]}%20{number[1:]}"):
        answer = client.get(address)
        assert answer.status_code == 303
        assert answer.headers["Location"] == "/c/hg-05"


def test_a_wrong_number_is_asked_for_again(client, town):
    assert client.get("/q").status_code == 200
    answer = client.get("/q?so=1234567")
    assert answer.status_code == 404
    field = BeautifulSoup(answer.text, "html.parser").select_one("#so")
    assert field["aria-invalid"] == "true"
    assert field["value"] == "1234567"


# The office.


@pytest.fixture
def desk(database, office):
    with database.write() as db:
        commune = db.query(builders.Unit).filter_by(kind="commune").one()
        made = builders.centre(db, commune, "hga")
        builders.counter(db, made, "01")
        builders.counter(db, made, "05")
        builders.counter(db, made, "09", closed_on=builders.FIRST_DAY)
    return office


def codes_of(pdf):
    document = pypdfium2.PdfDocument(pdf)
    return [
        found.text
        for number in range(len(document))
        for found in zxingcpp.read_barcodes(
            document[number].render(scale=150 / 72).to_pil().convert("L")
        )
    ]


def of_province(desk):
    page = BeautifulSoup(desk.get("/office/posters").text, "html.parser")
    return next(form["action"] for form in page.select("form") if form["action"].endswith(".pdf"))


def test_one_file_holds_the_sheets_of_a_province(desk):
    made = desk.get(f"{of_province(desk)}?format=a4&language=both")
    assert made.mimetype == "application/pdf"
    assert codes_of(made.data) == [f"{OURS}/c/hga-01", f"{OURS}/c/hga-05"]


def test_a_logo_is_tried_before_it_is_kept_and_can_be_removed(desk):
    address = of_province(desk).replace(".pdf", "/logo")
    refused = post(desk, address, {"logo": (io.BytesIO(b"x"), "x.png")}, SHEETS)
    assert refused.status_code == 422
    assert "PNG" in refused.text
    out = io.BytesIO()
    Image.new("RGB", (100, 100), "navy").save(out, "PNG")
    out.seek(0)
    assert post(desk, address, {"logo": (out, "x.png")}, SHEETS).status_code == 303
    assert desk.get(f"{address}.png").mimetype == "image/png"
    made = desk.get(of_province(desk)).data
    assert codes_of(made) == [f"{OURS}/c/hga-01", f"{OURS}/c/hga-05"]
    assert post(desk, address, {"remove": "1"}, SHEETS).status_code == 303
    assert len(desk.get(of_province(desk)).data) < len(made)
    assert desk.get(f"{address}.png").status_code == 409


def test_inspectors_check_codes_inside_the_office(desk, supervisor, fieldwork):
    for client in (desk, supervisor, fieldwork):
        answer = post(client, "/office/poster-check", {"text": f"{OURS}/c/hga-05"})
        assert verdict(answer) == "Mã thật của quầy này"
