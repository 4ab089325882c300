from dataclasses import replace
from datetime import UTC, date, datetime
from threading import Thread

import pytest
from sqlalchemy import select

from app.errors import ConflictError, NotFoundError
from app.models import AuditEntry, Round, RoundTarget
from app.queries import rounds
from app.services import campaigns, instruments
from app.services.campaigns import RoundPlan
from tests.app import builders

NOW = datetime(2026, 5, 4, 3, tzinfo=UTC)
TODAY = date(2026, 5, 4)
ACTOR = "lan@quangninh.gov.vn"


@pytest.fixture
def db(database):
    with database.write() as db:
        yield db


@pytest.fixture
def campaign(db):
    return campaigns.create_campaign(
        db, name="Đo lường sự hài lòng năm 2026", name_en="", province_id=builders.province(db).id,
        actor=ACTOR, now=NOW,
    )  # fmt: skip


@pytest.fixture
def plan(db):
    version, method = instruments.publish_catalogue(db, "counter_2026")
    return RoundPlan(
        name="Đánh giá tại quầy, quý II",
        name_en="Ratings at the counter, Q2",
        instrument_version_id=version.id,
        method_version_id=method.id,
        source="open",
        modes=["web"],
        population="Người dân đã quét mã tại quầy",
        population_en="",
        opens_on=date(2026, 4, 1),
        closes_on=date(2026, 6, 30),
    )


@pytest.fixture
def draft(db, campaign, plan):
    return make(db, campaign, plan)


def make(db, campaign, plan, **values):
    return campaigns.create_round(db, campaign.code, replace(plan, **values), actor=ACTOR, now=NOW)


def refusal(act, *arguments, **options):
    with pytest.raises((ConflictError, NotFoundError)) as refused:
        act(*arguments, **options)
    return refused.value.code


class TestMaking:
    def test_codes_are_made_from_names_and_never_twice(self, db, campaign, plan):
        assert campaign.code == "do-luong-su-hai-long-nam-2026"
        made = [make(db, campaign, plan).code for _ in range(3)]
        assert made == [
            "danh-gia-tai-quay-quy-ii",
            "danh-gia-tai-quay-quy-ii-2",
            "danh-gia-tai-quay-quy-ii-3",
        ]

    def test_a_code_may_be_chosen(self, db, campaign, plan):
        assert make(db, campaign, plan, code=" QN-2026-quay ").code == "qn-2026-quay"
        assert refusal(make, db, campaign, plan, code="qn-2026-quay") == "round.code-taken"

    @pytest.mark.parametrize("code", ["quầy", "a b", "-a", "a--b", "a/b", "x" * 41])
    def test_a_code_that_does_not_stand_in_an_address_is_refused(self, db, campaign, plan, code):
        assert refusal(make, db, campaign, plan, code=code) == "round.code-malformed"

    def test_a_long_name_gives_a_short_code(self, db, campaign, plan):
        made = make(db, campaign, plan, name="Đợt khảo sát " * 20)
        assert len(made.code) <= campaigns.LONGEST_CODE
        assert campaigns.CODE.fullmatch(made.code)

    def test_a_name_without_letters_still_gives_a_code(self, db, campaign, plan):
        assert make(db, campaign, plan, name="…").code == "round"

    @pytest.mark.parametrize(
        ("values", "code"),
        [
            ({"name": " "}, "round.name-missing"),
            ({"closes_on": date(2026, 3, 31)}, "round.dates-reversed"),
            ({"source": "panel"}, "round.source-unknown"),
            ({"modes": ["smoke"]}, "round.mode-missing"),
            ({"min_n": 0}, "round.min-n"),
            ({"level": 1.0}, "round.level"),
            ({"max_relative_width": 0.0}, "round.relative-width"),
            ({"max_relative_width": 1.01}, "round.relative-width"),
        ],
    )
    def test_what_cannot_be_a_round_is_refused(self, db, campaign, plan, values, code):
        assert refusal(make, db, campaign, plan, **values) == code

    def test_the_method_must_be_one_for_the_questionnaire(self, db, campaign, plan):
        _, other = instruments.publish_catalogue(db, "sipas_2017")
        found = refusal(make, db, campaign, plan, method_version_id=other.id)
        assert found == "round.method-of-another-instrument"

    def test_a_campaign_belongs_to_a_province(self, db):
        commune = builders.commune(db, builders.province(db))
        options = {"name_en": "", "actor": ACTOR, "now": NOW}
        make_campaign = campaigns.create_campaign
        found = refusal(make_campaign, db, name="x", province_id=commune.id, **options)
        assert found == "campaign.province-unknown"
        found = refusal(make_campaign, db, name=" ", province_id=commune.id, **options)
        assert found == "campaign.name-missing"

    def test_an_unknown_campaign_takes_no_round(self, db, plan):
        found = refusal(campaigns.create_round, db, "nothing", plan, actor=ACTOR, now=NOW)
        assert found == "campaign.unknown"

    def test_english_falls_back_to_vietnamese(self, db, campaign, draft):
        assert campaign.name_en == campaign.name
        assert draft.name_en == "Ratings at the counter, Q2"
        assert draft.population_en == draft.population


class TestStates:
    def test_a_round_goes_from_draft_to_published_and_never_back(self, db, draft):
        acts = {
            "change": lambda: campaigns.change_round(db, draft.code, None, actor=ACTOR),
            "discard": lambda: campaigns.discard_round(db, draft.code, actor=ACTOR),
            "open": lambda: campaigns.open_round(db, draft.code, actor=ACTOR, today=TODAY),
            "close": lambda: campaigns.close_round(db, draft.code, actor=ACTOR),
            "publish": lambda: campaigns.mark_published(db, draft.code),
        }
        allowed = {
            "draft": {"change", "discard", "open"},
            "open": {"close"},
            "closed": {"publish"},
            "published": {"publish"},
        }
        forward = {"draft": "open", "open": "close", "closed": "publish"}
        for state, permitted in allowed.items():
            assert draft.state == state
            for name in acts.keys() - permitted:
                assert refusal(acts[name]).startswith("round.not-"), (state, name)
                assert draft.state == state
            if state in forward:
                acts[forward[state]]()
        assert acts["publish"]().state == "published"

    def test_a_round_whose_time_is_over_is_not_opened(self, db, draft):
        late = date(2026, 7, 1)
        assert campaigns.obstacles_to_opening(draft, late) == ("round.over",)
        found = refusal(campaigns.open_round, db, draft.code, actor=ACTOR, today=late)
        assert found == "round.over"
        assert draft.state == "draft"
        assert campaigns.obstacles_to_opening(draft, date(2026, 6, 30)) == ()

    def test_a_round_without_a_method_for_its_questionnaire_is_not_opened(self, db, campaign):
        made = builders.open_round(db, campaign, "scale", state="draft")
        assert campaigns.obstacles_to_opening(made, TODAY) == (
            "round.method-of-another-instrument",
        )

    def test_a_round_may_be_opened_before_its_first_day(self, db, draft):
        opened = campaigns.open_round(db, draft.code, actor=ACTOR, today=date(2026, 3, 1))
        assert opened.state == "open"

    def test_a_draft_can_be_changed_and_keeps_its_code(self, db, draft, plan):
        changed = campaigns.change_round(
            db, draft.code, replace(plan, name="Tên khác", code="other"), actor=ACTOR
        )
        assert (changed.name, changed.code) == ("Tên khác", "danh-gia-tai-quay-quy-ii")

    def test_a_discarded_draft_is_gone_with_its_targets(self, db, draft):
        campaigns.set_targets(db, draft.code, {"overall": 0.9}, source="Kế hoạch", actor=ACTOR)
        campaigns.discard_round(db, draft.code, actor=ACTOR)
        assert db.scalars(select(Round)).all() == []
        assert db.scalars(select(RoundTarget)).all() == []
        assert refusal(campaigns.measure_of, db, draft.code) == "round.unknown"

    def test_of_two_who_close_at_once_one_does(self, database):
        with database.write() as db:
            made = builders.open_round(db, builders.campaign(db, builders.province(db)))
        outcomes = []

        def close():
            try:
                with database.write() as db:
                    campaigns.close_round(db, made.code, actor=ACTOR)
                outcomes.append("closed")
            except ConflictError as error:
                outcomes.append(error.code)

        people = [Thread(target=close) for _ in range(6)]
        for person in people:
            person.start()
        for person in people:
            person.join()
        assert sorted(outcomes) == ["closed"] + ["round.not-open"] * 5

    def test_every_step_is_in_the_audit_log(self, db, draft):
        campaigns.open_round(db, draft.code, actor=ACTOR, today=TODAY)
        campaigns.close_round(db, draft.code, actor="binh@quangninh.gov.vn")
        entries = db.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
        assert [(each.actor, each.action) for each in entries] == [
            (ACTOR, "campaign.create"),
            (ACTOR, "round.create"),
            (ACTOR, "round.open"),
            ("binh@quangninh.gov.vn", "round.close"),
        ]
        assert entries[1].details["instrument"].startswith("sha256:")


class TestTargets:
    def test_targets_replace_the_earlier_ones(self, db, draft):
        for targets in ({"overall": 0.9, "access": 0.8}, {"overall": 0.95}):
            campaigns.set_targets(db, draft.code, targets, source=" Kế hoạch  2026", actor=ACTOR)
        db.expire_all()
        (target,) = rounds.by_code(db, draft.code).targets
        assert (target.node, target.value, target.source) == ("overall", 0.95, "Kế hoạch 2026")

    @pytest.mark.parametrize(
        ("targets", "source", "code"),
        [
            ({"nothing": 0.9}, "x", "target.unknown-node"),
            ({"overall": 90.0}, "x", "target.not-a-share"),
            ({"overall": float("nan")}, "x", "target.not-a-share"),
            ({"overall": 0.9}, " ", "target.source-missing"),
        ],
    )
    def test_what_cannot_be_a_target_is_refused(self, db, draft, targets, source, code):
        found = refusal(campaigns.set_targets, db, draft.code, targets, source=source, actor=ACTOR)
        assert found == code

    def test_no_targets_need_no_source(self, db, draft):
        campaigns.set_targets(db, draft.code, {}, source="", actor=ACTOR)
        assert rounds.by_code(db, draft.code).targets == ()


class TestSummaries:
    def test_a_summary_counts_what_came_of_a_round(self, db, campaign, draft, plan):
        other = make(db, campaign, plan, closes_on=date(2026, 12, 31))
        for _ in range(3):
            builders.response(db, draft, {"access_1": 5})
        listed = rounds.every_round(db)
        assert [(each.code, each.n_responses) for each in listed] == [
            (other.code, 0),
            (draft.code, 3),
        ]
        shown = rounds.by_code(db, draft.code)
        assert shown == listed[1]
        assert (shown.state, shown.publication, shown.public) == ("draft", None, False)
        assert shown.province_name == "Tỉnh Quảng Ninh"
        assert shown.instrument_code == "counter_2026"

    def test_unknown_rounds_and_campaigns_are_not_found(self, db):
        assert refusal(rounds.by_code, db, "nothing") == "round.unknown"
        assert refusal(rounds.campaign_by_code, db, "nothing") == "campaign.unknown"

    def test_campaigns_tell_how_many_rounds_they_have(self, db, campaign, draft):
        (shown,) = rounds.every_campaign(db)
        assert (shown.code, shown.n_rounds, shown.simulated) == (campaign.code, 1, False)

    def test_only_provinces_of_the_day_are_offered(self, db):
        province = builders.province(db)
        builders.commune(db, province)
        builders.province(db, code="99", name="Tỉnh Cũ", valid_to=builders.FIRST_DAY)
        assert [each.name for each in rounds.provinces(db, TODAY)] == ["Tỉnh Quảng Ninh"]
