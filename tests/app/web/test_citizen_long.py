"""A questionnaire of several pages behind a counter's code: entries travel in the form."""

import pytest
from sqlalchemy import select

from app.models import Draft
from tests.app import builders

ABOUT = {"age": "47", "visited": "yes"}
VISIT = {"polite": "5", "clear": "9", "visit_day": "3/5/2026"}
NEWS = {"channels": ["radio", "else"], "channels_other": "Zalo", "fee": "2,50"}
WORDS = {"village": "Thôn 1", "wish": "Thêm ghế.\r\nThêm nước."}


@pytest.fixture
def journey(database, town):
    with database.write() as db:
        return builders.open_round(db, town.campaign, "journey")


@pytest.fixture
def at_review(citizen, journey):
    citizen.begin("/c/hg-05")
    for page in (ABOUT, VISIT, NEWS, WORDS):
        citizen.send(**page)
    return citizen


def test_page_by_page_to_the_thanks(at_review, waiting, responses):
    assert at_review.title == "Xem lại trước khi gửi"
    at_review.send()
    assert at_review.path == "/c/hg-05/cam-on"
    [row] = responses()
    assert row.answers == {
        "age": 47,
        "visited": "yes",
        "polite": 5,
        "clear": 9,
        "visit_day": "2026-05-03",
        "channels": ["radio", "else"],
        "fee": "2.5",
    }
    [waits] = waiting("text")
    assert {(each.item, each.text) for each in waits.texts} == {
        ("channels_other", "Zalo"),
        ("village", "Thôn 1"),
        ("wish", "Thêm ghế.\nThêm nước."),
    }


def test_nothing_is_kept_before_the_end(at_review, database, responses):
    assert responses() == []
    with database.read() as db:
        assert db.scalars(select(Draft)).all() == []


def test_progress_is_told(citizen, journey):
    citizen.begin("/c/hg-05")
    assert "Trang 1/4" in citizen.text
    citizen.send(age="47", visited="no")
    assert "Trang 2/3" in citizen.text
    assert citizen.title == "Thông tin"


def test_every_page_has_the_same_key(citizen, journey, responses):
    citizen.begin("/c/hg-05")
    keys = {citizen.fields()["form-key"][0]}
    for page in (ABOUT, VISIT, NEWS, WORDS):
        keys.add(citizen.send(**page).fields()["form-key"][0])
    assert len(keys) == 1


def test_replaying_the_last_page_stores_nothing_more(at_review, responses):
    review = at_review.answer
    for _ in range(3):
        at_review.answer = review
        at_review.send()
        assert at_review.path == "/c/hg-05/cam-on"
    assert len(responses()) == 1


def test_a_page_with_problems_is_shown_again_with_everything(citizen, journey):
    citizen.begin("/c/hg-05").send(**ABOUT).send(polite="5", visit_day="31/2/2026")
    assert citizen.status == 422
    assert citizen.title == "Lần đến gần đây nhất"
    assert "ngày/tháng/năm" in citizen.text
    fields = citizen.fields()
    assert fields["visit_day"] == ["31/2/2026"]
    assert fields["age"] == ["47"]


def test_back_keeps_what_was_entered_even_if_it_is_wrong(citizen, journey):
    citizen.begin("/c/hg-05").send(**ABOUT).send("back", polite="4", visit_day="mai")
    assert citizen.title == "Về ông/bà"
    assert citizen.fields()["age"] == ["47"]
    citizen.send()
    assert citizen.fields()["polite"] == ["4"]
    assert citizen.fields()["visit_day"] == ["mai"]


def test_the_first_page_has_no_way_back(citizen, journey):
    page = citizen.begin("/c/hg-05").page
    assert page.find("button", value="back") is None


def test_the_review_shows_every_answer_in_words(at_review):
    said = dict(
        zip(
            [each.get_text(" ", strip=True) for each in at_review.page.find_all("dt")],
            [each.get_text(" ", strip=True) for each in at_review.page.find_all("dd")],
            strict=True,
        )
    )
    assert said["Tuổi"] == "47"
    assert said["Công chức lịch sự"] == "Rất hài lòng"
    assert said["Công chức hướng dẫn dễ hiểu"] == "Không áp dụng"
    assert said["Ngày đến"] == "03/05/2026"
    assert said["Ông/bà biết thông tin qua kênh nào?"] == "Loa phát thanh; Kênh khác: Zalo"
    assert said["Số tiền đã trả (nghìn đồng)"] == "2,5"
    assert said["Điều ông/bà mong muốn"] == "Thêm ghế.\nThêm nước."


def test_mending_one_answer_leads_back_to_the_review(at_review, responses):
    at_review.send("edit:about")
    assert at_review.title == "Về ông/bà"
    assert at_review.fields()["age"] == ["47"]
    at_review.send(age="48")
    assert at_review.title == "Xem lại trước khi gửi"
    at_review.send()
    assert responses()[0].answers["age"] == 48


def test_a_mistake_while_mending_still_leads_back_to_the_review(at_review):
    at_review.send("edit:about").send(age="4")
    assert at_review.status == 422
    at_review.send(age="49")
    assert at_review.title == "Xem lại trước khi gửi"


def test_answers_that_fell_off_the_path_are_not_stored(at_review, responses):
    at_review.send("edit:about").send(visited="no")
    assert at_review.title == "Xem lại trước khi gửi"
    assert "Công chức lịch sự" not in at_review.text
    at_review.send()
    assert set(responses()[0].answers) == {"age", "visited", "channels", "fee"}


def test_a_change_that_opens_a_page_asks_it(citizen, journey):
    citizen.begin("/c/hg-05").send(age="47", visited="no").send(**NEWS).send()
    assert citizen.title == "Xem lại trước khi gửi"
    citizen.send("edit:about").send(visited="yes")
    assert citizen.title == "Lần đến gần đây nhất"


def test_the_review_changes_its_language_too(at_review, responses):
    at_review.send("lang:en")
    assert at_review.page.html["lang"] == "en"
    assert "Very satisfied" in at_review.text
    at_review.send()
    assert responses()[0].language == "en"


def test_a_review_cannot_be_forged_past_the_rules(client, at_review, responses):
    sent = at_review.fields() | {"age": ["7"]}
    answer = client.post("/c/hg-05/kiem-tra", data=sent)
    assert answer.status_code == 422
    assert "18" in answer.text
    assert responses() == []


def test_a_page_further_on_cannot_be_taken_first(client, citizen, journey):
    sent = citizen.begin("/c/hg-05").fields()
    answer = client.post("/c/hg-05/phieu/words", data=sent)
    assert answer.status_code == 422
    assert "Về ông/bà" in answer.text


@pytest.mark.parametrize("path", ["/c/hg-05/phieu/visit", "/c/hg-05/kiem-tra"])
def test_a_later_page_opened_by_its_address_leads_to_the_start(client, journey, path):
    answer = client.get(path)
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/c/hg-05"


def test_hidden_entries_that_no_text_may_hold_do_no_harm(client, citizen, journey):
    sent = citizen.begin("/c/hg-05").fields() | ABOUT | {"wish": "\0\ud800\x1b<script>"}
    body = "&".join(
        f"{name}={value if isinstance(value, str) else value[0]}"
        for name, value in sent.items()
        if name != "wish"
    )
    answer = client.post(
        "/c/hg-05/phieu/about",
        data=f"{body}&wish=%00%ED%A0%80%1B%3Cscript%3E".encode(),
        content_type="application/x-www-form-urlencoded",
    )
    assert answer.status_code == 200
    assert "&lt;script&gt;" in answer.text
    assert "<script>" not in answer.text


def test_choices_that_exclude_each_other_are_named(citizen, journey):
    citizen.begin("/c/hg-05").send(age="47", visited="no").send(channels=["radio", "none"])
    assert citizen.status == 422
    assert "“Không qua kênh nào” không đi cùng" in citizen.text
    assert citizen.fields()["channels"] == ["radio", "none"]
