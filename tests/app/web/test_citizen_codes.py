"""One-time codes: used once, kept between visits until then."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text, update

from app.models import Draft, Invitation
from app.services import invitations
from tests.app import builders
from tests.app.web.conftest import NOW, Citizen

GOOD = {"overall": "4", "late": "no"}
ABOUT = {"age": "47", "visited": "no"}
NEWS = {"channels": ["none"]}


def drafts(database):
    with database.read() as db:
        return db.execute(select(Draft.__table__)).all()


class TestShort:
    def test_a_code_is_answered_and_burned(self, citizen, short, waiting, responses):
        citizen.get(f"/r/{short.token}")
        assert citizen.title == "Quầy 05"
        citizen.begin(f"/r/{short.token}").send(**GOOD)
        assert citizen.path == f"/r/{short.token}/cam-on"
        assert citizen.title == "Đã nhận phiếu của ông/bà"
        [given] = waiting()
        assert (given.design.stratum, given.design.psu) == ("phường", "06652")
        assert responses() == []

    def test_after_a_day_a_code_opens_nothing(self, app, citizen, short):
        app.extensions["longdan.clock"] = lambda: NOW
        citizen.begin(f"/r/{short.token}").send(**GOOD)
        assert citizen.get(f"/r/{short.token}").status == 200
        app.extensions["longdan.clock"] = lambda: NOW + timedelta(hours=24)
        assert citizen.get(f"/r/{short.token}").status == 410
        assert citizen.title == "Mã này đã được dùng"

    def test_a_code_may_be_typed_in_capitals_and_groups(self, citizen, short, waiting):
        token = short.token.upper()
        citizen.begin(f"/r/{token[:6]}-{token[6:]}").send(**GOOD)
        assert len(waiting()) == 1

    def test_back_refresh_and_replay_are_one_response(self, citizen, short, waiting):
        citizen.begin(f"/r/{short.token}")
        form = citizen.answer
        for overall in ("4", "1", "5"):
            citizen.answer = form
            citizen.send(overall=overall, late="no")
            assert citizen.path == f"/r/{short.token}/cam-on"
            assert citizen.status == 200
        assert [row.answers["overall"] for row in waiting()] == [4]

    def test_two_tabs_are_one_response(self, app, short, waiting):
        tabs = [Citizen(app.test_client()).begin(f"/r/{short.token}") for _ in range(2)]
        for tab in tabs:
            tab.send(**GOOD)
            assert tab.title == "Đã nhận phiếu của ông/bà"
        assert len(waiting()) == 1

    def test_errors_do_not_burn_the_code(self, citizen, short, waiting):
        citizen.begin(f"/r/{short.token}").send(overall="4")
        assert citizen.status == 422
        assert citizen.fields()["overall"] == ["4"]
        citizen.send(late="no")
        assert len(waiting()) == 1

    def test_a_form_changes_its_language(self, citizen, short):
        citizen.begin(f"/r/{short.token}").send("lang:en", overall="5")
        assert citizen.title == "How satisfied are you?"
        assert citizen.fields()["overall"] == ["5"]

    def test_thanks_are_for_those_who_answered(self, citizen, short):
        citizen.get(f"/r/{short.token}/cam-on")
        assert citizen.path == f"/r/{short.token}"

    def test_thanks_outlive_the_round(self, database, citizen, short):
        citizen.begin(f"/r/{short.token}").send(**GOOD)
        with database.write() as db:
            db.execute(text("UPDATE round SET state = 'closed'"))
        assert citizen.get(f"/r/{short.token}/cam-on").status == 200


class TestReplacing:
    """What was sent at the counter may be sent again from home, once or often: the last counts."""

    @pytest.fixture
    def answered(self, app, citizen, short):
        app.extensions["longdan.clock"] = lambda: NOW
        citizen.begin(f"/r/{short.token}").send(overall="5", late="no", comment="Rất tốt")
        return citizen

    def press(self, citizen):
        """Ask to answer again, and agree once more."""
        form = citizen.form()
        query = {each["name"]: each["value"] for each in form.find_all("input")}
        citizen.answer = citizen.client.get(form["action"], query_string=query)
        return citizen

    def again(self, citizen):
        self.press(citizen)
        form = citizen.form()
        query = {each["name"]: each["value"] for each in form.find_all("input")}
        citizen.answer = citizen.client.get(form["action"], query_string=query)
        return citizen

    def test_the_thanks_say_until_when_and_that_one_counts(self, answered):
        assert "10:00, 5/5/2026" in answered.text
        assert "Mỗi mã được tính một phiếu" in answered.text
        assert answered.page.find("button").get_text() == "Trả lời lại từ đầu"

    def test_the_form_is_blank_and_says_why(self, answered):
        self.press(answered)
        assert "không ai đọc được phiếu đã gửi" in answered.text
        self.again(answered.get(answered.path.removesuffix("/phieu")))
        assert "overall" not in answered.fields()
        assert answered.fields()["comment"] == [""]

    def test_the_last_answers_count_and_the_count_stays_one(self, answered, short, waiting):
        for overall in ("2", "1"):
            self.again(answered.get(f"/r/{short.token}")).send(overall=overall, late="no")
            assert answered.path == f"/r/{short.token}/cam-on"
            [given] = waiting()
            assert given.answers["overall"] == int(overall)
            assert given.texts == ()

    def test_errors_leave_the_earlier_answers(self, answered, short, waiting):
        self.again(answered.get(f"/r/{short.token}")).send(overall="1")
        assert answered.status == 422
        assert waiting()[0].answers["overall"] == 5
        answered.send(late="no")
        assert waiting()[0].answers["overall"] == 1

    def test_the_language_changes_on_the_way(self, answered, short, waiting):
        self.press(answered.get(f"/r/{short.token}?lang=en"))
        assert answered.page.html["lang"] == "en"
        answered.get(f"/r/{short.token}" + answered.page.find(class_="language")["href"])
        assert "không ai đọc được phiếu đã gửi" in answered.text

    def test_too_late_says_that_the_earlier_answers_count(self, app, answered, short, waiting):
        self.again(answered.get(f"/r/{short.token}"))
        app.extensions["longdan.clock"] = lambda: NOW + timedelta(hours=24)
        answered.send(overall="1", late="no")
        assert answered.status == 410
        assert "không được lưu" in answered.text
        assert "được tính một lần" in answered.text
        assert waiting()[0].answers["overall"] == 5

    def test_a_second_tap_of_the_first_form_replaces_nothing(self, answered, short, waiting):
        citizen = Citizen(answered.client)
        assert citizen.get(f"/r/{short.token}/phieu").status == 410
        assert waiting()[0].answers["overall"] == 5

    def test_a_long_questionnaire_starts_again_from_its_first_page(
        self, app, citizen, long, waiting, database
    ):
        app.extensions["longdan.clock"] = lambda: NOW
        citizen.begin(f"/r/{long.token}").send(**ABOUT).send(**NEWS).send().send()
        self.again(citizen.get(f"/r/{long.token}"))
        citizen.get(citizen.answer.headers["Location"])
        assert "age" not in {name for name, value in citizen.fields().items() if value != [""]}
        citizen.send(age="60", visited="no").send(**NEWS).send()
        assert waiting()[0].answers["age"] == 47
        citizen.send()
        assert citizen.path == f"/r/{long.token}/cam-on"
        assert [given.answers["age"] for given in waiting()] == [60]
        assert drafts(database) == []


class TestShut:
    @pytest.mark.parametrize("token", ["nope", "0" * 26, "%01" * 26, "%ED%A0%80", "x" * 500])
    def test_unknown(self, citizen, short, token):
        assert citizen.get(f"/r/{token}").status == 404
        assert citizen.title == "Không có phiếu nào mang mã này"

    def test_expired(self, app, citizen, short):
        app.extensions["longdan.clock"] = lambda: builders.FAR + timedelta(days=1)
        assert citizen.get(f"/r/{short.token}").status == 410
        assert citizen.title == "Mã này đã hết hạn"

    def test_cancelled(self, database, citizen, short):
        with database.write() as db:
            invitations.cancel(db, short.id)
        assert citizen.get(f"/r/{short.token}").status == 410
        assert citizen.title == "Mã này không còn hiệu lực"

    def test_cancelled_while_someone_answers(self, database, citizen, short, waiting):
        citizen.begin(f"/r/{short.token}")
        with database.write() as db:
            invitations.cancel(db, short.id)
        citizen.send(**GOOD)
        assert citizen.status == 410
        assert "không được lưu" in citizen.text
        assert waiting() == []

    def test_round_over(self, database, citizen, short):
        with database.write() as db:
            db.execute(text("UPDATE round SET state = 'closed'"))
        assert citizen.get(f"/r/{short.token}").status == 410
        assert citizen.title == "Đợt khảo sát đã kết thúc"
        assert "mã QR tại quầy" not in citizen.text


class TestLong:
    def test_pages_survive_closing_the_browser(self, app, database, long, waiting):
        citizen = Citizen(app.test_client())
        citizen.begin(f"/r/{long.token}").send(**ABOUT)
        assert citizen.title == "Thông tin"
        another = Citizen(app.test_client())
        another.get(f"/r/{long.token}")
        assert "những câu đã trả lời vẫn còn" in another.text
        assert another.page.find("button").get_text() == "Tôi đồng ý và trả lời tiếp"
        another.begin(f"/r/{long.token}")
        assert another.title == "Thông tin"
        another.send(**NEWS).send()
        assert another.title == "Xem lại trước khi gửi"
        another.send()
        assert another.path == f"/r/{long.token}/cam-on"
        assert waiting()[0].answers == {"age": 47, "visited": "no", "channels": ["none"]}
        assert drafts(database) == []

    def test_nothing_entered_travels_in_the_form(self, citizen, long):
        citizen.begin(f"/r/{long.token}").send(**ABOUT)
        assert "age" not in citizen.fields()

    def test_after_a_page_comes_a_redirect_so_that_back_and_refresh_are_harmless(
        self, citizen, long
    ):
        citizen.begin(f"/r/{long.token}").send(follow=False, **ABOUT)
        assert citizen.status == 303
        assert citizen.answer.headers["Location"] == f"/r/{long.token}/phieu/news"

    def test_back_and_forth(self, citizen, long):
        citizen.begin(f"/r/{long.token}").send(**ABOUT).send("back", channels=["radio"])
        assert citizen.title == "Về ông/bà"
        assert citizen.fields()["age"] == ["47"]
        citizen.send()
        assert citizen.fields()["channels"] == ["radio"]

    def test_errors_keep_what_was_entered(self, citizen, long, database):
        citizen.begin(f"/r/{long.token}").send(age="7", visited="no")
        assert citizen.status == 422
        assert citizen.fields()["age"] == ["7"]
        assert drafts(database) == []

    def test_mending_from_the_review(self, citizen, long, waiting):
        citizen.begin(f"/r/{long.token}").send(**ABOUT).send(**NEWS).send()
        citizen.send("edit:about")
        assert citizen.title == "Về ông/bà"
        citizen.send(age="50")
        assert citizen.title == "Xem lại trước khi gửi"
        citizen.send()
        assert waiting()[0].answers["age"] == 50

    def test_a_box_that_is_unticked_stays_unticked(self, citizen, long):
        citizen.begin(f"/r/{long.token}").send(**ABOUT).send(channels=["radio", "meeting"]).send()
        citizen.send("edit:news").send(channels=["meeting"])
        assert "Loa phát thanh" not in citizen.text

    def test_the_language_is_kept_from_page_to_page(self, citizen, long, waiting):
        citizen.begin(f"/r/{long.token}?lang=en").send(**ABOUT)
        assert citizen.title == "Information"
        citizen.send("lang:vi", channels=["radio"])
        assert citizen.title == "Thông tin"
        assert citizen.fields()["channels"] == ["radio"]
        citizen.send().send("next").send("lang:en")
        assert citizen.page.html["lang"] == "en"
        citizen.send()
        assert waiting()[0].language == "en"

    def test_pages_further_on_lead_to_where_one_is(self, citizen, long):
        citizen.begin(f"/r/{long.token}").send(**ABOUT)
        for page in ("words", "visit", "nowhere"):
            citizen.get(f"/r/{long.token}/phieu/{page}")
            assert citizen.path == f"/r/{long.token}/phieu/news"
        citizen.get(f"/r/{long.token}/kiem-tra")
        assert citizen.path == f"/r/{long.token}/phieu/news"

    def test_without_consent_there_are_no_questions(self, citizen, long):
        for path in ("phieu", "phieu/about", "kiem-tra"):
            citizen.get(f"/r/{long.token}/{path}")
            assert citizen.path == f"/r/{long.token}"

    def test_handing_in_what_is_not_complete_leads_to_what_is_missing(
        self, client, citizen, long, waiting
    ):
        sent = citizen.begin(f"/r/{long.token}").send(**ABOUT).fields()
        citizen.answer = client.post(f"/r/{long.token}/kiem-tra", data=sent, follow_redirects=True)
        assert citizen.title == "Thông tin"
        assert waiting() == []

    def test_a_replayed_review_is_thanked(self, citizen, long, waiting):
        citizen.begin(f"/r/{long.token}").send(**ABOUT).send(**NEWS).send()
        review = citizen.answer
        for _ in range(2):
            citizen.answer = review
            citizen.send()
            assert citizen.path == f"/r/{long.token}/cam-on"
        assert len(waiting()) == 1

    def test_a_page_sent_after_handing_in_is_thanked_and_keeps_nothing(
        self, citizen, long, database, waiting
    ):
        citizen.begin(f"/r/{long.token}")
        first = citizen.answer
        citizen.send(**ABOUT).send(**NEWS).send().send()
        citizen.answer = first
        citizen.send(**ABOUT)
        assert citizen.path == f"/r/{long.token}/cam-on"
        assert drafts(database) == []

    def test_an_expired_draft_is_not_shown(self, app, database, citizen, long):
        citizen.begin(f"/r/{long.token}").send(**ABOUT)
        with database.write() as db:
            db.execute(update(Draft).values(expires_at=NOW - timedelta(days=1)))
        app.extensions["longdan.clock"] = lambda: NOW
        assert "trả lời một phần" not in citizen.get(f"/r/{long.token}").text

    def test_the_token_is_nowhere_in_the_database(self, citizen, long, database):
        citizen.begin(f"/r/{long.token}").send(**ABOUT)
        with database.read() as db:
            kept = repr(db.execute(select(Invitation.__table__)).all()) + repr(drafts(database))
        assert long.token not in kept
