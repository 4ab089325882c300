"""The open counter against floods and programs, and for whoever stands in a full waiting room."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from app import create_app
from app.web.citizen import doubts
from app.web.citizen.doubts import Stamps
from app.web.citizen.limits import Allowance
from app.web.citizen.together import Together
from tests.app import builders
from tests.app.web.conftest import Citizen
from tests.pages import CheckedClient

FORM = "/c/hg-05/phieu"
SHORT = {"q1": "4"}


class Clock:
    now = 1_000_000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def round_(database, town):
    with database.write() as db:
        return builders.open_round(db, town.campaign, "counter_2026", code="quay")


@pytest.fixture
def make_app(settings, database, clock, round_):
    """Make an application with limits as in service; each stands for a process of its own."""

    def make(**values):
        given = {"form_seconds": 0} | values
        app = create_app(replace(settings, **given), database)
        app.testing = True
        app.test_client_class = CheckedClient
        app.extensions["longdan.desk"].seconds = 0
        app.extensions["longdan.allowance"]._clock = clock
        app.extensions["longdan.together"]._clock = clock
        app.extensions["longdan.stamps"]._clock = clock
        return app

    return make


def at(app, address="203.0.113.7"):
    """A citizen whose requests come from an address."""
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = address
    return Citizen(client)


def answers_of(citizen):
    """Answer every question of the page in front of a citizen."""
    found = {}
    for control in citizen.form().find_all("input", attrs={"type": "radio"}):
        found.setdefault(control["name"], control["value"])
    return found


def hand_in(app, address="203.0.113.7"):
    citizen = at(app, address).begin("/c/hg-05")
    return citizen.send(follow=False, **answers_of(citizen)).answer


def test_thirty_people_behind_one_address_in_ten_minutes_are_all_served(make_app, clock, responses):
    apps = [make_app(), make_app()]
    statuses = []
    for number in range(30):
        clock.now += 20
        statuses.append(hand_in(apps[number % 2]).status_code)
    assert statuses == [303] * 30
    assert len(responses()) == 30


def test_thirty_people_behind_one_address_at_once_are_all_served(make_app):
    apps = [make_app(), make_app()]
    assert [hand_in(apps[number % 2]).status_code for number in range(30)] == [303] * 30


def test_two_processes_count_together(make_app):
    """Bursts of 40 each, together no more than 40 and what flowed in meanwhile."""
    apps = [make_app(answers_per_minute=1), make_app(answers_per_minute=1)]
    statuses = [hand_in(apps[number % 2]).status_code for number in range(90)]
    assert 34 <= statuses.count(303) <= 42
    refused = hand_in(apps[0])
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) >= 1
    assert "chờ" in refused.get_data(as_text=True)


def test_an_honest_citizen_elsewhere_is_served_during_a_flood(make_app):
    app = make_app(answers_per_minute=1)
    flood = at(app, "198.51.100.9").begin("/c/hg-05")
    sent = answers_of(flood)
    statuses = []
    for _ in range(300):
        body = flood.fields() | {"form-go": ["next"], "form-key": [str(uuid4())]} | sent
        action = flood.form()["action"].partition("#")[0]
        statuses.append(flood.client.post(action, data=body).status_code)
    assert statuses.count(303) <= 41
    assert hand_in(app).status_code == 303


def test_a_flood_of_one_counter_from_everywhere_ends_at_the_counters_own_limit(make_app):
    app = make_app(counter_answers_per_minute=1, counter_answers_burst=10)
    statuses = [hand_in(app, f"198.51.{number}.1").status_code for number in range(20)]
    assert statuses.count(303) <= 11
    assert statuses.count(429) >= 9


def test_a_forged_address_changes_nothing(make_app):
    app = make_app(answers_per_minute=1, answers_burst=3)
    statuses = []
    for number in range(8):
        citizen = at(app).begin("/c/hg-05")
        citizen.client.environ_base["HTTP_X_FORWARDED_FOR"] = f"192.0.2.{number}"
        statuses.append(citizen.send(follow=False, **answers_of(citizen)).answer.status_code)
    assert statuses.count(303) == 3
    assert statuses[-1] == 429


def test_ten_thousand_a_minute_ask_the_database_for_next_to_nothing(database, clock, round_):
    """99 % refused; the shared buckets are asked about once for each answer let through."""
    asked = []

    class Counted(Together):
        def _take(self, buckets):
            if buckets:
                asked.append(len(buckets))
            return super()._take(buckets)

    together = Counted(database, "s" * 40, (30, 40), (60, 120), clock)
    local = Allowance(30, 40, clock)
    passed = 0
    for _ in range(10_000):
        clock.now += 60 / 10_000
        if local.take("flood").wait:
            continue
        passed += together.wait("flood", "hg-05", datetime(2026, 5, 4, tzinfo=UTC).date()) == 0
    assert passed <= 100
    assert len(asked) <= passed + 30


def test_without_limits_nothing_is_asked(make_app, database):
    app = make_app(answers_per_minute=0, counter_answers_per_minute=0)
    assert [hand_in(app).status_code for _ in range(45)] == [303] * 45


def test_the_table_holds_no_address(make_app, database):
    from sqlalchemy import text

    hand_in(make_app())
    with database.read() as db:
        keys = db.scalars(text("SELECT key FROM limit_bucket")).all()
    assert len(keys) == 2
    assert all(len(key) == 16 and b"203" not in key and b"hg-05" not in key for key in keys)


def test_a_form_handed_in_at_once_comes_back_whole_and_can_be_sent_again(
    make_app, clock, responses
):
    app = make_app(form_seconds=3)
    citizen = at(app).begin("/c/hg-05")
    sent = answers_of(citizen)
    citizen.send(**sent)
    assert citizen.status == 422
    assert "quá nhanh" in citizen.text
    assert responses() == []
    clock.now += 3
    citizen.send()
    assert citizen.status == 200
    assert "cảm ơn" in citizen.text.lower()
    assert {k: str(v) for k, v in responses()[0].answers.items()}.items() >= sent.items()


@pytest.mark.parametrize("stamp", ["", "0.0", "x", "1.é", "zz." + "0" * 16])
def test_a_forged_time_is_no_time(make_app, clock, responses, stamp):
    app = make_app(form_seconds=3)
    citizen = at(app).begin("/c/hg-05")
    sent = answers_of(citizen)
    clock.now += 60
    citizen.send(**sent, **{"form-made": stamp})
    assert citizen.status == 422
    clock.now += 60
    citizen.send()
    assert citizen.status == 200
    assert len(responses()) == 1


def test_one_form_is_good_for_one_answer(make_app, clock, responses):
    """The time is signed together with the key: it cannot be taken over by other keys."""
    app = make_app(form_seconds=3)
    citizen = at(app).begin("/c/hg-05")
    clock.now += 60
    citizen.send(**answers_of(citizen), **{"form-key": str(uuid4())})
    assert citizen.status == 422
    assert responses() == []


def test_whoever_fills_in_what_nobody_sees_is_asked_kindly_to_send_again(
    make_app, clock, responses
):
    app = make_app(form_seconds=3)
    citizen = at(app).begin("/c/hg-05")
    clock.now += 60
    citizen.send(**answers_of(citizen), **{"form-website": "https://example.com"})
    assert citizen.status == 422
    assert "ô ẩn" in citizen.text.lower()
    citizen.send()
    assert citizen.status == 200
    assert len(responses()) == 1


def test_the_field_is_hidden_from_screens_readers_and_keyboards(make_app):
    citizen = at(make_app(form_seconds=3)).begin("/c/hg-05")
    lure = citizen.page.find("input", attrs={"name": "form-website"})
    assert lure.find_parent(attrs={"hidden": True}) is not None
    assert lure["tabindex"] == "-1"
    assert lure["autocomplete"] == "off"
    assert not citizen.page.find_all(style=True)


def test_the_time_of_an_earlier_page_stays_with_the_form(clock):
    stamps = Stamps(("s" * 40,), 3, clock)
    key = uuid4()
    made = stamps.made(key)
    clock.now += 2.9
    assert stamps.made(key, made) == made
    assert stamps.doubt(made, key, "") == doubts.TOO_QUICK
    clock.now += 0.1
    assert stamps.doubt(made, key, "") is None


def test_times_signed_with_an_earlier_key_are_accepted(clock):
    key = uuid4()
    made = Stamps(("old key",), 3, clock).made(key)
    clock.now += 5
    assert Stamps(("new key", "old key"), 3, clock).doubt(made, key, "") is None
    assert Stamps(("new key",), 3, clock).doubt(made, key, "") == doubts.TOO_QUICK
