"""A counter's code and a questionnaire of one page."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from sqlalchemy import text, update

from app import create_app
from app.models import Round
from app.web.citizen.desk import Desk
from tests.app import builders
from tests.app.web.conftest import Citizen
from tests.pages import plain

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


class TestStartPage:
    def test_it_says_why_how_long_and_what_is_agreed_to(self, citizen, errand):
        said = citizen.get("/c/hg-05").text
        for sentence in (
            "Tiếp nhận hồ sơ hộ tịch",
            "Khoảng 1 phút",
            "Ẩn danh",
            "Tự nguyện",
            "Ý kiến của ông/bà giúp quầy phục vụ tốt hơn.",
            "Chỉ lưu câu trả lời, trong một năm.",
            "Tôi đồng ý cho dùng câu trả lời vào mục đích trên.",
        ):
            assert sentence in said

    def test_nothing_is_ticked_in_advance(self, citizen, errand):
        page = citizen.get("/c/hg-05").page
        assert page.find_all("input", checked=True) == []
        assert page.find("button").get_text() == "Tôi đồng ý và bắt đầu"

    def test_questions_are_shown_only_to_who_has_agreed(self, citizen, errand):
        for path in ("/c/hg-05/phieu", "/c/hg-05/phieu?dong-y=0000000000000000"):
            citizen.get(path)
            assert citizen.path == "/c/hg-05"
            assert citizen.title == "Quầy 05"

    def test_simulated_rounds_are_labelled(self, database, client):
        with database.write() as db:
            province = builders.province(db)
            builders.counter(db, builders.centre(db, province), code="demo")
            builders.open_round(db, builders.campaign(db, province, simulated=True), "errand")
        citizen = Citizen(client)
        assert "dữ liệu mô phỏng" in citizen.get("/c/demo").text
        assert "dữ liệu mô phỏng" in citizen.begin("/c/demo").text


class TestLanguage:
    def test_every_page_leads_to_the_other_language_and_keeps_it(self, citizen, errand, responses):
        citizen.get("/c/hg-05")
        link = citizen.page.find("a", hreflang="en")
        citizen.get("/c/hg-05" + link["href"])
        assert citizen.page.html["lang"] == "en"
        assert citizen.page.find("a", hreflang="vi") is not None
        citizen.begin("/c/hg-05?lang=en")
        assert citizen.title == "How satisfied are you?"
        citizen.send(**GOOD)
        assert citizen.page.html["lang"] == "en"
        assert "Your answers are added" in citizen.text
        [row] = responses()
        assert row.language == "en"

    def test_a_form_changes_its_language_and_keeps_what_was_entered(self, citizen, errand):
        citizen.begin("/c/hg-05").send("lang:en", overall="5", comment="Tốt")
        assert citizen.status == 200
        assert citizen.title == "How satisfied are you?"
        assert citizen.fields()["overall"] == ["5"]
        assert citizen.fields()["comment"] == ["Tốt"]
        assert citizen.page.find(id="problems") is None
        citizen.send("lang:vi")
        assert citizen.title == "Ông/bà hài lòng ở mức nào?"

    def test_the_text_agreed_to_is_the_one_that_was_shown(self, citizen, errand, responses):
        citizen.begin("/c/hg-05").send("lang:en").send(**GOOD)
        [row] = responses()
        assert row.language == "en"
        citizen.begin("/c/hg-05?lang=en").send(**GOOD)
        assert len({each.consent_hash for each in responses()}) == 2

    def test_return_in_a_text_field_does_not_change_the_language(self, citizen, errand):
        """Browsers press the first button of the form in the order of the document."""
        page = citizen.begin("/c/hg-05").page
        buttons = [
            each
            for each in page.find_all("button")
            if each.get("form") == "form" or each.find_parent("form", id="form")
        ]
        assert buttons[0].get("name") is None
        assert buttons[0]["tabindex"] == "-1"

    @pytest.mark.parametrize("language", ["fr", "", "EN", "vi' OR 1"])
    def test_another_language_is_vietnamese(self, citizen, errand, language):
        citizen.get(f"/c/hg-05?lang={language}")
        assert citizen.page.html["lang"] == "vi"

    def test_a_questionnaire_in_one_language_offers_no_other(self, database, town, citizen):
        with database.write() as db:
            builders.open_round(db, town.campaign, "scale")
        citizen.get("/c/hg-05?lang=en")
        assert citizen.page.html["lang"] == "vi"
        assert citizen.page.find("a", hreflang=True) is None
        assert citizen.begin("/c/hg-05").page.find("button", attrs={"lang": "en"}) is None


class TestErrors:
    def test_what_is_wrong_is_listed_first_and_linked(self, citizen, errand, responses):
        citizen.begin("/c/hg-05").send(overall="6", job="private")
        assert citizen.status == 422
        summary = citizen.page.find(attrs={"role": "alert"})
        assert summary["tabindex"] == "-1"
        assert summary.has_attr("autofocus")
        links = {link["href"]: link.get_text() for link in summary.find_all("a")}
        assert links == {"#q-overall": "Nhìn chung", "#q-late": "Hồ sơ có bị trễ hẹn không?"}
        for target in links:
            control = citizen.page.find(id=target[1:])
            assert control.name == "input"
            described = control.find_parent("fieldset")["aria-describedby"].split()
            assert citizen.page.find(id=described[-1])["class"] == ["error"]
        assert responses() == []

    def test_the_address_leads_the_focus_to_the_list(self, citizen, errand):
        page = citizen.begin("/c/hg-05").page
        assert page.find("form")["action"].endswith("#problems")
        citizen.send()
        assert citizen.page.find(id="problems") is not None

    def test_what_was_entered_is_kept(self, citizen, errand):
        entered = {"overall": "2", "comment": "Chờ <lâu> & mệt\n\nlắm", "job": "else"}
        citizen.begin("/c/hg-05").send(**entered, job_other='Ngư "dân"')
        assert citizen.status == 422
        again = citizen.fields()
        assert again["overall"] == ["2"]
        assert again["comment"] == ["Chờ <lâu> & mệt\n\nlắm"]
        assert again["job_other"] == ['Ngư "dân"']
        citizen.send(late="no")
        assert citizen.path == "/c/hg-05/cam-on"

    def test_the_key_stays_the_same(self, citizen, errand):
        citizen.begin("/c/hg-05")
        key = citizen.fields()["form-key"]
        assert citizen.send().fields()["form-key"] == key

    def test_the_title_says_that_something_is_wrong(self, citizen, errand):
        assert citizen.begin("/c/hg-05").send().page.title.get_text().startswith("Lỗi: ")

    def test_questions_after_a_yes_are_asked_for(self, citizen, errand):
        citizen.begin("/c/hg-05").send(overall="4", late="yes")
        assert citizen.status == 422
        assert [link["href"] for link in citizen.page.find(id="problems").find_all("a")] == [
            "#q-told"
        ]


class TestOnce:
    """One form is one answer, however it comes."""

    def test_a_double_tap(self, citizen, errand, responses):
        citizen.begin("/c/hg-05")
        form = citizen.answer
        for _ in range(2):
            citizen.answer = form
            citizen.send(**GOOD)
            assert citizen.path == "/c/hg-05/cam-on"
        assert len(responses()) == 1

    def test_back_and_other_answers_keep_the_first(self, citizen, errand, responses):
        citizen.begin("/c/hg-05")
        form = citizen.answer
        citizen.send(**GOOD)
        citizen.answer = form
        citizen.send(overall="1", late="no")
        assert citizen.status == 409
        assert "Câu trả lời gửi lần đầu đã được lưu" in citizen.text
        assert [row.answers["overall"] for row in responses()] == [4]
        assert citizen.page.find("a", class_="button")["href"] == "/c/hg-05"

    def test_reloading_the_thanks_stores_nothing(self, citizen, errand, responses):
        citizen.begin("/c/hg-05").send(**GOOD)
        for _ in range(2):
            assert citizen.get("/c/hg-05/cam-on").status == 200
        assert len(responses()) == 1

    def test_two_people_at_one_counter_are_two(self, citizen, errand, responses):
        for _ in range(2):
            citizen.begin("/c/hg-05").send(**GOOD)
        assert len(responses()) == 2

    def test_a_blank_form_may_be_kept_so_that_back_shows_the_same_key(self, citizen, errand):
        assert citizen.begin("/c/hg-05").answer.headers["Cache-Control"] == "private, no-cache"
        assert citizen.send(**GOOD).answer.headers["Cache-Control"] == "no-store"

    def test_each_form_has_its_own_key(self, citizen, errand):
        keys = {citizen.begin("/c/hg-05").fields()["form-key"][0] for _ in range(3)}
        assert len(keys) == 3

    @pytest.mark.parametrize("key", ["", "1", "x" * 36])
    def test_a_form_without_its_key_is_refused(self, client, citizen, errand, responses, key):
        sent = citizen.begin("/c/hg-05").fields() | {"form-key": [key]} | GOOD
        assert client.post("/c/hg-05/phieu", data=sent).status_code == 400
        assert responses() == []


class TestPlacesThatChange:
    def test_a_renamed_counter_works_and_says_what_it_was(
        self, database, town, errand, citizen, responses
    ):
        with database.write() as db:
            builders.alias(db, town.counter, "cu-1", "Quầy 1, UBND phường Trần Hưng Đạo")
        citizen.get("/c/CU-1")
        assert citizen.title == "Quầy 05"
        assert "Trước đây là: Quầy 1, UBND phường Trần Hưng Đạo" in citizen.text
        citizen.begin("/c/CU-1").send(**GOOD)
        assert citizen.path == "/c/CU-1/cam-on"
        assert [row.counter_id for row in responses()] == [town.counter.id]

    @pytest.mark.parametrize("code", ["nope", "%01", "%ED%A0%80", "a" * 300, "hg-05%20"])
    def test_an_unknown_counter(self, citizen, errand, code):
        citizen.get(f"/c/{code}")
        assert citizen.status == 404
        assert citizen.title == "Không có quầy nào mang mã này"

    def test_a_code_no_text_can_hold(self, citizen, errand):
        citizen.get("/c/%00")
        assert citizen.status == 404
        assert citizen.title == "Không tìm thấy trang này"

    def test_a_closed_counter(self, database, town, errand, citizen):
        with database.write() as db:
            builders.counter(db, town.centre, "09", code="old", closed_on=date(2026, 1, 1))
        assert citizen.get("/c/old").status == 410
        assert citizen.title == "Quầy này đã ngừng hoạt động"
        assert "Quầy 09" in citizen.text

    def test_no_round(self, town, citizen):
        assert citizen.get("/c/hg-05").status == 404
        assert citizen.title == "Hiện chưa có đợt khảo sát"

    def test_a_round_to_come(self, database, town, citizen):
        with database.write() as db:
            builders.open_round(db, town.campaign, "errand", opens_on=date(2098, 2, 1))
        assert citizen.get("/c/hg-05").status == 404
        assert "từ ngày 1/2/2098" in citizen.text

    def test_a_round_that_is_over(self, database, town, citizen):
        with database.write() as db:
            builders.open_round(db, town.campaign, "errand", closes_on=date(2026, 2, 1))
        assert citizen.get("/c/hg-05").status == 410
        assert "1/2/2026" in citizen.text

    def test_days_are_those_of_vietnam(self, app, database, town, citizen):
        with database.write() as db:
            builders.open_round(db, town.campaign, "errand", closes_on=date(2026, 5, 4))
        clock = {"now": datetime(2026, 5, 4, 16, 59, tzinfo=UTC)}
        app.extensions["longdan.clock"] = lambda: clock["now"]
        assert citizen.get("/c/hg-05").status == 200
        clock["now"] = datetime(2026, 5, 4, 17, 0, tzinfo=UTC)
        assert citizen.get("/c/hg-05").status == 410

    def test_answers_after_the_end_are_not_stored_and_the_page_says_so(
        self, database, errand, citizen, responses
    ):
        citizen.begin("/c/hg-05")
        with database.write() as db:
            db.execute(update(Round).values(state="closed"))
        citizen.send(**GOOD)
        assert citizen.status == 410
        assert "Câu trả lời vừa gửi không được lưu" in citizen.text
        assert responses() == []

    def test_who_was_thanked_is_thanked_though_the_round_has_ended(self, database, errand, citizen):
        citizen.begin("/c/hg-05").send(**GOOD)
        with database.write() as db:
            db.execute(update(Round).values(state="closed"))
        assert citizen.get("/c/hg-05/cam-on").status == 200
        assert citizen.title == "Đã nhận phiếu của ông/bà"

    def test_a_form_of_an_earlier_questionnaire_is_shown_anew(
        self, database, town, errand, citizen, responses
    ):
        citizen.begin("/c/hg-05")
        changed = builders.folder("errand")
        files = {path.name: path.read_text() for path in changed.glob("*.toml")}
        files["instrument.toml"] = files["instrument.toml"].replace('"1"', '"2"', 1)
        with database.write() as db:
            version = builders.instruments.publish_instrument(db, files)
            db.execute(update(Round).values(instrument_version_id=version.id))
        citizen.send(**GOOD)
        assert citizen.status == 409
        assert "Phiếu vừa được thay đổi" in citizen.text
        assert citizen.fields()["overall"] == ["4"]
        assert responses() == []
        citizen.send()
        assert len(responses()) == 1


class TestWhatIsEntered:
    def test_text_is_kept_composed(self, citizen, errand, waiting):
        citizen.begin("/c/hg-05").send(**GOOD, comment="Phu\u0323c vu\u0323 to\u0302\u0301t")
        [given] = waiting("text")
        assert [each.text for each in given.texts] == ["Phục vụ tốt"]

    @pytest.mark.parametrize(
        "body",
        [
            "comment=%00",
            "comment=%ED%A0%80",
            "comment=%FF",
            "comment=a%1Bb",
            "overall=%00",
            "overall=%F0%9F",
            "job=else&job_other=%00",
        ],
    )
    def test_what_no_text_may_hold_is_refused_with_a_message(
        self, client, citizen, errand, responses, body
    ):
        sent = citizen.begin("/c/hg-05").fields() | {"form-go": ["next"]}
        given = "&".join(f"{name}={value[0]}" for name, value in sent.items() if value[0])
        answer = client.post(
            "/c/hg-05/phieu",
            data=f"{given}&late=no&overall=4&{body}".encode(),
            content_type="application/x-www-form-urlencoded",
        )
        assert answer.status_code == 422
        assert 'class="error"' in plain(answer).decode()
        assert responses() == []

    def test_long_texts_are_refused_and_kept(self, citizen, errand):
        citizen.begin("/c/hg-05").send(**GOOD, comment="ă" * 101)
        assert citizen.status == 422
        assert "tối đa 100 ký tự" in citizen.text
        assert citizen.fields()["comment"] == ["ă" * 101]

    def test_a_body_no_questionnaire_can_have_is_refused(self, client, errand):
        answer = client.post("/c/hg-05/phieu", data={"comment": "x" * 70_000})
        assert answer.status_code == 413
        assert "Nội dung gửi quá dài" in answer.text

    def test_thousands_of_fields_are_refused(self, client, errand):
        answer = client.post("/c/hg-05/phieu", data="&".join(f"a{n}=1" for n in range(3000)),
                             content_type="application/x-www-form-urlencoded")  # fmt: skip
        assert answer.status_code == 413

    def test_another_kind_of_body_is_an_empty_form(self, client, errand, responses):
        for kind in ("application/json", "multipart/form-data; boundary=x", "text/plain"):
            answer = client.post("/c/hg-05/phieu", data="{}", content_type=kind)
            assert answer.status_code in (303, 400, 422)
        assert responses() == []

    def test_an_answer_cannot_be_mistaken_for_a_gap_of_the_page(self, citizen, errand):
        from app.web.citizen.slots import gap

        guess = re.sub("[0-9a-f]{16}", "0" * 16, gap("key"))
        citizen.begin("/c/hg-05").send(comment=guess)
        assert citizen.status == 422
        assert citizen.fields()["comment"] == [guess]


class TestStrangers:
    def test_no_page_sets_a_cookie(self, client, citizen, errand):
        citizen.begin("/c/hg-05").send(**GOOD)
        for path in ("/c/hg-05", "/c/hg-05/cam-on", "/c/nope", "/r/nope", "/c/hg-05?lang=en"):
            assert "Set-Cookie" not in client.get(path).headers
        assert not client._cookies

    def test_a_form_posted_from_another_site_is_refused(self, client, citizen, errand, responses):
        sent = citizen.begin("/c/hg-05").fields() | GOOD
        answer = client.post("/c/hg-05/phieu", data=sent, headers={"Sec-Fetch-Site": "cross-site"})
        assert answer.status_code == 403
        assert responses() == []

    def test_headers_keep_the_address_to_ourselves(self, client, errand):
        headers = client.get("/c/hg-05").headers
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "'unsafe-inline'" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"

    @pytest.mark.parametrize(
        "target", ["//evil.example", "/\\evil.example", "%2f%2fevil.example", "https:evil.example"]
    )
    def test_no_address_leads_elsewhere(self, client, errand, target):
        for path in (f"/c/{target}/phieu", f"/r/{target}/phieu", f"/c/hg-05/phieu/{target}"):
            location = client.get(path).headers.get("Location", "/")
            assert re.match(r"(http://localhost)?/(?![/\\])", location)

    @pytest.mark.parametrize("method", ["put", "patch", "delete"])
    def test_other_methods_are_refused(self, client, errand, method):
        assert getattr(client, method)("/c/hg-05/phieu").status_code == 405

    def test_an_unknown_page_of_the_questionnaire(self, client, citizen, errand):
        sent = citizen.begin("/c/hg-05").fields()
        assert client.post("/c/hg-05/phieu/nowhere", data=sent).status_code == 404
        assert client.get("/c/hg-05/phieu/nowhere").status_code == 303

    def test_consent_cannot_be_left_out(self, client, citizen, errand, responses):
        sent = citizen.begin("/c/hg-05").fields() | GOOD | {"form-consent": "no"}
        answer = client.post("/c/hg-05/phieu", data=sent)
        assert answer.status_code == 303
        assert answer.headers["Location"] == "/c/hg-05"
        assert responses() == []


class TestManyFromOneNetwork:
    @pytest.fixture
    def narrow(self, app):
        from app.web.citizen.limits import Allowance

        self.clock = 0.0
        app.extensions["longdan.allowance"] = Allowance(6, 3, lambda: self.clock)
        return app

    def post(self, client, address, **values):
        return client.post(
            "/c/hg-05/phieu",
            data=values | {"form-key": str(uuid4())},
            environ_overrides={"REMOTE_ADDR": address},
        )

    def test_a_flood_is_asked_to_wait_and_others_are_not(self, narrow, errand):
        client = narrow.test_client()
        statuses = [self.post(client, "10.0.0.1").status_code for _ in range(10)]
        assert statuses.count(429) == 7
        refused = self.post(client, "10.0.0.1")
        assert int(refused.headers["Retry-After"]) == 11
        assert "chưa được lưu" in refused.text
        assert self.post(client, "10.0.0.2").status_code != 429
        self.clock = 11
        assert self.post(client, "10.0.0.1").status_code != 429

    def test_a_crowd_is_noted_in_the_log_without_its_address(
        self, settings, database, errand, capfd
    ):
        quiet = replace(settings, log_level="WARNING", answers_burst=3)
        client = create_app(quiet, database).test_client()
        for _ in range(3):
            self.post(client, "10.11.12.13")
        written = capfd.readouterr().err
        assert written.count("many-from-one-network") == 1
        assert "10.11.12.13" not in written

    def test_thirty_people_behind_one_network_are_let_through(self, client, citizen, errand,
                                                              responses):  # fmt: skip
        for _ in range(30):
            citizen.begin("/c/hg-05").send(**GOOD)
            assert citizen.path == "/c/hg-05/cam-on"
        assert len(responses()) == 30

    def test_guessing_codes_is_slowed_down(self, narrow, town):
        client = narrow.test_client()
        statuses = [client.get(f"/r/{number:026d}").status_code for number in range(5)]
        assert statuses == [404, 404, 404, 429, 429]


def test_what_was_looked_up_is_used_for_a_second(app, database, errand, responses):
    clock = {"now": 100.0}
    app.extensions["longdan.desk"] = Desk(database, 1.0, lambda: clock["now"])
    citizen = Citizen(app.test_client())
    citizen.begin("/c/hg-05")
    with database.write() as db:
        db.execute(text("UPDATE round SET state = 'closed'"))
    assert citizen.get("/c/hg-05").status == 200
    clock["now"] += 1.01
    assert citizen.get("/c/hg-05").status == 410


def test_a_stale_page_stores_nothing_in_a_closed_round(app, database, errand, responses):
    app.extensions["longdan.desk"].seconds = 3600
    citizen = Citizen(app.test_client())
    citizen.begin("/c/hg-05")
    with database.write() as db:
        db.execute(text("UPDATE round SET state = 'closed'"))
    citizen.send(**GOOD)
    assert citizen.status == 410
    assert responses() == []
