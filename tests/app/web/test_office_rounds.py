from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from app.models import Campaign, Round, Unit
from app.queries import rounds
from app.web.office import steps
from tests.app import builders
from tests.app.signing_in import post, token_on

TODAY = datetime(2026, 5, 4, 3, tzinfo=UTC)
FORM = {
    "name": "Đánh giá tại quầy, quý II",
    "name_en": "",
    "questionnaire": "counter_2026",
    "source": "open",
    "modes": ["web"],
    "population": "Người dân đã quét mã tại quầy",
    "population_en": "",
    "opens_on": "2026-04-01",
    "closes_on": "2026-06-30",
    "min_n": "30",
    "level": "0.95",
    "code_days": "30",
    "code": "quay",
}
NEW = "/office/campaigns/qn-2026/rounds/new"


@pytest.fixture(autouse=True)
def fourth_of_may(app):
    app.extensions["longdan.clock"] = lambda: TODAY


@pytest.fixture
def campaign(database, staff):
    with database.write() as db:
        province = db.scalars(select(Unit).where(Unit.kind == "province")).one()
        return builders.campaign(db, province)


@pytest.fixture
def make(database, campaign):
    """Add a round of the counter form that takes answers from April to June."""

    def add(**values):
        given = {"code": "quay", "opens_on": "2026-04-01", "closes_on": "2026-06-30"} | values
        with database.write() as db:
            return builders.open_round(db, campaign, "counter_2026", **given)

    return add


def stored(database, code="quay"):
    with database.read() as db:
        return rounds.by_code(db, code)


class TestHome:
    def test_an_empty_office_is_told_how_to_begin(self, office):
        page = office.get("/office/").text
        assert "Chưa có đợt khảo sát nào" in page
        assert 'href="/office/rounds"' in page

    def test_what_waits_comes_most_urgent_first(self, office, make):
        make(code="nhap", name="Đợt nháp", state="draft")
        make(code="dong", name="Đợt đóng", state="closed")
        make(code="qua", name="Đợt quá hạn", closes_on="2026-05-03")
        make(code="chay", name="Đợt đang chạy")
        page = office.get("/office/").text
        waiting, running = page.split('id="running"')
        places = [waiting.index(name) for name in ("Đợt quá hạn", "Đợt đóng", "Đợt nháp")]
        assert places == sorted(places)
        assert "Đợt đang chạy" not in waiting
        assert "Đợt đang chạy" in running
        assert "Còn 57 ngày" in running

    def test_a_unit_viewer_sees_published_rounds_only(self, viewer, make, database):
        make(code="chay", name="Đợt đang chạy")
        assert "Chưa có kết quả nào được công bố" in viewer.get("/office/").text
        made = make(code="xong", name="Đợt đã công bố", state="published")
        with database.write() as db:
            builders.publication(
                db, db.get_one(Round, made.id), (("commune", "06652"),), public=True
            )
        page = viewer.get("/office/").text
        assert "Đợt đã công bố" in page
        assert "Đợt đang chạy" not in page
        assert "Phường Hồng Gai" in page
        assert "/office/rounds" not in page


class TestCampaigns:
    def test_a_campaign_leads_to_its_first_round(self, office, database):
        answer = post(office, "/office/campaigns/new", {"name": "Năm 2026", "province_id": 1})
        assert (answer.status_code, answer.location) == (
            303,
            "/office/campaigns/nam-2026/rounds/new",
        )
        with database.read() as db:
            made = db.scalars(select(Campaign)).one()
        assert (made.name, made.simulated) == ("Năm 2026", False)

    def test_what_is_missing_is_named_and_linked(self, office):
        answer = post(office, "/office/campaigns/new", {"name": "  ", "province_id": "x"})
        assert answer.status_code == 422
        assert 'href="#name"' in answer.text
        assert 'aria-describedby="name-hint name-error"' in answer.text
        assert 'aria-invalid="true"' in answer.text

    def test_without_units_the_page_says_who_can_load_them(self, office, database):
        with database.write() as db:
            for unit in db.scalars(select(Unit)):
                unit.valid_to = builders.FIRST_DAY
        page = office.get("/office/campaigns/new").text
        assert "flask load-units" in page
        assert 'id="name"' not in page

    def test_a_round_needs_a_campaign_that_exists(self, office):
        assert office.get("/office/campaigns/nothing/rounds/new").status_code == 404


class TestMaking:
    def test_a_round_is_made_as_a_draft_from_the_catalogue(self, office, campaign, database):
        answer = post(office, NEW, FORM)
        assert (answer.status_code, answer.location) == (303, "/office/rounds/quay")
        made = stored(database)
        assert (made.state, made.instrument_code, made.modes) == ("draft", "counter_2026", ("web",))
        assert "Đã lưu bản nháp" in office.get("/office/rounds/quay").text

    def test_every_questionnaire_of_the_catalogue_is_explained(self, office, campaign):
        page = office.get(NEW).text
        for name in ("counter_2026", "sipas_2017", "sipas_2023"):
            assert f'value="{name}"' in page
            assert page.count(name) >= 2

    @pytest.mark.parametrize(
        ("field", "value", "words"),
        [
            ("name", "", "Xin nhập mục này."),
            ("questionnaire", "", "Xin chọn một mục."),
            ("questionnaire", "../etc", "Xin chọn một mục trong danh sách."),
            ("source", "", "Xin chọn một mục."),
            ("modes", [], "Xin chọn ít nhất một cách."),
            ("opens_on", "31/02/2026", "Xin nhập ngày hợp lệ."),
            ("closes_on", "2026-03-31", "Ngày cuối phải bằng hoặc sau ngày đầu."),
            ("min_n", "3", "Xin nhập số từ 10 đến 10000."),
            ("min_n", "ba mươi", "Xin nhập một số nguyên."),
            ("relative_width", "0", "Xin nhập số từ 1 đến 100."),
            ("modes", ["smoke"], "Xin chọn trong danh sách."),
            ("code", "Mã có dấu", "Mã chỉ gồm chữ thường không dấu"),
            ("name", "x" * 301, "Tối đa 300 ký tự."),
        ],
    )
    def test_a_mistake_is_told_at_its_field_and_nothing_is_lost(
        self, office, campaign, database, field, value, words
    ):
        answer = post(office, NEW, FORM | {field: value})
        assert answer.status_code == 422
        assert words in answer.text
        assert f'href="#{field}"' in answer.text
        assert "Người dân đã quét mã tại quầy" in answer.text
        with database.read() as db:
            assert db.scalars(select(Round)).all() == []

    def test_a_draft_is_edited_with_what_was_entered(self, office, campaign, database):
        more = {"modes": ["web", "paper"], "level": "0.9", "relative_width": "20"}
        post(office, NEW, FORM | more)
        assert stored(database).max_relative_width == 0.2
        page = office.get("/office/rounds/quay/edit").text
        assert 'value="20"' in page
        assert 'value="2026-06-30"' in page
        assert page.count("checked") == 4
        changed = FORM | {"name": "Tên mới", "relative_width": ""}
        answer = post(office, "/office/rounds/quay/edit", changed)
        assert answer.status_code == 303
        assert stored(database).name == "Tên mới"
        assert stored(database).level == 0.95
        assert stored(database).max_relative_width is None

    def test_a_draft_can_be_discarded_after_asking(self, office, campaign, database):
        post(office, NEW, FORM)
        assert "Xóa bản nháp?" in office.get("/office/rounds/quay/discard").text
        answer = post(office, "/office/rounds/quay/discard")
        assert (answer.status_code, answer.location) == (303, "/office/rounds")
        assert office.get("/office/rounds/quay").status_code == 404


class TestStates:
    def test_a_round_is_opened_and_after_asking_closed(self, office, make, database):
        make(state="draft")
        page = "/office/rounds/quay"
        assert post(office, f"{page}/open", page=page).status_code == 303
        assert stored(database).state == "open"
        asking = office.get(f"{page}/close").text
        assert "thì không mở lại được" in asking
        assert "còn nhận đến hết ngày 30/6/2026" in asking
        assert stored(database).state == "open"
        assert post(office, f"{page}/close").status_code == 303
        assert stored(database).state == "closed"
        assert "không nhận thêm câu trả lời" in office.get(page).text

    def test_what_the_state_does_not_allow_is_said_on_the_page_of_the_round(
        self, office, make, database
    ):
        make(state="closed")
        page = "/office/rounds/quay"
        for path in ("open", "close", "discard", "edit"):
            answer = (
                office.get(f"{page}/{path}")
                if path != "open"
                else post(office, f"{page}/open", page="/office/")
            )
            assert (answer.status_code, answer.location) == (303, page)
            assert 'class="notice notice-error"' in office.get(page).text
        assert stored(database).state == "closed"

    def test_a_form_from_before_someone_else_closed_it_changes_nothing(
        self, office, make, database
    ):
        make(state="open")
        token = token_on(office, "/office/rounds/quay/close")
        for _ in range(2):
            answer = office.post("/office/rounds/quay/close", data={"csrf_token": token})
            assert answer.status_code == 303
        assert stored(database).state == "closed"

    @pytest.mark.parametrize(
        ("values", "current", "action"),
        [
            ({"state": "draft"}, "Mở đợt", "/office/rounds/quay/open"),
            ({"state": "open"}, "Thu thập", None),
            ({"state": "open", "closes_on": "2026-05-03"}, "Đóng đợt", "/office/rounds/quay/close"),
            ({"state": "closed"}, "Kết quả", None),
            ({"state": "published"}, None, None),
        ],
    )
    def test_the_path_shows_where_the_round_stands(
        self, app, office, make, database, values, current, action
    ):
        make(**values)
        assert office.get("/office/rounds/quay").status_code == 200
        with app.test_request_context("/office/"):
            shown = stored(database)
            path = steps.path_of(shown, TODAY.date(), "Phiếu", 17)
        assert [step.title for step in path] == [
            "Phiếu hỏi", "Mở đợt", "Thu thập", "Đóng đợt", "Kết quả",
        ]  # fmt: skip
        now = [step for step in path if step.state == "now"]
        assert [step.title for step in now] == ([current] if current else [])
        if action is not None:
            assert now[0].actions[0].url == action

    def test_a_draft_past_its_end_offers_no_opening(self, office, make):
        make(state="draft", closes_on="2026-05-03")
        page = office.get("/office/rounds/quay").text
        assert "Chưa mở được" in page
        assert 'action="/office/rounds/quay/open"' not in page


class TestTargets:
    def test_targets_are_entered_in_per_cent_and_kept_as_shares(self, office, make, database):
        make()
        page = "/office/rounds/quay/targets"
        answer = post(office, page, {"source": "Kế hoạch 2026", "target_overall": "90.5"})
        assert answer.status_code == 303
        (target,) = stored(database).targets
        assert (target.node, target.value) == ("overall", pytest.approx(0.905))
        assert "90,5%" in office.get("/office/rounds/quay").text
        assert 'value="90.5"' in office.get(page).text

    @pytest.mark.parametrize(
        ("fields", "at"),
        [
            ({"target_overall": "90"}, "source"),
            ({"target_overall": "101", "source": "x"}, "target_overall"),
            ({"target_overall": "nan", "source": "x"}, "target_overall"),
        ],
    )
    def test_what_cannot_be_a_target_is_told_at_its_field(self, office, make, fields, at):
        make()
        answer = post(office, "/office/rounds/quay/targets", fields)
        assert answer.status_code == 422
        assert f'href="#{at}"' in answer.text


class TestWords:
    def test_names_and_pages_are_english_on_request(self, office, make):
        make(name_en="Ratings at the counter")
        page = office.get("/office/rounds/quay?lang=en").text
        assert "Ratings at the counter" in page
        assert '<html lang="en">' in page

    def test_simulated_data_are_labelled(self, office, make, database):
        make()
        with database.write() as db:
            db.scalars(select(Campaign)).one().simulated = True
        for path in ("/office/", "/office/rounds", "/office/rounds/quay"):
            assert "ô phỏng" in office.get(path).text, path

    def test_hostile_names_are_text(self, office, make):
        make(name="<script>alert(1)</script>", population="{{ 7 * 7 }}")
        page = office.get("/office/rounds/quay").text
        assert "<script>alert" not in page
        assert "{{ 7 * 7 }}" in page
